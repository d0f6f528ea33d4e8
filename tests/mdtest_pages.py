"""Markdown files as test suites: a heading's code blocks are a small workspace, trailing comments are expectations.

    # Strided convolution
    ```py
    stem = nn.Conv2d(3, 64, 7, stride=2, padding=3)  # hint: 9,472
    ```

`tests/mdtest/README.md` describes the format for people who write pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MAIN = "page.py"
PYPROJECT = "pyproject.toml"
FOLDER = Path(__file__).parent / "mdtest"

_HEADING = re.compile(r"#{1,6} +(.+)")
_FENCE = re.compile(r"(`{3,}|~{3,})\s*(\S*)\s*(.*)")
_FILE_LINE = re.compile(r"`?([\w./-]+\.\w+)`?:\s*$")
_CALL_LINE = re.compile(r"call: `?(.+?)`?\s*(#.*)?$")
_KEYS = "hint|shape|error|unknown|total|trainable|non-trainable|status"
_COMMENT = re.compile(rf"#\s*({_KEYS}):\s*(.*?)\s*(?=#\s*(?:{_KEYS}):|$)")


@dataclass(frozen=True)
class Expectation:
    """One `# key: value` comment. `line` counts within the file, `page_line` within the Markdown page; both 1-based."""

    key: str
    value: str
    line: int
    page_line: int


@dataclass
class PageFile:
    """A file of a section: its lines, and for each the line of the page it stands on."""

    name: str
    lines: list[str] = field(default_factory=list)
    page_lines: list[int] = field(default_factory=list)
    free_hints: set[int] = field(default_factory=set)  # lines of ignore-hints blocks
    no_run: str = ""

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    def expectations(self) -> Iterator[Expectation]:
        for number, (text, page_line) in enumerate(zip(self.lines, self.page_lines, strict=True), 1):
            for match in _COMMENT.finditer(text):
                yield Expectation(match[1], match[2], number, page_line)


@dataclass(frozen=True)
class Call:
    """A `call: EXPR` line, as `--call EXPR` on the command line; its expectations follow as comments."""

    text: str
    expectations: tuple[Expectation, ...]


@dataclass
class Section:
    """What stands under one heading."""

    title: str
    page: Path
    line: int
    files: dict[str, PageFile] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)

    @property
    def name(self) -> str:
        folder = self.page.relative_to(FOLDER).as_posix() if self.page.is_relative_to(FOLDER) else self.page.name
        return f"{folder}: {self.title}"

    @property
    def no_run(self) -> str:
        """Why the section cannot be run with the real frameworks; empty when it can."""
        return next((file.no_run for file in self.files.values() if file.no_run), "")

    def write(self, folder: Path) -> None:
        for file in self.files.values():
            path = folder / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, "utf-8")


def sections(folder: Path = FOLDER) -> list[Section]:
    """The sections with code of all pages, those under `pending` left out."""
    pages = sorted(path for path in folder.rglob("*.md") if "pending" not in path.parts and path.name != "README.md")
    return [section for page in pages for section in read_page(page)]


def read_page(page: Path) -> list[Section]:
    found = [Section(page.stem, page, 1)]
    fence, file_name, info = "", "", ""
    current: PageFile | None = None
    for number, text in enumerate(page.read_text("utf-8").split("\n"), 1):
        if fence:
            if text.startswith(fence):
                fence, file_name = "", ""
            elif current is not None:
                current.lines.append(text)
                current.page_lines.append(number)
                if "ignore-hints" in info:
                    current.free_hints.add(len(current.lines))
        elif match := _FENCE.match(text):
            fence, language, info = match.groups()
            current = _file(found[-1], file_name or _default_name(language))
            if current is not None and "no-run" in info:
                current.no_run = info.partition("no-run")[2].strip(" :()") or "not meant to be run"
        elif match := _HEADING.match(text):
            found.append(Section(match[1].strip(), page, number))
        elif match := _CALL_LINE.match(text):
            comments = _COMMENT.finditer(match[2] or "")
            expected = tuple(Expectation(comment[1], comment[2], 0, number) for comment in comments)
            found[-1].calls.append(Call(match[1], expected))
        elif match := _FILE_LINE.match(text.strip()):
            file_name = match[1]
    return [section for section in found if section.files]


def _default_name(language: str) -> str:
    return {"py": MAIN, "python": MAIN, "toml": PYPROJECT}.get(language, "")


def _file(section: Section, name: str) -> PageFile | None:
    return section.files.setdefault(name, PageFile(name)) if name else None
