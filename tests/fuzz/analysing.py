"""One analysis as the worker makes it, and what must hold for every one."""

from __future__ import annotations

import ast
import dataclasses
import enum
import pickle
import time
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from paramlens.evaluate.live import Watch
from paramlens.facts import Analysis, Status
from paramlens.features.code_lens import code_lenses, file_status
from paramlens.features.diagnostics import diagnostics
from paramlens.features.hover import hover
from paramlens.features.inlay_hints import inlay_hints
from paramlens.jobs import Job, LiveFiles, run
from paramlens.lines import line_lengths
from paramlens.settings import Settings
from paramlens.stack import on_deep_stack
from paramlens.syntax.source import read_source
from paramlens.values import Place

from .generated import WORKSPACE
from .truth import Truth, total

FOLDER = "/fuzz"
PATH = f"{FOLDER}/main.py"
SECONDS = 1.0
"""Processor time that a job is given; the evaluator ends by itself then."""
AMPLE = 3 * SECONDS
"""For analyses that are compared: none of them is to be ended by the time."""
LONGEST = 2.0
"""Processor time that an analysis may take in all."""


class Session:
    """One file that is analysed again and again, as the worker does it while somebody types."""

    def __init__(self) -> None:
        self._files = LiveFiles()

    def analyse(self, text: str) -> Analysis:
        """The final analysis of a version; early ones, with facts of the version before, may come first."""
        return on_deep_stack(lambda: self._analyses(text))

    def _analyses(self, text: str) -> Analysis:
        early: list[Analysis] = []
        watch = Watch(early.append, 0.0, lambda: False)
        found = self._files.analysis(Job(PATH, text, seconds=AMPLE), read, watch)
        assert len(early) < 3
        for analysis in (*early, found):
            shown(analysis)
        return found


def fresh(text: str, seconds: float = SECONDS) -> Analysis:
    """The analysis by an evaluator that never saw another version."""
    return run(Job(PATH, text, seconds=seconds), read)


def read(path: str) -> str | None:
    """The text of another file of the workspace, which is not on disk."""
    return WORKSPACE.get(path.removeprefix(FOLDER + "/"))


def parses(text: str) -> bool:
    """Whether Python takes the text, and so does the reader: some nest too deep for it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return all(statement.kind != "error" for statement in read_source(PATH, text).statements)


def faults(text: str) -> Iterator[str]:
    """What is wrong with the analysis of a text. Raises what the analysis raises."""
    start = time.process_time()
    analysis = fresh(text)
    used = time.process_time() - start
    if used > LONGEST:
        yield f"slow: {used:.1f} s of processor time"
    if described(pickle.loads(pickle.dumps(analysis))) != described(analysis):
        yield "the analysis is another one behind the pipe"
    yield from misplaced(analysis)
    shown(analysis)


def shown(analysis: Analysis) -> None:
    """Call all features. Raises what they raise."""
    inlay_hints(analysis)
    diagnostics(analysis)
    code_lenses(analysis, Settings().costs)
    file_status(analysis)
    for site in analysis.sites[:20]:
        hover(analysis, site.place.line, site.place.column)


def misplaced(analysis: Analysis) -> Iterator[str]:
    """The places of an analysis that lie outside of their text."""
    lengths = {PATH: line_lengths(analysis.text)}
    lengths |= {f"{FOLDER}/{name}": line_lengths(text) for name, text in WORKSPACE.items()}
    for place in set(_places(analysis)):
        if place.path in lengths and not _holds(lengths[place.path], place):
            yield f"outside of the text: {place}"


def _holds(lengths: list[int], place: Place) -> bool:
    start, end = (place.line, place.column), (place.end_line, place.end_column)
    in_lines = all(1 <= line <= len(lengths) and 1 <= column <= lengths[line - 1] + 1 for line, column in (start, end))
    return in_lines and start <= end


def _places(value: object) -> Iterator[Place]:
    if isinstance(value, Place):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _places(getattr(value, field.name))
    elif isinstance(value, (tuple, list, frozenset)):
        for item in value:
            yield from _places(item)
    elif isinstance(value, Mapping):
        yield from _places(tuple(value.values()))


def described(value: object) -> Any:
    """Facts as plain data that can be compared and shown, whatever their classes think of equality."""
    if isinstance(value, enum.Enum):
        return value.name
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value) if field.compare]
        return {"": type(value).__name__, **{name: described(getattr(value, name)) for name in names}}
    if isinstance(value, (tuple, list)):
        return [described(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    if isinstance(value, Mapping):
        return {str(key): described(item) for key, item in sorted(value.items(), key=str)}
    return value if isinstance(value, (int, str, type(None))) else repr(value)


def difference(ours: Any, theirs: Any, where: str = "") -> str:
    """The first place where two descriptions differ; empty where they are the same."""
    if type(ours) is type(theirs) and isinstance(ours, dict) and ours.keys() == theirs.keys():
        pairs = [(f"{where}.{key}", ours[key], theirs[key]) for key in ours]
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = [(f"{where}[{number}]", *pair) for number, pair in enumerate(zip(ours, theirs, strict=True))]
    else:
        return "" if ours == theirs else f"{where}: {str(ours)[:300]} != {str(theirs)[:300]}"
    return next((found for key, left, right in pairs if (found := difference(left, right, key))), "")


def wrong_counts(analysis: Analysis, truth: Truth) -> Iterator[str]:
    """Where an exact count is not that of the objects that the line made when it was run."""
    for line, made in sorted(truth.made.items()):
        sites = [site for site in analysis.sites if site.place.path == PATH and site.place.line == line]
        if any(site.status is not Status.EXACT or site.repeated for site in sites):
            continue
        found = {tally.total for site in sites for tally in site.tallies}
        expected = {total(each) for each in made}
        instances = sum(site.instances for site in sites)
        if found != expected or instances != len(made):
            yield f"wrong count in line {line}: {found} in {instances}, not {expected} in {len(made)}"


def exact_lines(analysis: Analysis, truth: Truth) -> int:
    """How many lines of the truth an analysis knows exactly."""
    exact = {site.place.line for site in analysis.sites if site.status is Status.EXACT and not site.repeated}
    return len(exact & truth.made.keys())
