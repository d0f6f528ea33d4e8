"""The code objects that the evaluator walks: small, immutable, with spans, made once per statement.

Spans are relative: `line` counts from the first line of the top-level statement or class member that the text was cut
into (0-based), columns are 0-based code points of the line as it stands in the file. A `Statement` knows where it is
placed, so a statement that only moves is neither parsed nor lowered again. Nothing here knows of libcst.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from paramlens.records import Record, mutable_record, record
from paramlens.syntax.scanner import Piece


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open source range relative to its statement: 0-based lines, 0-based code-point columns."""

    line: int
    column: int
    end_line: int
    end_column: int

    def moved(self, lines: int) -> Span:
        """The same range `lines` further down."""
        return Span(self.line + lines, self.column, self.end_line + lines, self.end_column)


@record
class Node(Record):
    span: Span


def around(first: Node, last: Node) -> Span:
    """From where one node begins to where another one ends."""
    return Span(first.span.line, first.span.column, last.span.end_line, last.span.end_column)


# --------------------------------------------------------------------------------------------- expressions


@record
class Const(Node):
    """A literal: int, float, complex, str, bytes, bool, None or Ellipsis (adjacent strings already joined)."""

    value: Any


@record
class Name(Node):
    id: str


@record
class Attribute(Node):
    value: Expr
    attr: str


@record
class Slice(Node):
    lower: Expr | None
    upper: Expr | None
    step: Expr | None


@record
class Subscript(Node):
    """`value[index]`; several indices arrive as one `Tuple`."""

    value: Expr
    index: Expr


@record
class Arg(Node):
    """One argument of a call. `star` is "", "*" or "**"; `keyword` is None unless written `keyword=value`."""

    value: Expr
    keyword: str | None = None
    star: str = ""


@record
class Call(Node):
    func: Expr
    args: tuple[Arg, ...]


@record
class BinOp(Node):
    """`op` is the Python operator text: + - * / // % ** @ & | ^ << >>."""

    op: str
    left: Expr
    right: Expr


@record
class UnaryOp(Node):
    """`op` is one of: + - ~ not."""

    op: str
    operand: Expr


@record
class BoolOp(Node):
    """`op` is "and" or "or"; at least two values."""

    op: str
    values: tuple[Expr, ...]


@record
class Compare(Node):
    """`left op0 comparators0 op1 comparators1 …`; ops: == != < <= > >= is, is not, in, not in."""

    left: Expr
    ops: tuple[str, ...]
    comparators: tuple[Expr, ...]


@record
class IfExp(Node):
    test: Expr
    body: Expr
    orelse: Expr


@record
class Starred(Node):
    value: Expr


@record
class Tuple(Node):
    elements: tuple[Expr, ...]


@record
class List(Node):
    elements: tuple[Expr, ...]


@record
class Set(Node):
    elements: tuple[Expr, ...]


@record
class Dict(Node):
    """Pairs of key and value; a key of None stands for `**value`."""

    items: tuple[tuple[Expr | None, Expr], ...]


@record
class Clause(Node):
    """`for target in iterable if condition …` of a comprehension."""

    target: Expr
    iterable: Expr
    conditions: tuple[Expr, ...]


@record
class Comprehension(Node):
    """`kind` is list, set, dict or generator; `value` is used by dict alone (then `element` is the key)."""

    kind: str
    element: Expr
    value: Expr | None
    clauses: tuple[Clause, ...]


@record
class FormattedValue(Node):
    """`{value!conversion:spec}` of an f-string; `span` is the value's. The text of `{value=}` is a piece of its own."""

    value: Expr
    conversion: str | None
    spec: JoinedStr | None


@record
class JoinedStr(Node):
    """An f-string: literal pieces (already unescaped) and formatted values, in order."""

    parts: tuple[str | FormattedValue, ...]


@record
class NamedExpr(Node):
    target: Name
    value: Expr


@record
class Await(Node):
    value: Expr


