"""A block statement that does not parse, read without the lines that break it.

    def f(self):                           def f(self):
        self.a = nn.Linear(3, 4)               self.a = nn.Linear(3, 4)
        self.b = nn.Linear(5,          ->      <what that line was before, or a mark in its place>
        self.c = nn.Linear(7, 8)               self.c = nn.Linear(7, 8)

Every line keeps its place. A mark is a call of `MARK` with the text that stood there; lowering makes it `Unparsed`.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterator

from paramlens.syntax.code import Span, Unparsed
from paramlens.syntax.scanner import Piece, header_colon

MARK = "__paramlens_unparsed__"

ReadPieces = Callable[[str, int], "Iterator[Piece]"]
Parses = Callable[[str], bool]

_HEADER = re.compile(r"[ \t]*(?:(?:async[ \t]+)?(?:def|for|with)|if|while|try|else|elif|except|finally|match|case)\b")
_JUMPS = re.compile(r"\b(?:break|continue|global|nonlocal)\b")
_MOST_LINES = 2_000
_MOST_DEPTH = 20


class _Hopeless(Exception):
    """A text whose broken part cannot be told from the rest."""


class Repair:
    """Repairs one statement. `good` is the text that its last version was read as; `parses` asks the gate about a
    statement of a suite."""

    def __init__(self, text: str, good: str, read_pieces: ReadPieces, parses: Parses) -> None:
        self.lines = text.split("\n")
        self.good = good.split("\n") if good else []
        self.read_pieces = read_pieces
        self.parses = parses
        self.broken: list[str] = []
        same = 0
        shorter = min(len(self.lines), len(self.good))
        while same < shorter and self.lines[same] == self.good[same]:
            same += 1
        self.same_before = same
        same = 0
        while same < shorter - self.same_before and self.lines[-1 - same] == self.good[-1 - same]:
            same += 1
        self.same_after = same

    def text(self) -> str | None:
        """The text that can be read in its stead; None where no part of it stands for itself."""
        if not 1 < len(self.lines) <= _MOST_LINES:
            return None
        try:
            fixed = "\n".join(self._compound(0, len(self.lines), 0))
        except _Hopeless:
            return None
        return fixed if self.broken else None

    def _compound(self, start: int, stop: int, depth: int) -> list[str]:
        """The lines of a statement with headers and suites, each suite repaired."""
        if depth > _MOST_DEPTH:
            raise _Hopeless
        first = self._first_of_header(start, stop)
        outer = _indent(self.lines[first])
        fixed = self.lines[start:first]
        position = first
        while position < stop:
            body = self._after_header(position, stop)
            fixed += self.lines[position:body]
            end = body
            while end < stop and (_blank(self.lines[end]) or _indent(self.lines[end]) > outer):
                end += 1
            if end == body or all(map(_blank, self.lines[body:end])):
                raise _Hopeless
            fixed += self._suite(body, end, depth)
            position = end
        return fixed

    def _first_of_header(self, start: int, stop: int) -> int:
        """The line of the first header, after decorators."""
        for index in range(start, stop):
            if _HEADER.match(self.lines[index]):
                return index
            if not (_blank(self.lines[index]) or self.lines[index].lstrip().startswith("@")):
                break
        raise _Hopeless

    def _after_header(self, position: int, stop: int) -> int:
        """The line after a header that ends its line with a colon."""
        if not _HEADER.match(self.lines[position]):
            raise _Hopeless
        text = "\n".join(self.lines[position:stop])
        colon = header_colon(text, 0)
        if colon < 0:
            raise _Hopeless
        rest = text[colon + 1 :].split("\n", 1)[0].strip()
        if rest and not rest.startswith("#"):
            raise _Hopeless
        return position + text.count("\n", 0, colon) + 1

    def _suite(self, start: int, stop: int, depth: int) -> list[str]:
        """The lines of a suite, what does not parse in it repaired or replaced."""
        fixed = self.lines[start:stop]
        first = next(line for line in fixed if not _blank(line))
        indent = _indent(first)
        margin = first[:indent]
        whole = "\n".join(fixed)
        for piece in self.read_pieces(whole, indent):
            begin = piece.line
            end = begin + whole.count("\n", piece.start, piece.end) + 1
            own = "\n".join(self.lines[start + begin : start + end])
            if _indent(self.lines[start + begin]) != indent:
                fixed[begin:end] = self._replaced(start + begin, start + end, margin)
            elif not self.parses(own):
                fixed[begin:end] = self._statement(start + begin, start + end, margin, depth)
        return fixed

    def _statement(self, start: int, stop: int, margin: str, depth: int) -> list[str]:
        """One statement of a suite: its suites repaired, the part that parses kept, or all of it replaced."""
        if stop - start > 1:
            before = len(self.broken)
            try:
                fixed = self._compound(start, stop, depth + 1)
                if self.parses("\n".join(fixed)):
                    return fixed
            except _Hopeless:
                pass
            del self.broken[before:]
        return self._replaced(start, stop, margin)

    def _replaced(self, start: int, stop: int, margin: str) -> list[str]:
        """The lines that stood there in the last version, or a mark and blank lines."""
        text = "\n".join(self.lines[start:stop])
        if _JUMPS.search(text):
            raise _Hopeless
        self.broken.append(text)
        aligned = len(self.lines) == len(self.good)
        if aligned and self.same_before <= start and stop <= len(self.lines) - self.same_after:
            last = self.good[start:stop]
            whole = "\n".join(last)
            if MARK not in whole and whole.strip() and _indent(last[0]) == len(margin) and self.parses(whole):
                return last
        return [f"{margin}{MARK}({text!a})", *[""] * (stop - start - 1)]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def _blank(line: str) -> bool:
    stripped = line.strip()
    return not stripped or stripped.startswith("#")


# --------------------------------------------------------------------------------------------- what a text may assign

_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
_TARGETS = re.compile(
    r"\bfor\b(?P<loop>[^=:#]*?)\bin\b|\bas[ \t]+(?P<alias>\w+)|\b(?P<walrus>\w+)[ \t]*:="
    r"|\b(?:def|class)[ \t]+(?P<defined>\w+)|\bimport\b(?P<imported>[^=:#]*)"
)
_READS = re.compile(r"(?:if|elif|while|return|yield|raise|assert|match|case)\b")
_EQUALS = re.compile(r"(?<![=!<>:])=(?!=)")
_DOTTED = re.compile(r"(?<![\w.])[^\W\d]\w*(?:\.\w+)+")
_KEYWORDS = frozenset(keyword.kwlist)


def assigned(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names, and the dotted names, that a text which does not parse may assign."""
    names: dict[str, None] = {}
    dotted: dict[str, None] = {}
    for line in text.split("\n"):
        for match in _TARGETS.finditer(line):
            for part in match.groups():
                names.update(dict.fromkeys(_NAME.findall(part or "")))
        written = _target(line.strip())
        dotted.update(dict.fromkeys(_DOTTED.findall(written)))
        names.update(dict.fromkeys(_NAME.findall(_DOTTED.sub("", written))))
    return tuple(name for name in names if name not in _KEYWORDS), tuple(dotted)


def _target(line: str) -> str:
    """What stands before the equals sign of an assignment, or alone at the start of a line that may become one."""
    if _READS.match(line):
        return ""
    equals = _EQUALS.search(line)
    left = line[: equals.start()] if equals else line.split("#", 1)[0]
    if left.count("(") > left.count(")") or left.count("[") > left.count("]"):
        return ""
    if ":" in left and "[" not in left:
        left = left.split(":", 1)[0]
    return left if equals or re.fullmatch(r"[\w., \t]*", left) else ""


def unparsed(text: str, span: Span) -> Unparsed:
    """The code of a text that does not parse."""
    mentioned = tuple(name for name in dict.fromkeys(_NAME.findall(text)) if name not in _KEYWORDS)
    return Unparsed(span, text, *assigned(text), mentioned)
