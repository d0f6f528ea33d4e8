"""The analysis of one file from version to version: what an edit does not concern is not evaluated again.

A version is evaluated in two parts. The run executes the file's own statements from top to bottom; each leaves a trace
of what it used. Then what the run did not reach is evaluated on its own, function by function and class by class: that
is most of the work in a file of models, and what one of them found is kept until something it used has changed.

The modules that a file imports are read once for all versions. What a run changes of them is undone before the next.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace

from paramlens.evaluate import reporting, standalone
from paramlens.evaluate.dependencies import Dependencies, Trace
from paramlens.evaluate.environment import DISK, Environment, Tree, requirements_of
from paramlens.evaluate.expressions import evaluate
from paramlens.evaluate.frames import Frame, LimitReached, Thrown
from paramlens.evaluate.interpreter import Interpreter
from paramlens.evaluate.limits import Limits
from paramlens.evaluate.module_names import module_name
from paramlens.evaluate.part_facts import PartFacts
from paramlens.evaluate.reporting import Made, MadeAt
from paramlens.evaluate.run import FileRun
from paramlens.evaluate.standalone import Alone
from paramlens.evaluate.versions import Difference, Lost, difference
from paramlens.facts import Analysis, GraphFact, ModelFact, Problem, SiteFact
from paramlens.records import Record, record
from paramlens.syntax.code import Refusal, Source
from paramlens.syntax.source import read_expression
from paramlens.syntax.stale_lines import stale_lines
from paramlens.values import Interrupted, ModuleValue, Place, Reason, Undetermined, Unknown, Value

MOST_RUNS = 1_000
"""Versions after which the imported modules are read again, as what was left behind adds up."""


@record
class Watch(Record):
    """Somebody who waits: `early` is given what is known after `patience` seconds, and once more when what the edit
    concerns is known and the rest is not; `interrupted` says that another version is wanted by now."""

    early: Callable[[Analysis], None]
    patience: float
    interrupted: Callable[[], bool]

    def pulse(self, start: float, report: Callable[[], Analysis | None]) -> Callable[[bool], None]:
        """What the evaluation calls now and then, with whether it may be interrupted there."""
        told = False

        def pulse(may_be_interrupted: bool) -> None:
            nonlocal told
            if may_be_interrupted and self.interrupted():
                raise Interrupted
            if not told and time.perf_counter() - start > self.patience and (known := report()) is not None:
                told = True
                self.early(known)

        return pulse


@record
class _Before(Record):
    """A version that was run to its end."""

    source: Source
    dependencies: Dependencies
    settings: tuple[object, ...]
    made: Sequence[MadeAt]
    models: tuple[ModelFact, ...]


class LiveFile:
    """One file that is analysed again and again; `read` gives the text of another file or None.

    With `models_only`, what no model of the file needs is not evaluated.
    """

    def __init__(
        self,
        path: str,
        read: Callable[[str], str | None],
        environment: Environment | None = None,
        limits: Limits | None = None,
        tree: Tree = DISK,
        *,
        models_only: bool = False,
    ) -> None:
        self.path = os.path.abspath(path)
        self._tree = tree
        self._models_only = models_only
        self._read = read
        self._environment = environment or Environment()
        self._limits = limits
        self._vm: Interpreter | None = None
        self._run: FileRun | None = None  # the interpreter is as it left it
        self._before: _Before | None = None  # the last version that was run to its end
        self._alone: dict[str, Alone] = {}
        self.is_whole = False  # the last analysis left nothing undone
        self._sites: dict[Place, tuple[tuple[tuple[Made, ...], ...], SiteFact]] = {}
        self._parts = PartFacts(self.path)

    @property
    def names(self) -> dict[str, Value]:
        """The names of the file with the values that they have at the end of the run."""
        main = self._vm.main if self._vm is not None else None
        return main.scope.names if main is not None else {}

    def graphs(self, text: str) -> dict[str, GraphFact] | None:
        """The graphs of the models by name; None when the last version that was run is not this text."""
        run = self._run
        return run.graphs() if run is not None and run.source.text == text else None

    def forget(self) -> None:
        """Evaluate everything again: another file changed."""
        self._vm = self._run = self._before = None
        self._alone = {}

    def is_outdated(self, read: Callable[[str], str | None]) -> bool:
        """Whether a file that was read has another text by now."""
        if self._vm is None:
            return False
        return any(read(path) != text for path, text in self._vm.texts.items() if path != self.path)

    @property
    def texts(self) -> Mapping[str, str | None]:
        """The texts of the other files that were asked for, None where there was none."""
        return {path: text for path, text in self._vm.texts.items() if path != self.path} if self._vm else {}

    def reads(self, path: str) -> bool:
        """Whether another file was looked for there."""
        return self._vm is not None and path in self._vm.texts and path != self.path

    def analysis(self, source: Source, calls: Sequence[str] = (), watch: Watch | None = None) -> Analysis:
        """Everything found in one version of the file.

        With a `watch`, an analysis is given to it first when evaluating takes longer than its patience: that one has
        facts of the version before, marked as stale, for what is not evaluated yet. What a watch leaves undone when the
        time is over follows in the next version. Raises Interrupted when the watch says so; the next version may
        follow all the same.
        """
        start = time.perf_counter()
        before, known = self._before, self._run
        change = difference(self.path, before.source, source) if before is not None else None

        def report() -> Analysis | None:
            if self._before is not None and self._before.source is source and self._run is not None:
                return self._report(self._run, self._alone)
            return self._report_of_before(before, change, source)

        self._run = None  # until it has come to its end
        if watch is not None and not self.is_whole:
            watch = replace(watch, patience=0.0 if before is not None else watch.patience)  # there is much left to do
        self.is_whole = False
        pulse = watch.pulse(start, report) if watch is not None else None
        vm = self._vm
        if vm is not None:
            vm.pulse = pulse
        if vm is None or known is None or change is None or calls or not known.continued(source, change):
            vm = self._machine()
            vm.pulse = pulse
            name, _ = module_name(self.path, self._tree.is_file)
            known = FileRun(vm, self.path, name, source)
            known.run(lambda module: [(call, *_evaluate_call(vm, module, call)) for call in calls])
        self._run, self._before = known, _Before(
            source, known.dependencies, known.settings, known.made, known.models
        )
        if before is not None and change is not None:
            concerned = self._carry_over(before, self._before, change)
            if watch is not None and not self._models_only and self._evaluate_rest(vm, patient=False, only=concerned):
                watch.early(self._report(known, self._alone))
        if not self._models_only:
            self.is_whole = not self._evaluate_rest(vm, patient=watch is None)
        return self._report(known, self._alone)

    def _evaluate_rest(self, vm: Interpreter, *, patient: bool, only: Set[str] | None = None) -> bool:
        """Evaluate on its own what the run did not reach and what is not known from before, or `only` what has one of
        the names. Returns whether anything is left."""
        left = False
        main = vm.main
        assert main is not None
        reached = set(vm.entered_functions)
        needed: list[str] = []
        for candidate in standalone.candidates(vm, main):
            if candidate.position in reached:
                continue
            known = self._alone.get(candidate.name)
            if known is None or known.stale:
                is_asked = only is None or candidate.name in only
                if not is_asked or (not patient and time.thread_time() > vm.deadline):
                    left = True
                    continue
                known = self._alone[candidate.name] = standalone.evaluate_alone(vm, candidate)
            needed.append(candidate.name)
            reached |= known.reached
        if only is None:
            self._alone = {name: self._alone[name] for name in needed}  # in the order of the file, whenever found
        return left

    def _machine(self) -> Interpreter:
        """The interpreter with the imported modules, ready for a run."""
        vm = self._vm
        if vm is None or vm.imports_main or vm.cut_short or vm.runs >= MOST_RUNS:
            _, root = module_name(self.path, self._tree.is_file)
            folders = self._environment
            roots = dict.fromkeys((os.path.dirname(self.path), root, *folders.roots, *folders.site_packages))
            vm = self._vm = Interpreter(
                self._read,
                is_folder=self._tree.is_folder,
                search_roots=tuple(roots),
                package_roots=folders.site_packages,
                requirements_of=lambda package: requirements_of(package, folders.site_packages),
                limits=self._limits,
            )
        else:
            vm.begin()
        return vm

    # ---------------------------------------------------------------------------------------- what was found before

    def _carry_over(self, before: _Before, now: _Before, change: Difference) -> set[str]:
        """Keep what was found on its own where nothing that it used is another; mark the rest as stale. Returns the
        names of what the edit concerns."""
        if not (change.removed or change.added or change.before or change.after) and change.moves_nothing:
            return set()
        concerned = _edited_names(now, change)
        old = before.dependencies.affected(change.removed, change.before)
        new = now.dependencies.affected(change.added, change.after)
        same = (
            before.settings == now.settings
            and not before.dependencies.change_lasting(old)
            and not now.dependencies.change_lasting(new)
        )
        for name, alone in list(self._alone.items()):
            used = alone.trace
            holds = (
                same
                and used.entered.isdisjoint(change.before)
                and before.dependencies.binders(used.reads).isdisjoint(old)
                and now.dependencies.binders(used.reads).isdisjoint(new)
            )
            if not holds:
                concerned.add(name)
            kept = _moved(alone, change, whole=holds and not alone.stale)
            if kept is None:
                del self._alone[name]
            else:
                self._alone[name] = kept
        return concerned

    # -------------------------------------------------------------------------------------------------- the analysis

    def _report_of_before(
        self, before: _Before | None, change: Difference | None, source: Source
    ) -> Analysis | None:
        """The facts of the version before, where they stand now; None when there was none."""
        if before is None or change is None:
            return None
        made = [Alone(made, {}, {}, Trace(), frozenset()) for made in before.made]
        moved = [_moved(found, change, whole=False) for found in (*made, *self._alone.values())]
        models = []
        for model in before.models:
            with contextlib.suppress(Lost):
                models.append(change.moved(model))
        sites = self._site_facts(source, [], [found for found in moved if found is not None])
        return Analysis(self.path, source.text, sites, tuple(models))

    def _report(self, run: FileRun, alone: dict[str, Alone]) -> Analysis:
        vm = self._vm
        assert vm is not None
        problems: dict[tuple[str, Place], Problem] = {}
        unknowns = dict(run.unknowns)
        for found in alone.values():
            unknowns.update(found.unknowns)
        for found in reversed(alone.values()):
            problems.update(found.problems)
        problems.update(run.problems)  # the first one of a place stays
        ordered = sorted(problems.values(), key=lambda found: (found.place.line, found.place.column, found.rule))
        made = [*run.made, *(found.made for found in alone.values())]
        holders = [*run.holders, *(holder for found in alone.values() for holder in found.holders)]
        whole = not vm.limited and not any(found.stale for found in alone.values())
        return Analysis(
            path=self.path,
            text=run.source.text,
            sites=self._site_facts(run.source, run.made, list(alone.values())),
            models=run.models,
            problems=tuple(ordered),
            unknowns=dict(Counter(reason.name for reason, _, _ in unknowns)),
            imported=frozenset(vm.imported),
            comments=tuple((comment.line + 1, comment.text) for comment in run.source.comments),
            parts=self._parts.of(run.source, holders, made) if whole else (),
            trained=run.trained,
            fed=run.fed,
            arrays=run.arrays,
        )

    def _site_facts(self, source: Source, run: Sequence[MadeAt], alone: Sequence[Alone]) -> tuple[SiteFact, ...]:
        """The sites in order; one for which nothing new was found is the same object as before."""
        made: dict[Place, list[tuple[Made, ...]]] = defaultdict(list)
        stale: set[Place] = set()
        for made_by_statement in run:
            for place, groups in made_by_statement.items():
                made[place].append(groups)
        for found in alone:
            for place, groups in found.made.items():
                made[place].append(groups)
            if found.stale:
                stale.update(found.made)
        lines = stale_lines(source)
        if lines:
            stale.update(place for place in made if any(a < place.line <= b + 1 for a, b in lines))
        known, self._sites = self._sites, {}
        for place, parts in made.items():
            key = tuple(parts)
            earlier = known.get(place)
            if earlier is not None and earlier[1].stale is (place in stale) and _are_same(earlier[0], key):
                self._sites[place] = earlier
            else:
                made_here = [group for part in parts for group in part]
                self._sites[place] = key, reporting.site_fact(place, made_here, stale=place in stale)
        facts = [fact for _, fact in self._sites.values()]
        return tuple(sorted(facts, key=lambda site: (site.place.line, site.place.column)))


def _edited_names(now: _Before, change: Difference) -> set[str]:
    """The names of the statements that differ."""
    edited = set(change.added)
    for line, _ in change.after:
        edited.update(
            index
            for index, statement in enumerate(now.source.statements)
            if statement.first_line <= line < statement.first_line + statement.line_count
        )
    return {name for index in edited for name in now.dependencies.names_of(index)}


def _are_same(a: tuple[object, ...], b: tuple[object, ...]) -> bool:
    return len(a) == len(b) and all(map(lambda x, y: x is y, a, b))


def _moved(alone: Alone, change: Difference, *, whole: bool) -> Alone | None:
    """What was found, where it stands now: all of it, or what is left as stale facts; None when there is nothing."""
    if whole and change.moves_nothing:
        return alone
    try:
        if whole:
            trace = replace(alone.trace, entered={change.position(position) for position in alone.trace.entered})
            return Alone(
                {change.moved(place): change.moved(made) for place, made in alone.made.items()},
                {(rule, change.moved(at)): change.moved(problem) for (rule, at), problem in alone.problems.items()},
                dict.fromkeys(change.moved(tuple(alone.unknowns))),
                trace,
                frozenset(change.position(position) for position in alone.reached),
                holders=change.moved(alone.holders),
            )
    except Lost:
        pass
    made = {}
    for place, groups in alone.made.items():
        try:
            made[change.moved(place)] = change.moved(groups)
        except Lost:
            continue
    return Alone(made, {}, {}, alone.trace, frozenset(), stale=True) if made else None


# ------------------------------------------------------------------------------------------------------------- calls


def _evaluate_call(vm: Interpreter, module: ModuleValue, text: str) -> tuple[Value, Place | None]:
    """The value of a `--call` expression in the module's namespace, with the reason where it has none."""
    node = read_expression(text)
    if isinstance(node, Refusal):
        return Unknown(Reason.SYNTAX, node.message), None
    asked = ModuleValue(module.name, f"<{text}>", module.scope, source=module.source)  # no place of the file itself
    frame = Frame(module.scope, asked, 0)
    vm.step_limit = vm.steps + vm.limits.steps
    vm.idle_limit = vm.steps + vm.limits.idle_steps
    try:
        return evaluate(vm, node, frame), None
    except Thrown as error:
        return Unknown(Reason.RAISED, f"{error.kind}: {error.message}", error.place), error.place
    except LimitReached as limit:
        return Unknown(limit.reason, limit.detail), None
    except Undetermined as problem:
        return problem.unknown, None
    except RecursionError:
        return Unknown(Reason.RECURSION_LIMIT, text), None
