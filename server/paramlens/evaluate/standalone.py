"""What the run did not reach is evaluated on its own: functions and classes that build layers, with named unknowns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from paramlens.evaluate import holders, reporting
from paramlens.evaluate.dependencies import Position, Trace
from paramlens.evaluate.frames import LimitReached, Thrown
from paramlens.evaluate.frameworks.conversion import brief
from paramlens.evaluate.reporting import MadeAt
from paramlens.facts import Problem
from paramlens.records import Record, mutable_record, record
from paramlens.syntax import code
from paramlens.values import (
    ClassValue,
    FunctionValue,
    Instance,
    ModuleValue,
    Place,
    Reason,
    Undetermined,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter
    from paramlens.evaluate.journal import Mark

UnknownKey: TypeAlias = "tuple[Reason, str, Place | None]"


@record
class Candidate(Record):
    """A function or class of the file that may be evaluated on its own. `signature` is what takes its arguments."""

    name: str
    value: FunctionValue | ClassValue
    signature: FunctionValue | None

    @property
    def position(self) -> Position | None:
        """Where the function begins that runs first."""
        if self.signature is None:
            return None
        span = self.signature.code.span
        return self.signature.offset + span.line, span.column


@mutable_record
class Alone:
    """What evaluating a candidate on its own found, and what it used.

    `reached` are the functions that need no evaluation of their own after it; `stale` says that it is that of an
    earlier version which does not hold any more.
    """

    made: MadeAt
    problems: Mapping[tuple[str, Place], Problem]
    unknowns: Mapping[UnknownKey, None]
    trace: Trace
    reached: frozenset[Position]
    stale: bool = False
    holders: tuple[holders.Holder, ...] = ()


def candidates(vm: Interpreter, module: ModuleValue) -> Iterator[Candidate]:
    """Every function of the file and every class that builds layers, in the order in which their names were bound."""
    for name, value in list(module.scope.names.items()):
        if isinstance(value, FunctionValue) and value.module is module:
            yield Candidate(name, value, value)
        elif isinstance(value, ClassValue) and value.module is module and _builds_layers(value):
            initializer = vm.class_attribute(value, "__init__")
            yield Candidate(name, value, initializer if isinstance(initializer, FunctionValue) else None)


def _builds_layers(cls: ClassValue) -> bool:
    from paramlens.evaluate.frameworks.framework_classes import framework_of

    return framework_of(cls) is not None


def evaluate_alone(vm: Interpreter, candidate: Candidate) -> Alone:
    """Call once with every argument unknown and, where there are defaults, once more with these.

    What is exact with unknown arguments is exact; what the defaults add holds for them alone, and says so. Nothing of
    it is left behind.
    """
    path = vm.main.path or "" if vm.main is not None else ""
    first = len(vm.sites)
    with _on_its_own(vm):
        vm.uses.reads.add(candidate.name)
        roots = _run(vm, candidate, assumed="")
        problems = {key: problem for key, problem in vm.problems.items() if problem.place.path == path}
        defaults = _written_defaults(candidate.signature) if candidate.signature is not None else ""
        if defaults:
            roots += _run(vm, candidate, assumed=defaults)  # what does not fit the defaults alone is no problem
        made = reporting.made_at(vm, path, vm.sites[first:], reporting.Told())
        unknowns = {key: None for key in vm.unknowns if key[2] is not None and key[2].path == path}
        held = holders.holders(vm, path, [*((made, phase) for _, made, phase, _ in vm.sites[first:]), *roots])
        return Alone(made, problems, unknowns, vm.uses, frozenset(vm.entered_functions), holders=held)


@contextmanager
def _on_its_own(vm: Interpreter) -> Iterator[None]:
    """What is noted meanwhile, and how far the budgets are used up, is forgotten at the end: no evaluation depends on
    those before it."""
    grown: tuple[dict[Any, Any], ...] = (
        vm.assumptions, vm.received, vm.layer_names, vm.memories, vm.symbols.by_name, vm.symbols.formulas,
        vm.symbols.names, vm.tallies.constructed, vm.functions, vm.trained,
    )  # fmt: skip
    sizes = [len(mapping) for mapping in grown]
    sites, phase = len(vm.sites), vm.phase
    kept = vm.uses, vm.problems, vm.unknowns, vm.tallies.final
    marks, variables, entered = set(vm.tensor_marks), set(vm.assigned_variables), vm.entered_functions
    vm.uses, vm.problems, vm.unknowns, vm.tallies.final, vm.entered_functions = Trace(), {}, {}, {}, set()
    vm.tallies.large_trees = vm.deep_calls = 0
    try:
        yield
    finally:
        for mapping, size in zip(grown, sizes, strict=True):
            while len(mapping) > size:
                mapping.popitem()
        del vm.sites[sites:]
        vm.uses, vm.problems, vm.unknowns, vm.tallies.final = kept
        vm.phase, vm.entered_functions = phase, entered
        vm.tensor_marks, vm.assigned_variables = marks | vm.lasting_marks, variables | vm.lasting_variables


def _run(vm: Interpreter, candidate: Candidate, assumed: str) -> list[tuple[Instance, int]]:
    """The instance of a class that was made, with its phase."""
    value = candidate.value
    args, kwargs = _arguments(value, candidate.signature, use_defaults=bool(assumed))
    vm.phase = 1 + max(vm.assumptions)
    vm.assumptions[vm.phase] = assumed
    params = candidate.signature.code.params if candidate.signature is not None else None
    vm.open_keywords = params is not None and params.var_keyword is not None
    vm.step_limit = vm.steps + vm.limits.steps // 10
    vm.idle_limit = vm.steps + vm.limits.idle_steps // 5
    mark = vm.journal.mark()
    try:
        if isinstance(value, ClassValue):
            instance = vm.instantiate(value, args, kwargs, None)
            return [(instance, vm.phase)] if isinstance(instance, Instance) else []
        vm.call(value, args, kwargs)
    except (Thrown, LimitReached, Undetermined, RecursionError) as problem:
        vm.note(Unknown(Reason.RAISED, str(problem), value.place if isinstance(value, ClassValue) else None))
    finally:
        vm.open_keywords = False
        _undo_changes(vm, mark)
        vm.journal.release()
    return []


def _undo_changes(vm: Interpreter, mark: Mark) -> None:
    """What nothing calls changes nothing of what the run made."""
    made = mark.made
    for value, contents in vm.journal.base(mark).items():
        if not made.has(value):
            value.restore(contents)


def _arguments(
    value: Value, signature: FunctionValue | None, *, use_defaults: bool
) -> tuple[list[Value], dict[str, Value]]:
    if signature is None:
        return [], {}
    params = signature.code.params
    positional = [*params.positional_only, *params.positional][1 if isinstance(value, ClassValue) else 0 :]

    def argument(param: code.Param) -> Value:
        if param.name in signature.defaults and (use_defaults or _is_neutral(signature, param)):
            return signature.defaults[param.name]
        return Unknown(Reason.UNKNOWN_ARGUMENT, param.name)

    return [argument(param) for param in positional], {param.name: argument(param) for param in params.keyword_only}


def _is_neutral(signature: FunctionValue, param: code.Param) -> bool:
    """`device=None`, `dtype=None` and `name=None` never change a count."""
    return param.name in ("device", "dtype", "name") and signature.defaults.get(param.name, 0) is None


def _written_defaults(signature: FunctionValue) -> str:
    params = signature.code.params
    named = [p.name for p in (*params.positional_only, *params.positional, *params.keyword_only)]
    shown = [f"{n}={brief(signature.defaults[n])}" for n in named if signature.defaults.get(n) is not None]
    return ", ".join(shown)
