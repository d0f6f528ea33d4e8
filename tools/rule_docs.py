"""Writes docs/rules.md from the rules; with --check only tells whether the page is up to date."""

from __future__ import annotations

import sys
import textwrap

from generated import ROOT, write_or_check
from paramlens.lints.catalogue import OTHERS, RULES
from paramlens.lints.declare import Rule

PAGE = ROOT / "docs" / "rules.md"
INTRODUCTION = """\
# Rules

<!-- Written by tools/rule_docs.py from the rules in server/paramlens/lints/rules; do not edit. -->

What `paramlens check` and the editor report. A rule fires where it is certain, and is silent where something it would
have to know is not known. The examples are tests.

Severities are set in the settings, and a rule is silenced on its line:

```toml
[tool.paramlens.rules]
redundant-bias = "warning"  # off | hint | information | warning | error
```

```python
self.head = nn.Linear(8, 2)  # paramlens: ignore[unused-layer]
```
"""


def page() -> str:
    """The whole page."""
    rows = [f"| [`{rule.name}`](#{rule.name}) | {rule.severity} | {rule.summary} |" for rule in RULES.values()]
    rows += [f"| `{name}` | warning | {text} |" for name, text in OTHERS.items()]
    table = "\n".join(["| Rule | Severity | Reported for |", "|---|---|---|", *rows])
    return "\n".join([INTRODUCTION, table + "\n", *(_section(rule) for rule in RULES.values())]).rstrip() + "\n"


def _section(rule: Rule) -> str:
    parts = [f"## {rule.name}", f"Severity: {rule.severity}.", textwrap.fill(rule.doc, 120)]
    if rule.settings:
        parts += ["With these settings", f"```toml\n{rule.settings}```"]
    parts += ["it is found in", f"```python\n{rule.bad}```", "and not in", f"```python\n{rule.good}```"]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.exit(write_or_check(PAGE, page, __doc__))
