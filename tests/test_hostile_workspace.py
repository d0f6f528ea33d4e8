"""Workspaces full of traps, on the command line and in the server: an answer soon, and what is sound is counted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "lsp"))

from client import CAPABILITIES, Client

SERVER = Path(__file__).resolve().parent.parent / "server"
MODEL = "from torch import nn\nnet = nn.Linear(3, 4)\n"
STARTER = f"import sys; sys.path[0] = {str(SERVER)!r}; from paramlens.cli import main; main()"
"""As the installed command starts: not with the current folder first, as `python -m` does before any of our lines."""
LONGEST = 30.0
"""Seconds for a whole command on a busy machine."""


def totals(folder: Path, *names: str) -> dict[str, int | None]:
    """The totals of `file.model` that `paramlens count` prints for a folder, or for some of its files."""
    ran = subprocess.run(
        [sys.executable, "-c", STARTER, "count", "--no-cache", "--format", "json", *(names or (".",))],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(SERVER)}, capture_output=True, text=True, timeout=LONGEST,
        check=False, encoding="utf-8", errors="replace",
    )  # fmt: skip
    assert "Traceback" not in ran.stdout + ran.stderr, ran.stderr
    files = json.loads(ran.stdout)["files"]
    return {f"{Path(file['path']).stem}.{model['name']}": model["total"] for file in files for model in file["models"]}


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, "utf-8")


@pytest.mark.parametrize("names", [("a",), ("a", "b"), ("a", "b", "c")], ids=["itself", "two_files", "three_files"])
def test_cyclic_imports(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name, other in zip(names, (*names[1:], names[0]), strict=True):
        (tmp_path / f"{name}.py").write_text(
            f"from torch import nn\nwidth = 3\nimport {other}\nnet = nn.Linear({other}.width, 4)\n"
        )
    assert totals(tmp_path) == {f"{name}.net": 16 for name in names}


@pytest.mark.parametrize("names", [("a",), ("a", "b"), ("a", "b", "c")], ids=["itself", "two_files", "three_files"])
def test_cyclic_star_imports(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name, other in zip(names, (*names[1:], names[0]), strict=True):
        (tmp_path / f"{name}.py").write_text(
            f"from torch import nn\nwidth = 3\nfrom {other} import *\nnet = nn.Linear(width, 4)\n"
        )
    assert totals(tmp_path) == {f"{name}.net": 16 for name in names}


def test_imports_that_need_one_another(tmp_path: Path) -> None:
    write(tmp_path, a="from b import y\nx = y\n" + MODEL, b="from a import x\ny = x\n" + MODEL)
    assert totals(tmp_path) == {"a.net": 16, "b.net": 16}


def links(folder: Path) -> None:
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "deep").mkdir()
    (folder / "deep" / "up").symlink_to(folder / "deep", target_is_directory=True)
    (folder / "one.py").symlink_to(folder / "two.py")
    (folder / "two.py").symlink_to(folder / "one.py")
    (folder / "dangling.py").symlink_to(folder / "nowhere.py")


def odd_files(folder: Path) -> None:
    (folder / "folder.py").mkdir()
    (folder / "folder.py" / "inner.py").write_text("x = 1\n")
    os.mkfifo(folder / "pipe.py")
    os.mkfifo(folder / "pyproject.toml")
    (folder / "device.py").symlink_to("/dev/zero")
    (folder / "empty.py").write_bytes(b"")
    (folder / "directory_link.py").symlink_to(folder / "folder.py", target_is_directory=True)


def namesakes(folder: Path) -> None:
    """Modules with the names of those that Paramlens itself needs; each would be noticed if it were imported."""
    trap = (
        "from pathlib import Path\nPath(__file__).with_suffix('.ran').write_text('x')\nraise SystemExit('imported')\n"
    )
    names = (
        "json",
        "sitecustomize",
        "usercustomize",
        "paramlens",
        "libcst",
        "click",
        "asyncio",
        "pickle",
        "yaml",
        "_ctypes",
    )
    for name in names:
        (folder / f"{name}.py").write_text(trap)
    for name in ("lsprotocol", "pygls", "rich", "encodings"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(trap)


TRAPS: dict[str, Callable[[Path], None]] = {"links": links, "odd_files": odd_files, "namesakes": namesakes}
READING = (
    "import folder, pipe, device, one, dangling, json, lsprotocol, paramlens\n"
    + MODEL
    + "x = pipe.y\nz = json.dumps({})\n"
)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFOs")
@pytest.mark.parametrize("trap", TRAPS)
def test_traps_on_the_command_line(tmp_path: Path, trap: str) -> None:
    TRAPS[trap](tmp_path)
    write(tmp_path, model=MODEL, reading=READING)
    found = totals(tmp_path)
    assert found["model.net"] == found["reading.net"] == 16
    assert not list(tmp_path.rglob("*.ran"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFOs")
@pytest.mark.parametrize("trap", TRAPS)
def test_traps_in_the_server(tmp_path: Path, trap: str) -> None:
    TRAPS[trap](tmp_path)
    (tmp_path / "paramlens.py").unlink(missing_ok=True)  # the test's server is started by `python -m paramlens`
    client = Client(tmp_path, analyzer="")
    try:
        client.start()
        client.open("reading.py", READING)
        assert (2, "▸ 16 params · 64 B") in [(line, label) for line, _, label in client.hints("reading.py")]
        if trap == "odd_files":
            for name in ("folder.py", "pipe.py", "device.py", "dangling.py"):
                client.open(name, MODEL)
                assert [line for line, _, _ in client.hints(name)] == [1]
        assert client.stop() == 0
    finally:
        client.close()
    assert not list(tmp_path.rglob("*.ran"))


def test_files_that_cannot_be_read_are_one_line(tmp_path: Path) -> None:
    """Of root's, no file is unreadable: a folder and a link to nothing stand for it too."""
    write(tmp_path, model=MODEL, secret=MODEL, reading="import secret\n" + MODEL)
    (tmp_path / "secret.py").chmod(0)
    found = totals(tmp_path)
    assert found["model.net"] == found["reading.net"] == 16
    assert ("secret.net" in found) == os.access(tmp_path / "secret.py", os.R_OK)


