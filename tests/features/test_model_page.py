"""What reports show of models: rows, maps, the largest parts and budget bars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paramlens.budgets import Budget
from paramlens.evaluate.live import LiveFile
from paramlens.facts import Status
from paramlens.features.largest_parts import largest_parts
from paramlens.features.layer_kinds import kind_of
from paramlens.features.model_page import ModelPage, budget_bar, model_page, worst
from paramlens.features.model_panel import NOTHING, BudgetUse, Figure, Part, model_panels
from paramlens.features.part_map import Tile, part_map
from paramlens.features.squarified import squarified
from paramlens.syntax.source import read_source
from paramlens.values import Place

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def page(text: str, *budgets: Budget, most: int = 2000) -> ModelPage:
    """The first model of a source."""
    analysis = LiveFile("/w/model.py", lambda path: None).analysis(read_source("/w/model.py", text))
    panel = model_panels(analysis, budgets_of=lambda model: budgets)[0]
    return model_page(panel, "model.py", lambda place: f"line {place.line}", most)


def example(name: str) -> ModelPage:
    return page((EXAMPLES / name).read_text("utf-8"))


def part(name: str, own: int, *children: Part, class_name: str = "Linear", status: Status = Status.EXACT) -> Part:
    """A part by hand; its children's paths are set anew."""
    below = tuple(_moved(child, (number,)) for number, child in enumerate(children))
    added = own + sum(child.added or 0 for child in children)
    figure = Figure(f"{added:,}", added)
    kind = kind_of(class_name, ((child.added or 0, child.kind) for child in children))
    return Part(
        (), name, class_name, kind, class_name, status, figure, Figure(f"{own:,}", own), figure,
        added if status is Status.EXACT else None, None, "", NOTHING, NOTHING, "", (), False, 0, None, below,
    )  # fmt: skip


def _moved(moved: Part, path: tuple[int, ...]) -> Part:
    below = tuple(_moved(child, (*path, number)) for number, child in enumerate(moved.children))
    return replace(moved, path=path, children=below)


# --------------------------------------------------------------------------------------------------------------- rows


def test_the_rows_are_all_parts_in_order() -> None:
    found = example("resnet.py")
    names = [row.outer + row.part.name for row in found.rows]
    assert names[:6] == ["conv1", "bn1", "stages", "stages.0", "stages.0.0", "stages.0.0.conv1"]
    assert [row.level for row in found.rows[:6]] == [1, 1, 1, 2, 3, 4]
    assert found.hidden == 0
    leaves = [row.part for row in found.rows if not row.part.children]
    assert sum(leaf.added or 0 for leaf in leaves) == found.panel.total.number == 11_173_962


def test_a_row_says_where_its_part_is_made() -> None:
    found = example("mnist_cnn.py")
    text = (EXAMPLES / "mnist_cnn.py").read_text("utf-8").splitlines()
    placed = [row for row in found.rows if row.part.class_name != "InputLayer"]
    assert len(placed) == 7
    for row in placed:
        assert row.part.class_name in text[int(row.source.removeprefix("line ")) - 1]


@pytest.mark.parametrize(("most", "shown"), [(3, 3), (4, 3), (9, 9), (13, 13), (1, 1), (0, 0)])
def test_of_a_large_model_the_deepest_parts_are_left_out(most: int, shown: int) -> None:
    leaves = [part("leaf", 1) for _ in range(2)]
    inner = [part("inner", 0, *leaves) for _ in range(2)]
    outer = part("net", 0, part("a", 0, *inner), part("b", 0), part("c", 0, part("only", 5), *inner[:1]))
    # three parts, then four, then six
    panel = example("mnist_cnn.py").panel
    found = model_page(replace(panel, root=outer), "m.py", lambda place: "", most)
    assert len(found.rows) == {9: 7}.get(shown, shown)
    assert found.hidden == 13 - len(found.rows)
    if most == 4:
        assert [row.hidden for row in found.rows] == [6, 0, 4]


def test_a_reason_is_told_once() -> None:
    found = page(
        "from torch import nn\nfrom nowhere import block\n"
        "net = nn.Sequential(nn.Sequential(nn.Sequential(nn.Linear(2, 2), block()), nn.Linear(3, 3)))\n"
    )
    told = [row for row in found.rows if row.reason]
    assert [row.level for row in told] == [2]
    assert "nowhere.block" in told[0].reason
    assert found.panel.reason == told[0].reason
    assert (found.tiles, found.no_map) == ((), "Shares and a map need a total that is certain.")


# ---------------------------------------------------------------------------------------------------------------- map

trees = st.recursive(
    st.builds(lambda own: part("leaf", own), st.integers(0, 1000)),
    lambda inner: st.builds(
        lambda own, below: part("part", own, *below), st.integers(0, 50), st.lists(inner, max_size=4)
    ),
    max_leaves=30,
)


