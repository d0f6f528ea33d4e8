"""`keras.layers.Layer`: building at the first call, weights, nested layers, what the base class offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from paramlens.evaluate.frames import Thrown
from paramlens.evaluate.frameworks import declared, lineage
from paramlens.evaluate.frameworks.state import Call, LayerState, Producer
from paramlens.values import (
    ClassMethodValue,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    NativeFunction,
    ParameterValue,
    Reason,
    TensorValue,
    TrackedDict,
    TrackedList,
    Unknown,
    Value,
    tracked,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

LAYER = "keras.layers.Layer"
METHODS: dict[str, Value] = {}
NOT_IN_KERAS_3 = frozenset({"_build_from_signature"})  # code asks for it to tell the versions apart
CALL_OPTIONS = ("training", "mask", "name")
ANNOUNCED = "announced"  # key of LayerState.wrapped: `build(shape)` was called, which makes weights in Keras 2 alone


def method(*names: str, table: dict[str, Value] = METHODS) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register a native method `(vm, self, …)`."""

    def register(function: Callable[..., Value]) -> Callable[..., Value]:
        for name in names:
            table[name] = NativeFunction(f"{LAYER}.{name}", function)
        return function

    return register


# ------------------------------------------------------------------------------------------------------ the tree


def sublayers(layer: Instance) -> list[Instance]:
    """The layers that a layer tracks itself: in attributes, lists, dicts; those of Sequential and functional ones."""
    state: LayerState = layer.state
    found: dict[int, Instance] = {}
    listed: Sequence[Any] = (*(state.sequence or ()), *(state.graph.layers if state.graph else ()))
    for item in (*listed, *_tracked(tuple(layer.attributes.values()), Instance)):
        if isinstance(item, Instance) and item.state is not None and item.state.framework == "keras":
            found.setdefault(id(item), item)
    found.pop(id(layer), None)
    return list(found.values())


def own_weights(layer: Instance) -> list[ParameterValue]:
    """The weights that a layer holds itself, each once, in the order they were made."""
    attached = _tracked(tuple(layer.attributes.values()), ParameterValue)
    return list({id(weight): weight for weight in (*layer.state.own, *attached)}.values())


def _tracked(values: Sequence[Value], kind: type, depth: int = 0) -> Iterator[Any]:
    """Values of a kind within attributes, lists, tuples and dicts."""
    for value in values:
        if isinstance(value, kind):
            yield value
        elif depth < 4:
            if isinstance(value, ListValue):
                yield from _tracked(value.items, kind, depth + 1)
            elif isinstance(value, tuple):
                yield from _tracked(value, kind, depth + 1)
            elif isinstance(value, DictValue):
                yield from _tracked(tuple(value.items.values()), kind, depth + 1)


def all_layers(layer: Instance, seen: dict[int, Instance] | None = None) -> dict[int, Instance]:
    """The layer and all below it, each once."""
    seen = {} if seen is None else seen
    if id(layer) not in seen:
        seen[id(layer)] = layer
        for child in sublayers(layer):
            all_layers(child, seen)
    return seen


def all_weights(layer: Instance) -> list[ParameterValue]:
    """Every weight below a layer, each once."""
    found: dict[int, ParameterValue] = {}
    for item in all_layers(layer).values():
        for weight in own_weights(item):
            found.setdefault(id(weight), weight)
    return list(found.values())


def waits_for_input(layer: Instance) -> bool:
    """Whether a declared layer makes its weights on an input that it has not met; a ReLU, say, has none to make."""
    state: LayerState = layer.state
    if not state.needs_input or state.is_built:
        return False
    declaration = state.declaration
    written = getattr(layer.cls, "module", None) is not None
    return written or declaration is None or not declaration.never_weighs


def missing_parts(layer: Instance) -> Unknown | None:
    """Why there may be weights below a layer that are not seen."""
    for item in all_layers(layer).values():
        state: LayerState = item.state
        if state.incomplete is not None:
            return state.incomplete
        if waits_for_input(item):
            return Unknown(Reason.NOT_BUILT, item.cls.name, item.place)
    return None


# ----------------------------------------------------------------------------------------------------- construction


