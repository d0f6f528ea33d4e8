"""The standard `ast` as the gate: nothing reaches libcst that is no Python, or that nests deeper than a fixed bound.

`ast` refuses hostile input with an exception where libcst would overflow the stack. While its tree is at hand, the gate
also notes what evaluating modules by name needs: the names a statement binds and changes, and where the bodies of
functions and classes stand, which are lowered later if at all.
"""

from __future__ import annotations

import ast
import warnings

from paramlens.syntax.code import Refusal, Span
from paramlens.syntax.lower_tree import is_plain, parsed_last, plain_statement
from paramlens.syntax.nesting import too_deep
from paramlens.syntax.older_syntax import in_older_syntax
from paramlens.syntax.scanner import header_colon
from paramlens.syntax.segment import Cut, Facts, Segment, body_segment

_Function = (ast.FunctionDef, ast.AsyncFunctionDef)
_Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_Try = (ast.Try, getattr(ast, "TryStar", ast.Try))  # TryStar: Python 3.11
_IMPORTS = (ast.Import, ast.ImportFrom)
_ASSIGNS = (ast.Assign, ast.AnnAssign, ast.AugAssign)


def gate(segment: Segment) -> Facts | Refusal:
    """The facts of a segment, or why it must not be lowered. Never raises."""
    source = segment.parsed_text
    if segment.column is None and is_plain(segment.text):
        plain = _plain_facts(segment, source)
        if plain is not None:
            return plain
    tree = _parsed(source, segment)
    if isinstance(tree, Refusal):
        return tree
    lines = source.split("\n")
    places = _Places(segment, lines)
    walrus: set[str] = set()
    deep = too_deep(tree, lines, walrus)
    if deep is not None:
        message, node = deep
        return Refusal(f"not read: {message}", places.span(node))
    body: list[ast.stmt] = tree.body
    if segment.prefix:
        if len(body) != 1 or not isinstance(body[0], ast.If) or body[0].orelse:
            return Refusal("not read: the indentation does not fit", Span(segment.line, 0, segment.line, 0))
        body = body[0].body
    return _Survey(places, walrus).facts(body)


def _plain_facts(segment: Segment, source: str) -> Facts | None:
    """The facts of a plain line with its code; None for any other, and for what does not parse."""
    try:
        with SILENCE:
            body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if segment.indented:
        outer = body[0]
        if len(body) != 1 or not isinstance(outer, ast.If) or outer.orelse:
            return None
        body = outer.body
    statement = plain_statement(segment, source, body)
    if statement is None:
        return None
    node, end = body[0], (0, statement.span.end_column)
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return Facts("assign", frozenset((node.targets[0].id,)), _NOTHING, (), end, statement)
    survey = _Survey(_Places(segment, []), set())
    survey.visit_all(body)
    return Facts(_kind_of(node), frozenset(survey.binds), frozenset(survey.mutates), (), end, statement)


_NOTHING: frozenset[str] = frozenset()


