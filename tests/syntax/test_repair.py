"""A half-typed line costs itself: the rest of its function is read as it stands."""

from __future__ import annotations

import pytest
from paramlens.syntax import code
from paramlens.syntax.repair import assigned
from paramlens.syntax.source import read_source


def body(source: code.Source, index: int = 0) -> code.Block:
    """The statements of a function."""
    block = source.statements[index].code()
    assert not isinstance(block, code.Refusal), block
    assert isinstance(block[0], code.FunctionDef)
    loaded = block[0].body.load()
    assert not isinstance(loaded, code.Refusal), loaded
    return loaded


def shown(block: code.Block) -> list[tuple[str, int]]:
    """The kinds of statements and their lines."""
    return [(type(node).__name__, node.span.line) for node in block]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["a = f(1)", "b = f(2,", "c = f(3)"], [("Assign", 1), ("Unparsed", 2), ("Assign", 3)]),
        (["a = 1", "    b = 2", "c = 3"], [("Assign", 1), ("Unparsed", 2), ("Assign", 3)]),
        (["x = '''text", "c = 3"], [("Unparsed", 1), ("Assign", 2)]),
        (["if a", "    b = 1", "c = 3"], [("Unparsed", 1), ("Assign", 3)]),
        (["a = = 1"], [("Unparsed", 1)]),
        (["x = [", "    1,", "    2,", "y = 3"], [("Unparsed", 1), ("Assign", 4)]),
    ],
)
def test_what_does_not_parse_is_left_out(lines: list[str], expected: list[tuple[str, int]]) -> None:
    source = read_source("x.py", "def g():\n" + "".join(f"    {line}\n" for line in lines) + "\nafter = 1\n")
    assert shown(body(source)) == expected
    assert [(item.kind, item.stale) for item in source.statements] == [("def", True), ("assign", False)]


def test_nested_suites_lose_their_own_line() -> None:
    source = read_source(
        "x.py",
        "def g():\n  for i in j:\n    try:\n      a = f(\n      b = 1\n    except E:\n      c\n",
    )
    (loop,) = body(source)
    assert isinstance(loop, code.For)
    (attempt,) = loop.body
    assert isinstance(attempt, code.Try)
    assert shown(attempt.body) == [("Unparsed", 3), ("Assign", 4)]


def test_the_last_good_version_of_the_line_stands_in() -> None:
    text = "def g():\n    a = f(1)\n    b = f(2)\n    return a\n"
    source = read_source("x.py", text)
    for half in ("f(2", "f(20", "f(20,"):
        source = read_source("x.py", text.replace("f(2)", half), source)
        assert source.statements[0].stale
        assert shown(body(source)) == [("Assign", 1), ("Assign", 2), ("Return", 3)]
    moved = read_source("x.py", "import x\n" + source.text.replace("f(1)", "f(1, 1)"), source)
    assert moved.statements[1].first_line == 1
    assert shown(body(moved, 1))[0] == ("Assign", 1)
    assert not read_source("x.py", text, moved).statements[0].stale


def test_a_method_keeps_its_other_lines() -> None:
    text = (
        "class C:\n    def f(self):\n        a = 1\n        b = g(\n        c = 2\n\n    def h(self):\n        pass\n"
    )
    (statement,) = read_source("x.py", text).statements
    block = statement.code()
    assert isinstance(block, tuple)
    assert isinstance(block[0], code.ClassDef)
    method = block[0].members[0].code()
    assert isinstance(method, tuple)
    assert isinstance(method[0], code.FunctionDef)
    loaded = method[0].body.load()
    assert isinstance(loaded, tuple)
    assert shown(loaded) == [("Assign", 2), ("Unparsed", 3), ("Assign", 4)]
    assert [member.stale for member in block[0].members] == [True, False]


def test_a_stray_line_costs_itself_alone() -> None:
    source = read_source("x.py", "a = f(\n    1)\n        b = 2\nc = 3\n")
    assert [(item.kind, item.first_line) for item in source.statements] == [("assign", 0), ("error", 2), ("assign", 3)]


@pytest.mark.parametrize(
    ("text", "names", "attributes"),
    [
        ("x = f(1,", {"x"}, set()),
        ("self.a = nn.Linear(1,", set(), {"self.a"}),
        ("a, self.b.c = (", {"a"}, {"self.b.c"}),
        ("x: int = (", {"x"}, set()),
        ("x +=", {"x"}, set()),
        ("print(a, sep=", set(), set()),
        ("for i, j in range(", {"i", "j"}, set()),
        ("with open(a) as b", {"b"}, set()),
        ("if (n := f(", {"n"}, set()),
        ("import a, b.", {"a"}, {"b."}),
        ("x", {"x"}, set()),
    ],
)
def test_what_a_broken_line_may_assign(text: str, names: set[str], attributes: set[str]) -> None:
    found = assigned(text)
    assert names <= set(found[0])
    assert {name for name in attributes if not name.endswith(".")} <= set(found[1])
    assert "print" not in found[0]
