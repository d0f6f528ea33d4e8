"""From one version of a file to the next: what is kept, what is read again, what goes stale."""

from __future__ import annotations

from paramlens.syntax import code
from paramlens.syntax.source import read_source

TEXT = "a = f(1)\n\n\ndef g():\n    b = f(2)\n    return b\n\n\nclass C:\n    x = 1\n\n    def h(self):\n        return f(3)\n"  # noqa: E501


def load(value: object) -> None:
    """Everything, bodies and members included."""
    if isinstance(value, tuple):
        for item in value:
            load(item)
    elif isinstance(value, code.Statement):
        load(value.code())
    elif isinstance(value, code.FunctionDef):
        load(value.body.load())
    elif isinstance(value, code.ClassDef):
        load(value.members)


def members(statement: code.Statement) -> tuple[code.Statement, ...]:
    result = statement.code()
    assert not isinstance(result, code.Refusal), result
    assert isinstance(result[0], code.ClassDef)
    return result[0].members


def test_bodies_are_lowered_when_loaded(lowered: list[str]) -> None:
    source = read_source("x.py", TEXT)
    assert lowered == []
    (function,) = source.statements[1].code()  # type: ignore[misc]
    assert len(lowered) == 1
    assert isinstance(function, code.FunctionDef)
    assert function.body.loaded is None
    function.body.load()
    function.body.load()
    assert len(lowered) == 2
    assert "f(2)" in lowered[1]
    for member in members(source.statements[2]):
        assert member.loaded is None or member.kind != "def"
    assert len(lowered) == 3


def test_bodies_of_nested_functions_wait_too(lowered: list[str]) -> None:
    (statement,) = read_source(
        "x.py", "if a:\n    def f():\n        def g():\n            return one\n        return g\n"
    ).statements
    (branch,) = statement.code()  # type: ignore[misc]
    assert isinstance(branch, code.If)
    assert isinstance(branch.body[0], code.FunctionDef)
    outer = branch.body[0].body.load()
    assert isinstance(outer, tuple)
    assert isinstance(outer[0], code.FunctionDef)
    assert outer[0].body.loaded is None
    assert outer[0].body.load()[0].span == code.Span(3, 12, 3, 22)  # type: ignore[index]


def test_editing_a_statement_lowers_that_one_again(lowered: list[str]) -> None:
    source = read_source("x.py", TEXT)
    load(source.statements)
    del lowered[:]
    source = read_source("x.py", TEXT.replace("a = f(1)", "a = f(10) or (x := 1)"), source)
    load(source.statements)
    assert lowered == ["a = f(10) or (x := 1)"]


def test_plain_lines_are_lowered_at_once(lowered: list[str]) -> None:
    source = read_source("x.py", "import a.b as c\nfrom d import e\nx = c.f(e, n=1 + 2)['k']\ng(-x, [1.5, None])\n")
    load(source.statements)
    assert lowered == []


def test_editing_a_method_lowers_its_parts_and_the_header_again(lowered: list[str]) -> None:
    text = "class C:\n" + "".join(f"    def m{i}(self):\n        return f({i})\n" for i in range(50))
    source = read_source("x.py", text)
    load(source.statements)
    del lowered[:]
    source = read_source("x.py", text.replace("f(25)", "f(100)"), source)
    load(source.statements)
    assert len(lowered) == 3  # class header, method header, method body


def test_moved_members_are_not_lowered_again(lowered: list[str]) -> None:
    source = read_source("x.py", TEXT)
    load(source.statements)
    del lowered[:]
    text = TEXT.replace("    x = 1\n", "    x = 1\n    y = 2\n    # note\n")
    source = read_source("x.py", text, source)
    load(source.statements)
    assert len(lowered) == 1  # class header; y is plain
    method = members(source.statements[2])[2]
    (function,) = method.code()  # type: ignore[misc]
    assert isinstance(function, code.FunctionDef)
    assert (method.first_line, function.span.line, function.body.load()[0].span.line) == (5, 5, 6)  # type: ignore[index]


def test_moved_statements_keep_their_code(lowered: list[str]) -> None:
    source = read_source("x.py", TEXT)
    load(source.statements)
    del lowered[:]
    source = read_source("y.py", "\n# note\n" + TEXT, source)
    load(source.statements)
    assert lowered == []
    assert [statement.first_line for statement in source.statements] == [2, 5, 10]


