"""Layers that hold a model of another framework or a saved one."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import Built, layer
from paramlens.layers.keras.arguments import deferred, known, refused
from paramlens.shapes import Shape
from paramlens.values import Reason, undetermined


def _spelled(name: str, *modules: str) -> tuple[str, ...]:
    """Aliases of a class that is not defined below `keras.src.layers`."""
    return tuple(f"keras.src.{module}.{name}" for module in ("layers", *modules))


@layer("keras.layers.TFSMLayer", example=(), aliases=_spelled("TFSMLayer", "export.tfsm_layer"))
def tfsm_layer(
    filepath: Any,
    call_endpoint: Any = "serve",
    call_training_endpoint: Any = None,
    trainable: bool = True,
    name: Any = None,
    dtype: Any = None,
) -> Built:
    """A saved TensorFlow model as a layer; its weights are in the file."""
    raise undetermined(Reason.UNSUPPORTED, "the weights of a saved model")


@layer("keras.layers.JaxLayer", example=(), aliases=_spelled("JaxLayer", "utils.jax_layer"))
def jax_layer(
    call_fn: Any,
    init_fn: Any = None,
    params: Any = None,
    state: Any = None,
    seed: Any = None,
    native_serialization_platforms: Any = None,
) -> Built:
    """A JAX function as a layer; its weights are what the function makes."""
    raise undetermined(Reason.UNSUPPORTED, "the weights of a JAX function")


@layer("keras.layers.FlaxLayer", example=(), aliases=_spelled("FlaxLayer", "utils.jax_layer"))
def flax_layer(
    module: Any,
    method: Any = None,
    variables: Any = None,
) -> Built:
    """A Flax module as a layer."""
    raise undetermined(Reason.UNSUPPORTED, "the weights of a Flax module")


@layer("keras.layers.TorchModuleWrapper", example=(), aliases=_spelled("TorchModuleWrapper", "utils.torch_utils"))
def torch_module_wrapper(
    module: Any, name: Any = None, output_shape: Any = None, *, input: Shape | None = None
) -> Built:
    """A torch module as a layer; its parameters are the weights, its buffers are not counted."""
    known(module)
    if not hasattr(module, "clone"):
        raise refused(f"TorchModuleWrapper expects a torch module, got {module!r}")
    output = None if input is None else deferred("TorchModuleWrapper", lambda: module.build(input))
    return Built(children={"module": module}, output=output)
