"""The numbers of the pages are the frameworks' own: run each section with torch and Keras and compare.

    KERAS_BACKEND=torch python -m pytest tests/oracles/live/test_pages.py

Compared are `# total`, `# trainable`, `# non-trainable` and `# shape` of the variables, and each exact `# hint` with
what the line constructed. A section whose block says `no-run` is skipped with the reason that it gives.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
pytest.importorskip("torch")
pytest.importorskip("keras")

from mdtest_pages import MAIN, Expectation, PageFile, Section, sections

from oracles.live.page_run import PageRun, counts

_HINT = re.compile(r"([\d,]+)(?: – ([\d,]+))?(?: params?)?(?: · [\d.,]+ \w+)?(?: ×([\d,]+))?")


@pytest.mark.parametrize("section", [pytest.param(section, id=section.name) for section in sections()])
def test_numbers_are_the_frameworks(section: Section, tmp_path: Path) -> None:
    if section.no_run:
        pytest.skip(section.no_run)
    run = PageRun(section, tmp_path)
    faults = [f"{section.page.name}:{line}: {fault}" for line, fault in _faults(section, run)]
    assert not faults, "\n" + "\n".join(faults)


def _faults(section: Section, run: PageRun) -> Iterator[tuple[int, str]]:
    for file in section.files.values():
        if file.name.endswith(".py"):
            for expectation in file.expectations():
                if fault := _fault(run, file, expectation):
                    yield expectation.page_line, fault
            yield from _unsaid(run, file)
    for call in section.calls:
        for expectation in call.expectations:
            if fault := _wrong_count(expectation, [run.called[call.text]]):
                yield expectation.page_line, fault


def _fault(run: PageRun, file: PageFile, expectation: Expectation) -> str:
    value = _value(run, file, expectation.line) if file.name == MAIN else None
    if expectation.key == "shape" and value is not None:
        got = tuple(getattr(value, "shape", ()))
        return "" if _plain(str(got)) == _plain(expectation.value) else f"the framework's shape is {got}"
    if expectation.key == "hint" and file.name == MAIN:  # other files are shown as they are on their own
        return _wrong_hint(expectation.value, run.made_by_line(file.name, expectation.line))
    if expectation.key in ("total", "trainable", "non-trainable"):
        return _wrong_count(expectation, [value])
    return ""


def _unsaid(run: PageRun, file: PageFile) -> Iterator[tuple[int, str]]:
    """Lines that made parameters in the run and of which the page says nothing."""
    said = {e.line for e in file.expectations() if e.key not in ("shape", "error")} | file.free_hints
    for line in sorted({span[0] for span in run.made[file.name]} - said):
        if found := run.made_by_line(file.name, line):
            yield file.page_lines[line - 1], f"the line makes {found} parameters and the page does not say so"


def _wrong_count(expectation: Expectation, layers: list[object]) -> str:
    found = [count for layer in layers if (count := counts(layer))]
    got = [f"{_pick(expectation.key, *count):,}" for count in found]
    return "" if expectation.value in got else f"the framework's {expectation.key} is {' or '.join(got) or 'not there'}"


def _pick(key: str, total: int, trainable: int) -> int:
    return {"total": total, "trainable": trainable, "non-trainable": total - trainable}[key]


def _wrong_hint(hint: str, made: list[list[int]]) -> str:
    """Of hints that are exact numbers. What no run reaches is not there to compare with."""
    parts = [_HINT.fullmatch(part) for part in hint.split(" | ")]
    if not made or not all(parts):
        return ""
    expected = [_numbers(match) for match in parts if match]
    got = [(min(sizes), max(sizes), len(sizes)) for sizes in made]
    return "" if expected == got else f"expected hint {hint!r}, the framework's counts are {made}"


def _numbers(match: re.Match[str]) -> tuple[int, int, int]:
    low, high, times = (int(text.replace(",", "")) if text else 0 for text in match.groups())
    return low, high or low, times or 1


def _value(run: PageRun, file: PageFile, line: int) -> object:
    match = re.match(r"\s*(\w+)(?:\s*:[^=]+)?\s*=(?!=)", file.lines[line - 1])
    return run.names.get(match[1]) if match else None


def _plain(shape: str) -> str:
    return shape.replace(" ", "").replace(",)", ")")
