"""`ast` -> code: the standard parser's tree gives what libcst's gives, some twenty times as fast.

What the tree does not tell exactly is left to libcst, statement by statement: `match`, type aliases, calls in f-strings
that Python (before 3.12) misplaces, and lines that `repair` put in place of others. Spans are those of libcst's code,
but other parts of f-strings that are misplaced have the span of the whole.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from paramlens.syntax import code
from paramlens.syntax.recursion import deep_recursion
from paramlens.syntax.repair import MARK
from paramlens.syntax.segment import Cut, Segment

FunctionBody: TypeAlias = "Callable[[Cut], code.LazyBlock]"
ClassMembers: TypeAlias = "Callable[[Cut], tuple[tuple[code.Statement, ...], tuple[int, int]]]"
OtherLines: TypeAlias = "Callable[[str, int], code.Block | None]"
"""The code of whole lines that start at a line of the segment, by other means; None when there is none."""

_NAME = re.compile(r"(?:async\s+)?(?:def|class)\s+")


_LONGEST_PLAIN = 120  # so short a line cannot nest too deep
_PLAIN = (ast.Assign, ast.Expr, ast.Import, ast.ImportFrom)


class NotInTree(Exception):
    """Something that the tree does not tell exactly."""


def block_of_tree(
    segment: Segment,
    cuts: tuple[Cut, ...],
    function_body: FunctionBody,
    class_members: ClassMembers,
    other_lines: OtherLines,
    is_definition: bool = False,
) -> code.Block | None:
    """The code of a segment that passed the gate, its first line being `segment.line`; None when libcst has to.

    `is_definition` says that the segment is one function or class.
    """
    if segment.column is not None or MARK in segment.text:
        return None
    text = segment.parsed_text
    if is_definition and len(cuts) == 1:  # its header alone
        text = f"{segment.prefix}{segment.text[: cuts[0].colon + 1]} pass\n"
    try:
        with deep_recursion():
            body: Any = parsed_last(text).body
            if segment.prefix:
                body = body[0].body
            lowering = _Lowering(segment, text, cuts, function_body, class_members, other_lines)
            return lowering.block(body, whole=True)
    except (NotInTree, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=1)
def parsed_last(text: str) -> ast.Module:
    """The tree of a text, which is parsed once where the gate and lowering need it one after the other."""
    return ast.parse(text)


def is_plain(text: str) -> bool:
    """Whether the text of a statement may be plain: one short line that binds no names within expressions."""
    return len(text) <= _LONGEST_PLAIN and text.isascii() and "\n" not in text and ":=" not in text


def plain_statement(segment: Segment, text: str, body: list[ast.stmt]) -> code.Stmt | None:
    """The code of a plain line that holds one assignment, expression or import; None for any other. `text` is what the
    parser saw of the segment, `body` what it made of it."""
    if len(body) != 1 or not isinstance(body[0], _PLAIN) or MARK in text:
        return None
    try:
        return _Lowering(segment, text).statement(body[0])
    except NotInTree:
        return None


class _Lowering:
    """Lowers the statements of one segment. Lines of `ast` count from 1 and include the segment's prefix."""

    def __init__(
        self,
        segment: Segment,
        text: str,
        cuts: tuple[Cut, ...] = (),
        function_body: FunctionBody | None = None,
        class_members: ClassMembers | None = None,
        other_lines: OtherLines = lambda text, line: None,
    ) -> None:
        self._shift = segment.line - 1 - segment.prefix_lines
        self._first = segment.line
        self._lines = text.split("\n")
        self._ascii = text.isascii()
        self._cuts = {cut.at: cut for cut in cuts}
        self._function_body = function_body
        self._class_members = class_members
        self._other_lines = other_lines
        self._within: code.Span | None = None  # the f-string whose misplaced part is lowered

    # -------------------------------------------------------------------------------------------------------- places

    def _column(self, lineno: int, offset: int) -> int:
        if self._ascii:
            return offset
        line = self._lines[lineno - 1]
        if line.isascii():
            return offset
        return len(line.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "replace"))

    def _span(self, node: Any) -> code.Span:
        if self._within is not None:
            return self._within
        shift = self._shift
        if self._ascii:
            return code.Span(node.lineno + shift, node.col_offset, node.end_lineno + shift, node.end_col_offset)
        start = self._column(node.lineno, node.col_offset)
        end = self._column(node.end_lineno, node.end_col_offset)
        return code.Span(node.lineno + shift, start, node.end_lineno + shift, end)

    # ---------------------------------------------------------------------------------------------------- statements

    def block(self, body: list[Any], *, whole: bool = False) -> code.Block:
        """The statements of a block. Of one that is not the `whole` segment, a statement may be read by other means."""
        found: list[code.Stmt] = []
        for index, node in enumerate(body):
            try:
                found.append(self.statement(node))
            except NotInTree:
                if whole and len(body) == 1:
                    raise
                found += self._by_other_means(body, index)
        return tuple(found)

    def statement(self, node: ast.stmt) -> code.Stmt:
        lower = _STATEMENTS.get(type(node))
        if lower is None:
            raise NotInTree
        return lower(self, node)

    def _by_other_means(self, body: list[Any], index: int) -> code.Block:
        """A statement that has its lines for itself."""
        node = body[index]
        first, last = _first_line(node), node.end_lineno
        alone = (
            not self._lines[first - 1][: self._column(first, node.col_offset)].strip()
            and _is_rest(self._lines[last - 1][self._column(last, node.end_col_offset) :])
            and (index == 0 or body[index - 1].end_lineno < first)
            and (index + 1 == len(body) or _first_line(body[index + 1]) > last)
        )
        text = "\n".join(self._lines[first - 1 : last])
        found = self._other_lines(text, first + self._shift) if alone else None
        if found is None:
            raise NotInTree
        return found

    def _assign(self, node: ast.Assign) -> code.Stmt:
        targets = tuple([self._expression(target) for target in node.targets])
        return code.Assign(self._span(node), targets, self._expression(node.value))

    def _expression_statement(self, node: ast.Expr) -> code.Stmt:
        return code.ExprStmt(self._span(node), self._expression(node.value))

    def _augmented(self, node: ast.AugAssign) -> code.Stmt:
        target = self._expression(node.target)
        return code.AugAssign(self._span(node), target, _SYMBOLS[type(node.op)], self._expression(node.value))

    def _annotated(self, node: ast.AnnAssign) -> code.Stmt:
        target, annotation = self._expression(node.target), self._expression(node.annotation)
        return code.AnnAssign(self._span(node), target, annotation, self._optional(node.value))

    def _return(self, node: ast.Return) -> code.Stmt:
        return code.Return(self._span(node), self._optional(node.value))

    def _raise(self, node: ast.Raise) -> code.Stmt:
        return code.Raise(self._span(node), self._optional(node.exc), self._optional(node.cause))

    def _assert(self, node: ast.Assert) -> code.Stmt:
        return code.Assert(self._span(node), self._expression(node.test), self._optional(node.msg))

    def _delete(self, node: ast.Delete) -> code.Stmt:
        return code.Delete(self._span(node), tuple([self._expression(target) for target in node.targets]))

    def _pass(self, node: ast.Pass) -> code.Stmt:
        return code.Pass(self._span(node))

    def _break(self, node: ast.Break) -> code.Stmt:
        return code.Break(self._span(node))

    def _continue(self, node: ast.Continue) -> code.Stmt:
        return code.Continue(self._span(node))

    def _global(self, node: ast.Global) -> code.Stmt:
        return code.Global(self._span(node), tuple(node.names))

    def _nonlocal(self, node: ast.Nonlocal) -> code.Stmt:
        return code.Nonlocal(self._span(node), tuple(node.names))

    def _import(self, node: ast.Import) -> code.Stmt:
        return code.Import(self._span(node), self._aliases(node.names))

    def _import_from(self, node: ast.ImportFrom) -> code.Stmt:
        return code.ImportFrom(self._span(node), node.module or "", self._aliases(node.names), node.level)

    def _aliases(self, names: list[ast.alias]) -> tuple[code.Alias, ...]:
        return tuple([code.Alias(self._span(alias), alias.name, alias.asname) for alias in names])

    def _if(self, node: ast.If) -> code.Stmt:
        test, body = self._expression(node.test), self.block(node.body)
        return code.If(self._span(node), test, body, self.block(node.orelse))

    def _for(self, node: Any) -> code.Stmt:
        target, iterable = self._expression(node.target), self._expression(node.iter)
        return code.For(self._span(node), target, iterable, self.block(node.body), self.block(node.orelse))

    def _while(self, node: ast.While) -> code.Stmt:
        test = self._expression(node.test)
        return code.While(self._span(node), test, self.block(node.body), self.block(node.orelse))

    def _with(self, node: Any) -> code.Stmt:
        items = []
        for item in node.items:
            context, target = self._expression(item.context_expr), self._optional(item.optional_vars)
            items.append(code.WithItem(code.around(context, target or context), context, target))
        return code.With(self._span(node), tuple(items), self.block(node.body))

    def _try(self, node: Any) -> code.Stmt:
        body = self.block(node.body)
        handlers = tuple(
            [
                code.Handler(self._span(part), self._optional(part.type), part.name, self.block(part.body))
                for part in node.handlers
            ]
        )
        return code.Try(self._span(node), body, handlers, self.block(node.orelse), self.block(node.finalbody))

    def _cut(self, node: Any) -> Cut:
        at = node.lineno + self._shift - self._first, self._column(node.lineno, node.col_offset)
        cut = self._cuts.get(at)
        if cut is None:
            raise NotInTree
        return cut

    def _name_span(self, node: Any) -> code.Span:
        """Where the name stands that a definition binds."""
        start = self._column(node.lineno, node.col_offset)
        word = _NAME.match(self._lines[node.lineno - 1], start)
        if word is None or not self._lines[node.lineno - 1].startswith(node.name, word.end()):
            raise NotInTree  # on another line than its keyword, or written in other characters
        line = node.lineno + self._shift
        return code.Span(line, word.end(), line, word.end() + len(node.name))

    def _function(self, node: Any) -> code.Stmt:
        if getattr(node, "type_params", None):
            raise NotInTree
        cut = self._cut(node)
        if self._function_body is None:
            raise NotInTree
        end = cut.end or cut.at
        return code.FunctionDef(
            code.Span(self._first + cut.at[0], cut.at[1], self._first + end[0], end[1]),
            node.name,
            self._name_span(node),
            self._parameters(node.args),
            tuple([self._expression(decorator) for decorator in node.decorator_list]),
            self._function_body(cut),
            type(node) is ast.AsyncFunctionDef,
            cut.is_generator,
        )

    def _class(self, node: ast.ClassDef) -> code.Stmt:
        if getattr(node, "type_params", None):
            raise NotInTree
        cut = self._cut(node)
        if self._class_members is None:
            raise NotInTree
        name = self._name_span(node)
        bases = self._arguments(node.bases, node.keywords)
        decorators = tuple([self._expression(decorator) for decorator in node.decorator_list])
        members, last = self._class_members(cut)
        end = cut.end or last
        span = code.Span(self._first + cut.at[0], cut.at[1], self._first + end[0], end[1])
        return code.ClassDef(span, node.name, name, bases, decorators, members)

    # --------------------------------------------------------------------------------------------------- expressions

    def _expression(self, node: Any) -> Any:
        lower = _EXPRESSIONS.get(type(node))
        if lower is None:
            raise NotInTree
        return lower(self, node)

    def _optional(self, node: Any) -> Any:
        return None if node is None else self._expression(node)

    def _elements(self, nodes: list[Any]) -> tuple[Any, ...]:
        return tuple([self._expression(node) for node in nodes])

    def _constant(self, node: ast.Constant) -> code.Expr:
        return code.Const(self._span(node), node.value)

    def _joined_string(self, node: Any) -> code.JoinedStr:
        span = self._span(node)
        parts: list[Any] = [
            part.value if type(part) is ast.Constant else self._formatted(part, span) for part in node.values
        ]
        return code.JoinedStr(span, joined(parts))

    def _formatted(self, node: Any, whole: code.Span) -> code.FormattedValue:
        if self._within is not None or self._is_placed(node.value):
            value = self._expression(node.value)
        else:
            if any(type(part) in _MADE_AT_A_PLACE for part in ast.walk(node.value)):
                raise NotInTree
            self._within = whole
            try:
                value = self._expression(node.value)
            finally:
                self._within = None
        spec = None
        if node.format_spec is not None:
            found = self._joined_string(node.format_spec)
            spec = code.JoinedStr(value.span, found.parts)
        return code.FormattedValue(value.span, value, chr(node.conversion) if node.conversion >= 0 else None, spec)

    def _is_placed(self, node: Any) -> bool:
        """Whether a part of an f-string stands where the tree says. Python before 3.12 counts from the wrong line where
        strings are joined or have several lines."""
        if sys.version_info >= (3, 12):
            return True
        if not 1 <= node.lineno == node.end_lineno <= len(self._lines):
            return False
        line = self._lines[node.lineno - 1].encode("utf-8", "surrogatepass")
        if not line[: node.col_offset].rstrip(b" (").endswith(b"{"):
            return False
        try:
            found = ast.parse(b"(" + line[node.col_offset : node.end_col_offset] + b")", mode="eval").body
        except (SyntaxError, ValueError):
            return False
        return ast.dump(found) == ast.dump(node)

    def _name(self, node: ast.Name) -> code.Expr:
        return code.Name(self._span(node), node.id)

    def _attribute(self, node: ast.Attribute) -> code.Expr:
        return code.Attribute(self._span(node), self._expression(node.value), node.attr)

    def _call(self, node: ast.Call) -> code.Expr:
        return code.Call(self._span(node), self._expression(node.func), self._arguments(node.args, node.keywords))

    def _arguments(self, args: list[Any], keywords: list[ast.keyword]) -> tuple[code.Arg, ...]:
        """In the order of the source, which for `f(*a, b=1, *c)` is not that of the tree."""
        found = []
        for argument in args:
            if type(argument) is ast.Starred:
                found.append(code.Arg(self._span(argument), self._expression(argument.value), None, "*"))
            else:
                value = self._expression(argument)
                found.append(code.Arg(value.span, value))
        for keyword in keywords:
            star = "" if keyword.arg is not None else "**"
            found.append(code.Arg(self._span(keyword), self._expression(keyword.value), keyword.arg, star))
        if args and keywords:
            found.sort(key=lambda argument: (argument.span.line, argument.span.column))
        return tuple(found)

    def _binary(self, node: ast.BinOp) -> code.Expr:
        left = self._expression(node.left)
        return code.BinOp(self._span(node), _SYMBOLS[type(node.op)], left, self._expression(node.right))

    def _unary(self, node: ast.UnaryOp) -> code.Expr:
        return code.UnaryOp(self._span(node), _SYMBOLS[type(node.op)], self._expression(node.operand))

    def _boolean(self, node: ast.BoolOp) -> code.Expr:
        return code.BoolOp(self._span(node), _SYMBOLS[type(node.op)], self._elements(node.values))

    def _comparison(self, node: ast.Compare) -> code.Expr:
        left = self._expression(node.left)
        operators = tuple([_SYMBOLS[type(operator)] for operator in node.ops])
        return code.Compare(self._span(node), left, operators, self._elements(node.comparators))

    def _conditional(self, node: ast.IfExp) -> code.Expr:
        test, body = self._expression(node.test), self._expression(node.body)
        return code.IfExp(self._span(node), test, body, self._expression(node.orelse))

    def _subscript(self, node: ast.Subscript) -> code.Expr:
        return code.Subscript(self._span(node), self._expression(node.value), self._expression(node.slice))

    def _slice(self, node: ast.Slice) -> code.Expr:
        lower, upper = self._optional(node.lower), self._optional(node.upper)
        return code.Slice(self._span(node), lower, upper, self._optional(node.step))

    def _starred(self, node: ast.Starred) -> code.Expr:
        return code.Starred(self._span(node), self._expression(node.value))

    def _tuple(self, node: ast.Tuple) -> code.Expr:
        return code.Tuple(self._span(node), self._elements(node.elts))

    def _list(self, node: ast.List) -> code.Expr:
        return code.List(self._span(node), self._elements(node.elts))

    def _set(self, node: ast.Set) -> code.Expr:
        return code.Set(self._span(node), self._elements(node.elts))

    def _dict(self, node: ast.Dict) -> code.Expr:
        items = [
            (self._optional(key), self._expression(value)) for key, value in zip(node.keys, node.values, strict=True)
        ]
        return code.Dict(self._span(node), tuple(items))

    def _clauses(self, clauses: list[ast.comprehension]) -> tuple[code.Clause, ...]:
        found = []
        for clause in clauses:
            target, iterable = self._expression(clause.target), self._expression(clause.iter)
            conditions = self._elements(clause.ifs)
            span = code.around(target, conditions[-1] if conditions else iterable)
            found.append(code.Clause(span, target, iterable, conditions))
        return tuple(found)

    def _comprehension(self, node: Any) -> code.Expr:
        kind = _COMPREHENSIONS[type(node)]
        return code.Comprehension(
            self._span(node), kind, self._expression(node.elt), None, self._clauses(node.generators)
        )

    def _dict_comprehension(self, node: ast.DictComp) -> code.Expr:
        key, value = self._expression(node.key), self._expression(node.value)
        return code.Comprehension(self._span(node), "dict", key, value, self._clauses(node.generators))

    def _named(self, node: ast.NamedExpr) -> code.Expr:
        target = self._expression(node.target)
        return code.NamedExpr(self._span(node), target, self._expression(node.value))

    def _await(self, node: ast.Await) -> code.Expr:
        return code.Await(self._span(node), self._expression(node.value))

    def _yield(self, node: ast.Yield) -> code.Expr:
        return code.Yield(self._span(node), self._optional(node.value))

    def _yield_from(self, node: ast.YieldFrom) -> code.Expr:
        return code.YieldFrom(self._span(node), self._expression(node.value))

    def _lambda(self, node: ast.Lambda) -> code.Expr:
        return code.Lambda(self._span(node), self._parameters(node.args), self._expression(node.body))

    def _parameters(self, node: ast.arguments) -> code.Params:
        positional = [*node.posonlyargs, *node.args]
        missing: list[Any] = [None] * (len(positional) - len(node.defaults))
        made = [self._parameter(*pair) for pair in zip(positional, [*missing, *node.defaults], strict=True)]
        return code.Params(
            tuple(made[: len(node.posonlyargs)]),
            tuple(made[len(node.posonlyargs) :]),
            self._parameter(node.vararg, None) if node.vararg is not None else None,
            tuple([self._parameter(*pair) for pair in zip(node.kwonlyargs, node.kw_defaults, strict=True)]),
            self._parameter(node.kwarg, None) if node.kwarg is not None else None,
        )

    def _parameter(self, node: ast.arg, default: Any) -> code.Param:
        return code.Param(self._span(node), node.arg, self._optional(node.annotation), self._optional(default))


