"""Records: small classes of data that nobody changes, cheap to define and to make.

A frozen dataclass takes three times as long to make, and a dataclass with all its methods four times as long to define;
there are more than a hundred, and a command on a small file defines them all. So what all records do alike is written
once, and that nobody changes them is left to the type checker.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_options):
        return lambda decorator: decorator


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: Any) -> Any:
    """A dataclass with slots, frozen for the type checker alone. Those that are compared derive from `Record`."""
    cls.__doc__ = cls.__doc__ or cls.__name__  # else dataclasses write a signature there
    return dataclass(slots=True, eq=False, repr=False)(cls)


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
