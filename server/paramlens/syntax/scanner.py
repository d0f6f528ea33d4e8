"""Cuts text into the statements of one block by looking at strings, comments, brackets and indentation alone.

    @decorated          ┐
    def f():            │ one piece: decorators, header, indented lines
        return [        │
    1, 2]               ┘ (a bracket holds lines of any indentation)

    if a: ...           ┐ one piece: `else`, `elif`, `except`, `finally` continue a compound statement
    else: ...           ┘

Lines end at a newline character alone: callers normalise `\\r\\n` and `\\r` first. Nothing here parses: a piece may
turn out to be no Python at all. A bracket or string that never closes costs its own piece: the cut then goes back to
the first line that looks like a new statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from paramlens.records import Record, record

_NEWLINES = re.compile(r"\r\n?")
_BLANK_FORM_FEED = re.compile(r"(?m)^[ \t]*\f[ \t\f]*$")
_LEADING_FORM_FEED = re.compile(r"(?m)^[ \t]*\f[ \t\f]*(?=\S)")

_PLAIN = r"[^\"'#()\[\]{}\\\n]"
_STRING = r"""\"(?:[^\"\\\n]|\\(?:.|\Z))*(?:\"|(?=\n)|\Z)|'(?:[^'\\\n]|\\(?:.|\Z))*(?:'|(?=\n)|\Z)"""
# One token, or the end: something always matches, so a run before it is never given back.
_ONE = r"(?:(\n)|([(\[{])|([)\]}])|(#[^\n]*)|(\"\"\"|''')|(" + _STRING + r")|(\\.?)|(\Z))"
NEWLINE, OPEN, CLOSE, COMMENT, TRIPLE, STRING, ESCAPE, END = range(1, 9)
TOKEN = re.compile(_PLAIN + "*" + _ONE, re.DOTALL)

# What a scan may run over at once: simple strings, brackets that hold nothing but names and simple strings, comments.
_SIMPLE = r"""\"(?!\"\")[^\"\\\n{]*\"|'(?!'')[^'\\\n{]*'"""
_INNER = rf"{_PLAIN}*(?:(?:{_SIMPLE}){_PLAIN}*)*"
_RUN = rf"(?:{_PLAIN}+|{_SIMPLE}|\({_INNER}\)|\[{_INNER}\]|#[^\n]*"

_TRIPLES = ('"""', "'''")
_BLANK_LINES = re.compile(r"(?:[ \t\f]*(?:#[^\n]*)?\n)*")
_BLANK_REST = re.compile(r"[ \t\f]*(?:#[^\n]*)?\Z")
_CONTINUES = re.compile(r"[ \t]*(?:else|elif|except|finally)\b")
_COMPOUND = re.compile(r"[ \t]*(?:if|for|while|try|async)\b")
_DECORATOR = re.compile(r"[ \t]*@")
_DEFINES = re.compile(r"[ \t]*(?:@|(?:async[ \t]+)?def\b|class\b)")
_HARD_WORDS = r"def|class|import|return|while|with|try|raise|del|global|nonlocal|assert|pass|break|continue"
_HARD = re.compile(
    rf"[ \t]*(?:(?:{_HARD_WORDS})\b(?![ \t]*[=.,()\[\]])|async[ \t]+def\b|from[ \t]+[\w.]+[ \t]+import\b)"
)
_SOFT = re.compile(
    rf"[ \t]*(?:@[ \t]*\w|(?:{_HARD_WORDS}|if|for|from|async)\b"
    r"|[^\W\d][\w.]*(?:\[[^\]\n]*\])?[ \t]*(?::[^=\n]*)?(?:[-+*/@%&|^]|//|\*\*|<<|>>)?=(?!=)"
    r"|[^\W\d][\w.]*\()"
)
_FULL_SCANS = 8  # unclosed pieces that are followed to the end of the text before the scanner gives up earlier


@record
class Piece(Record):
    """A statement's place: offsets into the text (whole lines without the last newline) and its 0-based first line.

    `closed` is False when a bracket or string of it never ends.
    """

    start: int
    end: int
    line: int
    closed: bool


def normalise_lines(text: str) -> str:
    """`\\r\\n` and `\\r` become newlines, a byte order mark and form feeds that only break pages disappear."""
    if text.startswith("\ufeff"):
        text = text[1:]
    if "\r" in text:
        text = _NEWLINES.sub("\n", text)
    if "\f" in text:
        text = _LEADING_FORM_FEED.sub("", _BLANK_FORM_FEED.sub("", text))
    return text


@lru_cache(maxsize=64)
def _starts_line(indent: int) -> re.Pattern[str]:
    return re.compile(rf"[ \t]{{0,{indent}}}[^\s#]")


@lru_cache(maxsize=64)
def _token(indent: int) -> re.Pattern[str]:
    """A run and one token; newlines are tokens only before a line that may start a statement at this indentation."""
    deeper = rf"|\n(?![ \t]{{0,{indent}}}[^\s#]))"
    return re.compile(_RUN + deeper + "{0,1000}" + _ONE + "?", re.DOTALL)


