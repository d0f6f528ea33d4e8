"""Python's own parser of words, as the programs that are read use it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import NoReturn


class Refused(Exception):
    """The words do not fit the options."""


class Parser(ArgumentParser):
    """Raises instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        raise Refused(message)

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        raise Refused(message or "")
