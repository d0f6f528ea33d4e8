"""The analysis of one file from version to version: what an edit does not concern is not evaluated again.

A version is evaluated in two parts. The run executes the file's own statements from top to bottom; each leaves a trace
of what it used. Then what the run did not reach is evaluated on its own, function by function and class by class: that
is most of the work in a file of models, and what one of them found is kept until something it used has changed.

The modules that a file imports are read once for all versions. What a run changes of them is undone before the next.
"""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from paramlens.evaluate import given_inputs, modules, reporting, standalone
from paramlens.evaluate.dependencies import Dependencies, Position, Trace
from paramlens.evaluate.environment import Environment, requirements_of
from paramlens.evaluate.expressions import evaluate
from paramlens.evaluate.frames import Frame, LimitReached, Thrown
from paramlens.evaluate.interpreter import Interpreter
from paramlens.evaluate.lazy_source import LazySource
from paramlens.evaluate.limits import Limits
from paramlens.evaluate.module_names import module_name
from paramlens.evaluate.reporting import Made, MadeAt
from paramlens.evaluate.standalone import Alone
from paramlens.evaluate.versions import Difference, Lost, difference
from paramlens.facts import Analysis, LayerFact, ModelFact, Problem, SiteFact
from paramlens.syntax.code import Refusal, Source
from paramlens.syntax.source import read_expression
from paramlens.syntax.stale_lines import stale_lines
from paramlens.values import Interrupted, ModuleValue, Place, Reason, Scope, Undetermined, Unknown, Value

MOST_RUNS = 1_000
"""Versions after which the imported modules are read again, as what was left behind adds up."""


@dataclass(frozen=True, slots=True)
class _Run:
    """What the file's own statements made, and what hangs on what among them."""

    source: Source
    dependencies: Dependencies
    made: MadeAt
    models: tuple[ModelFact, ...]
    problems: tuple[tuple[tuple[str, Place], Problem], ...]
    unknowns: tuple[standalone.UnknownKey, ...]
    settings: tuple[object, ...]  # what it set for everything that follows
    entered: frozenset[Position]  # functions of the file that it called


@dataclass(frozen=True, slots=True)
class Watch:
    """Somebody who waits: `early` is given what is known after `patience` seconds; `interrupted` says that another
    version is wanted by now."""

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