def string_end(text: str, start: int, nested: int = 0) -> int:
    """Offset after the string whose opening quote is at `start`; -1 when it never ends.

    An f-string may hold its own quotes in its braces (Python 3.12).
    """
    quote = text[start : start + 3]
    if quote not in _TRIPLES:
        quote = quote[:1]
    if _is_formatted(text, start):
        end = _formatted_end(text, start + len(quote), quote, nested)
        if end >= 0:
            return end
    if len(quote) == 3:
        return _triple_end(text, start + 3, quote)
    match = TOKEN.match(text, start)
    return match.end() if match else -1


def _triple_end(text: str, start: int, quote: str) -> int:
    end = text.find(quote, start)
    if end < 0:
        return -1
    if text.find("\\", start, end) < 0:
        return end + 3
    position = start
    while True:  # a backslash hides the character after it
        end = text.find(quote, position)
        if end < 0:
            return -1
        slash = text.find("\\", position, end)
        if slash < 0:
            return end + 3
        position = slash + 2


def _is_formatted(text: str, start: int) -> bool:
    prefix = text[start - 1 : start] if start else ""
    if prefix in "fFtT" and prefix:
        before = text[start - 2 : start - 1] if start > 1 else ""
        before = text[start - 3 : start - 2] if before in "rR" and before and start > 2 else before
    elif prefix in "rR" and prefix and start > 1 and text[start - 2] in "fFtT":
        before = text[start - 3 : start - 2] if start > 2 else ""
    else:
        return False
    return not (before.isalnum() or before == "_")


_FORMATTED = re.compile(r"""\\(?:N\{[^}"'\n]*\}|.)|\{\{|\}\}|[{\n]|"{1,3}|'{1,3}""", re.DOTALL)
_REPLACEMENT = re.compile(r"""[()\[\]{}:"'\n#]|!=""")


def _formatted_end(text: str, position: int, quote: str, nested: int) -> int:
    if nested > 8:
        return -1
    while True:
        match = _FORMATTED.search(text, position)
        if match is None:
            return -1
        token, position = match[0], match.end()
        if token == "{":
            position = _replacement_end(text, position, quote, nested)
            if position < 0:
                return -1
        elif token[0] == quote[0]:
            if len(token) >= len(quote):
                return match.start() + len(quote)
        elif token == "\n" and len(quote) == 1:
            return -1


def _replacement_end(text: str, position: int, quote: str, nested: int) -> int:
    """Offset after the brace that closes the replacement field starting at `position`."""
    depth = 0
    while True:
        match = _REPLACEMENT.search(text, position)
        if match is None:
            return -1
        token, position = match[0], match.end()
        if token in "\"'":
            position = string_end(text, match.start(), nested + 1)
            if position < 0:
                return -1
        elif token in "([{":
            depth += 1
        elif token in ")]":
            depth -= 1
        elif token == "}":
            if depth == 0:
                return position
            depth -= 1
        elif token == ":" and depth == 0:
            return _specification_end(text, position, quote, nested)
        elif token == "#" or (
            token == "\n" and len(quote) == 1 and nested == 0 and depth == 0 and position - match.start() > 1
        ):
            return -1


def _specification_end(text: str, position: int, quote: str, nested: int) -> int:
    while True:
        match = re.compile(r"[{}\n\"']").search(text, position)
        if match is None:
            return -1
        token, position = match[0], match.end()
        if token == "}":
            return position
        if token == "{":
            position = _replacement_end(text, position, quote, nested + 1) if nested < 8 else -1
            if position < 0:
                return -1
        elif token == "\n" or token == quote[0]:
            return -1


