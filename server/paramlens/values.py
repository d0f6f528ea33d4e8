"""Abstract values: what an expression of the analysed program may evaluate to.

Plain immutable Python data stands for itself: int, float, complex, str, bytes, bool, None, Ellipsis, tuple (of values),
range, slice. A symbolic integer is a `dims.Sym`. Everything that Python could mutate is a `Mutable` with identity, so
that the evaluator can note its contents before a change and join them after branches. Nothing here evaluates.
"""

from __future__ import annotations

import copy
import enum
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from paramlens.records import record
from paramlens.shapes import Shape

if TYPE_CHECKING:
    from paramlens.syntax import code

Value: TypeAlias = Any  # plain Python data, dims.Sym, or one of the classes below


class Reason(enum.Enum):
    """Why a value is not known; the text is shown to people, the name is the JSON key."""

    UNRESOLVED_IMPORT = "the import could not be resolved"
    UNRESOLVED_NAME = "the name is not defined"
    UNRESOLVED_ATTRIBUTE = "the attribute is not known"
    UNKNOWN_ARGUMENT = "the argument has no known value"
    UNKNOWN_CALL = "the called object is not known"
    UNSUPPORTED = "the operation is not supported"
    DATA_DEPENDENT = "the value depends on data"
    ENVIRONMENT = "the value depends on the machine or its environment"
    BRANCHES = "the branches of an unknown condition differ"
    UNKNOWN_LOOP = "the number of repetitions is not known"
    STEP_LIMIT = "the step budget is used up"
    RECURSION_LIMIT = "the calls nest too deep"
    SIZE_LIMIT = "the value is too large"
    NOT_BUILT = "the layer never meets an input of known shape"
    SHAPE_MISMATCH = "the shapes do not fit"
    RAISED = "evaluating it raises an error"
    SYNTAX = "the source has a syntax error"


@dataclass(frozen=True, slots=True)
class Place:
    """An absolute source range: 1-based lines, 1-based code-point columns, exclusive end."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is not known, with the reason, what it hangs on (`detail`: a name or expression) and where.

    `serial` tells apart values that come from the same place: only with equal serials may two be one and the same.
    `name` is the variable that held it first, where `detail` is no name itself. What is done to it may be done to any
    of its `options`.
    """

    reason: Reason
    detail: str = ""
    place: Place | None = None
    serial: int = field(default=0, compare=False)
    name: str = field(default="", compare=False)
    weightless: bool = field(default=False, compare=False)  # it certainly is no module and no parameter
    options: tuple[Value, ...] = field(default=(), compare=False, repr=False)  # known values that it may be

    @property
    def label(self) -> str:
        """What it is called in formulas."""
        return self.name or self.detail

    def alone(self) -> Unknown:
        """As a reason in a fact it leaves the evaluation; its options, which are values of the program, stay behind."""
        if not self.options:
            return self
        return Unknown(self.reason, self.detail, self.place, self.serial, self.name, self.weightless)

    def __reduce__(self) -> tuple[type[Unknown], tuple[Any, ...]]:
        return Unknown, (self.reason, self.detail, self.place, self.serial, self.name, self.weightless)

    def __bool__(self) -> bool:
        raise Undetermined(self)

    def _refuse(self, *_: object) -> NoReturn:
        raise Undetermined(self)

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
    __floordiv__ = __rfloordiv__ = __truediv__ = __rtruediv__ = __mod__ = __rmod__ = __neg__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __int__ = __index__ = __float__ = __len__ = __iter__ = __getitem__ = _refuse


_serials = itertools.count(1)


def fresh(reason: Reason, detail: str = "", place: Place | None = None) -> Unknown:
    """An unknown value that is the same as no other one."""
    return Unknown(reason, detail, place, next(_serials))


LONGEST_DETAIL = 200


def shortened(detail: str) -> str:
    """What is written of a value that grows with each step of a program, up to a length."""
    return detail if len(detail) <= LONGEST_DETAIL else detail[: LONGEST_DETAIL - 1] + "…"


