"""Layers that give images another size."""

from __future__ import annotations

from typing import Any

from paramlens.dims import Dim
from paramlens.layers.declare import Built, expect_rank, layer
from paramlens.layers.keras.arguments import deferred, integer, is_channels_first
from paramlens.layers.keras.spellings import spellings
from paramlens.shapes import Shape


def _resized(layer_name: str, height: Any, width: Any, data_format: Any, shape: Shape) -> Built:
    """Images of shape (height, width, channels), alone or in a batch."""
    expect_rank(layer_name, shape, 3, 4)
    height, width = integer(layer_name, "height", height), integer(layer_name, "width", width)

    def output() -> Shape:
        if is_channels_first(layer_name, data_format):
            return (*shape[:-2], height, width)
        return (*shape[:-3], height, width, shape[-1])

    return Built(output=deferred(layer_name, output))


@layer(
    "keras.layers.Resizing",
    example="Resizing(16, 16) : (None, 32, 32, 3) -> (None, 16, 16, 3) : 0",
    aliases=spellings(
        "Resizing", "preprocessing.image_preprocessing.resizing", "experimental.preprocessing", "preprocessing"
    ),
)
def resizing(
    height: Dim,
    width: Dim,
    interpolation: Any = "bilinear",
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: Any = "constant",
    fill_value: Any = 0.0,
    antialias: bool = False,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Resizes."""
    return _resized("Resizing", height, width, data_format, input)


@layer(
    "keras.layers.CenterCrop",
    example="CenterCrop(16, 16) : (None, 32, 32, 3) -> (None, 16, 16, 3) : 0",
    aliases=spellings(
        "CenterCrop", "preprocessing.image_preprocessing.center_crop", "experimental.preprocessing", "preprocessing"
    ),
)
def center_crop(
    height: Dim,
    width: Dim,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Cuts out the middle, or resizes where the image is smaller."""
    return _resized("CenterCrop", height, width, data_format, input)


@layer(
    "keras.layers.RandomCrop",
    example="RandomCrop(16, 16) : (None, 32, 32, 3) -> (None, 16, 16, 3) : 0",
    aliases=spellings(
        "RandomCrop", "preprocessing.image_preprocessing.random_crop", "experimental.preprocessing", "preprocessing"
    ),
)
def random_crop(
    height: Dim,
    width: Dim,
    seed: Any = None,
    data_format: Any = None,
    name: Any = None,
    *,
    input: Shape,
) -> Built:
    """Cuts out a random part."""
    return _resized("RandomCrop", height, width, data_format, input)


@layer(
    "keras.layers.MaxNumBoundingBoxes",
    example="MaxNumBoundingBoxes(10) : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "MaxNumBoundingBoxes",
        "preprocessing.image_preprocessing.max_num_bounding_box",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def max_num_bounding_boxes(
    max_number: Dim,
    fill_value: Any = -1,
    *,
    input: Shape,
) -> Built:
    """Pads or cuts the bounding boxes of labelled images to one number; the images stay as they are."""
    return Built(output=input)
