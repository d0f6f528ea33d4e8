"""Lines typed again character by character: the hints of other statements stay, whether the line parses or not."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from paramlens.evaluate.live import LiveFile
from paramlens.features.inlay_hints import inlay_hints
from paramlens.stack import on_deep_stack
from paramlens.syntax.code import Source
from paramlens.syntax.source import read_source

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MOST_LINES = 4
_TYPED = re.compile(r"[ \t]+(?:self\.\w+ = |layers\.|nn\.)\S.*")


def statement_of(tree: ast.Module, line: int) -> range:
    """The lines of the smallest statement around a line."""
    found = [
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return min(found, key=len)


def lost_hints(path: Path) -> tuple[int, list[str]]:
    """How many versions were looked at, and which hints of other statements were not there in one of them."""
    text = path.read_text("utf-8")
    lines, tree = text.split("\n"), ast.parse(text)
    file = LiveFile(str(path), lambda _: None)
    source: Source | None = None
    versions, lost = 0, []

    def hinted(version: str) -> set[int]:
        nonlocal source
        source = read_source(str(path), version, source)
        return {hint.line for hint in inlay_hints(file.analysis(source))}

    expected = hinted(text)
    typed = [number for number, line in enumerate(lines, 1) if _TYPED.fullmatch(line)][:MOST_LINES]
    for number in typed:
        line = lines[number - 1]
        for end in range(len(line) - len(line.lstrip()), len(line) + 1):
            version = "\n".join([*lines[: number - 1], line[:end], *lines[number:]])
            versions += 1
            missing = expected - hinted(version) - set(statement_of(tree, number))
            typing = f"{line[:end].strip()!r} is typed in line {number}"
            lost += [f"line {other} while {typing}" for other in sorted(missing)]
        hinted(text)
    return versions, lost


@pytest.mark.parametrize("name", ["resnet.py", "gpt.py", "mnist_cnn.py"])
def test_no_hint_flickers(name: str) -> None:
    versions, lost = on_deep_stack(lambda: lost_hints(EXAMPLES / name))
    assert versions > 100
    assert lost == []
