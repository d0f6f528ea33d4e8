"""`match`: whether a value fits a pattern, binding names on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlens.evaluate import names
from paramlens.evaluate.frames import Frame
from paramlens.syntax import code
from paramlens.values import DictValue, ListValue, Undetermined, Unknown, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter


def match_pattern(vm: Interpreter, pattern: code.Pattern, value: Value, frame: Frame) -> bool | None:
    """True, False, or None when it is not known. Names are bound as far as the match got."""
    if isinstance(pattern, code.MatchValue):
        return _match_value(vm, pattern, value, frame)
    if isinstance(pattern, code.MatchCapture):
        matched = match_pattern(vm, pattern.pattern, value, frame) if pattern.pattern is not None else True
        if matched is not False and pattern.name is not None:
            names.store(vm, frame, pattern.name, value)
        return matched
    if isinstance(pattern, code.MatchOr):
        return _match_or(vm, pattern, value, frame)
    if isinstance(pattern, code.MatchSequence):
        return _match_sequence(vm, pattern, value, frame)
    if isinstance(pattern, code.MatchMapping):
        return _match_mapping(vm, pattern, value, frame)
    return _match_class(vm, pattern, value, frame)


def _match_value(vm: Interpreter, pattern: code.MatchValue, value: Value, frame: Frame) -> bool | None:
    from paramlens.evaluate.expressions import evaluate

    expected = evaluate(vm, pattern.value, frame)
    op = "is" if expected is None or isinstance(expected, bool) else "=="
    return vm.truth(vm.compare(op, value, expected))


def _match_or(vm: Interpreter, pattern: code.MatchOr, value: Value, frame: Frame) -> bool | None:
    result: bool | None = False
    for option in pattern.patterns:
        matched = match_pattern(vm, option, value, frame)
        if matched:
            return True
        result = None if matched is None else result
    return result


def _all(results: list[bool | None]) -> bool | None:
    if False in results:
        return False
    return None if None in results else True


def _match_sequence(vm: Interpreter, pattern: code.MatchSequence, value: Value, frame: Frame) -> bool | None:
    if isinstance(value, Unknown):
        return None
    plain = vm.plain(value)
    if not isinstance(plain, tuple | ListValue):
        return False
    try:
        items = vm.iterate(plain)
    except Undetermined:
        return None
    patterns = pattern.patterns
    star = next((i for i, p in enumerate(patterns) if isinstance(p, code.MatchStar)), None)
    if star is None:
        if len(items) != len(patterns):
            return False
        return _all([match_pattern(vm, p, item, frame) for p, item in zip(patterns, items, strict=True)])
    if len(items) < len(patterns) - 1:
        return False
    after = len(items) - (len(patterns) - star - 1)
    starred = patterns[star]
    if isinstance(starred, code.MatchStar) and starred.name is not None:
        names.store(vm, frame, starred.name, ListValue(list(items[star:after])))
    pairs = [*zip(patterns[:star], items[:star], strict=True), *zip(patterns[star + 1 :], items[after:], strict=True)]
    return _all([match_pattern(vm, p, item, frame) for p, item in pairs])


def _match_mapping(vm: Interpreter, pattern: code.MatchMapping, value: Value, frame: Frame) -> bool | None:
    from paramlens.evaluate.expressions import evaluate

    if isinstance(value, Unknown):
        return None
    plain = vm.plain(value)
    if not isinstance(plain, DictValue):
        return False
    results: list[bool | None] = []
    used = []
    for key_node, sub in pattern.items:
        key = vm.hashable(evaluate(vm, key_node, frame))
        used.append(key)
        if key not in plain.items:
            return None if plain.open else False
        results.append(match_pattern(vm, sub, plain.items[key], frame))
    if pattern.rest is not None:
        rest = {key: item for key, item in plain.items.items() if key not in used}
        names.store(vm, frame, pattern.rest, DictValue(rest, open=plain.open))
    return _all(results)


def _match_class(vm: Interpreter, pattern: code.Pattern, value: Value, frame: Frame) -> bool | None:
    from paramlens.evaluate.expressions import evaluate

    if not isinstance(pattern, code.MatchClass):
        return None
    cls = evaluate(vm, pattern.cls, frame)
    if not vm.is_class(cls):
        return None
    fits = vm.is_instance(value, cls)
    if fits is not True:
        return fits
    keywords = list(pattern.keyword)
    if pattern.positional:
        builtin = cls.qualified_name in ("int", "str", "float", "bool", "bytes", "list", "dict", "tuple", "set")
        if builtin:
            return _all([match_pattern(vm, pattern.positional[0], value, frame)])
        names_ = vm.iterate(vm.get_attribute(cls, "__match_args__", ()))
        keywords = [*zip(names_, pattern.positional, strict=False), *keywords]
    return _all([match_pattern(vm, sub, vm.get_attribute(value, name), frame) for name, sub in keywords])
