"""What code objects hold."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from paramlens.syntax import code
from paramlens.syntax.source import read_expression, read_source


def block(text: str) -> code.Block:
    (statement,) = read_source("x.py", text).statements
    result = statement.code()
    assert not isinstance(result, code.Refusal), result
    return result


def expression(text: str) -> Any:
    result = read_expression(text)
    assert not isinstance(result, code.Refusal), result
    return result


@pytest.mark.parametrize(
    "literal",
    [
        "1_000", "0xFF", "0b1_01", "0o17", "00", "1.5e-3", ".5", "1_0.0", "3j", "1e3J", "'a' \"b\" '''c\nd'''", "b'a' rb'\\n'",  # noqa: E501
        r"'\n\t\\\'\x41\101\u00e9\U0001F600\N{EM DASH}\N{LATIN SMALL LETTER A}\q'", r"r'\n\''", r"b'\x00\377\q\n'", "'\\\n'",  # noqa: E501
        "u'é'", "None", "True", "...", "'{{}}'", "''",
    ],
)  # fmt: skip
def test_literals_have_the_value_that_python_gives_them(literal: str) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = ast.literal_eval(literal)
    node = expression(literal)
    assert isinstance(node, code.Const)
    assert type(node.value) is type(expected)
    assert node.value == expected


def test_formatted_strings() -> None:
    node = expression(r"""f"{{a}}\n{x!r:>{w}.2f}{y}" '{z}' rf'\d{q = }'""")
    first, second = node.parts[1], node.parts[2]
    assert node.parts[0] == "{a}\n"
    assert (first.value.id, first.conversion, first.spec.parts[0], first.spec.parts[2]) == ("x", "r", ">", ".2f")
    assert first.spec.parts[1].value.id == "w"
    assert (second.value.id, second.conversion, second.spec) == ("y", None, None)
    assert node.parts[3] == "{z}\\dq = "
    assert (node.parts[4].value.id, node.parts[4].conversion) == ("q", "r")


def test_formatted_string_with_its_own_quotes() -> None:
    node = expression('f"{a["b"]}"')
    assert node.parts[0].value.index.value == "b"


def test_boolean_operations_are_flat() -> None:
    node = expression("a and b and (c and d) or e")
    assert node.op == "or"
    assert [type(value).__name__ for value in node.values] == ["BoolOp", "Name"]
    assert len(node.values[0].values) == 3


def test_calls() -> None:
    node = expression("f(a, *b, c=1, **d)")
    assert [(arg.star, arg.keyword) for arg in node.args] == [("", None), ("*", None), ("", "c"), ("**", None)]


def test_large_numbers_are_not_computed() -> None:
    assert isinstance(expression("10**10**10"), code.BinOp)
    assert expression("0x" + "f" * 5_000).value == int("f" * 5_000, 16)
    assert isinstance(read_expression("1" * 5_000), code.Refusal)


def test_expressions_only() -> None:
    for text in ("", "x = 1", "a; b", "a b", "("):
        assert isinstance(read_expression(text), code.Refusal)
    assert expression("  ResNet18() ").span == code.Span(0, 2, 0, 12)


def test_newer_syntax() -> None:
    (function,) = block("def f[T: int](x: T) -> T:\n    return x\n")
    assert isinstance(function, code.FunctionDef)
    assert function.name == "f"
    assert function.body.load()
    (alias,) = block("type Pair[T] = tuple[T, T]\n")
    assert isinstance(alias, code.Assign)
    (cls,) = block("class A[T](B):\n    x = 1\n")
    assert isinstance(cls, code.ClassDef)
    assert len(cls.members) == 1
    (group,) = block("try:\n    a\nexcept* E:\n    b\n")
    assert isinstance(group, code.Try)


def test_generators_are_told_by_their_own_body() -> None:
    def generator(text: str) -> bool:
        (node,) = block(text)
        assert isinstance(node, code.FunctionDef)
        return node.is_generator

    assert generator("def f():\n    x = yield\n")
    assert not generator("def f():\n    def g():\n        yield\n    return lambda: (yield)\n")


@pytest.mark.parametrize(
    ("text", "binds", "mutates", "kind"),
    [
        ("a = b.c = d[0] = 1", "a", "b d", "assign"),
        ("x += 1", "x", "x", "assign"),
        ("x: int", "", "", "assign"),
        ("(a, *b), c.d = e", "a b", "c", "assign"),
        ("import a.b, c as d", "a d", "", "import"),
        ("from a import b as c, d", "c d", "", "import"),
        ("from a import *", "*", "", "import"),
        ("model.add(x).add(y)", "", "model", "expr"),
        ("if a:\n    b = 1\n    c.d()\nelse:\n    e = (f := 2)", "b e f", "c", "other"),
        ("if __name__ == '__main__':\n    main()", "", "", "if-main"),
        ("try:\n    a = 1\nexcept E as e:\n    pass\nfinally:\n    b = 1", "a b e", "", "other"),
        ("for i, x.y in z:\n    pass", "i", "x", "other"),
        ("with a as b, c as (d, e):\n    f = 1", "b d e f", "", "other"),
        ("@register_model\n@registry.register('x')\ndef f():\n    g = 1", "f", "register_model registry", "def"),
        ("@dec\nclass A(B):\n    x = 1", "A", "dec", "class"),
        ("del a, b[0]", "a", "a b", "other"),
        ("match x:\n    case {'a': b, **c} | [*d, A(e=f)] as g:\n        h = 1", "b c d f g h", "", "other"),
        ("a = 1; b = 2", "a b", "", "assign"),
    ],
)
def test_names_bound_and_changed(text: str, binds: str, mutates: str, kind: str) -> None:
    (statement,) = read_source("x.py", text).statements
    assert (set(statement.binds), set(statement.mutates), statement.kind) == (
        set(binds.split()),
        set(mutates.split()),
        kind,
    )


def test_member_lines_count_from_the_top_level_statement() -> None:
    source = read_source(
        "x.py", "\n\nclass A:\n    x = 1\n\n    class B:\n        def f(self):\n            return 1\n"
    )
    (node,) = source.statements[0].code()  # type: ignore[misc]
    assert isinstance(node, code.ClassDef)
    assert [member.first_line for member in node.members] == [1, 3]
    (inner,) = node.members[1].code()  # type: ignore[misc]
    assert isinstance(inner, code.ClassDef)
    (function,) = inner.members[0].code()  # type: ignore[misc]
    assert isinstance(function, code.FunctionDef)
    assert (inner.members[0].first_line, function.span) == (4, code.Span(4, 8, 5, 20))
    assert function.body.load()[0].span == code.Span(5, 12, 5, 20)  # type: ignore[index]
