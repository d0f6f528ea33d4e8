"""Where every node of a libcst tree stands, found in one cheap walk.

libcst knows positions only by writing its tree out again. The walk here counts characters instead of collecting text,
and offsets become lines and columns only for nodes that are asked for: its own position provider costs thrice that.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from types import TracebackType
from typing import Any

import libcst
from libcst._nodes.internal import CodegenState

from paramlens.syntax.code import Span
from paramlens.syntax.segment import Cut, Segment

_HANDLER = re.compile(r"[ \t]*except\b[^#:]*[ \t]:[ \t]*(?:#.*)?$")


def _unspaced(line: str) -> str:
    return line.replace(" ", "").replace("\t", "")


class _Record:
    """Notes where the tokens written within a `with` block start and end."""

    __slots__ = ("_end_node", "_key", "_start_node", "_state")

    def __init__(self, state: OffsetState, node: object, start_node: object, end_node: object) -> None:
        self._state, self._key, self._start_node, self._end_node = state, id(node), start_node, end_node

    def __enter__(self) -> None:
        self._state.starts[self._key] = self._state.offset

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        state = self._state
        if self._start_node is not None:
            state.starts[self._key] = state.starts[id(self._start_node)]
        state.ends[self._key] = state.offset if self._end_node is None else state.ends[id(self._end_node)]


class OffsetState(CodegenState):
    """Start and end offsets by `id` of the node; valid while the tree lives."""

    def __init__(self, module: libcst.Module) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.tokens.append("")  # libcst adds a newline to a module that wrote no token
        self.offset = 0
        self.starts: dict[int, int] = {}
        self.ends: dict[int, int] = {}

    def add_token(self, value: str) -> None:
        self.offset += len(value)

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.offset += len(token)

    def pop_trailing_newline(self) -> None:
        pass

    def before_codegen(self, node: libcst.CSTNode) -> None:
        self.starts[id(node)] = self.offset

    def after_codegen(self, node: libcst.CSTNode) -> None:
        key = id(node)
        if key not in self.ends:
            self.ends[key] = self.offset

    def record_syntactic_position(  # type: ignore[override]  # a context manager without the cost of a generator
        self, node: libcst.CSTNode, *, start_node: Any = None, end_node: Any = None
    ) -> _Record:
        return _Record(self, node, start_node, end_node)


class Places:
    """Spans of the nodes of one parsed text: a segment's text without its cuts."""

    def __init__(self, segment: Segment, cuts: tuple[Cut, ...]) -> None:
        self.starts: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        self.text, self._lines = _without_bodies(segment, cuts)
        self._line_starts: list[int] = []
        self._columns_from: list[int] = []
        self._first_column = None if segment.column is None else len(segment.prefix) - segment.column
        self._index_lines()
        self._lines.extend([self._lines[-1] + 1] * (len(self._line_starts) - len(self._lines)))

    def _index_lines(self) -> None:
        starts, find, position = [0], self.text.find, 0
        while (position := find("\n", position) + 1) > 0:
            starts.append(position)
        self._line_starts, self._columns_from = starts, list(starts)
        if self._first_column is not None:
            self._columns_from[0] = self._first_column

    def measure(self, module: libcst.Module) -> bool:
        """Finds all offsets; False if the tree does not write out as the text does (offsets would be wrong)."""
        state = OffsetState(module)
        module._codegen(state)
        self.starts, self.ends = state.starts, state.ends
        return state.offset == len(self.text) or self._follow_generated(module.code)

    def _follow_generated(self, generated: str) -> bool:
        """libcst loses the space in `except Error :`; nothing after it on its line has a place to lose."""
        ours, theirs = self.text.split("\n"), generated.split("\n")
        if len(ours) != len(theirs):
            return False
        for our, their in zip(ours, theirs, strict=True):
            if our != their and not (_HANDLER.match(our) and _unspaced(our) == _unspaced(their)):
                return False
        self.text = generated
        self._index_lines()
        return True

    def start(self, node: libcst.CSTNode) -> int:
        return self.starts[id(node)]

    def end(self, node: libcst.CSTNode) -> int:
        return self.ends[id(node)]

    def at(self, offset: int) -> tuple[int, int]:
        """Line (relative to the top-level statement) and column of an offset."""
        index = bisect_right(self._line_starts, offset) - 1
        return self._lines[index], offset - self._columns_from[index]

    def between(self, start: int, end: int) -> Span:
        starts, lines, columns = self._line_starts, self._lines, self._columns_from
        first = bisect_right(starts, start) - 1
        if first + 1 == len(starts) or end < starts[first + 1]:
            line, base = lines[first], columns[first]
            return Span(line, start - base, line, end - base)
        last = bisect_right(starts, end) - 1
        return Span(lines[first], start - columns[first], lines[last], end - columns[last])

    def span(self, node: libcst.CSTNode) -> Span:
        key = id(node)
        return self.between(self.starts[key], self.ends[key])


def _without_bodies(segment: Segment, cuts: tuple[Cut, ...]) -> tuple[str, list[int]]:
    """The text to parse, every cut body replaced by `pass`, and the line that each of its lines stands at."""
    text, first = segment.text, segment.line - segment.prefix_lines
    if not cuts:
        source = segment.parsed_text
        return source, list(range(first, first + source.count("\n") + 1))
    parts, lines = [segment.prefix], list(range(first, segment.line + 1))
    position, line = 0, segment.line
    for cut in cuts:
        kept = text[position : cut.colon + 1]
        lines.extend(range(line + 1, line + 1 + kept.count("\n")))
        line += text.count("\n", position, cut.stop)
        parts += (kept, " pass")
        position = text.find("\n", cut.stop)
        position = len(text) if position < 0 else position
        if position < len(text):
            parts.append("\n")
            line, position = line + 1, position + 1
            lines.append(line)
    rest = text[position:] + "\n"
    parts.append(rest)
    lines.extend(range(line + 1, line + 1 + rest.count("\n")))
    return "".join(parts), lines
