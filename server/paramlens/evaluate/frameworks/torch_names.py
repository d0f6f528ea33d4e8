"""Names of torch that are neither layers nor tensor operations: base classes, containers, helpers, no-ops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from paramlens.evaluate.frameworks.torch_containers import CONTAINERS
from paramlens.evaluate.frameworks.torch_module import METHODS, MODULE
from paramlens.evaluate.frameworks.torch_parametrize import register_parametrization
from paramlens.values import (
    ClassValue,
    Instance,
    ListValue,
    NativeFunction,
    ParameterValue,
    Reason,
    TensorValue,
    Undetermined,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

SPECIALS: dict[str, Callable[[Interpreter], Value]] = {}


def special(*names: str) -> Callable[[Callable[[Interpreter], Value]], Callable[[Interpreter], Value]]:
    """Register how the value of a name is made."""

    def register(make: Callable[[Interpreter], Value]) -> Callable[[Interpreter], Value]:
        for name in names:
            SPECIALS[name] = make
        return make

    return register


def function(*names: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register a native function `(vm, …)` under dotted names."""

    def register(call: Callable[..., Value]) -> Callable[..., Value]:
        for name in names:
            SPECIALS[name] = lambda vm, name=name: NativeFunction(name, call)  # type: ignore[misc]
        return call

    return register


def make_class(vm: Interpreter, name: str, bases: tuple[str, ...], namespace: dict[str, Value]) -> ClassValue:
    """A framework class with native methods."""
    parents = tuple(vm.framework_class(base) for base in bases) or (vm.builtin_class("object"),)
    cls = ClassValue(name.rsplit(".", 1)[-1], name, parents, namespace)
    cls.mro = vm.linearize(cls, parents)
    return cls


@special(MODULE, "torch.nn.modules.Module", "torch.nn.modules.module.Module", "torch.jit.ScriptModule")
def _module(vm: Interpreter) -> Value:
    return vm.framework_class(MODULE)


def _container(name: str) -> Callable[[Interpreter], Value]:
    return lambda vm: vm.framework_class(name)


for _name in CONTAINERS:
    SPECIALS[_name] = _container(_name)
    SPECIALS[_name.replace("torch.nn.", "torch.nn.modules.container.")] = _container(_name)
    SPECIALS[_name.replace("torch.nn.", "torch.nn.modules.")] = _container(_name)

SPECIALS["torch.Tensor"] = _container("torch.Tensor")


@special("torch.autograd.Variable", "torch.autograd.variable.Variable")
def _variable(vm: Interpreter) -> Value:
    """The class of tensors by its name of before 0.4: every tensor is an instance, and calling it gives the tensor."""
    cls = vm.classes.get("torch.autograd.Variable")
    if cls is None:
        cls = make_class(vm, "torch.autograd.Variable", ("torch.Tensor",), {})
        cls.construct = _tensor_of_variable
        cls.traits["instances"] = vm.framework_class("torch.Tensor")
        vm.classes["torch.autograd.Variable"] = cls
    return cls


