"""Instances of declared layers: binding constructor arguments, making weights and children, running the call rule."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from paramlens.dims import Sym
from paramlens.evaluate.frameworks import keras_config, lineage
from paramlens.evaluate.frameworks.state import OWN, LayerState
from paramlens.layers import bind as binding
from paramlens.layers.declare import Axes, Built, Child, LayerDeclaration, Outputs
from paramlens.records import Record, record
from paramlens.shapes import DTYPE_BYTES, ShapeMismatch
from paramlens.values import (
    Instance,
    ListValue,
    ParameterValue,
    Reason,
    TensorValue,
    Undetermined,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

OWNED = "owned"  # key of LayerState.wrapped: children that another rule made


def bind_arguments(
    vm: Interpreter, self: Instance, declaration: LayerDeclaration, args: Sequence[Value], kwargs: Mapping[str, Value]
) -> binding.Bound:
    """The constructor's arguments as the rule wants them. TypeError is thrown for a call that cannot fit."""
    plain_args = [vm.rule_argument(value) for value in args]
    plain_kwargs = {name: vm.rule_argument(value) for name, value in kwargs.items()}
    try:
        bound = binding.bind(declaration, plain_args, plain_kwargs)
    except TypeError as problem:
        vm.throw("TypeError", str(problem))
    arguments = {name: _sized(vm, declaration, name, value) for name, value in bound.arguments.items()}
    if declaration.framework == "keras" and "data_format" in arguments and arguments["data_format"] is None:
        arguments["data_format"] = keras_config.default_data_format(vm)
    return binding.Bound(arguments, bound.base, bound.given)


def _sized(vm: Interpreter, declaration: LayerDeclaration, name: str, value: Any) -> Any:
    """Unknown numbers in parameters annotated Dim become named symbols; the layers handed over become handles."""
    if isinstance(value, Unknown):
        parameter = declaration.signature.parameters.get(name)
        if parameter is not None and str(parameter.annotation).startswith("Dim"):
            return vm.symbol_for(value, name)
        return value
    if isinstance(value, tuple) and any(isinstance(item, Unknown) for item in value):
        parameter = declaration.signature.parameters.get(name)
        if parameter is not None and str(parameter.annotation).startswith("Dim"):
            return tuple(vm.symbol_for(item, name) if isinstance(item, Unknown) else item for item in value)
    if isinstance(value, TensorValue) and value.shape == () and isinstance(value.data, int):
        return value.data
    if isinstance(value, float) and value.is_integer() and str(
        getattr(declaration.signature.parameters.get(name), "annotation", "")
    ).startswith("Dim"):
        return int(value) if declaration.framework == "keras" else value
    if isinstance(value, Instance) and value.state is not None:
        return Handle(vm, value)
    if isinstance(value, tuple) and any(isinstance(item, Instance) for item in value):
        return tuple(Handle(vm, v) if isinstance(v, Instance) and v.state is not None else v for v in value)
    return value


def construct(vm: Interpreter, self: Instance, args: Sequence[Value], kwargs: dict[str, Value]) -> None:
    """The `__init__` of a declared class: of the nearest one in the instance's MRO that is asked."""
    declaration = self.state.declaration
    for marker in ("*", "**"):
        if marker in kwargs:
            vm.mark_incomplete(self, kwargs.pop(marker))
            return
    key = _plain_call(declaration, args, kwargs)
    same = _MADE.get(key) if key is not None else None
    bound = same.bound if same is not None else bind_arguments(vm, self, declaration, args, kwargs)
    vm.touch(self)
    state: LayerState = self.state
    state.arguments = dict(bound.arguments)
    state.given = same.given if same is not None else _given(vm, bound)
    state.base = {**state.base, **bound.base}
    for name, value in bound.arguments.items():
        self.attributes.setdefault(name, _attribute_value(value))
    if declaration.inputs:
        state.needs_input = True
        return
    if same is not None:
        _take(vm, self, same.built)
        return
    build(vm, self, {})
    if key is not None and state.built is not None and not state.built.children and state.incomplete is None:
        if len(_MADE) >= _MOST_MADE:
            _MADE.clear()
        _MADE[key] = _Made(declaration, bound, state.given, state.built)


@record
class _Made(Record):
    """What a constructor call with plain arguments makes, which hangs on nothing else."""

    declaration: LayerDeclaration
    bound: binding.Bound
    given: tuple[tuple[str, str], ...]
    built: Built


_MADE: dict[Any, _Made] = {}
_MOST_MADE = 4_096
_PLAIN = (int, bool, str, type(None))


def _plain_call(declaration: LayerDeclaration, args: Sequence[Value], kwargs: Mapping[str, Value]) -> Any:
    """The call as a key, where its arguments are whole numbers and texts alone; None for any other."""
    key: list[Any] = [id(declaration)]
    for value in args:
        if type(value) not in _PLAIN:
            return None
        key.append((type(value), value))
    for name, value in kwargs.items():
        if type(value) not in _PLAIN:
            return None
        key.append((name, type(value), value))
    return tuple(key)


