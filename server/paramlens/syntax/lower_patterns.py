"""libcst patterns of `match` -> code patterns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from paramlens.syntax import code
from paramlens.syntax.lower_expressions import NotLowered, expression
from paramlens.syntax.places import Places


def pattern(places: Places, node: Any) -> code.Pattern:
    lower = _LOWER.get(type(node))
    if lower is None:
        raise NotLowered(f"the pattern {type(node).__name__} is not supported")
    return lower(places, node)


def _span(places: Places, node: Any) -> code.Span:
    return places.span(node)


def _value(places: Places, node: cst.MatchValue | cst.MatchSingleton) -> code.Pattern:
    value = expression(places, node.value)
    return code.MatchValue(value.span, value)


def _sequence(places: Places, node: cst.MatchList | cst.MatchTuple) -> code.Pattern:
    span = places.span(node)
    if isinstance(node, cst.MatchTuple) and node.lpar:
        span = places.between(places.start(node.lpar[-1]), places.end(node.rpar[0]))
    patterns = [
        _star(places, item) if isinstance(item, cst.MatchStar) else pattern(places, item.value)
        for item in node.patterns
    ]
    return code.MatchSequence(span, tuple(patterns))


def _star(places: Places, node: cst.MatchStar) -> code.Pattern:
    name = node.name.value if node.name is not None else None
    end = places.end(node.name) if node.name is not None else places.end(node.whitespace_before_name) + len("_")
    return code.MatchStar(places.between(places.start(node), end), None if name == "_" else name)


def _mapping(places: Places, node: cst.MatchMapping) -> code.Pattern:
    items = tuple([(expression(places, item.key), pattern(places, item.pattern)) for item in node.elements])
    return code.MatchMapping(_span(places, node), items, node.rest.value if node.rest is not None else None)


def _class(places: Places, node: cst.MatchClass) -> code.Pattern:
    return code.MatchClass(
        _span(places, node),
        expression(places, node.cls),
        tuple([pattern(places, item.value) for item in node.patterns]),
        tuple([(item.key.value, pattern(places, item.pattern)) for item in node.kwds]),
    )


def _as(places: Places, node: cst.MatchAs) -> code.Pattern:
    inner = pattern(places, node.pattern) if node.pattern is not None else None
    name = node.name.value if node.name is not None else None
    return code.MatchCapture(_span(places, node), inner, None if name == "_" else name)


def _or(places: Places, node: cst.MatchOr) -> code.Pattern:
    return code.MatchOr(_span(places, node), tuple([pattern(places, item.pattern) for item in node.patterns]))


_LOWER: dict[type, Callable[[Places, Any], code.Pattern]] = {
    cst.MatchValue: _value,
    cst.MatchSingleton: _value,
    cst.MatchList: _sequence,
    cst.MatchTuple: _sequence,
    cst.MatchStar: _star,
    cst.MatchMapping: _mapping,
    cst.MatchClass: _class,
    cst.MatchAs: _as,
    cst.MatchOr: _or,
}
