"""Names of Keras and TensorFlow that are neither layers nor tensor operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from paramlens.evaluate.frameworks import keras_config, keras_model
from paramlens.evaluate.frameworks.conversion import sizes
from paramlens.evaluate.frameworks.keras_graph import source_inputs
from paramlens.evaluate.frameworks.keras_lambda import LAMBDA
from paramlens.evaluate.frameworks.keras_layer import LAYER
from paramlens.layers.catalogue import OPERATIONS
from paramlens.values import (
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    NativeFunction,
    ParameterValue,
    Reason,
    TensorValue,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

SPECIALS: dict[str, Callable[[Interpreter], Value]] = {}

# Parts of Keras that are read as source from the user's environment.
_SOURCE = ("keras.applications", "keras.src.applications")
_NATIVE_ONLY = ("keras.layers.", "keras.ops.", "keras.backend.", "keras.activations.", "keras.random.",
    "keras.optimizers.",
    "keras.losses.", "keras.metrics.", "keras.callbacks.", "keras.initializers.", "keras.regularizers.",
    "keras.constraints.", "keras.datasets.", "keras.preprocessing.", "keras.saving.", "keras.models.", "keras.config.",
    "keras.mixed_precision.", "keras.export.", "keras.tree.", "keras.distribution.",
    "keras.dtype_policies.")  # fmt: skip


def is_source(name: str) -> bool:
    """Whether a Keras module is evaluated from its installed source."""
    return any(name == prefix or name.startswith(prefix + ".") for prefix in _SOURCE)


def is_native_only(name: str) -> bool:
    """Whether the names below belong to what is declared here, so that a missing one is not looked for in source."""
    return name.startswith(_NATIVE_ONLY)


def is_native_module(name: str) -> bool:
    """Whether the name is that of such a module itself (`keras.metrics`)."""
    return f"{name}." in _NATIVE_ONLY


def _class(*names: str) -> None:
    for name in names:
        SPECIALS[name] = lambda vm, first=names[0]: vm.framework_class(first)  # type: ignore[misc]


_class(LAYER, "keras.Layer", "keras.layers.core.Layer", "keras.topology.Layer", "keras.base_layer.Layer",
       "keras.layers.layer.Layer", "keras.layers.base_layer.Layer", "keras.layers.Wrapper",
       "tensorflow.Module")  # fmt: skip
_class(keras_model.MODEL, "keras.models.Model", "keras.training.Model", "keras.topology.Model",
       "keras.models.model.Model", "keras.Functional", "keras.models.Functional", "keras.models.functional.Functional",
       "keras.functional.Functional", "keras.training.training.Model")  # fmt: skip
_class(keras_model.SEQUENTIAL, "keras.models.Sequential", "keras.sequential.Sequential",
       "keras.models.sequential.Sequential")  # fmt: skip
_class(keras_model.INPUT_LAYER, "keras.InputLayer", "keras.layers.core.input_layer.InputLayer",
       "keras.input_layer.InputLayer", "keras.topology.InputLayer")  # fmt: skip
_class(LAMBDA, "keras.layers.core.Lambda", "keras.layers.core.lambda_layer.Lambda")


def function(*names: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register a native function `(vm, …)` under dotted names."""

    def register(call: Callable[..., Value]) -> Callable[..., Value]:
        for name in names:
            SPECIALS[name] = lambda vm, name=name: NativeFunction(name, call)  # type: ignore[misc]
        return call

    return register


function("keras.Input", "keras.layers.Input", "keras.layers.core.input_layer.Input", "keras.input_layer.Input",
         "keras.topology.Input", "keras.models.Input")(keras_model.make_input)  # fmt: skip


function("keras.backend.image_data_format", "keras.backend.common.image_data_format",
         "keras.config.image_data_format",
         "keras.backend.config.image_data_format")(keras_config.image_data_format)  # fmt: skip
function("keras.backend.set_image_data_format", "keras.config.set_image_data_format",
         "keras.backend.set_image_dim_ordering")(keras_config.set_image_data_format)  # fmt: skip
function("keras.backend.image_dim_ordering")(keras_config.image_dim_ordering)


@function("keras.backend.floatx", "keras.config.floatx", "keras.backend.common.floatx")
def _floatx(vm: Interpreter) -> Value:
    return "float32"


@function("keras.backend.epsilon", "keras.config.epsilon")
def _epsilon(vm: Interpreter) -> Value:
    return 1e-7


@function("keras.backend.backend", "keras.config.backend")
def _backend(vm: Interpreter) -> Value:
    return "tensorflow"


@function("keras.backend.is_keras_tensor", "keras.utils.is_keras_tensor", "keras.backend.common.is_keras_tensor")
def _is_keras_tensor(vm: Interpreter, value: Value) -> Value:
    return isinstance(value, TensorValue) and value.kind == "keras"