def _given(vm: Interpreter, bound: binding.Bound) -> tuple[tuple[str, str], ...]:
    return tuple((name, vm.brief(bound.arguments[name])) for name in bound.given if name in bound.arguments)


def _attribute_value(value: Any) -> Value:
    return value.instance if isinstance(value, Handle) else value


def build(vm: Interpreter, self: Instance, inputs: Mapping[str, Any]) -> None:
    """Evaluate the rule and make what it says. What it cannot know marks the layer incomplete."""
    state: LayerState = self.state
    try:
        built = vm.guarded_rule(lambda: binding.apply(state.declaration, _as_bound(state), inputs))  # type: ignore[arg-type]
    except Undetermined as problem:
        vm.mark_incomplete(self, problem.unknown)
        return
    except ShapeMismatch as problem:
        vm.mark_incomplete(self, Unknown(Reason.SHAPE_MISMATCH, str(problem), self.place))
        raise
    _take(vm, self, built)


def _take(vm: Interpreter, self: Instance, built: Built) -> None:
    """Make a layer what its rule says."""
    state: LayerState = self.state
    vm.touch(self)
    state.needs_input = False
    if not state.is_built:
        install(vm, self, built)
    state.built = built
    state.is_built = True


def _as_bound(state: LayerState) -> binding.Bound:
    return binding.Bound(state.arguments, state.base)


def install(vm: Interpreter, self: Instance, built: Built) -> None:
    """Make the weights, buffers, children and attributes of a built rule."""
    state: LayerState = self.state
    kind = state.framework
    dtype = _weight_type(state)
    for trainable, table in ((True, built.weights), (False, built.frozen)):
        for name, shape in table.items():
            if shape is None:
                _hold(self, name, None)
                continue
            labels, sizes = (shape.names, shape.sizes) if isinstance(shape, Axes) else ((), tuple(shape))
            weight = ParameterValue(sizes, kind=kind, trainable=trainable, name=name, labels=labels, place=self.place)
            weight.dtype = dtype
            _hold(self, name, weight)
    for name, shape in built.buffers.items():
        self.attributes[name] = None if shape is None else TensorValue(tuple(shape), kind=kind)
        state.buffers |= {name}
    for name, child in built.children.items():
        _hold_child(vm, self, name, _make_child(vm, child))
    if kind == "keras" and built.children:
        _let_go(self, {id(self.attributes.get(name)) for name in built.children})
    for name, value in built.attributes.items():
        self.attributes[name] = value.instance if isinstance(value, Handle) else vm.from_rule(value)


def _weight_type(state: LayerState) -> str:
    """The type that the argument `dtype` gives weights; a mixed policy of Keras keeps them in float32."""
    given = (state.base if state.framework == "keras" else state.arguments).get("dtype")
    return given if isinstance(given, str) and given in DTYPE_BYTES else "float32"


def _let_go(self: Instance, kept: set[int]) -> None:
    """Bidirectional works with copies of the layer that it is given, which it does not hold itself."""
    for name, value in self.state.arguments.items():
        if isinstance(value, Handle) and id(value.instance) not in kept:
            self.attributes.pop(name, None)


def _hold(self: Instance, name: str, weight: ParameterValue | None) -> None:
    self.attributes.pop(name, None)  # an argument of the same name (`bias=True`) gives way, and its place in the order
    is_path = "." in name or "/" in name
    if weight is not None and (is_path or self.state.framework == "keras"):
        self.state.own = (*self.state.own, weight)
    if not is_path:
        self.attributes[name] = weight


def _hold_child(vm: Interpreter, self: Instance, name: str, child: Instance) -> None:
    """Put a child in place; dots in its name mean modules between."""
    owner = self
    *path, last = name.split(".")
    for part in path:
        inner = owner.attributes.get(part)
        if not isinstance(inner, Instance):
            inner = vm.instantiate(vm.framework_class("torch.nn.ModuleList"))
            owner.attributes[part] = inner
        owner = inner
    vm.set_attribute(owner, last, child) if path else owner.attributes.__setitem__(last, child)


def _make_child(vm: Interpreter, child: Any) -> Instance:
    if isinstance(child, Handle):
        return child.instance
    assert isinstance(child, Child)
    args = [_made_argument(vm, value) for value in child.args]
    kwargs = {name: _made_argument(vm, value) for name, value in child.kwargs.items()}
    made = vm.instantiate(vm.framework_class(child.cls), args, kwargs)
    assert isinstance(made, Instance)
    return made


def _made_argument(vm: Interpreter, value: Any) -> Value:
    return _make_child(vm, value) if isinstance(value, Child | Handle) else vm.from_rule(value)


