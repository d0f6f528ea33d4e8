"""The recipes of docs/ci.md."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def recipes() -> dict[str, str]:
    """The first YAML block under each heading of the page that has one."""
    sections = re.split(r"^## ", (ROOT / "docs" / "ci.md").read_text("utf-8"), flags=re.MULTILINE)[1:]
    blocks = {section.split("\n", 1)[0]: re.findall(r"```yaml\n(.*?)```", section, re.DOTALL) for section in sections}
    return {name: found[0] for name, found in blocks.items() if found}
