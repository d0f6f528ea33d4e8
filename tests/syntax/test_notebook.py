"""Notebooks read as one source, each line traced back to its cell."""

from __future__ import annotations

import json

from paramlens.syntax.cells import CellLine, without_magics
from paramlens.syntax.notebook import read_notebook
from paramlens.syntax.source import read_source


def notebook(*cells: tuple[str, str]) -> str:
    return json.dumps({"cells": [{"cell_type": kind, "source": text.splitlines(True)} for kind, text in cells]})


def test_cells_are_joined_and_lines_traced_back() -> None:
    cells = (("code", "a = 1\nb = 2"), ("markdown", "# no"), ("code", "c = 3\n"), ("code", "d = ("))
    book = read_notebook(notebook(*cells))
    statements = read_source("x.ipynb", book.text).statements
    assert [(sorted(item.binds), book.map.place(item.first_line)) for item in statements] == [
        (["a"], CellLine(0, 0)), (["b"], CellLine(0, 1)), (["c"], CellLine(2, 0)), (["d"], CellLine(3, 0)),
    ]  # fmt: skip
    assert book.problem is None


def test_what_never_ends_ends_with_its_cell() -> None:
    cells = (
        "a = 1\nb = f('''text",
        "c = 2",
        "d = [g(1, 2",
        "e",
        "def h():\n    '''Doc.\n    return (1",
        "i = '''x'''",
    )
    book = read_notebook(notebook(*(("code", cell) for cell in cells)))
    statements = read_source("x.ipynb", book.text).statements
    assert [(item.kind, sorted(item.binds), book.map.place(item.first_line).cell) for item in statements] == [
        ("assign", ["a"], 0), ("error", ["b"], 0), ("assign", ["c"], 1), ("error", ["d"], 2), ("expr", [], 3),
        ("def", ["h"], 4), ("assign", ["i"], 5),
    ]  # fmt: skip


def test_magics() -> None:
    text = "%matplotlib inline\n!pip install a \\\n  b\nfiles = !ls\nx = (1\n% 2)\nif x:\n    %time f()\nmodel?\ns = '''\n!no'''\ny = a % b"  # noqa: E501
    assert without_magics(text).split("\n") == [
        "pass  # %matplotlib inline", "pass  # !pip install a \\", "#   b", "files = get_ipython()  # !ls", "x = (1", "% 2)",  # noqa: E501
        "if x:", "    pass  # %time f()", "pass  # model?", "s = '''", "!no'''", "y = a % b",
    ]  # fmt: skip


def test_cell_magics() -> None:
    assert without_magics("%%bash\nls\n") == "# %%bash\n# ls\n# "
    assert without_magics("%%time\nx = f()") == "pass  # %%time\nx = f()"


def test_what_is_no_notebook_is_a_problem() -> None:
    for text in (
        "{",
        "[]",
        "{}",
        "1",
        '{"cells": 3}',
        "[" * 100_000,
        '{"cells": [1, {"cell_type": "code", "source": 5}]}',
    ):
        book = read_notebook(text)
        assert book.text.strip() == ""