def derived(source: Unknown, detail: str, *parts: Value) -> Unknown:
    """The unknown result of a pure operation: the same for the same parts, which decide it together."""
    keys = [(p.reason, p.detail, p.place, p.serial) if isinstance(p, Unknown) else (type(p), str(p)) for p in parts]
    return Unknown(source.reason, shortened(detail), source.place, hash((source.reason, source.serial, *keys)) or 1)


class Undetermined(Exception):
    """Raised when a result would need a value that is not known; `unknown` says which."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.detail or unknown.reason.value)
        self.unknown = unknown


class Interrupted(BaseException):
    """Somebody asks for another evaluation instead. No part of an evaluation handles it."""


def undetermined(reason: Reason, detail: str = "") -> Undetermined:
    """The exception to raise in a rule that cannot know its result."""
    return Undetermined(Unknown(reason, detail))


# ------------------------------------------------------------------------------------------------- mutable values


class _Births:
    """Where the next `birth` comes from."""

    def __init__(self) -> None:
        self.present = itertools.count(1)
        self.before_all = itertools.count(-(2**62))
        self.counter = self.present


_births = _Births()


def latest_birth() -> int:
    """A number above the `birth` of every value made so far and below those to come."""
    return next(_births.counter)


@contextmanager
def born_before_all(before: bool = True) -> Iterator[None]:
    """What is made meanwhile was there before anything else: its `birth` is below 0 (unless `before` is False)."""
    counter, _births.counter = _births.counter, _births.before_all if before else _births.present
    try:
        yield
    finally:
        _births.counter = counter


class Mutable:
    """A value with identity whose contents may change. `epoch` belongs to the evaluator's journal.

    `birth` counts up: of two values the later made one has the higher number. It is below 0 for what the modules that
    a program imports made, and for classes of frameworks: they outlast one run of the program.
    """

    __slots__ = ("birth", "epoch")

    def __init__(self) -> None:
        self.epoch = 0
        self.birth = next(_births.counter)

    def contents(self) -> Any:
        """A shallow copy of what may change."""
        raise TypeError(type(self).__name__)

    def restore(self, contents: Any) -> None:
        """Put back what `contents()` gave."""
        raise TypeError(type(self).__name__)


class ListValue(Mutable):
    """A list; also stands for `collections.deque`. `rest` is set when more items may follow that are not known.

    `unordered` means that Python may give the items in another order (`list({"a", "b"})`).
    """

    __slots__ = ("items", "rest", "unordered")

    def __init__(self, items: list[Value] | None = None, rest: Unknown | None = None) -> None:
        super().__init__()
        self.items: list[Value] = items if items is not None else []
        self.rest = rest
        self.unordered = False

    def contents(self) -> tuple[list[Value], Unknown | None]:
        return list(self.items), self.rest

    def restore(self, contents: tuple[list[Value], Unknown | None]) -> None:
        self.items, self.rest = contents


class TrackedList(ListValue):
    """The copy of a list that a Keras layer keeps under an attribute, to see what is appended to it.

    `origin` is the list itself; `replaced` is set when an item took the place of another, which Keras does not see.
    Of a list that is appended, Keras sees what it holds then: `appended` has such lists and their items.
    """

    __slots__ = ("appended", "origin", "replaced")

    def __init__(self, origin: ListValue) -> None:
        super().__init__([tracked(item) for item in origin.items], origin.rest)
        self.origin = origin
        self.replaced = False
        self.appended: list[tuple[ListValue, int]] = []


class DictValue(Mutable):
    """A dict in insertion order. `open` means that it may hold further keys that are not known.

    `factory` is the default factory of a `defaultdict`. Keys are values that Python itself can hash. `late` is called
    with a key that is not there and puts it there when a part of the program that was not read yet would have.
    """

    __slots__ = ("factory", "items", "late", "open")

    def __init__(self, items: dict[Value, Value] | None = None, *, open: bool = False, factory: Value = None) -> None:
        super().__init__()
        self.items: dict[Value, Value] = items if items is not None else {}
        self.open = open
        self.factory = factory
        self.late: Callable[[Value], None] | None = None

    def replaceable(self) -> list[Value]:
        """The keys whose values a change under a key that is not known may replace."""
        return list(self.items)

    def contents(self) -> tuple[dict[Value, Value], bool]:
        return dict(self.items), self.open

    def restore(self, contents: tuple[dict[Value, Value], bool]) -> None:
        self.items, self.open = contents


class TrackedDict(DictValue):
    """The copy of a dict that a Keras layer keeps under an attribute; `origin` is the dict itself."""

    __slots__ = ("origin",)

    def __init__(self, origin: DictValue) -> None:
        items = {key: tracked(item) for key, item in origin.items.items()}
        super().__init__(items, open=origin.open, factory=origin.factory)
        self.origin = origin


def tracked(value: Value) -> Value:
    """What a Keras layer keeps of a value: of lists and dicts, copies."""
    if type(value) is ListValue:
        return TrackedList(value)
    return TrackedDict(value) if type(value) is DictValue else value


class SetValue(Mutable):
    """A set or frozenset; insertion order is kept so that results are repeatable.

    `rest` is set when it may have further members that are not known.
    """

    __slots__ = ("frozen", "items", "rest")

    def __init__(
        self, items: dict[Value, None] | None = None, *, frozen: bool = False, rest: Unknown | None = None
    ) -> None:
        super().__init__()
        self.items: dict[Value, None] = items if items is not None else {}
        self.frozen = frozen
        self.rest = rest

    def contents(self) -> tuple[dict[Value, None], Unknown | None]:
        return dict(self.items), self.rest

    def restore(self, contents: tuple[dict[Value, None], Unknown | None]) -> None:
        self.items, self.rest = contents


class IteratorValue(Mutable):
    """An iterator (generator, zip, map, iter(…)) whose items were computed ahead; `position` is the next one."""

    __slots__ = ("items", "position", "rest")

    def __init__(self, items: list[Value], rest: Unknown | None = None) -> None:
        super().__init__()
        self.items = items
        self.position = 0
        self.rest = rest  # set when more items may follow that are not known

    def contents(self) -> Any:
        return list(self.items), self.position, self.rest

    def restore(self, contents: Any) -> None:
        self.items, self.position, self.rest = contents


class GeneratorValue(IteratorValue):
    """An iterator whose items are computed when they are first asked for, by `begin(self, partly)`.

    `partly` says that perhaps not all of them are taken. `drive(at_yield)`, for the generators of functions, runs the
    body with a function that is called where it yields.
    """

    __slots__ = ("_items", "_rest", "begin", "drive")

    def __init__(self, begin: Callable[[GeneratorValue, bool], None]) -> None:
        self.begin: Callable[[GeneratorValue, bool], None] | None = None
        self.drive: Callable[[Callable[[Value], Value]], None] | None = None
        super().__init__([])
        self.begin = begin

    def start(self, *, partly: bool) -> None:
        """Compute the items, unless that was done."""
        if self.begin is not None:
            self.begin(self, partly)

    @property
    def items(self) -> list[Value]:
        self.start(partly=False)
        return self._items

    @items.setter
    def items(self, items: list[Value]) -> None:
        self._items = items

    @property
    def rest(self) -> Unknown | None:
        self.start(partly=False)
        return self._rest

    @rest.setter
    def rest(self, rest: Unknown | None) -> None:
        self._rest = rest

    def contents(self) -> Any:
        return list(self._items), self.position, self._rest, self.begin

    def restore(self, contents: Any) -> None:
        self._items, self.position, self._rest, self.begin = contents


# -------------------------------------------------------------------------------------------------------- tensors


class TensorValue(Mutable):
    """A numpy array, torch tensor or Keras symbolic tensor: its shape, and its numbers where they are few and known.

    `kind` is "torch", "keras" or "numpy". `shape` is None when not even the rank is known. `data` is a nested tuple
    of numbers (a bare number for rank 0). `producer` links a Keras tensor to the call that made it, `origin` any tensor
    to the step of a model that it comes from; `mixed` says that the first axis of one of Keras may not be the samples.
    """

    __slots__ = ("data", "dtype", "kind", "mixed", "origin", "producer", "reason", "shape")

    def __init__(
        self,
        shape: Shape | None,
        *,
        kind: str = "torch",
        dtype: str | None = None,
        data: Any = None,
        producer: Any = None,
        reason: Unknown | None = None,
    ) -> None:
        super().__init__()
        self.shape = shape
        self.kind = kind
        self.dtype = dtype
        self.data = data
        self.producer = producer
        self.reason = reason  # why the shape is not known
        self.origin: Any = None
        self.mixed = False

    def with_shape(self, shape: Shape | None, *, dtype: str | None = None, data: Any = None) -> TensorValue:
        """A new tensor of the same kind with another shape."""
        return TensorValue(shape, kind=self.kind, dtype=dtype or self.dtype, data=data, reason=self.reason)

    def contents(self) -> Any:
        return (self.shape, self.dtype, self.data)

    def restore(self, contents: Any) -> None:
        self.shape, self.dtype, self.data = contents


class ParameterValue(TensorValue):
    """A weight: a tensor with identity that a model owns. Two names for one parameter count once.

    `trainable` is torch's `requires_grad` and Keras' `trainable`. `shape` is None while a lazy parameter is not built.
    `labels` name the axes for the derivation.
    """

    __slots__ = ("labels", "name", "place", "trainable")

    def __init__(
        self,
        shape: Shape | None,
        *,
        kind: str = "torch",
        dtype: str | None = "float32",
        trainable: bool | Unknown = True,
        name: str = "",
        labels: tuple[str, ...] = (),
        place: Place | None = None,
    ) -> None:
        super().__init__(shape, kind=kind, dtype=dtype)
        self.trainable: bool | Unknown = trainable
        self.name = name
        self.labels = labels
        self.place = place

    def contents(self) -> Any:
        return (self.shape, self.dtype, self.data, self.trainable)

    def restore(self, contents: Any) -> None:
        self.shape, self.dtype, self.data, self.trainable = contents


# ------------------------------------------------------------------------------------- functions, classes, modules


class Scope(Mutable):
    """The names of a module, function call, class body or comprehension."""

    __slots__ = ("globals_", "is_class", "names", "nonlocals", "parent")

    def __init__(self, parent: Scope | None = None, names: dict[str, Value] | None = None) -> None:
        super().__init__()
        self.parent = parent
        self.names: dict[str, Value] = names if names is not None else {}
        self.is_class = False  # names of a class body are not seen from its functions
        self.globals_: frozenset[str] = frozenset()
        self.nonlocals: frozenset[str] = frozenset()

    def contents(self) -> dict[str, Value]:
        return dict(self.names)

    def restore(self, contents: dict[str, Value]) -> None:
        self.names = contents


class FunctionValue(Mutable):
    """A function or lambda of the analysed program; `attributes` are those set on it (`f.x = 1`)."""

    __slots__ = ("attributes", "code", "defaults", "keyword_defaults", "module", "name", "offset", "owner", "scope")

    def __init__(
        self,
        code_: code.FunctionDef | code.Lambda,
        name: str,
        module: ModuleValue,
        offset: int,
        scope: Scope,
        defaults: dict[str, Value],
        owner: ClassValue | None = None,
    ) -> None:
        super().__init__()
        self.code = code_
        self.name = name
        self.module = module
        self.offset = offset  # 0-based first line of the enclosing top-level statement
        self.scope = scope
        self.defaults = defaults
        self.owner = owner  # the class whose body defined it, for super()
        self.attributes: dict[str, Value] = {}

    def contents(self) -> dict[str, Value]:
        return dict(self.attributes)

    def restore(self, contents: dict[str, Value]) -> None:
        self.attributes = contents


@record
class NativeFunction:
    """A function whose behaviour is written here: `call(vm, *args, **kwargs)`, bound by Python's own rules."""

    name: str
    call: Callable[..., Value]


