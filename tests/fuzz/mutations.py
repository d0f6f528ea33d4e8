"""One random change of a text: of tokens, lines, characters, or of two texts into one."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

Mutation = Callable[[str, Random], str]

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_LINE_BREAKS = ("\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
_ODD = (
    *_LINE_BREAKS, "\t", "\0", "\ufeff", "\u200b", "é", "e\u0301", "😀", "👩\u200d🔬", "\ud800", "\udfff", "\\", "'",
    '"', "'''", '"""', "f'", "{", "}", "(", "[", ")", "]", ":", ";", "#", "=", ":=", "*", "**", "@", "->", "...", ",",
    "0x", "1e999",
    "9**9**9", "10**6", "lambda", "yield", "await", "else:", "elif x:", "except:", "case _:", "def f(", "class A(",
    "return",
    "nn.Linear(", "nn.Linear(3, 4)", "self.", "for i in ", "import ", "from . import *", "del ", "global x",
    "# paramlens: ",
    "None", "-1", "True", " if x else ", "\n    ", "\n  ", "\n\n\n", "# -*- coding: x -*-", "<<<<<<< HEAD\n",
)  # fmt: skip


def mutated(text: str, random: Random, other: Callable[[], str]) -> str:
    """The text after one change; `other` gives a text to splice with."""
    if random.random() < 0.06:
        return _spliced(text, other(), random)
    return random.choices(_MUTATIONS, _WEIGHTS)[0](text, random)


def _spliced(text: str, other: str, random: Random) -> str:
    lines, others = text.split("\n"), other.split("\n")
    return "\n".join(lines[: random.randint(0, len(lines))] + others[random.randint(0, len(others) - 1) :])


def _tokens(change: Callable[[list[str], int, Random], None]) -> Mutation:
    def mutation(text: str, random: Random) -> str:
        start = random.randint(0, max(len(text) - 400, 0))
        tokens = _TOKEN.findall(text[start : start + 400])
        if tokens:
            change(tokens, random.randrange(len(tokens)), random)
        return text[:start] + "".join(tokens) + text[start + 400 :]

    return mutation


def _lines(change: Callable[[list[str], int, Random], None]) -> Mutation:
    def mutation(text: str, random: Random) -> str:
        lines = text.split("\n")
        change(lines, random.randrange(len(lines)), random)
        return "\n".join(lines)

    return mutation


def _delete(items: list[str], index: int, random: Random) -> None:
    del items[index : index + random.choice((1, 1, 1, 2, 5))]


def _duplicate(items: list[str], index: int, random: Random) -> None:
    items[index:index] = items[index : index + random.choice((1, 1, 3))]


def _swap(items: list[str], index: int, random: Random) -> None:
    other = random.randrange(len(items))
    items[index], items[other] = items[other], items[index]


def _indent(lines: list[str], index: int, random: Random) -> None:
    lines[index] = "    " + lines[index] if random.random() < 0.5 else lines[index][4:]


def _new_line(lines: list[str], index: int, random: Random) -> None:
    indent = lines[index][: len(lines[index]) - len(lines[index].lstrip())]
    lines.insert(
        index, indent + random.choice(("x = 1", "pass", "net = nn.Linear(3, 4)", "# note", "return 2", "if x:"))
    )


def _number(text: str, random: Random) -> str:
    """Another number in the place of one: what people do all day."""
    found = list(re.finditer(r"\b\d+\b", text))
    if not found:
        return text
    at = random.choice(found)
    return text[: at.start()] + str(random.choice((0, 1, 2, 7, 64, 10**12))) + text[at.end() :]


def _cut(text: str, random: Random) -> str:
    return text[: random.randint(0, len(text))]


def _character(text: str, random: Random) -> str:
    at = random.randint(0, len(text))
    return text[:at] + text[at + random.choice((1, 1, 2, 20)) :]


def _inserted(text: str, random: Random) -> str:
    at = random.randint(0, len(text))
    return text[:at] + random.choice(_ODD) + text[at:]


def _line_ends(text: str, random: Random) -> str:
    at = random.randint(0, len(text))
    return text[:at] + text[at:].replace("\n", random.choice(_LINE_BREAKS), random.choice((1, 1, 3, -1)))


_MUTATIONS: tuple[Mutation, ...] = (
    _tokens(_delete), _tokens(_duplicate), _tokens(_swap), _lines(_delete), _lines(_duplicate), _lines(_swap),
    _lines(_indent), _lines(_new_line), _number, _cut, _character, _inserted, _line_ends,
)  # fmt: skip
_WEIGHTS = (4, 3, 3, 4, 3, 3, 3, 4, 5, 0.5, 5, 5, 1)
