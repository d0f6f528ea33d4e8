"""A short slice of the program fuzzer, the same each time; `python -m tests.fuzz` goes on."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from . import analysing, programs, truth
from .generated import program

SLICE = 5.0
"""Seconds."""


def test_nothing_is_found() -> None:
    tried, end = programs.Tried(), time.monotonic() + SLICE
    for number in range(200):
        programs.try_case(tried, programs.case(11, number))
        if time.monotonic() > end:
            break
    assert [(fault, case.versions) for fault, case in tried.findings] == []
    assert tried.counts["programs"] > 5
    assert tried.counts["edits"] > 5


def test_what_is_made_is_counted_exactly() -> None:
    made = exact = 0
    for number in range(25):
        text = program(Random(f"truth/{number}"), certain=True, statements=12)
        real = truth.run(text)
        analysis = analysing.fresh(text)
        assert list(analysing.wrong_counts(analysis, real)) == [], text
        made += len(real.made)
        exact += analysing.exact_lines(analysis, real)
    assert exact == made > 100


def test_generated_programs_are_python() -> None:
    for number in range(60):
        ast.parse(program(Random(number)))


def test_a_session_that_forgets_an_edit_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = analysing.Session.analyse

    def forgetful(session: analysing.Session, text: str) -> Any:
        return real(session, text.replace("(3, 5)", "(3, 4)"))

    monkeypatch.setattr(analysing.Session, "analyse", forgetful)
    texts = tuple(
        f"from torch import nn\nx = {n}\nnet = nn.Linear(3, {m})\ny = 2\n" for n, m in ((1, 4), (2, 5), (3, 5))
    )
    tried = programs.Tried()
    programs.try_case(tried, programs.Case(texts))
    ((fault, case),) = tried.findings
    assert fault.startswith("an edit is not a fresh analysis: version 1 of 3")
    assert len(case.versions) == 1
    assert "nn.Linear(3, 5)" in case.versions[0]


def test_a_crash_is_found_and_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    def crashing(text: str) -> Iterator[str]:
        if "x7" in text:
            raise ValueError("seven")
        yield from ()

    monkeypatch.setattr(programs, "faults", crashing)
    tried = programs.Tried()
    programs.try_case(tried, programs.Case(("".join(f"x{n} = 1\n" for n in range(40)),)))
    ((fault, case),) = tried.findings
    assert fault.startswith("crash: ValueError")
    assert case.versions == ("x7 = 1",)


def test_a_wrong_count_is_found() -> None:
    text = "from torch import nn\nnet = nn.Linear(3, 4)\n"
    assert list(analysing.wrong_counts(analysing.fresh(text), truth.run(text))) == []
    other = truth.run(text.replace("4", "5"))
    assert list(analysing.wrong_counts(analysing.fresh(text), other)) == [
        "wrong count in line 2: {16} in 1, not {20} in 1"
    ]