def _tensor_of_variable(vm: Interpreter, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    """`Variable(data, requires_grad=…, volatile=…)`: no parameter, even of one."""
    data = args[0] if args else kwargs.get("data")
    if isinstance(data, ParameterValue):
        return vm.call(vm.operation_function("torch.Tensor.detach"), (data,))
    if isinstance(data, TensorValue | Unknown):
        return data
    raise Undetermined(vm.unknown(Reason.UNSUPPORTED, "Variable()"))


SPECIALS["numpy.ndarray"] = _container("numpy.ndarray")
for _name in ("keras.KerasTensor", "tensorflow.Tensor", "keras.backend.KerasTensor"):
    SPECIALS[_name] = _container("keras.KerasTensor")

# Classes that hold modules like any other and add no weights of their own.
PLAIN_MODULES = {
    "pytorch_lightning.LightningModule": ("torch.nn.Module",),
    "torch.distributed.fsdp.FullyShardedDataParallel": ("torch.nn.DataParallel",),
    "torch.nn.DataParallel": ("torch.nn.Module",),
    "torch.nn.parallel.DataParallel": ("torch.nn.DataParallel",),
    "torch.nn.parallel.DistributedDataParallel": ("torch.nn.DataParallel",),
    "torch.nn.parallel.data_parallel.DataParallel": ("torch.nn.DataParallel",),
    "torch.nn.parallel.distributed.DistributedDataParallel": ("torch.nn.DataParallel",),
}
for _name in PLAIN_MODULES:
    SPECIALS[_name] = _container(_name)
for _alias in ("pytorch_lightning.core.LightningModule", "pytorch_lightning.core.lightning.LightningModule"):
    SPECIALS[_alias] = _container("pytorch_lightning.LightningModule")


def class_namespace(name: str) -> tuple[tuple[str, ...], dict[str, Value]]:
    """Bases and native methods of the torch classes that are not declared layers."""
    if name == MODULE:
        return (), dict(METHODS)
    if name in CONTAINERS:
        return (MODULE,), dict(CONTAINERS[name])
    if name == "torch.nn.DataParallel":
        return (MODULE,), {
            "__init__": NativeFunction(name, _wrap_module),
            "forward": NativeFunction(f"{name}.forward", _forward_wrapped),
        }
    if name == "pytorch_lightning.LightningModule":
        return (MODULE,), dict(LIGHTNING)
    return PLAIN_MODULES.get(name, (MODULE,)), {}


def _wrap_module(vm: Interpreter, self: Instance, module: Value, *args: Value, **kwargs: Value) -> None:
    vm.store_attribute(self, "module", module)
    if isinstance(module, Unknown):
        vm.mark_incomplete(self, module)


def _forward_wrapped(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> Value:
    return vm.call(self.attributes["module"], args, kwargs)


def _save_hyperparameters(vm: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
    """Lightning keeps the constructor's arguments as `self.hparams`."""
    frame = vm.frame
    names = dict(frame.scope.names) if frame is not None else {}
    ignored = kwargs.get("ignore")
    ignored_names = set(vm.iterate(ignored)) if ignored is not None and not isinstance(ignored, str) else {ignored}
    found = {k: v for k, v in names.items() if v is not self and k not in ignored_names and not k.startswith("__")}
    chosen = {name: found[name] for name in args if isinstance(name, str) and name in found} or found
    vm.store_attribute(self, "hparams", vm.attribute_mapping(chosen))


LIGHTNING: dict[str, Value] = {
    "save_hyperparameters": NativeFunction("save_hyperparameters", _save_hyperparameters),
    **{
        name: NativeFunction(name, lambda vm, *args, **kwargs: None)
        for name in ("log", "log_dict", "print", "freeze", "unfreeze", "manual_backward", "toggle_optimizer")
    },
}


# ------------------------------------------------------------------------------------------------------- parameters


@special("torch.nn.Parameter", "torch.nn.parameter.Parameter", "torch.nn.parameter.UninitializedParameter")
def _parameter_class(vm: Interpreter) -> Value:
    return vm.framework_class("torch.nn.Parameter")


def make_parameter(vm: Interpreter, cls: ClassValue, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`nn.Parameter(data, requires_grad=True)`."""
    data = args[0] if args else kwargs.get("data")
    flag = args[1] if len(args) > 1 else kwargs.get("requires_grad", True)
    truth = vm.truth(flag)
    trainable = truth if truth is not None else Unknown(Reason.UNKNOWN_ARGUMENT, "requires_grad")
    if data is None:
        return ParameterValue((0,), trainable=trainable, place=vm.place)
    parameter = ParameterValue(None, trainable=trainable, place=vm.place)
    if isinstance(data, TensorValue):
        parameter.shape, parameter.dtype, parameter.reason = data.shape, data.dtype or "float32", data.reason
        parameter.data = data.data
    elif isinstance(data, Unknown):
        parameter.reason = data
    return parameter


def _buffer(vm: Interpreter, data: Value = None, **options: Value) -> Value:
    """`nn.Buffer(tensor)`: a tensor that a module keeps and nobody trains or counts."""
    return data.with_shape(data.shape, data=data.data) if isinstance(data, TensorValue) else TensorValue(None)


function("torch.nn.Buffer", "torch.nn.parameter.Buffer", "torch.nn.UninitializedBuffer")(_buffer)


# ---------------------------------------------------------------------------------------------- passed through as is


def _first(vm: Interpreter, value: Value = None, *args: Value, **kwargs: Value) -> Value:
    """A helper that hands back its first argument, or used as a decorator factory, such a helper."""
    if value is None:
        return NativeFunction("decorator", lambda vm, inner: inner)
    return value


function(
    "torch.jit.script", "torch.jit.trace", "torch.jit.ignore", "torch.jit.export", "torch.jit.unused",
    "torch.jit.interface", "torch.jit.script_method", "torch.compile", "torch.jit.freeze", "torch._dynamo.disable",
    "torch.compiler.disable", "torch.jit.optimize_for_inference", "torch.autograd.function.once_differentiable",
    "torch.fx.wrap", "torch.nn.SyncBatchNorm.convert_sync_batchnorm", "torch.no_grad.__call__",
    "torch.nn.utils.weight_norm.remove", "torch._jit_internal._copy_to_script_wrapper", "torch.jit._overload",
    "torch._jit_internal.weak_module", "torch.distributed.optim.ZeroRedundancyOptimizer.step",
    "torch.cuda.amp.custom_fwd", "torch.cuda.amp.custom_bwd", "torch.jit.annotate.__call__",
)(_first)


def _annotate(vm: Interpreter, kind: Value, value: Value) -> Value:
    return value


function("torch.jit.annotate", "torch.jit._annotate")(_annotate)


def _decorator_or_context(vm: Interpreter, *args: Value, **kwargs: Value) -> Value:
    if len(args) == 1 and not kwargs and not isinstance(args[0], bool | str | Unknown | int):
        return args[0]
    return vm.neutral_context()


function(
    "torch.no_grad", "torch.enable_grad", "torch.inference_mode", "torch.set_grad_enabled", "torch.autocast",
    "torch.cuda.amp.autocast", "torch.amp.autocast", "torch.autograd.set_detect_anomaly", "torch.random.fork_rng",
    "torch.profiler.record_function", "torch.autograd.profiler.record_function", "torch.cuda.device",
    "torch.autograd.no_grad", "torch.autograd.grad_mode.no_grad", "torch.cuda.amp.autocast_mode.autocast",
    "torch.cuda.stream", "torch.nn.utils.parametrize.cached", "torch.autograd.graph.save_on_cpu",
)(_decorator_or_context)


def _none(vm: Interpreter, *args: Value, **kwargs: Value) -> None:
    return None


function(
    "torch.manual_seed", "torch.seed", "torch.cuda.manual_seed", "torch.cuda.manual_seed_all", "torch.set_printoptions",
    "torch.save", "torch.cuda.empty_cache", "torch.cuda.synchronize", "torch.cuda.set_device", "torch._assert",
    "torch.set_default_dtype", "torch.set_default_device", "torch.set_default_tensor_type", "torch.set_num_threads",
    "torch._C._log_api_usage_once", "torch.use_deterministic_algorithms", "torch.set_float32_matmul_precision",
    "torch.autograd.backward", "torch.nn.utils.clip_grad_norm_", "torch.nn.utils.clip_grad_value_",
    "torch.fx._symbolic_trace.is_fx_tracing_warning", "torch.cuda.reset_peak_memory_stats",
    "torch.backends.cudnn.flags", "torch.distributed.init_process_group", "torch.distributed.barrier",
)(_none)


def _false(vm: Interpreter, *args: Value, **kwargs: Value) -> bool:
    return False


function(
    "torch.jit.is_scripting", "torch.jit.is_tracing", "torch.onnx.is_in_onnx_export", "torch.compiler.is_compiling",
    "torch._dynamo.is_compiling", "torch.distributed.is_initialized", "torch.compiler.is_dynamo_compiling",
    "torch.is_autocast_enabled", "torch.fx._symbolic_trace.is_fx_tracing", "torch._C._get_tracing_state",
    "torch.overrides.has_torch_function", "torch.overrides.has_torch_function_unary",
    "torch.fx._symbolic_trace._is_fx_tracing_flag",
)(_false)


def _machine(vm: Interpreter, *args: Value, **kwargs: Value) -> Value:
    raise Undetermined(vm.unknown(Reason.ENVIRONMENT, "the machine's devices"))


function(
    "torch.cuda.is_available", "torch.cuda.device_count", "torch.cuda.get_device_capability",
    "torch.cuda.get_device_name", "torch.backends.mps.is_available", "torch.backends.mps.is_built",
    "torch.cuda.is_bf16_supported", "torch.distributed.is_available", "torch.distributed.get_rank",
    "torch.distributed.get_world_size", "torch.xpu.is_available", "torch.cuda.current_device",
    "torch.cuda.memory_allocated", "torch.get_num_threads", "torch.cuda.max_memory_allocated",
)(_machine)


def _device(vm: Interpreter, *args: Value, **kwargs: Value) -> Value:
    return args[0] if args and isinstance(args[0], str) else "cpu"


function("torch.device")(_device)
SPECIALS["torch.__version__"] = lambda vm: "2.13.0"
SPECIALS["torch.version.__version__"] = lambda vm: "2.13.0"
SPECIALS["numpy.__version__"] = lambda vm: "2.4.0"


def _initializer(vm: Interpreter, tensor: Value = None, *args: Value, **kwargs: Value) -> Value:
    return tensor


def _gain(vm: Interpreter, *args: Value, **kwargs: Value) -> Value:
    raise Undetermined(vm.unknown(Reason.DATA_DEPENDENT, "an initialisation constant"))


function("torch.nn.init.calculate_gain", "torch.nn.init._calculate_fan_in_and_fan_out")(_gain)


def _vector(vm: Interpreter, parameters: Value) -> Value:
    from paramlens.dims import total
    from paramlens.shapes import element_count

    counts = [
        element_count(p.shape) for p in vm.iterate(parameters) if isinstance(p, TensorValue) and p.shape is not None
    ]
    return TensorValue((total([c for c in counts if c is not None]),)) if None not in counts else TensorValue((None,))


function("torch.nn.utils.parameters_to_vector")(_vector)


# -------------------------------------------------------------------------------------------- weight re-parametrisation


def _reparametrize(rule: str, keeps_frozen: bool) -> Callable[..., Value]:
    def apply(vm: Interpreter, module: Value, name: str = "weight", *args: Value, **kwargs: Value) -> Value:
        """`weight_norm` splits a weight into magnitude and direction; `spectral_norm` and others keep its count."""
        if not isinstance(module, Instance) or module.state is None:
            return module
        weight = module.attributes.get(name)
        if not isinstance(weight, ParameterValue) or weight.shape is None:
            vm.mark_incomplete(module, vm.unknown(Reason.UNSUPPORTED, rule))
            return module
        if rule == "weight_norm":
            dim = kwargs.get("dim", args[0] if args else 0)
            if not (dim is None or isinstance(dim, int)):
                vm.mark_incomplete(module, vm.unknown(Reason.UNKNOWN_ARGUMENT, "dim"))
                return module
            rank = len(weight.shape)
            kept = None if dim is None else dim % rank
            sizes = enumerate(weight.shape if kept is not None else ())
            magnitude = tuple(size if axis == kept else 1 for axis, size in sizes)
            vm.touch(module)
            flag = weight.trainable if keeps_frozen else True  # the older function makes new parameters of the numbers
            module.attributes[f"{name}_g"] = ParameterValue(
                magnitude, place=module.place, name=f"{name}_g", trainable=flag
            )
            module.attributes[f"{name}_v"] = ParameterValue(
                weight.shape, labels=weight.labels, place=module.place, name=f"{name}_v", trainable=flag
            )
            module.attributes[name] = TensorValue(weight.shape)
        return module

    return apply


for _rule in ("weight_norm", "spectral_norm", "orthogonal"):
    function(f"torch.nn.utils.{_rule}", f"torch.nn.utils.{_rule}.{_rule}")(_reparametrize(_rule, False))
    function(f"torch.nn.utils.parametrizations.{_rule}")(_reparametrize(_rule, True))


function("torch.nn.utils.parametrize.register_parametrization")(register_parametrization)


def _remove_norm(vm: Interpreter, module: Value, name: str = "weight") -> Value:
    if isinstance(module, Instance) and f"{name}_v" in module.attributes:
        vm.touch(module)
        module.attributes[name] = module.attributes.pop(f"{name}_v")
        module.attributes.pop(f"{name}_g")
    return module


function("torch.nn.utils.remove_weight_norm")(_remove_norm)


# --------------------------------------------------------------------------------------------------- small helpers


def _n_tuple(length: int) -> Callable[..., Value]:
    def repeat(vm: Interpreter, value: Value) -> Value:
        if isinstance(value, tuple | ListValue | str):
            return tuple(vm.iterate(value))
        if isinstance(value, Unknown):
            return value
        return (value,) * length

    return repeat


for _length, _word in enumerate(("single", "pair", "triple", "quadruple"), start=1):
    function(f"torch.nn.modules.utils._{_word}", f"torch.nn.modules.utils._n{_word}")(_n_tuple(_length))


def _ntuple(vm: Interpreter, length: Value, name: Value = "parse") -> Value:
    return NativeFunction("ntuple", _n_tuple(length))


function("torch.nn.modules.utils._ntuple")(_ntuple)


def _checkpoint(vm: Interpreter, run: Value, *args: Value, **kwargs: Value) -> Value:
    for name in ("use_reentrant", "preserve_rng_state", "determinism_check", "debug", "context_fn"):
        kwargs.pop(name, None)
    return vm.call(run, args, kwargs)


function("torch.utils.checkpoint.checkpoint", "torch.utils.checkpoint.checkpoint.checkpoint")(_checkpoint)


def _checkpoint_sequential(vm: Interpreter, functions: Value, segments: Value, input: Value, **kwargs: Value) -> Value:
    for step in vm.iterate(functions):
        input = vm.call(step, (input,))
    return input


function("torch.utils.checkpoint.checkpoint_sequential")(_checkpoint_sequential)


def fallback(vm: Interpreter, name: str) -> Value:
    """Names that follow a pattern: initialisers, optimisers, data loading."""
    if name.startswith("torch.nn.init."):
        return NativeFunction(name, _initializer)
    if name.startswith("torch.jit.") and name not in ("torch.jit.load", "torch.jit.fork", "torch.jit.wait"):
        return NativeFunction(name, _first)
    return None
