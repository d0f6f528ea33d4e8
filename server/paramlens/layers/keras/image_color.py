"""Changes of the colours of images. No layer has weights; Keras does not count the random seeds."""

from __future__ import annotations

from typing import Any

from paramlens.layers.declare import Built, layer
from paramlens.layers.keras.spellings import spellings
from paramlens.shapes import Shape


@layer(
    "keras.layers.AutoContrast",
    example="AutoContrast() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "AutoContrast", "preprocessing.image_preprocessing.auto_contrast", "experimental.preprocessing", "preprocessing"
    ),
)
def auto_contrast(
    value_range: Any = (0, 255),
    *,
    input: Shape,
) -> Built:
    """Stretches the values to the full range."""
    return Built(output=input)


@layer(
    "keras.layers.ContrastLimitedAdaptiveHistogramEqualization",
    example="ContrastLimitedAdaptiveHistogramEqualization() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "ContrastLimitedAdaptiveHistogramEqualization",
        "preprocessing.image_preprocessing.clahe",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def contrast_limited_adaptive_histogram_equalization(
    value_range: Any = (0, 255),
    clip_limit: Any = 4.0,
    tile_grid_size: Any = (8, 8),
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Equalizes the histogram of tiles, with a limit on contrast."""
    return Built(output=input)


@layer(
    "keras.layers.Equalization",
    example="Equalization() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "Equalization", "preprocessing.image_preprocessing.equalization", "experimental.preprocessing", "preprocessing"
    ),
)
def equalization(
    value_range: Any = (0, 255),
    bins: Any = 256,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Equalizes the histogram."""
    return Built(output=input)


@layer(
    "keras.layers.RandomBrightness",
    example="RandomBrightness(0.2) : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomBrightness",
        "preprocessing.image_preprocessing.random_brightness",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def random_brightness(
    factor: Any,
    value_range: Any = (0, 255),
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Changes the brightness at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomColorDegeneration",
    example="RandomColorDegeneration(0.2) : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomColorDegeneration",
        "preprocessing.image_preprocessing.random_color_degeneration",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def random_color_degeneration(
    factor: Any,
    value_range: Any = (0, 255),
    data_format: Any = None,
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Blends with the grayscale image at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomColorJitter",
    example="RandomColorJitter() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomColorJitter",
        "preprocessing.image_preprocessing.random_color_jitter",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def random_color_jitter(
    value_range: Any = (0, 255),
    brightness_factor: Any = None,
    contrast_factor: Any = None,
    saturation_factor: Any = None,
    hue_factor: Any = None,
    seed: Any = None,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Changes brightness, contrast, saturation and hue at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomContrast",
    example="RandomContrast(0.2) : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomContrast",
        "preprocessing.image_preprocessing.random_contrast",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def random_contrast(
    factor: Any,
    value_range: Any = (0, 255),
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Changes the contrast at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomGaussianBlur",
    example="RandomGaussianBlur() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomGaussianBlur",
        "preprocessing.image_preprocessing.random_gaussian_blur",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def random_gaussian_blur(
    factor: Any = 1.0,
    kernel_size: Any = 3,
    sigma: Any = 1.0,
    value_range: Any = (0, 255),
    data_format: Any = None,
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Blurs at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomGrayscale",
    example="RandomGrayscale() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomGrayscale",
        "preprocessing.image_preprocessing.random_grayscale",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def random_grayscale(
    factor: Any = 0.5,
    data_format: Any = None,
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Turns to gray at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomHue",
    example="RandomHue(0.2) : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomHue", "preprocessing.image_preprocessing.random_hue", "experimental.preprocessing", "preprocessing"
    ),
)
def random_hue(
    factor: Any,
    value_range: Any = (0, 255),
    data_format: Any = None,
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Changes the hue at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomInvert",
    example="RandomInvert() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomInvert", "preprocessing.image_preprocessing.random_invert", "experimental.preprocessing", "preprocessing"
    ),
)
def random_invert(
    factor: Any = 1.0,
    value_range: Any = (0, 255),
    seed: Any = None,
    data_format: Any = None,
    *,
    input: Shape,
) -> Built:
    """Inverts at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomPosterization",
    example="RandomPosterization(4) : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomPosterization",
        "preprocessing.image_preprocessing.random_posterization",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def random_posterization(
    factor: Any,
    value_range: Any = (0, 255),
    data_format: Any = None,
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Reduces the bits at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomSaturation",
    example="RandomSaturation(0.2) : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomSaturation",
        "preprocessing.image_preprocessing.random_saturation",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def random_saturation(
    factor: Any,
    value_range: Any = (0, 255),
    data_format: Any = None,
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Changes the saturation at random."""
    return Built(output=input)


@layer(
    "keras.layers.RandomSharpness",
    example="RandomSharpness(0.2) : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "RandomSharpness",
        "preprocessing.image_preprocessing.random_sharpness",
        "experimental.preprocessing",
        "preprocessing",
    ),
)
def random_sharpness(
    factor: Any,
    value_range: Any = (0, 255),
    data_format: Any = None,
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Changes the sharpness at random."""
    return Built(output=input)


@layer(
    "keras.layers.Solarization",
    example="Solarization() : (None, 32, 32, 3) -> (None, 32, 32, 3) : 0",
    aliases=spellings(
        "Solarization", "preprocessing.image_preprocessing.solarization", "experimental.preprocessing", "preprocessing"
    ),
)
def solarization(
    addition_factor: Any = 0.0,
    threshold_factor: Any = 0.0,
    value_range: Any = (0, 255),
    seed: Any = None,
    *,
    input: Shape,
) -> Built:
    """Inverts values above a threshold."""
    return Built(output=input)
