"""Evaluates the expressions of the operation cases with the declared rules instead of a framework.

`torch.cat([T(2, 3), T(2, 4)], 1)` is one Python expression that both sides can run: here `torch` looks names up among
the declarations, and `T(2, 3)` is a tensor value of that shape.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import paramlens.layers.operations
from paramlens.layers.declare import OPERATIONS
from paramlens.layers.operations import (
    NUMPY_CONSTANTS,
    TENSOR_ATTRIBUTES,
    TORCH_CONSTANTS,
    binary,
    index_value,
    unary,
)
from paramlens.shapes import ShapeMismatch
from paramlens.values import ListValue, TensorValue, Undetermined, Unknown

assert paramlens.layers.operations.__doc__

CLASSES = {"torch": "torch.Tensor", "numpy": "numpy.ndarray", "keras": "keras.KerasTensor"}
CONSTANTS = {"torch": TORCH_CONSTANTS, "numpy": NUMPY_CONSTANTS}


class Undeclared(Exception):
    """No operation of this name is declared."""


class Proxy:
    """A tensor value with Python's operators and the declared methods."""

    def __init__(self, value: TensorValue) -> None:
        self.value = value

    def __getattr__(self, name: str) -> Any:
        if name in TENSOR_ATTRIBUTES[self.value.kind]:
            return wrapped(TENSOR_ATTRIBUTES[self.value.kind][name](self.value))
        full = f"{CLASSES[self.value.kind]}.{name}"
        return lambda *args, **kwargs: called(full, (self, *args), kwargs)

    def __getitem__(self, index: Any) -> Any:
        entries = tuple(_entry(item) for item in index) if isinstance(index, tuple) else _entry(index)
        return wrapped(index_value(self.value, entries))

    def __neg__(self) -> Any:
        return wrapped(unary("-", self.value))

    def __invert__(self) -> Any:
        return wrapped(unary("~", self.value))


def _operator(op: str, swapped: bool = False) -> Any:
    def apply(self: Proxy, other: Any) -> Any:
        sides = (self.value, unwrapped(other))
        return wrapped(binary(op, *(sides[::-1] if swapped else sides)))

    return apply


for _name, _op in {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**",
                   "matmul": "@", "and": "&", "or": "|"}.items():  # fmt: skip
    setattr(Proxy, f"__{_name}__", _operator(_op))
    setattr(Proxy, f"__r{_name}__", _operator(_op, swapped=True))
for _name, _op in {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}.items():
    setattr(Proxy, f"__{_name}__", _operator(_op))


class Namespace:
    """A module or class by its dotted name."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __getattr__(self, name: str) -> Any:
        root, full = self.path, f"{self.path}.{name}"
        if name in CONSTANTS.get(root, {}):
            return CONSTANTS[root][name]
        return Namespace(full)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return called(self.path, args, kwargs)

    @property
    def name(self) -> str:
        return self.path


def called(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call the declared operation; its signature must admit the arguments."""
    if name not in OPERATIONS:
        raise Undeclared(name)
    rule = OPERATIONS[name].rule
    positional = [unwrapped(arg) for arg in args]
    named = {key: unwrapped(value) for key, value in kwargs.items()}
    full_signature(rule).bind(*positional, **named)
    return wrapped(rule(*positional, **named))


def full_signature(rule: Callable[..., Any]) -> inspect.Signature:
    """The signature that also admits the second spellings: no argument is then required where either may be given."""
    signature = inspect.signature(rule)
    second: dict[str, str] = getattr(rule, "second_spellings", {})
    parameters = []
    for parameter in signature.parameters.values():
        optional = parameter.name in second.values() and parameter.default is parameter.empty
        parameters.append(parameter.replace(default=None) if optional else parameter)
    tail = [p for p in parameters if p.kind is p.VAR_KEYWORD]
    head = [p for p in parameters if p.kind is not p.VAR_KEYWORD]
    added = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in second]
    required_after_default = False
    seen_default = False
    for parameter in head:
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            seen_default = seen_default or parameter.default is not parameter.empty
            required_after_default |= seen_default and parameter.default is parameter.empty
    if required_after_default:  # Python admits no required parameter after an optional one
        return signature
    return signature.replace(parameters=[*head, *added, *tail])


