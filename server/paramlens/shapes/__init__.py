"""Shapes and the rules they follow.

A shape is a tuple of sizes; a size is an `int`, a symbolic size (`Sym`) or None where it is not known. Every rule here
is exact: a size that cannot be known comes back as None, and `ShapeMismatch` is raised only when the operation fails
for every value of the unknowns. Where sizes must agree for the code to run at all, the rules assume that it runs.
"""

from __future__ import annotations

from paramlens.shapes.combining import broadcast, concatenate, join, stack, unify
from paramlens.shapes.contraction import einsum, matmul
from paramlens.shapes.indexing import chunk_sizes, pad, slice_length, split_sizes
from paramlens.shapes.reshaping import (
    expand,
    expand_dims,
    flatten,
    keras_reshape,
    move_axis,
    permute,
    reduce_axes,
    repeat,
    reshape,
    squeeze,
    tile,
    transpose,
    unsqueeze,
)
from paramlens.shapes.sizes import (
    DTYPE_BYTES,
    Shape,
    ShapeMismatch,
    Size,
    bytes_of,
    element_count,
    normalize_axes,
    normalize_axis,
    same_size,
    written_shape,
)
from paramlens.shapes.windows import (
    conv_output,
    conv_transpose_output,
    cropping,
    fold,
    keras_conv_transpose,
    keras_window,
    sliding_windows,
    unfold,
    upsampling,
    zero_padding,
)

__all__ = [
    "DTYPE_BYTES",
    "Shape",
    "ShapeMismatch",
    "Size",
    "broadcast",
    "bytes_of",
    "chunk_sizes",
    "concatenate",
    "conv_output",
    "conv_transpose_output",
    "cropping",
    "einsum",
    "element_count",
    "expand",
    "expand_dims",
    "flatten",
    "fold",
    "join",
    "keras_conv_transpose",
    "keras_reshape",
    "keras_window",
    "matmul",
    "move_axis",
    "normalize_axes",
    "normalize_axis",
    "pad",
    "permute",
    "reduce_axes",
    "repeat",
    "reshape",
    "same_size",
    "slice_length",
    "sliding_windows",
    "split_sizes",
    "squeeze",
    "stack",
    "tile",
    "transpose",
    "unfold",
    "unify",
    "unsqueeze",
    "upsampling",
    "written_shape",
    "zero_padding",
]
