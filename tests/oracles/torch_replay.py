"""A case run against the declarations, with its outcome as plain data that can be compared with torch's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from paramlens.layers.declare import LAYERS
from paramlens.shapes import ShapeMismatch

from tests.oracles.torch_cases import Case
from tests.oracles.torch_declared import Declared, construct, plain

PRIVATE = {
    "NonDynamicallyQuantizableLinear": "torch.nn.modules.linear.",
    "_ConvNd": "torch.nn.modules.conv.",
    "_ConvTransposeNd": "torch.nn.modules.conv.",
    "_NormBase": "torch.nn.modules.batchnorm.",
    "_BatchNorm": "torch.nn.modules.batchnorm.",
    "_InstanceNorm": "torch.nn.modules.instancenorm.",
    "_DropoutNd": "torch.nn.modules.dropout.",
    "_Loss": "torch.nn.modules.loss.",
    "_WeightedLoss": "torch.nn.modules.loss.",
    "DistributedDataParallel": "torch.nn.parallel.",
}


@dataclass(frozen=True)
class Outcome:
    """Parameters and buffers by name, and the output; `error` is set when the case is refused: at what, and why."""

    parameters: dict[str, list[int]] | None = None
    buffers: dict[str, list[int]] | None = None
    output: Any = None
    error: str | None = None


def qualified(name: str) -> str:
    """The dotted name of a class from its short one."""
    return PRIVATE.get(name, "torch.nn.") + name


def declared_outcome(case: Case) -> Outcome:
    """What the declarations say. Refusals are outcomes; everything else that is raised is a defect."""
    inputs = tuple(_input(value) for value in case.inputs or ())
    name = qualified(case.cls)
    try:
        args = tuple(_argument(value) for value in case.args)
        kwargs = {key: _argument(value) for key, value in case.kwargs.items()}
        layer = construct(name, args, kwargs, inputs)
    except (ShapeMismatch, TypeError) as error:
        return Outcome(error=f"construct: {error}")
    parameters = {key: list(shape) for key, shape in layer.parameters().items()}
    buffers = {key: list(shape) for key, shape in layer.buffers().items()}
    if case.inputs is None or (layer.built.forward is None and not LAYERS[name].inputs):
        return Outcome(parameters, buffers)
    try:
        return Outcome(parameters, buffers, plain(layer.build(*inputs)))
    except ShapeMismatch as error:
        return Outcome(parameters, buffers, error=f"call: {error}")


def _argument(value: Any) -> Any:
    if isinstance(value, dict) and "layer" in value:
        args = tuple(_argument(item) for item in value["args"])
        made: Declared = construct(qualified(value["layer"]), args, value["kwargs"])
        return made
    return tuple(_argument(item) for item in value) if isinstance(value, (list, tuple)) else value


def _input(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(value["shape"]) if "shape" in value else tuple(_input(item) for item in value["items"])
    return value
