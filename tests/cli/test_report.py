"""`paramlens report`: the numbers of `count`, whatever things are called, and what goes wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from paramlens.cli.commands import cli
from paramlens.cli.report.escaping import escaped, text_alone
from paramlens.cli.report.templates import shortened

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
HOSTILE = """</script></style><script>alert(1)</script>"'&<!-- größe 寸法 \\ud800 \\x00\\x1b """
NET = "import torch.nn as nn\nnet = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))\n"
VOID = frozenset({"meta", "input", "rect"})
IMPLIED = frozenset({"tr", "td", "th", "li", "p"})
"""Elements that may end without an end tag."""

CELL_ENDS = frozenset({"td", "th"})


class Page(HTMLParser):
    """A page as rows of cells by table class, and all that a browser would run or ask for."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[tuple[str, list[list[str]]]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "table":
            self.tables.append((dict(attrs).get("class") or "", []))
        if tag == "tr":
            self.tables[-1][1].append([])
        if tag in CELL_ENDS:
            self.tables[-1][1][-1].append("")
        if tag in CELL_ENDS and self._open[-1] in CELL_ENDS:
            self._open.pop()
        self.texts.setdefault(tag, []).append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open[-1] != tag:
            assert self._open.pop() in IMPLIED, tag
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            self.texts[tag][-1] += data
        if CELL_ENDS.intersection(self._open):
            self.tables[-1][1][-1][-1] += data

    def rows(self, name: str, number: int = 0) -> list[list[str]]:
        """The rows below the head of a table of that class."""
        found = [rows for classes, rows in self.tables if name in classes.split()]
        return [[" ".join(cell.split()) for cell in row] for row in found[number][1:]]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["report", *arguments])


def html(*arguments: str) -> str:
    result = run(*arguments, "-o", "-")
    assert result.exit_code == 0, result.output
    return result.stdout_bytes.decode("utf-8")


def page(*arguments: str) -> Page:
    return Page(html(*arguments))


def svg(*arguments: str) -> ElementTree.Element:
    result = run(*arguments, "-o", "-", "--format", "svg")
    assert result.exit_code == 0, result.output
    return ElementTree.fromstring(result.stdout_bytes)


def texts(picture: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in picture.iter("{http://www.w3.org/2000/svg}text")]


def counted(*arguments: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(cli, ["count", *arguments, "--format", "json"])
    return [model for file in json.loads(result.stdout)["files"] for model in file["models"]]


def write(name: str, text: str) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, "utf-8")
    return name


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


# ------------------------------------------------------------------------------------------------------- the same facts


def test_the_page_has_the_numbers_of_count() -> None:
    for name in ("resnet.py", "mnist_cnn.py", "gpt.py"):
        write(f"src/{name}", (EXAMPLES / name).read_text("utf-8"))
    write("src/open.py", "import torch.nn as nn\nfrom nowhere import width, block\n"
          "head = nn.Linear(width, 4)\nbody = nn.Sequential(nn.Linear(9, 9), block())\n")  # fmt: skip
    found = page("src")
    models = counted("src")
    assert len(models) == 5
    rows = {row[0].split()[0]: row for row in found.rows("models")}
    for model in models:
        bound = "≥ " if model["status"] == "lower-bound" else ""
        _, file, total, trainable, memory, macs, _ = rows[model["name"]]
        assert file.endswith(f".py line {model['line']}")
        if model["formula"]:
            assert total == trainable == model["formula"] == "4·nowhere.width + 4"
        else:
            assert (total, trainable) == (f"{bound}{model['total']:,}", f"{bound}{model['trainable']:,}")
        assert (memory == "?") == (model["bytes"] is None or model["status"] != "exact")
        assert (macs == "?") == (model["macs"] is None)
    details = [text.split() for text in found.texts["summary"]]
    assert [words[0] for words in details] == [row[0].split()[0] for row in found.rows("models")]


def test_parts_have_the_numbers_of_count() -> None:
    write("resnet.py", (EXAMPLES / "resnet.py").read_text("utf-8"))
    rows = page("resnet.py").rows("parts")
    result = CliRunner().invoke(cli, ["count", "resnet.py", "--format", "json"])
    (file,) = json.loads(result.stdout)["files"]
    exact = {f"{count:,}" for site in file["sites"] for count in site["counts"] if count}
    shown = {row[1] for row in rows if row[1] != "0"}
    assert exact - {"11,173,962"} <= shown | {"11,173,962"}
    assert ["fc Linear", "5,130", "<0.1%", "5,130", "(1, 10)", "20 KiB", "5.1 k", "line 75"] in rows
    assert [
        "stages Sequential",
        "11,166,976",
        ">99.9%",
        "11,166,976",
        "(1, 512, 4, 4)",
        "42.6 MiB",
        "554 M",
        "line 74",
    ] in rows


def test_what_is_not_known_is_told_with_its_reason() -> None:
    write(
        "m.py",
        "import torch.nn as nn\nfrom nowhere import block\n"
        "net = nn.Sequential(nn.Sequential(nn.Linear(2, 2), block()))\n",
    )
    found = page("m.py")
    assert "Not exact: the import could not be resolved: nowhere.block() (line 3)" in " ".join(found.texts["p"])
    (outer, inner) = found.rows("parts")
    assert outer[:4] == ["0 Sequentialthe import could not be resolved: nowhere.block() (line 3)", "≥ 6", "?", "≥ 6"]
    assert inner[:4] == ["0 Linear", "6", "?", "6"]
    assert "Shares and a map need a total that is certain." in found.texts["p"]


def test_shared_and_tied_parts_count_once() -> None:
    write(
        "m.py",
        """import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 4)
        self.b = self.a
        self.c = nn.Linear(4, 4)
        self.c.weight = self.a.weight
