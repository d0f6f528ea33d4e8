"""A running piece of code: its names, where it stands, and the ways control can leave a statement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramlens.evaluate.journal import Changes, Mark
from paramlens.records import Record, mutable_record, record
from paramlens.syntax.code import Node, Refusal
from paramlens.values import ClassValue, FunctionValue, Instance, ListValue, ModuleValue, Place, Scope, Value


class Frame:
    """One activation: of a module, a function call, a class body or a comprehension.

    `offset` is the 0-based file line of the top-level statement that spans are relative to. `receiver` is the first
    argument of a method (for `super()`), `yields` collects the items of a generator. `pending` holds branches of
    unknown conditions that left early and wait to be joined.
    """

    __slots__ = (
        "around", "at_yield", "function", "module", "offset", "owner", "pending", "receiver", "scope", "try_depth",
        "yields",
    )  # fmt: skip

    def __init__(self, scope: Scope, module: ModuleValue, offset: int, *, owner: ClassValue | None = None) -> None:
        self.scope = scope
        self.module = module
        self.offset = offset
        self.owner = owner
        self.receiver: Value = None
        self.function: FunctionValue | None = None
        self.yields: ListValue | None = None
        self.around: Frame | None = None  # of a comprehension: the frame that it stands in
        self.at_yield: Callable[[Value], Value] | None = None  # instead of collecting
        self.pending: list[Pending] = []
        self.try_depth = 0  # how many enclosing `try` statements handle ImportError

    def inner(self, scope: Scope) -> Frame:
        """The frame of a comprehension or lambda default within this one."""
        frame = Frame(scope, self.module, self.offset, owner=self.owner)
        frame.receiver, frame.function, frame.yields = self.receiver, self.function, self.yields
        frame.at_yield, frame.around = self.at_yield, self
        frame.try_depth = self.try_depth
        return frame

    def place(self, node: Node | Refusal) -> Place:
        """Where the node stands: absolute, 1-based."""
        span = node.span
        line = span.line + self.offset + 1
        end_line = span.end_line + self.offset + 1
        return Place(self.module.path or "", line, span.column + 1, end_line, span.end_column + 1)


@record
class Signal(Record):
    """How a statement left its block: `kind` is "return", "break" or "continue"."""

    kind: str
    value: Any = None


BREAK = Signal("break")
CONTINUE = Signal("continue")


@mutable_record
class Pending:
    """A branch that left early: its signal, its changes, and the journal mark that both branches started from."""

    signal: Signal
    changes: Changes
    mark: Mark


class Thrown(Exception):
    """An exception of the analysed program on its way to a handler."""

    def __init__(self, value: Value, place: Place | None = None, *, deliberate: bool = False) -> None:
        super().__init__()
        self.value = value
        self.place = place
        self.deliberate = deliberate  # by a `raise` statement

    @property
    def kind(self) -> str:
        """The name of the exception's class."""
        return self.value.cls.name if isinstance(self.value, Instance) else "Exception"

    @property
    def message(self) -> str:
        """Its first argument where that is a string."""
        args = self.value.attributes.get("args", ()) if isinstance(self.value, Instance) else ()
        return args[0] if isinstance(args, tuple) and args and isinstance(args[0], str) else ""


class LimitReached(Exception):
    """The step budget, call depth or wall time is used up; carries the reason to show."""

    def __init__(self, reason: Any, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