@function("keras.activations.get", "keras.activations.deserialize")
def _activation(vm: Interpreter, identifier: Value = None, *args: Value, **kwargs: Value) -> Value:
    """The function of a name; None is the linear one; a function is what it is."""
    if identifier is None or isinstance(identifier, str):
        name = f"keras.activations.{'linear' if identifier is None else identifier}"
        return vm.operation_function(name) if name in OPERATIONS else vm.unknown(Reason.UNSUPPORTED, name)
    if isinstance(identifier, DictValue):
        return vm.unknown(Reason.UNSUPPORTED, "an activation's config")
    return identifier


@function("keras.Variable", "keras.backend.Variable", "tensorflow.Variable", "keras.backend.variable",
          "keras.backend.common.variables.Variable")
def _variable(vm: Interpreter, initial_value: Value = None, *args: Value, **kwargs: Value) -> Value:
    """A weight made by hand: `tf.Variable(tf.zeros([n]))`, `keras.Variable(initializer, shape=…)`."""
    given = initial_value if initial_value is not None else kwargs.get("initializer")
    trainable = vm.truth(kwargs.get("trainable", True))
    weight = ParameterValue((), kind="keras", place=vm.place)
    weight.trainable = trainable if trainable is not None else vm.unknown(Reason.UNKNOWN_ARGUMENT, "trainable")
    shape = kwargs.get("shape", args[0] if args and isinstance(args[0], tuple) else None)
    if shape is not None:
        weight.shape = sizes(vm, vm.rule_argument(shape))
    elif isinstance(given, TensorValue):
        weight.shape, weight.reason = given.shape, given.reason
    elif isinstance(given, Unknown) or not isinstance(given, int | float | bool):
        plain = vm.rule_argument(given)
        weight.shape = None
        weight.reason = (
            given if isinstance(given, Unknown) else vm.unknown(Reason.UNSUPPORTED, "the value of a variable")
        )
        if isinstance(plain, tuple) and all(isinstance(item, int | float) for item in plain):
            weight.shape, weight.reason = (len(plain),), None
    return weight


@function("keras.utils.get_file", "keras.utils.file_utils.get_file", "keras.utils.data_utils.get_file")
def _get_file(vm: Interpreter, *args: Value, **kwargs: Value) -> Value:
    """The path of a downloaded file."""
    return vm.unknown(Reason.ENVIRONMENT, "a downloaded file")


def _pass_first(vm: Interpreter, value: Value = None, *args: Value, **kwargs: Value) -> Value:
    if isinstance(value, FunctionValue | ClassValue | NativeFunction | Instance):
        return value
    return NativeFunction("decorator", lambda vm, inner: inner)


@function("keras.utils.get_source_inputs", "keras.utils.layer_utils.get_source_inputs",
          "keras.ops.operation_utils.get_source_inputs", "keras.topology.get_source_inputs",
          "keras.network.get_source_inputs", "keras.get_source_inputs")
def _get_source_inputs(vm: Interpreter, tensor: Value, *args: Value) -> Value:
    if not isinstance(tensor, TensorValue):
        return vm.unknown(Reason.UNKNOWN_ARGUMENT, "the inputs of a tensor")
    return ListValue(list(source_inputs(tensor)))


function("keras.utils.register_keras_serializable", "keras.saving.register_keras_serializable", "tensorflow.function",
         "keras.export.keras_export", "keras.api_export.keras_export",
         "tensorflow.autograph.experimental.do_not_convert",
         "tensorflow.keras.utils.register_keras_serializable",
         "keras.saving.object_registration.register_keras_serializable",
         "tensorflow.custom_gradient", "tensorflow.stop_gradient_decorator")(_pass_first)  # fmt: skip


def _none(vm: Interpreter, *args: Value, **kwargs: Value) -> None:
    return None


function("keras.backend.clear_session", "keras.utils.clear_session", "keras.utils.set_random_seed",
         "tensorflow.random.set_seed", "tensorflow.config.set_visible_devices", "tensorflow.get_logger",
         "keras.utils.plot_model", "keras.mixed_precision.set_global_policy",
         "keras.config.disable_traceback_filtering", "tensorflow.config.experimental.set_memory_growth",
         "keras.backend.set_session", "keras.backend.set_learning_phase",
         "tensorflow.compat.v1.disable_eager_execution",
         "tensorflow.set_random_seed", "tensorflow.config.run_functions_eagerly", "keras.config.set_floatx",
         "keras.backend.set_floatx", "tensorflow.disable_v2_behavior", "tensorflow.disable_eager_execution",
         "keras.mixed_precision.experimental.set_policy")(_none)  # fmt: skip


@function("tensorflow.name_scope", "tensorflow.variable_scope", "keras.name_scope", "keras.backend.name_scope",
          "tensorflow.device", "tensorflow.GradientTape", "keras.utils.custom_object_scope",
          "keras.saving.custom_object_scope", "tensorflow.init_scope", "keras.device")
def _context(vm: Interpreter, *args: Value, **kwargs: Value) -> Value:
    return vm.neutral_context()


@function("tensorflow.TensorShape")
def _tensor_shape(vm: Interpreter, dims: Value = None) -> Value:
    plain = vm.rule_argument(dims)
    return plain if isinstance(plain, tuple) else vm.unknown(Reason.UNKNOWN_ARGUMENT, "a shape")


