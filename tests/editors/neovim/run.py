"""A session in real Neovim, configured with the very Lua that `docs/editors.md` shows.

    run.py --server "COMMAND ARGUMENT..." [--screen FILE]

Neovim runs in a pseudo-terminal, and what it draws is read back from the screen. A failure prints that screen.
Needs the packages of `requirements.txt` in the environment that runs this.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import re
import select
import shlex
import shutil
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyte

EDITORS = Path(__file__).resolve().parents[1]
PAGE = EDITORS.parents[1] / "docs" / "editors.md"
ROWS, COLUMNS = 40, 300
PATIENCE_SECONDS = 20.0


class Failed(Exception):
    """The screen did not come to show what it should."""


class Neovim:
    """A running Neovim and its screen."""

    def __init__(self, arguments: list[str], folder: Path, environment: dict[str, str]) -> None:
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(arguments[0], arguments, environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    def type(self, keys: str) -> None:
        os.write(self.terminal, keys.encode())

    def read(self, seconds: float) -> None:
        if select.select([self.terminal], [], [], seconds)[0]:
            self.stream.feed(os.read(self.terminal, 65536))

    def until(self, shown: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not shown():
            if time.monotonic() > end:
                raise Failed(f"not within {PATIENCE_SECONDS:.0f} s")
            self.read(0.05)

    def line(self, start: str, *words: str) -> None:
        """Waits until a line that starts with `start` holds every word, each as a number or word of its own."""
        wanted = [re.compile(rf"(?<![\d,]){re.escape(word)}(?![\d,]\d)") for word in words]

        def shown() -> bool:
            found = [line for line in self.lines() if line.lstrip(" 0123456789WE").startswith(start)]
            return any(all(want.search(line[line.index(start) + len(start) :]) for want in wanted) for line in found)

        self.until(shown)

    def text(self, *words: str) -> None:
        self.until(lambda: all(word in "\n".join(self.lines()) for word in words))

    def stop(self) -> None:
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def configuration(page: str) -> str:
    """The first Lua block under the heading Neovim."""
    section = page.split("\n## Neovim\n", 1)[1].split("\n## ", 1)[0]
    return section.split("```lua\n", 1)[1].split("```", 1)[0]


@contextmanager
def neovim(server: str) -> Iterator[Neovim]:
    """Neovim with the page's configuration, `model.py` open in a fresh workspace, and the server named `paramlens`."""
    folder = Path(tempfile.mkdtemp(prefix="paramlens-neovim-"))
    workspace = folder / "workspace"
    shutil.copytree(EDITORS / "workspace", workspace)
    program = folder / "bin" / "paramlens"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n[ "$*" = serve ] && exec {shlex.join(shlex.split(server))}\n')
    program.chmod(0o755)
    (folder / "init.lua").write_text(configuration(PAGE.read_text(encoding="utf-8")))
    homes = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    path = os.pathsep.join([str(program.parent), str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, **homes, "TERM": "xterm-256color", "PATH": path, "LANG": "C.UTF-8"}
    editor = Neovim(["nvim", "-n", "-u", str(folder / "init.lua"), "model.py"], workspace, environment)
    try:
        yield editor
    finally:
        editor.stop()
        shutil.rmtree(folder, ignore_errors=True)


def session(editor: Neovim, step: Callable[[str, Callable[[], None]], None]) -> None:
    first, second, dense, model = "layers.Conv2D(", "layers.Conv2D(64", "layers.Dense(", "model = keras.Sequential(["

    def hints() -> None:
        editor.line(first, "320")
        editor.line(second, "18,496")
        editor.line(dense, "16,010")
        editor.line(model, "34,826")

    def lens_beside_hint() -> bool:
        return any(line.count("34,826 params") == 2 for line in editor.lines())

    def lens_rows() -> None:
        editor.type("/model =\r:lua vim.lsp.codelens.run()\r")
        editor.text("Type number and <Enter>", "18,496", "16,010")
        editor.type("\r")

    def hover() -> None:
        editor.type("\x1b/Conv2D(64\r")
        editor.type("K")
        editor.text("18,496 parameters", "kernel")
        editor.type("k")

    def edit() -> None:
        editor.type("\x1b:%s/Conv2D(32/Conv2D(16\r")
        editor.line(first, "160")
        editor.line(second, "9,280")
        editor.line(model, "25,450")
        editor.until(lambda: "budget" not in "\n".join(editor.lines()))

    step("hints", hints)
    step("diagnostic", lambda: editor.text("budget"))
    step("code lens", lambda: editor.until(lens_beside_hint))
    step("layers behind the code lens", lens_rows)
    step("hover", hover)
    step("edit", edit)


def main() -> int:
    parser = argparse.ArgumentParser(description="A session in real Neovim.")
    parser.add_argument("--server", default="paramlens serve", help="command that starts the server")
    parser.add_argument("--screen", type=Path, help="file for what was on the screen after each step")
    options = parser.parse_args()
    begin = time.monotonic()
    screens: list[str] = []
    failed = False
    with neovim(options.server) as editor:

        def step(name: str, work: Callable[[], None]) -> None:
            start = time.monotonic()
            work()
            print(f"ok   {time.monotonic() - start:6.1f} s  {name}", flush=True)
            screens.append("\n".join([f"== {name}", *editor.lines()]))

        try:
            session(editor, step)
        except (Failed, OSError) as problem:
            failed = True
            screens.append("\n".join([f"== failed: {problem}", *editor.lines()]))
            print("FAIL", screens[-1], sep="\n")
    if options.screen:
        options.screen.parent.mkdir(parents=True, exist_ok=True)
        options.screen.write_text("\n\n".join(screens) + "\n", encoding="utf-8")
    print(f"Neovim: {'failed' if failed else 'passed'} in {time.monotonic() - begin:.0f} s")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
