"""`torch.nn.Module`: how modules hold parameters, buffers and children, and what the base class offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from paramlens.evaluate.choices import one_of
from paramlens.evaluate.frameworks import lineage
from paramlens.evaluate.frameworks.state import LayerState
from paramlens.evaluate.frameworks.torch_registries import REGISTRIES, is_module, registry
from paramlens.values import (
    DictValue,
    Instance,
    IteratorValue,
    NativeFunction,
    ParameterValue,
    Reason,
    TensorValue,
    Unknown,
    Value,
    fresh,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

MODULE = "torch.nn.Module"


# ------------------------------------------------------------------------------------------------------ the tree


def own_parameters(module: Instance) -> Iterator[tuple[str, ParameterValue]]:
    """The parameters that a module holds itself, by name, in the order they were set."""
    apart = module.state.buffers | module.state.hidden if module.state is not None else frozenset()
    for name, value in module.attributes.items():
        if isinstance(value, ParameterValue) and name not in apart:
            yield name, value


def children(module: Instance) -> Iterator[tuple[str, Instance]]:
    """The modules that a module holds itself, by name."""
    hidden = module.state.hidden if module.state is not None else frozenset()
    for name, value in module.attributes.items():
        if is_module(value) and name not in hidden:
            yield name, value


def walk(module: Instance, prefix: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, Instance]]:
    """`named_modules()`: the module itself and all below it, each once."""
    seen = set() if seen is None else seen
    if id(module) in seen:
        return
    seen.add(id(module))
    yield prefix, module
    for name, child in children(module):
        yield from walk(child, f"{prefix}.{name}" if prefix else name, seen)


def named_parameters(module: Instance, recurse: bool = True) -> list[tuple[str, ParameterValue]]:
    """All parameters below a module, each once, with their dotted names."""
    found: list[tuple[str, ParameterValue]] = []
    seen: set[int] = set()
    for prefix, owner in walk(module) if recurse else [("", module)]:
        for name, parameter in own_parameters(owner):
            if id(parameter) not in seen:
                seen.add(id(parameter))
                found.append((f"{prefix}.{name}" if prefix else name, parameter))
    return found


def missing_parts(module: Instance) -> Unknown | None:
    """Why the tree below a module may hold more than is seen."""
    for _, owner in walk(module):
        options: tuple[Instance, ...] = getattr(owner, "options", ())
        if any(named_parameters(option) or missing_parts(option) is not None for option in options):
            return fresh(Reason.BRANCHES, "the parameters of a module that is one of several", options[0].place)
        if owner.state.incomplete is not None:
            return owner.state.incomplete  # type: ignore[no-any-return]  # declared Unknown | None
    return None


# --------------------------------------------------------------------------------------------------- base methods

METHODS: dict[str, NativeFunction] = {}


def method(*names: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register a method of Module: `(vm, self, …)`."""

    def register(function: Callable[..., Value]) -> Callable[..., Value]:
        for name in names:
            METHODS[name] = NativeFunction(f"{MODULE}.{name}", function)
        return function

    return register


