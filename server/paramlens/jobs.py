"""One analysis from beginning to end: environment, evaluation, budgets and rules. The command line and the server's
worker process both run this, and nothing else of the evaluator.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from paramlens.facts import Analysis
from paramlens.lints import lint
from paramlens.settings import Settings

if TYPE_CHECKING:
    from paramlens.evaluate.environment import Environment
    from paramlens.syntax.code import Source

ANALYZER_VARIABLE = "PARAMLENS_ANALYZER"
"""Environment variable that names another analyzer, `module:function`; for tests of what surrounds the evaluator."""

MOST_SOURCES = 64

Read = Callable[[str], "str | None"]


@dataclass(frozen=True, slots=True)
class Job:
    """What to analyse. `calls` are expressions to evaluate after the module; `python` names an environment; `cache` is
    the folder to keep the result in, see `paramlens.cache`; `seconds` is the processor time, None the evaluator's own.
    """

    path: str
    text: str
    calls: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)
    python: str | None = None
    cache: str | None = None
    seconds: float | None = None


def run(job: Job, read: Read, sources: dict[str, Source] | None = None) -> Analysis:
    """Analyse the text of one file; `read` gives the text of the others, or None.

    `sources` keeps earlier versions by path: statements that do not parse keep the code of their last good version.
    """
    return lint(evaluated(job, read, sources), job.settings)


def evaluated(job: Job, read: Read, sources: dict[str, Source] | None = None) -> Analysis:
    """What the text says by itself, before the settings add to it."""
    override = os.environ.get(ANALYZER_VARIABLE)
    if override:
        return _analyzer(override)(job.path, job.text, read=read, calls=job.calls)
    return _evaluate(job, read, sources)


def environment_of(job: Job) -> Environment:
    """The folders that the imports of the job's file are looked for in."""
    return _environment(str(Path(job.path).parent), job.python or job.settings.python)


def _evaluate(job: Job, read: Read, sources: dict[str, Source] | None) -> Analysis:
    from paramlens.evaluate.analyze import analyze
    from paramlens.evaluate.limits import Limits
    from paramlens.syntax.source import read_source

    source = read_source(job.path, job.text, sources.pop(job.path, None) if sources is not None else None)
    if sources is not None:
        sources[job.path] = source
        if len(sources) > MOST_SOURCES:
            del sources[next(iter(sources))]
    limits = Limits(seconds=job.seconds) if job.seconds is not None else None
    environment = environment_of(job)
    return analyze(
        job.path, job.text, read=read, environment=environment, calls=job.calls, source=source, limits=limits
    )


@lru_cache(maxsize=64)
def _environment(folder: str, explicit: str | None) -> Environment:
    from paramlens.evaluate.environment import find_environment

    return find_environment(Path(folder), explicit)


@lru_cache(maxsize=4)
def _analyzer(name: str) -> Callable[..., Analysis]:
    module, _, function = name.partition(":")
    found: Callable[..., Analysis] = getattr(importlib.import_module(module), function)
    return found