class _Silence:
    """No warnings of Python's parser; cheap within itself."""

    def __init__(self) -> None:
        self._depth = 0
        self._caught = warnings.catch_warnings()

    def __enter__(self) -> None:
        if not self._depth:
            self._caught = warnings.catch_warnings()
            self._caught.__enter__()
            warnings.simplefilter("ignore")
        self._depth += 1

    def __exit__(self, *problem: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._caught.__exit__(None, None, None)


SILENCE = _Silence()


def _parsed(source: str, segment: Segment) -> ast.Module | Refusal:
    with SILENCE:
        try:
            try:
                return parsed_last(source)
            except SyntaxError:
                older = in_older_syntax(source)
                if older == source:
                    raise
                return ast.parse(older)
        except SyntaxError as error:
            return Refusal(f"syntax error: {error.msg}", _error_span(error, source, segment))
        except ValueError as error:
            return Refusal(f"not read: {_plain_reason(error)}", _whole(segment))
        except (RecursionError, MemoryError):
            return Refusal("not read: code nested too deep", _whole(segment))


def _plain_reason(error: ValueError) -> str:
    if isinstance(error, UnicodeError):
        return "text that is no valid Unicode"
    return str(error) or "text that Python refuses"


def _whole(segment: Segment) -> Span:
    lines = segment.text.split("\n")
    column = segment.column or 0
    end = len(lines[-1]) + (column if len(lines) == 1 else 0)
    return Span(segment.line, column, segment.line + len(lines) - 1, end)


def _error_span(error: SyntaxError, source: str, segment: Segment) -> Span:
    """Where Python sees the error; its columns are 1-based code points, 0 when unknown."""
    lines = source.split("\n")
    last = segment.text.count("\n")
    line = min(max((error.lineno or 1) - 1 - segment.prefix_lines, 0), last)
    length = len(lines[line + segment.prefix_lines])
    start = min(max((error.offset or 1) - 1, 0), length)
    same_line = error.end_lineno == error.lineno and error.end_offset is not None
    end = min(max((error.end_offset or 0) - 1, start), length) if same_line else length
    shift = segment.column - len(segment.prefix) if line == 0 and segment.column is not None else 0
    start, end = max(start + shift, 0), max(end + shift, 0)
    return Span(segment.line + line, start, segment.line + line, end)


class _Places:
    """Positions of `ast` (1-based lines, UTF-8 columns of the parsed text) as lines of the segment, columns of the file
    and offsets into the segment's text."""

    def __init__(self, segment: Segment, lines: list[str]) -> None:
        self.segment = segment
        self.lines = lines
        self.skipped = segment.prefix_lines
        self.shift = 0 if segment.column is None else segment.column - len(segment.prefix)
        self._offsets: list[int] | None = None

    def at(self, lineno: int, column: int) -> tuple[int, int]:
        line = self.lines[lineno - 1]
        if not line.isascii():
            column = len(line.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace"))
        row = lineno - 1 - self.skipped
        return row, column + self.shift if row == 0 else column

    def offset(self, place: tuple[int, int]) -> int:
        if self._offsets is None:
            offsets, total = [], 0
            for line in self.segment.text.split("\n"):
                offsets.append(total)
                total += len(line) + 1
            self._offsets = offsets
        row, column = place
        return self._offsets[row] + column - ((self.segment.column or 0) if row == 0 else 0)

    def start(self, node: ast.stmt | ast.expr) -> tuple[int, int]:
        return self.at(node.lineno, node.col_offset)

    def end(self, node: ast.stmt | ast.expr) -> tuple[int, int]:
        return self.at(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)

    def span(self, node: ast.AST) -> Span:
        if not isinstance(node, (ast.stmt, ast.expr)):
            return _whole(self.segment)
        (line, column), (end_line, end_column) = self.start(node), self.end(node)
        return Span(self.segment.line + line, column, self.segment.line + end_line, end_column)


class _Survey:
    """Collects the facts of one block: its own level, nested if/for/while/with/try/match included."""

    def __init__(self, places: _Places, walrus: set[str]) -> None:
        self.places = places
        self.binds = walrus
        self.mutates: set[str] = set()
        self.cuts: list[Cut] = []

    def facts(self, body: list[ast.stmt]) -> Facts:
        self.visit_all(body)
        self.cuts.sort(key=lambda cut: cut.colon)
        end = self.places.end(body[-1]) if body else (0, 0)
        return Facts(_kind(body), frozenset(self.binds), frozenset(self.mutates), tuple(self.cuts), end)

    def visit_all(self, body: list[ast.stmt]) -> None:
        stack = list(body)
        while stack:
            self._visit(stack.pop(), stack)

    def _visit(self, node: ast.stmt, stack: list[ast.stmt]) -> None:
        if isinstance(node, _Definition):
            self._definition(node)
        elif isinstance(node, ast.Expr):
            self._expression(node.value)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._target(target)
        elif isinstance(node, ast.AugAssign):
            self._target(node.target)
            self._mutated(node.target)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self._target(node.target)
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                self._target(target)
                self._mutated(target)
        elif isinstance(node, _IMPORTS):
            dotted = isinstance(node, ast.Import)
            self.binds.update(
                alias.asname or (alias.name.split(".")[0] if dotted else alias.name) for alias in node.names
            )
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self._target(node.target)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if item.optional_vars is not None:
                    self._target(item.optional_vars)
        elif isinstance(node, ast.Match):
            self._cases(node, stack)
        elif type(node).__name__ == "TypeAlias":
            self._target(node.name)  # type: ignore[attr-defined]
        self._nested(node, stack)

    def _nested(self, node: ast.stmt, stack: list[ast.stmt]) -> None:
        if isinstance(node, _Definition):
            return
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                stack.extend(block)
        if isinstance(node, _Try):
            for handler in node.handlers:
                if handler.name:
                    self.binds.add(handler.name)
                stack.extend(handler.body)

    def _cases(self, node: ast.Match, stack: list[ast.stmt]) -> None:
        for case in node.cases:
            stack.extend(case.body)
            for pattern in ast.walk(case.pattern):
                name = getattr(pattern, "rest" if isinstance(pattern, ast.MatchMapping) else "name", None)
                if isinstance(name, str):
                    self.binds.add(name)

    def _target(self, target: ast.expr) -> None:
        targets = [target]
        while targets:
            node = targets.pop()
            if isinstance(node, ast.Name):
                self.binds.add(node.id)
            elif isinstance(node, (ast.Tuple, ast.List)):
                targets.extend(node.elts)
            elif isinstance(node, ast.Starred):
                targets.append(node.value)
            else:
                self._mutated(node)

    def _mutated(self, node: ast.expr) -> None:
        while True:
            if isinstance(node, (ast.Attribute, ast.Subscript)):
                node = node.value
            elif isinstance(node, ast.Call):
                node = node.func
            elif isinstance(node, ast.Name):
                self.mutates.add(node.id)
                return
            elif isinstance(node, (ast.Tuple, ast.List)):
                for element in node.elts:
                    if isinstance(element, ast.Name):
                        self.mutates.add(element.id)
                return
            else:
                return

    def _expression(self, value: ast.expr) -> None:
        if isinstance(value, ast.Await):
            value = value.value
        if not isinstance(value, ast.Call):
            return
        function = value.func
        if isinstance(function, (ast.Attribute, ast.Call)):  # a call: `register("x")(model)`
            self._mutated(function)
        elif isinstance(function, ast.Name) and function.id in ("setattr", "delattr") and value.args:
            self._mutated(value.args[0])

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.binds.add(node.name)
        for decorator in node.decorator_list:
            self._mutated(decorator)
        places = self.places
        at, end = places.start(node), places.end(node)
        first = min((node.body[0], *getattr(node.body[0], "decorator_list", ())), key=lambda part: part.lineno)
        start = places.offset(at)
        colon = header_colon(places.segment.text, start, places.offset(places.start(first)))
        text = places.segment.text
        line = at[0] + text.count("\n", start, colon)
        line_start = text.rfind("\n", 0, colon) + 1
        column = colon - line_start + ((places.segment.column or 0) if line_start == 0 else 0)
        stop = places.offset(end)
        body = body_segment(text, colon, stop, line, column)
        may_yield = isinstance(node, _Function) and text.find("yield", colon, stop) >= 0
        self.cuts.append(Cut(at, end, colon, stop, body, may_yield and _is_generator(node)))


def _is_generator(node: ast.AST) -> bool:
    """Whether the function's own body yields; nested functions do not count."""
    stack: list[ast.AST] = list(getattr(node, "body", ()))
    while stack:
        child = stack.pop()
        if isinstance(child, (ast.Yield, ast.YieldFrom)):
            return True
        if isinstance(child, (*_Definition, ast.Lambda)):
            continue
        stack.extend(ast.iter_child_nodes(child))
    return False


def _kind(body: list[ast.stmt]) -> str:
    kinds = {_kind_of(node) for node in body}
    return kinds.pop() if len(kinds) == 1 else "other"


def _kind_of(node: ast.stmt) -> str:
    if isinstance(node, _Function):
        return "def"
    if isinstance(node, ast.ClassDef):
        return "class"
    if isinstance(node, _IMPORTS):
        return "import"
    if isinstance(node, ast.Expr):
        return "expr"
    if isinstance(node, _ASSIGNS):
        return "assign"
    if isinstance(node, ast.If) and _tests_main(node.test):
        return "if-main"
    return "other"


def _tests_main(test: ast.expr) -> bool:
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = (test.left, test.comparators[0])
    named = any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
    return named and any(isinstance(side, ast.Constant) and side.value == "__main__" for side in sides)