@record
class Yield(Node):
    value: Expr | None


@record
class YieldFrom(Node):
    value: Expr


@record
class Lambda(Node):
    params: Params
    body: Expr


Expr: TypeAlias = (
    Const | Name | Attribute | Slice | Subscript | Call | BinOp | UnaryOp | BoolOp | Compare | IfExp | Starred | Tuple
    | List | Set | Dict | Comprehension | JoinedStr | NamedExpr | Await | Yield | YieldFrom | Lambda
)


# ---------------------------------------------------------------------------------------------- parameters


@record
class Param(Node):
    name: str
    annotation: Expr | None = None
    default: Expr | None = None


@record
class Params(Record):
    """The parameters of a function in the order of its signature."""

    positional_only: tuple[Param, ...] = ()
    positional: tuple[Param, ...] = ()
    var_positional: Param | None = None
    keyword_only: tuple[Param, ...] = ()
    var_keyword: Param | None = None


# ---------------------------------------------------------------------------------------------- statements


@record
class ExprStmt(Node):
    value: Expr


@record
class Assign(Node):
    """`targets[0] = targets[1] = value`."""

    targets: tuple[Expr, ...]
    value: Expr


@record
class AugAssign(Node):
    """`target op= value`, `op` without the equals sign."""

    target: Expr
    op: str
    value: Expr


@record
class AnnAssign(Node):
    target: Expr
    annotation: Expr
    value: Expr | None


@record
class Return(Node):
    value: Expr | None


@record
class Raise(Node):
    exception: Expr | None
    cause: Expr | None


@record
class Pass(Node):
    pass


@record
class Break(Node):
    pass


@record
class Continue(Node):
    pass


@record
class Delete(Node):
    targets: tuple[Expr, ...]


@record
class Global(Node):
    names: tuple[str, ...]


@record
class Nonlocal(Node):
    names: tuple[str, ...]


@record
class Alias(Node):
    """`name as asname`; `name` is dotted for `import`, "*" for a star import."""

    name: str
    asname: str | None


@record
class Import(Node):
    names: tuple[Alias, ...]


@record
class ImportFrom(Node):
    """`from ..module import names`: `level` counts the dots, `module` may be empty."""

    module: str
    names: tuple[Alias, ...]
    level: int


@record
class Assert(Node):
    test: Expr
    message: Expr | None


@record
class If(Node):
    test: Expr
    body: Block
    orelse: Block


@record
class For(Node):
    target: Expr
    iterable: Expr
    body: Block
    orelse: Block


@record
class While(Node):
    test: Expr
    body: Block
    orelse: Block


@record
class Unparsed(Node):
    """A part of a block that does not parse, where the rest does: its text, and what it may assign and mentions."""

    text: str
    names: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()  # dotted: self.head
    mentioned: tuple[str, ...] = ()


@record
class Handler(Node):
    """`except kind as name: body`; a bare `except` has no kind."""

    kind: Expr | None
    name: str | None
    body: Block


@record
class Try(Node):
    body: Block
    handlers: tuple[Handler, ...]
    orelse: Block
    final: Block


@record
class WithItem(Node):
    context: Expr
    target: Expr | None


@record
class With(Node):
    items: tuple[WithItem, ...]
    body: Block


@record
class MatchValue(Node):
    """A literal or dotted name compared with `==` (None, True and False with `is`)."""

    value: Expr


@record
class MatchCapture(Node):
    """`pattern as name`, a bare name, or `_` (name None, pattern None)."""

    pattern: Pattern | None
    name: str | None


@record
class MatchStar(Node):
    """`*name` within a sequence pattern (`*_`: name None)."""

    name: str | None


@record
class MatchSequence(Node):
    patterns: tuple[Pattern, ...]


@record
class MatchMapping(Node):
    items: tuple[tuple[Expr, Pattern], ...]
    rest: str | None


@record
class MatchClass(Node):
    cls: Expr
    positional: tuple[Pattern, ...]
    keyword: tuple[tuple[str, Pattern], ...]


