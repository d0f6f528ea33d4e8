"""A program in a pseudo-terminal, whose drawn screen is read back; and sessions made of steps on such a screen."""

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

Step = Callable[[str, Callable[[], None]], None]


class Failed(Exception):
    """The screen did not come to show what it should."""


class Terminal:
    """A running program and its screen."""

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
            found = [line for line in self.lines() if line.lstrip(" 0123456789WE!").startswith(start)]
            return any(all(want.search(line[line.index(start) + len(start) :]) for want in wanted) for line in found)

        self.until(shown)

    def text(self, *words: str) -> None:
        self.until(lambda: all(word in "\n".join(self.lines()) for word in words))

    def stop(self) -> None:
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def configuration(editor: str, language: str) -> str:
    """The first block in that language under the editor's heading in `docs/editors.md`."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {editor}\n", 1)[1].split("\n## ", 1)[0]
    return section.split(f"```{language}\n", 1)[1].split("```", 1)[0]


@contextmanager
def started(server: str, program: Callable[[Path], list[str]]) -> Iterator[Terminal]:
    """The program in a fresh workspace, with the server as `paramlens` on PATH. `program` makes its command line."""
    folder = Path(tempfile.mkdtemp(prefix="paramlens-terminal-"))
    workspace = folder / "workspace"
    shutil.copytree(EDITORS / "workspace", workspace)
    command = folder / "bin" / "paramlens"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\n[ "$*" = serve ] && exec {shlex.join(shlex.split(server))}\n')
    command.chmod(0o755)
    homes = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    path = os.pathsep.join([str(command.parent), str(Path(sys.executable).parent), os.environ["PATH"]])
    own = {"HOME": str(folder), "TERM": "xterm-256color", "PATH": path, "LANG": "C.UTF-8"}
    terminal = Terminal(program(folder), workspace, {**os.environ, **homes, **own})
    try:
        yield terminal
    finally:
        terminal.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main(name: str, program: Callable[[Path], list[str]], session: Callable[[Terminal, Step], None]) -> int:
    """Run the session in the program; print its steps and, if one fails, the screen. The exit status."""
    parser = argparse.ArgumentParser(description=f"A session in real {name}.")
    parser.add_argument("--server", default="paramlens serve", help="command that starts the server")
    parser.add_argument("--screen", type=Path, help="file for what was on the screen after each step")
    options = parser.parse_args()
    begin = time.monotonic()
    screens: list[str] = []
    failed = False
    with started(options.server, program) as terminal:

        def step(title: str, work: Callable[[], None]) -> None:
            start = time.monotonic()
            work()
            print(f"ok   {time.monotonic() - start:6.1f} s  {title}", flush=True)
            screens.append("\n".join([f"== {title}", *terminal.lines()]))

        try:
            session(terminal, step)
        except (Failed, OSError) as problem:
            failed = True
            screens.append("\n".join([f"== failed: {problem}", *terminal.lines()]))
            print("FAIL", screens[-1], sep="\n")
    if options.screen:
        options.screen.parent.mkdir(parents=True, exist_ok=True)
        options.screen.write_text("\n\n".join(screens) + "\n", encoding="utf-8")
    print(f"{name}: {'failed' if failed else 'passed'} in {time.monotonic() - begin:.0f} s")
    return int(failed)
