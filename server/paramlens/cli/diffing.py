"""`paramlens diff`: the models of the files that changed between two revisions, before and after."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from paramlens.cli.affected import affected
from paramlens.cli.files import EXCLUDED_FOLDERS, SUFFIXES, settings_of
from paramlens.cli.git import Changed, GitError, Repository
from paramlens.cli.trees import Files, RevisionTree, WorkingTree
from paramlens.excludes import is_excluded
from paramlens.facts import Analysis
from paramlens.features.default_calls import default_calls, may_make_models
from paramlens.features.model_diff import ModelChange, Version, model_changes
from paramlens.records import Record, record

WORKING_TREE = "working tree"


@record
class Comparison(Record):
    """What was compared, how many files were analysed, what changed, and one line for each file that failed."""

    before: str
    after: str
    changes: tuple[ModelChange, ...]
    files: int
    failures: tuple[str, ...]


class Reading:
    """One side: its files, and which of them each analysis asked for."""

    def __init__(self, files: Files, top: str, calls: Sequence[str], python: str | None) -> None:
        self.files = files
        self._top = top
        self.calls = tuple(calls)
        self._python = python

    def text(self, name: str) -> str | None:
        return self.files.read(os.path.join(self._top, name))

    def version(self, name: str | None, more_calls: Sequence[str] = ()) -> tuple[Version, frozenset[str]]:
        """A file with its analysis, and the paths from the top that it asked for."""
        if name is None or name not in self.files.paths:
            return Version(name or ""), frozenset()
        asked: set[str] = set()
        try:
            found = Version(name, self._analysis(name, asked, more_calls))
        except Exception as error:  # whatever goes wrong in one file is told, and the others go on
            found = Version(name, failure=f"not analysed: {' '.join(str(error).split()) or type(error).__name__}")
        return found, frozenset(os.path.relpath(path, self._top).replace(os.sep, "/") for path in asked)

    def _analysis(self, name: str, asked: set[str], more_calls: Sequence[str]) -> Analysis:
        from paramlens.evaluate.analyze import analyze
        from paramlens.evaluate.environment import Tree, find_environment

        path = os.path.join(self._top, name)
        settings = settings_of(os.path.dirname(path)).settings
        tree = Tree(self.files.is_file, self.files.is_folder)
        environment = find_environment(Path(path).parent, self._python or settings.python, tree)
        if isinstance(self.files, RevisionTree):
            self.files.on_disk = environment.site_packages

        def read(other: str) -> str | None:
            asked.add(other)
            return self.files.read(other)

        return analyze(
            path,
            self.source(name),
            read=read,
            environment=environment,
            calls=tuple(dict.fromkeys((*self.calls, *more_calls))),
            tree=tree,
            models_only=True,
        )

    def source(self, name: str) -> str:
        """The Python source of a file. Raises ValueError."""
        text = self.text(name)
        if text is None:
            raise ValueError("not readable as Python source")
        if not name.endswith(".ipynb"):
            return text
        from paramlens.syntax.notebook import read_notebook  # here: few files are notebooks

        notebook = read_notebook(text)
        if notebook.problem is not None:
            raise ValueError(notebook.problem)
        return notebook.text


def compare(arguments: Sequence[str], calls: Sequence[str] = (), python: str | None = None) -> Comparison:
    """Compare as the command line says it: a revision, perhaps another, perhaps paths. Raises GitError."""
    repository = Repository(os.getcwd())
    try:
        return _compare(repository, arguments, calls, python)
    finally:
        repository.close()


def _compare(repository: Repository, arguments: Sequence[str], calls: Sequence[str], python: str | None) -> Comparison:
    before, after, paths = _revisions(repository, arguments)
    old = Reading(RevisionTree(repository, before), repository.top, calls, python)
    files = RevisionTree(repository, after) if after is not None else WorkingTree(repository)
    new = Reading(files, repository.top, calls, python)
    wanted = [_from_top(path, repository.top, old.files, new.files) for path in paths]
    found: list[ModelChange] = []
    failures: list[str] = []
    count = 0
    for one, other in _pairs(repository.changes(before, after), old, new, wanted, repository.top):
        count += 1
        costs = settings_of(os.path.dirname(os.path.join(repository.top, other.path or one.path))).settings.costs
        found += model_changes(one, other, costs)
        for version, word in ((one, arguments[0]), (other, arguments[1] if after is not None else WORKING_TREE)):
            if version.failure:
                failures.append(f"{version.path} ({word}): {version.failure}")
    return Comparison(before, after or WORKING_TREE, tuple(found), count, tuple(failures))


def _revisions(repository: Repository, arguments: Sequence[str]) -> tuple[str, str | None, Sequence[str]]:
    """The first commit, the second or None for the working tree, and the paths."""
    before = repository.commit(arguments[0])
    if before is None:
        raise GitError(f"{arguments[0]}: unknown revision")
    if len(arguments) == 1:
        return before, None, ()
    second = arguments[1]
    after = repository.commit(second)
    if after is None:
        return before, None, arguments[1:]
    if os.path.lexists(second):
        raise GitError(f"{second}: both a revision and a path; ./{second} is the path, heads/{second} the branch")
    return before, after, arguments[2:]


def _from_top(path: str, top: str, *sides: Files) -> str:
    """A path that the person named, from the top of the repository. Raises GitError when there is no such thing."""
    name = os.path.relpath(os.path.realpath(path), top).replace(os.sep, "/")
    name = "" if name == "." else name
    if not any(_is_within(known, [name]) for side in sides for known in side.paths):
        raise GitError(f"{path}: neither a revision nor a path of one of the two")
    return name


def _is_within(name: str, wanted: Sequence[str]) -> bool:
    return not wanted or any(not one or name == one or name.startswith(f"{one}/") for one in wanted)


def _pairs(
    changes: Sequence[Changed], old: Reading, new: Reading, wanted: Sequence[str], top: str
) -> Iterator[tuple[Version, Version]]:
    """The files that changed and those that read one of them, each before and after."""
    differ = {path for change in changes for path in (change.before, change.after) if path is not None}
    for change in sorted(changes, key=lambda change: change.after or change.before or ""):
        names = [name for name in (change.before, change.after) if name is not None]
        if any(_is_model_file(name, top) and _is_within(name, wanted) for name in names):
            calls = _calls(old, change.before, new, change.after)
            yield old.version(change.before, calls)[0], new.version(change.after, calls)[0]
    same = [name for name in old.files.paths & new.files.paths - differ if _is_model_file(name, top)]
    for name in affected(differ, same, new.text):
        if not _is_within(name, wanted):
            continue
        if not new.calls and not _may_make_models(new, name):
            continue
        calls = _calls(old, name, new, name)
        after, asked = new.version(name, calls)
        if not differ.isdisjoint(asked):  # else both sides read the same texts
            yield old.version(name, calls)[0], after


def _may_make_models(reading: Reading, name: str) -> bool:
    try:
        return may_make_models(reading.source(name))
    except ValueError:
        return False


def _calls(old: Reading, before: str | None, new: Reading, after: str | None) -> tuple[str, ...]:
    """Calls that make models of the classes of either version."""
    found: list[str] = []
    for reading, name in ((old, before), (new, after)):
        if name is not None and name in reading.files.paths:
            with contextlib.suppress(ValueError):  # told when the file is analysed
                found += default_calls(reading.source(name))
    return tuple(dict.fromkeys(found))


def _is_model_file(name: str, top: str) -> bool:
    """Whether a folder argument of `count` would take the file."""
    folders = name.split("/")[:-1]
    if not name.endswith(SUFFIXES) or any(f.startswith(".") or f in EXCLUDED_FOLDERS for f in folders):
        return False
    path = os.path.join(top, name)
    settings = settings_of(os.path.dirname(path)).settings
    return not is_excluded(path, settings.exclude, settings.root or top)
