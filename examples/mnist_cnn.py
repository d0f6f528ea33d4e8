"""A small convolutional network for the digits of MNIST, in Keras.

    paramlens count examples/mnist_cnn.py
"""

import keras
from keras import layers

model = keras.Sequential([
    keras.Input(shape=(28, 28, 1)),
    layers.Conv2D(32, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Conv2D(64, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dropout(0.5),
    layers.Dense(10, activation="softmax"),
])

if __name__ == "__main__":
    (images, labels), _ = keras.datasets.mnist.load_data()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(images[..., None] / 255.0, labels, batch_size=128, epochs=5, validation_split=0.1)
