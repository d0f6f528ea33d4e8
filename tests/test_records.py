"""Records are made as dataclasses make theirs."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace

import pytest
from paramlens.facts import CallFact
from paramlens.records import Record, mutable_record, record

Decorator = Callable[[type], type]


def _classes(decorate: Decorator) -> list[type]:
    class Nothing:
        pass

    class Plain:
        a: int
        b: str

    class Chosen:
        name: str
        size: int = 3
        items: list[int] = field(default_factory=list)
        last: tuple[str, ...] = ()

    return [decorate(cls) for cls in (Nothing, Plain, Chosen)]


@pytest.mark.parametrize("decorate", [record, mutable_record])
@pytest.mark.parametrize(
    ("number", "args", "named"),
    [
        (0, (), {}),
        (0, (1,), {}),
        (1, (1, "x"), {}),
        (1, (), {"b": "x", "a": 1}),
        (1, (1,), {}),
        (1, (1, "x"), {"a": 2}),
        (2, ("n",), {}),
        (2, ("n",), {"items": [1]}),
        (2, ("n", 4, [2], ("z",)), {}),
        (2, (), {"name": "n", "last": ("z",)}),
        (2, (), {"size": 4}),
        (2, ("n",), {"other": 4}),
    ],
)
def test_like_a_dataclass(
    decorate: Decorator, number: int, args: tuple[object, ...], named: dict[str, object]
) -> None:
    assert _made(_classes(decorate)[number], args, named) == _made(_classes(dataclass)[number], args, named)


def _made(cls: type, args: tuple[object, ...], named: dict[str, object]) -> object:
    try:
        made = cls(*args, **named)
    except TypeError:
        return TypeError
    return {item.name: getattr(made, item.name) for item in fields(made)}


def test_each_has_what_a_factory_makes_for_itself() -> None:
    cls = _classes(record)[2]
    assert cls("a").items is not cls("b").items  # type: ignore[call-arg]


def test_derived_records_take_the_fields_of_their_bases_first() -> None:
    @record
    class Base(Record):
        a: int

    @record
    class Derived(Base):
        b: int = 2

    assert Derived(1) == Derived(a=1, b=2) == replace(Derived(5), a=1)
    assert repr(Derived(1)).endswith("Derived(a=1, b=2)")


def test_the_parameters_are_the_fields() -> None:
    assert [*inspect.signature(CallFact).parameters] == [item.name for item in fields(CallFact)]
