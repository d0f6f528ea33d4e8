"""The scanner cuts where Python's own parser sees top-level statements."""

from __future__ import annotations

import ast
import sysconfig
import time
import warnings
from pathlib import Path

import pytest
from paramlens.syntax.scanner import Scanner, comments, normalise_lines

STDLIB = Path(sysconfig.get_path("stdlib"))
FILES = sorted(STDLIB.glob("[a-j]*.py"))


def cut_lines(text: str) -> list[tuple[int, int]]:
    return [(piece.line, piece.line + text.count("\n", piece.start, piece.end)) for piece in Scanner(text)]


def expected_lines(text: str) -> list[tuple[int, int]]:
    """First and last line of each statement, decorators included; statements on one line are one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        body = ast.parse(text).body
    lines: list[tuple[int, int]] = []
    for node in body:
        first = min([node.lineno, *(part.lineno for part in getattr(node, "decorator_list", ()))]) - 1
        last = (node.end_lineno or node.lineno) - 1
        if lines and lines[-1][1] >= first:
            lines[-1] = (lines[-1][0], last)
        else:
            lines.append((first, last))
    return lines


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files_are_cut_where_ast_cuts(path: Path) -> None:
    text = normalise_lines(path.read_text(encoding="utf-8"))
    assert cut_lines(text) == expected_lines(text)


def pieces(text: str) -> list[str]:
    return [text[piece.start : piece.end] for piece in Scanner(text)]


@pytest.mark.parametrize(
    "parts",
    [
        ["@a\n@b(\n1)\n\n# note\ndef f():\n    pass", "x = 1"],
        ["if a:\n    b\n# note\nelif c:\n    d\nelse:\n    e", "f()"],
        ["try:\n    a\nexcept B:\n    c\nelse:\n    d\nfinally:\n    e", "g"],
        ["x = (\n1,\n2)", "y = [\n'('\n]"],
        ["s = '''\ndef f(:\n'''", "t = \"#\" # '''"],
        ["x = 1 + \\\n2", "y = 3"],
        ["x = f'{a['b']}'", 'y = f"{x!r:>{width}} {{"', "z = rf'''{a:{b}}'''"],
        ["@a", "x = 1"],
        ["async def f():\n    '''\ntext\n# no comment\n'''", "y"],
    ],
)
def test_pieces(parts: list[str]) -> None:
    assert pieces("\n\n".join(parts) + "\n# end\n") == parts


def test_unclosed_bracket_costs_its_own_statement() -> None:
    assert pieces("a = 1\nx = foo(1,\n    2\ny = 3\ndef f(): pass\n") == [
        "a = 1", "x = foo(1,\n    2", "y = 3", "def f(): pass",
    ]  # fmt: skip


def test_unclosed_bracket_stops_at_a_definition() -> None:
    assert pieces("def f():\n    x = [1,\n\nclass A:\n    y = (1,\n\nz = 1\n") == [
        "def f():\n    x = [1,", "class A:\n    y = (1,", "z = 1",
    ]  # fmt: skip


def test_unclosed_strings() -> None:
    assert pieces("x = 'abc\ny = 1\n") == ["x = 'abc", "y = 1"]
    assert pieces("x = '''abc\ny = 1\nz = 2\n") == ["x = '''abc", "y = 1", "z = 2"]


def test_comments_are_not_found_in_strings() -> None:
    text = "x = '# a' # b\ny = '''\n# c\n'''\n# d\n"
    assert [comment for _, comment in comments(text, 0, len(text))] == ["# b", "# d"]


def test_scanning_is_fast() -> None:
    text = normalise_lines((STDLIB / "argparse.py").read_text(encoding="utf-8"))
    best = min(_seconds(text) for _ in range(5))
    assert best / text.count("\n") * 1_400 < 0.025  # about 2 ms on an idle machine


def _seconds(text: str) -> float:
    start = time.perf_counter()
    list(Scanner(text))
    return time.perf_counter() - start