def forward(vm: Interpreter, self: Instance, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """The `forward` of a declared torch class, noted with the shapes that it is given and makes."""
    made: Value = None
    try:
        made = _forward(vm, self, args, kwargs)
        return made
    finally:
        shape = next((tensor.shape for tensor in vm.flat_tensors(made)), None)
        lineage.note_operation(vm, self, OWN, [*vm.flat_tensors((args, kwargs))], shape)


def _forward(vm: Interpreter, self: Instance, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """From the shapes of the arguments to tensors."""
    state: LayerState = self.state
    if state.needs_input:
        first = args[0] if args else next(iter(kwargs.values()), None)
        if not isinstance(first, TensorValue) or first.shape is None:
            return _unknown_tensor(first)
        build(vm, self, {state.declaration.inputs[0]: first.shape})  # type: ignore[union-attr]
    if state.built is None or state.built.forward is None:
        return TensorValue(None, reason=state.incomplete)
    shapes = [_as_shape(vm, value) for value in args]
    named = {name: _as_shape(vm, value) for name, value in kwargs.items()}
    if any(isinstance(shape, Unknown) for shape in (*shapes[:1], *[s for s in named.values() if s is Unknown])):
        return _unknown_tensor(args[0] if args else None)
    try:
        output = state.built.forward(*shapes, **named)
    except ShapeMismatch as problem:
        problem.made_at = self.place
        raise
    return as_tensors(output, "torch", state.built.dtype)


def _unknown_tensor(value: Value) -> TensorValue:
    reason = value if isinstance(value, Unknown) else getattr(value, "reason", None)
    return TensorValue(None, reason=reason)


def _as_shape(vm: Interpreter, value: Value) -> Any:
    """Tensors by their shapes, within tuples too; the rest as plain data."""
    if isinstance(value, TensorValue):
        if value.shape is None:
            return value.reason or Unknown(Reason.UNKNOWN_ARGUMENT, "the shape of the input")
        return value.shape
    if isinstance(value, tuple):
        return tuple(_as_shape(vm, item) for item in value)
    if isinstance(value, ListValue) and any(isinstance(item, TensorValue) for item in value.items):
        return [_as_shape(vm, item) for item in value.items]
    return vm.rule_argument(value)


def as_tensors(output: Any, kind: str, dtype: str | None = None) -> Value:
    """The value of a rule's result: a tensor for a shape, a tuple for Outputs."""
    if isinstance(output, Outputs):
        return tuple(as_tensors(item, kind, dtype) for item in output.items)
    if isinstance(output, tuple | list) and all(size is None or isinstance(size, int | Sym) for size in output):
        return TensorValue(tuple(output), kind=kind, dtype=dtype or "float32")
    if isinstance(output, list | tuple):
        return ListValue([as_tensors(item, kind, dtype) for item in output])
    if output is None:
        return None
    return output


class Handle:
    """A layer handed to a rule (declare.LayerHandle)."""

    def __init__(self, vm: Interpreter, instance: Instance) -> None:
        self.vm = vm
        self.instance = instance

    @property
    def class_name(self) -> str:
        declaration = self.instance.state.declaration
        name: str = declaration.name if declaration is not None else self.instance.cls.qualified_name
        return name

    def attribute(self, name: str, default: Any = None) -> Any:
        if name in self.instance.state.arguments:
            return self.instance.state.arguments[name]
        return self.vm.rule_argument(self.vm.get_attribute(self.instance, name, default))

    def build(self, *inputs: Any) -> Any:
        tensors = [TensorValue(tuple(i), kind="keras") if isinstance(i, tuple | list) else i for i in inputs]
        result = self.vm.call(self.instance, tensors)
        return _shapes_of(result)

    def prepare(self, shape: Any) -> bool:
        if getattr(self.instance.cls, "module", None) is None:
            return False
        from paramlens.evaluate.frameworks import keras_layer

        keras_layer.ensure_state(self.vm, self.instance)
        keras_layer.build_for_call(self.vm, self.instance, [TensorValue(tuple(shape), kind="keras")], {})
        return True

    def clone(self, **changes: Any) -> Handle:
        state: LayerState = self.instance.state
        if state.framework == "torch":
            return Handle(self.vm, self.vm.deep_copy(self.instance))
        if state.declaration is None or self.instance.cls.declaration is None:
            raise Undetermined(Unknown(Reason.UNSUPPORTED, f"a copy of {self.instance.cls.name}"))
        arguments = {name: _attribute_value(value) for name, value in state.arguments.items()}
        fitting = {name: value for name, value in changes.items() if name in arguments}
        copied = self.vm.new_instance(self.instance.cls)
        self.vm.created(copied)
        copied.state.arguments = {**copy.copy(state.arguments), **fitting}
        copied.state.base = {name: value for name, value in state.base.items() if name != "name"}
        copied.state.needs_input = bool(state.declaration.inputs)
        copied.attributes.update({**arguments, **fitting})
        if not state.declaration.inputs:
            build(self.vm, copied, {})
        return Handle(self.vm, copied)


def _shapes_of(value: Value) -> Any:
    if isinstance(value, TensorValue):
        if value.shape is None:
            raise Undetermined(value.reason or Unknown(Reason.UNKNOWN_ARGUMENT, "the shape of a layer's output"))
        return value.shape
    if isinstance(value, tuple):
        return Outputs(tuple(_shapes_of(item) for item in value))
    if isinstance(value, ListValue):
        return Outputs(tuple(_shapes_of(item) for item in value.items))
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return value
