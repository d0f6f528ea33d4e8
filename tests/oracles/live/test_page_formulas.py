"""The formulas of the pages hold: classes made with numbers have as many parameters as the formula gives for them."""

from __future__ import annotations

import ast
import inspect
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("keras")

from mdtest_pages import MAIN, Section, sections

from oracles.live.page_run import PageRun

SAMPLES = ((6, 4, 2), (12, 8, 3), (15, 5, 5), (7, 3, 1))
_SPELLED = str.maketrans({"·": "*", "−": "-", **{mark: f"**{n}" for n, mark in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}})
_FORMULA = re.compile(r"self\.(\w+) = .*?# hint: (.*?)\s*(?:#|$)")


def _formulas(section: Section) -> Iterator[tuple[str, str, str]]:
    """(class, attribute, formula) of the lines in classes whose whole hint is a formula."""
    main = section.files.get(MAIN)
    for item in ast.parse(main.text).body if main is not None else ():
        for line in main.lines[item.lineno - 1 : item.end_lineno] if isinstance(item, ast.ClassDef) else ():
            match = _FORMULA.search(line)
            if match and re.search(r"[a-z]", match[2]) and not re.search(r"[…|≥×?]", match[2]):
                yield item.name, match[1], match[2]


PAGES = [section for section in sections() if not section.no_run and any(_formulas(section))]


@pytest.mark.parametrize("section", [pytest.param(section, id=section.name) for section in PAGES])
@pytest.mark.parametrize("sample", SAMPLES)
def test_formulas_hold(section: Section, sample: tuple[int, ...], tmp_path: Path) -> None:
    run = PageRun(section, tmp_path)
    for class_name, attribute, formula in _formulas(section):
        values = dict(zip(_unknown_parameters(run.names[class_name]), sample, strict=False))
        made = getattr(run.names[class_name](**values), attribute)
        got = sum(parameter.numel() for parameter in made.parameters())
        assert _value(formula, values) == got, f"{attribute}: {formula} with {values} is not {got}"


def _unknown_parameters(cls: type) -> list[str]:
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
    return [one.name for one in parameters if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD]


def _value(formula: str, values: dict[str, int]) -> int:
    return int(eval(formula.translate(_SPELLED), {"ceil": math.ceil}, dict(values)))
