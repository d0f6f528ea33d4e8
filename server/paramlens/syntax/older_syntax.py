"""Newer syntax written so that the running Python's `ast` accepts it, every line keeping its place.

The gate needs a tree of files written for a Python newer than the one that runs: type parameters, `type X = …`,
quotes of the same kind inside f-strings (3.12), `except*` (3.11). libcst reads these itself.
"""

from __future__ import annotations

import re

from paramlens.syntax import scanner

_TYPE_PARAMETERS = re.compile(r"(?m)^([ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+\w+[ \t]*)\[")
_TYPE_ALIAS = re.compile(r"(?m)^([ \t]*)type([ \t]+)([^\W\d]\w*)[ \t]*(?=[\[=])")
_EXCEPT_STAR = re.compile(r"(?m)^([ \t]*except)[ \t]*\*")


def in_older_syntax(text: str) -> str:
    """The text with newer syntax blanked out; the same text when there is none."""
    if "def" in text or "class" in text:
        text = _blank_type_parameters(text, _TYPE_PARAMETERS)
    if "type" in text:
        text = _blank_type_parameters(text, re.compile(_TYPE_ALIAS.pattern + r"\["))
        text = _TYPE_ALIAS.sub(
            lambda match: match[1] + match[3] + " " * (len(match[0]) - len(match[1]) - len(match[3])), text
        )
    if "except" in text:
        text = _EXCEPT_STAR.sub(lambda match: match[1].ljust(len(match[0])), text)
    return _plain_formatted_strings(text)


def _blank_type_parameters(text: str, header: re.Pattern[str]) -> str:
    position = 0
    while (match := header.search(text, position)) is not None:
        opening = match.end() - 1
        closing = _closing_bracket(text, opening)
        if closing < 0:
            break
        text = text[:opening] + re.sub(r"[^\n]", " ", text[opening:closing]).replace("\n", "\\\n") + text[closing:]
        position = opening
    return text


def _closing_bracket(text: str, opening: int) -> int:
    depth, position = 0, opening
    while (match := scanner.TOKEN.match(text, position)) is not None and match.lastindex != scanner.END:
        position = match.end()
        if match.lastindex == scanner.OPEN:
            depth += 1
        elif match.lastindex == scanner.CLOSE:
            depth -= 1
            if depth == 0:
                return position
        elif match.lastindex in (scanner.TRIPLE, scanner.STRING):
            position = scanner.string_end(text, match.start(match.lastindex))
            if position < 0:
                return -1
    return -1


def _plain_formatted_strings(text: str) -> str:
    parts: list[str] = []
    kept = position = 0
    while (match := scanner.TOKEN.match(text, position)) is not None and match.lastindex != scanner.END:
        position = match.end()
        if match.lastindex not in (scanner.TRIPLE, scanner.STRING):
            continue
        start = match.start(match.lastindex)
        end = scanner.string_end(text, start)
        if end < 0:
            break
        if end != position and match.lastindex == scanner.STRING:
            parts += (text[kept:start], _empty_string(text[start:end]))
            kept = end
        position = end
    return "".join((*parts, text[kept:])) if parts else text


def _empty_string(literal: str) -> str:
    lines = literal.split("\n")
    if len(lines) == 1:
        return '""'.ljust(len(literal))
    return '"""' + "\n" * (len(lines) - 1) + '"""'.rjust(len(lines[-1]))