@record
class MatchOr(Node):
    patterns: tuple[Pattern, ...]


Pattern: TypeAlias = MatchValue | MatchCapture | MatchStar | MatchSequence | MatchMapping | MatchClass | MatchOr


@record
class Case(Node):
    pattern: Pattern
    guard: Expr | None
    body: Block


@record
class Match(Node):
    subject: Expr
    cases: tuple[Case, ...]


@record
class FunctionDef(Node):
    """A function. Its header is lowered with the statement; `body` is lowered when first asked for.

    `span` covers the definition from `def` (decorators excluded) to its end, `name_span` the name alone.
    """

    name: str
    name_span: Span
    params: Params
    decorators: tuple[Expr, ...]
    body: LazyBlock
    is_async: bool
    is_generator: bool


@record
class ClassDef(Node):
    """A class. `keywords` are those of the header (metaclass=…); its members are statements of their own."""

    name: str
    name_span: Span
    bases: tuple[Arg, ...]
    decorators: tuple[Expr, ...]
    members: tuple[Statement, ...]


Stmt: TypeAlias = (
    ExprStmt | Assign | AugAssign | AnnAssign | Return | Raise | Pass | Break | Continue | Delete | Global | Nonlocal
    | Import | ImportFrom | Assert | If | For | While | Try | With | Match | FunctionDef | ClassDef | Unparsed
)
Block: TypeAlias = tuple[Stmt, ...]


# ------------------------------------------------------------------------------------------- lazy containers


@record
class Refusal(Record):
    """Why a piece of text has no code: a syntax error, nesting too deep, …; `span` is relative like any other."""

    message: str
    span: Span


@mutable_record
class LazyBlock:
    """A function body. `load()` gives its statements (lowering them once) or the reason why there are none.

    Spans inside are relative to the same statement as those of the header.
    """

    loader: Callable[[], Block | Refusal]
    loaded: Block | Refusal | None = None

    def load(self) -> Block | Refusal:
        if self.loaded is None:
            self.loaded = self.loader()
        return self.loaded


@mutable_record
class Statement:
    """One top-level statement of a file, or one member of a class body, placed at a line.

    Several simple statements on one line (`a = 1; b = 2`) are one Statement whose code holds several nodes.
    `first_line` is where its text starts (decorators included): 0-based, in the file for a top-level statement, and
    relative to the enclosing top-level statement for a class member.
    """

    text: str
    first_line: int
    line_count: int
    binds: frozenset[str]  # names that running it may bind at its own level, imports included ("*" for a star)
    mutates: frozenset[str]  # names whose value it may change: `name.x = …`, `name[…] = …`, `name.add(…)`, `name += …`
    kind: str  # "def", "class", "import", "if-main", "expr", "assign", "other", "error"
    loader: Callable[[], Block | Refusal] = field(repr=False)
    loaded: Block | Refusal | None = field(default=None, repr=False)
    stale: bool = False  # holds the code of its last good version, as a whole or in the lines that do not parse
    read_as: str = ""  # the text its code was read from, where that is not its own
    code_lines: int = 0  # how many lines its code has, where that is of its last good version as a whole

    def code(self) -> Block | Refusal:
        """Its nodes (lowered once), or why there are none."""
        if self.loaded is None:
            self.loaded = self.loader()
        return self.loaded


@record
class Comment(Record):
    """A `# paramlens: …` comment: its 0-based line and column in the file and the text after the colon, stripped."""

    line: int
    column: int
    text: str


@record
class Source(Record):
    """A file cut into top-level statements. `first_line`s are absolute here.

    `normal` is the text with its lines ended by newlines, `pieces` are the places of the statements in it.
    """

    path: str
    text: str
    statements: tuple[Statement, ...]
    comments: tuple[Comment, ...]
    normal: str = field(repr=False)
    pieces: tuple[Piece, ...] = field(repr=False)
