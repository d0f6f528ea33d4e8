"""What a report holds: the models of all files, and what is said of the files themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from paramlens import written
from paramlens.budgets import Budget, applies
from paramlens.cli.findings import portable
from paramlens.cli.runs import Result
from paramlens.facts import Analysis, ModelFact
from paramlens.features.model_page import ModelPage, model_page
from paramlens.features.model_panel import model_panels
from paramlens.lints import budgets_for
from paramlens.records import Record, record


@record
class Contents(Record):
    """`files` counts those that were analysed, `failures` has a line for each that was not."""

    models: tuple[ModelPage, ...]
    files: int
    failures: tuple[str, ...]

    @property
    def model_files(self) -> int:
        return len({model.path for model in self.models})

    @property
    def uncertain(self) -> int:
        """How many models have a total that is not exact."""
        return sum(not model.is_exact for model in self.models)

    def in_state(self, state: str) -> int:
        """How many models have a budget in that state, and none in a worse one."""
        return sum(model.state == state for model in self.models)


def contents(results: Iterable[Result], globs: Sequence[str]) -> Contents:
    """The models that one of the globs meets by name, class or path::name; all where there is none."""
    models: list[ModelPage] = []
    failures: list[str] = []
    files = 0
    for result in results:
        if result.analysis is None:
            failures.append(result.error)
        else:
            files += 1
            models += _models(result, result.analysis, globs)
    return Contents(tuple(models), files, tuple(failures))


def _models(result: Result, analysis: Analysis, globs: Sequence[str]) -> list[ModelPage]:
    chosen = tuple(model for model in analysis.models if not globs or _is_meant(model, globs))
    settings, path = result.settings, portable(result.path)
    panels = model_panels(
        replace(analysis, models=chosen), settings.costs, lambda model: budgets_for(analysis, model, settings)
    )
    return [model_page(panel, path, lambda place: written.location(place, analysis.path)) for panel in panels]


def _is_meant(model: ModelFact, globs: Sequence[str]) -> bool:
    return any(applies(Budget(glob), model) for glob in globs)