class Scanner:
    """Walks over one block's text, piece by piece; `position` and `line` may be set back by a reader that recovers."""

    def __init__(self, text: str, indent: int = 0, line: int = 0, position: int = 0) -> None:
        self.text = text
        self.position = position
        self.line = line
        self.indent = indent
        self.full_scans = 0
        self._match = _token(indent).match
        self._starts = _starts_line(indent).match
        self._endless: dict[str, int] = {}

    def __iter__(self) -> Iterator[Piece]:
        while (piece := self.next_piece()) is not None:
            yield piece

    def next_piece(self) -> Piece | None:
        """The next statement, or None at the end of the text."""
        text = self.text
        blank = _BLANK_LINES.match(text, self.position)
        start = blank.end() if blank else self.position
        self.line += text.count("\n", self.position, start)
        self.position = start
        if _BLANK_REST.match(text, start):
            return None
        next_start, significant, closed = self._follow(start)
        end = self._trimmed(start, next_start, significant)
        piece = Piece(start, end, self.line, closed)
        self.line += text.count("\n", start, next_start)
        self.position = next_start
        return piece

    def cut(self, piece: Piece, offset: int) -> Piece:
        """`piece` ended early, before the line at `offset`, from where scanning goes on."""
        self.position = offset
        self.line = piece.line + self.text.count("\n", piece.start, offset)
        return Piece(piece.start, self._trimmed(piece.start, offset, piece.start), piece.line, False)

    def _follow(self, start: int) -> tuple[int, int, bool]:
        """Offset of the next statement, end of the last bracket or string seen, and whether all of them closed."""
        text, match_token, starts = self.text, self._match, self._starts
        position, depth, significant = start, 0, start
        decorated = _DECORATOR.match(text, start) is not None
        compound = _COMPOUND.match(text, start) is not None
        soft = -1
        while True:
            match = match_token(text, position)
            if match is None or match.lastindex == END:
                break
            kind = match.lastindex
            # A run that stopped at its longest has no token after it; whatever else happens, go on.
            position = max(match.end(), position + 1)
            if kind is None or kind == ESCAPE:
                continue
            if kind == OPEN:
                depth += 1
            elif kind == CLOSE:
                if depth:
                    depth -= 1
            elif kind in (STRING, TRIPLE):
                opening = match.start(kind)
                if kind == TRIPLE or (_is_formatted(text, opening) and "{" in match[STRING]):
                    position = self._string_end(opening, kind == TRIPLE)
                    if position < 0:
                        return self._unclosed(start, len(text), soft, in_string=True)
                significant = position
            elif kind == NEWLINE:
                if not starts(text, position):
                    continue
                if depth:
                    if _HARD.match(text, position):
                        return (soft if soft >= 0 else position), start, False
                    if _SOFT.match(text, position):
                        if self.full_scans >= _FULL_SCANS:
                            return position, significant, False
                        soft = position if soft < 0 else soft
                elif decorated and _DEFINES.match(text, position):
                    decorated = _DECORATOR.match(text, position) is not None
                elif not (compound and _CONTINUES.match(text, position)):
                    return position, significant, True
        if depth:
            return self._unclosed(start, len(text), soft, in_string=False)
        return len(text), significant, True

    def _string_end(self, opening: int, triple: bool) -> int:
        if not triple:
            return string_end(self.text, opening)
        quote = self.text[opening : opening + 3]
        if opening >= self._endless.get(quote, len(self.text)):
            return -1
        end = string_end(self.text, opening)
        if end < 0:
            self._endless[quote] = opening
        return end

    def _unclosed(self, start: int, end: int, soft: int, in_string: bool) -> tuple[int, int, bool]:
        self.full_scans += 1
        if in_string:
            first = next_statement(self.text, start, end, self.indent)
            soft = first if soft < 0 or 0 <= first < soft else soft
        return (soft, start, False) if soft >= 0 else (end, end, False)

    def _trimmed(self, start: int, end: int, significant: int) -> int:
        """End of the last line of code before `end`: blank and comment lines after a statement are not its own."""
        text = self.text
        while True:
            stop = end - 1 if end > start and text[end - 1] == "\n" else end
            line_start = max(text.rfind("\n", start, stop) + 1, start)
            line = text[line_start:stop].strip()
            if line_start <= start or line_start < significant or (line and not line.startswith("#")):
                return stop
            end = line_start


def next_statement(text: str, start: int, end: int, indent: int, definitions_only: bool = False) -> int:
    """Offset of the first line after `start` that looks like a new statement of this block; -1 if none does.

    The definition that decorators at `start` belong to is not a new statement.
    """
    starts, looks = _starts_line(indent), _DEFINES if definitions_only else _SOFT
    decorated = _DECORATOR.match(text, start) is not None
    position = text.find("\n", start, end) + 1
    while position > 0:
        if starts.match(text, position):
            if decorated:
                decorated = _DECORATOR.match(text, position) is not None or not _DEFINES.match(text, position)
            elif looks.match(text, position):
                return position
        position = text.find("\n", position, end) + 1
    return -1


def header_colon(text: str, start: int, limit: int | None = None) -> int:
    """Offset of the colon that ends the header starting at `start`: the last one outside brackets before `limit`, or
    without a limit the first one; -1 if there is none."""
    position, depth, found = start, 0, -1
    stop = len(text) if limit is None else limit
    while position < stop:
        match = _HEADER.search(text, position, stop)
        if match is None:
            break
        token, position = match[0], match.end()
        if token in "([{":
            depth += 1
        elif token in ")]}":
            depth -= 1
        elif token == ":":
            if depth == 0:
                found = match.start()
                if limit is None:
                    break
        elif token in "\"'":
            position = string_end(text, match.start())
            if position < 0:
                break
        elif token == "\n" and depth == 0 and limit is None:
            break
    return found


_HEADER = re.compile(r"[()\[\]{}:\"'\n]|#[^\n]*|\\\n")


def comments(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Offset and text of every comment between `start` and `end`, where `start` is outside any string."""
    position = start
    while position < end:
        match = TOKEN.match(text, position, end)
        if match is None or match.lastindex == END:
            return
        position = match.end()
        if match.lastindex == COMMENT:
            yield match.start(COMMENT), match[COMMENT]
        elif match.lastindex == TRIPLE or (match.lastindex == STRING and "{" in match[STRING]):
            after = string_end(text, match.start(match.lastindex))
            position = after if after >= 0 else position
