"""The class values of framework classes: declared layers, base classes, containers, tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlens.evaluate.frameworks import declared, keras_layer, keras_model, torch_module, torch_names
from paramlens.layers.catalogue import LAYERS, OPERATIONS
from paramlens.layers.declare import LayerDeclaration
from paramlens.values import (
    ClassValue,
    Instance,
    NativeFunction,
    ParameterValue,
    TensorValue,
    Value,
    born_before_all,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

_TENSORS = ("torch.Tensor", "numpy.ndarray", "keras.KerasTensor")


def framework_class(vm: Interpreter, name: str) -> ClassValue:
    """The class of this dotted name, made once; a name that is not declared is a plain module class."""
    cls = vm.classes.get(name)
    if cls is None:
        with born_before_all():
            cls = vm.classes[name] = _make(vm, name)
    return cls


def _make(vm: Interpreter, name: str) -> ClassValue:
    if name in LAYERS:
        return _declared(vm, LAYERS[name])
    if name in _TENSORS or name == "keras.Variable":
        return _tensor_class(vm, name)
    if name == "torch.nn.Parameter":
        cls = torch_names.make_class(vm, name, ("torch.Tensor",), {})
        cls.construct = torch_names.make_parameter
        return cls
    if name.startswith("keras."):
        bases, namespace = keras_model.class_methods(name)
    else:
        bases, namespace = torch_names.class_namespace(name)
    return torch_names.make_class(vm, name, bases, namespace)


def _tensor_class(vm: Interpreter, name: str) -> ClassValue:
    """The class of tensors: its methods are the declared operations, and calling it makes one."""
    cls = torch_names.make_class(vm, name, (), {})
    prefix = f"{name}."
    cls.namespace = {
        key.removeprefix(prefix): vm.operation_function(key) for key in OPERATIONS if key.startswith(prefix)
    }
    if name in OPERATIONS:
        cls.construct = lambda vm, cls, args, kwargs: vm.call(vm.operation_function(name), args, kwargs)
    return cls


def _declared(vm: Interpreter, declaration: LayerDeclaration) -> ClassValue:
    keras = _is_keras(declaration)
    default = keras_layer.LAYER if keras else torch_module.MODULE
    namespace: dict[str, Value] = (
        {
            "__init__": NativeFunction(declaration.name, _construct_keras),
            "call": NativeFunction(f"{declaration.name}.call", keras_layer.call_declared),
        }
        if keras
        else {
            "__init__": NativeFunction(declaration.name, _construct_torch),
            "forward": NativeFunction(
                f"{declaration.name}.forward", lambda vm, self, *args, **kw: declared.forward(vm, self, args, kw)
            ),
        }
    )
    cls = torch_names.make_class(vm, declaration.name, declaration.bases or (default,), namespace)
    cls.declaration = declaration
    return cls


def _is_keras(declaration: LayerDeclaration) -> bool:
    return declaration.framework == "keras" or any("keras" in base for base in declaration.bases)


def _construct_torch(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
    torch_module.ensure_state(vm, self)
    declared.construct(vm, self, args, kwargs)


def _construct_keras(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
    keras_layer.ensure_state(vm, self)
    declared.construct(vm, self, args, kwargs)
    keras_layer.apply_base(vm, self)
    inner = next((value for value in (*args, *kwargs.values()) if isinstance(value, Instance) and value.state), None)
    if inner is not None:
        self.state.wrapped = {**self.state.wrapped, "inner": inner}


def framework_of(cls: ClassValue) -> str | None:
    """ "torch" or "keras" for layer, module and model classes."""
    for base in cls.mro:
        if isinstance(base, ClassValue):
            if base.qualified_name == torch_module.MODULE:
                return "torch"
            if base.qualified_name == keras_layer.LAYER:
                return "keras"
    return None


def is_model(cls: ClassValue) -> bool:
    """Whether a Keras class is a model."""
    return any(isinstance(base, ClassValue) and base.qualified_name == keras_model.MODEL for base in cls.mro)


def parameter(vm: Interpreter, tensor: TensorValue) -> ParameterValue:
    """A torch parameter of a tensor's shape."""
    made = ParameterValue(tensor.shape, dtype=tensor.dtype or "float32", place=vm.place)
    made.reason = tensor.reason
    return made