@record
class BoundMethod:
    function: Value
    receiver: Value


@record
class PartialValue:
    """`functools.partial(function, *args, **kwargs)`."""

    function: Value
    args: tuple[Value, ...]
    kwargs: dict[str, Value]


@record
class PropertyValue:
    getter: Value
    setter: Value = None
    cached: bool = False  # functools.cached_property


@record
class StaticMethodValue:
    function: Value


@record
class ClassMethodValue:
    function: Value


@record
class SuperValue:
    """`super()`: attributes are looked up in the receiver's MRO after `cls`."""

    cls: ClassValue
    receiver: Value


class ClassValue(Mutable):
    """A class: of the analysed program, of Python (`int`, `dict`), or of a framework (`declaration` is set).

    `qualified_name` is the dotted name people know (`torch.nn.Conv2d`, `int`, `model.Net`). `construct`, where set,
    makes the instance: `construct(vm, cls, args, kwargs)`.
    """

    __slots__ = (
        "annotations", "bases", "construct", "declaration", "module", "mro", "name", "namespace", "place",
        "qualified_name", "traits",
    )

    def __init__(
        self,
        name: str,
        qualified_name: str,
        bases: tuple[Value, ...] = (),
        namespace: dict[str, Value] | None = None,
        *,
        module: ModuleValue | None = None,
        declaration: Any = None,
        construct: Callable[..., Value] | None = None,
        place: Place | None = None,
    ) -> None:
        super().__init__()
        self.name = name
        self.qualified_name = qualified_name
        self.bases = bases
        self.namespace: dict[str, Value] = namespace if namespace is not None else {}
        self.mro: tuple[Value, ...] = ()  # starts with the class itself; an Unknown base may stand in it
        self.module = module
        self.declaration = declaration
        self.construct = construct
        self.place = place
        self.annotations: dict[str, Value] = {}  # annotated names of the body in order, for dataclasses
        self.traits: dict[str, Value] = {}  # facts of the evaluator: dataclass fields, enum members, …

    def contents(self) -> tuple[dict[str, Value], dict[str, Value]]:
        return dict(self.namespace), dict(self.traits)

    def restore(self, contents: tuple[dict[str, Value], dict[str, Value]]) -> None:
        self.namespace, self.traits = contents


