"""The text output of `paramlens count`.

model.py
  line  layer    parameters  output
     5  Conv2D          320  (None, 26, 26, 32)
model: Sequential, line 3
  ...
  34,826 parameters · 34,826 trainable · 0 not trainable
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from paramlens import written
from paramlens.cli.cells import in_cell
from paramlens.cli.runs import Result
from paramlens.costs import Costs
from paramlens.facts import Analysis, ModelFact, SiteFact
from paramlens.features.diagnostics import diagnostics
from paramlens.features.inlay_hints import site_text
from paramlens.features.summary import summary

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from paramlens.syntax.cells import NotebookMap


def print_results(results: Iterable[Result]) -> None:
    """Each file with its layers by line, its models and its problems."""
    screen = console()
    for result in results:
        if result.analysis is not None:
            _print_file(screen, result, result.analysis)


def console() -> Console:
    """Where tables are printed: as wide as the terminal, or wide enough for most where there is none."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else 200
    return Console(width=width, highlight=False, emoji=False, markup=False)


def _print_file(console: Console, result: Result, analysis: Analysis) -> None:
    console.print(result.path, style="bold")
    sites = sorted(
        (site for site in analysis.sites if site.place.path == analysis.path),
        key=lambda site: (site.place.line, site.place.column),
    )
    rows = [row for site in sites if (row := _site_row(site, result.notebook, analysis.path))]
    if rows:
        console.print(table(("line", "layer", "parameters", "output"), rows, right=(0, 2)))
    for model in analysis.models:
        _print_model(console, model, result.settings.costs, result.notebook)
    for problem in diagnostics(analysis):
        console.print(f"  {position(result.notebook, problem.place.line)}: {problem.severity}: {problem.message}")
    if not rows and not analysis.models:
        console.print("  no layers found" if not sites else "  no layers with parameters", style="dim")
    console.print()


def _site_row(site: SiteFact, notebook: NotebookMap | None, path: str) -> tuple[str, ...] | None:
    text = site_text(site)
    if not text:
        unknown = [tally for tally in site.tallies if tally.total is None]
        if not unknown:
            return None
        reason = written.why(unknown[0], path)
        text = f"? {reason}" if reason else "?"
    output = next((layer.output_shape for layer in site.layers if layer.output_shape is not None), None)
    shape = written.shape(output) if output is not None else ""
    return (position(notebook, site.place.line, ""), written.short_name(site.class_name), text, shape)


def position(notebook: NotebookMap | None, line: int, word: str = "line ") -> str:
    """`line 12`, or `cell 3 line 2`."""
    if notebook is None:
        return f"{word}{line}"
    cell, inner = in_cell(notebook, line)
    return f"cell {cell} line {inner}"


def _print_model(console: Console, model: ModelFact, costs: Costs, notebook: NotebookMap | None) -> None:
    shown = summary(model, costs)
    where = position(notebook, model.place.line)
    console.print(f"  {model.name}: {written.short_name(model.class_name)}, {where}", style="bold")
    rows = [
        ("  " * (row.depth - 1) + row.label, row.output_shape, row.parameters) for row in shown.rows if row.depth > 0
    ]
    if rows:
        console.print(table(("layer", "output", "parameters"), rows, right=(2,)))
    for line in shown.totals:
        console.print(f"    {line}")


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], right: tuple[int, ...]) -> Table:
    """A table without lines; `right` are the columns that are aligned to the right."""
    from rich.table import Table

    found = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    found.add_column("  ")
    for number, head in enumerate(heads):
        found.add_column(head, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        found.add_row("  ", *row)
    return found
