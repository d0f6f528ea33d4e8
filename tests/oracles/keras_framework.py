"""What the installed Keras itself says of a case (see keras_declared.py)."""

from __future__ import annotations

import warnings
from typing import Any

import keras

from tests.oracles.keras_declared import Case

CELLS = ("SimpleRNNCell", "LSTMCell", "GRUCell")


def framework_result(case: Case) -> dict[str, Any]:
    """Construct the layer and call it on symbolic inputs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            layer = made(case["class"], case.get("args", []), case.get("kwargs", {}))
            output = called(layer, case)
        except Exception as error:
            return {"refused": f"{type(error).__name__}: {error}"[:200]}
    assert layer.count_params() == sum(_count(weight.shape) for weight in layer.weights)
    return {
        "trainable": [list(weight.shape) for weight in layer.trainable_weights],
        "frozen": [list(weight.shape) for weight in layer.non_trainable_weights],
        "output": None if output is None else _shapes(output),
    }


def made(name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return getattr(keras.layers, name)(
        *(_value(item) for item in args), **{key: _value(item) for key, item in kwargs.items()}
    )


def called(layer: Any, case: Case) -> Any:
    inputs = case["inputs"]
    if "inputs" in inputs:
        return layer([_symbolic(shape) for shape in inputs["inputs"]])
    if case["class"] in CELLS:
        count = 2 if case["class"] == "LSTMCell" else 1
        state = [_symbolic([inputs["input"][0], layer.units]) for _ in range(count)]
        return layer(_symbolic(inputs["input"]), state)
    if case["class"] == "StackedRNNCells":
        layer.build(tuple(inputs["input"]))
        return None
    if "query" in inputs:
        tensors = {name: _symbolic(shape) for name, shape in inputs.items()}
        return layer(tensors.pop("query"), tensors.pop("value"), **tensors)
    return layer(_symbolic(inputs["input"]))


def _value(data: Any) -> Any:
    if isinstance(data, list):
        return tuple(_value(item) for item in data) if not _has_layers(data) else [_value(item) for item in data]
    if isinstance(data, dict) and "layer" in data:
        return made(data["layer"], data.get("args", []), data.get("kwargs", {}))
    return data


def _has_layers(data: list[Any]) -> bool:
    return any(isinstance(item, dict) for item in data)


def _symbolic(shape: list[int | None]) -> Any:
    return keras.KerasTensor(tuple(shape))


def _shapes(output: Any) -> Any:
    if isinstance(output, (tuple, list)):
        return {"items": [_shapes(item) for item in output]}
    return list(output.shape)


def _count(shape: tuple[int, ...]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total
