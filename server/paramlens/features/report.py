"""The JSON report, schema `paramlens/1`: one shape for every output.

    {"schema": "paramlens/1", "files": [{"path": "model.py", "models": [...], "sites": [...], "problems": [...]}]}

Lines and columns are 1-based, columns count code points, `end_*` are exclusive. `counts` holds the exact counts alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from paramlens import written
from paramlens.costs import DEFAULT_COSTS, Costs, weight_bytes
from paramlens.dims import Sym
from paramlens.facts import Analysis, LayerFact, ModelFact, Problem, SiteFact, Status, Tally
from paramlens.features.diagnostics import Diagnostic, diagnostics
from paramlens.shapes import Shape
from paramlens.values import Place

SCHEMA = "paramlens/1"
Json: TypeAlias = dict[str, Any]
Span: TypeAlias = Callable[[Place], Json]


def report(files: Iterable[Json]) -> Json:
    """The whole report from the reports of its files."""
    return {"schema": SCHEMA, "files": list(files)}


def json_text(whole: Json) -> str:
    """A report as text, one line for each model, site and problem: a long one takes Python's own layout seconds."""
    files = ",\n  ".join(_file_text(file) for file in whole["files"])
    return f'{{\n "schema": {json.dumps(whole["schema"])},\n "files": [{files}]\n}}'


def _file_text(file: Json) -> str:
    fields = [f"{json.dumps(name)}: {_field_text(value)}" for name, value in file.items()]
    return "{\n   " + ",\n   ".join(fields) + "}"


def _field_text(value: Any) -> str:
    if isinstance(value, list) and len(value) > 1:
        return "[\n    " + ",\n    ".join(map(json.dumps, value)) + "]"
    return json.dumps(value)


def span(place: Place) -> Json:
    """Where something stands: line, column, end_line, end_column."""
    return {"line": place.line, "column": place.column, "end_line": place.end_line, "end_column": place.end_column}


def file_report(analysis: Analysis, path: str, costs: Costs = DEFAULT_COSTS, span: Span = span) -> Json:
    """The report of one file; `path` is how the person named it, `span` writes places (notebooks have their own)."""
    sites = [site for site in analysis.sites if site.place.path == analysis.path]
    return {
        "path": path,
        "models": [_model(model, analysis.path, costs, span) for model in _ordered(analysis.models)],
        "sites": [_site(site, analysis.path, span) for site in _ordered(sites)],
        "problems": [_problem(problem, span) for problem in diagnostics(analysis)],
        "unknowns": {name.lower().replace("_", "-"): n for name, n in sorted(analysis.unknowns.items())},
    }


def problem_report(path: str, problems: Iterable[Problem]) -> Json:
    """A file of which only problems are known: not Python, or not analysed."""
    return {"path": path, "models": [], "sites": [], "problems": [_problem(p, span) for p in problems], "unknowns": {}}


def _ordered(facts: Iterable[Any]) -> list[Any]:
    return sorted(
        facts, key=lambda fact: (fact.place.line, fact.place.column, fact.place.end_line, fact.place.end_column)
    )


def _model(model: ModelFact, path: str, costs: Costs, span: Span) -> Json:
    tally = model.tally
    sure = tally.status in (Status.EXACT, Status.LOWER_BOUND) and not tally.assumed
    size = weight_bytes(model.layer, costs)
    return {
        "name": model.name,
        "class": model.class_name,
        **span(model.place),
        "status": tally.status.value,
        "total": _number(tally.total) if sure else None,
        "trainable": _number(tally.trainable) if sure else None,
        "non_trainable": _number(tally.non_trainable) if sure else None,
        "formula": str(tally.total) if isinstance(tally.total, Sym) else None,
        "reason": _reason([tally], path),
        "bytes": size if sure else None,
        "macs": _number(model.macs),
    }


def _site(site: SiteFact, path: str, span: Span) -> Json:
    exact = {t.total for t in site.tallies if t.status is Status.EXACT and isinstance(t.total, int)}
    formulas = {str(tally.total) for tally in site.tallies if isinstance(tally.total, Sym)}
    return {
        **span(site.place),
        "class": site.class_name,
        "status": site.status.value,
        "counts": sorted(exact),
        "instances": site.instances,
        "formula": formulas.pop() if len(formulas) == 1 else None,
        "reason": _reason(site.tallies, path),
        "output_shapes": _output_shapes(site.layers),
    }


def _number(number: object) -> int | None:
    return number if isinstance(number, int) else None


def _reason(tallies: Iterable[Tally], path: str) -> str | None:
    """Why the first tally that is not exact is not; a count under default arguments is told with them."""
    for tally in tallies:
        if tally.status is Status.EXACT:
            continue
        known = f"{written.count(tally.total)} " if tally.assumed and isinstance(tally.total, int) else ""
        if why := written.why(tally, path):
            return known + why
    return None


def _output_shapes(layers: Iterable[LayerFact]) -> list[list[Any] | None]:
    """The distinct shapes that the first calls gave, in order."""
    found: list[list[Any] | None] = []
    for layer in layers:
        for call in layer.calls:
            for shape in call.output_shapes:
                if (plain := _shape(shape)) not in found:
                    found.append(plain)
    return found


def _shape(shape: Shape | None) -> list[Any] | None:
    if shape is None:
        return None
    return [str(size) if isinstance(size, Sym) else size for size in shape]


def _problem(problem: Problem | Diagnostic, span: Span) -> Json:
    return {
        "rule": problem.rule,
        "severity": problem.severity,
        **span(problem.place),
        "message": problem.message,
    }
