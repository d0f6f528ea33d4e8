"""Window arithmetic against results recorded from torch 2.13 and Keras 3.15; None marks what the framework refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paramlens.dims import maximum, minimum, substitute, symbol
from paramlens.shapes import (
    ShapeMismatch,
    Size,
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

n = symbol("n")

# (size, kernel, stride, padding, dilation, ceil_mode) -> output
TORCH_WINDOWS = [
    ((16, 5, 1, 1, 3, True), 6),
    ((6, 4, 1, 0, 1, False), 3),
    ((12, 3, 2, 3, 3, False), 6),
    ((3, 3, 1, 2, 2, False), 3),
    ((17, 2, 2, 3, 1, False), 11),
    ((6, 3, 2, 1, 1, True), 4),
    ((2, 2, 1, 0, 1, True), 1),
    ((17, 3, 4, 0, 1, True), 5),
    ((18, 2, 4, 4, 3, False), 6),
    ((10, 4, 2, 1, 2, False), 3),
    ((9, 3, 4, 2, 2, False), 3),
    ((3, 1, 3, 3, 3, False), 3),
    ((16, 4, 3, 4, 2, False), 6),
    ((19, 3, 4, 0, 3, True), 4),
    ((19, 4, 3, 1, 2, True), 6),
    ((5, 6, 2, 0, 1, True), 1),
    ((6, 3, 4, 1, 1, False), 2),
    ((2, 1, 1, 4, 3, False), 10),
    ((15, 4, 3, 0, 1, True), 5),
    ((6, 3, 3, 1, 1, False), 2),
    ((13, 3, 3, 0, 1, True), 5),
    ((9, 2, 1, 0, 2, True), 7),
    ((1, 6, 2, 3, 1, False), 1),
    ((16, 4, 3, 0, 1, True), 5),
    ((17, 3, 2, 0, 1, True), 8),
    ((7, 6, 3, 1, 1, True), 2),
    ((10, 1, 4, 1, 3, False), 3),
    ((12, 1, 3, 0, 1, False), 4),
    ((15, 4, 3, 2, 3, False), 4),
    ((4, 2, 3, 3, 2, False), 3),
    ((3, 3, 2, 3, 3, False), 2),
    ((12, 3, 2, 0, 3, True), 4),
    ((15, 6, 3, 0, 3, False), None),
    ((2, 5, 2, 1, 3, False), None),
    ((2, 5, 2, 0, 1, False), None),
    ((1, 4, 2, 0, 1, False), None),
]
# (size, kernel, stride, padding, output_padding, dilation) -> output
TORCH_TRANSPOSED = [
    ((4, 5, 4, 3, 0, 2), 15),
    ((5, 3, 3, 0, 1, 1), 16),
    ((15, 6, 2, 0, 0, 2), 39),
    ((17, 1, 1, 2, 0, 1), 13),
    ((3, 3, 2, 0, 2, 3), 13),
    ((14, 5, 1, 0, 0, 2), 22),
    ((14, 5, 3, 1, 0, 1), 42),
    ((9, 2, 3, 0, 1, 3), 29),
    ((3, 6, 4, 1, 1, 2), 18),
    ((7, 4, 4, 4, 3, 2), 26),
    ((20, 4, 2, 0, 0, 2), 45),
    ((16, 2, 4, 2, 3, 3), 63),
    ((4, 2, 1, 2, 2, 1), None),
    ((2, 3, 1, 4, 0, 3), None),
    ((5, 5, 1, 3, 1, 1), None),
    ((17, 3, 1, 1, 3, 2), None),
]
# (size, kernel, stride, padding, dilation) -> output
KERAS_WINDOWS = [
    ((14, 6, 2, "valid", 1), 5),
    ((16, 2, 3, "same", 1), 6),
    ((8, 1, 4, "causal", 1), 2),
    ((20, 2, 2, "causal", 1), 10),
    ((15, 6, 1, "same", 1), 15),
    ((4, 4, 4, "valid", 1), 1),
    ((13, 6, 3, "same", 1), 5),
    ((3, 1, 2, "same", 1), 2),
    ((6, 4, 4, "same", 1), 2),
    ((8, 2, 4, "same", 1), 2),
    ((15, 6, 3, "valid", 1), 4),
    ((19, 6, 2, "same", 1), 10),
    ((9, 4, 2, "same", 1), 5),
    ((14, 6, 3, "causal", 1), 5),
    ((13, 2, 2, "valid", 1), 6),
    ((8, 4, 1, "causal", 1), 8),
    ((14, 1, 2, "valid", 1), 7),
    ((2, 2, 2, "causal", 1), 1),
    ((10, 6, 3, "same", 1), 4),
    ((8, 1, 1, "causal", 2), 8),
    ((3, 6, 1, "valid", 1), None),
    ((2, 6, 1, "valid", 3), None),
    ((3, 4, 3, "valid", 1), None),
    ((3, 5, 2, "valid", 1), None),
]
# (size, kernel, stride, padding, output_padding, dilation) -> output
KERAS_TRANSPOSED = [
    ((1, 2, 3, "valid", None, 1), 3),
    ((1, 3, 1, "valid", None, 3), 7),
    ((19, 6, 4, "same", None, 1), 76),
    ((5, 2, 3, "valid", None, 1), 15),
    ((10, 5, 1, "same", None, 3), 10),
    ((10, 3, 1, "same", None, 1), 10),
    ((3, 4, 4, "valid", None, 1), 12),
    ((18, 6, 1, "same", None, 3), 18),
    ((18, 6, 3, "same", 0, 1), 51),
    ((9, 5, 1, "same", None, 2), 9),
    ((9, 5, 4, "valid", None, 1), 37),
    ((4, 3, 1, "same", None, 1), 4),
]


def check(function: Callable[..., Size], arguments: tuple[object, ...], expected: int | None) -> None:
    """The recorded result, from the number and from a symbol that later gets the number."""
    if expected is None:
        with pytest.raises(ShapeMismatch):
            function(*arguments)
        return
    assert function(*arguments) == expected
    symbolic = function(n, *arguments[1:])
    assert symbolic is not None
    assert substitute(symbolic, {"n": arguments[0]}) == expected  # type: ignore[dict-item]
    assert function(None, *arguments[1:]) is None


@pytest.mark.parametrize(("arguments", "expected"), TORCH_WINDOWS)
def test_torch_convolution_and_pooling(arguments: tuple[object, ...], expected: int | None) -> None:
    check(conv_output, arguments, expected)


@pytest.mark.parametrize(("arguments", "expected"), TORCH_TRANSPOSED)
def test_torch_transposed_convolution(arguments: tuple[object, ...], expected: int | None) -> None:
    check(conv_transpose_output, arguments, expected)


@pytest.mark.parametrize(("arguments", "expected"), KERAS_WINDOWS)
def test_keras_convolution_and_pooling(arguments: tuple[object, ...], expected: int | None) -> None:
    check(keras_window, arguments, expected)


@pytest.mark.parametrize(("arguments", "expected"), KERAS_TRANSPOSED)
def test_keras_transposed_convolution(arguments: tuple[object, ...], expected: int | None) -> None:
    check(keras_conv_transpose, arguments, expected)


small = st.integers(1, 7)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 40), small, small, st.integers(0, 3), small, st.booleans())
def test_a_symbol_gives_what_its_number_gives(
    size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool
) -> None:
    symbolic = conv_output(n, kernel, stride, padding, dilation, ceil_mode)
    try:
        expected = conv_output(size, kernel, stride, padding, dilation, ceil_mode)
    except ShapeMismatch:
        return
    assert symbolic is None or substitute(symbolic, {"n": size}) == expected


def test_symbolic_windows_are_written_simply() -> None:
    assert conv_output(n, 3, 1, 1) == n
    assert str(conv_output(n, 3, 2, 1)) == "ceil(n / 2)"
    assert str(conv_output(conv_output(n, 7, 2, 3), 3, 2, 1)) == "ceil(n / 4)"
    assert str(conv_output(n, 2, 2)) == "n//2"
    assert keras_window(n, 3, 2, "SAME") == conv_output(n, 3, 2, 1)
    assert conv_transpose_output(n, 4, 2, 1) == 2 * n
    assert keras_conv_transpose(n, 2, 2) == 2 * n
    kernel = symbol("kernel")
    assert conv_output(n, kernel, 1, "same") == n
    assert conv_output(n, kernel, 1, kernel // 2) == n - kernel + 2 * (kernel // 2) + 1
    assert conv_output(10, 3, n) == (7 // n) + 1


def test_what_is_unknown_stays_unknown() -> None:
    assert conv_output(10, None) is None
    assert conv_output(10, 3, None) is None
    assert conv_output(10, 3, 1, None) is None
    assert conv_output(10, 3, 1, (None, 1)) is None
    assert conv_output(10, 3, 1, (0, 1)) == 9
    assert keras_window(10, 3, 1, None) is None
    assert keras_window(10, None, 1, "same") == 10
    assert keras_conv_transpose(5, None, 2, "same") == 10
    assert upsampling(None, 2) is None
    assert cropping(8, None, 1) is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conv_output(2, 5), "expects at least 5 positions for one window, got 2 with padding"),
        (lambda: conv_output(9, 3, 0), "expects a stride of at least 1, got 0"),
        (lambda: conv_output(9, 3, 2, "same"), 'expects stride 1 with padding="same", got 2'),
        (lambda: conv_output(9, 3, 1, "full"), 'expects padding "valid" or "same", got "full"'),
        (lambda: conv_output(n, n + 1), "expects at least n + 1 positions for one window, got n with padding"),
        (lambda: keras_window(9, 3, 1, "full"), 'expects padding "valid", "same" or "causal", got "full"'),
        (lambda: conv_transpose_output(4, 3, 2, 1, 2), "expects an output padding below .*, got 2"),
        (lambda: cropping(4, 2, 2), "expects more than 4 positions to crop, got 4"),
    ],
)
def test_mismatches_state_requirement_then_fact(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ShapeMismatch, match=message.replace("+", r"\+")):
        call()


def test_padding_cropping_upsampling() -> None:
    assert zero_padding(n, 1, 2) == n + 3
    assert cropping(10, 1, 2) == 7
    assert upsampling(n, 2) == 2 * n
    assert upsampling(7, 1.5) == 10
    assert upsampling(n, 0.5) == n // 2
    assert upsampling(n, 0.3) is None
    assert upsampling(n, float("inf")) is None


def test_windows_laid_out_as_columns() -> None:
    assert unfold((None, 3, 32, 32), (3, 3), (1, 1), (1, 1), (1, 1)) == (None, 27, 1024)
    assert unfold((3, n, 4), (2, 2), (2, 2), (0, 0), (1, 1)) == (12, 2 * (n // 2))
    assert fold((None, 27, 1024), (32, 32), (3, 3)) == (None, 3, 32, 32)
    assert sliding_windows((5, 10), 1, 4, 2) == (5, 4, 4)
    with pytest.raises(ShapeMismatch, match="expects a multiple of 9 columns, got 28"):
        fold((1, 28, 4), (4, 4), (3, 3))


def test_ceil_mode_of_a_symbol_is_a_minimum() -> None:
    assert conv_output(n, 2, 2, 0, 1, True) == (n + 1) // 2
    assert conv_output(n, 1, 3, 0, 1, True) == minimum((n + 2) // 3, (n + 4) // 3)
    assert maximum(1, n) == n
