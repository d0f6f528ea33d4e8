"""Every concrete operation gives what CPython gives, exceptions included."""

from __future__ import annotations

import builtins
import copy
import operator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paramlens.evaluate.python import arithmetic, comparison, items
from paramlens.evaluate.python.natives import from_python

from tests.evaluate.fake_machine import FakeMachine, builtin, expected, method, outcome

vm = FakeMachine()
NUMBERS = st.integers(-9, 99) | st.sampled_from([0.0, 1.5, -2.25, 1e30]) | st.booleans()
SCALARS = NUMBERS | st.text("ab_1", max_size=4) | st.none()
DATA = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3)
    ),
    max_leaves=6,
)
LISTS = st.lists(st.integers(-3, 3), max_size=5)
INDICES = st.integers(-6, 6) | st.builds(
    slice, st.none() | st.integers(-6, 6), st.none() | st.integers(-6, 6), st.sampled_from([None, 1, 2, -1])
)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([op for op in arithmetic.BINARY if op not in ("%",)]), DATA, DATA)
def test_binary_operators(op: str, a: Any, b: Any) -> None:
    if op in ("+", "-", "*", "|", "&", "^") or (isinstance(a, int | float) and isinstance(b, int | float)):
        real = expected(lambda: arithmetic.BINARY[op](a, b))
        assert same(outcome(lambda: arithmetic.binary(vm, op, from_python(a), from_python(b))), real)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([*comparison.OPERATORS, "in"]), DATA, DATA)
def test_comparisons(op: str, a: Any, b: Any) -> None:
    real = expected(lambda: a in b if op == "in" else comparison.OPERATORS[op](a, b))
    assert outcome(lambda: comparison.compare(vm, op, from_python(a), from_python(b))) == real


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.integers(), max_size=5)
    | st.text(max_size=5)
    | st.tuples(st.integers(), st.integers())
    | st.just(range(4)),
    INDICES,
)
def test_get_item(container: Any, index: Any) -> None:
    assert outcome(lambda: items.get_item(vm, from_python(container), index)) == expected(lambda: container[index])


@settings(max_examples=80, deadline=None)
@given(LISTS, INDICES, LISTS)
def test_set_item(container: list[int], index: Any, new: list[int]) -> None:
    value, real = from_python(container), list(container)
    got = outcome(lambda: items.set_item(vm, value, index, from_python(new) if isinstance(index, slice) else 7))
    assert got == expected(lambda: operator.setitem(real, index, new if isinstance(index, slice) else 7))
    assert value.items == real


LIST_CALLS = st.one_of(
    st.tuples(st.sampled_from(["append", "remove", "count", "index"]), st.tuples(st.integers(-3, 3))),
    st.tuples(st.sampled_from(["clear", "copy", "reverse", "sort", "pop"]), st.just(())),
    st.tuples(st.just("pop"), st.tuples(st.integers(-6, 6))),
    st.tuples(st.just("insert"), st.tuples(st.integers(-6, 6), st.integers(0, 3))),
    st.tuples(st.just("extend"), st.tuples(LISTS)),
)
KEYS = st.sampled_from("abc")
DICT_CALLS = st.one_of(
    st.tuples(st.sampled_from(["get", "pop"]), st.tuples(KEYS) | st.tuples(KEYS, st.integers(0, 3))),
    st.tuples(st.just("setdefault"), st.tuples(KEYS, st.integers(0, 3))),
    st.tuples(st.sampled_from(["clear", "copy", "popitem"]), st.just(())),
    st.tuples(st.just("update"), st.tuples(st.dictionaries(KEYS, st.integers(0, 3)))),
    st.tuples(st.just("update"), st.tuples(st.lists(st.tuples(KEYS, st.integers(0, 3)), max_size=2))),
)
SETS = st.sets(st.integers(0, 4), max_size=4)
SET_CALLS = st.one_of(
    st.tuples(
        st.sampled_from(
            [
                "union",
                "intersection",
                "difference",
                "symmetric_difference",
                "update",
                "intersection_update",
                "difference_update",
                "issubset",
                "issuperset",
                "isdisjoint",
                "symmetric_difference_update",
            ]
        ),
        st.tuples(SETS),
    ),
    st.tuples(st.sampled_from(["add", "discard", "remove"]), st.tuples(st.integers(0, 4))),
)


@settings(max_examples=200, deadline=None)
@given(
    st.tuples(LISTS, LIST_CALLS)
    | st.tuples(st.dictionaries(KEYS, st.integers(0, 3)), DICT_CALLS)
    | st.tuples(SETS, SET_CALLS)
)
def test_container_methods(case: Any) -> None:
    receiver, (name, args) = case
    real = copy.deepcopy(receiver)
    assert method(vm, receiver, name, *args) == (expected(lambda: getattr(real, name)(*args)), real)


