"""Hints as the settings want them, where their links lead, and how long a label may be."""

from __future__ import annotations

import pytest
from handmade import SOURCE, at_least, exact, mnist, one_line, place_of
from paramlens.features.inlay_hints import Origin, Texts, line_origin, line_texts
from paramlens.lsp.hints import LONGEST_LABEL, fitted
from paramlens.settings import InlayHints, Settings, from_toml, override

LINE = "conv = nn.Conv2d(a, b, 3)\n"
ALL = ("parameters", "shapes", "memory", "multiply-adds")


def shown(**style: object) -> dict[int, str]:
    return dict(line_texts(mnist(), style=InlayHints(**style)))  # type: ignore[arg-type]


def test_compact() -> None:
    assert shown(format="compact") == {3: "34.8 k params · 136 KiB", 5: "320", 7: "18.5 k", 11: "16 k"}
    ranges = one_line(LINE, "nn.Conv2d(a, b, 3)", exact(36_864), exact(2_359_296), instances=8)
    assert line_texts(ranges, style=InlayHints(format="compact")) == [(1, "36.9 k – 2.4 M ×8")]
    bound = one_line(LINE, "nn.Conv2d(a, b, 3)", at_least(9_408))
    assert line_texts(bound, style=InlayHints(format="compact")) == [(1, "≥ 9.4 k")]


@pytest.mark.parametrize(
    ("show", "model", "layer"),
    [
        (("parameters",), "34,826 params", "18,496"),
        (("shapes",), None, "(None, 11, 11, 64)"),
        (("memory",), "136 KiB", None),
        (("multiply-adds",), "2.4 M MAC", "2.2 M MAC"),
        (ALL, "34,826 params · 136 KiB · 2.4 M MAC", "18,496 · (None, 11, 11, 64) · 2.2 M MAC"),
        ((), None, None),
    ],
)
def test_what_is_shown(show: tuple[str, ...], model: str | None, layer: str | None) -> None:
    texts = shown(show=show)
    assert (texts.get(3), texts.get(7)) == (model, layer)


def test_another_style_is_not_answered_from_what_was_kept() -> None:
    analysis, texts = mnist(), Texts()
    exactly = line_texts(analysis, texts=texts)
    assert line_texts(analysis, texts=texts, style=InlayHints(format="compact")) != exactly
    assert line_texts(analysis, texts=texts) == exactly


def test_a_layer_s_hint_leads_to_where_its_input_comes_from() -> None:
    pooling = place_of(SOURCE, "layers.MaxPooling2D(2)")
    assert line_origin(mnist(), 7) == Origin(pooling, "input from", "MaxPooling2D, line 6")
    assert line_origin(mnist(), 5) is None  # an input that is made nowhere


def test_a_model_s_hint_leads_to_its_costliest_line() -> None:
    costliest = place_of(SOURCE, 'layers.Conv2D(64, 3, activation="relu")')
    assert line_origin(mnist(), 3) == Origin(costliest, "most of it in", "Conv2D, line 7")


def test_labels_fit_vs_code() -> None:
    assert fitted("▸ 34,826 params · 136 KiB") == "▸ 34,826 params · 136 KiB"
    long = fitted("▸ " + " | ".join(["2,359,296"] * 6))
    assert long == "▸ 2,359,296 | 2,359,296 | 2,359,296 | …"
    assert len(fitted("▸ " + "x" * 60)) == LONGEST_LABEL == 43


def test_the_settings_in_a_file_and_in_an_editor() -> None:
    text = '[tool.paramlens]\n[tool.paramlens.inlay-hints]\nformat = "compact"\nshow = ["shapes", "shapes"]\n'
    loaded = from_toml(text, "/p/pyproject.toml")
    assert loaded is not None
    assert loaded.problems == ()
    assert loaded.settings.inlay_hints == InlayHints(True, "compact", ("shapes",))
    sent = {"inlayHints": {"enable": False, "format": "exact", "show": ["multiply-adds"]}, "logLevel": "debug"}
    changed = override(Settings(), sent)
    assert changed.problems == ()
    assert changed.settings.inlay_hints == InlayHints(False, "exact", ("multiply-adds",))


def test_what_is_wrong_in_them_is_told() -> None:
    sent = {"inlayHints": {"format": "short", "show": ["count"], "colour": "red"}}
    assert [problem.message for problem in override(Settings(), sent).problems] == [
        "inlay-hints.format: expected one of exact, compact, got “short”",
        "inlay-hints.show: expected one of parameters, shapes, memory, multiply-adds, got “count”",
        "unknown setting inlay-hints.colour",
    ]
