"""What hovering a constructor shows."""

from __future__ import annotations

from handmade import PATH, layer, mnist, one_line, place_of, unknown, weight
from paramlens.costs import Costs
from paramlens.dims import symbol
from paramlens.facts import Analysis, SiteFact, Status, Tally, WeightFact
from paramlens.features.derivation import derivation
from paramlens.features.hover import hover


def test_the_design_s_example() -> None:
    found = hover(mnist(), 7, 8)
    assert found is not None
    assert found.plain.splitlines() == [
        "Conv2D: 18,496 parameters, all trainable",
        "",
        "  kernel (3, 3, 32, 64)  18,432",
        "  bias   (64)                64",
        "",
        "kernel_h · kernel_w · in_channels · filters + filters = 3·3·32·64 + 64",
        "",
        "input (None, 13, 13, 32) from MaxPooling2D, line 6 · output (None, 11, 11, 64)",
        "",
        "53.1% of model · 72.3 KiB of float32 weights · 289 KiB to train with Adam · 2.2 M multiply-adds a sample",
    ]
    assert found.markdown.startswith("**Conv2D**: 18,496 parameters, all trainable")
    assert "```text\nkernel (3, 3, 32, 64)  18,432\nbias   (64)                64\n```" in found.markdown


def test_a_model_lists_its_layers() -> None:
    found = hover(mnist(), 3, 10)
    assert found is not None
    assert "  conv2d   Conv2D     320  line 5" in found.plain
    assert "136 KiB" in found.plain
    assert "2.4 M multiply-adds" in found.plain
    assert "of model" not in found.plain


def test_figures_follow_the_settings() -> None:
    found = hover(mnist(), 7, 8, Costs("float16", "sgd"))
    assert found is not None
    assert "36.1 KiB of float16 weights · 72.3 KiB to train with SGD" in found.plain


def test_unknown_says_why_on_what_and_where() -> None:
    found = hover(one_line("x = 1\nconv = nn.Conv2d(3, width, 3)\n", "nn.Conv2d(3, width, 3)", unknown()), 2, 9)
    assert found is not None
    assert found.plain == "Conv2d: parameters not known: the argument has no known value: width (line 2)"


def test_nothing_beside_constructors() -> None:
    assert hover(mnist(), 1, 1) is None
    assert hover(mnist(), 8 + 1000, 1) is None
    assert hover(mnist(), 12, 1) is None  # the last line of a call over several lines


def test_the_innermost_call_answers() -> None:
    found = hover(mnist(), 5, 20)
    assert found is not None
    assert found.plain.startswith("Conv2D: 320")


def test_markdown_shows_names_as_they_are() -> None:
    source = "net = My_Net_(3)\n"
    tally = Tally(Status.EXACT, 5, 5, 0, 20)
    at = place_of(source, "My_Net_(3)")
    analysis = Analysis(PATH, source, (SiteFact(at, "model.My_Net_", (tally,), 1, (layer("model.My_Net_", tally),)),))
    found = hover(analysis, 1, 8)
    assert found is not None
    assert found.markdown.startswith("**My\\_Net\\_**")


def test_formulas_bracket_sums_and_quotients() -> None:
    n = symbol("n")
    how = derivation((weight("kernel", a=n + 1, b=n // 4, c=2 * n),))
    assert str(how) == "a · b · c = (n + 1)·(n//4)·2·n"


def test_formulas_without_names_are_numbers() -> None:
    how = derivation((WeightFact("kernel", (3,), (), True, 3),))
    assert str(how) == "3"
