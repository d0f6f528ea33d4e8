"""Reading torch constructor and call arguments: sizes, n-tuples, shapes, dotted names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlens.dims import Dim, Sym, compare
from paramlens.layers.declare import Axes, Built, Outputs
from paramlens.shapes import Shape, ShapeMismatch, Size
from paramlens.values import Reason, Undetermined, Unknown, undetermined

SPATIAL_NAMES = {1: ("w",), 2: ("h", "w"), 3: ("d", "h", "w")}


def paths(module: str, name: str) -> tuple[str, ...]:
    """Where else torch itself keeps a class: `torch.nn.modules.conv.Conv2d` and `torch.nn.modules.Conv2d`."""
    return (f"torch.nn.modules.{module}.{name}", f"torch.nn.modules.{name}")


def known(value: Any) -> Any:
    """The value. Raises Undetermined where it is not known."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return value


def certainly(left: Size, operator: str, right: Size) -> bool:
    """Whether the comparison holds for every value of the symbols; False where a size is not known."""
    if left is None or right is None:
        return False
    return compare(left, operator, right) is True


def require(condition_fails: bool, message: str) -> None:
    """Raise ShapeMismatch with the message when the condition certainly fails."""
    if condition_fails:
        raise ShapeMismatch(message)


def integer(layer: str, name: str, value: Any) -> Dim:
    """A whole number, zero or more. Raises Undetermined, or ShapeMismatch for what torch refuses as a size."""
    known(value)
    if not isinstance(value, (int, Sym)):
        raise _no_integer(layer, name, value)
    require(certainly(value, "<", 0), f"{layer} expects {name} of at least 0, got {value}")
    return value


def _no_integer(layer: str, name: str, value: Any) -> Exception:
    """ShapeMismatch for what is certainly no integer; Undetermined for a value that may stand for one."""
    if value is None or isinstance(value, (float, complex, str, bytes, tuple, dict)):
        return ShapeMismatch(f"{layer} expects an integer {name}, got {value!r}", missing=value is None)
    return undetermined(Reason.UNKNOWN_ARGUMENT, name)


def or_unknown(count: int, sizes: Callable[[], Shape]) -> Shape:
    """The sizes, or `count` unknown ones where an argument that they hang on is not known."""
    try:
        return sizes()
    except Undetermined:
        return (None,) * count


def positive(layer: str, name: str, value: Any) -> Dim:
    """A whole number above zero."""
    number = integer(layer, name, value)
    require(certainly(number, "<=", 0), f"{layer} expects {name} above 0, got {number}")
    return number


def divisible(layer: str, name: str, value: Size, by_name: str, by: Size) -> None:
    """Raise ShapeMismatch when `value` is certainly not a multiple of `by`."""
    if isinstance(value, int) and isinstance(by, int) and by > 0 and value % by != 0:
        raise ShapeMismatch(f"{layer} expects {name} divisible by {by_name}, got {value} and {by}")


def repeated(value: Any, count: int) -> Any:
    """torch's `_ntuple`: a sequence as a tuple, anything else `count` times; Unknown stays Unknown."""
    if isinstance(value, (Unknown, tuple)):
        return value
    return (value,) * count


def window(layer: str, name: str, value: Any, count: int) -> tuple[Dim, ...]:
    """`count` whole numbers for a call: one number, or a tuple of one or `count`, as torch's functions take them."""
    known(value)
    items = value if isinstance(value, tuple) else (value,)
    if len(items) == 1:
        items = items * count
    if len(items) != count:
        raise ShapeMismatch(f"{layer} expects {count} numbers as {name}, got {len(items)}")
    for item in items:
        known(item)
        if not isinstance(item, (int, Sym)):
            raise _no_integer(layer, name, item)
    return items


def shape_of(value: Any, what: str = "input") -> Shape:
    """The shape of a call's tensor argument. Raises Undetermined for anything but a known shape."""
    known(value)
    if not isinstance(value, tuple) or any(isinstance(size, tuple) for size in value):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, what)
    return value


def items_of(value: Any, what: str = "input") -> tuple[Any, ...]:
    """The members of a tuple of tensors given to a call."""
    known(value)
    if isinstance(value, Outputs):
        return value.items
    if isinstance(value, tuple):
        return value
    raise undetermined(Reason.UNKNOWN_ARGUMENT, what)


def axis_of(layer: str, name: str, axis: Any, rank: int) -> int:
    """An axis counted from the front. Raises ShapeMismatch when it is out of range."""
    known(axis)
    if not isinstance(axis, int):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, name)
    span = max(rank, 1)
    if not -span <= axis < span:
        raise ShapeMismatch(f"{layer} expects {name} between {-span} and {span - 1}, got {axis}")
    return axis % span


def spatial_axes(name: str, sizes: tuple[Dim, ...]) -> dict[str, Dim]:
    """Axis names of a window: kernel_size; kernel_h, kernel_w; kernel_d, kernel_h, kernel_w."""
    if len(sizes) == 1:
        return {f"{name}_size": sizes[0]}
    names = SPATIAL_NAMES.get(len(sizes)) or tuple(str(index) for index in range(len(sizes)))
    return {f"{name}_{suffix}": size for suffix, size in zip(names, sizes, strict=True)}


def named(sizes: dict[str, Dim]) -> Axes:
    """`axes` for names that are no Python identifiers: `{"4·hidden_size": 4 * hidden_size}`."""
    return Axes(tuple(sizes), tuple(sizes.values()))


def _same_shape(input: Shape) -> Shape:
    return shape_of(input)


def unchanged(**attributes: Any) -> Built:
    """A layer without weights whose output has its input's shape."""
    return Built(attributes=attributes, forward=_same_shape)


def tensor_shape(value: Any) -> Shape | None:
    """The shape of a tensor given to a constructor (`pos_weight`); None for no tensor or an unknown shape."""
    shape = getattr(value, "shape", None)
    return shape if isinstance(shape, tuple) else None