@method("__init__")
def _init(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
    ensure_state(vm, self)
    return None


def ensure_state(vm: Interpreter, self: Instance) -> LayerState:
    """The state of a module instance, made when it is first needed."""
    if self.state is None:
        vm.touch(self)
        self.state = LayerState("torch")
    return self.state  # type: ignore[no-any-return]  # LayerState by construction


@method("__call__")
def _call(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> Value:
    tensors = tuple(value for value in vm.flat_tensors((args, kwargs)))
    start = lineage.begin(vm)
    with lineage.call(vm, self, tensors) as made:
        result = vm.call(vm.get_attribute(self, "forward"), args, kwargs)
        made.extend(vm.flat_tensors(result))
    vm.touch(self)
    ensure_state(vm, self).note_call(lineage.noted_call(vm, self, tensors, result, start))
    return result


@method("forward")
def _forward(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> Value:
    return vm.unknown(Reason.UNSUPPORTED, f"{self.cls.name}.forward")


@method("register_buffer")
def _register_buffer(vm: Interpreter, self: Instance, name: Value, tensor: Value, persistent: Value = True) -> None:
    if isinstance(name, str):
        vm.touch(self)
        self.attributes[name] = tensor
        ensure_state(vm, self).buffers |= {name}


@method("register_parameter")
def _register_parameter(vm: Interpreter, self: Instance, name: Value, param: Value) -> None:
    _add(vm, self, name, param)


@method("add_module", "register_module")
def _add_module(vm: Interpreter, self: Instance, name: Value, module: Value) -> None:
    _add(vm, self, name, module)


def _add(vm: Interpreter, self: Instance, name: Value, value: Value) -> None:
    vm.touch(self)
    if isinstance(name, str):
        self.attributes[name] = value
    elif isinstance(value, Unknown) or vm.is_module_instance(value) or isinstance(value, ParameterValue):
        held = any(is_module(part) or isinstance(part, ParameterValue) for part in self.attributes.values())
        vm.mark_incomplete(self, vm.unknown(Reason.UNKNOWN_ARGUMENT, "the name of a module"), doubtful=held)


def _open(vm: Interpreter, self: Instance) -> Unknown | None:
    return missing_parts(self)


@method("parameters")
def _parameters(vm: Interpreter, self: Instance, recurse: Value = True) -> Value:
    items = [parameter for _, parameter in named_parameters(self, recurse is not False)]
    return IteratorValue(list(items), _open(vm, self))


@method("named_parameters")
def _named_parameters(
    vm: Interpreter, self: Instance, prefix: str = "", recurse: Value = True, remove_duplicate: Value = True
) -> Value:
    items = named_parameters(self, recurse is not False)
    start = f"{prefix}." if prefix else ""
    return IteratorValue([(start + name, parameter) for name, parameter in items], _open(vm, self))


@method("children")
def _children(vm: Interpreter, self: Instance) -> Value:
    return IteratorValue(_unique([child for _, child in children(self)]), self.state.incomplete)


@method("named_children")
def _named_children(vm: Interpreter, self: Instance) -> Value:
    return IteratorValue(list(children(self)), self.state.incomplete)


@method("modules")
def _modules(vm: Interpreter, self: Instance) -> Value:
    return IteratorValue([module for _, module in walk(self)], _open(vm, self))


@method("named_modules")
def _named_modules(
    vm: Interpreter, self: Instance, memo: Value = None, prefix: str = "", remove_duplicate: Value = True
) -> Value:
    return IteratorValue(list(walk(self, prefix)), _open(vm, self))


@method("buffers")
def _buffers(vm: Interpreter, self: Instance, recurse: Value = True) -> Value:
    return IteratorValue([value for _, value in _all_buffers(self)], _open(vm, self))


@method("named_buffers")
def _named_buffers(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> Value:
    return IteratorValue(list(_all_buffers(self)), _open(vm, self))


def _all_buffers(self: Instance) -> Iterator[tuple[str, Value]]:
    for prefix, owner in walk(self):
        for name in owner.attributes:
            value = owner.attributes[name]
            if name in owner.state.buffers and isinstance(value, TensorValue):
                yield (f"{prefix}.{name}" if prefix else name), value


@method("state_dict")
def _state_dict(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> Value:
    items = {**dict(named_parameters(self)), **dict(_all_buffers(self))}
    return DictValue(dict(items), open=_open(vm, self) is not None)


@method("get_parameter", "get_submodule", "get_buffer")
def _get_by_path(vm: Interpreter, self: Instance, target: Value) -> Value:
    if isinstance(target, Unknown):
        parts = [part for _, module in walk(self) for part in (module, *(p for _, p in own_parameters(module)))]
        return one_of(fresh(Reason.UNRESOLVED_ATTRIBUTE, target.label, vm.place), *parts)
    value: Value = self
    for part in target.split(".") if target else []:
        value = vm.get_attribute(value, part)
    return value


@method("set_submodule")
def _set_submodule(vm: Interpreter, self: Instance, target: str, module: Value, strict: Value = False) -> None:
    parent, _, name = target.rpartition(".")
    vm.set_attribute(_get_by_path(vm, self, parent), name, module)


@method("apply")
def _apply(vm: Interpreter, self: Instance, fn: Value) -> Value:
    for _, module in reversed(list(walk(self))):
        vm.call(fn, (module,))
    return self


@method("requires_grad_")
def _requires_grad(vm: Interpreter, self: Instance, requires_grad: Value = True) -> Value:
    for _, parameter in named_parameters(self):
        vm.set_attribute(parameter, "requires_grad", requires_grad)
    return self


@method(
    "to", "cuda", "cpu", "float", "double", "half", "bfloat16", "train", "eval", "type", "share_memory", "to_empty",
    "xpu", "ipu", "mtia",
)
def _itself(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> Value:
    return self


@method("compile")
def _compile(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
    return None


@method(
    "zero_grad", "register_forward_hook", "register_forward_pre_hook", "register_full_backward_hook",
    "register_backward_hook", "register_load_state_dict_pre_hook", "register_load_state_dict_post_hook",
    "_register_load_state_dict_pre_hook", "register_state_dict_post_hook", "_register_state_dict_hook",
    "_load_from_state_dict", "extra_repr", "set_extra_state", "_init_weights_done",
)
def _nothing(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
    return None


@method("load_state_dict")
def _load_state_dict(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> Value:
    """The keys that did not fit."""
    return Unknown(Reason.DATA_DEPENDENT, "load_state_dict", vm.place, weightless=True)


@method("_get_name")
def _get_name(vm: Interpreter, self: Instance) -> Value:
    return self.cls.name


@method("__setattr__")
def _setattr(vm: Interpreter, self: Instance, name: str, value: Value) -> None:
    vm.store_attribute(self, name, value)


@method("__delattr__")
def _delattr(vm: Interpreter, self: Instance, name: str) -> None:
    vm.touch(self)
    self.attributes.pop(name, None)


def attribute_set(self: Instance, name: str, value: Value) -> None:
    """A parameter or module set under a name takes the place of a buffer or of an attribute that is no part."""
    if (name in self.state.hidden or name in self.state.buffers) and (
        is_module(value) or isinstance(value, ParameterValue)
    ):
        self.state.hidden -= {name}
        self.state.buffers -= {name}


# ----------------------------------------------------------------------------------------------- derived attributes


def attribute(vm: Interpreter, self: Instance, name: str) -> Value:
    """`_parameters`, `_modules`, `_buffers` and `training`; None when there is no such attribute."""
    if name in REGISTRIES:
        return registry(vm, self, name)
    if name == "training":
        return True
    return None


def _unique(items: list[Any]) -> list[Any]:
    return list({id(item): item for item in items}.values())