def inside(outer: Tile, inner: Tile) -> bool:
    return outer.y - 1e-9 <= inner.y and inner.y + inner.height <= outer.y + outer.height + 1e-9


def overlap(one: Tile, other: Tile) -> bool:
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return across > 1e-9 and down > 1e-9


@given(trees)
def test_tiles_stand_within_those_of_what_holds_them_and_never_overlap(root: Part) -> None:
    found = part_map(root)
    whole = root.added or 1
    assert bool(found) == bool(root.added)
    for number, tile in enumerate(found):
        assert min(tile.x, tile.y) >= 0
        assert max(tile.x + tile.width, tile.y + tile.height) <= 1 + 1e-9
        assert not any(overlap(tile, other) for other in found[:number])
        if tile.holds:
            assert tile.height == pytest.approx((tile.part.added or 0) / whole)
        else:  # all that hold nothing and start in one column are as large as their shares
            share = (tile.part.added or 0) / whole
            assert tile.width * tile.height == pytest.approx(share * (1 - left_of(tile, found)))
    for tile in found:
        outer = [each for each in found if each.part.path == tile.part.path[: len(each.part.path)] and each is not tile]
        assert all(inside(each, tile) for each in outer)


def left_of(tile: Tile, found: Iterable[Tile]) -> float:
    """Where the column of a tile starts."""
    return min(each.x for each in found if each.level == tile.level)


def test_many_siblings_that_hold_nothing_are_packed() -> None:
    sizes = (400, 300, 100, 80, 60, 30, 20, 9, 1)
    found = part_map(part("net", 0, *(part(str(size), size) for size in sizes)))
    assert [tile.part.added for tile in found] == list(sizes[:-1])
    assert [tile.width * tile.height for tile in found] == pytest.approx([size / 1000 for size in sizes[:-1]])
    assert len({tile.x for tile in found}) > 2
    assert len(part_map(part("net", 0, *(part(str(size), size) for size in sizes[:5])))) == 5
    assert {tile.width for tile in part_map(part("net", 0, *(part(str(size), size) for size in sizes[:5])))} == {1}


@given(st.lists(st.floats(0.01, 1000), min_size=1, max_size=60), st.floats(0.1, 10), st.floats(0.1, 10))
def test_squarified_rectangles_fill_the_whole(sizes: list[float], width: float, height: float) -> None:
    sizes.sort(reverse=True)
    found = squarified(sizes, width, height)
    for size, (x, y, across, down) in zip(sizes, found, strict=True):
        assert across * down == pytest.approx(size * width * height / sum(sizes))
        assert min(x, y) >= 0
        assert x + across <= width * (1 + 1e-6)
        assert y + down <= height * (1 + 1e-6)


def test_the_example_of_the_paper() -> None:
    found = squarified((6, 6, 4, 3, 2, 2, 1), 6, 4)
    assert found[:4] == [(0, 0, 3, 2), (0, 2, 3, 2), (3, 0, pytest.approx(12 / 7), pytest.approx(7 / 3)),
                         (pytest.approx(3 + 12 / 7), 0, pytest.approx(9 / 7), pytest.approx(7 / 3))]  # fmt: skip


def test_a_part_that_holds_one_other_alone_shares_its_tile() -> None:
    blocks = part("blocks", 0, part("0", 30), part("1", 10))
    root = part("net", 0, part("body", 0, blocks), part("head", 60))
    found = part_map(root)
    assert [(tile.name, tile.level, tile.holds) for tile in found] == [
        ("head", 0, False), ("body.blocks", 0, True), ("body.blocks.0", 1, False), ("body.blocks.1", 1, False),
    ]  # fmt: skip
    assert [edge for tile in found for edge in (tile.x, tile.y, tile.width, tile.height)] == pytest.approx(
        [0, 0, 1, 0.6, 0, 0.6, 0.5, 0.4, 0.5, 0.6, 0.5, 0.3, 0.5, 0.9, 0.5, 0.1]
    )


def test_a_tile_knows_its_row() -> None:
    found = example("resnet.py")
    assert len(found.tiles) > 20
    for each in found.tiles:
        assert each.row is not None
        assert found.rows[each.row].part is each.tile.part
    assert [tile.name for tile in found.largest_tiles] == ["stages"]
    assert found.kinds == ("convolution",)


@pytest.mark.parametrize(
    ("class_name", "kind"),
    [
        ("Conv2d", "convolution"), ("SeparableConv2D", "convolution"), ("Linear", "dense"), ("Dense", "dense"),
        ("DenseNet", "dense"), ("MultiheadAttention", "attention"), ("LayerNorm", "normalization"),
        ("LSTM", "recurrent"),        ("Embedding", "embedding"), ("ReLU", "other"),
    ],
)  # fmt: skip
def test_kinds_of_layers(class_name: str, kind: str) -> None:
    assert part("x", 1, class_name=class_name).kind == kind


