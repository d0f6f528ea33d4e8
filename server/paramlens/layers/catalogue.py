"""All declarations: importing this fills the tables of layers and operations."""

from __future__ import annotations

import paramlens.layers.einops_layers
import paramlens.layers.keras
import paramlens.layers.operations
import paramlens.layers.torch  # noqa: F401  # declares by being imported
from paramlens.layers.declare import LAYERS, OPERATIONS
from paramlens.layers.operations import constants

CONSTANTS: dict[str, object] = {
    **{f"torch.{name}": value for name, value in constants.TORCH_CONSTANTS.items()},
    **{f"numpy.{name}": value for name, value in constants.NUMPY_CONSTANTS.items()},
    **{f"tensorflow.{name}": value for name, value in constants.TENSORFLOW_CONSTANTS.items()},
}

__all__ = ["CONSTANTS", "LAYERS", "OPERATIONS"]
