"""The built-in data sets of Keras, by the shapes of what `load_data()` returns, and sequence padding."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import operation
from paramlens.layers.operations.tensors import as_size, known_text, sequence
from paramlens.shapes import Shape, Size
from paramlens.values import TensorValue, Value


def _array(shape: Shape, dtype: str | None) -> TensorValue:
    return TensorValue(shape, kind="numpy", dtype=dtype)


def _splits(train: Size, test: Size, sample: Shape, label: Shape, dtypes: tuple[str | None, str | None]) -> Value:
    """((x_train, y_train), (x_test, y_test))"""
    return tuple((_array((count, *sample), dtypes[0]), _array((count, *label), dtypes[1])) for count in (train, test))


_IMAGES: dict[str, tuple[int, int, Shape, Shape]] = {
    "mnist": (60_000, 10_000, (28, 28), ()),
    "fashion_mnist": (60_000, 10_000, (28, 28), ()),
    "cifar10": (50_000, 10_000, (32, 32, 3), (1,)),
    "cifar100": (50_000, 10_000, (32, 32, 3), (1,)),
}


def _declare_images(name: str, train: int, test: int, sample: Shape, label: Shape) -> None:
    @operation(f"keras.datasets.{name}.load_data")
    def load_data(*arguments: Any, **named: Any) -> Value:
        return _splits(train, test, sample, label, ("uint8", "uint8"))


for _name, _row in _IMAGES.items():
    _declare_images(_name, *_row)


def _table(rows: int, columns: int, test_split: Any) -> Value:
    """A table cut into training and test rows: the first int(rows·(1 − test_split)) are for training."""
    kept = int(rows * (1 - test_split)) if isinstance(test_split, (int, float)) else None
    rest = None if kept is None else rows - kept
    return _splits(kept, rest, (columns,), (), ("float64", "float64"))


@operation("keras.datasets.boston_housing.load_data")
def boston_housing(path: Any = None, test_split: Any = 0.2, seed: Any = 113) -> Value:
    return _table(506, 13, test_split)


@operation("keras.datasets.california_housing.load_data")
def california_housing(version: Any = "large", path: Any = None, test_split: Any = 0.2, seed: Any = 113) -> Value:
    return _table(600 if known_text(version) == "small" else 20_640, 8, test_split)


@operation("keras.datasets.imdb.load_data")
def imdb(
    path: Any = None, num_words: Any = None, skip_top: Any = 0, maxlen: Any = None, *rest: Any, **named: Any
) -> Value:
    """Arrays of lists of word numbers; `maxlen` leaves out longer texts."""
    count = 25_000 if maxlen is None else None
    return _splits(count, count, (), (), (None, "int64"))


@operation("keras.datasets.reuters.load_data")
def reuters(
    path: Any = None, num_words: Any = None, skip_top: Any = 0, maxlen: Any = None, test_split: Any = 0.2, **named: Any
) -> Value:
    """11,228 texts; the first int(11,228·(1 − test_split)) are for training."""
    kept = int(11_228 * (1 - test_split)) if maxlen is None and isinstance(test_split, (int, float)) else None
    return _splits(kept, None if kept is None else 11_228 - kept, (), (), (None, "int64"))


@operation("keras.utils.pad_sequences", "keras.preprocessing.sequence.pad_sequences")
def pad_sequences(
    sequences: Any, maxlen: Any = None, dtype: Any = "int32", *arguments: Any, **named: Any
) -> TensorValue:
    """(samples, maxlen); without `maxlen` the longest sequence decides."""
    items = sequence(sequences)
    count: Size = len(items) if items is not None else None
    if isinstance(sequences, TensorValue) and sequences.shape:
        count = sequences.shape[0]
    length = as_size(maxlen)
    if maxlen is None and items is not None:
        lengths = [sequence(item) for item in items]
        known = [len(item) for item in lengths if item is not None]
        length = max(known) if known and len(known) == len(items) else None
    return _array((count, length), dtype if isinstance(dtype, str) else None)
