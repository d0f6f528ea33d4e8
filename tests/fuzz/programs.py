"""Random programs, mutated files and sequences of edits through the analyser."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from . import truth
from .analysing import AMPLE, Session, described, difference, exact_lines, faults, fresh, parses, wrong_counts
from .corpus import some_text
from .generated import program
from .mutations import mutated


@dataclass(frozen=True)
class Case:
    """What is tried: one text, or the versions of one file. `certain` says that it can be run."""

    versions: tuple[str, ...]
    certain: bool = False


@dataclass
class Tried:
    """How much was tried, and what was found: (kind and message, the case, made small)."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: list[tuple[str, Case]] = field(default_factory=list)


def case(seed: int, number: int) -> Case:
    """The case with that number; always the same for the same files."""
    random = Random(f"{seed}/{number}")
    kind = random.random()
    if kind < 0.2:
        return Case((program(random, certain=True),), certain=True)
    if kind < 0.35:
        return Case((program(random),))
    if kind < 0.75:
        text = some_text(random)
        for _ in range(random.choice((1, 1, 2, 3, 6))):
            text = mutated(text, random, lambda: some_text(random))
        return Case((text,))
    return Case(tuple(_edited(random)))


def _edited(random: Random) -> list[str]:
    """The versions of one file while somebody works on it: changes, typing, and taking things back."""
    versions = [some_text(random)]
    for _ in range(random.randint(4, 12)):
        kind = random.random()
        if kind < 0.25:
            versions.append(random.choice(versions))
        elif kind < 0.4:
            versions.extend(_typed(versions[-1], random))
        else:
            versions.append(mutated(versions[-1], random, lambda: some_text(random)))
    return versions


def _typed(text: str, random: Random) -> list[str]:
    """A line taken out and typed again, in a few steps."""
    lines = text.split("\n")
    index = random.randrange(len(lines))
    line = lines[index]
    ends = sorted(random.randint(0, len(line)) for _ in range(4))
    return ["\n".join([*lines[:index], line[:end], *lines[index + 1 :]]) for end in (*ends, len(line))]


def try_case(tried: Tried, case: Case) -> None:
    """Try one case; what is found is made small and noted."""
    if len(case.versions) > 1:
        tried.counts["edits"] += len(case.versions) - 1
        fault, failing = fault_of_edits(case.versions), fault_of_edits
    else:
        tried.counts["programs"] += 1
        fault, failing = fault_of_text(case.versions[0]), _fault_of_one
        if not fault and case.certain:
            fault = _checked_against_truth(tried, case.versions[0])
            failing = _no_shrinking
    fault = sure(fault, lambda: failing(case.versions))
    if fault:
        tried.findings.append((fault, smaller(case, fault, failing)))


def sure(fault: str, again: Callable[[], str]) -> str:
    """What was slow may have been so for the machine: it counts when it is slow three times on end."""
    for _ in range(2):
        if _kind(fault) == "slow":
            fault = again()
    return fault


def _fault_of_one(versions: Sequence[str]) -> str:
    return fault_of_text(versions[0])


def _no_shrinking(versions: Sequence[str]) -> str:
    return ""


def fault_of_text(text: str) -> str:
    """The first thing that is wrong with the analysis of a text; empty when nothing is."""
    try:
        return next(faults(text), "")
    except Exception as error:
        return f"crash: {_crash(error)}"


def fault_of_edits(versions: Sequence[str]) -> str:
    """Where the analysis of an edited file is not that of the same text read for the first time."""
    session = Session()
    for number, text in enumerate(versions):
        start = time.process_time()
        try:
            found = session.analyse(text)
        except Exception as error:
            return f"crash of a session: {_crash(error)}"
        if time.process_time() - start > AMPLE / 2:
            return ""  # the time limit may end one of the two analyses earlier
        if not parses(text):
            continue
        other = fresh(text, AMPLE)
        if missing := other.imported - found.imported:
            return f"an edit is not a fresh analysis: version {number} of {len(versions)}: not read: {missing}"
        # What an earlier version imported may still be watched.
        ours, theirs = described(replace(found, imported=other.imported)), described(other)
        if where := difference(ours, theirs):
            return f"an edit is not a fresh analysis: version {number} of {len(versions)}: {where}"
    return ""


def _crash(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {last.filename.rsplit('/', 1)[-1]}:{last.name}: {error}"[:300]


def _checked_against_truth(tried: Tried, text: str) -> str:
    try:
        made = truth.run(text)
    except truth.TooMuch:
        return ""
    analysis = fresh(text, AMPLE)
    tried.counts["lines made"] += len(made.made)
    tried.counts["lines exact"] += exact_lines(analysis, made)
    return next(wrong_counts(analysis, made), "")


def smaller(case: Case, fault: str, failing: Callable[[Sequence[str]], str]) -> Case:
    """The case without versions and lines that the fault, of the same kind, does not need."""
    kind = _kind(fault)
    if kind == "slow":
        return case
    tries = iter(range(300))

    def fails(versions: Sequence[str]) -> bool:
        return next(tries, None) is not None and bool(versions) and _kind(failing(versions)) == kind

    versions = _without_parts(list(case.versions), fails)
    if len(versions) > 1:
        return Case(tuple(versions))
    lines = _without_parts(versions[0].split("\n"), lambda lines: fails(["\n".join(lines)]))
    return Case(("\n".join(lines),))


def _kind(fault: str) -> str:
    kind, _, rest = fault.partition(":")
    return f"{kind}:{rest.split(':')[0]}" if kind.startswith("crash") else kind


def _without_parts(items: list[str], fails: Callable[[list[str]], bool]) -> list[str]:
    """Halves, quarters and so on left out as long as it still fails."""
    size = len(items) // 2
    while size:
        at = 0
        while at < len(items):
            rest = items[:at] + items[at + size :]
            if fails(rest):
                items = rest
            else:
                at += size
        size //= 2
    return items
