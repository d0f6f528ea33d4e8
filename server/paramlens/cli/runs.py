"""Analyses of files: one in this process, several in workers, so that a file that crashes takes nothing else down."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from paramlens.cache import find
from paramlens.cli.files import settings_of
from paramlens.facts import Analysis
from paramlens.jobs import Job
from paramlens.records import Record, record
from paramlens.settings import Settings
from paramlens.sources import Unreadable, load_source, read_source
from paramlens.worker import Answer, answer
from paramlens.written import in_cells

if TYPE_CHECKING:
    from paramlens.syntax.cells import NotebookMap

MOST_WORKERS = 4
"""Without `--jobs`: each may hold 100 MiB of what it has read."""

_Asker: TypeAlias = Callable[[Job], Answer]


@record
class Result(Record):
    """One file: its analysis, or why there is none in one line."""

    path: str  # as the person named it
    settings: Settings
    analysis: Analysis | None
    notebook: NotebookMap | None = None
    error: str = ""
    seconds: float = 0.0


@record
class _Given(Record):
    """What holds for all files."""

    calls: tuple[str, ...]
    python: str | None
    cache: str | None
    texts: Mapping[str, str]  # of files that are not read from disk


@record
class _Task(Record):
    path: str
    job: Job
    notebook: NotebookMap | None


def analyse(
    paths: Sequence[str],
    calls: tuple[str, ...],
    python: str | None,
    cache: str | None = None,
    texts: Mapping[str, str] = MappingProxyType({}),
    jobs: int | None = None,
) -> Iterator[Result]:
    """The results in the order of the paths; `cache` is the folder to take results from and to keep them in, `texts`
    has what stands in for files on disk, `jobs` is how many files are analysed at a time."""
    given = _Given(calls, python, cache, texts)
    if len(paths) <= 1:
        yield from (_finish(path, given, lambda job: answer(0, job, read_source)) for path in paths)
        return
    from concurrent.futures import ThreadPoolExecutor  # here: one file needs none of this

    from paramlens.cli.workers import Workers

    count = min(len(paths), jobs or min(_processors(), MOST_WORKERS))
    workers = Workers()
    with ThreadPoolExecutor(count) as threads:
        try:
            yield from threads.map(lambda path: _finish(path, given, workers.ask), paths)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            workers.stop()


def _processors() -> int:
    """Those that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _finish(path: str, given: _Given, ask: _Asker) -> Result:
    start = time.perf_counter()
    settings = settings_of(os.path.dirname(os.path.abspath(path))).settings
    try:
        task = _task(path, settings, given)
    except Unreadable as error:
        return Result(path, settings, None, error=str(error))
    kept = find(task.job, read_source, given.cache) if given.cache is not None else None
    found = Answer(0, kept) if kept is not None else ask(task.job)
    failure = f"{path}: not analysed: {found.failure}" if found.analysis is None else ""
    return Result(path, settings, found.analysis, task.notebook, failure, time.perf_counter() - start)


def _load(path: str, given: _Given) -> str:
    return given.texts[path] if path in given.texts else load_source(path)


def _task(path: str, settings: Settings, given: _Given) -> _Task:
    if path.endswith(".ipynb"):
        from paramlens.syntax.notebook import read_notebook  # here: few files are notebooks

        notebook = read_notebook(_load(path, given))
        if notebook.problem is not None:
            raise Unreadable(f"{path}: {notebook.problem}")
        text, lines = notebook.text, notebook.map
        cells = tuple((first + 1, number + 1) for first, number in zip(lines.first_lines, lines.cells, strict=True))
    else:
        text, lines, cells = _load(path, given), None, ()
    job = Job(os.path.abspath(path), text, given.calls, settings, given.python, given.cache, cells=cells)
    in_cells(job.path, cells)
    return _Task(path, job, lines)