class Instance(Mutable):
    """An instance of a class: user objects, layers and modules alike.

    `payload` holds the builtin value of instances of builtin subclasses (`class Config(dict)`) and the value of enum
    members. `state` holds what the framework keeps for a layer. `place` is the call that constructed it.
    """

    __slots__ = ("attributes", "cls", "payload", "place", "state")

    def __init__(self, cls: ClassValue, place: Place | None = None) -> None:
        super().__init__()
        self.cls = cls
        self.attributes: dict[str, Value] = {}
        self.payload: Value = None
        self.state: Any = None
        self.place = place

    def contents(self) -> tuple[ClassValue, dict[str, Value], Value, Any]:
        return self.cls, dict(self.attributes), self.payload, copy.copy(self.state)

    def restore(self, contents: tuple[ClassValue, dict[str, Value], Value, Any]) -> None:
        self.cls, self.attributes, self.payload, self.state = contents


class ModuleValue(Mutable):
    """A module. `native` gives attributes of modules that are not read as source; `scope` those of source modules."""

    __slots__ = ("name", "native", "path", "scope", "source")

    def __init__(
        self,
        name: str,
        path: str | None = None,
        scope: Scope | None = None,
        native: Callable[[str], Value] | None = None,
        source: Any = None,
    ) -> None:
        super().__init__()
        self.name = name
        self.path = path
        self.scope = scope if scope is not None else Scope()
        self.native = native
        self.source = source

    def contents(self) -> None:
        return None

    def restore(self, contents: None) -> None:
        return None
