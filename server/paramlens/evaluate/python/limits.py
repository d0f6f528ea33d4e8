"""Bounds on the size of concrete values, checked before an operation is computed."""

from __future__ import annotations

from typing import Any

from paramlens.values import Reason, undetermined

INTEGER_BITS = 4096
TEXT_LENGTH = 64 * 1024
COLLECTION_SIZE = 10_000
NESTED_SIZE = 50_000  # items of a tuple through all tuples within it, shared ones each time
WALKED_SIZE = 500_000  # items of a list through all lists within it, shared ones each time
ENDLESS_PREFIX = 1_000  # how many items of an endless iterator (itertools.count) are made ahead


def check_bits(bits: int) -> None:
    """Refuse an integer of more than 4,096 bits."""
    if bits > INTEGER_BITS:
        raise undetermined(Reason.SIZE_LIMIT, f"an integer of more than {INTEGER_BITS} bits")


def check_text(length: int) -> None:
    """Refuse a string or bytes longer than 64 KiB."""
    if length > TEXT_LENGTH:
        raise undetermined(Reason.SIZE_LIMIT, f"a string longer than {TEXT_LENGTH}")


def check_count(count: int) -> None:
    """Refuse a collection of more than 10,000 items."""
    if count > COLLECTION_SIZE:
        raise undetermined(Reason.SIZE_LIMIT, f"a collection of more than {COLLECTION_SIZE} items")


def check_nested(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Refuse a tuple that holds more than 50,000 items in all: its hash and its text cost as much, shared or not."""
    count, waiting = 0, [item for item in items if type(item) is tuple]
    if len(waiting) == 1:
        return items  # grows by what is written, however deep
    while waiting:
        item = waiting.pop()
        count += len(item)
        if count > NESTED_SIZE:
            raise undetermined(Reason.SIZE_LIMIT, f"a tuple of more than {NESTED_SIZE} items")
        waiting += [inner for inner in item if type(inner) is tuple]
    return items


class Walk:
    """A walk through a container and all within it, of which one may stand in many others and twice in each: then it
    holds far more items than were ever made."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = WALKED_SIZE

    def take(self, count: int) -> None:
        """Count the items of one more container. Raises Undetermined after 500,000."""
        self._left -= count
        if self._left < 0:
            raise undetermined(Reason.SIZE_LIMIT, f"a container of more than {WALKED_SIZE} items in all")


def checked(value: Any) -> Any:
    """The value itself, when it is within the bounds."""
    if isinstance(value, int):
        check_bits(value.bit_length())
    elif isinstance(value, str | bytes):
        check_text(len(value))
    elif isinstance(value, list | tuple | dict | set | frozenset):
        check_count(len(value))
        if isinstance(value, tuple):
            check_nested(value)
    return value
