"""Hints at the ends of lines."""

from __future__ import annotations

from handmade import PATH, SOURCE, at_least, exact, mnist, one_line, place_of, site, symbolic, unknown
from paramlens.dims import symbol
from paramlens.facts import Analysis, Tally
from paramlens.features.inlay_hints import inlay_hints

LINE = "conv = nn.Conv2d(a, b, 3)\n"


def text_for(*tallies: Tally, **options: object) -> list[str]:
    return [hint.text for hint in inlay_hints(one_line(LINE, "nn.Conv2d(a, b, 3)", *tallies, **options))]


def test_the_design_s_first_example() -> None:
    hints = inlay_hints(mnist())
    assert [(hint.line, hint.text) for hint in hints] == [
        (3, "34,826 params · 136 KiB"),
        (5, "320"),
        (7, "18,496"),
        (11, "16,010"),
    ]
    lines = SOURCE.split("\n")
    assert all(hint.column == len(lines[hint.line - 1]) + 1 for hint in hints)


def test_only_the_lines_asked_for() -> None:
    assert [hint.line for hint in inlay_hints(mnist(), 5, 7)] == [5, 7]
    assert inlay_hints(mnist(), 100, 200) == ()


def test_one_number() -> None:
    assert text_for(exact(320)) == ["320"]


def test_many_instances_of_one_count() -> None:
    assert text_for(exact(320), instances=4) == ["320 ×4"]


def test_a_range() -> None:
    assert text_for(exact(36_864), exact(73_728), exact(2_359_296), instances=8) == ["36,864 – 2,359,296 ×8"]


def test_a_loop_of_unknown_length() -> None:
    assert text_for(exact(320), repeated=True) == ["320 ×?"]


def test_a_formula_in_the_unknowns_own_names() -> None:
    assert text_for(symbolic(9 * symbol("in_planes") * symbol("planes"))) == ["9·in_planes·planes"]


def test_a_long_formula_is_cut() -> None:
    (text,) = text_for(symbolic(symbol("a_rather_long_name") * symbol("another_rather_long_name") + 1))
    assert len(text) <= 40
    assert text.endswith("…")


def test_a_lower_bound() -> None:
    assert text_for(at_least(1024)) == ["≥ 1,024"]


def test_nothing_for_no_parameters_or_no_knowledge() -> None:
    assert text_for(exact(0)) == []
    assert text_for(unknown()) == []


def test_some_instances_that_are_not_known_show() -> None:
    assert text_for(exact(320), unknown(), instances=2) == ["320 | ? ×2"]


def test_default_arguments_are_told_in_the_tooltip() -> None:
    (hint,) = inlay_hints(one_line(LINE, "nn.Conv2d(a, b, 3)", symbolic(5130, "num_classes=10")))
    assert hint.text == "5,130"
    assert hint.tooltip == "Conv2d: 5,130 parameters, with the default arguments num_classes=10"


def test_several_calls_on_one_line() -> None:
    source = "x = Dense(10)(Dense(5)(x))\n"
    sites = (
        site(place_of(source, "Dense(10)"), "keras.layers.Dense", exact(60)),
        site(place_of(source, "Dense(5)"), "keras.layers.Dense", exact(55)),
    )
    (hint,) = inlay_hints(Analysis(PATH, source, sites))
    assert hint.text == "60 | 55"


def test_a_call_within_a_call_on_one_line_is_left_to_the_outer_one() -> None:
    source = "net = Sequential(Linear(3, 4), ReLU())\n"
    sites = (
        site(place_of(source, "Sequential(Linear(3, 4), ReLU())"), "torch.nn.Sequential", exact(16)),
        site(place_of(source, "Linear(3, 4)"), "torch.nn.Linear", exact(16)),
    )
    (hint,) = inlay_hints(Analysis(PATH, source, sites))
    assert hint.text == "16"
    assert "Linear: 16 parameters" in hint.tooltip


def test_a_call_within_a_call_over_several_lines_keeps_its_own() -> None:
    source = "net = Sequential(Linear(3, 4),\n    ReLU())\n"
    sites = (
        site(place_of(source, "Sequential(", end="ReLU())"), "torch.nn.Sequential", exact(16)),
        site(place_of(source, "Linear(3, 4)"), "torch.nn.Linear", exact(16)),
    )
    (hint,) = inlay_hints(Analysis(PATH, source, sites))
    assert (hint.line, hint.text) == (1, "16 | 16")


def test_form_feeds_do_not_end_lines() -> None:
    source = "x = 'a\x0cb\u2028c'; conv = nn.Conv2d(a, b, 3)\r\ny = 1\r\n"
    (hint,) = inlay_hints(one_line(source, "nn.Conv2d(a, b, 3)", exact(9)))
    assert (hint.line, hint.column) == (1, source.index("\r") + 1)
