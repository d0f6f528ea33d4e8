"""Files written from the code: the programs here write one of them each, or tell with --check whether it is stale."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def write_or_check(file: Path, text: Callable[[], str], about: str | None) -> int:
    """Do what the command line asks for. Exit status: 0 written or up to date, 1 stale (`--check`)."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file is stale")
    if not parser.parse_args().check:
        file.write_text(text(), "utf-8")
        return 0
    if file.is_file() and file.read_text("utf-8") == text():
        return 0
    program = Path(sys.argv[0]).name
    sys.stderr.write(f"{os.path.relpath(file, ROOT)} is stale: run python tools/{program}\n")
    return 1
