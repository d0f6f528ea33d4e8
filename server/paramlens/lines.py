"""Lines of a text as Python and LSP see them: ended by `\\n`, `\\r\\n` or `\\r` alone."""

from __future__ import annotations

import re

_END = re.compile(r"\r\n|\n|\r")


def split_lines(text: str) -> list[str]:
    """The lines without their ends; a text that ends with a line end has an empty last line."""
    return _END.split(text)


def line_lengths(text: str) -> list[int]:
    """The length of each line in code points."""
    return [len(line) for line in split_lines(text)]