net = Net()
""",
    )
    rows = page("m.py").rows("parts")
    assert [row[:3] for row in rows] == [
        ["a Linear", "20", "83.3%"], ["b Linear", "shared", ""], ["c Linear", "20 16 of them tied", "16.7%"],
    ]  # fmt: skip


def test_budgets_over_near_and_kept() -> None:
    write(
        "pyproject.toml",
        '[[tool.paramlens.budgets]]\nmodel = "net"\nmax-params = 150\nmax-memory = "750B"\nmax-layer-share = 0.9\n',
    )
    write("m.py", NET)
    found = page("m.py")
    bars = [
        (attributes["class"], text)
        for (tag, attributes), text in zip(
            [pair for pair in found.tags if pair[0] == "li"], found.texts["li"], strict=True
        )
        if "Budget" in text
    ]
    assert [(state, " ".join(text.split())) for state, text in bars] == [
        ("over", "Budget: parameters 178 of 150 · over by 18.7%"),
        ("near", "Budget: memory of the weights 712 B of 750 B · 94.9%, near"),
        ("within", "Budget: largest share of one layer 80.9% of 90% · 89.9%"),
    ]
    assert "1 over budget" in found.texts["p"][0]
    assert "Budget: parameters" in texts(svg("m.py"))


def test_models_are_chosen_by_name_class_or_path() -> None:
    write("a.py", NET)
    write("b.py", NET.replace("net =", "other ="))
    assert {row[0].split()[0] for row in page(".", "--model", "net", "--model", "oth*").rows("models")} == {
        "net",
        "other",
    }
    assert page(".", "--model", "oth*").texts["title"][0] == "other: 178 parameters"
    assert page(".", "--model", "a.py::*").texts["title"][0] == "net: 178 parameters"
    assert page(".", "--call", "nn.Linear(2, 2)", "--model", "nn.Linear*").texts["title"][0] == "2 models"


def test_a_notebook_names_its_cells() -> None:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": text}
             for text in ("import torch.nn as nn\n", "\nnet = nn.Sequential(nn.Linear(2, 3))\n")]  # fmt: skip
    write("book.ipynb", json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    assert page("book.ipynb").rows("parts")[0][-1] == "cell 2 line 2"


def test_of_many_parts_the_tables_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    write("m.py", NET)
    before = page("m.py")
    monkeypatch.setattr("paramlens.cli.report.page.MOST_ROWS", 2)
    found = page("m.py")
    assert "parts" not in {classes.split()[-1] for classes, _ in found.tables}
    (later,) = [
        text
        for (tag, attributes), text in zip(
            [pair for pair in found.tags if pair[0] == "script"], found.texts["script"], strict=True
        )
        if attributes.get("type") == "text/html"
    ]
    assert Page(later).rows("parts") == before.rows("parts")


def test_files_without_models() -> None:
    write("m.py", "x = 1\n")
    found = page("m.py")
    assert "None of these files makes a model." in " ".join(found.texts["p"])
    assert found.texts["title"] == ["0 models"]


# ------------------------------------------------------------------------------------------------------------ escaping


def hostile() -> str:
    name = HOSTILE.replace('"', '\\"')
    return write(
        "m.py",
        f"""import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.add_module("{name}", nn.Linear(3, 3))
        self.add_module("", nn.Linear(3, 3))