def ensure_state(vm: Interpreter, self: Instance) -> LayerState:
    """The state of a layer instance, made when it is first needed."""
    if self.state is None:
        vm.touch(self)
        self.state = LayerState("keras")
    return self.state  # type: ignore[no-any-return]  # LayerState by construction


@method("__init__")
def initialize(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
    """The arguments that every layer takes: name, trainable, dtype, input_shape, …"""
    state = ensure_state(vm, self)
    vm.touch(self)
    state.base = {**state.base, **kwargs}
    trainable = kwargs.get("trainable", args[0] if args and isinstance(args[0], bool) else True)
    state.trainable = trainable
    if isinstance(kwargs.get("name"), str):
        self.attributes.setdefault("_name", kwargs["name"])


def apply_base(vm: Interpreter, self: Instance) -> None:
    """Arguments of the base class that a declared layer was given."""
    state: LayerState = self.state
    if state.base.get("trainable") is False:
        state.trainable = False


# ------------------------------------------------------------------------------------------------------------ calling


@method("__call__")
def call_layer(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> Value:
    """Call a layer: build it at the first input, then map the shapes."""
    state = ensure_state(vm, self)
    options = {name: value for name, value in kwargs.items() if name not in ("name",)}
    inputs = tuple(vm.flat_tensors((args, options)))
    inputs = tuple(dict.fromkeys(inputs))
    if not inputs and (not args or not isinstance(args[0], Unknown)):
        inputs = tuple(vm.flat_tensors(args))
    if state.wrapped.get(ANNOUNCED):
        vm.touch(self)
        state.wrapped = {**state.wrapped, ANNOUNCED: False}
    build_for_call(vm, self, args, options)
    start = lineage.begin(vm)
    with lineage.call(vm, self, inputs) as made:
        result = _declared_output(vm, self, _result(vm, self, args, options), args)
        output = relinked(vm, self, result, args, options, inputs)
        made.extend(vm.flat_tensors(output))
    vm.touch(self)
    self.state.note_call(lineage.noted_call(vm, self, inputs, output, start))
    return output


def build_for_call(vm: Interpreter, self: Instance, args: Sequence[Value], kwargs: Mapping[str, Value]) -> None:
    """Make the weights of a user's layer: its `build`, before its first `call`."""
    state: LayerState = self.state
    if state.is_built:
        return
    build = vm.class_attribute(self.cls, "build")
    if isinstance(build, FunctionValue):
        run_build(vm, self, build, args, kwargs)


def run_build(
    vm: Interpreter, self: Instance, build: FunctionValue, args: Sequence[Value], kwargs: Mapping[str, Value]
) -> None:
    """Run a user's `build(self, input_shape)`."""
    vm.touch(self)
    self.state.is_built = self.state.declaration is None  # `super().build` of a declared class makes its weights
    first = args[0] if args else next(iter(kwargs.values()), None)
    shape = shape_argument(first)
    names = [param.name for param in (*build.code.params.positional_only, *build.code.params.positional)][1:]
    try:
        _call_build(vm, self, build, names, shape, args, kwargs)
    except Thrown:
        why = Unknown(Reason.RAISED, f"{self.cls.name}.build", vm.place)
        vm.mark_incomplete(self, why)  # what came before the error is there, what was to come is not
        raise
    vm.touch(self)
    self.state.is_built = True


def _call_build(
    vm: Interpreter,
    self: Instance,
    build: FunctionValue,
    names: list[str],
    shape: Value,
    args: Sequence[Value],
    kwargs: Mapping[str, Value],
) -> None:
    """`build(input_shape)`, or with a shape for each argument: `build(query_shape, value_shape)`."""
    if len(names) > 1 and all(name.endswith("_shape") for name in names[:2]):
        given = dict(zip(names, [shape_argument(value) for value in args], strict=False))
        given.update({f"{k}_shape": shape_argument(v) for k, v in kwargs.items() if f"{k}_shape" in names})
        vm.call(build, (self,), given)
    else:
        vm.call(build, (self, shape) if names or build.code.params.var_positional else (self,))


def shape_argument(value: Value) -> Value:
    """What `build` is given for a call's argument: the shape, or a list of shapes."""
    if isinstance(value, TensorValue):
        if value.shape is None:
            return value.reason or Unknown(Reason.UNKNOWN_ARGUMENT, "input_shape")
        return tuple(value.shape)
    if isinstance(value, ListValue):
        return ListValue([shape_argument(item) for item in value.items])
    if isinstance(value, tuple):
        return tuple(shape_argument(item) for item in value)
    if isinstance(value, DictValue):
        return DictValue({key: shape_argument(item) for key, item in value.items.items()})
    return value if isinstance(value, Unknown) else Unknown(Reason.UNKNOWN_ARGUMENT, "input_shape")


def _result(vm: Interpreter, self: Instance, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    call = vm.class_attribute(self.cls, "call")
    if isinstance(call, FunctionValue):
        options = dict(kwargs)
        accepted = {p.name for p in (*call.code.params.positional, *call.code.params.keyword_only)}
        if call.code.params.var_keyword is None:
            options = {k: v for k, v in options.items() if k in accepted or k not in CALL_OPTIONS}
        if "training" in accepted and "training" not in options and len(args) < 2:
            options["training"] = None
        return vm.call(call, (self, *args), options)
    if call is None:
        return Unknown(Reason.UNSUPPORTED, f"{self.cls.name}.call")
    return vm.call(call, (self, *args), kwargs)


def _declared_output(vm: Interpreter, self: Instance, result: Value, args: Sequence[Value]) -> Value:
    """The result with what a user's `compute_output_shape` says of its shape."""
    from paramlens.evaluate.frameworks.keras_lambda import with_declared_shape

    compute = vm.class_attribute(self.cls, "compute_output_shape")
    if not isinstance(compute, FunctionValue) or len(args) != 1:
        return result
    shape = shape_argument(args[0])
    return result if isinstance(shape, Unknown) else with_declared_shape(vm, result, vm.call(compute, (self, shape)))


def call_declared(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> Value:
    """The `call` of a declared layer: evaluate its rule for these inputs."""
    state: LayerState = self.state
    if state.declaration is None:
        return vm.unknown(Reason.UNSUPPORTED, f"{self.cls.name}.call")
    if not state.declaration.inputs:
        return _identity_output(args)
    inputs: dict[str, Any] = {}
    for name, value in zip(state.declaration.inputs, args, strict=False):
        inputs[name] = _input_shape(vm, value, name)
    for name in state.declaration.inputs:
        if name in kwargs:
            inputs[name] = _input_shape(vm, kwargs[name], name)
    unknown = next((shape for shape in inputs.values() if isinstance(shape, Unknown)), None)
    if unknown is not None:
        return TensorValue(None, kind="keras", reason=unknown)
    if not state.is_built:
        declared.build(vm, self, inputs)
        apply_trainable(vm, self)
        built = state.built
    else:
        built = vm.rule_for(self, inputs)
    if built is None:
        return TensorValue(None, kind="keras", reason=state.incomplete)
    output = built.output() if callable(built.output) else built.output
    made = declared.as_tensors(output, "keras", built.dtype)
    if kwargs.get("return_attention_scores", False) is not False:  # the scores' shape is no concern of the rules
        return (made, TensorValue(None, kind="keras", reason=vm.unknown(Reason.UNSUPPORTED, "attention scores")))
    return made


def _identity_output(args: Sequence[Value]) -> Value:
    first = args[0] if args else None
    return first.with_shape(first.shape) if isinstance(first, TensorValue) else first


def _input_shape(vm: Interpreter, value: Value, name: str) -> Any:
    if isinstance(value, Unknown):
        return value
    if value is None:
        return None
    if isinstance(value, ListValue | tuple):
        items = value.items if isinstance(value, ListValue) else value
        shapes = [_input_shape(vm, item, name) for item in items]
        return next((shape for shape in shapes if isinstance(shape, Unknown)), shapes)
    if isinstance(value, DictValue):
        return [_input_shape(vm, item, name) for item in value.items.values()]
    if isinstance(value, TensorValue):
        if value.shape is None:
            return value.reason or Unknown(Reason.UNKNOWN_ARGUMENT, "the shape of the input")
        return tuple(value.shape)
    return Unknown(Reason.UNKNOWN_ARGUMENT, name)


def relinked(
    vm: Interpreter,
    self: Instance,
    result: Value,
    args: Sequence[Value],
    kwargs: dict[str, Value],
    inputs: tuple[TensorValue, ...],
) -> Value:
    """The result with its tensors made by this call, so that graphs see this layer and not what is inside it."""
    counter = iter(range(10_000))

    def link(value: Value) -> Value:
        if isinstance(value, TensorValue):
            made = TensorValue(value.shape, kind="keras", dtype=value.dtype, reason=value.reason)
            made.producer = Producer(self, tuple(args), dict(kwargs), inputs, self, next(counter))
            made.origin, made.mixed = value.origin, value.mixed
            return made
        if isinstance(value, tuple):
            return tuple(link(item) for item in value)
        if isinstance(value, ListValue):
            return ListValue([link(item) for item in value.items], value.rest)
        if isinstance(value, DictValue):
            return DictValue({key: link(item) for key, item in value.items.items()}, open=value.open)
        if isinstance(value, Unknown) and inputs:
            made = TensorValue(None, kind="keras", reason=value)
            made.producer = Producer(self, tuple(args), dict(kwargs), inputs, self, next(counter))
            return made
        return value

    return link(result)


# ------------------------------------------------------------------------------------------------------- base methods


@method("build")
def _build(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
    """`layer.build(input_shape)` called by hand, or `build(query_shape=…, value_shape=…)` of a layer of several inputs;
    a no-op where a user's `build` calls `super().build`."""
    state = ensure_state(vm, self)
    shape = args[0] if args else next(iter(kwargs.values()), None)
    if state.declaration is not None and not state.is_built and shape is not None:
        inputs = state.declaration.inputs
        tensors = [tensor_of_shape(vm, value) for value in args]
        named = {name: kwargs[f"{name}_shape"] for name in inputs[len(args) :] if f"{name}_shape" in kwargs}
        others = {name: tensor_of_shape(vm, value) for name, value in named.items()}
        if not tensors and inputs[0] not in others:
            tensors = [tensor_of_shape(vm, shape)]
        if None not in tensors and None not in others.values():
            call_declared(vm, self, *tensors, **others)
        return
    vm.touch(self)
    state.is_built = True


def tensor_of_shape(vm: Interpreter, shape: Value) -> Value:
    """A symbolic tensor for a shape given as a tuple or list; a list of them for a list of shapes."""
    plain = vm.rule_argument(shape)
    if isinstance(plain, dict):
        return DictValue({key: tensor_of_shape(vm, item) for key, item in plain.items()})
    if not isinstance(plain, tuple):
        return None
    if plain and all(isinstance(item, tuple) for item in plain):
        return ListValue([tensor_of_shape(vm, item) for item in plain])
    sizes = tuple(None if isinstance(size, Unknown) else size for size in plain)
    return TensorValue(sizes, kind="keras", dtype="float32")


@method("add_weight", "add_variable")
def _add_weight(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> Value:
    """`add_weight(shape, …)` of Keras 3, `add_weight(name, shape, …)` of Keras 2."""
    positional = list(args)
    if positional and isinstance(positional[0], str):
        kwargs.setdefault("name", positional.pop(0))
    if positional:
        kwargs.setdefault("shape", positional.pop(0))
    trainable = kwargs.get("trainable", True)
    weight = ParameterValue((), kind="keras", name=_text(kwargs.get("name")), place=vm.place)
    shape = vm.rule_argument(kwargs.get("shape", ()))
    weight.shape = vm.sizes(shape)
    if weight.shape is None:
        weight.reason = shape if isinstance(shape, Unknown) else vm.unknown(Reason.UNKNOWN_ARGUMENT, "shape")
    truth = vm.truth(trainable if trainable is not None else True)
    weight.trainable = truth if truth is not None else vm.unknown(Reason.UNKNOWN_ARGUMENT, "trainable")
    state = ensure_state(vm, self)
    vm.touch(self)
    state.own = (*state.own, weight)
    if vm.repeating:
        vm.mark_incomplete(self, vm.unknown(Reason.UNKNOWN_LOOP, "the number of its weights"))
    return weight


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


@method(
    "add_loss", "add_metric", "add_update", "load_weights", "save_weights", "save", "load_own_variables",
    "save_own_variables", "compile", "summary", "set_weights", "reset_states", "reset_state", "compute_mask", "export",
    "quantize", "stateless_call", "_set_dtype_policy", "_maybe_build", "_assert_input_compatibility", "_lock_state",
)
def _nothing(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
    return None


@method("_flatten_layers")
def _flatten_layers(vm: Interpreter, self: Instance, recursive: Value = True, include_self: Value = True) -> Value:
    """The layer and all below it."""
    found = list(all_layers(self).values()) if recursive else [self, *sublayers(self)]
    return ListValue(list(found if include_self else found[1:]), missing_parts(self))


@method("count_params")
def _count_params(vm: Interpreter, self: Instance) -> Value:
    return vm.count_of(self)


@method("get_config")
def _get_config(vm: Interpreter, self: Instance) -> Value:
    items = {name: value for name, value in self.attributes.items() if name in self.state.arguments}
    name = layer_name(vm, self)
    declared_class = self.state.declaration is not None
    asked = isinstance(vm.class_attribute(self.cls, "get_config"), FunctionValue)  # by `super().get_config()`
    plain = asked and not _is_model(self.cls)
    base: dict[Value, Value] = {"name": name, "trainable": True} | ({} if declared_class else {"dtype": "float32"})
    return DictValue({**base, **items}, open=not (items or declared_class or plain))


def _is_model(cls: ClassValue) -> bool:
    return any(base.name in ("Model", "Sequential") and base.module is None for base in cls.mro)


def _from_config(vm: Interpreter, cls: ClassValue, config: Value = None, *args: Value, **kwargs: Value) -> Value:
    """A layer from what `get_config` gives: the constructor's arguments by name."""
    closed = isinstance(config, DictValue) and not config.open and all(isinstance(key, str) for key in config.items)
    if _is_model(cls) or not closed:
        return vm.unknown(Reason.UNSUPPORTED, f"{cls.name}.from_config")
    return vm.call(cls, (), dict(config.items))


METHODS["from_config"] = ClassMethodValue(NativeFunction(f"{LAYER}.from_config", _from_config))


@method("get_weights")
def _get_weights(vm: Interpreter, self: Instance) -> Value:
    return ListValue(
        [TensorValue(w.shape, kind="numpy", dtype=w.dtype) for w in all_weights(self)], missing_parts(self)
    )


@method("compute_output_shape")
def _compute_output_shape(vm: Interpreter, self: Instance, input_shape: Value) -> Value:
    tensor = tensor_of_shape(vm, input_shape)
    return (
        shape_argument(vm.call(self, (tensor,))) if tensor is not None else vm.unknown(Reason.UNKNOWN_ARGUMENT, "shape")
    )


# ------------------------------------------------------------------------------------------------- derived attributes


def set_attribute(vm: Interpreter, self: Instance, name: str, value: Value) -> bool:
    """`layer.trainable = False` and the like; True when the attribute is not to be stored."""
    if name == "trainable":
        truth = vm.truth(value)
        freeze(vm, self, truth if truth is not None else Unknown(Reason.UNKNOWN_ARGUMENT, "trainable"))
        return True
    if name == "built":
        vm.touch(self)
        self.state.is_built = vm.truth(value) is True or self.state.is_built
        return True
    kept = tracked(value)
    if kept is not value:
        self.attributes[name] = kept
        return True
    return False


def untracked(layer: Instance) -> Unknown | None:
    """Why Keras may know other layers than the lists of a layer hold: some versions do not see all changes."""
    for name, value in layer.attributes.items():
        if changed_unseen(value):
            return Unknown(Reason.UNSUPPORTED, f"a container changed unseen by Keras: {name}", layer.place)
    return None


def changed_unseen(value: Value) -> bool:
    if isinstance(value, tuple):
        return any(map(changed_unseen, value))
    if not isinstance(value, TrackedList | TrackedDict):
        return False
    kept = {id(item) for item in _tracked((value,), Instance)}
    if any(id(item) not in kept for item in _tracked((value.origin,), Instance) if item.state is not None):
        return True
    if isinstance(value, TrackedDict):
        return any(map(changed_unseen, value.items.values()))
    grown = any(len(inner.items) != count for inner, count in value.appended if any(_tracked((inner,), Instance)))
    return value.replaced or grown or any(map(changed_unseen, value.items))


def freeze(vm: Interpreter, self: Instance, trainable: Any) -> None:
    """Set `trainable` on a layer, its weights and all below it."""
    for layer in all_layers(self).values():
        _freeze_own(vm, layer, trainable)


def _freeze_own(vm: Interpreter, layer: Instance, trainable: Any) -> None:
    vm.touch(layer)
    layer.state.trainable = trainable
    statistics = set(layer.state.built.frozen) if layer.state.built is not None else set()
    for weight in own_weights(layer):
        if (weight.name not in statistics and weight.trainable is not False) or _was_frozen(layer, weight):
            vm.touch(weight)
            weight.trainable = trainable


def _was_frozen(layer: Instance, weight: ParameterValue) -> bool:
    """Whether a weight is not trainable only because its layer was frozen."""
    built = layer.state.built
    return built is not None and weight.name in built.weights


def apply_trainable(vm: Interpreter, self: Instance) -> None:
    """Weights that a layer makes itself after it was frozen are frozen; its parts have a flag of their own."""
    if self.state.trainable is not True and self.cls.name not in ("MultiHeadAttention", "GroupQueryAttention"):
        _freeze_own(vm, self, self.state.trainable)


def attribute(vm: Interpreter, self: Instance, name: str) -> Value:
    """Properties of layers; None when there is no such attribute."""
    reader = PROPERTIES.get(name)
    return reader(vm, self) if reader is not None else None


def layer_name(vm: Interpreter, self: Instance) -> Value:
    """The layer's name: given, or made from its class and a running number as Keras does."""
    given = self.state.base.get("name") or self.state.arguments.get("name") or self.attributes.get("_name")
    if given is not None:
        return given
    return vm.automatic_name(self)


def _first_call(self: Instance) -> Call | None:
    calls = self.state.calls
    return calls[0] if calls else None


def _input(vm: Interpreter, self: Instance) -> Value:
    if self.state.graph is not None:
        return self.state.graph.inputs
    call = _first_call(self)
    if call is None or not call.inputs:
        return Unknown(Reason.NOT_BUILT, self.cls.name, self.place)
    return call.inputs[0] if len(call.inputs) == 1 else ListValue(list(call.inputs))


def _output(vm: Interpreter, self: Instance) -> Value:
    if self.state.graph is not None:
        return self.state.graph.outputs
    call = _first_call(self)
    return call.output if call is not None else Unknown(Reason.NOT_BUILT, self.cls.name, self.place)


def _weights_where(wanted: Callable[[ParameterValue], bool]) -> Callable[[Interpreter, Instance], Value]:
    def read(vm: Interpreter, self: Instance) -> Value:
        return ListValue([w for w in all_weights(self) if wanted(w)], missing_parts(self))

    return read


def _dtype_policy(vm: Interpreter, self: Instance) -> Value:
    """The policy given as `dtype`, else an object without weights."""
    from paramlens.evaluate.frameworks import keras_names

    given = self.state.base.get("dtype")
    policy = keras_names.fallback(vm, "keras.dtype_policies.DTypePolicy")
    return given if isinstance(given, Instance) else vm.instantiate(policy)


PROPERTIES: dict[str, Callable[[Interpreter, Instance], Value]] = {
    "name": layer_name,
    "trainable": lambda vm, self: self.state.trainable,
    "built": lambda vm, self: self.state.is_built,
    "dtype": lambda vm, self: self.state.base.get("dtype") or "float32",
    "compute_dtype": lambda vm, self: "float32",
    "variable_dtype": lambda vm, self: "float32",
    "dtype_policy": _dtype_policy,
    "input": _input,
    "output": _output,
    "input_shape": lambda vm, self: shape_argument(_input(vm, self)),
    "output_shape": lambda vm, self: shape_argument(_output(vm, self)),
    "weights": _weights_where(lambda w: True),
    "variables": _weights_where(lambda w: True),
    "trainable_weights": _weights_where(lambda w: w.trainable is True),
    "trainable_variables": _weights_where(lambda w: w.trainable is True),
    "non_trainable_weights": _weights_where(lambda w: w.trainable is False),
    "non_trainable_variables": _weights_where(lambda w: w.trainable is False),
    "_layers": lambda vm, self: ListValue(list(sublayers(self))),
    "supports_masking": lambda vm, self: True,
}
