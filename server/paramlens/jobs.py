"""One analysis from beginning to end: environment, evaluation, budgets and rules. The command line and the server's
worker process both run this, and nothing else of the evaluator.
"""

from __future__ import annotations

import importlib
import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from paramlens.facts import Analysis, GraphFact
from paramlens.isolation import ANALYZER_VARIABLE as ANALYZER_VARIABLE
from paramlens.lints import lint
from paramlens.records import Record, record
from paramlens.settings import Settings
from paramlens.written import Cells, in_cells

if TYPE_CHECKING:
    from paramlens.evaluate.environment import Environment
    from paramlens.evaluate.limits import Limits
    from paramlens.evaluate.live import LiveFile, Watch
    from paramlens.syntax.code import Source

MOST_FILES = 12
"""Open files of which what was evaluated is kept: a file of models, with all that it imports, may need 50 MB."""

Read = Callable[[str], "str | None"]


@record
class Job(Record):
    """What to analyse. `calls` are expressions to evaluate after the module; `python` names an environment; `cache` is
    the folder to keep the result in, see `paramlens.cache`; `seconds` is the processor time, None the evaluator's own;
    `recheck` says that files that this one reads may have changed on disk; `cells` are those of a notebook.
    """

    path: str
    text: str
    calls: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)
    python: str | None = None
    cache: str | None = None
    seconds: float | None = None
    recheck: bool = False
    cells: Cells = ()


def run(job: Job, read: Read) -> Analysis:
    """Analyse the text of one file; `read` gives the text of the others, or None."""
    return finished(job, evaluated(job, read))


def finished(job: Job, analysis: Analysis) -> Analysis:
    """The analysis with what the settings add to it."""
    in_cells(job.path, job.cells)
    return lint(analysis, job.settings)


def evaluated(job: Job, read: Read) -> Analysis:
    """What the text says by itself, before the settings add to it."""
    override = os.environ.get(ANALYZER_VARIABLE)
    if override:
        return _analyzer(override)(job.path, job.text, read=read, calls=job.calls)
    return _evaluate(job, read)


class LiveFiles:
    """What is kept of the files that are open in an editor, so that an edit costs what it concerns alone."""

    def __init__(self, most: int = MOST_FILES) -> None:
        self._files: OrderedDict[tuple[str, Environment], tuple[LiveFile, Source]] = OrderedDict()
        self._outdated: set[tuple[str, Environment]] = set()
        self._most = most
        self.last: tuple[Job, Analysis, LiveFile] | None = None
        """The last result, if nothing was left undone, before the settings were applied; and its file."""

    def analysis(self, job: Job, read: Read, watch: Watch) -> Analysis:
        """The analysis of a version of a file, see `LiveFile.analysis`. To be called on a deep stack."""
        if os.environ.get(ANALYZER_VARIABLE):
            return run(job, read)
        from paramlens.evaluate.live import LiveFile
        from paramlens.syntax.source import read_source

        key = job.path, environment_of(job)
        file, before = self._files.pop(key, (None, None))
        if file is None:
            file = LiveFile(job.path, read, key[1], _limits(job))
        elif key in self._outdated or (job.recheck and file.is_outdated(read)):
            file.forget()
        self._outdated.discard(key)
        source = read_source(job.path, job.text, before)
        self._files[key] = file, source
        while len(self._files) > self._most:
            self._files.popitem(last=False)

        def early(analysis: Analysis) -> None:
            watch.early(finished(job, analysis))

        found = file.analysis(source, job.calls, replace(watch, early=early))
        self.last = (job, found, file) if file.is_whole else None
        return finished(job, found)

    def graphs(self, job: Job) -> dict[str, GraphFact] | None:
        """The graphs of the models of the job's file by name; None when its last version that was run is another."""
        file, _ = self._files.get((job.path, environment_of(job)), (None, None))
        return file.graphs(job.text) if file is not None else None

    def knows(self, job: Job) -> bool:
        """Whether something of the job's file is kept."""
        return (job.path, environment_of(job)) in self._files

    def changed(self, path: str) -> None:
        """An open file has another text, or is closed: what reads it is evaluated again when it is asked for."""
        self._outdated.update(key for key, (file, _) in self._files.items() if file.reads(path))


def environment_of(job: Job) -> Environment:
    """The folders that the imports of the job's file are looked for in."""
    return _environment(str(Path(job.path).parent), job.python or job.settings.python)


def _evaluate(job: Job, read: Read) -> Analysis:
    from paramlens.evaluate.analyze import analyze

    return analyze(
        job.path, job.text, read=read, environment=environment_of(job), calls=job.calls, limits=_limits(job)
    )


def _limits(job: Job) -> Limits | None:
    from paramlens.evaluate.limits import Limits

    return Limits(seconds=job.seconds) if job.seconds is not None else None


@lru_cache(maxsize=64)
def _environment(folder: str, explicit: str | None) -> Environment:
    from paramlens.evaluate.environment import find_environment

    return find_environment(Path(folder), explicit)


@lru_cache(maxsize=4)
def _analyzer(name: str) -> Callable[..., Analysis]:
    module, _, function = name.partition(":")
    found: Callable[..., Analysis] = getattr(importlib.import_module(module), function)
    return found
