"""`keras.Model` and `keras.Sequential`: functional graphs, stacks, subclassed models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from paramlens.evaluate.frameworks import keras_lambda, keras_layer, lineage
from paramlens.evaluate.frameworks.keras_graph import graph_layers, is_input
from paramlens.evaluate.frameworks.keras_layer import ensure_state, method, tensor_of_shape
from paramlens.evaluate.frameworks.state import Call, Graph, LayerState, Producer
from paramlens.values import (
    DictValue,
    Instance,
    ListValue,
    NativeFunction,
    Reason,
    TensorValue,
    Undetermined,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

MODEL, SEQUENTIAL, INPUT_LAYER = "keras.Model", "keras.Sequential", "keras.layers.InputLayer"
MODEL_METHODS: dict[str, Value] = {}
SEQUENTIAL_METHODS: dict[str, Value] = {}


# ---------------------------------------------------------------------------------------------------------- inputs


def make_input(vm: Interpreter, *args: Value, **kwargs: Value) -> Value:
    """`keras.Input(shape, batch_size, …)`: the tensor of a new InputLayer."""
    names = ("shape", "batch_size", "dtype", "sparse", "ragged", "batch_shape", "name", "tensor")
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    layer = vm.new_instance(vm.framework_class(INPUT_LAYER))
    vm.created(layer)
    state = ensure_state(vm, layer)
    state.base = {"name": given.get("name")}
    return _input_tensor(vm, layer, given)


def _input_tensor(vm: Interpreter, layer: Instance, given: dict[str, Value]) -> Value:
    existing = given.get("tensor") or given.get("input_tensor")
    full = given.get("batch_shape") or given.get("batch_input_shape")
    shape: Any
    if isinstance(existing, TensorValue):
        shape = existing.shape
    elif full is not None:
        shape = vm.sizes(vm.rule_argument(full))
    else:
        rest = vm.sizes(vm.rule_argument(given.get("shape", given.get("input_shape"))))
        batch = given.get("batch_size")
        shape = None if rest is None else (batch if isinstance(batch, int) else None, *rest)
    reason = None if shape is not None else vm.unknown(Reason.UNKNOWN_ARGUMENT, "the input's shape")
    dtype = given.get("dtype")
    tensor = TensorValue(shape, kind="keras", dtype=dtype if isinstance(dtype, str) else "float32", reason=reason)
    tensor.producer = Producer(layer, (), {}, (), layer)
    tensor.origin = lineage.Step("", layer, None, (), shape)
    layer.state.is_built = True
    layer.state.calls.append(Call((), tensor, vm.place))
    return tensor


def initialize_input_layer(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
    """`InputLayer(shape=…)` / Keras 2 `InputLayer(input_shape=…)`."""
    state = ensure_state(vm, self)
    state.base = {"name": kwargs.get("name")}
    _input_tensor(vm, self, {**dict(zip(("shape", "batch_size", "dtype"), args, strict=False)), **kwargs})


def input_tensor_of(layer: Instance) -> Value:
    """The tensor that an InputLayer gives."""
    return layer.state.calls[0].output if layer.state.calls else None


# ----------------------------------------------------------------------------------------------- functional models


@method("__init__", table=MODEL_METHODS)
def _init_model(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
    state = ensure_state(vm, self)
    inputs = kwargs.pop("inputs", kwargs.pop("input", args[0] if args else None))
    outputs = kwargs.pop("outputs", kwargs.pop("output", args[1] if len(args) > 1 else None))
    keras_layer.initialize(vm, self, **{k: v for k, v in kwargs.items() if k in ("name", "trainable", "dtype")})
    if inputs is None or outputs is None:
        return
    vm.touch(self)
    for part in (inputs, outputs):
        if isinstance(part, Unknown):
            vm.mark_incomplete(self, part)
            return
    layers, problem = graph_layers(vm, inputs, outputs)
    state.graph = Graph(inputs, outputs, tuple(layers))
    state.is_built = True
    if problem is not None:
        vm.mark_incomplete(self, problem)


def replay(vm: Interpreter, graph: Graph, args: Sequence[Value]) -> Value:
    """The outputs of a functional model for other inputs: the recorded calls, made again where shapes differ."""
    old, new = list(vm.flat_tensors(graph.inputs)), list(vm.flat_tensors(tuple(args)))
    if len(old) == len(new) and all(_same_shape(a, b) for a, b in zip(old, new, strict=True)):
        return graph.outputs
    memo: dict[int, Value] = {id(a): b for a, b in zip(old, new, strict=False)}
    results: dict[int, Value] = {}

    def again(tensor: Value) -> Value:
        if isinstance(tensor, ListValue):
            return ListValue([again(item) for item in tensor.items])
        if isinstance(tensor, tuple):
            return tuple(again(item) for item in tensor)
        if isinstance(tensor, DictValue):
            return DictValue({key: again(item) for key, item in tensor.items.items()})
        if not isinstance(tensor, TensorValue) or id(tensor) in memo:
            return memo.get(id(tensor), tensor)
        producer: Producer | None = tensor.producer
        if producer is None or not producer.inputs:
            return tensor
        if id(producer.args) not in results:
            given = {name: again(value) for name, value in producer.kwargs.items()}
            results[id(producer.args)] = vm.call(producer.function, [again(a) for a in producer.args], given)
        flat = list(vm.flat_tensors(results[id(producer.args)]))
        memo[id(tensor)] = flat[producer.index] if producer.index < len(flat) else TensorValue(None, kind="keras")
        return memo[id(tensor)]

    return again(graph.outputs)


def _same_shape(a: TensorValue, b: TensorValue) -> bool:
    """Equal but for the batch axis."""
    return a.shape is not None and b.shape is not None and a.shape[1:] == b.shape[1:] and len(a.shape) == len(b.shape)


@method("call", table=MODEL_METHODS)
def _call_model(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> Value:
    state: LayerState = self.state
    if state.graph is None:
        return vm.unknown(Reason.UNSUPPORTED, f"{self.cls.name}.call")
    first = [args[0]] if args else [kwargs["inputs"]] if "inputs" in kwargs else []
    return replay(vm, state.graph, first)


@method("build", table=MODEL_METHODS)
def _build_model(vm: Interpreter, self: Instance, input_shape: Value = None, **kwargs: Value) -> None:
    """`model.build(input_shape)`: call the model on an input of that shape."""
    if input_shape is None or self.state.graph is not None:
        return
    build_on(vm, self, tensor_of_shape(vm, input_shape))
    vm.touch(self)
    self.state.wrapped = {**self.state.wrapped, keras_layer.ANNOUNCED: True}


def build_on(vm: Interpreter, self: Instance, tensor: Value) -> None:
    """Build a subclassed model by calling it, once."""
    if tensor is None or self.state.calls or self in vm.building:
        vm.touch(self)
        self.state.is_built = True
        return
    vm.building.append(self)
    try:
        vm.call(self, (tensor,))
    finally:
        vm.building.pop()


@method("predict", "predict_on_batch", table=MODEL_METHODS)
def _predict(vm: Interpreter, self: Instance, x: Value = None, *args: Value, **kwargs: Value) -> Value:
    """What a graph gives for these inputs, as arrays with as many rows."""
    built = _on_data(vm, self, x)
    batch = _batch_of(vm, x) if self.state.graph is not None else None
    rows = next((tensor.shape[0] for tensor in vm.flat_tensors(x) if tensor.shape), None)
    return built if batch is None else _as_arrays(vm.call(self, (batch,)), rows)


def _as_arrays(value: Value, rows: Any) -> Value:
    if isinstance(value, ListValue):
        return ListValue([_as_arrays(item, rows) for item in value.items], value.rest)
    if isinstance(value, tuple):
        return tuple(_as_arrays(item, rows) for item in value)
    if isinstance(value, TensorValue) and value.shape:
        return TensorValue((rows, *value.shape[1:]), kind="numpy", dtype=value.dtype, reason=value.reason)
    return Unknown(Reason.DATA_DEPENDENT, "a prediction")


@method("fit", "train_on_batch", table=MODEL_METHODS)
def _fit(vm: Interpreter, self: Instance, x: Value = None, *args: Value, **kwargs: Value) -> Value:
    vm.trained[id(self)] = True
    return _on_data(vm, self, x)


@method("evaluate", "test_on_batch", table=MODEL_METHODS)
def _on_data(vm: Interpreter, self: Instance, x: Value = None, *args: Value, **kwargs: Value) -> Value:
    """Training and prediction build a model that waits for its input."""
    vm.trained.setdefault(id(self), False)
    announced = self.state.wrapped.get(keras_layer.ANNOUNCED)
    if x is not None and (not self.state.calls or announced) and self.state.graph is None:
        batch = _batch_of(vm, x)
        if batch is not None and announced:
            vm.call(self, (batch,))
        elif batch is not None:
            build_on(vm, self, batch)
    return vm.unknown(Reason.DATA_DEPENDENT, "a result of training")


def _batch_of(vm: Interpreter, value: Value) -> Value:
    if isinstance(value, TensorValue) and value.shape:
        return TensorValue((None, *value.shape[1:]), kind="keras", dtype=value.dtype)
    if isinstance(value, ListValue) and value.rest is None:
        parts = [_batch_of(vm, item) for item in value.items]
        return ListValue(parts) if parts and None not in parts else None
    return None


@method("get_layer", table=MODEL_METHODS)
def _get_layer(vm: Interpreter, self: Instance, name: Value = None, index: Value = None) -> Value:
    found = layers_of(self)
    if isinstance(index, int):
        return found[index] if -len(found) <= index < len(found) else vm.throw("ValueError", "no such layer")
    for layer in found:
        if keras_layer.layer_name(vm, layer) == name:
            return layer
    return vm.unknown(Reason.UNSUPPORTED, f"get_layer({name!r})")


def layers_of(self: Instance) -> list[Instance]:
    """`model.layers`: for Sequential without its InputLayer."""
    if self.state.sequence is not None:
        return [layer for layer in self.state.sequence if isinstance(layer, Instance) and not is_input(layer)]
    if self.state.graph is not None:
        return [layer for layer in self.state.graph.layers if isinstance(layer, Instance)]
    return keras_layer.sublayers(self)


def model_attribute(vm: Interpreter, self: Instance, name: str) -> Value:
    """Properties of models beside those of layers; None when there is no such attribute."""
    if name == "layers":
        return ListValue(list(layers_of(self)), self.state.incomplete)
    if name in ("inputs", "outputs"):
        value = keras_layer.PROPERTIES[name[:-1]](vm, self)
        return value if isinstance(value, Unknown) else ListValue(list(vm.flat_tensors(value)))
    if name in ("input_names", "output_names"):
        return _end_names(vm, self, name.removesuffix("_names"))
    if name in ("optimizer", "loss", "metrics_names", "history"):
        return Unknown(Reason.DATA_DEPENDENT, name)
    return None


def _end_names(vm: Interpreter, self: Instance, end: str) -> Value:
    """The names of the layers that a graph's inputs or outputs come from; versions differ in a repeated one's."""
    tensors = list(vm.flat_tensors(keras_layer.PROPERTIES[end](vm, self))) if self.state.graph is not None else []
    producers = [tensor.producer for tensor in tensors]
    layers = [producer.layer for producer in producers if isinstance(producer, Producer)]
    names = [keras_layer.layer_name(vm, layer) for layer in layers if isinstance(layer, Instance)]
    known = [name for name in names if isinstance(name, str)]
    if not tensors or len(set(known)) != len(tensors):
        return Unknown(Reason.DATA_DEPENDENT, f"{end}_names", self.place)
    return ListValue(list(known))


# -------------------------------------------------------------------------------------------------------- Sequential


@method("__init__", table=SEQUENTIAL_METHODS)
def _init_sequential(vm: Interpreter, self: Instance, layers: Value = None, *args: Value, **kwargs: Value) -> None:
    state = ensure_state(vm, self)
    vm.touch(self)
    state.sequence = state.sequence or ()
    keras_layer.initialize(vm, self, **kwargs)
    if layers is None:
        return
    try:
        items = vm.iterate(layers)
    except Undetermined as problem:
        vm.mark_incomplete(self, problem.unknown)
        return
    for item in items:
        _add(vm, self, item)


@method("add", table=SEQUENTIAL_METHODS)
def _add(vm: Interpreter, self: Instance, layer: Value) -> None:
    state = ensure_state(vm, self)
    vm.touch(self)
    if isinstance(layer, TensorValue) and isinstance(layer.producer, Producer):
        layer = layer.producer.layer
    if isinstance(layer, Unknown) or not isinstance(layer, Instance) or layer.state is None:
        vm.mark_incomplete(self, layer if isinstance(layer, Unknown) else vm.unknown(Reason.UNSUPPORTED, "a layer"))
        state.wrapped = {**state.wrapped, "current": None}
        return
    if vm.repeating:
        vm.mark_incomplete(self, vm.unknown(Reason.UNKNOWN_LOOP, "the number of its layers"))
    first = not [item for item in state.sequence or () if isinstance(item, Instance)]
    state.sequence = (*(state.sequence or ()), layer)
    current = _start(vm, layer) if first else state.wrapped.get("current")
    if current is None:
        return
    if first and "input" not in state.wrapped:
        state.wrapped = {**state.wrapped, "input": current}
    if not (first and is_input(layer)):
        current = vm.call(layer, (current,)) if not (first and _own_output(layer)) else _own_output(layer)
    state.wrapped = {**state.wrapped, "current": current}
    _refresh(vm, self)


def _own_output(layer: Instance) -> Value:
    """The output of a model used as the first layer of a stack."""
    if layer.state.graph is not None:
        return layer.state.graph.outputs
    return None


def _refresh(vm: Interpreter, self: Instance) -> None:
    state: LayerState = self.state
    state.is_built = True
    current = state.wrapped.get("current")
    start = state.wrapped.get("input")
    if current is not None and start is not None:
        state.graph = Graph(start, current, ())


def _start(vm: Interpreter, layer: Instance) -> Value:
    """The input that the first layer of a stack brings with it."""
    if is_input(layer):
        return input_tensor_of(layer)
    state: LayerState = layer.state
    if state.graph is not None:
        return state.graph.inputs
    given = {name: value for name, value in state.base.items() if value is not None}
    full = given.get("batch_input_shape") or given.get("batch_shape")
    shape = given.get("input_shape")
    if full is None and shape is None and "input_dim" in given:
        length = given.get("input_length")
        if layer.cls.name == "Embedding":
            shape = None
        else:
            shape = (given["input_dim"],) if length is None else (length, given["input_dim"])
    if full is None and shape is None and layer.cls.name == "Embedding":
        length = given.get("input_length", state.arguments.get("input_length"))
        if isinstance(length, int):
            shape = (length,)
    if full is None and shape is None:
        inner = state.wrapped.get("inner")
        return _start(vm, inner) if isinstance(inner, Instance) else None
    return make_input(vm, batch_shape=full) if full is not None else make_input(vm, shape=shape)


@method("pop", table=SEQUENTIAL_METHODS)
def _pop(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> Value:
    state: LayerState = self.state
    vm.touch(self)
    if not state.sequence:
        return None
    removed, state.sequence = state.sequence[-1], state.sequence[:-1]
    last = state.sequence[-1] if state.sequence else None
    if isinstance(last, Instance) and last.state.calls and state.graph is not None:
        state.wrapped = {**state.wrapped, "current": last.state.calls[-1].output}
        _refresh(vm, self)
    return removed


@method("call", table=SEQUENTIAL_METHODS)
def _call_sequential(vm: Interpreter, self: Instance, inputs: Value = None, *args: Value, **kwargs: Value) -> Value:
    state: LayerState = self.state
    if state.graph is not None:
        return replay(vm, state.graph, (inputs,))
    start = inputs
    for layer in state.sequence or ():
        if not is_input(layer):
            inputs = vm.call(layer, (inputs,))
    if state.incomplete is None and isinstance(start, TensorValue):
        vm.touch(self)
        state.is_built = True
    elif state.incomplete is not None:
        return TensorValue(None, kind="keras", reason=state.incomplete)
    return inputs


@method("build", table=SEQUENTIAL_METHODS)
def _build_sequential(vm: Interpreter, self: Instance, input_shape: Value = None) -> None:
    if input_shape is None or self.state.graph is not None:
        return
    tensor = tensor_of_shape(vm, input_shape)
    if isinstance(tensor, TensorValue):
        vm.touch(self)
        plain = vm.rule_argument(input_shape)
        source = make_input(vm, batch_shape=plain)
        current: Value = source
        for layer in self.state.sequence or ():
            current = vm.call(layer, (current,))
        self.state.wrapped = {**self.state.wrapped, "input": source, "current": current}
        _refresh(vm, self)


def class_methods(name: str) -> tuple[tuple[str, ...], dict[str, Value]]:
    """Bases and native methods of the Keras base classes."""
    if name == keras_layer.LAYER:
        return (), dict(keras_layer.METHODS)
    if name == MODEL:
        return (keras_layer.LAYER,), dict(MODEL_METHODS)
    if name == SEQUENTIAL:
        return (MODEL,), dict(SEQUENTIAL_METHODS)
    if name == INPUT_LAYER:
        return (keras_layer.LAYER,), {"__init__": NativeFunction(INPUT_LAYER, initialize_input_layer)}
    if name == keras_lambda.LAMBDA:
        return (keras_layer.LAYER,), dict(keras_lambda.METHODS)
    return (keras_layer.LAYER,), {}