class LiveFile:
    """One file that is analysed again and again; `read` gives the text of another file or None."""

    def __init__(
        self,
        path: str,
        read: Callable[[str], str | None],
        environment: Environment | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.path = os.path.abspath(path)
        self._read = read
        self._environment = environment or Environment()
        self._limits = limits
        self._vm: Interpreter | None = None
        self._run: _Run | None = None  # the last one that came to its end
        self._is_run = False  # the interpreter is as that run left it
        self._alone: dict[str, Alone] = {}
        self._sites: dict[Place, tuple[tuple[tuple[Made, ...], ...], SiteFact]] = {}

    @property
    def names(self) -> dict[str, Value]:
        """The names of the file with the values that they have at the end of the run."""
        main = self._vm.main if self._vm is not None else None
        return main.scope.names if main is not None else {}

    def forget(self) -> None:
        """Evaluate everything again: another file changed."""
        self._vm = self._run = None
        self._alone = {}

    def is_outdated(self, read: Callable[[str], str | None]) -> bool:
        """Whether a file that was read has another text by now."""
        if self._vm is None:
            return False
        return any(read(path) != text for path, text in self._vm.texts.items() if path != self.path)

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
        before = self._run
        change = difference(self.path, before.source, source) if before is not None else None

        def report() -> Analysis | None:
            if self._run is not None and self._run.source is source:
                return self._report(self._run, self._alone)
            return self._report_of_before(before, change, source)

        vm = self._continued(source, change) if not calls else None
        if vm is None:
            vm = self._machine()
            vm.pulse = watch.pulse(start, report) if watch is not None else None
            self._is_run = False
            self._run = self._evaluate_file(vm, source, calls)
            self._is_run = True
        elif before is not None:
            vm.pulse = watch.pulse(start, report) if watch is not None else None
            self._run = replace(before, source=source)
        assert self._run is not None
        if before is not None and change is not None:
            self._carry_over(before, self._run, change)
        self._evaluate_rest(vm, patient=watch is None)
        return self._report(self._run, self._alone)

    def _evaluate_rest(self, vm: Interpreter, *, patient: bool) -> None:
        """Evaluate on its own what the run did not reach and what is not known from before."""
        main = vm.main
        assert main is not None
        reached = set(vm.entered_functions)
        needed: list[str] = []
        for candidate in standalone.candidates(vm, main):
            if candidate.position in reached:
                continue
            known = self._alone.get(candidate.name)
            if known is None or known.stale:
                if not patient and time.thread_time() > vm.deadline:
                    continue
                known = self._alone[candidate.name] = standalone.evaluate_alone(vm, candidate)
            needed.append(candidate.name)
            reached |= known.reached
        self._alone = {name: self._alone[name] for name in needed}  # in the order of the file, whenever it was found

    # ------------------------------------------------------------------------------------------------------- the run

    def _continued(self, source: Source, change: Difference | None) -> Interpreter | None:
        """The interpreter after its last run, with other bodies for functions that did not run; None when the file's
        own statements have to run again."""
        vm, run = self._vm, self._run
        if vm is None or run is None or change is None or not self._is_run or not change.is_local:
            return None
        if vm.imports_main or vm.cut_short or run.source.comments != source.comments:
            return None
        if not change.before.isdisjoint(run.entered):
            return None
        if any(id(old) not in vm.functions for old, _ in change.bodies):
            return None
        main = vm.main
        assert main is not None
        main.source.continued(source)
        for old, new in (*change.bodies, *change.others):
            functions = vm.functions.pop(id(old), [])
            for function in functions:
                function.code = new
            vm.functions[id(new)] = functions
        vm.resume()
        return vm

    def _machine(self) -> Interpreter:
        """The interpreter with the imported modules, ready for a run."""
        vm = self._vm
        if vm is None or vm.imports_main or vm.cut_short or vm.runs >= MOST_RUNS:
            _, root = module_name(self.path)
            folders = self._environment
            roots = dict.fromkeys((os.path.dirname(self.path), root, *folders.roots, *folders.site_packages))
            vm = self._vm = Interpreter(
                self._read,
                is_folder=os.path.isdir,
                search_roots=tuple(roots),
                package_roots=folders.site_packages,
                requirements_of=lambda package: requirements_of(package, folders.site_packages),
                limits=self._limits,
            )
        else:
            vm.begin()
        return vm

    def _evaluate_file(self, vm: Interpreter, source: Source, calls: Sequence[str]) -> _Run:
        name, _ = module_name(self.path)
        module = ModuleValue(name, self.path, Scope())
        module.source = LazySource(source, is_main=True)
        vm.main = vm.modules[name] = module
        for index in range(len(module.source.statements)):
            modules.run_statement(vm, module, module.source, index)
        vm.phase = 0
        results = [(call, *_evaluate_call(vm, module, call)) for call in calls]
        given_inputs.apply_comments(vm, module, source)
        facts: dict[int, LayerFact] = {}
        return _Run(
            source,
            Dependencies(module.source.statements, module.source.traces),
            models=reporting.models_of(vm, module, results, facts),
            made=reporting.made_at(vm, self.path, facts),
            problems=tuple((key, problem) for key, problem in vm.problems.items() if problem.place.path == self.path),
            unknowns=tuple(key for key in vm.unknowns if key[2] is not None and key[2].path == self.path),
            entered=frozenset(vm.entered_functions.union(*(uses.entered for uses in module.source.traces.values()))),
            settings=(set(vm.tensor_marks), set(vm.assigned_variables), list(vm.symbols)),
        )

    # ---------------------------------------------------------------------------------------- what was found before

    def _carry_over(self, before: _Run, now: _Run, change: Difference) -> None:
        """Keep what was found on its own where nothing that it used is another; mark the rest as stale."""
        if not (change.removed or change.added or change.before or change.after) and change.moves_nothing:
            return
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
            kept = _moved(alone, change, whole=holds and not alone.stale)
            if kept is None:
                del self._alone[name]
            else:
                self._alone[name] = kept

    # -------------------------------------------------------------------------------------------------- the analysis

    def _report_of_before(
        self, before: _Run | None, change: Difference | None, source: Source
    ) -> Analysis | None:
        """The facts of the version before, where they stand now; None when there was none."""
        if before is None or change is None:
            return None
        run = Alone(before.made, {}, (), Trace(), frozenset())
        known = {"": run, **self._alone}
        moved = {name: _moved(found, change, whole=False) for name, found in known.items()}
        nothing = replace(before, source=source, made={}, models=(), problems=(), unknowns=())
        return self._report(nothing, {name: found for name, found in moved.items() if found is not None})

    def _report(self, run: _Run, alone: dict[str, Alone]) -> Analysis:
        vm = self._vm
        assert vm is not None
        problems: dict[tuple[str, Place], Problem] = dict(run.problems)
        for found in alone.values():
            for key, problem in found.problems.items():
                problems.setdefault(key, problem)
        unknowns = dict.fromkeys(run.unknowns)
        for found in alone.values():
            unknowns.update(dict.fromkeys(found.unknowns))
        ordered = sorted(problems.values(), key=lambda problem: (problem.place.line, problem.place.column))
        return Analysis(
            path=self.path,
            text=run.source.text,
            sites=self._site_facts(run, alone),
            models=run.models,
            problems=tuple(ordered),
            unknowns=dict(Counter(reason.name for reason, _, _ in unknowns)),
            imported=frozenset(vm.imported),
            comments=tuple((comment.line + 1, comment.text) for comment in run.source.comments),
        )

    def _site_facts(self, run: _Run, alone: dict[str, Alone]) -> tuple[SiteFact, ...]:
        """The sites in order; one for which nothing new was found is the same object as before."""
        made: dict[Place, list[tuple[Made, ...]]] = defaultdict(list)
        stale: set[Place] = set()
        for place, groups in run.made.items():
            made[place].append(groups)
        for found in alone.values():
            for place, groups in found.made.items():
                made[place].append(groups)
            if found.stale:
                stale.update(found.made)
        lines = stale_lines(run.source)
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
                change.moved(alone.unknowns),
                trace,
                frozenset(change.position(position) for position in alone.reached),
            )
    except Lost:
        pass
    made = {}
    for place, groups in alone.made.items():
        try:
            made[change.moved(place)] = change.moved(groups)
        except Lost:
            continue
    return Alone(made, {}, (), alone.trace, frozenset(), stale=True) if made else None


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
