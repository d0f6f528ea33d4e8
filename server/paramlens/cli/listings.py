"""What is known: `paramlens rules` and `paramlens layers`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from paramlens.lints.catalogue import OTHERS, RULES


def rules(form: str) -> str:
    """The rules: name, severity, what they are reported for."""
    if form == "json":
        return json.dumps(
            [
                {"name": r.name, "severity": r.severity, "documentation": r.doc, "bad": r.bad, "good": r.good}
                for r in RULES.values()
            ],
            indent=1,
        )
    rows = [(rule.name, rule.severity, rule.summary) for rule in RULES.values()]
    return _table([*rows, *((name, "warning", text) for name, text in OTHERS.items())])


def layers(form: str) -> str:
    """The layers: name, an example with its count."""
    from paramlens.layers.catalogue import LAYERS

    known = sorted({d.name: d for d in LAYERS.values() if not d.name.rsplit(".", 1)[1].startswith("_")}.items())
    if form == "json":
        return json.dumps(
            [{"name": name, "aliases": list(d.aliases), "examples": list(d.examples)} for name, d in known], indent=1
        )
    return _table([(name, d.examples[0] if d.examples else "") for name, d in known])


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines)
