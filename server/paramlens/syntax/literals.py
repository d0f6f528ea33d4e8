"""The values of number and string literals, as `ast.literal_eval` gives them, without its limits and warnings."""

from __future__ import annotations

import re
import unicodedata

_ESCAPE = re.compile(
    r"\\(?:(\n)|([\\'\"abfnrtv])|([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{([^}]+)\})"
)
_BYTES_ESCAPE = re.compile(r"\\(?:(\n)|([\\'\"abfnrtv])|([0-7]{1,3})|x([0-9a-fA-F]{2}))")
_SIMPLE = {"\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def string_value(prefix: str, quote: str, literal: str) -> str | bytes:
    """The value of one string or bytes literal, given whole with its prefix and quotes."""
    body = literal[len(prefix) + len(quote) : -len(quote)]
    raw = "r" in prefix.lower()
    if "b" in prefix.lower():
        return (body if raw or "\\" not in body else _BYTES_ESCAPE.sub(_byte, body)).encode("latin-1")
    return body if raw else unescaped(body)


def unescaped(body: str) -> str:
    """The text that a literal's body stands for."""
    return _ESCAPE.sub(_character, body) if "\\" in body else body


def _character(match: re.Match[str]) -> str:
    index = match.lastindex
    text = match[index] if index else ""
    if index == 1:
        return ""
    if index == 2:
        return _SIMPLE[text]
    if index == 3:
        return chr(int(text, 8))
    if index == 7:
        return unicodedata.lookup(text)
    return chr(int(text, 16))


def _byte(match: re.Match[str]) -> str:
    index = match.lastindex
    text = match[index] if index else ""
    if index == 1:
        return ""
    if index == 2:
        return _SIMPLE[text]
    return chr(int(text, 8 if index == 3 else 16) & 255)


def integer_value(text: str) -> int:
    """An integer literal's value; ValueError when it has more digits than Python converts."""
    return int(text.replace("_", ""), 0)


def float_value(text: str) -> float:
    return float(text.replace("_", ""))


def imaginary_value(text: str) -> complex:
    return complex(0.0, float(text[:-1].replace("_", "")))
