"""Completion of a size argument: the size that arrives at the layer that is being written.

net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.Flatten(), nn.Linear(|, 10))
                                                                ~ 5408

The layer is analysed with a size of 1 in place of what is typed; what does not fit then says what would.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from paramlens.facts import Analysis
from paramlens.lines import split_lines
from paramlens.records import Record, record
from paramlens.values import Place

_RECURRENT = ("LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell")
_CHANNELS = tuple(f"{kind}{n}d" for kind in ("Conv", "ConvTranspose") for n in (1, 2, 3))
_FEATURES = (*(f"{kind}{n}d" for kind in ("BatchNorm", "InstanceNorm") for n in (1, 2, 3)), "SyncBatchNorm")

SIZES: dict[str, tuple[str, tuple[str, ...]]] = {
    "Linear": ("in_features", ("in_features", "out_features")),
    **dict.fromkeys(_CHANNELS, ("in_channels", ("in_channels", "out_channels", "kernel_size"))),
    **dict.fromkeys(_FEATURES, ("num_features", ("num_features",))),
    "GroupNorm": ("num_channels", ("num_groups", "num_channels")),
    **dict.fromkeys(_RECURRENT, ("input_size", ("input_size", "hidden_size"))),
}
"""By class: the argument, and all that have no default in their order."""

_OPEN_CALL = re.compile(r"\b(\w+)\s*\(([^()]*)$")
_BEGINS = re.compile(r"[^\s#)\]}]")
_MOST_BEHIND = 400


@record
class Probe(Record):
    """A text to analyse for the argument whose value is typed at `place`, which is empty before anything is."""

    argument: str
    place: Place
    text: str


@record
class Size(Record):
    """A value to offer in place of what stands at `place`."""

    argument: str
    value: int
    place: Place


def probe(path: str, text: str, line: int, column: int) -> Probe | None:
    """What to analyse when the cursor is at a 1-based position; None where no size argument is being typed."""
    lines = split_lines(text)
    if not 0 < line <= len(lines):
        return None
    before, after = lines[line - 1][: column - 1], lines[line - 1][column - 1 :]
    above = "\n".join(lines[max(0, line - 12) : line - 1])
    opened = _OPEN_CALL.search(f"{above}\n{before}"[-_MOST_BEHIND:])
    if opened is None or opened[1] not in SIZES or "#" in before:
        return None
    argument, required = SIZES[opened[1]]
    given = opened[2].split(",")
    typed = given[-1].strip()
    keyword, _, value = typed.rpartition("=")
    if keyword.strip() not in ("", argument) or (not keyword and len(given) - 1 != required.index(argument)):
        return None
    if (value.strip() and not value.strip().isdigit()) or (after[:1].isalnum() or after[:1] == "_"):
        return None
    digits = len(before) - len(before.rstrip("0123456789"))
    place = Place(path, line, column - digits, line, column)
    others = _lacking(required, argument, given) if not after.strip() or after.lstrip().startswith(")") else ()
    for written in _attempts(others):
        changed = lines[line - 1][: column - 1 - digits] + written + after
        first, last = _around(lines, line - 1)
        if _parses("\n".join([*lines[first : line - 1], changed, *lines[line:last]])):
            return Probe(argument, place, "\n".join([*lines[: line - 1], changed, *lines[line:]]))
    return None


def _around(lines: list[str], row: int) -> tuple[int, int]:
    """The rows of the statement at the top of the file that a row belongs to: parsing all of a file takes long."""
    first = row
    while first > 0 and not _BEGINS.match(lines[first]):
        first -= 1
    last = row + 1
    while last < len(lines) and not _BEGINS.match(lines[last]):
        last += 1
    return first, last


def _lacking(required: tuple[str, ...], argument: str, given: list[str]) -> tuple[str, ...]:
    """The other arguments that the call must have and has not."""
    named = {text.partition("=")[0].strip() for text in given if "=" in text}
    placed = sum("=" not in text for text in given[:-1])
    return tuple(name for n, name in enumerate(required) if name != argument and n >= placed and name not in named)


def _attempts(lacking: tuple[str, ...]) -> Iterator[str]:
    """A size of 1, with the arguments that are lacking, in a call whose brackets may be open."""
    size = "1" + "".join(f", {name}=1" for name in lacking)
    yield size
    yield f"{size})"
    yield f"{size}))"


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def size(probe: Probe, analysis: Analysis) -> Size | None:
    """What arrives at the layer of the probe, by the analysis of its text."""
    at = probe.place.line, probe.place.column
    for problem in analysis.problems:
        if problem.data.get("argument") != probe.argument or not problem.related:
            continue
        made = problem.related[0][0]
        inside = (made.line, made.column) <= at < (made.end_line, made.end_column)
        if inside and made.path == analysis.path:
            return Size(probe.argument, int(problem.data["wanted"]), probe.place)
    return None
