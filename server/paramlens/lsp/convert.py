"""From features' plain dataclasses to lsprotocol's types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from lsprotocol import types
from paramlens.features.code_lens import CodeLens
from paramlens.features.diagnostics import Diagnostic
from paramlens.features.hover import Hover
from paramlens.features.inlay_hints import InlayHint
from paramlens.lsp.positions import LineIndex
from paramlens.values import Place

Located: TypeAlias = "Callable[[str], tuple[str, LineIndex] | None]"

SHOW_MODELS = "paramlens.showModels"

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}


def position(index: LineIndex, line: int, column: int) -> types.Position:
    """The LSP position of a 1-based line and column."""
    return types.Position(*index.to_lsp(line, column))


def range_of(index: LineIndex, place: Place) -> types.Range:
    return types.Range(position(index, place.line, place.column), position(index, place.end_line, place.end_column))


def inlay_hint(index: LineIndex, hint: InlayHint, data: dict[str, Any] | None) -> types.InlayHint:
    """A hint at the end of its line; with `data` its tooltip follows when it is asked for."""
    return types.InlayHint(
        position=position(index, hint.line, hint.column),
        label=f"▸ {hint.text}",
        padding_left=True,
        tooltip=None if data is not None else hint.tooltip,
        data=data,
    )


def hover(index: LineIndex, found: Hover, *, markdown: bool) -> types.Hover:
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    text = found.markdown if markdown else found.plain
    return types.Hover(types.MarkupContent(kind, text), range_of(index, found.place))


def code_lens(index: LineIndex, uri: str, lens: CodeLens) -> types.CodeLens:
    """A lens whose command gets the table of the model: {uri, title, rows}."""
    rows = [
        {
            "label": row.label,
            "description": row.description,
            **({"detail": row.detail} if row.detail else {}),
            **({"range": _plain_range(range_of(index, row.place))} if row.place is not None else {}),
        }
        for row in lens.rows
    ]
    table = {"uri": uri, "title": lens.title, "rows": rows}
    return types.CodeLens(range_of(index, lens.place), types.Command(lens.title, SHOW_MODELS, arguments=[table]))


def _plain_range(span: types.Range) -> dict[str, dict[str, int]]:
    return {
        "start": {"line": span.start.line, "character": span.start.character},
        "end": {"line": span.end.line, "character": span.end.character},
    }


def diagnostic(index: LineIndex, found: Diagnostic, located: Located | None) -> types.Diagnostic:
    """A diagnostic; `located` gives the URI and lines of the files of related places, None leaves those out."""
    related = []
    for place, text in found.related if located is not None else ():
        if located is not None and (home := located(place.path)) is not None:
            location = types.Location(home[0], range_of(home[1], place))
            related.append(types.DiagnosticRelatedInformation(location, text))
    return types.Diagnostic(
        range=range_of(index, found.place),
        message=found.message,
        severity=_SEVERITIES.get(found.severity, types.DiagnosticSeverity.Warning),
        code=found.rule,
        source="paramlens",
        related_information=related or None,
    )
