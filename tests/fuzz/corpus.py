"""Real files to mutate: examples, snippets of the pages, this package, the standard library, and what is generated."""

from __future__ import annotations

import sys
import sysconfig
from functools import lru_cache
from pathlib import Path
from random import Random

from .generated import program

_TESTS = Path(__file__).resolve().parents[1]
_ROOT = _TESTS.parent
_LARGEST = 30_000
"""Characters. Larger files take longer than they teach."""


def some_text(random: Random) -> str:
    """A real or generated file, most often one with layers."""
    kind = random.choices((_snippets, _examples, _own, _library), (6, 3, 2, 2))[0]
    found = kind()
    return random.choice(found) if found and random.random() < 0.7 else program(random)


@lru_cache(maxsize=1)
def _snippets() -> tuple[str, ...]:
    sys.path.append(str(_TESTS))
    from mdtest_pages import sections

    files = (file for section in sections() for file in section.files.values())
    return tuple(file.text for file in files if file.name.endswith(".py"))


@lru_cache(maxsize=1)
def _examples() -> tuple[str, ...]:
    return _read(_ROOT / "examples")


@lru_cache(maxsize=1)
def _own() -> tuple[str, ...]:
    return _read(_ROOT / "server")


@lru_cache(maxsize=1)
def _library() -> tuple[str, ...]:
    return _read(Path(sysconfig.get_path("stdlib")), "*.py") + _read(Path(sysconfig.get_path("stdlib")) / "json")


def _read(folder: Path, pattern: str = "**/*.py") -> tuple[str, ...]:
    texts = (path.read_text("utf-8", "replace") for path in sorted(folder.glob(pattern)) if path.is_file())
    return tuple(text for text in texts if 0 < len(text) < _LARGEST)
