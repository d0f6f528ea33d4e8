"""Random changes and mixtures of images. No layer has weights; Keras does not count the random seeds."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import Built, layer
from paramlens.layers.keras.spellings import spellings
from paramlens.shapes import Shape


@layer(
    "keras.layers.AugMix",
    example="AugMix() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "AugMix", "preprocessing.image_preprocessing.aug_mix", "experimental.preprocessing", "preprocessing"
    ),
)
def aug_mix(
    value_range: Any = (0, 255),
    num_chains: Any = 3,
    chain_depth: Any = 3,
    factor: Any = 0.3,
    alpha: Any = 1.0,
    all_ops: bool = True,
    interpolation: Any = "bilinear",
    seed: Any = None,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Mixes chains of random augmentations."""
    return Built(output=input)


@layer(
    "keras.layers.CutMix",
    example="CutMix() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "CutMix", "preprocessing.image_preprocessing.cut_mix", "experimental.preprocessing", "preprocessing"
    ),
)
def cut_mix(
    factor: Any = 1.0,
    seed: Any = None,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Pastes a patch of another image."""
    return Built(output=input)


@layer(
    "keras.layers.MixUp",
    example="MixUp() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "MixUp", "preprocessing.image_preprocessing.mix_up", "experimental.preprocessing", "preprocessing"
    ),
)
def mix_up(
    alpha: Any = 0.2,
    data_format: Any = None,
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Blends with another image."""
    return Built(output=input)


@layer(
    "keras.layers.RandAugment",
    example="RandAugment() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandAugment", "preprocessing.image_preprocessing.rand_augment", "experimental.preprocessing", "preprocessing"
    ),
)
def rand_augment(
    value_range: Any = (0, 255),
    num_ops: Any = 2,
    factor: Any = 0.5,
    interpolation: Any = "bilinear",
    seed: Any = None,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Applies random augmentations."""
    return Built(output=input)


@layer(
    "keras.layers.RandomElasticTransform",
    example="RandomElasticTransform() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomElasticTransform",
        "preprocessing.image_preprocessing.random_elastic_transform",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def random_elastic_transform(
    factor: Any = 1.0,
    scale: Any = 1.0,
    interpolation: Any = "bilinear",
    fill_mode: Any = "reflect",
    fill_value: Any = 0.0,
    value_range: Any = (0, 255),
    seed: Any = None,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Distorts at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomErasing",
    example="RandomErasing() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomErasing",
        "preprocessing.image_preprocessing.random_erasing",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def random_erasing(
    factor: Any = 1.0,
    scale: Any = (0.02, 0.33),
    fill_value: Any = None,
    value_range: Any = (0, 255),
    seed: Any = None,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Erases a patch at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomFlip",
    example="RandomFlip() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomFlip", "preprocessing.image_preprocessing.random_flip", "experimental.preprocessing", "preprocessing"
    ),
)
def random_flip(
    mode: Any = "horizontal_and_vertical",
    seed: Any = None,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Flips at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomPerspective",
    example="RandomPerspective() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomPerspective",
        "preprocessing.image_preprocessing.random_perspective",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def random_perspective(
    factor: Any = 1.0,
    scale: Any = 1.0,
    interpolation: Any = "bilinear",
    fill_value: Any = 0.0,
    seed: Any = None,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Changes the perspective at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomRotation",
    example="RandomRotation(0.2) : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomRotation",
        "preprocessing.image_preprocessing.random_rotation",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def random_rotation(
    factor: Any,
    fill_mode: Any = "reflect",
    interpolation: Any = "bilinear",
    seed: Any = None,
    fill_value: Any = 0.0,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Rotates at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomShear",
    example="RandomShear() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomShear", "preprocessing.image_preprocessing.random_shear", "experimental.preprocessing", "preprocessing"
    ),
)
def random_shear(
    x_factor: Any = 0.0,
    y_factor: Any = 0.0,
    interpolation: Any = "bilinear",
    fill_mode: Any = "reflect",
    fill_value: Any = 0.0,
    data_format: Any = None,
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Shears at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomTranslation",
    example="RandomTranslation(0.2, 0.2) : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomTranslation",
        "preprocessing.image_preprocessing.random_translation",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def random_translation(
    height_factor: Any,
    width_factor: Any,
    fill_mode: Any = "reflect",
    interpolation: Any = "bilinear",
    seed: Any = None,
    fill_value: Any = 0.0,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Shifts at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomZoom",
    example="RandomZoom(0.2) : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomZoom", "preprocessing.image_preprocessing.random_zoom", "experimental.preprocessing", "preprocessing"
    ),
)
def random_zoom(
    height_factor: Any,
    width_factor: Any = None,
    fill_mode: Any = "reflect",
    interpolation: Any = "bilinear",
    seed: Any = None,
    fill_value: Any = 0.0,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Zooms at random."""
    return Built(output=input)
