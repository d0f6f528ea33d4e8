"""The configurations in docs/editors.md are of the kind that each editor reads. Neovim's is run for real elsewhere."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PAGE = (Path(__file__).parents[1] / "docs" / "editors.md").read_text("utf-8")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(editor: str, language: str) -> list[str]:
    section = PAGE.split(f"\n## {editor}\n", 1)[1].split("\n## ", 1)[0]
    return [text for name, text in _BLOCK.findall(section) if name == language]


def lisp(text: str) -> list[object]:
    """The forms of a Lisp text: lists, strings with their quotation marks, and other words."""
    words = re.findall(r';[^\n]*|"(?:[^"\\]|\\.)*"|#\'|[()\'`,]|[^\s()"\'`,;]+', text)
    stack: list[list[object]] = [[]]
    for word in (word for word in words if not word.startswith(";") and word not in ("'", "#'")):
        if word == "(":
            stack.append([])
        elif word == ")":
            form = stack.pop()
            stack[-1].append(form)  # without an opening one there is none
        else:
            stack[-1].append(word)
    assert len(stack) == 1, "a list is not closed"
    return stack[0]


def test_every_editor_has_its_section() -> None:
    found = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    assert found == ["VS Code", "Neovim", "Helix", "Zed", "Emacs", "Kate", "Sublime Text", "Any other editor"]


def test_helix() -> None:
    languages, config = (tomllib.loads(text) for text in blocks("Helix", "toml"))
    server = languages["language-server"]["paramlens"]
    assert [server["command"], *server["args"]] == ["paramlens", "serve"]
    (python,) = languages["language"]
    assert (python["name"], python["language-servers"]) == ("python", ["paramlens"])
    assert config["editor"]["lsp"]["display-inlay-hints"] is True


@pytest.mark.parametrize(
    ("editor", "path"),
    [
        ("Zed", ("lsp", "pylsp", "binary")),
        ("Kate", ("servers", "python")),
        ("Sublime Text", ("clients", "paramlens")),
    ],
)
def test_json(editor: str, path: tuple[str, ...]) -> None:
    (text,) = blocks(editor, "json")
    found = json.loads(text)
    for key in path:
        found = found[key]
    command = found["command"] if "command" in found else [found["path"], *found["arguments"]]
    assert command == ["paramlens", "serve"]


def test_vs_code_settings_are_settings_of_the_extension() -> None:
    manifest = json.loads((Path(__file__).parents[1] / "vscode-client" / "package.json").read_text("utf-8"))
    known = {name for page in manifest["contributes"]["configuration"] for name in page["properties"]}
    texts = [*blocks("VS Code", "json")]
    assert texts
    for text in texts:
        assert set(json.loads(text)) <= known


def test_emacs() -> None:
    (text,) = blocks("Emacs", "elisp")
    forms = lisp(text)
    assert [form[0] for form in forms if isinstance(form, list)] == ["with-eval-after-load", "add-hook", "add-hook"]
    server = [["python-mode", "python-ts-mode"], ".", ['"paramlens"', '"serve"']]
    assert ["add-to-list", "eglot-server-programs", server] in forms[0]


def test_neovim() -> None:
    (text,) = blocks("Neovim", "lua")
    for opening, closing in ("()", "{}", "[]"):
        assert text.count(opening) == text.count(closing)
    assert 'cmd = { "paramlens", "serve" }' in text
