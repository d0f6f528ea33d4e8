"""The abstract interpreter: the state of one analysis, and the face (`machine.Machine`) that everything else calls."""

from __future__ import annotations

import math
import os
import posixpath
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from paramlens.dims import Sym, TooLarge, Undecided
from paramlens.evaluate import aliases, attributes, calls, classes, generators, modules, operators
from paramlens.evaluate.choices import one_of
from paramlens.evaluate.dependencies import Position, Trace
from paramlens.evaluate.frame_builtins import FRAME_BUILTINS
from paramlens.evaluate.frames import Frame, LimitReached, Thrown
from paramlens.evaluate.frameworks import (
    conversion,
    framework_classes,
    keras_layer,
    keras_model,
    torch_module,
    torch_registries,
)
from paramlens.evaluate.frameworks.state import LayerState
from paramlens.evaluate.journal import Changes, Journal
from paramlens.evaluate.late_registration import LateRegistrations
from paramlens.evaluate.lazy_source import LazySource
from paramlens.evaluate.limits import Limits
from paramlens.evaluate.mismatches import mismatch_problem
from paramlens.evaluate.module_dicts import ModuleDict
from paramlens.evaluate.python import builtins, stdlib_copy, third_party
from paramlens.evaluate.python.natives import plain as plain_value
from paramlens.evaluate.symbols import Symbols
from paramlens.evaluate.tallies import Tallies
from paramlens.facts import Problem
from paramlens.layers import bind as binding
from paramlens.layers.declare import OPERATIONS, Built
from paramlens.layers.torch.attribute_names import ATTRIBUTE_NAMES
from paramlens.shapes import ShapeMismatch
from paramlens.syntax import code
from paramlens.syntax.code import Statement
from paramlens.syntax.source import read_source
from paramlens.values import (
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    IteratorValue,
    ListValue,
    ModuleValue,
    Mutable,
    NativeFunction,
    ParameterValue,
    Place,
    Reason,
    Scope,
    TensorValue,
    Undetermined,
    Unknown,
    Value,
    born_before_all,
    fresh,
    latest_birth,
)

NOWHERE = Place("", 1, 1, 1, 1)
_REQUIRED: Any = object()
_IMPORT_GRACE = 3.0  # seconds