net = Net()
""",
    )


def test_names_of_any_kind_are_text() -> None:
    call = """[Net() for _ in "</script><img src=x onerror=alert(1)>'&"][0]"""
    text = html(hostile(), "--call", call)
    found = Page(text)
    assert "\ud800" not in text
    assert not re.search("[\x00-\x09\x0b-\x1f]", text)
    expected = HOSTILE.replace("\\ud800", "\ufffd").replace("\\x00\\x1b", "\ufffd\ufffd").strip()
    assert found.rows("parts")[0][0] == f"{expected} Linear"
    assert call in [row[0].removesuffix(" Net") for row in found.rows("models")]
    assert sum(tag == "script" for tag, _ in found.tags) == 1
    assert {tag for tag, _ in found.tags}.isdisjoint({"img", "iframe", "object", "link", "base"})


def test_the_picture_of_names_of_any_kind_is_xml() -> None:
    call = """[Net() for _ in "</text><script>&"][0]"""
    found = svg(hostile(), "--call", call, "--model", "[[]Net*")
    assert call[:30] in texts(found)[0]
    assert not list(found.iter("{http://www.w3.org/2000/svg}script"))


def test_paths_that_are_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"a\xff<b>.py")
    try:
        write(name, NET)
    except (OSError, UnicodeError):
        pytest.skip("the file system does not take such names")
    assert page(name).texts["p"][1].startswith("a\ufffd<b>.py, line 2")


@pytest.mark.parametrize("text", ["<b>", "\"'", "&amp;", "\ud800", "\x00", "\x85", "\uffff"])
def test_escaped_text_has_no_marks(text: str) -> None:
    assert not set(escaped(text)) & set("<>\"'\ud800\x00\x85\uffff")
    escaped(text).encode("utf-8")


def test_text_that_may_stand_is_kept() -> None:
    assert text_alone("größe 寸法 🙂\n") == "größe 寸法 🙂\n"


def test_text_is_cut_by_its_width() -> None:
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdefg", 6) == "abcde…"
    assert shortened("寸法寸法", 6) == "寸法…"


# --------------------------------------------------------------------------------------------------- nothing but itself


def test_the_page_asks_for_nothing_and_allows_only_its_own_style_and_script() -> None:
    write("m.py", NET)
    text = html("m.py")
    found = Page(text)
    policy = next(
        a["content"] for tag, a in found.tags if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    allowed = dict(part.split(" ", 1) for part in policy.split("; "))
    assert allowed["default-src"] == "'none'"
    for directive, tag in (("style-src", "style"), ("script-src", "script")):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert allowed[directive] == f"'sha256-{digest}'"
    for _, attributes in found.tags:
        assert not {"src", "style", "onclick", "srcset", "background"} & set(attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert "url(" not in text
    assert "@import" not in text
    assert "http:" not in text.replace("http://www.w3.org", "")


def test_the_same_files_give_the_same_report() -> None:
    write("m.py", NET)
    assert html("m.py") == html("m.py")


def test_the_picture_shows_name_total_parts_and_budget() -> None:
    write("m.py", NET.rstrip() + "  # paramlens: budget 100\n")
    found = svg("m.py")
    assert texts(found) == [
        "netSequential", "178parameters",
        "all trainable · 712 B weights · 2.8 KiB training with Adam, without activations",
        "0Linear", "144", "80.9%", "2Linear", "34", "19.1%",
        "Budget: parameters", "178 of 100 · over by 78%",
    ]  # fmt: skip
    widths = [float(each.get("width", "")) for each in found.iter("{http://www.w3.org/2000/svg}rect")]
    assert widths[2] == pytest.approx(200 * 144 / 178, abs=0.01)
    assert not any("href" in attribute for each in found.iter() for attribute in each.attrib)


# -------------------------------------------------------------------------------------------------------- where it goes


@pytest.mark.parametrize(
    ("name", "start"), [("x.html", b"<!DOCTYPE html>"), ("x.HTM", b"<!DOCTYPE"), ("x.svg", b"<svg ")]
)
def test_the_form_is_that_of_the_name(name: str, start: bytes) -> None:
    write("m.py", NET)
    result = run("m.py", "-o", name)
    assert (result.exit_code, result.output) == (0, "")
    assert Path(name).read_bytes().startswith(start)


def test_a_form_can_be_asked_for() -> None:
    write("m.py", NET)
    assert run("m.py", "-o", "x.txt", "--format", "svg").exit_code == 0
    assert Path("x.txt").read_bytes().startswith(b"<svg ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["m.py"], "Missing option '-o'"),
        (["m.py", "-o", "x.pdf"], "x.pdf: ends in neither .html nor .svg"),
        (["m.py", "-o", "gone/x.html"], "paramlens: gone: no such folder\n"),
        (["m.py", "-o", "folder", "--format", "html"], "paramlens: folder: is a folder\n"),
        (["m.py", "-o", "x.html", "--model", "nope"], "paramlens: no model meets 'nope'\n"),
        (["gone.py", "-o", "x.svg"], "gone.py: no such file or folder\n"),
        (["two.py", "-o", "x.svg"], "a picture shows one model, choose with --model: net, other\n"),
        (["none.py", "-o", "x.svg"], "no model is made in these files; --call makes one\n"),
    ],
)
def test_what_goes_wrong(arguments: list[str], message: str) -> None:
    write("m.py", NET)
    write("two.py", NET + "other = nn.Linear(1, 1)\n")
    write("none.py", "x = 1\n")
    Path("folder").mkdir()
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(Path().glob("x.*"))


def test_a_file_that_cannot_be_written() -> None:
    write("m.py", NET)
    result = run("m.py", "-o", "/dev/full", "--format", "html")
    assert result.exit_code == 2
    assert result.stderr == "paramlens: /dev/full: No space left on device\n"


def test_files_that_cannot_be_read_are_told_and_the_others_are_there() -> None:
    write("a.py", NET)
    Path("b.py").write_bytes(b"\xff\xfe\x00 not text \xff")
    result = run("a.py", "b.py", "gone.py", "-o", "x.html")
    assert result.exit_code == 2
    assert "gone.py: no such file or folder" in result.stderr
    assert "b.py: " in result.stderr
    found = Page(Path("x.html").read_text("utf-8"))
    assert found.texts["title"][0] == "net: 178 parameters"
    assert any("b.py: " in text for text in found.texts["li"])


def test_excluded_files_are_left_out_and_settings_that_are_wrong_are_told() -> None:
    write("pyproject.toml", '[tool.paramlens]\nexclude = ["old/**"]\nnonsense = 1\n')
    write("old/a.py", NET)
    write("new.py", NET)
    result = run(".", "-o", "x.html")
    assert result.exit_code == 0
    assert "nonsense" in result.stderr
    assert Page(Path("x.html").read_text("utf-8")).texts["h1"] == ["new.py::net"]
