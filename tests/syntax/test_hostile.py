"""Any text in, a source out, soon."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paramlens.syntax import code
from paramlens.syntax.decoding import decode
from paramlens.syntax.source import read_expression, read_source


def read_all(text: str) -> code.Source:
    source = read_source("x.py", text)
    for statement in source.statements:
        _load(statement)
    return source


def _load(value: object) -> None:
    if isinstance(value, tuple):
        for item in value:
            _load(item)
    elif isinstance(value, code.Statement):
        _load(value.code())
    elif isinstance(value, code.LazyBlock):
        _load(value.load())
    elif isinstance(value, code.FunctionDef):
        _load(value.body)
    elif isinstance(value, code.ClassDef):
        _load(value.members)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 3_000,
        "[" * 3_000 + "]" * 3_000,
        "x = " + "(" * 150 + "1" + ")" * 150,
        "x = " + "f(" * 90 + ")" * 90,
        "if a: pass\n" + "elif b: pass\n" * 30_000,
        "x = " + " + ".join(["a"] * 20_000),
        "x = " + "not " * 5_000 + "a",
        "x = " + "-" * 5_000 + "1",
        "x = a" + ".b" * 10_000,
        "x = a" + "[0]" * 5_000,
        "x = " + "lambda: " * 3_000 + "1",
        "x = " + "a if b else " * 3_000 + "1",
        "x = " + "'a' " * 20_000,
        "x = " + " and ".join(["a"] * 20_000),
        "import a" + ".b" * 5_000,
        "".join(" " * depth + "if a:\n" for depth in range(300)),
        "def f():\n" + "".join(" " * depth + "def g():\n" for depth in range(1, 95)) + " " * 96 + "pass\n",
        "".join(" " * depth + "class A:\n" for depth in range(95)) + " " * 96 + "pass\n",
        "x = (\n" * 20_000,
        "x = '''\n" * 20_001,
        "x = ('''\n\"\"\"" * 5_000,
        "@a\n" * 20_000,
        "else:\n" * 5_000,
        "class A:\n    x = (\n" * 3_000,
        "f'" + "{" * 3_000,
        "f'{x:" * 500,
        "\\\n" * 20_000,
        "x = 'abc\\",
        "f(''''\\",
        'f"\\',
        "'''\\",
        "x = 1\0\ny = 2\n",
        "\ud800 = 1\n",
        "#" * 100_000,
        "x\x0c = 1\n",
        "match x:\n case " + "[" * 90 + "]" * 90 + ": pass",
        "match x:\n case " + "(" * 90 + "1" + ")" * 90 + ": pass",
        "match (x):\n case 1:\n  pass\n case " + "A(b=" * 20 + "1" + ")" * 20 + " if y: pass",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_hostile_text_is_read_quickly(text: str) -> None:
    start = time.perf_counter()
    read_all(text)
    assert time.perf_counter() - start < 10


def test_a_deep_statement_costs_itself_alone() -> None:
    source = read_all("a = 1\nx = " + "f(" * 100 + ")" * 100 + "\nb = 2\n")
    assert [item.kind for item in source.statements] == ["assign", "error", "assign"]
    refusal = source.statements[1].code()
    assert isinstance(refusal, code.Refusal)
    assert "nested" in refusal.message


def test_twenty_thousand_lines() -> None:
    start = time.perf_counter()
    source = read_source("x.py", "x = f(1)  # note\n" * 20_000)
    assert len(source.statements) == 20_000
    assert time.perf_counter() - start < 5


def test_line_ends() -> None:
    expected = [(0, 1), (1, 3), (4, 1)]
    for newline in ("\n", "\r\n", "\r"):
        text = newline.join(["a = 1", "def f():", "    '''b", "    c'''", "d = '\x0b\x1c\u2028'", ""])
        source = read_all(text)
        assert [(item.first_line, item.line_count) for item in source.statements] == expected
        assert source.text == text


def test_byte_order_mark_form_feed_and_missing_newline() -> None:
    source = read_all("\ufeffa = 1\n\x0c\ndef f():\n    pass\n\x0c\x0c\n\x0cb = 2")
    assert [(item.kind, item.first_line) for item in source.statements] == [("assign", 0), ("def", 2), ("assign", 5)]


_FRAGMENTS = st.lists(
    st.sampled_from(
        ["def f(", "):", "\n", "\n    ", "class A:", "x = ", "'''", '"""', "'", "f'", "{", "}", "(", "[", "]", "1", "@a", "\\",  # noqa: E501
         "#", "else:", "if a:", "lambda", " ", "\t", "é", "\x0c", "type X = ", "match x:", "case ", ":=", "*", ","]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(_FRAGMENTS | st.text(max_size=200))
def test_any_text(text: str) -> None:
    source = read_all(text)
    again = read_source("x.py", text + "\nx = (", source)
    for statement in again.statements:
        _load(statement)
    read_expression(text)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    text, _ = decode(data)
    read_all(text)


@pytest.mark.parametrize(
    ("data", "text", "problem"),
    [
        (b"x = 1", "x = 1", None),
        (b"\xef\xbb\xbfx", "x", None),
        (b"# coding: latin-1\n\xe9", "# coding: latin-1\n\xe9", None),
        (b"#!/a\n# -*- coding: cp1252 -*-\n\x80", "#!/a\n# -*- coding: cp1252 -*-\n\u20ac", None),
        (b"a\nb\xff", "a\nb\ufffd", "line 2: byte 0xff is not valid utf-8"),
        (b"# coding: nonsense\nx", "# coding: nonsense\nx", "line 1: unknown encoding nonsense"),
        (b"# coding: rot13\nx", "# coding: rot13\nx", "line 1: unknown encoding rot13"),
        (b"a\n\0", "a\n\0", "line 2: a NUL character, which Python source must not contain"),
    ],
)
def test_decoding(data: bytes, text: str, problem: str | None) -> None:
    assert decode(data) == (text, problem)
