"""Symbols, unknown values, limits, and the models of the standard library."""

from __future__ import annotations

from typing import Any

import pytest
from paramlens import dims
from paramlens.evaluate.python import arithmetic, comparison, enums, items, namedtuples
from paramlens.evaluate.python.builtins import BUILTINS, CLASSES
from paramlens.evaluate.python.natives import from_python, plain
from paramlens.evaluate.python.stdlib import STDLIB
from paramlens.values import (
    DictValue,
    Instance,
    IteratorValue,
    ListValue,
    NativeFunction,
    ParameterValue,
    Reason,
    SetValue,
    Undetermined,
    Unknown,
)

from tests.evaluate.fake_machine import FakeMachine, Thrown, builtin, outcome, user_class

vm = FakeMachine()
n = dims.symbol("n")
UNKNOWN = Unknown(Reason.UNKNOWN_ARGUMENT, "x")


def call(name: str, *args: Any, **kwargs: Any) -> Any:
    """Call `module.function` of the modelled modules."""
    module, _, function = name.rpartition(".")
    return vm.call(STDLIB[module][function] if module else BUILTINS[function], args, kwargs)


def reason(compute: Any) -> Reason:
    with pytest.raises(Undetermined) as caught:
        compute()
    return caught.value.unknown.reason


def test_symbols_stay_formulas() -> None:
    assert call("max", 0, n) == n
    assert call("sum", ListValue([n, 2, n])) == 2 * n + 2
    assert call("int", n) == n
    assert call("round", n) == n
    assert call("math.ceil", n) == n
    assert call("math.prod", (n, 3)) == 3 * n
    assert call("divmod", 4 * n, 4) == (n, 0)
    assert comparison.compare(vm, ">", n, 0) is True
    assert isinstance(comparison.compare(vm, "==", n, 3), Unknown)
    assert comparison.compare(vm, ">", n, 0.5) is True


@pytest.mark.parametrize(
    ("compute", "expected"),
    [
        (lambda: call("range", n), Reason.UNKNOWN_LOOP),
        (lambda: call("str", n), Reason.UNKNOWN_ARGUMENT),
        (lambda: call("float", n), Reason.UNKNOWN_ARGUMENT),
        (lambda: arithmetic.binary(vm, "*", ListValue([0]), n), Reason.UNKNOWN_LOOP),
        (lambda: arithmetic.binary(vm, "+", 1, UNKNOWN), Reason.UNKNOWN_ARGUMENT),
        (lambda: items.get_item(vm, (1, 2), n), Reason.UNKNOWN_ARGUMENT),
        (lambda: arithmetic.binary(vm, "**", 10, 10**10), Reason.SIZE_LIMIT),
        (lambda: arithmetic.binary(vm, "*", "a", 10**9), Reason.SIZE_LIMIT),
        (lambda: arithmetic.binary(vm, "*", ListValue([0]), 10**9), Reason.SIZE_LIMIT),
        (lambda: arithmetic.binary(vm, "<<", 1, 10**9), Reason.SIZE_LIMIT),
        (lambda: arithmetic.binary(vm, "%", "%1000000000d", 1), Reason.SIZE_LIMIT),
        (lambda: call("list", range(10**9)), Reason.SIZE_LIMIT),
        (lambda: call("math.factorial", 10**9), Reason.SIZE_LIMIT),
        (lambda: call("math.comb", 10**9, 10**8), Reason.SIZE_LIMIT),
        (lambda: call("itertools.product", range(1000), repeat=3), Reason.SIZE_LIMIT),
        (lambda: call("re.match", "(a+)+b", "a" * 50), Reason.SIZE_LIMIT),
    ],
)
def test_what_is_not_known_says_why(compute: Any, expected: Reason) -> None:
    assert reason(compute) is expected