TEXTS = st.text("aB1 _-.,", max_size=8)
STR_CALLS = st.one_of(
    st.tuples(
        st.sampled_from(
            [
                "upper",
                "lower",
                "title",
                "strip",
                "lstrip",
                "split",
                "capitalize",
                "swapcase",
                "splitlines",
                "isdigit",
                "isidentifier",
            ]
        ),
        st.just(()),
    ),
    st.tuples(
        st.sampled_from(
            [
                "split",
                "rsplit",
                "partition",
                "startswith",
                "endswith",
                "find",
                "index",
                "count",
                "strip",
                "removeprefix",
            ]
        ),
        st.tuples(TEXTS),
    ),
    st.tuples(st.just("replace"), st.tuples(TEXTS, TEXTS)),
    st.tuples(st.sampled_from(["zfill", "center", "ljust"]), st.tuples(st.integers(0, 12))),
    st.tuples(st.just("join"), st.tuples(st.lists(TEXTS, max_size=3))),
)


@settings(max_examples=120, deadline=None)
@given(TEXTS, STR_CALLS)
def test_str_methods(text: str, case: Any) -> None:
    name, args = case
    assert method(vm, text, name, *args)[0] == expected(lambda: getattr(text, name)(*args))


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("abs", (-3,)),
        ("all", ([1, 0],)),
        ("any", ([0, 2],)),
        ("bin", (5,)),
        ("bool", ([],)),
        ("chr", (65,)),
        ("dict", ([("a", 1)],)),
        ("divmod", (7, 2)),
        ("enumerate", (["a", "b"],)),
        ("float", ("1.5",)),
        ("float", ("x",)),
        ("format", (3.14159, ".2f")),
        ("frozenset", ([1, 1],)),
        ("hex", (255,)),
        ("int", ("12",)),
        ("int", (3.9,)),
        ("int", ("ff", 16)),
        ("int", ("x",)),
        ("len", ("abc",)),
        ("len", (3,)),
        ("list", ("ab",)),
        ("max", (1, 5, 3)),
        ("max", ([],)),
        ("min", ([4, 2],)),
        ("oct", (8,)),
        ("ord", ("A",)),
        ("pow", (2, 10)),
        ("pow", (2, 10, 7)),
        ("range", (1, 9, 2)),
        ("range", (1, 2, 0)),
        ("repr", (["a", (1,), {"k": None}],)),
        ("reversed", ([1, 2],)),
        ("round", (2.5,)),
        ("round", (2.345, 2)),
        ("set", ([1, 2, 1],)),
        ("sorted", ([3, 1, 2],)),
        ("str", (1.0,)),
        ("str", ([1, "a"],)),
        ("sum", ([1, 2.5],)),
        ("sum", ([[1], [2]], [])),
        ("tuple", ([1],)),
        ("zip", ([1, 2], "ab")),
        ("sorted", (["b", 1],)),
        ("next", (3,)),
        ("complex", (1, 2)),
        ("bytes", ([1, 2],)),
        ("hash", (7,)),
    ],
)
def test_builtin_functions(name: str, args: tuple[Any, ...]) -> None:
    assert builtin(vm, name, *args) == expected(lambda: getattr(builtins, name)(*copy.deepcopy(args)))


@pytest.mark.parametrize(
    ("template", "args", "named"),
    [
        ("{} {}", (1, 2), {}),
        ("{1}{0:>4}", ("a", "b"), {}),
        ("{x:{w}.1f}", (), {"x": 2.25, "w": 6}),
        ("{0[1]}", ([4, 5],), {}),
        ("{a[k]}", (), {"a": {"k": 3}}),
        ("{!r}", ("q",), {}),
        ("{{}}", (), {}),
        ("{}", (), {}),
        ("{missing}", (), {}),
    ],
)
def test_str_format(template: str, args: tuple[Any, ...], named: dict[str, Any]) -> None:
    keywords = {name: from_python(value) for name, value in named.items()}
    assert method(vm, template, "format", *args, **keywords)[0] == expected(lambda: template.format(*args, **named))


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("%d-%s", (1, "a")),
        ("%s", [1, 2]),
        ("%(a)05.2f", {"a": 1.5}),
        ("%x", 255),
        ("%d", "a"),
        ("%s %s", (1,)),
        ("100%%", ()),
        ("%r", ("a",)),
        ("%*d", (5, 3)),
    ],
)
def test_percent_formatting(template: str, values: Any) -> None:
    assert outcome(lambda: arithmetic.binary(vm, "%", template, from_python(values))) == expected(
        lambda: template % values
    )


def same(a: Any, b: Any) -> bool:
    return (type(a) is type(b) and repr(a) == repr(b)) or a == b
