"""Numbers as people read them."""

from __future__ import annotations

import pytest
from paramlens import written
from paramlens.dims import symbol


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1,023 B"),
        (1024, "1 KiB"),
        (139_304, "136 KiB"),
        (73_984, "72.3 KiB"),
        (1024**2 - 1, "1 MiB"),
        (11_173_962 * 4, "42.6 MiB"),
        (3 * 2**30, "3 GiB"),
        (2**70, "1,048,576 PiB"),
    ],
)
def test_memory_has_three_digits(size: int, text: str) -> None:
    assert written.memory(size) == text


@pytest.mark.parametrize(
    ("number", "text"), [(950, "950"), (2_230_272, "2.2 M"), (999_999, "1 M"), (1_800_000_000, "1.8 G")]
)
def test_multiply_adds_are_short(number: int, text: str) -> None:
    assert written.multiply_adds(number) == f"{text} multiply-adds"


def test_shapes_and_counts() -> None:
    assert written.shape((None, 13, 13, 32)) == "(None, 13, 13, 32)"
    assert written.shape((64,)) == "(64)"
    assert written.shape(None) == "?"
    assert written.count(9 * symbol("planes")) == "9·planes"


def test_a_small_share_is_never_shown_as_nothing_or_all() -> None:
    assert written.percent(18_496, 34_826) == "53.1%"
    assert written.percent(1, 10_000_000) == "<0.1%"
    assert written.percent(9_999_999, 10_000_000) == ">99.9%"
    assert written.percent(5, 5) == "100%"
