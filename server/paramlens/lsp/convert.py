"""From features' plain dataclasses to lsprotocol's types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from lsprotocol import types

from paramlens.budgets import NEAR_RULE
from paramlens.budgets import RULE as BUDGET_RULE
from paramlens.features.code_lens import CodeLens
from paramlens.features.diagnostics import Diagnostic
from paramlens.features.hover import Hover
from paramlens.lsp.documents import Document, View
from paramlens.lsp.positions import LineIndex
from paramlens.values import Place

Located: TypeAlias = "Callable[[Place], tuple[str, LineIndex] | None]"

SHOW_MODELS = "paramlens.showModels"
REVEAL = "paramlens.reveal"
"""Commands that the client carries out; the second one goes to {uri, range}."""

_OF_WHOLE_MODELS = (BUDGET_RULE, NEAR_RULE, "params-per-sample", "everything-frozen", "unbuilt-model")

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}


def position(index: LineIndex, line: int, column: int) -> types.Position:
    """The LSP position of a 1-based line and column."""
    return types.Position(*index.to_lsp(line, column))


def _shown(index: LineIndex, found: Diagnostic) -> Place:
    """Of a model over several lines of which something is said as a whole, the first line: the others are not to blame
    one by one."""
    place = found.place
    if found.rule not in _OF_WHOLE_MODELS or place.line == place.end_line:
        return place
    code = index.line(place.line).partition("# paramlens:")[0] if index.holds(place.line) else ""
    length = max(len(code.rstrip()), place.column)
    return Place(place.path, place.line, place.column, place.line, length + 1)


def range_of(index: LineIndex, place: Place) -> types.Range:
    return types.Range(position(index, place.line, place.column), position(index, place.end_line, place.end_column))


def hover(index: LineIndex, found: Hover, *, markdown: bool) -> types.Hover:
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    text = found.markdown if markdown else found.plain
    return types.Hover(types.MarkupContent(kind, text), range_of(index, found.place))


def code_lens(document: Document, view: View, lens: CodeLens) -> types.CodeLens:
    """A lens whose command gets the table of the model: {uri, title, rows}. A row in another cell has its own uri."""
    rows = [
        {
            "label": row.label,
            "description": row.description,
            **({"detail": row.detail} if row.detail else {}),
            **_target(document, view, row.place),
        }
        for row in lens.rows
    ]
    table = {"uri": view.uri, "title": lens.title, "rows": rows}
    return types.CodeLens(range_of(view.index, lens.place), types.Command(lens.title, SHOW_MODELS, arguments=[table]))


def _target(document: Document, view: View, place: Place | None) -> dict[str, Any]:
    home = document.view_of(place.line) if place is not None else None
    if place is None or home is None:
        return {}
    elsewhere = {"uri": home.uri} if home is not view else {}
    return {"range": plain_range(range_of(home.index, place)), **elsewhere}


def plain_range(span: types.Range) -> dict[str, dict[str, int]]:
    return {
        "start": {"line": span.start.line, "character": span.start.character},
        "end": {"line": span.end.line, "character": span.end.character},
    }


def diagnostic(index: LineIndex, found: Diagnostic, located: Located | None) -> types.Diagnostic:
    """A diagnostic; `located` gives the URI and lines of related places, None leaves those out."""
    related = []
    for place, text in found.related if located is not None else ():
        if located is not None and (home := located(place)) is not None:
            location = types.Location(home[0], range_of(home[1], place))
            related.append(types.DiagnosticRelatedInformation(location, text))
    return types.Diagnostic(
        range=range_of(index, _shown(index, found)),
        message=found.message,
        severity=_SEVERITIES.get(found.severity, types.DiagnosticSeverity.Warning),
        code=found.rule,
        source="paramlens",
        related_information=related or None,
    )
