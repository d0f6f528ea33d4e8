"""The forms of `paramlens diff`: tables for people, Markdown for a pull request, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from paramlens import written
from paramlens.cli.diffing import WORKING_TREE, Comparison
from paramlens.features.markdown_summary import plain
from paramlens.features.model_diff import (
    ADDED,
    MOVED,
    REMOVED,
    UNCERTAIN,
    ModelChange,
    PartChange,
    Side,
    difference_of,
)

if TYPE_CHECKING:
    from rich.console import Console

SCHEMA = "paramlens-diff/1"
FIGURES = ("total", "trainable", "non_trainable", "bytes", "macs")
MOST_ROWS = 100
"""Parts of one model that Markdown shows: a comment on GitHub holds 65,536 characters."""

MOST_CHARACTERS = 60_000
NOTHING = "No model changed."


def signed(number: int | None) -> str:
    """`+1,024`, `−512`, `0`; `?` where it is not certain."""
    if number is None:
        return "?"
    return f"{'+' if number > 0 else '−' if number < 0 else ''}{abs(number):,}"


def title(change: ModelChange) -> str:
    """`net.py::net`, `old.py → net.py::net`."""
    moved = change.before_path and change.after_path and change.before_path != change.after_path
    path = f"{change.before_path} → {change.after_path}" if moved else change.after_path or change.before_path
    return f"{path}::{change.name}"


def totals(change: ModelChange) -> str:
    """`34,826 → 35,000 parameters (+174, +0.5%)`."""
    if change.kind == UNCERTAIN:
        known = change.before or change.after
        shown = f"{_shown(known)} parameters {'before' if change.before else 'after'}"
        return f"{shown}, difference not known"
    if change.before is None or change.after is None:
        return f"{change.kind}: {_shown(change.after or change.before)} parameters"
    if change.kind == MOVED:
        return f"moved: {_shown(change.after)} parameters"
    text = f"{_shown(change.before)} → {_shown(change.after)} parameters"
    number = change.difference
    if number is None:
        return f"{text}, difference not known"
    share = f", {'+' if number > 0 else '−'}{written.percent(abs(number), change.before.total)}" if (
        number and change.before.total
    ) else ""  # fmt: skip
    return f"{text} ({signed(number)}{share})"


def other_figures(change: ModelChange) -> str:
    """What differs beside the parameters: `+136 KiB of weights · −2.2 M multiply-adds`."""
    if change.kind in (ADDED, REMOVED, MOVED, UNCERTAIN):
        return ""
    found = []
    if number := difference_of(change, "trainable"):
        found.append(f"{signed(number)} trainable")
    if number := difference_of(change, "bytes"):
        found.append(f"{'+' if number > 0 else '−'}{written.memory(abs(number))} of weights")
    if number := difference_of(change, "macs"):
        found.append(f"{'+' if number > 0 else '−'}{written.multiply_adds(abs(number))}")
    return " · ".join(found)


def _shown(side: Side | None) -> str:
    return side.parameters if side is not None else "–"


def _cells(part: PartChange) -> tuple[str, str, str, str]:
    return _label(part), _shown(part.before), _shown(part.after), signed(part.difference)


def _label(part: PartChange) -> str:
    """`fc: Linear`, `fc: Linear → Conv2d`."""
    names = [written.short_name(side.class_name) for side in (part.before, part.after) if side is not None]
    return f"{part.name}: {' → '.join(dict.fromkeys(names))}"


# ---------------------------------------------------------------------------------------------------------------- text


def print_text(found: Comparison) -> None:
    """A table for each model."""
    from paramlens.cli.printed import console as new_console

    console = new_console()
    if not found.changes:
        console.print(NOTHING)
    for change in found.changes:
        _print_change(console, change)


def _print_change(console: Console, change: ModelChange) -> None:
    from paramlens.cli.printed import table

    console.print(title(change), style="bold")
    for line in (totals(change), other_figures(change), change.reason):
        if line:
            console.print(f"  {line}")
    if change.parts and change.kind != UNCERTAIN:
        rows = [_cells(part) for part in change.parts]
        console.print(table(("layer", "before", "after", "difference"), rows, right=(1, 2, 3)))
    console.print()


# ------------------------------------------------------------------------------------------------------------ Markdown


def markdown(found: Comparison) -> str:
    """A table of the models, and one of the layers of each, folded."""
    lines = ["## Model changes", "", f"{_short(found.before)} → {_short(found.after)}", ""]
    if not found.changes:
        return "\n".join([*lines, NOTHING, *_failed(found), ""])
    lines += ["| Model | Before | After | Difference |", "|---|--:|--:|--:|"]
    lines += [_row((title(c), _before(c), _after(c), _told(c))) for c in found.changes]
    size = sum(map(len, lines))
    for number, change in enumerate(found.changes):
        details = _details(change)
        size += sum(len(line) + 1 for line in details)
        if size > MOST_CHARACTERS:
            lines += ["", f"The layers of {len(found.changes) - number} more models are left out."]
            break
        lines += details
    return "\n".join([*lines, *_failed(found), ""])


def _before(change: ModelChange) -> str:
    return "not known" if change.kind == UNCERTAIN and change.before is None else _shown(change.before)


def _after(change: ModelChange) -> str:
    return "not known" if change.kind == UNCERTAIN and change.after is None else _shown(change.after)


def _told(change: ModelChange) -> str:
    number = change.difference
    if number is None:
        return "not known"
    return f"{signed(number)} ({change.kind})" if change.kind in (ADDED, REMOVED, MOVED) else signed(number)


def _details(change: ModelChange) -> list[str]:
    notes = [plain(line) for line in (other_figures(change), change.reason) if line]
    parts: Sequence[PartChange] = () if change.kind == UNCERTAIN else change.parts
    if not notes and not parts:
        return []
    lines = ["", f"<details><summary>{_html(title(change))}</summary>", ""]
    lines += [*("  \n".join(notes).split("\n")), ""] if notes else []
    if parts:
        lines += ["| Layer | Before | After | Difference |", "|---|--:|--:|--:|"]
        lines += [_row(_cells(part)) for part in parts[:MOST_ROWS]]
        if len(parts) > MOST_ROWS:
            lines += ["", f"… and {len(parts) - MOST_ROWS} more"]
        lines.append("")
    return [*lines, "</details>"]


def _failed(found: Comparison) -> list[str]:
    return ["", *(f"- {plain(line)}" for line in found.failures)] if found.failures else []


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(plain, cells))} |"


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")


def _short(revision: str) -> str:
    return revision if revision == WORKING_TREE else revision[:9]


# ---------------------------------------------------------------------------------------------------------------- JSON


def json_form(found: Comparison) -> str:
    """The comparison for programs; numbers that are not certain are null."""
    document = {
        "schema": SCHEMA,
        "before": found.before,
        "after": None if found.after == WORKING_TREE else found.after,
        "models": [_model_json(change) for change in found.changes],
        "failures": list(found.failures),
    }
    return json.dumps(document, indent=1)


def _model_json(change: ModelChange) -> dict[str, Any]:
    return {
        "name": change.name,
        "path": change.after_path or change.before_path,
        "path_before": change.before_path or None,
        "change": change.kind,
        "before": _side_json(change.before),
        "after": _side_json(change.after),
        "difference": {figure: difference_of(change, figure) for figure in FIGURES},
        "reason": change.reason or None,
        "layers": [
            {
                "name": part.name,
                "before": _side_json(part.before, FIGURES[:3]),
                "after": _side_json(part.after, FIGURES[:3]),
                "difference": None if change.kind == UNCERTAIN else part.difference,
            }
            for part in change.parts
        ],
    }


def _side_json(side: Side | None, figures: Sequence[str] = FIGURES) -> dict[str, Any] | None:
    if side is None:
        return None
    numbers = {figure: getattr(side, figure) for figure in figures}
    return {
        "class": side.class_name, "status": side.status.value, **numbers,
        "shared": side.parameters == "shared", "formula": side.formula, "reason": side.reason or None,
    }  # fmt: skip