def test_a_change_that_cannot_be_followed_makes_the_contents_unknown() -> None:
    listed = ListValue([1, 2])
    reason(lambda: items.set_item(vm, listed, UNKNOWN, 3))
    assert listed.rest == UNKNOWN
    mapping = DictValue({"a": 1})
    items.set_item(vm, mapping, UNKNOWN, 3)
    assert mapping.open
    assert (mapping.items["a"].reason, mapping.items["a"].detail) == (UNKNOWN.reason, "a")
    members = SetValue({1: None})
    vm.call(vm.get_attribute(members, "add"), (UNKNOWN,))
    assert comparison.contains(vm, 1, members)
    assert reason(lambda: comparison.contains(vm, 2, members)) is Reason.UNKNOWN_ARGUMENT


def test_iterators_move_on_as_in_python() -> None:
    iterator = IteratorValue([1, 2, 3, 4])
    pairs = call("zip", iterator, ListValue(["a", "b"]))
    assert vm.iterate(pairs) == [(1, "a"), (2, "b")]
    assert call("next", iterator) == 4
    counter = call("itertools.count", 5)
    assert [call("next", counter), call("next", counter)] == [5, 6]
    assert reason(lambda: vm.iterate(counter)) is Reason.UNKNOWN_LOOP


def test_dataclass() -> None:
    base = user_class("Base", width=4)
    base.annotations = {"width": CLASSES["int"]}
    call("dataclasses.dataclass", base)
    cls = user_class("Config", base, layers=call("dataclasses.field", default_factory=CLASSES["list"]))
    cls.annotations = {"depth": CLASSES["int"], "layers": CLASSES["list"], "Kind": "ClassVar[int]"}
    cls.namespace["depth"] = 2
    vm.call(call("dataclasses.dataclass", kw_only=True), (cls,))
    made = vm.instantiate(cls, (8,), {"depth": 3})
    assert (made.attributes["width"], made.attributes["depth"]) == (8, 3)
    assert made.attributes["layers"] is not vm.instantiate(cls).attributes["layers"]
    assert outcome(lambda: call("dataclasses.asdict", made)) == {"width": 8, "depth": 3, "layers": []}
    assert call("dataclasses.replace", made, width=1).attributes["width"] == 1
    with pytest.raises(Thrown, match="TypeError"):
        vm.instantiate(cls, (1, 2))


def test_enum() -> None:
    cls = user_class("Color", enums.ENUM, RED=1, CRIMSON=1, BLUE=Instance(enums.AUTO))
    enums.finish_enum_class(vm, cls)
    assert [member.attributes["name"] for member in enums.iterate_members(cls)] == ["RED", "BLUE"]
    assert enums.lookup(vm, cls, 2) is enums.by_name(vm, cls, "BLUE")
    assert vm.text(cls.namespace["RED"]) == "Color.RED"
    assert plain(cls.namespace["RED"]) is cls.namespace["RED"]
    size = user_class("Size", enums.INT_ENUM, SMALL=8)
    enums.finish_enum_class(vm, size)
    assert vm.binary("+", size.namespace["SMALL"], 1) == 9


def test_namedtuple() -> None:
    cls = call("collections.namedtuple", "Point", "x y", defaults=(7,))
    made = vm.instantiate(cls, (1,))
    assert (vm.get_attribute(made, "x"), vm.get_attribute(made, "y"), plain(made)) == (1, 7, (1, 7))
    typed = user_class("Shape", namedtuples.NAMED_TUPLE, h=3)
    typed.annotations = {"w": None, "h": None}
    assert namedtuples.is_named_tuple(typed)
    namedtuples.finish_class(vm, typed)
    assert plain(vm.instantiate(typed, (2,))) == (2, 3)