VANISHING = """
import os, sys
sys.path[0] = {server!r}
from paramlens.cli import files
real = files._in_folder
def listed(folder):
    yield from [*real(folder), os.unlink("gone.py")][:-1]
files._in_folder = listed
from paramlens.cli import main
main()
"""


def test_files_that_vanish_after_they_were_listed(tmp_path: Path) -> None:
    write(tmp_path, gone=MODEL, model=MODEL)
    command = [
        sys.executable,
        "-c",
        VANISHING.format(server=str(SERVER)),
        "count",
        "--no-cache",
        "--format",
        "json",
        ".",
    ]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=LONGEST, check=False)
    assert ran.returncode == 2
    assert ran.stderr.endswith("gone.py: No such file or directory\n")
    assert ran.stderr.count("\n") == 1
    found = [model["total"] for file in json.loads(ran.stdout)["files"] for model in file["models"]]
    assert found == [16]


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    started = Client(tmp_path_factory.mktemp("hostile"), analyzer="")
    started.start()
    yield started
    started.close()


@pytest.fixture
def server(_server: Client, tmp_path: Path) -> Client:
    _server.fresh(tmp_path)
    return _server


def test_a_file_that_is_deleted_while_it_is_open_stays(server: Client) -> None:
    path = server.folder / "model.py"
    path.write_text(MODEL)
    server.open("model.py", MODEL)
    path.unlink()
    change = {"uri": server.uri("model.py"), "type": 3}
    server.notify("workspace/didChangeWatchedFiles", {"changes": [change]})
    assert [(line, label) for line, _, label in server.hints("model.py")] == [(1, "▸ 16 params · 64 B")]
    server.change("model.py", 2, MODEL.replace("4", "5"))
    assert [(line, label) for line, _, label in server.hints("model.py")] == [(1, "▸ 20 params · 80 B")]


def test_lone_surrogates_everywhere(server: Client) -> None:
    text = f"x = '\ud800'  # \udfff\n{MODEL}"
    server.open("a.py", text)
    assert [line for line, _, _ in server.hints("a.py")] == [2]
    at = {"start": {"line": 0, "character": 5}, "end": {"line": 0, "character": 6}}
    item = {"uri": server.uri("a.py"), "version": 2}
    changes = [{"range": at, "text": "\ude00\ud83d"}, {"range": at, "text": "\n"}]
    server.notify("textDocument/didChange", {"textDocument": item, "contentChanges": changes})
    assert [line for line, _, _ in server.hints("a.py")] == [3]
    for uri in ("file:///\ud800.py", "file:///%ED%A0%80.py", "untitled:\udfff", "\ud800"):
        opened = {"uri": uri, "languageId": "python", "version": 1, "text": MODEL}
        server.notify("textDocument/didOpen", {"textDocument": opened})
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
        hints = server.request("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": whole})
        assert [hint["position"]["line"] for hint in hints] == [1]
        server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})


# (utf-8, utf-16, utf-32) units of each
EMOJI = {
    "face": ("😀", (4, 2, 1)),
    "combining": ("e\u0301", (3, 2, 2)),
    "joined": ("👩\u200d🔬", (11, 5, 3)),
    "flag": ("🏳️\u200d🌈", (14, 6, 4)),
    "keycap": ("1️⃣", (7, 3, 3)),
    "line_separator": ("\u2028", (3, 1, 1)),
    "next_line": ("\x85", (2, 1, 1)),
    "form_feed": ("\x0c", (1, 1, 1)),
}


@pytest.mark.parametrize(("number", "encoding"), [(0, "utf-8"), (1, "utf-16"), (2, "utf-32")])
def test_hints_stand_behind_what_is_wide(tmp_path: Path, number: int, encoding: str) -> None:
    client = Client(tmp_path, analyzer="")
    try:
        client.start({**CAPABILITIES, "general": {"positionEncodings": [encoding]}})
        for name, (text, units) in EMOJI.items():
            line = "s = '{}'; net = nn.Linear(3, 4)"
            client.open(f"{name}.py", "from torch import nn\n\t\n" + line.format(text) + "\r\n")
            plain = len(line.format(""))
            assert client.hints(f"{name}.py") == [(2, plain + units[number], "▸ 16 params · 64 B")], name
    finally:
        client.close()


def test_fifty_thousand_lines_in_the_server(server: Client) -> None:
    lines = [*MODEL.splitlines(), *(f"x{number} = {number}" for number in range(50_000)), "last = nn.Linear(5, 6)", ""]
    start = time.monotonic()
    server.open("long.py", "\n".join(lines))
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 60_000, "character": 0}}
    params: Any = {"textDocument": {"uri": server.uri("long.py")}, "range": whole}
    hints = server.answer(server.ask("textDocument/inlayHint", params), LONGEST)["result"]
    assert [(hint["position"]["line"], hint["label"].split()[1]) for hint in hints] == [(1, "16"), (50_002, "36")]
    assert time.monotonic() - start < LONGEST


def test_a_line_of_a_megabyte_in_the_server(server: Client) -> None:
    server.open("wide.py", MODEL + "x = '" + "a" * 1_000_000 + "'; last = nn.Linear(5, 6)\n")
    hints = [(line, label.split()[1]) for line, _, label in server.hints("wide.py")]
    assert hints == [(1, "16"), (2, "36")]
