"""The run of a file: its own statements from top to bottom, and again those that an edit concerns.

Each statement's run leaves a trace of what it used, and what it noted is kept by statement. After an edit the
statements that changed run again, with those that hang on them, in the state that the others left. That is only done
where it gives what a whole run would: nothing moved, every name that is concerned has one statement that binds it,
nothing that outlasts the run was changed, and nothing that they use is changed further down. Otherwise the whole file
runs again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any

from paramlens.dims import Sym
from paramlens.evaluate import counting, given_inputs, modules, reporting
from paramlens.evaluate import holders as holding
from paramlens.evaluate.dependencies import EVERYTHING, Dependencies, Position, Trace
from paramlens.evaluate.graphs import graph_of
from paramlens.evaluate.interpreter import Interpreter
from paramlens.evaluate.lazy_source import LazySource
from paramlens.evaluate.reporting import MadeAt
from paramlens.evaluate.standalone import UnknownKey
from paramlens.evaluate.tree import all_instances
from paramlens.evaluate.versions import Difference
from paramlens.facts import GraphFact, ModelFact, Problem
from paramlens.records import mutable_record
from paramlens.syntax.code import Source
from paramlens.values import (
    ClassMethodValue,
    ClassValue,
    FunctionValue,
    Instance,
    ModuleValue,
    NativeFunction,
    Place,
    Scope,
    StaticMethodValue,
    TensorValue,
    Unknown,
    Value,
)

_MOST_ARRAYS = 20

CallResult = tuple[str, Value, "Place | None"]


@mutable_record
class _Left:
    """What the run of one statement left in the interpreter. `plain` says that it can be taken back."""

    sites: list[tuple[Place, Instance, int, bool]]
    problems: dict[tuple[str, Place], Problem]
    unknowns: dict[UnknownKey, Any]
    grown: tuple[list[Any], ...]
    plain: bool
    entered: set[Position] = field(default_factory=set)
    made: MadeAt = field(default_factory=dict)
    holders: tuple[holding.Holder, ...] = ()


class FileRun:
    """One version of a file, run by one interpreter."""

    def __init__(self, vm: Interpreter, path: str, name: str, source: Source) -> None:
        self.source = source
        self._vm = vm
        self._path = path
        self._left: dict[int, _Left] = {}
        self._models: dict[str, tuple[Instance, ModelFact]] = {}
        self._after = _Left([], {}, {}, (), True)  # of what is evaluated after the statements
        self._module = ModuleValue(name, path, Scope())
        self._module.source = LazySource(source, is_main=True)
        vm.main = vm.modules[name] = self._module
        self.dependencies = Dependencies((), {})
        self.models: tuple[ModelFact, ...] = ()

    @property
    def made(self) -> Sequence[MadeAt]:
        """What was made, by statement."""
        return [left.made for left in self._all()]

    @property
    def holders(self) -> Sequence[holding.Holder]:
        """What the layers that were made hold."""
        return [holder for left in self._all() for holder in left.holders]

    @property
    def trained(self) -> frozenset[str]:
        """The names of models that the program fits, or gives a parameter of to an optimizer."""
        trained = {key for key, fitted in self._vm.trained.items() if fitted}
        if not trained:
            return frozenset()
        return frozenset(name for name, (model, _) in self._models.items() if _is_trained(model, trained))

    @property
    def arrays(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """The names that hold arrays of known shape at the end."""
        found = []
        for name, value in self._module.scope.names.items():
            if type(value) is TensorValue and value.shape and value.kind == "numpy":
                sizes = [size for size in value.shape if isinstance(size, int)]
                if len(sizes) == len(value.shape):
                    found.append((name, tuple(sizes)))
        return tuple(found[:_MOST_ARRAYS])

    @property
    def fed(self) -> frozenset[str]:
        """The names of models that the program gives data."""
        given = self._vm.trained
        return frozenset(name for name, (model, _) in self._models.items() if id(model) in given)

    @property
    def problems(self) -> Mapping[tuple[str, Place], Problem]:
        found: dict[tuple[str, Place], Problem] = {}
        for left in self._all():
            for key, problem in left.problems.items():
                if problem.place.path == self._path:
                    found.setdefault(key, problem)
        return found

    @property
    def unknowns(self) -> Mapping[UnknownKey, None]:
        keys: dict[UnknownKey, None] = {}
        for left in self._all():
            keys.update(left.unknowns)
        return {key: None for key in keys if key[2] is not None and key[2].path == self._path}

    def graphs(self) -> dict[str, GraphFact]:
        """The graphs of the models by name, from the interpreter as the run has left it."""
        return {name: graph_of(value) for name, (value, _) in self._models.items() if isinstance(value, Instance)}

    @property
    def settings(self) -> tuple[object, ...]:
        """What it set for everything that follows."""
        vm = self._vm
        elsewhere = {name for name, unknown in vm.symbols.by_name.items() if _is_elsewhere(unknown, self._path)}
        return set(vm.tensor_marks), set(vm.assigned_variables), vm.symbols.by_name.keys() - elsewhere

    def _all(self) -> list[_Left]:
        return [*(self._left[index] for index in sorted(self._left)), self._after]

    # ------------------------------------------------------------------------------------------------------ all of it

    def run(self, calls: Callable[[ModuleValue], list[CallResult]]) -> None:
        """Run every statement; `calls` evaluates what is asked for after them."""
        vm = self._vm
        for index in range(len(self._module.source.statements)):
            self._left[index] = self._run_one(index)
        vm.phase = 0
        count, entered = len(vm.sites), set(vm.entered_functions)
        results = calls(self._module)
        given_inputs.apply_comments(vm, self._module, self.source)
        later = vm.entered_functions - entered
        self._after = _Left(vm.sites[count:], vm.problems, vm.unknowns, (), not results, later)
        self.dependencies = Dependencies(self.source.statements, self._module.source.traces)
        self._describe(set(self._left), results)
        self._after.made = reporting.made_at(vm, self._path, self._after.sites, reporting.Told())
        self._after.holders = self._holders(self._after)

    def _run_one(self, index: int) -> _Left:
        vm = self._vm
        grown = self._grown()
        sizes, count = [len(mapping) for mapping in grown], len(vm.sites)
        marks = self._marks()
        ahead = index in self._module.source.done
        done = len(self._module.source.done)
        kept, entered = (vm.problems, vm.unknowns), vm.entered_functions
        vm.problems, vm.unknowns, vm.entered_functions = {}, {}, set()
        modules.run_statement(vm, self._module, self._module.source, index)
        alone = not ahead and len(self._module.source.done) == done + 1
        keys = tuple([*mapping][size:] for mapping, size in zip(grown, sizes, strict=True))
        in_run = vm.phase == 0 and all(phase == 0 for _, _, phase, _ in vm.sites[count:])
        plain = alone and in_run and marks == self._marks()
        left = _Left(vm.sites[count:], vm.problems, vm.unknowns, keys, plain, vm.entered_functions)
        vm.problems, vm.unknowns = kept
        vm.entered_functions = entered | left.entered
        return left

    def _marks(self) -> tuple[int, int]:
        """How much the program has set for everything that follows, beside what imported modules set."""
        vm = self._vm
        return len(vm.tensor_marks - vm.lasting_marks), len(vm.assigned_variables - vm.lasting_variables)

    def _grown(self) -> tuple[dict[Any, Any], ...]:
        """What statements add to and what is forgotten with them."""
        vm = self._vm
        return vm.received, vm.memories, vm.symbols.by_name, vm.tallies.constructed, vm.functions, vm.trained

    def _describe(self, statements: set[int], results: list[CallResult]) -> None:
        """The facts of what these statements made, and of what is a model now and was none, or the other way round."""
        told = reporting.Told()
        before = self._models
        self.models, self._models = reporting.models_of(self._vm, self._module, results, told, before)
        others = self.dependencies.binders(before.keys() ^ self._models.keys()) if before else set()
        for index in statements | others:
            left = self._left[index]
            left.made = reporting.made_at(self._vm, self._path, left.sites, told)
            left.holders = self._holders(left)

    def _holders(self, left: _Left) -> tuple[holding.Holder, ...]:
        return holding.holders(self._vm, self._path, [(made, phase) for _, made, phase, _ in left.sites])

    # ----------------------------------------------------------------------------------------- what an edit concerns

    def continued(self, source: Source, change: Difference) -> bool:
        """Run again what the edit concerns. False when the whole file has to run again, which ends this run."""
        vm = self._vm
        concerned = self.dependencies.affected(change.removed, change.before)
        if not self._may_continue(source, change) or not self._may_run_again(concerned):
            return False
        if any(id(old) not in vm.functions for old, _ in change.bodies):
            return False
        settings = self.settings
        self._forget(concerned)
        self._module.source.continued(source, concerned)
        for old, new in (*change.bodies, *change.others):
            if functions := vm.functions.pop(id(old), None):
                for function in functions:
                    function.code = new
                vm.functions[id(new)] = functions
        vm.resume()
        self.source = source
        if not concerned:
            return True
        for index in sorted(concerned):
            vm.sites = [site for before in range(index) for site in self._left[before].sites]
            self._left[index] = self._run_one(index)
        vm.sites = [site for left in self._all() for site in left.sites]
        vm.entered_functions = set().union(*(left.entered for left in self._all()))
        self.dependencies = Dependencies(source.statements, self._module.source.traces)
        self._order_names()
        self._describe(concerned, [])
        found = self.dependencies.affected(concerned | change.added, change.after)
        return found <= concerned and settings == self.settings and self._may_run_again(concerned)

    def _may_continue(self, source: Source, change: Difference) -> bool:
        vm = self._vm
        same_count = len(source.statements) == len(self.source.statements) and change.removed == change.added
        plain = self._after.plain and all(left.plain for left in self._left.values())
        inputs = any(comment.text.startswith("input") for comment in source.comments)
        return (
            same_count
            and change.moves_nothing
            and plain
            and not inputs
            and source.comments == self.source.comments
            and not (vm.imports_main or vm.cut_short or vm.limited)
        )

    def _may_run_again(self, concerned: set[int]) -> bool:
        """Whether the names and values that the statements use are what they were when these ran."""
        if not concerned:
            return True
        dependencies = self.dependencies
        if self._vm.limited or dependencies.change_lasting(concerned) or dependencies.are_patched_later(concerned):
            return False
        for index in concerned:
            used = dependencies.traces.get(index)
            if used is None or EVERYTHING in used.reads or not self._left[index].plain:
                return False
            changed = dependencies.changed_later(index, concerned)
            if changed and self._may_have_seen(used, min(changed)):
                return False
            bound = dependencies.names_of(index)
            if EVERYTHING in bound or any(not dependencies.binders({name}) <= concerned for name in bound):
                return False
            for name in used.reads:
                binders = dependencies.binders({name})
                if not binders <= concerned and (len(binders) > 1 or min(binders) >= index):
                    return False
        return True

    def _may_have_seen(self, used: Trace, oldest: int) -> bool:
        """Whether what a statement used may hold something that was changed since; `oldest` is the first of that."""
        if used.leaves and oldest < 0:
            return True
        names = self._module.scope.names
        return any(_may_lead_to_others(names.get(name)) for name in used.reads)

    def _forget(self, concerned: set[int]) -> None:
        vm, names = self._vm, self._module.scope.names
        for index in concerned:
            for mapping, keys in zip(self._grown(), self._left[index].grown, strict=True):
                for key in keys:
                    mapping.pop(key, None)
            for name in self.dependencies.names_of(index):
                names.pop(name, None)
                self._module.source.values.pop(name, None)
        vm.layer_names.clear()
        vm.tallies.final.clear()
        vm.phase = 0
        vm.deep_calls = 0
        vm.step_limit = vm.steps + vm.limits.steps
        vm.idle_limit = vm.steps + vm.limits.idle_steps

    def _order_names(self) -> None:
        """As if all statements had run in order."""
        last = len(self._left)
        names = self._module.scope.names
        first = {name: min(self.dependencies.binders({name}), default=last) for name in names}
        self._module.scope.names = dict(sorted(names.items(), key=lambda item: first[item[0]]))


_LEADING_NOWHERE = (int, float, complex, str, bytes, range, slice, type(None), Sym, NativeFunction)


def _may_lead_to_others(value: Value) -> bool:
    """Whether something that was changed may be within a value, as far as can be told at once."""
    if isinstance(value, ModuleValue):
        return value.source is not None
    if isinstance(value, FunctionValue):
        held = (*value.defaults.values(), *value.attributes.values())
        return value.scope is not value.module.scope or any(map(_may_lead_to_others, held))
    if isinstance(value, StaticMethodValue | ClassMethodValue):
        return _may_lead_to_others(value.function)
    if isinstance(value, ClassValue):
        bases = (cls for cls in value.mro if isinstance(cls, ClassValue))
        return any(_is_held(item) for cls in bases if cls.module is not None for item in cls.namespace.values())
    if isinstance(value, Unknown):
        return bool(value.options)
    return not isinstance(value, _LEADING_NOWHERE)


def _is_held(value: Value) -> bool:
    """The same of what a class holds: a class, which may hold the first one, is not looked into."""
    return value.module is not None if isinstance(value, ClassValue) else _may_lead_to_others(value)


def _is_trained(model: Instance, trained: set[int]) -> bool:
    if id(model) in trained:
        return True
    owners = all_instances(model)
    return any(id(weight) in trained for owner in owners for _, weight in counting.weights_of(owner))


def _is_elsewhere(unknown: Unknown, path: str) -> bool:
    """Whether an unknown value comes from another file."""
    return unknown.place is not None and unknown.place.path != path
