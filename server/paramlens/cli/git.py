"""Git as a program that is asked, without a shell: revisions, the files in them, their texts, what was renamed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from paramlens.records import Record, record
from paramlens.sources import LARGEST_FILE

MOST_LINKS = 8
_PLAIN = ("-c", "core.fsmonitor=false", "-c", "core.quotepath=false")
_LINK, _MODULE = "120000", "160000"


class GitError(Exception):
    """What git cannot do; the message says it in one line."""


@record
class Entry(Record):
    """A file in a revision: its mode and the name of its content."""

    mode: str
    object: str


@record
class Changed(Record):
    """A file that differs: its path on either side, None where it is not there."""

    before: str | None
    after: str | None


class Repository:
    """The repository that a folder lies in. Raises GitError where there is none."""

    def __init__(self, folder: str) -> None:
        self.top = folder
        self.top = os.path.abspath(self._text("rev-parse", "--show-toplevel").rstrip("\n"))
        self._contents: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        if self._contents is not None:
            self._contents.kill()
            self._contents.communicate()
            self._contents = None

    def commit(self, revision: str) -> str | None:
        """The name of the commit that a revision means, or None."""
        if not revision or revision.startswith("-") or "\0" in revision:
            return None
        try:
            return self._text("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").strip()
        except GitError:
            return None

    def entries(self, commit: str) -> dict[str, Entry]:
        """All files of a commit by their paths from the top."""
        found = {}
        for line in self._lines("ls-tree", "-r", "-z", "--full-tree", commit):
            about, _, path = line.partition("\t")
            mode, _, name = about.split(" ")
            if mode != _MODULE:
                found[path] = Entry(mode, name)
        return found

    def untracked(self) -> list[str]:
        """Files of the working tree that git neither tracks nor ignores."""
        return self._lines("ls-files", "-z", "--others", "--exclude-standard")

    def tracked(self) -> list[str]:
        """Files that git tracks; they may be gone from the working tree."""
        return self._lines("ls-files", "-z", "--cached")

    def changes(self, before: str, after: str | None) -> list[Changed]:
        """What differs between two commits, or a commit and the working tree, with renames as git finds them."""
        options = ("--name-status", "-z", "--find-renames", "--no-ext-diff", "--no-textconv", "--no-relative")
        fields = iter(self._lines("diff", *options, before, *([after] if after is not None else []), "--"))
        found = []
        for status in fields:
            path = next(fields)
            if status[0] in "RC":
                target = next(fields)
                found.append(Changed(path if status[0] == "R" else None, target))
            else:
                found.append(Changed(None if status == "A" else path, None if status == "D" else path))
        if after is None:
            found += [Changed(None, path) for path in self.untracked()]
        return found

    def content(self, name: str) -> bytes | None:
        """The bytes of a file by the name of its content; None when they are missing or too many."""
        if self._contents is None:
            self._contents = subprocess.Popen(
                self._command("cat-file", "--batch"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, env=_environment(),
            )  # fmt: skip
        process = self._contents
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(name.encode() + b"\n")
            process.stdin.flush()
            head = process.stdout.readline().split()
            if len(head) != 3:
                return None
            size = int(head[2])
            data = process.stdout.read(size)
            process.stdout.read(1)
        except OSError as error:
            raise GitError(f"git cat-file failed: {error}") from None
        return data if size <= LARGEST_FILE else None

    def _lines(self, *arguments: str) -> list[str]:
        return [line for line in self._text(*arguments).split("\0") if line]

    def _text(self, *arguments: str) -> str:
        command = self._command(*arguments)
        try:
            done = subprocess.run(
                command, capture_output=True, stdin=subprocess.DEVNULL, env=_environment(), check=False
            )
        except (OSError, ValueError) as error:
            missing = isinstance(error, FileNotFoundError)
            raise GitError("git is not installed" if missing else f"git cannot be run: {error}") from None
        if done.returncode != 0:
            lines = os.fsdecode(done.stderr).strip().splitlines()
            told = lines[0].removeprefix("fatal: ") if lines else f"git {arguments[0]} failed ({done.returncode})"
            raise GitError(told)
        return os.fsdecode(done.stdout)

    def _command(self, *arguments: str) -> Sequence[str]:
        return ["git", "-C", self.top, *_PLAIN, *arguments]


def _environment() -> dict[str, str]:
    """English messages, and no file of the repository is written."""
    return {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", "GIT_PAGER": "", "GIT_TERMINAL_PROMPT": "0"}


def is_link(entry: Entry) -> bool:
    """Whether the content is the path of another file."""
    return entry.mode == _LINK