def wrapped(value: Any) -> Any:
    if isinstance(value, TensorValue):
        return Proxy(value)
    if isinstance(value, tuple):
        return tuple(wrapped(item) for item in value)
    return value


def unwrapped(value: Any) -> Any:
    """Values as rules receive them: lists arrive as tuples."""
    if isinstance(value, Proxy):
        return value.value
    if isinstance(value, (tuple, list)):
        return tuple(unwrapped(item) for item in value)
    if isinstance(value, Namespace):
        return value.path.rsplit(".", 1)[-1]
    return value


def _entry(item: Any) -> Any:
    return ListValue([unwrapped(part) for part in item]) if isinstance(item, list) else unwrapped(item)


def _tensor(kind: str, dtype: str) -> Any:
    return lambda *shape: Proxy(TensorValue(shape, kind=kind, dtype=dtype))


NAMES: dict[str, Any] = {
    "torch": Namespace("torch"),
    "F": Namespace("torch.nn.functional"),
    "np": Namespace("numpy"),
    "einops": Namespace("einops"),
    "keras": Namespace("keras"),
    "ops": Namespace("keras.ops"),
    "T": _tensor("torch", "float32"),
    "I": _tensor("torch", "int64"),
    "B": _tensor("torch", "bool"),
    "C": _tensor("torch", "complex64"),
    "A": _tensor("numpy", "float64"),
    "J": _tensor("numpy", "int64"),
    "M": _tensor("numpy", "bool"),
    "K": _tensor("keras", "float32"),
    "KI": _tensor("keras", "int32"),
}


def outcome(expression: str) -> dict[str, Any]:
    """`{"value": …}`, `{"error": message}` for a certain mismatch, or `{"unknown": why}`."""
    try:
        return {"value": encoded(eval(expression, dict(NAMES)))}
    except ShapeMismatch as error:
        return {"error": str(error)}
    except Undetermined as error:
        return {"unknown": str(error)}


def encoded(value: Any) -> Any:
    """Tensors by shape (and small numbers), tuples as lists, what is not known as `?`."""
    if isinstance(value, Proxy):
        tensor = value.value
        if tensor.shape is None:
            return "?"
        return {"shape": ["?" if size is None and tensor.kind != "keras" else size for size in tensor.shape],
                "data": tensor.data}  # fmt: skip
    if isinstance(value, (tuple, list)):
        return [encoded(item) for item in value]
    if isinstance(value, dict):
        return {key: encoded(item) for key, item in value.items()}
    return "?" if isinstance(value, Unknown) else value


def disagreement(expected: Any, actual: Any) -> str | None:
    """Why what the rules say is wrong; None where it is right or open."""
    if isinstance(actual, str) and actual == "?":
        return None
    if isinstance(actual, dict) and "shape" in actual:
        if not isinstance(expected, dict) or "shape" not in expected:
            return None if actual["shape"] == [] and actual["data"] is None else f"expected {expected}, got {actual}"
        return _shapes_differ(expected, actual)
    if isinstance(actual, list):
        if not isinstance(expected, list) or len(expected) != len(actual):
            return f"expected {expected}, got {actual}"
        return next((d for e, a in zip(expected, actual, strict=True) if (d := disagreement(e, a))), None)
    if isinstance(expected, dict) and expected.get("shape") == []:
        expected = expected["data"]
    return None if expected == actual else f"expected {expected!r}, got {actual!r}"


def _shapes_differ(expected: dict[str, Any], actual: dict[str, Any]) -> str | None:
    wanted, got = expected["shape"], actual["shape"]
    if len(wanted) != len(got) or any(b != "?" and b is not None and a != b for a, b in zip(wanted, got, strict=True)):
        return f"expected shape {wanted}, got {got}"
    if actual["data"] is not None and expected.get("data") is not None and _lists(actual["data"]) != expected["data"]:
        return f"expected numbers {expected['data']}, got {actual['data']}"
    return None


def _lists(data: Any) -> Any:
    return [_lists(item) for item in data] if isinstance(data, tuple) else data


def is_known(value: Any) -> bool:
    """Whether the rules left nothing open."""
    if isinstance(value, dict):
        return "?" not in value.get("shape", [])
    if isinstance(value, list):
        return all(is_known(item) for item in value)
    return not (isinstance(value, str) and value == "?")
