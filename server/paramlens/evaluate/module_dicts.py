"""`globals()`, `vars(module)` and `module.__dict__`: the names that a module has when it is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from paramlens.evaluate import modules
from paramlens.evaluate.dependencies import EVERYTHING
from paramlens.evaluate.module_names import is_package_file
from paramlens.evaluate.python.natives import make_class
from paramlens.evaluate.python.objects import OBJECT
from paramlens.values import (
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    ModuleValue,
    NativeFunction,
    Reason,
    Undetermined,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter
    from paramlens.evaluate.lazy_source import LazySource

_OF_PYTHON = ("__name__", "__doc__", "__package__", "__loader__", "__spec__", "__file__", "__cached__", "__builtins__")
_LOADER = make_class("SourceFileLoader", (OBJECT,), {}, None, "importlib.machinery")
_SPEC = make_class("ModuleSpec", (OBJECT,), {}, None, "importlib.machinery")

_DEFINED = (ModuleValue, ClassValue, FunctionValue, NativeFunction)


class ModuleDict(DictValue):
    """The dict of a module's names. A name of an imported module is evaluated when it is asked for; asking for all
    names evaluates the module. Names that a later statement binds are not there yet."""

    __slots__ = ("module",)

    def __init__(self, vm: Interpreter, module: ModuleValue) -> None:
        super().__init__(_ModuleNames(vm, module), open=module.source is None)
        self.module = module

    def replaceable(self) -> list[Value]:
        """Not its imports, functions and classes: programs set options by name."""
        names = self.module.scope.names.items()
        return [name for name, value in names if name.isidentifier() and not isinstance(value, _DEFINED)]

    def contents(self) -> tuple[dict[Value, Value], bool]:
        return self.items, self.open  # a change is noted for the module's scope

    def restore(self, contents: tuple[dict[Value, Value], bool]) -> None:
        return None


class _ModuleNames(dict[Value, Value]):
    """Reads and changes the module's scope; holds nothing itself."""

    def __init__(self, vm: Interpreter, module: ModuleValue) -> None:
        super().__init__()
        self._vm = vm
        self._module = module

    def _all(self) -> dict[Value, Value]:
        return {name: self[name] for name in _names(self._vm, self._module, set())}

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and _find(self._vm, self._module, key) is not modules.MISSING

    def __getitem__(self, key: Value) -> Value:
        found = _find(self._vm, self._module, key) if isinstance(key, str) else modules.MISSING
        if found is modules.MISSING:
            raise KeyError(key)
        return found

    def get(self, key: Value, default: Value = None) -> Value:
        return self[key] if key in self else default  # noqa: SIM401  # `get` is what this is

    def __iter__(self) -> Iterator[Value]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __bool__(self) -> bool:
        return True

    def keys(self) -> Any:
        return self._all().keys()

    def values(self) -> Any:
        return self._all().values()

    def items(self) -> Any:
        return self._all().items()

    def _change(self, key: Value) -> None:
        self._vm.touch(self._module.scope)
        self._vm.bound(self._module.scope, str(key))

    def __setitem__(self, key: Value, value: Value) -> None:
        self._change(key)
        self._module.scope.names[key] = value

    def update(self, new: Mapping[Value, Value] = {}, /, **named: Value) -> None:  # type: ignore[override]
        for key, value in {**new, **named}.items():
            self[key] = value

    def setdefault(self, key: Value, default: Value = None) -> Value:
        if key not in self:
            self[key] = default
        return self[key]

    def __delitem__(self, key: Value) -> None:
        self._change(key)
        self._module.scope.names.pop(key, None)

    def pop(self, key: Value, *default: Value) -> Value:
        value = self.get(key, *default)
        del self[key]
        return value


# -------------------------------------------------------------------------------------------------- which names, when