def test_what_holds_others_is_of_the_kind_of_the_largest() -> None:
    small, large = part("a", 1, class_name="Conv2d"), part("b", 2, class_name="Linear")
    assert part("net", 0, small, large, class_name="Net").kind == "dense"


# -------------------------------------------------------------------------------------------------- the largest parts


@given(trees, st.integers(2, 8))
def test_the_largest_parts_make_up_the_model(root: Part, most: int) -> None:
    found = largest_parts(root, most)
    assert len(found) <= most
    assert sum(each.added for each in found) == (root.added or 0)
    assert all(each.added > 0 for each in found)


def test_a_dominant_part_is_shown_as_what_it_holds() -> None:
    blocks = part("blocks", 3, part("0", 30), part("1", 50))
    root = part("net", 0, blocks, part("head", 17))
    assert [(each.name, each.added) for each in largest_parts(root)] == [
        ("blocks.1", 50), ("blocks.0", 30), ("head", 17), ("blocks.its own weights", 3),
    ]  # fmt: skip


def test_many_equal_parts_stay_one() -> None:
    names = [each.name for each in largest_parts(example("gpt.py").panel.root)]
    assert names == ["blocks", "tokens", "positions", "norm"]


def test_what_is_not_certain_has_no_parts_to_show() -> None:
    assert largest_parts(part("net", 5, status=Status.SYMBOLIC)) == ()


# ------------------------------------------------------------------------------------------------------------- budgets


def use(used: Figure, limit: int, ratio: float | None) -> BudgetUse:
    return BudgetUse("parameters", Figure(f"{limit:,}", limit), used, ratio, "error")


@pytest.mark.parametrize(
    ("used", "bound", "state", "words"),
    [
        (500, False, "within", "500 of 1,000 · 50%"),
        (899, False, "within", "899 of 1,000 · 89.9%"),
        (900, False, "near", "900 of 1,000 · 90%, near"),
        (1000, False, "near", "1,000 of 1,000 · 100%, near"),
        (1001, False, "over", "1,001 of 1,000 · over by 0.1%"),
        (12_000, False, "over", "12,000 of 1,000 · 12 times as much"),
        (500, True, "unknown", "≥ 500 of 1,000 · at least 50%, not certain"),
        (900, True, "near", "≥ 900 of 1,000 · at least 90%, near"),
        (1100, True, "over", "≥ 1,100 of 1,000 · over by 10%"),
    ],
)
def test_bars_of_budgets(used: int, bound: bool, state: str, words: str) -> None:
    figure = Figure(("≥ " if bound else "") + f"{used:,}", used, bound)
    bar = budget_bar(use(figure, 1000, used / 1000))
    assert (bar.state, bar.words) == (state, words)
    assert bar.filled == min(used / 1000, 1)


def test_a_bar_of_what_is_not_known() -> None:
    bar = budget_bar(use(Figure("9·width"), 1000, None))
    assert (bar.state, bar.words, bar.filled) == ("unknown", "9·width of 1,000, not certain", 0)


def test_the_state_of_a_model_is_that_of_its_worst_budget() -> None:
    source = "from torch import nn\nnet = nn.Linear(9, 10)\n"
    states = [
        page(source, *(Budget(max_params=limit) for limit in limits)).state
        for limits in ([], [200], [200, 105], [200, 105, 99])
    ]
    assert states == ["", "within", "near", "over"]
    assert worst(["within", "unknown"]) == "unknown"


def test_a_bound_is_no_budget_that_is_kept() -> None:
    source = "from torch import nn\nfrom nowhere import block\nnet = nn.Sequential(nn.Linear(9, 10), block())\n"
    assert [page(source, Budget(max_params=limit)).state for limit in (1000, 105, 99)] == ["unknown", "near", "over"]
    found = page(source, Budget(max_params=1000)).panel
    assert (found.total, found.root.children[0].total) == (Figure("≥ 100", 100, True), Figure("100", 100))


def test_figures_that_are_not_known_are_left_out() -> None:
    found = page("from torch import nn\nnet = nn.Linear(9, 10)\n")
    assert [name for name, _ in found.figures] == ["trainable", "not trainable", "weights", "training with Adam"]
    assert found.panel.place == Place("/w/model.py", 2, 7, 2, 23)


def test_a_limit_of_nothing() -> None:
    frozen = "from torch import nn\nnet = nn.Linear(9, 10)\nfor p in net.parameters():\n    p.requires_grad = False\n"
    bars = [page(source, Budget(max_trainable_params=0)).bars[0] for source in (frozen, frozen.partition("for")[0])]
    assert [(bar.words, bar.state, bar.filled) for bar in bars] == [
        ("0 of 0 · 0%", "within", 0.0), ("100 of 0", "over", 1.0),
    ]  # fmt: skip