def joined(parts: Sequence[str | code.FormattedValue]) -> tuple[str | code.FormattedValue, ...]:
    """The parts of an f-string with pieces of text that follow one another as one."""
    merged: list[str | code.FormattedValue] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    return tuple(merged)


def _first_line(node: Any) -> int:
    lines: list[int] = [node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))]
    return min(lines)


def _is_rest(text: str) -> bool:
    """Whether nothing but a comment follows a statement on its line."""
    rest = text.strip()
    return not rest or rest.startswith("#")


_SYMBOLS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
    ast.USub: "-", ast.UAdd: "+", ast.Invert: "~", ast.Not: "not", ast.And: "and", ast.Or: "or",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip

_MADE_AT_A_PLACE = (ast.Call, ast.Lambda, ast.NamedExpr)

_COMPREHENSIONS: dict[type, str] = {ast.ListComp: "list", ast.SetComp: "set", ast.GeneratorExp: "generator"}

_STATEMENTS: dict[type, Callable[[_Lowering, Any], code.Stmt]] = {
    ast.Assign: _Lowering._assign,
    ast.Expr: _Lowering._expression_statement,
    ast.AugAssign: _Lowering._augmented,
    ast.AnnAssign: _Lowering._annotated,
    ast.Return: _Lowering._return,
    ast.Raise: _Lowering._raise,
    ast.Assert: _Lowering._assert,
    ast.Delete: _Lowering._delete,
    ast.Pass: _Lowering._pass,
    ast.Break: _Lowering._break,
    ast.Continue: _Lowering._continue,
    ast.Global: _Lowering._global,
    ast.Nonlocal: _Lowering._nonlocal,
    ast.Import: _Lowering._import,
    ast.ImportFrom: _Lowering._import_from,
    ast.If: _Lowering._if,
    ast.For: _Lowering._for,
    ast.AsyncFor: _Lowering._for,
    ast.While: _Lowering._while,
    ast.With: _Lowering._with,
    ast.AsyncWith: _Lowering._with,
    ast.Try: _Lowering._try,
    ast.FunctionDef: _Lowering._function,
    ast.AsyncFunctionDef: _Lowering._function,
    ast.ClassDef: _Lowering._class,
}
if hasattr(ast, "TryStar"):  # Python 3.11
    _STATEMENTS[ast.TryStar] = _Lowering._try