class Interpreter:
    """Everything that one analysis knows. `read` gives the text of a file or None; nothing else touches the disk."""

    def __init__(
        self,
        read: Callable[[str], str | None],
        *,
        is_folder: Callable[[str], bool] = lambda path: False,
        search_roots: Sequence[str] = (),
        package_roots: Sequence[str] = (),
        requirements_of: Callable[[str], frozenset[str]] = lambda package: frozenset(),
        limits: Limits | None = None,
    ) -> None:
        self.read = read
        self.is_folder = is_folder
        self.search_roots = tuple(search_roots)
        self.package_roots = tuple(os.path.join(root, "") for root in package_roots)
        self.requirements_of = requirements_of
        self.limits = limits or Limits()
        # what outlasts one run of the program, see `begin`
        self.builtins: dict[str, Value] = {**builtins.BUILTINS, **FRAME_BUILTINS}
        self.modules: dict[str, ModuleValue | Unknown] = {}
        self.framework_values: dict[str, Value] = {}
        self.classes: dict[str, ClassValue] = {}
        self.operations: dict[str, NativeFunction] = {}
        self.texts: dict[str, str | None] = {}
        self.imported: set[str] = set()
        self.late_names: dict[tuple[str, str], str | None] = {}  # by module and name: the module that has it
        self.registrations = LateRegistrations(self)
        self.tedious_decorators: dict[int, Any] = {}  # by id: code that used up the budget of a decorator once
        self.lasting: Changes = {}  # what a run changed of what outlasts it, as it was before
        self.lasting_marks: set[str] = set()
        self.lasting_variables: set[str] = set()
        self.symbols = Symbols()
        self.tallies = Tallies(self)
        self.imports_main = False  # an imported module uses the analysed one: neither outlasts the other
        self.cut_short = False  # a limit ended a statement of an imported module: its names are lost
        self.pulse: Callable[[bool], None] | None = None  # called now and then; may raise Interrupted if told True
        self.runs = 0
        self.begin()

    def begin(self) -> None:
        """Forget the last run of the program and its effects; imported modules stay as they were read."""
        for value, contents in self.lasting.items():
            value.restore(contents)
        self.lasting.clear()
        self.runs += 1
        self.main: ModuleValue | None = None
        self.journal = Journal(self.lasting)
        self.uses = Trace()  # of the statement, or of the call on its own, that is evaluated
        self.sites: list[tuple[Place, Instance, int, bool]] = []  # place, what was made, phase, within an unknown loop
        self.entered_functions: set[Position] = set()  # functions of the file that ran
        self.functions: dict[int, list[FunctionValue]] = {}  # those of the file by the id of their code
        self.phase = 0  # 0: as Python would run it; 1, 2, …: evaluated on its own
        self.assumptions: dict[int, str] = {0: ""}  # phase → the default arguments that its facts hold for
        self.open_keywords = False  # a function with `**kwargs` is evaluated on its own
        self.problems: dict[tuple[str, Place], Problem] = {}
        self.unknowns: dict[tuple[Reason, str, Place | None], Unknown] = {}
        self.symbols.begin()
        self.tallies.begin()
        self.current: tuple[Frame, code.Node] | None = None
        self.frames: list[Frame] = []
        self.running: list[FunctionValue] = []
        self.handling: list[Value] = []
        self.received: dict[int, Place] = {}  # modules that a call in the analysed file gave, by id: where
        self.tensor_marks = set(self.lasting_marks)  # names of attributes that the program sets on tensors
        self.assigned_variables = set(self.lasting_variables)  # of the environment
        self.building: list[Instance] = []
        self.calling: list[Instance] = []  # layers and modules whose call runs now, the innermost last
        self.called: dict[int, Instance] = {}  # those that the outermost of these calls has called, itself too
        self.undecided = 0  # alternatives of unknown conditions that run now, one within another
        self.star_search: set[tuple[int, str]] = set()
        self.repeating = 0
        self.memories: dict[int, list[TensorValue]] = {}  # by id: the tensors that may be views of one memory
        self.risks = 0  # operations of unknown outcome so far: any of them may raise
        self.steps = 0
        self.step_limit = self.limits.steps
        self.idle_limit = self.limits.idle_steps  # moved on whenever a layer is made
        self.module_steps = 0  # of them, those of imported modules' own statements
        self.importing = 0  # how many statements of imported modules run within one another
        self.decorator_limit: float = math.inf  # for the others
        self.deep_calls = 0  # how often calls nested too deep within this statement
        self.limited = False  # a limit ended a statement
        self.deadline = time.thread_time() + self.limits.seconds
        self.defining: list[Statement] = []  # top-level statements that run now, the innermost last
        self.layer_names: dict[int, str] = {}
        self.trained: dict[int, bool] = {}  # by id: models given data (True: fitted), parameters given to an optimizer

    def resume(self) -> None:
        """Go on after the run with what an interruption may have left undone."""
        self.journal = Journal(self.lasting)
        self.frames, self.running, self.handling, self.building, self.calling = [], [], [], [], []
        self.current = None
        self.repeating = self.importing = self.undecided = 0
        self.star_search = set()
        self.defining = []
        self.decorator_limit = math.inf
        self.deadline = time.thread_time() + self.limits.seconds

    # ------------------------------------------------------------------------------------------------ bookkeeping

    def step(self) -> None:
        """One statement or call; ends the evaluation when the budget is used up."""
        self.steps += 1
        steps = self.steps
        if steps > self.step_limit or steps > self.idle_limit or steps - self.module_steps > self.decorator_limit:
            raise LimitReached(Reason.STEP_LIMIT, "the step budget")
        if not self.steps & 15 and self.pulse is not None:
            self.pulse(not self.importing)
        if not self.steps & 127:
            grace = _IMPORT_GRACE if self.importing else 0  # a module that is cut short would be lost for good
            if time.thread_time() > self.deadline + grace:
                raise LimitReached(Reason.STEP_LIMIT, "the time limit")

    @property
    def frame(self) -> Frame | None:
        """The innermost running function or module body."""
        return self.frames[-1] if self.frames else None

    @property
    def current_frame(self) -> Frame | None:
        """The frame of the expression being evaluated, which may be a class body or a comprehension."""
        return self.current[0] if self.current is not None else self.frame

    @property
    def place(self) -> Place:
        if self.current is None:
            return NOWHERE
        frame, node = self.current
        return frame.place(node)

    def push(self, function: FunctionValue, frame: Frame) -> None:
        """Enter a function of the program."""
        self.entered(function)
        self.frames.append(frame)
        self.running.append(function)

    def entered(self, function: FunctionValue) -> None:
        """Note that the body of a function runs."""
        if function.module is self.main:
            span = function.code.span
            position = (function.offset + span.line, span.column)
            self.entered_functions.add(position)
            self.uses.entered.add(position)
        else:
            self.uses.leaves = True

    def is_own(self, scope: Scope) -> bool:
        """Whether these are the names of the analysed file; text that it executes is of another module, with them."""
        return self.main is not None and scope is self.main.scope

    def bound(self, scope: Scope, name: str) -> None:
        """Note that a name was bound or deleted."""
        if self.is_own(scope):
            self.uses.binds.add(name)

    def mark_tensors(self, name: str) -> None:
        """The program sets an attribute of that name on a tensor."""
        self.tensor_marks.add(name)
        if self.importing:
            self.lasting_marks.add(name)

    def assign_variable(self, name: str) -> None:
        """The program sets a variable of its environment; `*` stands for any."""
        self.assigned_variables.add(name)
        if self.importing:
            self.lasting_variables.add(name)

    def too_deep(self, function: FunctionValue) -> None:
        """Note that calls nest too deep; recursion that does so again and again ends the statement."""
        self.deep_calls += 1
        if self.deep_calls > self.limits.deep_calls:
            raise LimitReached(Reason.RECURSION_LIMIT, function.name)

    def pop(self) -> None:
        """Leave it."""
        self.frames.pop()
        self.running.pop()

    def note(self, unknown: Value) -> Value:
        """Count an unknown value of the analysed program."""
        if isinstance(unknown, Unknown):
            self.risks += 1
            self.unknowns.setdefault((unknown.reason, unknown.detail, unknown.place), unknown)
        return unknown

    def trace(self, name: str, problem: Exception) -> None:
        """Say where a native did not cover a case (for the developers of Paramlens)."""
        if os.environ.get("PARAMLENS_TRACE"):
            sys.stderr.write(f"{self.place.path}:{self.place.line}: {name}: {type(problem).__name__}: {problem}\n")

    def unknown(self, reason: Reason, detail: str = "") -> Unknown:
        return fresh(reason, detail, self.place)

    def report_mismatch(self, mismatch: ShapeMismatch) -> Unknown:
        """A shape that certainly does not fit. None in the place of a size tells nothing where it may be a default that
        callers, which are not known, replace (`super().__init__(**kwargs)`)."""
        place = self.place
        self.risks += 1  # it raises
        if mismatch.missing and self.open_keywords:
            return Unknown(Reason.UNKNOWN_ARGUMENT, str(mismatch), place)
        self.problems.setdefault(("shape-mismatch", place), mismatch_problem(mismatch, place))
        return Unknown(Reason.SHAPE_MISMATCH, str(mismatch), place)

    def raised(self, error: Thrown, frame: Frame, block: code.Block) -> None:
        """A top-level statement certainly raises."""
        place = error.place or (frame.place(block[0]) if block else None)
        self.note(Unknown(Reason.RAISED, f"{error.kind}: {error.message}", place))
        if frame.module is self.main and (error.deliberate or error.kind in ("SystemExit", "AssertionError")):
            self.stopped()
        if os.environ.get("PARAMLENS_TRACE"):
            sys.stderr.write(f"{place}: raised {error.kind}: {error.message}\n")

    def stopped(self) -> None:
        """The program ends here: what stands below is evaluated all the same, but its facts are none of the run."""
        if self.phase == 0 and self.main is not None and not str(self.main.path).endswith(".ipynb"):  # there, a cell
            self.phase = 1 + max(self.assumptions)
            self.assumptions[self.phase] = ""

    def limit_hit(self, limit: LimitReached, frame: Frame, block: code.Block) -> Unknown:
        """A limit ended a top-level statement; the ones after it get a small budget of their own."""
        self.step_limit = self.steps + self.limits.steps // 20
        self.idle_limit = self.steps + self.limits.idle_steps // 20
        self.deep_calls = 0
        unknown = Unknown(limit.reason, limit.detail, frame.place(block[0]) if block else None)
        self.note(unknown)
        self.cut_short |= frame.module is not self.main
        self.limited = True
        return unknown

    @contextmanager
    def outside_branches(self, module: ModuleValue) -> Iterator[Journal]:
        """Run code of a module whose effects are there for good, even when a branch asked for it first. What an
        imported module makes outlasts the run."""
        imported = module is not self.main
        journal, self.journal = self.journal, Journal(None if imported else self.lasting, latest_birth())
        frames, self.frames = self.frames, []
        running, self.running = self.running, []
        repeating, self.repeating = self.repeating, 0
        limit, self.decorator_limit = self.decorator_limit, math.inf
        steps, module_steps = self.steps, self.module_steps
        importing, self.importing = self.importing, self.importing + 1 if imported else 0
        try:
            with born_before_all(imported):
                yield self.journal
        finally:
            self.decorator_limit, self.module_steps = limit, module_steps + self.steps - steps
            self.journal, self.frames, self.running, self.repeating = journal, frames, running, repeating
            self.importing = importing

    def touch(self, value: Mutable) -> None:
        self.journal.touch(value)

    # ---------------------------------------------------------------------------------------------------- values

    def plain(self, value: Value) -> Value:
        """The builtin value that an instance of a builtin subclass holds; anything else as it is."""
        return plain_value(value)

    def is_class(self, value: Value) -> bool:
        return isinstance(value, ClassValue)

    def truth(self, value: Value) -> bool | None:
        return operators.truth(self, value)

    def type_of(self, value: Value) -> ClassValue | Unknown:
        return operators.type_of(self, value)

    def type_name(self, value: Value) -> str:
        """The name of a value's class."""
        cls = self.type_of(value)
        return cls.name if isinstance(cls, ClassValue) else "object"

    def is_instance(self, value: Value, cls: Value) -> bool | None:
        return operators.is_instance(self, value, cls)

    def is_subclass(self, cls: ClassValue, parent: Value) -> bool | None:
        return operators.is_subclass(self, cls, parent)

    def binary(self, op: str, left: Value, right: Value) -> Value:
        return self._settled(lambda: operators.binary(self, op, left, right))

    def unary(self, op: str, operand: Value) -> Value:
        """`-x`, `+x`, `~x`, `not x`."""
        return self._settled(lambda: operators.unary(self, op, operand))

    def compare(self, op: str, left: Value, right: Value) -> Value:
        return self._settled(lambda: operators.compare(self, op, left, right))

    def in_place(self, op: str, left: Value, right: Value, frame: Frame, node: code.Node) -> Value:
        """`left op= right`."""
        self.current = (frame, node)
        return self._settled(lambda: operators.in_place(self, op, left, right))

    def text(self, value: Value) -> Value:
        return self._settled(lambda: operators.text(self, value))

    def format(self, value: Value, conversion_: str | None, spec: str) -> Value:
        """One replacement field of an f-string."""
        return self._settled(lambda: operators.format_field(self, value, conversion_, spec))

    def _settled(self, work: Callable[[], Value]) -> Value:
        """The result of an operation, or the Unknown that it hangs on."""
        try:
            return work()
        except Undetermined as problem:
            self.risks += 1
            unknown = problem.unknown
            return one_of(fresh(unknown.reason, unknown.detail, unknown.place or self.place), unknown)
        except (Undecided, TooLarge) as problem:
            self.risks += 1
            return Unknown(Reason.DATA_DEPENDENT, str(problem), self.place)
        except ShapeMismatch as problem:
            return self.report_mismatch(problem)

    def hashable(self, value: Value) -> Value:
        return operators.hashable(self, value)

    def iterate(self, value: Value) -> list[Value]:
        return operators.iterate(self, value)

    def make_iterator(self, items: list[Value]) -> IteratorValue:
        return IteratorValue(items)

    def deferred(self, run: Callable[[], generators.Items]) -> IteratorValue:
        """An iterator whose items are computed when they are asked for."""
        return generators.deferred(self, run)

    def make_list(self, items: Sequence[Value]) -> ListValue:
        """A list of the analysed program."""
        return ListValue(list(items))

    def get_item(self, value: Value, index: Value) -> Value:
        return self._settled(lambda: operators.get_item(self, value, index))

    def set_item(self, value: Value, index: Value, new: Value) -> None:
        operators.set_item(self, value, index, new)

    def delete_item(self, value: Value, index: Value) -> None:
        """`del value[index]`."""
        operators.delete_item(self, value, index)

    def enter_context(self, manager: Value) -> Value:
        """What `with manager as x` binds."""
        return operators.enter_context(self, manager)

    def exit_context(self, manager: Value) -> None:
        """Leave a `with` normally."""
        operators.exit_context(self, manager)

    def suppresses(self, manager: Value, error: Thrown) -> bool:
        """Whether a context manager swallows the exception."""
        return operators.suppresses(self, manager, error)

    def loop_symbol(self, target: code.Expr, why: Unknown) -> Unknown:
        """The item of a loop whose rounds are not known, named for the loop variable."""
        return one_of(fresh(why.reason, target.id if isinstance(target, code.Name) else why.detail, why.place), why)

    def symbol_for(self, unknown: Unknown, fallback: str) -> Sym:
        """The named symbol that stands for an unknown number; different unknowns never share one."""
        return self.symbols.symbol_for(unknown, fallback, self.binary, lasting=bool(self.importing))

    # ------------------------------------------------------------------------------------------------ attributes

    def get_attribute(self, value: Value, name: str, default: Value = _REQUIRED) -> Value:
        try:
            found = attributes.get(self, value, name)
        except Thrown as error:  # a property that raises AttributeError is a missing attribute
            if error.kind != "AttributeError" or default is _REQUIRED or default is ...:
                raise
            return default
        if found is attributes.MISSING:
            if default is not _REQUIRED and default is not ...:
                return default
            self.throw("AttributeError", f"'{self.type_name(value)}' object has no attribute '{name}'")
        return found

    def has_attribute(self, value: Value, name: str) -> bool | None:
        """`hasattr`; None when it is not known."""
        if isinstance(value, Unknown):
            return None
        try:
            found = attributes.get(self, value, name)
        except Thrown as error:
            if error.kind == "AttributeError":
                return False
            raise
        if isinstance(found, Unknown) and found.reason in (Reason.UNRESOLVED_ATTRIBUTE, Reason.UNSUPPORTED):
            return None
        return found is not attributes.MISSING

    def any_attribute(self, value: Value, name: Unknown) -> Unknown:
        """`getattr(value, name)` for a name that is not known: any of its attributes or methods."""
        return aliases.any_attribute(self, value, name)

    def set_attribute(self, value: Value, name: str, new: Value) -> None:
        attributes.set_(self, value, name, new)

    def store_attribute(self, value: Instance, name: str, new: Value) -> None:
        """Set an attribute without asking the class's `__setattr__`."""
        attributes.store(self, value, name, new)

    def delete_attribute(self, value: Value, name: str) -> None:
        attributes.delete(self, value, name)

    def class_attribute(self, cls: ClassValue, name: str) -> Value:
        """The raw attribute found along the MRO, or None."""
        return attributes.class_attribute(cls, name)

    def attribute_dict(self, value: Instance) -> DictValue:
        """`vars(instance)`: writing to it sets attributes."""
        if value.state is not None and value.state.framework == "torch":
            return torch_registries.registry(self, value, "__dict__")
        return conversion.AttributeDict(self, value)

    def attribute_mapping(self, items: dict[str, Value]) -> Value:
        """An object whose attributes and keys are these items (Lightning's hparams)."""
        made = self.instantiate(third_party.EASY_DICT)
        made.payload = DictValue(dict(items))
        return made

    def class_dict(self, cls: ClassValue) -> DictValue:
        """`cls.__dict__`."""
        return DictValue(dict(cls.namespace))

    def module_dict(self, module: ModuleValue) -> DictValue:
        """`vars(module)` / `globals()`: looked up name by name."""
        return ModuleDict(self, module)

    # ------------------------------------------------------------------------------------------------------ calls

    def call(self, function: Value, args: Sequence[Value] = (), kwargs: dict[str, Value] | None = None) -> Value:
        return calls.call(self, function, args, kwargs if kwargs is not None else {})

    def call_guarded(self, name: str, function: Callable[..., Value], args: tuple[Any, ...]) -> Value:
        """Call Python code of Paramlens as `calls.call_native` calls natives."""
        return calls.call_native(self, NativeFunction(name, lambda vm, *rest: function(*rest)), args, {})

    def native(self, name: str, call: Callable[..., Value]) -> NativeFunction:
        """A native function value."""
        return NativeFunction(name, call)

    def instantiate(
        self,
        cls: ClassValue,
        args: Sequence[Value] = (),
        kwargs: dict[str, Value] | None = None,
        place: Place | None = None,
    ) -> Value:
        return classes.instantiate(self, cls, args, kwargs if kwargs is not None else {}, place)

    def new_instance(self, cls: ClassValue) -> Instance:
        instance = Instance(cls)
        framework = framework_classes.framework_of(cls)
        if framework is not None:
            declaration = next((b.declaration for b in cls.mro if isinstance(b, ClassValue) and b.declaration), None)
            instance.state = LayerState(framework, declaration)
        return instance

    def created(self, instance: Instance) -> None:
        """An instance was made by a call expression of the program."""
        if instance.place is not None and (instance.state is not None or _unknown_base(instance.cls)):
            self.sites.append((instance.place, instance, self.phase, self.repeating > 0))
            self.idle_limit = self.steps + self.limits.idle_steps

    def linearize(self, cls: ClassValue, bases: tuple[Value, ...]) -> tuple[Value, ...]:
        """The method resolution order."""
        return classes.linearize(cls, bases)

    def as_base(self, value: Value) -> Value:
        """What a base in a class header contributes: a class, an unknown, or nothing (`Generic[T]`)."""
        if isinstance(value, ClassValue | Unknown):
            return value
        if isinstance(value, FunctionValue | NativeFunction):
            return None
        return Unknown(Reason.UNSUPPORTED, "a base class", self.place)

    def throw(self, kind: str, message: str = "") -> NoReturn:
        cls = self.builtin_class(kind)
        instance = Instance(cls)
        instance.attributes["args"] = (message,) if message else ()
        raise Thrown(instance, self.place)

    def builtin_class(self, name: str) -> ClassValue:
        return builtins.CLASSES[name]

    # ----------------------------------------------------------------------------------------------------- modules

    def import_module(self, name: str) -> ModuleValue | Unknown:
        return modules.import_module(self, name)

    def read_source(self, path: str) -> str | None:
        """The text of a source file, read once."""
        if path not in self.texts:
            self.texts[path] = self.read(path)
        return self.texts[path]

    def new_class(self, name: str, bases: tuple[Value, ...], namespace: dict[str, Value]) -> ClassValue:
        return classes.dynamic(self, name, bases, namespace)

    def workspace_text(self, path: str) -> str | None:
        """The text of a file that the program names, relative to its folder or to a workspace folder above it.

        The folder that the program is started in is not known, so two different files of the name give None.
        """
        own = self.main.path if self.main is not None else None
        if own is None:
            return None
        folders = [own.rpartition("/")[0], *(root for root in self.search_roots if own.startswith(f"{root}/"))]
        named = [path] if path.startswith("/") else [f"{folder}/{path}" for folder in folders]
        places = dict.fromkeys(map(posixpath.normpath, named))
        texts = {place: self.read_source(place) for place in places}
        found = {place: text for place, text in texts.items() if text is not None}
        if len(set(found.values())) != 1:
            return None
        self.imported.update(found)
        return next(iter(found.values()))

    def source_module(self, name: str, path: str, text: str) -> ModuleValue:
        """A module whose statements run when their names are asked for."""
        if self.main is not None and self.main.path == path:
            return self.main
        if path:
            self.imported.add(path)
        with born_before_all():
            module = ModuleValue(name, path or None, Scope())
        module.source = LazySource(read_source(path, text))
        return module

    def is_installed_code(self, path: str | None = None) -> bool:
        return bool(self.package_roots) and (path or self.place.path).startswith(self.package_roots)

    def locate_in_environment(self, name: str) -> bool:
        """Whether a module of this name can be read as source."""
        return modules.locate(self, name) is not None

    # -------------------------------------------------------------------------------------------------- frameworks

    def framework_class(self, name: str) -> ClassValue:
        """The class value of a framework class by its dotted name."""
        return framework_classes.framework_class(self, name)

    def operation_function(self, name: str) -> NativeFunction:
        """The function value of a declared operation."""
        if name not in self.operations:
            rule = OPERATIONS[name].rule
            self.operations[name] = NativeFunction(
                name, lambda vm, *args, **kwargs: conversion.run_operation(self, name, rule, args, kwargs)
            )
        return self.operations[name]

    def operate(self, name: str, work: Callable[[], Value], *operands: Value) -> Value:
        """A tensor operator, with its result linked to Keras operands."""
        return conversion.link_result(self, name, work, operands)

    def rule_argument(self, value: Value) -> Any:
        """A value as rules want it: lists as tuples, dicts as dicts."""
        return conversion.rule_argument(self, value)

    def from_rule(self, value: Any) -> Value:
        """A rule's result as a value of the program."""
        return conversion.from_rule(value)

    def sizes(self, value: Any) -> Any:
        """A shape from a rule argument: a tuple of sizes, or None."""
        return conversion.sizes(self, value)

    def brief(self, value: Any) -> str:
        """A constructor argument as people write it."""
        return conversion.brief(value)

    def guarded_rule(self, work: Callable[[], Built]) -> Built:
        """Run a layer rule; what it cannot know is raised as Undetermined."""
        try:
            return work()
        except (Undecided, TooLarge) as problem:
            raise Undetermined(Unknown(Reason.DATA_DEPENDENT, str(problem), self.place)) from None
        except (Undetermined, ShapeMismatch, Thrown, LimitReached):
            raise
        except Exception as problem:  # a value that the rule does not expect must not end the analysis
            self.trace("layer rule", problem)
            raise Undetermined(Unknown(Reason.UNSUPPORTED, str(problem), self.place)) from None

    def rule_for(self, layer: Instance, inputs: dict[str, Any]) -> Built:
        """A declared layer's rule, evaluated again for other inputs."""
        state: LayerState = layer.state
        bound = binding.Bound(state.arguments, state.base)
        assert state.declaration is not None
        declaration = state.declaration
        return self.guarded_rule(lambda: binding.apply(declaration, bound, inputs))

    def flat_tensors(self, value: Value) -> Iterator[TensorValue]:
        """The tensors within nested arguments, in order."""
        return conversion.flat_tensors(value)

    def is_module_instance(self, value: Value) -> bool:
        return isinstance(value, Instance) and value.state is not None

    def mark_incomplete(self, instance: Instance, why: Value, *, doubtful: bool = False) -> None:
        """The instance may hold more than is seen; when `doubtful`, also less or other things."""
        self.touch(instance)
        if instance.state is None:
            instance.state = LayerState("torch")
        if instance.state.incomplete is None:
            instance.state.incomplete = why if isinstance(why, Unknown) else self.unknown(Reason.UNSUPPORTED)
        instance.state.doubtful |= doubtful

    def layer_attribute(self, instance: Instance, name: str) -> Value:
        """An attribute that the framework derives."""
        if instance.state.framework == "torch":
            found = torch_module.attribute(self, instance, name)
        else:
            found = keras_layer.attribute(self, instance, name)
            if found is None and framework_classes.is_model(instance.cls):
                found = keras_model.model_attribute(self, instance, name)
        if found is not None:
            return found
        if instance.state.declaration is not None or instance.state.incomplete is not None:
            why = instance.state.incomplete
            if why is not None:
                return Unknown(why.reason, f"{instance.cls.name}.{name}", why.place)
            torch = instance.state.framework == "torch"
            certain = name not in ATTRIBUTE_NAMES if torch else name in keras_layer.NOT_IN_KERAS_3
            if not certain and not name.startswith("__"):
                unknown = Unknown(Reason.UNRESOLVED_ATTRIBUTE, f"{instance.cls.name}.{name}", self.place)
                return aliases.method(instance, name, unknown)
        return attributes.MISSING

    def layer_set(self, instance: Instance, name: str, value: Value) -> bool:
        """What the framework does when a layer's attribute is set; True when it is not to be stored."""
        if instance.state.framework == "keras":
            return keras_layer.set_attribute(self, instance, name, value)
        torch_module.attribute_set(instance, name, value)
        return False

    def as_parameter(self, value: Value) -> Value:
        """A tensor put into a parameter container becomes a parameter."""
        if isinstance(value, ParameterValue) or not isinstance(value, TensorValue):
            return value
        return framework_classes.parameter(self, value)

    def deep_copy(self, value: Value) -> Value:
        """`copy.deepcopy`."""
        return stdlib_copy.deepcopy(self, value)

    def count_of(self, layer: Instance) -> Value:
        """`count_params()`: a number, or why it is not known."""
        from paramlens.evaluate.counting import tally_of

        tally = tally_of(self, layer)
        return tally.total if tally.status.value == "exact" else self.unknown(Reason.NOT_BUILT, layer.cls.name)

    def supposed_phase(self, supposition: str) -> int:
        """A phase for what may not run at all: its facts stand back behind those of the run."""
        phase = next((number for number, text in self.assumptions.items() if text == supposition), 0)
        if not phase:
            phase = 1 + max(self.assumptions)
            self.assumptions[phase] = supposition
        return phase

    def automatic_name(self, layer: Instance) -> str:
        """The name that Keras gives a layer that has none: the class's in snake case and a running number."""
        return conversion.automatic_name(self, layer)

    def neutral_context(self) -> Value:
        """A context manager and decorator that does nothing (`torch.no_grad()`)."""
        return conversion.neutral_context(self)


def _unknown_base(cls: ClassValue) -> bool:
    return any(isinstance(base, Unknown) for base in cls.mro)
