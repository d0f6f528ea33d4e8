"""The declarations of Keras layers, applied to cases: the least of an evaluator that a comparison needs.

A case is plain JSON: the class, its arguments and the shapes of its inputs by the name of the rule's parameter.

    {"class": "Dense", "args": [64], "kwargs": {}, "inputs": {"input": [null, 128]}}

A layer among the arguments is `{"layer": "LSTM", "args": [32], "kwargs": {}}`. The result of a case is

    {"trainable": [[128, 64], [64]], "frozen": [], "output": [null, 64]}      several outputs: {"items": [...]}
    {"refused": "why"}
"""

from __future__ import annotations

from typing import Any

import paramlens.layers.keras  # noqa: F401  (declares the layers)
from paramlens.layers.bind import Bound, apply, bind
from paramlens.layers.declare import LAYERS, Axes, Built, Outputs
from paramlens.shapes import Shape, ShapeMismatch
from paramlens.values import Undetermined

Case = dict[str, Any]


class DeclaredLayer:
    """A layer made from its declaration; what rules see of it is `LayerHandle`."""

    def __init__(self, name: str, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> None:
        self.declaration = LAYERS[name if name.startswith("keras.") else f"keras.layers.{name}"]
        self.args = args
        self.kwargs = kwargs or {}
        self.bound: Bound = bind(self.declaration, args, self.kwargs)
        self.built: Built | None = None

    @property
    def class_name(self) -> str:
        return self.declaration.name

    def attribute(self, name: str, default: Any = None) -> Any:
        if self.built is not None and name in self.built.attributes:
            return self.built.attributes[name]
        return self.bound.arguments.get(name, default)

    def prepare(self, shape: Any) -> bool:
        return False  # no class written by a user

    def clone(self, **changes: Any) -> DeclaredLayer:
        arguments = {**self.bound.arguments, **changes}
        return DeclaredLayer(self.declaration.name, (), arguments)

    def build(self, *inputs: Any) -> Any:
        return self.build_named(dict(zip(self.declaration.inputs, inputs, strict=False)))

    def build_named(self, inputs: dict[str, Any]) -> Any:
        built = apply(self.declaration, self.bound, inputs)
        self.built = self.built or built
        return built.output() if callable(built.output) else built.output

    def weights(self, kind: str) -> list[Shape]:
        """Shapes of the `weights` or `frozen` of it and of its children, its own first."""
        if self.built is None:
            return []
        own = [
            weight.sizes if isinstance(weight, Axes) else weight
            for weight in getattr(self.built, kind).values()
            if weight is not None
        ]
        for child in self.built.children.values():
            assert isinstance(child, DeclaredLayer)
            own.extend(child.weights(kind))
        return own


def declared_result(case: Case) -> dict[str, Any]:
    """What the declarations say of the case."""
    inputs = {name: value(shape) for name, shape in case["inputs"].items()}
    try:
        made = DeclaredLayer(case["class"], value(case.get("args", [])), argument_values(case.get("kwargs", {})))
        output = made.build_named(inputs)
    except (ShapeMismatch, Undetermined, TypeError) as error:
        return {"refused": f"{type(error).__name__}: {error}"}
    return {
        "trainable": [list(shape) for shape in made.weights("weights")],
        "frozen": [list(shape) for shape in made.weights("frozen")],
        "output": plain(output),
    }


def value(data: Any) -> Any:
    """JSON data as rules are given it: lists as tuples, layers made."""
    if isinstance(data, list):
        return tuple(value(item) for item in data)
    if isinstance(data, dict) and "layer" in data:
        return DeclaredLayer(data["layer"], value(data.get("args", [])), argument_values(data.get("kwargs", {})))
    return data


def argument_values(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value(item) for name, item in data.items()}


def plain(output: Any) -> Any:
    """An output as JSON data."""
    if isinstance(output, Outputs):
        return {"items": [plain(item) for item in output.items]}
    return list(output)


def parameters(result: dict[str, Any]) -> int:
    """The parameter count of a result."""
    total = 0
    for shape in (*result["trainable"], *result["frozen"]):
        count = 1
        for size in shape:
            count *= size
        total += count
    return total
