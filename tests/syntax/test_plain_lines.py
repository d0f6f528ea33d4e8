"""Lines that are lowered from the gate's tree have the code that libcst's tree gives."""

from __future__ import annotations

import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest
from paramlens.syntax.code import Refusal
from paramlens.syntax.gate import gate
from paramlens.syntax.lower import lower
from paramlens.syntax.segment import Segment

STDLIB = Path(sysconfig.get_path("stdlib"))


def both(segment: Segment) -> tuple[object, object] | None:
    """The code of a plain line by either way; None for a line that is not plain."""
    facts = gate(segment)
    if isinstance(facts, Refusal) or facts.plain is None:
        return None
    return (facts.plain,), lower(segment, replace(facts, plain=None), lambda _: ((), (0, 0)))


@pytest.mark.parametrize(
    "line",
    [
        "x = 1",
        "x = y = (a.b)[(1)] # note",
        "x = -1 ** +2 * (3 - 4) // a @ b % 5",
        "f((a), b=(2), c=[1, (2, 3)], d={'k': 1.5, **e})",
        "(a).b((c)).d = None, True, ...",
        "x[1, 2] = 'text'; ",
        "import a.b.c as d, e",
        "from ..a.b import (c as d, e)",
        "from . import *",
        "x = ()",
        "x = 1_000, 0xff, 1e-5",
    ],
)
@pytest.mark.parametrize("indent", ["", "    "])
def test_both_ways_agree(line: str, indent: str) -> None:
    found = both(Segment(indent + line, 0, None, bool(indent)))
    assert found is None or found[0] == found[1]


@pytest.mark.parametrize("line", ["x = f'{a}'", "x = 'a' 'b'", "x = r'a'", "a; b", "x = lambda: 1", "f(*a)", "é = 1"])
def test_what_is_not_plain_is_left_to_libcst(line: str) -> None:
    assert both(Segment(line)) is None


@pytest.mark.parametrize("name", ["inspect", "typing", "enum", "argparse"])
def test_lines_of_real_files(name: str) -> None:
    lines = set((STDLIB / f"{name}.py").read_text(encoding="utf-8").split("\n"))
    found = [pair for line in lines if line.strip() and (pair := both(Segment(line, 0, None, line[:1] == " ")))]
    assert len(found) > 100
    assert [pair for pair in found if pair[0] != pair[1]] == []
