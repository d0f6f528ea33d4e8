"""The edit that gives a model a budget, as a comment at the end of its first line or its last one.

net = ResNet18()  # paramlens: budget 12M
"""

from __future__ import annotations

import io
import re
import tokenize

from paramlens.facts import Analysis, ModelFact
from paramlens.lines import split_lines
from paramlens.quantities import parse_count
from paramlens.records import Record, record

_OWN = re.compile(r"#\s*paramlens:\s*budget\b(?!\s*[:=]*\s*max-(?!params\b)).*")


@record
class LineEdit(Record):
    """Put `text` in the place of what stands in `line` from `column` to `end_column` (1-based, in code points)."""

    line: int
    column: int
    end_column: int
    text: str


def budget_comment(analysis: Analysis, model: ModelFact, limit: str) -> LineEdit | None:
    """The edit; None where no comment can stand at the end of either line. Raises ValueError for what is no count."""
    parse_count(limit)
    written = f"# paramlens: budget {limit.strip()}"
    lines = split_lines(analysis.text)
    ends = [number for number in dict.fromkeys((model.place.line, model.place.end_line)) if number <= len(lines)]
    comments = _comments(lines)
    for number in ends:
        column, text = comments.get(number, (0, ""))
        if _OWN.fullmatch(text):
            return LineEdit(number, column + 1, column + 1 + len(text), written)
    for number in ends:
        line = lines[number - 1]
        code = line.rstrip()
        changed = [*lines[: number - 1], f"{code}  {written}", *lines[number:]]
        if number not in comments and _comments(changed).get(number) == (len(code) + 2, written):
            return LineEdit(number, len(code) + 1, len(line) + 1, f"  {written}")
    return None


def _comments(lines: list[str]) -> dict[int, tuple[int, str]]:
    """The comment of each line: its 0-based column and its text. Nothing behind what is not Python."""
    found = {}
    tokens = tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline)
    try:
        for token in tokens:
            if token.type == tokenize.COMMENT:
                found[token.start[0]] = (token.start[1], token.string)
            elif token.type == tokenize.ERRORTOKEN and token.string.strip():
                break
    except (tokenize.TokenError, SyntaxError):
        pass
    return found
