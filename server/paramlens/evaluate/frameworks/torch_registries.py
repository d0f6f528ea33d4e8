"""`_parameters`, `_modules`, `_buffers` and `__dict__` of a torch module: dicts whose changes the module sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramlens.values import DictValue, Instance, ParameterValue, Reason, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

REGISTRIES = ("_parameters", "_modules", "_buffers")
_MISSING = object()


def registry(vm: Interpreter, owner: Instance, kind: str) -> DictValue:
    """One of the REGISTRIES of a module, or its `__dict__`."""
    return Registry(vm, owner, kind)


def is_module(value: Value) -> bool:
    """Whether a value is a torch module."""
    return isinstance(value, Instance) and value.state is not None and value.state.framework == "torch"


def _held(vm: Interpreter, owner: Instance, kind: str) -> dict[Value, Value]:
    state, items = owner.state, owner.attributes.items()
    registered = {k: v for k, v in items if k not in state.hidden and k not in state.buffers}
    if kind == "_modules":
        return {k: v for k, v in registered.items() if is_module(v)}
    if kind == "_parameters":
        weights = state.built.weights if state.built is not None else {}
        absent = {k: None for k, shape in weights.items() if shape is None}
        return {**absent, **{k: v for k, v in registered.items() if isinstance(v, ParameterValue)}}
    if kind == "_buffers":
        return {k: v for k, v in items if k in state.buffers}
    plain = {
        k: v
        for k, v in items
        if k in state.hidden or not (k in state.buffers or is_module(v) or isinstance(v, ParameterValue))
    }
    return {**plain, **{name: Registry(vm, owner, name) for name in REGISTRIES}}


class Registry(DictValue):
    """A view that writes through to the module."""

    __slots__ = ("kind", "owner", "vm")

    def __init__(self, vm: Interpreter, owner: Instance, kind: str) -> None:
        items = _Through(vm, owner, kind, _held(vm, owner, kind))
        super().__init__(items, open=owner.state.incomplete is not None)
        self.vm, self.owner, self.kind = vm, owner, kind

    def restore(self, contents: tuple[dict[Value, Value], bool]) -> None:
        items, self.open = contents
        self.items = _Through(self.vm, self.owner, self.kind, items)


class _Through(dict[Value, Value]):
    def __init__(self, vm: Interpreter, owner: Instance, kind: str, items: dict[Value, Value]) -> None:
        super().__init__(items)
        self._vm, self._owner, self._kind = vm, owner, kind

    def __setitem__(self, key: Value, value: Value) -> None:
        super().__setitem__(key, value)
        vm, owner = self._vm, self._owner
        vm.touch(owner)
        if not isinstance(key, str) or (self._kind == "__dict__" and key in REGISTRIES):
            vm.mark_incomplete(owner, vm.unknown(Reason.UNSUPPORTED, self._kind))
            return
        owner.attributes[key] = value
        owner.state.hidden -= {key}
        owner.state.buffers -= {key}
        if self._kind == "__dict__":
            owner.state.hidden |= {key}
        elif self._kind == "_buffers":
            owner.state.buffers |= {key}

    def __delitem__(self, key: Value) -> None:
        super().__delitem__(key)
        self._vm.touch(self._owner)
        self._owner.attributes.pop(key, None)

    def pop(self, key: Value, *default: Any) -> Any:
        """Remove a name from the module too."""
        value = super().pop(key, _MISSING)
        if value is _MISSING:
            if default:
                return default[0]
            raise KeyError(key)
        self._vm.touch(self._owner)
        self._owner.attributes.pop(key, None)
        return value

    def update(self, *others: Any, **named: Any) -> None:
        """Set several names of the module."""
        for key, value in dict(*others, **named).items():
            if self.get(key, _MISSING) is not value:  # what stays is not set anew
                self[key] = value

    def clear(self) -> None:
        """Remove all names from the module."""
        for key in list(self):
            del self[key]
