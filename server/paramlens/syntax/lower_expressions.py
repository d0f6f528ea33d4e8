"""libcst expressions -> code expressions, one small function for each node type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from paramlens.syntax import code
from paramlens.syntax.literals import float_value, imaginary_value, integer_value, string_value, unescaped
from paramlens.syntax.lower_tree import joined
from paramlens.syntax.places import Places


class NotLowered(Exception):
    """A node that has no code object."""


_SINGLETONS = {"None": None, "True": True, "False": False}
_SYMBOLS: dict[type, str] = {
    cst.Add: "+", cst.Subtract: "-", cst.Multiply: "*", cst.Divide: "/", cst.FloorDivide: "//", cst.Modulo: "%",
    cst.Power: "**", cst.MatrixMultiply: "@", cst.BitAnd: "&", cst.BitOr: "|", cst.BitXor: "^", cst.LeftShift: "<<",
    cst.RightShift: ">>", cst.Plus: "+", cst.Minus: "-", cst.BitInvert: "~", cst.Not: "not", cst.And: "and",
    cst.Or: "or", cst.Equal: "==", cst.NotEqual: "!=", cst.LessThan: "<", cst.LessThanEqual: "<=",
    cst.GreaterThan: ">", cst.GreaterThanEqual: ">=", cst.Is: "is", cst.IsNot: "is not", cst.In: "in",
    cst.NotIn: "not in", cst.AddAssign: "+", cst.SubtractAssign: "-", cst.MultiplyAssign: "*", cst.DivideAssign: "/",
    cst.FloorDivideAssign: "//", cst.ModuloAssign: "%", cst.PowerAssign: "**", cst.MatrixMultiplyAssign: "@",
    cst.BitAndAssign: "&", cst.BitOrAssign: "|", cst.BitXorAssign: "^", cst.LeftShiftAssign: "<<",
    cst.RightShiftAssign: ">>",
}  # fmt: skip


def symbol(operator: cst.CSTNode) -> str:
    """The text of an operator, that of `+=` without its equals sign."""
    return _SYMBOLS[type(operator)]


def expression(places: Places, node: Any) -> code.Expr:
    lower = _LOWER.get(type(node))
    if lower is None:
        raise NotLowered(f"{type(node).__name__} is not supported")
    return lower(places, node)


def optional(places: Places, node: Any) -> code.Expr | None:
    return None if node is None else expression(places, node)


def outer_start(places: Places, node: Any) -> int:
    """Offset where a node starts, its own parentheses included."""
    lpar = getattr(node, "lpar", ())
    return places.start(lpar[0] if lpar else node)


def outer_end(places: Places, node: Any) -> int:
    rpar = getattr(node, "rpar", ())
    return places.end(rpar[-1]) if rpar else _trimmed_end(places, node)


def _trimmed_end(places: Places, node: Any) -> int:
    """A generator that is a lone argument and a bare tuple end where their last part does."""
    if isinstance(node, cst.Tuple) and node.elements:
        last = node.elements[-1]
        comma = last.comma
        return places.start(comma.whitespace_after) if isinstance(comma, cst.Comma) else outer_end(places, last.value)
    return places.end(node)


def _name(places: Places, node: cst.Name) -> code.Expr:
    if node.value in _SINGLETONS:
        return code.Const(places.span(node), _SINGLETONS[node.value])
    return code.Name(places.span(node), node.value)


def _attribute(places: Places, node: cst.Attribute) -> code.Expr:
    start = outer_start(places, node.value)
    return code.Attribute(places.between(start, places.end(node)), expression(places, node.value), node.attr.value)


def _integer(places: Places, node: cst.Integer) -> code.Expr:
    try:
        return code.Const(places.span(node), integer_value(node.value))
    except ValueError as error:
        raise NotLowered("an integer of too many digits") from error


def _float(places: Places, node: cst.Float) -> code.Expr:
    return code.Const(places.span(node), float_value(node.value))


def _imaginary(places: Places, node: cst.Imaginary) -> code.Expr:
    return code.Const(places.span(node), imaginary_value(node.value))


def _ellipsis(places: Places, node: cst.Ellipsis) -> code.Expr:
    return code.Const(places.span(node), ...)


def _simple_string(places: Places, node: cst.SimpleString) -> code.Expr:
    return code.Const(places.span(node), string_value(node.prefix, node.quote, node.value))


def _formatted_string(places: Places, node: cst.FormattedString) -> code.Expr:
    return code.JoinedStr(places.span(node), joined(_formatted_parts(places, node)))


def _concatenated_string(places: Places, node: cst.ConcatenatedString) -> code.Expr:
    pieces: list[Any] = []
    rest: Any = node
    while isinstance(rest, cst.ConcatenatedString):
        pieces.append(rest.left)
        rest = rest.right
    pieces.append(rest)
    span = places.span(node)
    if any(isinstance(piece, cst.FormattedString) for piece in pieces):
        parts: list[str | code.FormattedValue] = []
        for piece in pieces:
            if isinstance(piece, cst.FormattedString):
                parts.extend(_formatted_parts(places, piece))
            else:
                parts.append(str(string_value(piece.prefix, piece.quote, piece.value)))
        return code.JoinedStr(span, joined(parts))
    if not all(isinstance(piece, cst.SimpleString) for piece in pieces):
        raise NotLowered("template strings are not supported")
    values: list[Any] = [string_value(piece.prefix, piece.quote, piece.value) for piece in pieces]
    empty: Any = values[0][:0]
    return code.Const(span, empty.join(values))


def _formatted_parts(places: Places, node: cst.FormattedString) -> list[str | code.FormattedValue]:
    return _parts(places, node.parts, "r" in node.prefix.lower())


def _parts(places: Places, nodes: Sequence[Any], raw: bool) -> list[str | code.FormattedValue]:
    parts: list[str | code.FormattedValue] = []
    for node in nodes:
        if isinstance(node, cst.FormattedStringText):
            text = _braces_single(node.value)
            parts.append(text if raw else unescaped(text))
        else:
            if node.equal is not None:
                parts.append(places.text[places.start(node) + 1 : places.end(node.whitespace_after_expression)])
            parts.append(_formatted_value(places, node, raw))
    return parts


def _braces_single(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def _formatted_value(places: Places, node: cst.FormattedStringExpression, raw: bool) -> code.FormattedValue:
    value = expression(places, node.expression)
    spec, conversion = None, node.conversion
    if node.format_spec is not None:
        spec = code.JoinedStr(value.span, joined(_parts(places, node.format_spec, raw)))
    elif node.equal is not None and conversion is None:
        conversion = "r"
    return code.FormattedValue(value.span, value, conversion, spec)


def _call(places: Places, node: cst.Call) -> code.Expr:
    func = expression(places, node.func)
    args: tuple[code.Arg, ...]
    nodes = node.args
    if len(nodes) == 1 and isinstance(nodes[0].value, cst.GeneratorExp) and not nodes[0].value.lpar:
        start = places.start(node.whitespace_before_args) - 1
        value = _comprehension(places, nodes[0].value, "generator", places.between(start, places.end(node)))
        args = (code.Arg(value.span, value),)
    else:
        args = tuple([argument(places, arg) for arg in nodes])
    return code.Call(places.between(outer_start(places, node.func), places.end(node)), func, args)


def argument(places: Places, node: cst.Arg) -> code.Arg:
    value = expression(places, node.value)
    if node.keyword is not None:
        start = places.start(node.keyword)
        return code.Arg(places.between(start, outer_end(places, node.value)), value, node.keyword.value)
    if node.star:
        return code.Arg(places.between(places.start(node), outer_end(places, node.value)), value, None, node.star)
    return code.Arg(value.span, value)


def _subscript(places: Places, node: cst.Subscript) -> code.Expr:
    elements = node.slice
    first, last = elements[0], elements[-1]
    trailing_comma = isinstance(last.comma, cst.Comma)
    index: code.Expr
    starred = isinstance(first.slice, cst.Index) and first.slice.star
    if len(elements) == 1 and not trailing_comma and not starred:
        index = _index(places, first.slice)
    else:
        indices = tuple([_index(places, element.slice) for element in elements])
        end = (
            places.start(last.comma.whitespace_after)
            if isinstance(last.comma, cst.Comma)
            else _index_end(places, last.slice)
        )
        index = code.Tuple(places.between(places.start(first), end), indices)
    return code.Subscript(
        places.between(outer_start(places, node.value), places.end(node)), expression(places, node.value), index
    )


def _index(places: Places, node: cst.BaseSlice) -> code.Expr:
    if isinstance(node, cst.Index):
        value = expression(places, node.value)
        if node.star:
            return code.Starred(places.between(places.start(node), outer_end(places, node.value)), value)
        return value
    assert isinstance(node, cst.Slice)
    start = (
        outer_start(places, node.lower) if node.lower is not None else places.end(node.first_colon.whitespace_before)
    )
    return code.Slice(
        places.between(start, _index_end(places, node)),
        optional(places, node.lower),
        optional(places, node.upper),
        optional(places, node.step),
    )


def _index_end(places: Places, node: cst.BaseSlice) -> int:
    if isinstance(node, cst.Index):
        return outer_end(places, node.value)
    assert isinstance(node, cst.Slice)
    if node.step is not None:
        return outer_end(places, node.step)
    if isinstance(node.second_colon, cst.Colon):
        return places.start(node.second_colon.whitespace_after)
    if node.upper is not None:
        return outer_end(places, node.upper)
    return places.start(node.first_colon.whitespace_after)


def _binary(places: Places, node: cst.BinaryOperation) -> code.Expr:
    left = expression(places, node.left)
    span = places.between(outer_start(places, node.left), outer_end(places, node.right))
    return code.BinOp(span, symbol(node.operator), left, expression(places, node.right))


def _unary(places: Places, node: cst.UnaryOperation) -> code.Expr:
    return code.UnaryOp(places.span(node), symbol(node.operator), expression(places, node.expression))


def _boolean(places: Places, node: cst.BooleanOperation) -> code.Expr:
    operator = type(node.operator)
    values: list[Any] = [node]
    index = 0
    while index < len(values):  # `a and b and c` is nested here and flat in Python
        value = values[index]
        if (
            isinstance(value, cst.BooleanOperation)
            and type(value.operator) is operator
            and (value is node or not value.lpar)
        ):
            values[index : index + 1] = [value.left, value.right]
        else:
            index += 1
    return code.BoolOp(places.span(node), _SYMBOLS[operator], tuple([expression(places, value) for value in values]))


def _comparison(places: Places, node: cst.Comparison) -> code.Expr:
    targets = node.comparisons
    return code.Compare(
        places.span(node),
        expression(places, node.left),
        tuple([symbol(target.operator) for target in targets]),
        tuple([expression(places, target.comparator) for target in targets]),
    )


def _conditional(places: Places, node: cst.IfExp) -> code.Expr:
    body, test = expression(places, node.body), expression(places, node.test)
    return code.IfExp(places.span(node), test, body, expression(places, node.orelse))


def _starred(places: Places, node: cst.StarredElement) -> code.Expr:
    span = places.between(places.start(node), outer_end(places, node.value))
    return code.Starred(span, expression(places, node.value))


def _elements(places: Places, nodes: Sequence[cst.BaseElement]) -> tuple[code.Expr, ...]:
    return tuple(
        [
            _starred(places, node) if isinstance(node, cst.StarredElement) else expression(places, node.value)
            for node in nodes
        ]
    )


def _tuple(places: Places, node: cst.Tuple) -> code.Expr:
    if node.lpar:
        span = places.between(places.start(node.lpar[-1]), places.end(node.rpar[0]))
    else:
        first = node.elements[0]
        start = places.start(first) if isinstance(first, cst.StarredElement) else outer_start(places, first.value)
        span = places.between(start, _trimmed_end(places, node))
    return code.Tuple(span, _elements(places, node.elements))


def _list(places: Places, node: cst.List) -> code.Expr:
    return code.List(places.span(node), _elements(places, node.elements))


def _set(places: Places, node: cst.Set) -> code.Expr:
    return code.Set(places.span(node), _elements(places, node.elements))


def _dict(places: Places, node: cst.Dict) -> code.Expr:
    items = [
        (expression(places, item.key) if isinstance(item, cst.DictElement) else None, expression(places, item.value))
        for item in node.elements
    ]
    return code.Dict(places.span(node), tuple(items))


def _clauses(places: Places, node: cst.CompFor) -> tuple[code.Clause, ...]:
    clauses = []
    rest: cst.CompFor | None = node
    while rest is not None:
        target, iterable = expression(places, rest.target), expression(places, rest.iter)
        conditions = tuple([expression(places, test.test) for test in rest.ifs])
        span = code.around(target, conditions[-1] if conditions else iterable)
        clauses.append(code.Clause(span, target, iterable, conditions))
        rest = rest.inner_for_in
    return tuple(clauses)


def _comprehension(places: Places, node: Any, kind: str, span: code.Span) -> code.Expr:
    return code.Comprehension(span, kind, expression(places, node.elt), None, _clauses(places, node.for_in))


def _list_comprehension(places: Places, node: cst.ListComp) -> code.Expr:
    return _comprehension(places, node, "list", places.span(node))


def _set_comprehension(places: Places, node: cst.SetComp) -> code.Expr:
    return _comprehension(places, node, "set", places.span(node))


def _generator(places: Places, node: cst.GeneratorExp) -> code.Expr:
    if node.lpar:
        span = places.between(places.start(node.lpar[-1]), places.end(node.rpar[0]))
    else:
        span = places.span(node)
    return _comprehension(places, node, "generator", span)


def _dict_comprehension(places: Places, node: cst.DictComp) -> code.Expr:
    key, value = expression(places, node.key), expression(places, node.value)
    return code.Comprehension(places.span(node), "dict", key, value, _clauses(places, node.for_in))


def _named(places: Places, node: cst.NamedExpr) -> code.Expr:
    target = expression(places, node.target)
    if not isinstance(target, code.Name):
        raise NotLowered("`:=` needs a name")
    return code.NamedExpr(places.span(node), target, expression(places, node.value))


def _await(places: Places, node: cst.Await) -> code.Expr:
    return code.Await(places.span(node), expression(places, node.expression))


def _yield(places: Places, node: cst.Yield) -> code.Expr:
    if isinstance(node.value, cst.From):
        return code.YieldFrom(places.span(node), expression(places, node.value.item))
    return code.Yield(places.span(node), optional(places, node.value))


def _lambda(places: Places, node: cst.Lambda) -> code.Expr:
    return code.Lambda(places.span(node), parameters(places, node.params), expression(places, node.body))


def parameters(places: Places, node: cst.Parameters) -> code.Params:
    return code.Params(
        tuple([_parameter(places, param) for param in node.posonly_params]),
        tuple([_parameter(places, param) for param in node.params]),
        _parameter(places, node.star_arg) if isinstance(node.star_arg, cst.Param) else None,
        tuple([_parameter(places, param) for param in node.kwonly_params]),
        _parameter(places, node.star_kwarg) if node.star_kwarg is not None else None,
    )


def _parameter(places: Places, node: cst.Param) -> code.Param:
    annotation = node.annotation.annotation if node.annotation is not None else None
    end = places.end(node.name) if annotation is None else outer_end(places, annotation)
    span = places.between(places.start(node.name), end)
    return code.Param(span, node.name.value, optional(places, annotation), optional(places, node.default))


_LOWER: dict[type, Callable[[Places, Any], code.Expr]] = {
    cst.Name: _name,
    cst.Attribute: _attribute,
    cst.Call: _call,
    cst.Integer: _integer,
    cst.SimpleString: _simple_string,
    cst.Subscript: _subscript,
    cst.BinaryOperation: _binary,
    cst.Comparison: _comparison,
    cst.BooleanOperation: _boolean,
    cst.UnaryOperation: _unary,
    cst.Tuple: _tuple,
    cst.List: _list,
    cst.Dict: _dict,
    cst.FormattedString: _formatted_string,
    cst.ConcatenatedString: _concatenated_string,
    cst.Float: _float,
    cst.IfExp: _conditional,
    cst.ListComp: _list_comprehension,
    cst.GeneratorExp: _generator,
    cst.DictComp: _dict_comprehension,
    cst.SetComp: _set_comprehension,
    cst.Lambda: _lambda,
    cst.Set: _set,
    cst.StarredElement: _starred,
    cst.NamedExpr: _named,
    cst.Ellipsis: _ellipsis,
    cst.Await: _await,
    cst.Yield: _yield,
    cst.Imaginary: _imaginary,
}
