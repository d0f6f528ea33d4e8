"""The face of the interpreter that builtins, standard-library models and framework semantics are written against.

A native function is `call(vm, *args, **kwargs)`; the interpreter binds arguments by Python's own rules and turns a
failed binding into an abstract TypeError. It returns a value, raises `Undetermined` where the result is not known
(the interpreter makes the call's value that Unknown), or calls `vm.throw` for a Python error that certainly happens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NoReturn, Protocol

from paramlens.values import (
    ClassValue,
    Instance,
    IteratorValue,
    ModuleValue,
    Mutable,
    Place,
    Reason,
    Unknown,
    Value,
)


class Machine(Protocol):
    """What natives may ask of the interpreter."""

    @property
    def place(self) -> Place:
        """The call expression being evaluated."""

    assigned_variables: set[str]
    """Environment variables that the program may have set; `*` for any."""

    def is_installed_code(self, path: str | None = None) -> bool:
        """Whether the file, or the code that runs, belongs to an installed package."""

    def assign_variable(self, name: str) -> None:
        """Note that the program sets an environment variable; `*` stands for any."""

    def step(self) -> None:
        """Count a piece of work; ends the evaluation when the budget is used up."""

    def call(self, function: Value, args: Sequence[Value] = (), kwargs: dict[str, Value] | None = None) -> Value:
        """Call any callable value. Unknown in, Unknown out."""

    def iterate(self, value: Value) -> list[Value]:
        """All items of an iterable, consuming iterators. Raises Undetermined when they are not all known."""

    def truth(self, value: Value) -> bool | None:
        """Python truth; None when it is not known."""

    def get_attribute(self, value: Value, name: str, default: Value = ...) -> Value:
        """`value.name`; AttributeError is thrown (or the default given) only when it is certainly missing."""

    def any_attribute(self, value: Value, name: Unknown) -> Unknown:
        """`getattr(value, name)` for a name that is not known."""

    def set_attribute(self, value: Value, name: str, new: Value) -> None:
        """`value.name = new`, with descriptors and the frameworks' registration rules."""

    def delete_attribute(self, value: Value, name: str) -> None: ...

    def get_item(self, value: Value, index: Value) -> Value: ...

    def set_item(self, value: Value, index: Value, new: Value) -> None: ...

    def type_of(self, value: Value) -> ClassValue | Unknown:
        """The class of a value; builtin classes for plain data."""

    def is_instance(self, value: Value, cls: Value) -> bool | None:
        """isinstance with a class or (nested) tuple of classes; None when it is not known."""

    def is_subclass(self, cls: ClassValue, parent: Value) -> bool | None: ...

    def binary(self, op: str, left: Value, right: Value) -> Value:
        """`left op right` for the arithmetic operators; overloads included."""

    def compare(self, op: str, left: Value, right: Value) -> Value:
        """`left op right` for == != < <= > >= is, is not, in, not in: a bool, an Unknown, or what an overload gave."""

    def text(self, value: Value) -> Value:
        """`str(value)`: a str, or Unknown."""

    def hashable(self, value: Value) -> Value:
        """The value as a dict key; throws TypeError for unhashable ones, raises Undetermined for Unknown."""

    def touch(self, value: Mutable) -> None:
        """To be called before any change to a mutable value's contents, so that branches can be undone and joined."""

    def instantiate(self, cls: ClassValue, args: Sequence[Value] = (), kwargs: dict[str, Value] | None = None) -> Value:
        """Make an instance as `cls(*args, **kwargs)` does."""

    def throw(self, kind: str, message: str = "") -> NoReturn:
        """Raise the builtin Python exception `kind` (`"KeyError"`) in the analysed program."""

    def unknown(self, reason: Reason, detail: str = "") -> Unknown:
        """An Unknown standing at the current place."""

    def import_module(self, name: str) -> ModuleValue | Unknown:
        """The module of this dotted name."""

    def new_class(self, name: str, bases: tuple[Value, ...], namespace: dict[str, Value]) -> ClassValue:
        """The class that `type(name, bases, namespace)` makes."""

    def workspace_text(self, path: str) -> str | None:
        """The text of a file of the workspace, as the program names it; None where there is none for certain."""

    def builtin_class(self, name: str) -> ClassValue:
        """`list`, `dict`, `KeyError`, … by name."""

    def make_iterator(self, items: list[Value]) -> IteratorValue: ...

    def deferred(self, run: Callable[[], tuple[list[Value], Unknown | None]]) -> IteratorValue:
        """An iterator whose items, and what may follow them, `run` gives when they are asked for."""

    def is_module_instance(self, value: Value) -> bool:
        """Whether the value is a layer, module or model of a framework (user subclasses included)."""

    def mark_incomplete(self, instance: Instance, why: Value, *, doubtful: bool = False) -> None:
        """The layer may hold more than is seen; when `doubtful`, also less or other things."""

    def new_instance(self, cls: ClassValue) -> Instance:
        """An instance without running any constructor (`object.__new__`)."""
