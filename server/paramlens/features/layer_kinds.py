"""Kinds of layers, which pictures colour alike."""

from __future__ import annotations

import re
from collections.abc import Iterable

OTHER = "other"
_KINDS = (
    ("attention", re.compile(".*(attention|transformer)", re.IGNORECASE)),
    ("convolution", re.compile(".*conv", re.IGNORECASE)),
    ("embedding", re.compile(".*embed", re.IGNORECASE)),
    ("normalization", re.compile(".*norm", re.IGNORECASE)),
    ("recurrent", re.compile(".*(lstm|gru|rnn)", re.IGNORECASE)),
    ("dense", re.compile("(dense|linear|bilinear|einsumdense|lazylinear)", re.IGNORECASE)),
)
KINDS = (*(kind for kind, _ in _KINDS), OTHER)


def kind_of(class_name: str, parts: Iterable[tuple[int, str]]) -> str:
    """The kind of a layer by its class; of what holds others, that of the largest. `parts` have a size and a kind."""
    for kind, pattern in _KINDS:
        if pattern.match(class_name):
            return kind
    return max(parts, key=lambda part: part[0], default=(0, OTHER))[1]
