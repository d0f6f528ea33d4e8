"""A file's bytes -> its text, as Python decodes it. Needs no parser."""

from __future__ import annotations

import codecs
import re

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")


def decode(data: bytes) -> tuple[str, str | None]:
    """A file's text as Python would decode it (byte order mark, coding cookie, UTF-8), and what is wrong with it.

    Bytes that cannot be decoded become U+FFFD. Never raises.
    """
    if data.startswith(codecs.BOM_UTF8):
        return _decoded(data[3:], "utf-8")
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            text, _ = _decoded(data[2:], encoding)
            return text, "line 1: Python source must not be UTF-16"
    name = _cookie(data)
    if name is None:
        return _decoded(data, "utf-8")
    try:
        info = codecs.lookup(name)
        if not getattr(info, "_is_text_encoding", True):
            raise LookupError(name)
    except (LookupError, ValueError, UnicodeError):
        text, problem = _decoded(data, "utf-8")
        return text, f"line {_cookie_line(data)}: unknown encoding {name}" if problem is None else problem
    return _decoded(data, info.name)


def _first_lines(data: bytes) -> list[bytes]:
    return re.split(rb"\r\n|\r|\n", data[:2_000])[:2]


def _cookie(data: bytes) -> str | None:
    for line in _first_lines(data):
        match = _COOKIE.match(line)
        if match:
            return match[1].decode("ascii", "replace")
        if not _BLANK.match(line):
            return None
    return None


def _cookie_line(data: bytes) -> int:
    return 1 if _COOKIE.match(_first_lines(data)[0]) else 2


def _decoded(data: bytes, encoding: str) -> tuple[str, str | None]:
    try:
        text = data.decode(encoding)
        problem = None
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = 1 + len(re.findall(rb"\r\n|\r|\n", data[:start]))
        problem = f"line {line}: byte 0x{data[start]:02x} is not valid {encoding}" if data else f"not valid {encoding}"
        try:
            text = data.decode(encoding, "replace")
        except (UnicodeError, ValueError):
            text = data.decode("utf-8", "replace")
    if problem is None and "\0" in text:
        line = 1 + len(re.findall(r"\r\n|\r|\n", text[: text.index("\0")]))
        problem = f"line {line}: a NUL character, which Python source must not contain"
    return text, problem
