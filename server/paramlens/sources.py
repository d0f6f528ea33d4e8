"""Files from disk: bytes to text as Python decodes them."""

from __future__ import annotations

import os
import stat

from paramlens.syntax.decoding import decode as as_python

LARGEST_FILE = 16 * 2**20
"""Bytes; larger files are generated, and no person reads them line by line."""


class Unreadable(Exception):
    """A file that cannot be read as Python source; the message says why in one line."""


def read_source(path: str) -> str | None:
    """The text of a Python file, None when there is none that can be read. For the evaluator's imports."""
    try:
        return load_source(path)
    except Unreadable:
        return None


def load_source(path: str) -> str:
    """The text of a Python file. Raises Unreadable."""
    return decode(load_bytes(path), path)


def load_bytes(path: str) -> bytes:
    """The bytes of a regular file. Raises Unreadable."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(f"{path}: not a regular file")
        if status.st_size > LARGEST_FILE:
            raise Unreadable(f"{path}: larger than {LARGEST_FILE // 2**20} MiB")
        with open(path, "rb") as file:
            return file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Unreadable(f"{path}: {reason}") from None


def decode(data: bytes, path: str) -> str:
    """The text as Python decodes it: byte order mark, coding comment, UTF-8. Raises Unreadable."""
    text, problem = as_python(data)
    if problem is not None:
        raise Unreadable(f"{path}: not readable as Python source: {problem}")
    return text


def read_text(path: str) -> str | None:
    """The text of a UTF-8 file that is not Python, None when there is none that can be read."""
    try:
        return load_bytes(path).decode("utf-8", "replace")
    except Unreadable:
        return None