@function("keras.models.clone_model", "keras.models.cloning.clone_model")
def _clone_model(vm: Interpreter, model: Value, *args: Value, **kwargs: Value) -> Value:
    return vm.deep_copy(model) if isinstance(model, Instance) and not args and not kwargs else vm.unknown(
        Reason.UNSUPPORTED, "clone_model")


for _name in ("keras.InputSpec", "keras.layers.InputSpec", "keras.layers.input_spec.InputSpec",
              "keras.topology.InputSpec", "keras.base_layer.InputSpec"):  # fmt: skip
    SPECIALS[_name] = lambda vm: _opaque_class(vm, "keras.InputSpec")
SPECIALS["tensorflow.__version__"] = lambda vm: "2.21.0"
SPECIALS["keras.__version__"] = lambda vm: "3.15.1"


# Modules whose classes and functions make objects without weights.
_OBJECTS = frozenset({
    "keras.initializers", "keras.regularizers", "keras.constraints", "keras.losses", "keras.metrics", "keras.callbacks",
    "keras.optimizers", "keras.optimizers.schedules", "keras.optimizers.legacy", "tensorflow.initializers",
    "tensorflow.losses", "tensorflow.metrics", "tensorflow.optimizers", "tensorflow.optimizers.schedules",
    "keras.mixed_precision", "keras.objectives", "keras.dtype_policies",
})  # fmt: skip
# What they make has the shape asked for.
_INITIALIZERS = ("keras.initializers.", "tensorflow.initializers.")
# Modules whose classes only bring data.
_DATA_MODULES = ("keras.preprocessing", "keras.utils", "tensorflow.data", "tensorflow.train", "tensorflow.summary")


def fallback(vm: Interpreter, name: str) -> Value:
    """Names that follow a pattern: initialisers, optimisers, losses, callbacks are objects without weights."""
    prefix = name.rsplit(".", 1)[0]
    last = name.rsplit(".", 1)[-1]
    if name.startswith("tensorflow.") and name.endswith("_initializer"):
        return _opaque_class(vm, f"tensorflow.initializers.{last}")
    if prefix in _OBJECTS:
        return _opaque_class(vm, name) if last[:1].isupper() else NativeFunction(name, _opaque_result(name))
    if last[:1].isupper() and prefix.startswith(_DATA_MODULES):
        return _opaque_class(vm, name)
    if name == "keras.random.SeedGenerator":
        return _opaque_class(vm, name)
    if name.startswith(("keras.layers.", "keras.models.")) and last[:1].isupper():
        return _by_last_name(vm, name, last)
    return None


def is_guess(value: Value) -> bool:
    """Whether a value stands for any name of a module of objects without weights, declared or not."""
    if isinstance(value, ClassValue):
        return "opaque" in value.traits
    return isinstance(value, NativeFunction) and getattr(value.call, "opaque", False)


def _by_last_name(vm: Interpreter, name: str, last: str) -> Value:
    """`keras.layers.whatever.module.Dense` of some version is `keras.layers.Dense`."""
    from paramlens.layers.catalogue import LAYERS

    for candidate in (f"keras.layers.{last}", f"keras.{last}"):
        if candidate != name and candidate in LAYERS:
            return vm.framework_class(LAYERS[candidate].name)
        if candidate != name and candidate in SPECIALS:
            return SPECIALS[candidate](vm)
    return None


def _opaque_result(name: str) -> Callable[..., Value]:
    """What a function of such a module gives: an object without weights, or a number that hangs on data."""

    def result(vm: Interpreter, *args: Value, **kwargs: Value) -> Value:
        if any(isinstance(value, TensorValue | Unknown) for value in (*args, *kwargs.values())):
            return vm.unknown(Reason.DATA_DEPENDENT, name)
        if name.endswith((".get", ".deserialize")) and args and not isinstance(args[0], str | DictValue):
            return args[0]
        return vm.instantiate(_opaque_class(vm, name))

    result.opaque = True  # type: ignore[attr-defined]  # read by is_guess
    return result


def _opaque_class(vm: Interpreter, name: str) -> ClassValue:
    """A class whose instances hold what they are given and nothing that counts."""
    parent = vm.builtin_class("object")
    cls = ClassValue(name.rsplit(".", 1)[-1], name, (parent,))
    cls.mro = (cls, parent)
    cls.traits["opaque"] = True

    def initialize(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
        self.attributes.update(kwargs)

    def anything(vm: Interpreter, self: Instance, attribute: Value) -> Value:
        return vm.unknown(Reason.DATA_DEPENDENT, f"{cls.name}.{attribute}")

    def called(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> Value:
        shape = kwargs.get("shape", args[0] if args else None)
        if shape is not None and name.startswith(_INITIALIZERS):
            return TensorValue(sizes(vm, vm.rule_argument(shape)), kind="keras", dtype="float32")
        return vm.unknown(Reason.DATA_DEPENDENT, f"{cls.name}()")

    cls.namespace = {
        "__init__": NativeFunction(name, initialize),
        "__getattr__": NativeFunction(name, anything),
        "__call__": NativeFunction(name, called),
    }
    return cls
