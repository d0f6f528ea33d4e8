"""Every page under `tests/mdtest` says what Paramlens shows; nothing more and nothing less may be shown."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from mdtest_pages import PYPROJECT, Expectation, PageFile, Section, sections
from paramlens import settings, written
from paramlens.evaluate.analyze import analyze_with_names
from paramlens.evaluate.environment import Environment
from paramlens.facts import ModelFact, SiteFact, Tally
from paramlens.features.diagnostics import Diagnostic, diagnostics
from paramlens.features.inlay_hints import inlay_hints
from paramlens.lints import lint
from paramlens.values import Place, TensorValue, Unknown, Value


@pytest.mark.parametrize("section", [pytest.param(section, id=section.name) for section in sections()])
def test_page(section: Section, tmp_path: Path) -> None:
    section.write(tmp_path)
    faults = [
        f"{section.page.name}:{line}: {fault}"
        for file in section.files.values()
        if file.name.endswith(".py")
        for line, fault in sorted(Shown.of(section, file, tmp_path).faults())
    ]
    assert not faults, "\n" + "\n".join(faults)


@dataclass(frozen=True)
class Shown:
    """What Paramlens shows for one file of a section."""

    section: Section
    file: PageFile
    hints: dict[int, str]
    problems: list[Diagnostic]
    models: list[ModelFact]
    sites: list[SiteFact]
    names: dict[str, Value]

    @classmethod
    def of(cls, section: Section, file: PageFile, folder: Path) -> Shown:
        path = str(folder / file.name)
        calls = tuple(call.text for call in section.calls) if file is next(iter(section.files.values())) else ()
        analysis, names = analyze_with_names(path, file.text, environment=Environment((), (str(folder),)), calls=calls)
        if PYPROJECT in section.files:
            loaded = settings.load(path, lambda name: Path(name).read_text("utf-8") if Path(name).is_file() else None)
            assert not loaded.problems, loaded.problems
            analysis = lint(analysis, loaded.settings)
        else:
            analysis = lint(analysis, settings.Settings())
        analysis = pickle.loads(pickle.dumps(analysis))  # as it comes from the worker
        hints = {hint.line: hint.text for hint in inlay_hints(analysis)}
        return cls(section, file, hints, list(diagnostics(analysis)), [*analysis.models], [*analysis.sites], names)

    def faults(self) -> Iterator[tuple[int, str]]:
        """(line of the page, what is wrong there)."""
        expected = list(self.file.expectations())
        for expectation in expected:
            if fault := self._unmet(expectation):
                yield expectation.page_line, fault
        yield from self._unexpected(expected)
        for call in self.section.calls:
            models = [model for model in self.models if model.name == call.text]
            for expectation in call.expectations if models else ():
                if fault := _unmet_by_model(expectation, [model.tally for model in models]):
                    yield expectation.page_line, fault

    def _unexpected(self, expected: list[Expectation]) -> Iterator[tuple[int, str]]:
        hinted = {e.line for e in expected if e.key in ("hint", "total", "status")} | self.file.free_hints
        for line, text in self.hints.items():
            if line not in hinted:
                yield self.file.page_lines[line - 1], f"expected no hint, got {text!r}"
        for problem in self.problems:
            line = problem.place.line
            if not any(e.key == "error" and e.line == line and _meets(problem, e.value) for e in expected):
                told = f"[{problem.rule}] {problem.message!r}"
                yield self.file.page_lines[line - 1], f"expected no problem, got {told}"

    def _unmet(self, expectation: Expectation) -> str:
        """What was got instead, or nothing."""
        key, value, line = expectation.key, expectation.value, expectation.line
        if key == "hint":
            got = self.hints.get(line, "")
            return "" if value in (got, _short(got)) else f"expected hint {value!r}, got {got!r}"
        if key == "error":
            here = [problem for problem in self.problems if problem.place.line == line]
            told = "; ".join(f"[{problem.rule}] {problem.message!r}" for problem in here) or "nothing"
            return "" if any(_meets(problem, value) for problem in here) else f"expected {value}, got {told}"
        if key == "shape":
            got = self._shape(line)
            return "" if _plain(got) == _plain(value) else f"expected shape {value}, got {got}"
        if key == "unknown":
            reasons = self._reasons(line)
            got = ", ".join(reasons) or "nothing unknown"
            return "" if value in reasons else f"expected unknown {value}, got {got}"
        return _unmet_by_model(expectation, self._tallies(line))

    # ------------------------------------------------------------------------------------------------ of one line

    def _tallies(self, line: int) -> list[Tally]:
        """Of the models that start on a line; of its constructor calls where there is none."""
        models = [model.tally for model in self.models if self._starts(model.place, line)]
        sites = [tally for site in self.sites if self._starts(site.place, line) for tally in site.tallies]
        value = self._value(line)
        named = [model.tally for model in self.models if model.name == self._name(line)] if value is not None else []
        return models or sites or named

    def _starts(self, place: Place, line: int) -> bool:
        return place.line == line and place.path.endswith(self.file.name)

    def _reasons(self, line: int) -> list[str]:
        unknowns = [tally.reason for tally in self._tallies(line)]
        value = self._value(line)
        unknowns.append(value if isinstance(value, Unknown) else getattr(value, "reason", None))
        return [f"[{item.reason.name.lower().replace('_', '-')}]" for item in unknowns if isinstance(item, Unknown)]

    def _shape(self, line: int) -> str:
        value = self._value(line)
        if isinstance(value, TensorValue):
            return written.shape(value.shape)
        for call in self._calls_on(line):
            return call
        return "no tensor" if value is None else type(value).__name__

    def _calls_on(self, line: int) -> Iterator[str]:
        for site in self.sites:
            for layer in site.layers:
                for call in layer.calls:
                    if call.place is not None and self._starts(call.place, line) and call.output_shapes:
                        yield written.shape(call.output_shapes[0])

    def _name(self, line: int) -> str:
        return self._assigned.get(line, "")

    def _value(self, line: int) -> Value:
        return self.names.get(self._name(line))

    @cached_property
    def _assigned(self) -> dict[int, str]:
        """The name that a module-level `name = …` line binds."""
        found = {}
        for number, text in enumerate(self.file.lines, 1):
            if match := re.match(r"(\w+)(?:\s*:[^=]+)?\s*=(?!=)", text):
                found[number] = match[1]
        return found


def _unmet_by_model(expectation: Expectation, tallies: list[Tally]) -> str:
    key, value = expectation.key, expectation.value
    if key == "status":
        status, _, formula = value.partition(" ")
        got = [(tally.status.value, written.count(tally.total)) for tally in tallies]
        wanted = formula.strip('"')
        met = any(status == one and (not wanted or wanted == text) for one, text in got)
    else:
        field = key.replace("-", "_")
        got = [(tally.status.value, written.count(getattr(tally, field))) for tally in tallies]
        met = any(text == value and status == "exact" for status, text in got)
    told = "; ".join(" ".join(one) for one in got) or "no model"
    return "" if met else f"expected {key} {value}, got {told}"


def _short(hint: str) -> str:
    """`9,472` of `9,472 params · 37 KiB`."""
    return re.sub(r" params?$", "", hint.partition(" · ")[0] if " param" in hint else hint)


def _plain(shape: str) -> str:
    return shape.replace(" ", "").replace(",)", ")")


def _meets(problem: Diagnostic, expected: str) -> bool:
    match = re.fullmatch(r"\[([\w-]+)\]\s*(?:\"(.*)\")?", expected)
    return match is not None and problem.rule == match[1] and (match[2] or "") in problem.message