_EXPRESSIONS: dict[type, Callable[[_Lowering, Any], code.Expr]] = {
    ast.Constant: _Lowering._constant,
    ast.JoinedStr: _Lowering._joined_string,
    ast.Name: _Lowering._name,
    ast.Attribute: _Lowering._attribute,
    ast.Call: _Lowering._call,
    ast.BinOp: _Lowering._binary,
    ast.UnaryOp: _Lowering._unary,
    ast.BoolOp: _Lowering._boolean,
    ast.Compare: _Lowering._comparison,
    ast.IfExp: _Lowering._conditional,
    ast.Subscript: _Lowering._subscript,
    ast.Slice: _Lowering._slice,
    ast.Starred: _Lowering._starred,
    ast.Tuple: _Lowering._tuple,
    ast.List: _Lowering._list,
    ast.Set: _Lowering._set,
    ast.Dict: _Lowering._dict,
    ast.ListComp: _Lowering._comprehension,
    ast.SetComp: _Lowering._comprehension,
    ast.GeneratorExp: _Lowering._comprehension,
    ast.DictComp: _Lowering._dict_comprehension,
    ast.NamedExpr: _Lowering._named,
    ast.Await: _Lowering._await,
    ast.Yield: _Lowering._yield,
    ast.YieldFrom: _Lowering._yield_from,
    ast.Lambda: _Lowering._lambda,
}
