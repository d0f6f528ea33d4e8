"""What is lowered from the standard parser's tree has the code that libcst's tree gives."""

from __future__ import annotations

import dataclasses
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from paramlens.syntax import code, lower
from paramlens.syntax.gate import gate
from paramlens.syntax.lower_concrete import lower_concrete
from paramlens.syntax.lower_tree import block_of_tree
from paramlens.syntax.segment import Segment
from paramlens.syntax.source import read_source

STDLIB = Path(sysconfig.get_path("stdlib"))


class Comparison:
    """Lowers whatever is lowered by either tree, and notes where they differ."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.compared = 0
        self.left = 0
        self.different: list[str] = []
        monkeypatch.setattr(lower, "block_of_tree", self._both)

    def _both(
        self, segment: Segment, cuts: Any, function_body: Any, class_members: Any, other_lines: Any, single: bool
    ) -> Any:
        found = block_of_tree(segment, cuts, function_body, class_members, other_lines, single)
        if found is None:
            self.left += 1
            return None
        facts = gate(dataclasses.replace(segment, line=0))
        assert not isinstance(facts, code.Refusal)
        facts = dataclasses.replace(facts, cuts=cuts)
        expected = lower_concrete(segment, facts, function_body, class_members)
        self.compared += 1
        if comparable(found) != comparable(expected):
            self.different.append(segment.text)
        return found


def comparable(value: Any) -> Any:
    """Code without what is put off."""
    if isinstance(value, code.LazyBlock | code.Statement):
        return None
    if isinstance(value, tuple):
        return [comparable(item) for item in value]
    if isinstance(value, code.FormattedValue):
        return [type(value), value.conversion, *(without_spans(part) for part in (value.value, value.spec))]
    if dataclasses.is_dataclass(value):
        return [type(value), *(comparable(getattr(value, field.name)) for field in dataclasses.fields(value))]
    return type(value), repr(value)


def without_spans(value: Any) -> Any:
    """Parts of f-strings may have the span of the whole."""
    if isinstance(value, code.Span):
        return None
    if isinstance(value, tuple):
        return [without_spans(item) for item in value]
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return [type(value), *(without_spans(getattr(value, field.name)) for field in fields)]
    return type(value), repr(value)


def load(value: Any) -> None:
    """Lower all that was put off."""
    if isinstance(value, tuple):
        for item in value:
            load(item)
    elif isinstance(value, code.LazyBlock):
        load(value.load())
    elif isinstance(value, code.Statement):
        load(value.code())
    elif isinstance(value, code.Node):
        for field in dataclasses.fields(value):
            load(getattr(value, field.name))


def read(text: str) -> None:
    for statement in read_source("a.py", text).statements:
        load(statement.code())


LINES = [
    "x = 1",
    "x = y = (a.b)[(1)] # note",
    "x = -1 ** +2 * (3 - 4) // a @ b % 5",
    "f((a), b=(2), c=[1, (2, 3)], d={'k': 1.5, **e})",
    "f(*(a), b=1, *c, **(d))",
    "(a).b((c)).d = None, True, ...",
    "x[1, 2] = 'text'; y = x[1:2, ::(3)]",
    "x = 'a' \"\\n\" r'\\d' b'', u'é'",
    "x = [(a) for (a, b) in (c) if (d) if e for f in g], (h for h in i), {j: k for j, k in l}, {m for m in n}",
    "x = f(a for a in b), f((a for a in b))",
    "x = (lambda a, /, b=(1), *c, d: (int)=2, **e: a)",
    "x = (a if (b) else c) and (d or e) and not (f) in g is not h",
    "print(x := (1)); x += (y); z: (int) = (3); w: int",
    "from ..a.b import (c as d, e); import a.b.c as d, e; from . import *",
    "del (a), b; del (c, d); assert (a), (b); raise (a) from (b)",
    "if (a): b\nelif c: d\nelse:\n  e",
    "for a, (b, c) in (d): pass\nelse: continue",
    "while (a):\n  break",
    "with (a), b as (c), (d) as e: f",
    "try: a\nexcept (B, C) as d: e\nexcept: f\nelse: g\nfinally: h",
    "@(a)\n@b.c(d)\nasync def f(a: (int) = (1), *, b) -> c: await a; yield; yield (b); yield from c",
    "def f(): global a; nonlocal b; return (1)\ndef g(): return",
    "@a\nclass B(C, *D, e=(f), **G):\n  x: int = 1\n  def f(self): return f'{self}'",
    "if é: # ü\n  ö = 'ß', ä",
    "def f():\n  '''\n  lines'''\n  x = [\n 1,\n   2]\n  return f'{x}'  # note\n  # end",
]


@pytest.mark.parametrize("text", LINES)
@pytest.mark.parametrize("indent", ["", "    "])
def test_both_trees_agree(text: str, indent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = Comparison(monkeypatch)
    lines = [indent + line for line in text.split("\n")]
    read("\n".join(["if 1:", *lines] if indent else lines) + f"\n# {id(comparison)}\n")
    for line in lines:  # kept from an earlier test they would not be lowered
        load(lower.lower_body(Segment(line, 0, None, line[:1] == " "), lambda body: ((), (0, 0))))
    assert comparison.different == []


def test_files_of_the_standard_library(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = Comparison(monkeypatch)
    for name in ("inspect", "typing", "enum", "argparse", "asyncio/base_events", "dataclasses"):
        read((STDLIB / f"{name}.py").read_text(encoding="utf-8"))
    assert comparison.different == []
    assert comparison.compared > 500
    assert comparison.left < comparison.compared / 4


def test_a_statement_that_the_tree_does_not_tell_costs_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    comparison = Comparison(monkeypatch)
    read("def f(a, unusual_name):\n  if a:\n    match a:\n      case 1: b = 1\n    c = 1\n  return b\n")
    assert (comparison.left, comparison.compared) == (1, 2)


def test_parts_of_formatted_strings_stand_where_they_are_or_in_the_whole() -> None:
    for text in ("f'a{b!r:{c}}'", "'x' f'{b}'", "('x'\n  f'y {b}')", "f'''\n{b\n}'''", "f'b {b}'", "'é' f'é{b} {b}'"):
        (statement,) = read_source("x.py", f"x = {text}\n").statements
        whole = statement.code()[0].value
        part = next(part for part in whole.parts if isinstance(part, code.FormattedValue))
        assert part.value.id == "b"
        assert part.span in (whole.span, part.value.span)
        lines = f"x = {text}".split("\n")
        span = part.span
        found = lines[span.line][span.column : span.end_column] if span.line == span.end_line else ""
        assert part.span == whole.span or found == "b"
