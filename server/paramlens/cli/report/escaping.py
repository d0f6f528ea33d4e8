"""Text of any source made safe to stand in HTML and XML."""

from __future__ import annotations

import html
import re

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters, halves of surrogate pairs and others that neither HTML nor XML may hold."""


def text_alone(text: str) -> str:
    """The text without characters that files of the web may not hold."""
    return _NOT_TEXT.sub("\ufffd", text)


def escaped(text: str) -> str:
    """The text as it has to stand in HTML, outside of tags and within quotes."""
    return html.escape(text_alone(text))
