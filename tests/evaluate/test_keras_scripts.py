"""Keras code as people write it: totals as Keras 3.15 gives them for the same snippets."""

from __future__ import annotations

from textwrap import dedent

import pytest
from paramlens.evaluate.analyze import analyze
from paramlens.facts import ModelFact, Status


def _model(code: str, name: str = "model") -> ModelFact:
    analysis = analyze("/project/script.py", dedent(code), read=lambda path: None)
    return next(model for model in analysis.models if model.name == name)


@pytest.mark.parametrize(
    ("code", "total", "trainable"),
    [
        pytest.param(
            """
            from keras import Input, Model, layers
            x = Input((24, 19))
            y = layers.Lambda(lambda t: t[:, -1:, :])(layers.Conv1D(32, 3, padding="causal")(x))
            model = Model(x, layers.Dense(10)(layers.Flatten()(y)))
            """,
            2186,
            2186,
            id="lambda",
        ),
        pytest.param(
            """
            from keras import Input, Model, layers
            def distance(pair): return unknown_function(pair)
            a, b = Input((8,)), Input((8,))
            d = layers.Lambda(distance, output_shape=lambda shapes: (shapes[0][0], 1))([a, b])
            model = Model([a, b], layers.Dense(3)(d))
            """,
            6,
            6,
            id="lambda with a declared output shape",
        ),
        pytest.param(
            """
            from keras.models import *
            from keras.layers import *
            from keras.losses import *
            from keras.optimizers import *
            inputs = Input((len([1, 2, 3]),))
            model = Model(inputs, Dense(4)(inputs))
            """,
            16,
            16,
            id="star imports",
        ),
        pytest.param(
            """
            import numpy as np
            from keras import Sequential, layers
            width = np.floor(0.5 * 9).astype(int)
            model = Sequential([layers.Dense(width, input_shape=(2,)), layers.BatchNormalization()])
            """,
            28,
            20,
            id="numpy scalars",
        ),
        pytest.param(
            """
            from keras import Model, initializers, layers, regularizers
            import numpy as np
            class Net(Model):
                def __init__(self):
                    super().__init__()
                    self.init = initializers.get("glorot_uniform")
                    self.reg = regularizers.l2(0.1)
                    self.dense = layers.Dense(4)
                def call(self, x): return self.dense(x)
            model = Net()
            model(np.zeros((2, 5)))
            """,
            24,
            24,
            id="objects without weights",
        ),
        pytest.param(
            """
            from keras import Input, Sequential, layers
            class Scaled(layers.Dense):
                def build(self, input_shape):
                    super().build(input_shape)
                    self.scale = self.add_weight(shape=(self.units,), trainable=False)
                def call(self, x): return super().call(x) * self.scale
            model = Sequential([Input((4,)), Scaled(3), Scaled(2)])
            """,
            28,
            23,
            id="build of a declared class by super",
        ),
    ],
)
def test_total(code: str, total: int, trainable: int) -> None:
    tally = _model(code).tally
    assert (tally.status, tally.total, tally.trainable) == (Status.EXACT, total, trainable)


def test_keras_1_kernel_sizes() -> None:
    """`Convolution2D(filters, rows, columns)`, told by the keywords of its time (expected: 3·3·3·64 + 64)."""
    code = """
        from keras.models import Sequential
        from keras.layers.convolutional import Convolution2D
        model = Sequential()
        model.add(Convolution2D(64, 3, 3, border_mode="same", input_shape=(32, 32, 3)))
        """
    assert _model(code).tally.total == 1792


def test_failed_add_is_not_forgotten() -> None:
    """A layer that could not be made is missing from the model."""
    code = """
        from keras import Sequential, layers
        model = Sequential()
        model.add(layers.Dense(4, input_shape=(2,)))
        model.add(layers.Dense(3, no_such_argument=1))
        """
    assert _model(code).tally.status is not Status.EXACT


def test_layer_class_by_eval() -> None:
    code = """
        from keras import Input, Model
        from keras.layers import Dense, PReLU
        x = Input((4,))
        model = Model(x, eval("PReLU")()(Dense(3)(x)))
        """
    assert _model(code).tally.total == 18


def test_build_alone_is_not_certain() -> None:
    """Keras 2 makes the weights of a subclassed model in `build(shape)`; Keras 3 does not before its first call."""
    code = """
        from keras import Model, layers
        import numpy as np
        class Net(Model):
            def __init__(self):
                super().__init__()
                self.dense = layers.Dense(4)
            def call(self, x): return self.dense(x)
        model = Net()
        model.build((None, 5))
        called = Net()
        called.build((None, 5))
        called(np.zeros((2, 5)))
        """
    assert _model(code).tally.status is Status.LOWER_BOUND
    assert _model(code, "called").tally.total == 24
    assert _model(code, "called").tally.status is Status.EXACT


def test_a_build_that_raises_leaves_the_layer_incomplete() -> None:
    """What comes after the error is not there to be counted, so neither the layer nor its model has a number."""
    source = dedent(
        """
        import keras
        from keras import layers

        class Broken(layers.Layer):
            def build(self, input_shape):
                self.first = self.add_weight(shape=(4,))
                self.width + 1
                self.second = self.add_weight(shape=(8,))

            def call(self, x):
                return x

        layer = Broken()
        model = keras.Sequential([keras.Input((3,)), layer])
        """
    )
    analysis = analyze("/project/script.py", source, read=lambda path: None)
    tallies = [tally for site in analysis.sites if site.class_name == "Broken" for tally in site.tallies]
    assert tallies
    assert all(tally.status is not Status.EXACT for tally in tallies)
    assert all(model.tally.status is not Status.EXACT for model in analysis.models)


def test_lists_that_a_layer_holds_are_joined_like_others() -> None:
    source = dedent(
        """
        import keras

        class Net(keras.layers.Layer):
            def __init__(self):
                super().__init__()
                self.a = ["x"]
                self.b = ["y"]
                self.keys = ["z"] + self.a
                self.keys += self.a + self.b

            def build(self, shape):
                self.w = self.add_weight(shape=(len(self.keys), len(self.a * 3)))

        net = Net()
        net(keras.Input((3,)))
        """
    )
    (model,) = analyze("/project/script.py", source, read=lambda path: None).models
    assert (model.tally.status, model.tally.total) == (Status.EXACT, 12)