def test_argparse() -> None:
    parser = vm.instantiate(STDLIB["argparse"]["ArgumentParser"])
    for flags, options in (
        (("--width",), {"type": CLASSES["int"], "default": 64}),
        (("-d", "--depth-factor"), {"type": CLASSES["float"], "default": "1.5"}),
        (("--bias",), {"action": "store_true"}),
        (("--name",), {}),
        (("--classes",), {"type": CLASSES["int"], "required": True}),
    ):
        vm.call(vm.get_attribute(parser, "add_argument"), flags, options)
    found = vm.call(vm.get_attribute(parser, "parse_args")).attributes
    assert (found["width"], found["depth_factor"], found["bias"], found["name"]) == (64, 1.5, False, None)
    assert str(found["classes"]) == "classes"
    words = ListValue(["--classes", "5", "--bias", "--width=8"])
    found = vm.call(vm.get_attribute(parser, "parse_args"), (words,)).attributes
    assert (found["width"], found["classes"], found["bias"]) == (8, 5, True)


def test_deepcopy_keeps_identity_within_the_copy() -> None:
    weight = ParameterValue((2, 3))
    made = call("copy.deepcopy", ListValue([weight, weight, CLASSES["int"]]))
    assert made.items[0] is made.items[1] is not weight
    assert made.items[2] is CLASSES["int"]


def test_collections() -> None:
    grouped = call("collections.defaultdict", CLASSES["list"])
    assert items.get_item(vm, grouped, "a").items == []
    counted = call("collections.Counter", "abca")
    assert items.get_item(vm, counted, "a") == 2
    assert items.get_item(vm, counted, "z") == 0
    window = call("collections.deque", ListValue([1, 2, 3]), maxlen=2)
    vm.call(vm.get_attribute(window, "append"), (4,))
    assert vm.iterate(window) == [3, 4]
    assert vm.is_instance((1,), STDLIB["collections.abc"]["Sequence"]) is True
    assert vm.is_instance(3, STDLIB["collections.abc"]["Iterable"]) is False
    assert vm.is_instance(3, STDLIB["numbers"]["Integral"]) is True


def test_functools_and_operator() -> None:
    add = STDLIB["operator"]["add"]
    assert call("functools.reduce", add, (1, 2, 3)) == 6
    assert vm.call(call("functools.partial", add, 2), (5,)) == 7
    made: list[int] = []
    cached = call("functools.lru_cache", NativeFunction("make", lambda vm, x: made.append(x) or x))
    assert [vm.call(cached, (1,)), vm.call(cached, (1,))] == [1, 1]
    assert made == [1]


def test_text_models() -> None:
    assert call("os.path.join", "a", "b.txt") == "a/b.txt"
    assert outcome(lambda: call("json.loads", '{"a": [1, 2]}')) == {"a": [1, 2]}
    found = call("re.match", r"conv(\d+)_(\d+)", "conv3_12")
    assert vm.call(vm.get_attribute(found, "groups")) == ("3", "12")
    assert call("re.sub", r"\d", "#", "a1b2") == "a#b#"
    assert isinstance(call("os.getenv", "WIDTH", 3), Unknown)
    assert isinstance(call("random.randint", 1, 3), Unknown)


def test_attribute_dicts_and_attrs() -> None:
    made = vm.instantiate(STDLIB["easydict"]["EasyDict"], (from_python({"model": {"width": 3}}),))
    assert vm.get_attribute(vm.get_attribute(made, "model"), "width") == 3
    cls = user_class("Config", width=call("attr.ib", default=4))
    vm.call(STDLIB["attr"]["s"], (cls,))
    assert vm.instantiate(cls, (), {"width": 5}).attributes["width"] == 5


def test_subclasses_of_builtin_types() -> None:
    cls = user_class("Settings", CLASSES["dict"])
    made = vm.instantiate(cls, (), {"a": 1})
    assert items.get_item(vm, made, "a") == 1
    assert builtin(vm, "len", {}) == 0
    error = user_class("ShapeError", CLASSES["ValueError"])
    assert vm.text(vm.instantiate(error, ("bad",))) == "bad"
    assert vm.is_subclass(error, CLASSES["Exception"])


def test_dicts_change_in_place() -> None:
    attributes = {"a": 1}
    view = DictValue(attributes)
    vm.call(vm.get_attribute(view, "update"), (), {"b": 2})
    assert attributes == {"a": 1, "b": 2}