def _find(vm: Interpreter, module: ModuleValue, name: str) -> Value:
    """The value that a name has now, or MISSING; no statement of the main file runs for it."""
    names, source = module.scope.names, module.source
    if vm.is_own(module.scope):
        vm.uses.reads.add(name)
    if name in names or source is None:
        return names.get(name, modules.MISSING) if name in names else _given(vm, module, name)
    bound = source.statements_for(name)
    if source.is_main and any(index not in source.done for index in bound):
        return source.values.get(name, modules.MISSING)
    if not source.is_main and bound and min(bound) >= _reached(source):
        return modules.MISSING
    return _given(vm, module, name)


def _given(vm: Interpreter, module: ModuleValue, name: str) -> Value:
    found = modules.lookup(vm, module, name)
    if found is modules.MISSING and name in _given_names(module):
        return _value_of_python(vm, module, name)
    return found


def _value_of_python(vm: Interpreter, module: ModuleValue, name: str) -> Value:
    """What Python puts under one of `_given_names`, of the kind that it is."""
    is_main = module.source is not None and module.source.is_main
    if name in ("__loader__", "__spec__"):
        return Instance(_LOADER if name == "__loader__" else _SPEC)
    if name == "__builtins__":
        return vm.import_module("builtins") if is_main else DictValue(open=True)
    if name == "__annotations__":
        return DictValue(open=True)
    if name == "__cached__":
        return None if is_main else f"__pycache__/{module.name.rpartition('.')[2]}.pyc"
    if name == "__path__" and module.path is not None:
        return ListValue([module.path.rpartition("/")[0]])
    return vm.unknown(Reason.ENVIRONMENT, name)


def _given_names(module: ModuleValue) -> tuple[str, ...]:
    """The names that Python puts into a module before its first statement."""
    if module.source is not None and module.source.is_main:
        return (*_OF_PYTHON, "__annotations__")
    return (*_OF_PYTHON, "__path__") if is_package_file(module.path) else _OF_PYTHON


def _reached(source: LazySource) -> int:
    """The statement of a module that is running: what follows has not run. All have when none is running."""
    return min(source.running, default=len(source.statements))


def _names(vm: Interpreter, module: ModuleValue, asked: set[int]) -> list[str]:
    """All names of a module in the order in which its statements bind them. Raises Undetermined when a star import
    brings names that are not known."""
    source = module.source
    if source is None:
        raise Undetermined(vm.unknown(Reason.UNSUPPORTED, f"the names of {module.name}"))
    if vm.is_own(module.scope):
        vm.uses.reads.add(EVERYTHING)
    asked.add(id(module))
    found = dict.fromkeys(_given_names(module))
    if source.is_main:
        found.update(dict.fromkeys(_of_stars(vm, source, asked)))
        found.update(dict.fromkeys(name for name in module.scope.names if name.isidentifier()))
        return list(found)
    for index in range(_reached(source)):
        binds = source.statements[index].binds
        if "*" in binds:
            modules.run_statement(vm, module, source, index)
        text = source.statements[index].text
        found.update(dict.fromkeys(sorted(binds - {"*"}, key=lambda name: _position(text, name))))
    found.update(dict.fromkeys(_of_stars(vm, source, asked)))
    found.update(dict.fromkeys(module.scope.names))
    return [name for name in found if name.isidentifier() and _find(vm, module, name) is not modules.MISSING]


def _position(text: str, name: str) -> int:
    word = re.search(rf"\b{re.escape(name)}\b", text)
    return word.start() if word is not None else len(text)


def _of_stars(vm: Interpreter, source: LazySource, asked: set[int]) -> list[str]:
    found: list[str] = []
    for star in source.stars:
        if isinstance(star, Unknown):
            raise Undetermined(star)
        if id(star) in asked:
            continue
        public = modules.lookup(vm, star, "__all__") if star.source is not None else modules.MISSING
        if isinstance(public, ListValue) and public.rest is None:
            found += [name for name in public.items if isinstance(name, str)]
        elif isinstance(public, tuple):
            found += [name for name in public if isinstance(name, str)]
        else:
            found += [name for name in _names(vm, star, asked) if not name.startswith("_")]
    return found
