"""Records: small classes of data that nobody changes, cheap to define and to make.

A frozen dataclass takes three times as long to make, and a dataclass with all its methods four times as long to define;
there are more than a hundred, and a command on a small file defines them all. So what all records do alike is written
once, and that nobody changes them is left to the type checker.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from operator import attrgetter
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_options):
        return lambda decorator: decorator


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: Any) -> Any:
    """A dataclass with slots, frozen for the type checker alone. Those that are compared derive from `Record`."""
    return _with_slots(cls)


@dataclass_transform(field_specifiers=(field,))
def mutable_record(cls: Any) -> Any:
    """The same for what is filled while somebody works, and compared by identity alone."""
    return _with_slots(cls)


class Record:
    """Equal, hashed and written by its fields."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        values = _values_of(type(self))
        return bool(values(self) == values(other))

    def __hash__(self) -> int:
        return hash(_values_of(type(self))(self))

    def __repr__(self) -> str:
        fields = type(self).__match_args__  # type: ignore[attr-defined]  # every dataclass has it
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in fields)})"


_VALUES: dict[object, Callable[[object], object]] = {}


def _values_of(cls: Any) -> Callable[[object], object]:
    """What gives the fields of such a record."""
    values = _VALUES.get(cls)
    if values is None:
        fields = cls.__match_args__
        values = _VALUES[cls] = attrgetter(*fields) if fields else type
    return values


# ------------------------------------------------------------------------------------------------------- definition


def _with_slots(cls: Any) -> Any:
    cls.__doc__ = cls.__doc__ or cls.__name__  # else dataclasses write a signature there
    made = dataclass(slots=True, eq=False, repr=False, init=False)(cls)
    made.__init__ = _initializer(made)
    return made


def _initializer(cls: Any) -> FunctionType:
    """`__init__` as dataclasses write it. To compile one takes longer than all else that makes a record, so that of
    the first one with as many fields is taken, with the other names in it."""
    own = fields(cls)
    names = [item.name for item in own]
    makers = {i: item.default_factory for i, item in enumerate(own) if item.default_factory is not MISSING}
    optional = (item.default for i, item in enumerate(own) if item.default is not MISSING or i in makers)
    template = _template(len(names), tuple(makers))
    renamed = {f"_{i}": name for i, name in enumerate(names)}
    code = template.replace(
        co_varnames=tuple(renamed.get(name, name) for name in template.co_varnames),
        co_names=tuple(renamed.get(name, name) for name in template.co_names),
    )
    known = {"MISSING": MISSING, **{f"make_{i}": make for i, make in makers.items()}}
    return FunctionType(code, known, "__init__", tuple(optional))


@cache
def _template(count: int, made: tuple[int, ...]) -> CodeType:
    """The code of an `__init__` of so many fields; those of `made` are made where they are not given."""
    given = "".join(f", _{i}" for i in range(count))
    body = "; ".join(
        f"self._{i} = " + (f"make_{i}() if _{i} is MISSING else _{i}" if i in made else f"_{i}") for i in range(count)
    )
    space: dict[str, Any] = {}
    exec(f"def __init__(self{given}): {body or 'pass'}", space)
    code: CodeType = space["__init__"].__code__
    return code
