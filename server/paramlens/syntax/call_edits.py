"""Changes to a call expression that leave the rest of its text as it is written: spaces, comments, trailing commas."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst


class CannotEdit(Exception):
    """The text is not the call that was expected, or has arguments that are not seen (`*args`)."""


def with_argument(call: str, name: str, position: int | None, value: str) -> str:
    """The call with an argument set: the one that is there by keyword or position, else a new keyword at the end.

    with_argument("nn.Conv2d(3, 8, 3)", "bias", 7, "False") → "nn.Conv2d(3, 8, 3, bias=False)"
    """
    node = _call(call)
    new = cst.parse_expression(value)
    index = _index(node.args, name, position)
    if index is not None:
        changed = node.args[index].with_changes(value=new)
        return _written(node.with_changes(args=[*node.args[:index], changed, *node.args[index + 1 :]]))
    if any(arg.star for arg in node.args):
        raise CannotEdit(call)
    added = cst.Arg(
        value=new,
        keyword=cst.Name(name),
        equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
    )
    return _written(node.with_changes(args=_appended(node.args, added)))


def argument_text(call: str, name: str, position: int | None) -> str | None:
    """An argument as it is written; None where it is not given."""
    node = _call(call)
    index = _index(node.args, name, position)
    return None if index is None else cst.Module([]).code_for_node(node.args[index].value)


def with_first_item(call: str, item: str) -> str:
    """The call whose first argument is a list, with another item in front.

    with_first_item("Sequential([Dense(3)])", "Input((8,))") → "Sequential([Input((8,)), Dense(3)])"
    """
    node = _call(call)
    first = node.args[0] if node.args else None
    if first is None or first.star or not isinstance(first.value, cst.List) or not first.value.elements:
        raise CannotEdit(call)
    elements = first.value.elements
    between = _comma_after(elements[0].comma) if len(elements) > 1 else None
    comma = between or cst.Comma(whitespace_after=_after_bracket(first.value))
    added = cst.Element(cst.parse_expression(item), comma=comma)
    changed = first.with_changes(value=first.value.with_changes(elements=[added, *elements]))
    return _written(node.with_changes(args=[changed, *node.args[1:]]))


def container_kind(expression: str) -> str | None:
    """`list` for a list, tuple or comprehension of them, `dict` for a dict whose keys are strings; None for others."""
    try:
        node = cst.parse_expression(expression)
    except (cst.ParserSyntaxError, RecursionError):
        return None
    if isinstance(node, cst.List | cst.Tuple | cst.ListComp):
        return "list"
    if isinstance(node, cst.DictComp):
        return "dict" if isinstance(node.key, cst.SimpleString | cst.FormattedString) else None
    if isinstance(node, cst.Dict):
        keys = [element.key if isinstance(element, cst.DictElement) else None for element in node.elements]
        return "dict" if all(isinstance(key, cst.SimpleString | cst.FormattedString) for key in keys) else None
    return None


def _call(text: str) -> cst.Call:
    try:
        node = cst.parse_expression(text)
    except (cst.ParserSyntaxError, RecursionError):
        raise CannotEdit(text) from None
    if not isinstance(node, cst.Call):
        raise CannotEdit(text)
    return node


def _index(args: Sequence[cst.Arg], name: str, position: int | None) -> int | None:
    """Where the argument stands. Raises CannotEdit where `*args` may stand for it."""
    for number, arg in enumerate(args):
        if arg.keyword is not None and arg.keyword.value == name:
            return number
        if arg.keyword is None and number == position:
            if any(before.star for before in args[: number + 1]):
                raise CannotEdit(name)
            return number
    return None


def _appended(args: Sequence[cst.Arg], added: cst.Arg) -> list[cst.Arg]:
    """A trailing comma stays one; the new argument follows as the last one followed the one before it."""
    if not args:
        return [added]
    last = args[-1]
    trailing = isinstance(last.comma, cst.Comma)
    between = _comma_after(args[-2].comma) if len(args) > 1 else None
    comma = between or cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    if not trailing:
        return [
            *args[:-1],
            last.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace("")),
            added.with_changes(whitespace_after_arg=last.whitespace_after_arg),
        ]
    return [*args[:-1], last.with_changes(comma=comma), added.with_changes(comma=last.comma)]


def _comma_after(comma: object) -> cst.Comma | None:
    """A comma with the same line end and indentation behind it, but for comments."""
    if not isinstance(comma, cst.Comma):
        return None
    after = comma.whitespace_after
    if isinstance(after, cst.ParenthesizedWhitespace):
        plain = after.with_changes(
            first_line=after.first_line.with_changes(comment=None, whitespace=cst.SimpleWhitespace("")), empty_lines=[]
        )
        return comma.with_changes(whitespace_before=cst.SimpleWhitespace(""), whitespace_after=plain)
    return comma


def _after_bracket(node: cst.List) -> cst.BaseParenthesizableWhitespace:
    after = node.lbracket.whitespace_after
    return after if isinstance(after, cst.ParenthesizedWhitespace) else cst.SimpleWhitespace(" ")


def _written(node: cst.Call) -> str:
    return cst.Module([]).code_for_node(node)
