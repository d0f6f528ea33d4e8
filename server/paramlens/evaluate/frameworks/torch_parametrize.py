"""`torch.nn.utils.parametrize`: a parameter that modules compute from the one that is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from paramlens.evaluate.frameworks.torch_registries import is_module
from paramlens.values import (
    DictValue,
    Instance,
    IteratorValue,
    ListValue,
    ParameterValue,
    Reason,
    TensorValue,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

# Functions of torch that are given modules and leave their weights as they are.
_HARMLESS = (
    "torch.onnx.", "torch.profiler.", "torch.export.", "torch.utils.", "torch.optim.", "torch.fx.",
    "torch.nn.utils.prune.",
)


def register_parametrization(
    vm: Interpreter, module: Value, tensor_name: Value, parametrization: Value, *args: Value, **kwargs: Value
) -> Value:
    """Keeps the parameter as `module.parametrizations.<name>.original`, beside the module that computes it."""
    weight = module.attributes.get(tensor_name) if isinstance(module, Instance) and is_module(module) else None
    inverse = (
        vm.class_attribute(parametrization.cls, "right_inverse") if isinstance(parametrization, Instance) else ...
    )
    if not isinstance(weight, ParameterValue) or inverse is not None or not isinstance(tensor_name, str):
        if isinstance(module, Instance) and module.state is not None:
            why = vm.unknown(Reason.UNSUPPORTED, "parametrize.register_parametrization")
            vm.mark_incomplete(module, why, doubtful=True)
        return module
    holder = vm.instantiate(vm.framework_class("torch.nn.ModuleDict"))
    steps = vm.instantiate(vm.framework_class("torch.nn.ModuleList"), ())
    vm.call(vm.get_attribute(steps, "append"), (parametrization,))
    vm.set_attribute(steps, "original", weight)
    vm.set_item(holder, tensor_name, steps)
    vm.touch(module)
    module.attributes["parametrizations"] = holder
    module.attributes[tensor_name] = TensorValue(weight.shape)
    return module


def may_have_changed(vm: Interpreter, function: Unknown, args: tuple[Value, ...]) -> None:
    """A function of torch that is not known was given modules: it may have changed what they hold."""
    name = function.detail or function.label
    if name.startswith("torch.optim."):
        for weight in _parameters(args):
            vm.trained.setdefault(id(weight), True)
    if not name.startswith("torch.") or name.startswith(_HARMLESS):
        return
    for value in args:
        if isinstance(value, Instance) and is_module(value):
            vm.mark_incomplete(value, vm.unknown(Reason.UNSUPPORTED, name), doubtful=True)


def _parameters(values: Iterable[Value], depth: int = 0) -> Iterator[ParameterValue]:
    """The parameters that an optimizer is given: an iterable of them, or of groups of them."""
    for value in values:
        if isinstance(value, ParameterValue):
            yield value
        elif isinstance(value, ListValue | IteratorValue | tuple | DictValue) and depth < 4:
            items = value if isinstance(value, tuple) else value.items
            yield from _parameters(items.values() if isinstance(items, dict) else items, depth + 1)