def test_a_half_typed_statement_keeps_its_last_good_code() -> None:
    source = read_source("x.py", TEXT)
    broken = read_source("x.py", "\n" + TEXT.replace("b = f(2)", "b = f(2"), source)
    function = broken.statements[1]
    assert (function.stale, function.kind, function.first_line) == (True, "def", 4)
    assert "f(2\n" in function.text
    assert function.code() == source.statements[1].code()
    assert not any(statement.stale for statement in (broken.statements[0], broken.statements[2]))
    again = read_source("x.py", TEXT.replace("b = f(2)", "b = f(2,"), broken)
    assert again.statements[1].stale
    assert again.statements[1].code() == source.statements[1].code()
    healed = read_source("x.py", TEXT, again)
    assert not any(statement.stale for statement in healed.statements)


def test_a_half_typed_method_costs_that_method_alone() -> None:
    text = TEXT + "\n    def k(self):\n        return f(4)\n"
    source = read_source("x.py", text)
    load(source.statements)
    broken = read_source("x.py", text.replace("x = 1\n", "x = 1\n    z = 1\n").replace("f(3)", "f(3"), source)
    parts = members(broken.statements[2])
    assert [(part.kind, part.stale, part.first_line) for part in parts] == [
        ("assign", False, 1), ("assign", False, 2), ("def", True, 4), ("def", False, 7),
    ]  # fmt: skip
    (method,) = parts[2].code()  # type: ignore[misc]
    assert isinstance(method, code.FunctionDef)
    assert method.name == "h"
    assert method.span.line == 4
    healed = read_source("x.py", text, broken)
    assert not any(part.stale for part in members(healed.statements[2]))


def test_stale_members_survive_many_edits_elsewhere() -> None:
    source = read_source("x.py", TEXT)
    load(source.statements)
    source = read_source("x.py", TEXT.replace("f(3)", "f(3"), source)
    for count in range(1, 30):
        text = TEXT.replace("f(3)", "f(3").replace("x = 1", f"x = {count}")
        source = read_source("x.py", text, source)
        if count % 3 == 0:
            load(source.statements)
    method = members(source.statements[2])[1]
    assert method.stale
    assert isinstance(method.code(), tuple)


def test_a_broken_statement_without_a_past_is_an_error_with_a_guessed_name() -> None:
    source = read_source("x.py", "def f(:\n    pass\nx = = 1\ny = 1\n")
    assert [(item.kind, sorted(item.binds)) for item in source.statements] == [
        ("error", ["f"]), ("error", ["x"]), ("assign", ["y"]),
    ]  # fmt: skip
    refusal = source.statements[1].code()
    assert isinstance(refusal, code.Refusal)
    assert "syntax" in refusal.message
    assert refusal.span.column == 4


def test_a_stray_triple_quote_does_not_swallow_the_rest() -> None:
    text = 'def f():\n    """\n    x = 1\n\n\ndef g():\n    """Doc."""\n    return 1\n\n\ndef h():\n    """Doc."""\n'
    kinds = [(item.kind, sorted(item.binds)) for item in read_source("x.py", text).statements]
    assert kinds == [("def", ["f"]), ("def", ["g"]), ("def", ["h"])]


def test_comments_of_the_file() -> None:
    text = "# paramlens: budget 12M\nx = '# paramlens: no'\nf()  #paramlens:ignore[a]  \n"
    assert [(item.line, item.column, item.text) for item in read_source("x.py", text).comments] == [
        (0, 0, "budget 12M"), (2, 5, "ignore[a]"),
    ]  # fmt: skip


def test_old_code_is_let_go_where_it_would_stand_on_lines_of_other_code() -> None:
    text = "class A:\n    def f(self):\n        return Linear(1, 2)\n\n\ndef g():\n    return 1\n"
    whole = read_source("x.py", text)
    cut = read_source("x.py", text.replace("    def f(self):\n        return Linear(1, 2)\n\n\n", ""), whole)
    assert [statement.kind for statement in cut.statements] == ["error", "def"]
    open_bracket = read_source("x.py", text.replace("class A:", "class A("), whole)
    assert (open_bracket.statements[0].kind, open_bracket.statements[0].stale) == ("class", True)


def test_old_code_stays_over_lines_that_do_not_parse() -> None:
    text = "net = Sequential(\n    Linear(1, 2),\n    Linear(2, 3),\n)\nx = 1\n"
    broken = read_source("x.py", text.replace("1, 2),", "1 2)),"), read_source("x.py", text))
    kinds = [(statement.kind, statement.stale, statement.line_count) for statement in broken.statements]
    assert kinds == [("assign", True, 3), ("error", False, 1), ("assign", False, 1)]
