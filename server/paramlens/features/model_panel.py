"""The models of a file as data for a panel: figures, budgets and the tree of parts, whose shares add up.

What a part *adds* to the model is its parameters without those that a part listed before holds too (a layer used
twice, tied weights), so that the additions of all parts are the total.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from paramlens import written
from paramlens.budgets import NEARLY, Budget
from paramlens.costs import (
    DEFAULT_COSTS,
    Costs,
    Training,
    at_least,
    certain_total,
    own_count,
    parts,
    training,
    weight_bytes,
)
from paramlens.dims import Dim, Sym, total
from paramlens.facts import Analysis, GraphFact, LayerFact, ModelFact, Status, Tally
from paramlens.features.layer_kinds import kind_of
from paramlens.features.summary import tally_text
from paramlens.values import Place

NOT_DRAWN = "The graph is not known yet."


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as text, and as a number where it is one that holds for sure; with `bound` it is at least that."""

    text: str
    number: int | None = None
    bound: bool = False


NOTHING = Figure("")


@dataclass(frozen=True, slots=True)
class Part:
    """One layer or module. `path` is its position among the children at each level, `kind` one of KINDS.

    `added` is what it adds to the model, None where that is not certain; `own` what it holds itself. `shared` says that
    it stands in the tree before under another name; `tied` how many of its parameters do.
    """

    path: tuple[int, ...]
    name: str
    class_name: str
    kind: str
    qualified: str
    status: Status
    total: Figure
    own: Figure
    trainable: Figure
    added: int | None
    share: float | None
    output: str
    memory: Figure
    macs: Figure
    reason: str
    weights: tuple[tuple[str, str, str], ...]  # name, shape, count
    shared: bool
    tied: int
    place: Place | None
    children: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """One limit of a budget and how much of it is used; `used` has no number where that is not certain."""

    title: str
    limit: Figure
    used: Figure
    ratio: float | None
    severity: str

    @property
    def state(self) -> str:
        """`over`, `near`, `within`, or `unknown`: what is at least so much may be more."""
        if self.ratio is None:  # not known, or a limit of 0
            return "over" if self.limit.number == 0 and self.used.number else "unknown"
        if self.ratio > 1:
            return "over"
        return "near" if self.ratio >= NEARLY else "unknown" if self.used.bound else "within"


@dataclass(frozen=True, slots=True)
class Node:
    """A step of the graph; `path` leads to the part that it is or stands in."""

    kind: str
    name: str
    path: tuple[int, ...]
    shape: str


@dataclass(frozen=True, slots=True)
class Edge:
    source: int
    target: int
    shape: str


@dataclass(frozen=True, slots=True)
class Graph:
    """From input to output; `reason` says why there are no nodes."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ModelPanel:
    """One model. `formula` is set where the count is one, `reason` where it is not exact."""

    name: str
    class_name: str
    qualified: str
    place: Place
    status: Status
    total: Figure
    trainable: Figure
    non_trainable: Figure
    memory: Figure
    training: Figure
    optimizer: str
    macs: Figure
    formula: str
    reason: str
    budgets: tuple[BudgetUse, ...]
    root: Part
    graph: Graph | None


def model_panels(
    analysis: Analysis,
    costs: Costs = DEFAULT_COSTS,
    budgets_of: Callable[[ModelFact], Sequence[Budget]] = lambda model: (),
    graphs: dict[str, GraphFact] | None = None,
) -> tuple[ModelPanel, ...]:
    """All models of the file in the order of the source; `graphs` None leaves the graphs out."""
    ordered = sorted(analysis.models, key=lambda model: (model.place.line, model.place.column))
    return tuple(_panel(model, costs, budgets_of(model), graphs) for model in ordered)


def _panel(
    model: ModelFact, costs: Costs, budgets: Iterable[Budget], graphs: dict[str, GraphFact] | None
) -> ModelPanel:
    tally, path = model.tally, model.place.path
    need = training(model, costs)
    return ModelPanel(
        name=model.name,
        class_name=written.short_name(model.class_name),
        qualified=f"{written.file_name(path)}::{model.name}",
        place=model.place,
        status=tally.status,
        total=_total(tally),
        trainable=_count(tally, tally.trainable),
        non_trainable=_count(tally, tally.non_trainable),
        memory=_memory(weight_bytes(model.layer, costs)),
        training=_training(need),
        optimizer=need.purpose.removeprefix("to train with ") if need else costs.optimizer_title,
        macs=_macs(model.macs),
        formula=str(tally.total) if isinstance(tally.total, Sym) else "",
        reason=written.why(tally, path),
        budgets=tuple(use for budget in budgets for use in _uses(model, budget, costs)),
        root=_Tree(model, costs).root,
        graph=None if graphs is None else _graph(graphs.get(model.name)),
    )


# ------------------------------------------------------------------------------------------------------------ figures


def _total(tally: Tally) -> Figure:
    return Figure(tally_text(tally), at_least(tally), tally.status is Status.LOWER_BOUND)


def _count(tally: Tally, number: Dim | None) -> Figure:
    if number is None or tally.status is Status.UNKNOWN:
        return Figure("?")
    bound = tally.status is Status.LOWER_BOUND
    sure = number if isinstance(number, int) and not tally.assumed else None
    return Figure(("≥ " if bound else "") + written.count(number), sure, bound)


def _memory(size: int | None) -> Figure:
    return NOTHING if size is None else Figure(written.memory(size), size)


def _training(need: Training | None) -> Figure:
    if need is None:
        return NOTHING
    return Figure(("≈ " if need.is_estimate else "") + written.memory(need.bytes), need.bytes)


def _macs(number: Dim | None) -> Figure:
    if number is None:
        return NOTHING
    return Figure(written.short(number), number) if isinstance(number, int) else Figure(written.count(number))


# ------------------------------------------------------------------------------------------------------------ the tree


class _Tree:
    """The parts of one model."""

    def __init__(self, model: ModelFact, costs: Costs) -> None:
        self._path = model.place.path
        self._costs = costs
        self._whole = certain_total(model.tally)
        self.root = self._part(model.layer, (), model.name, self._whole, model.macs)

    def _part(self, layer: LayerFact, path: tuple[int, ...], name: str, added: int | None, macs: Dim | None) -> Part:
        below = () if layer.shared else layer.children
        children = tuple(
            self._part(child, (*path, number), child.name, _added(child), child.macs)
            for number, child in enumerate(below)
        )
        class_name = written.short_name(layer.class_name)
        return Part(
            path=path,
            name=name,
            class_name=class_name,
            kind=kind_of(class_name, ((child.added or 0, child.kind) for child in children)),
            qualified=layer.class_name,
            status=layer.tally.status,
            total=_total(layer.tally),
            own=_own(layer, added, children),
            trainable=_count(layer.tally, layer.tally.trainable),
            added=added,
            share=added / self._whole if added is not None and self._whole else None,
            output=written.shape(layer.output_shape) if layer.output_shape is not None else "",
            memory=_memory(weight_bytes(layer, self._costs)),
            macs=_macs(macs),
            reason=written.why(layer.tally, self._path),
            weights=tuple((w.name, written.shape(w.shape), written.count(w.count)) for w in layer.weights),
            shared=layer.shared,
            tied=_tied(layer),
            place=layer.place,
            children=children,
        )


def _own(layer: LayerFact, added: int | None, children: Sequence[Part]) -> Figure:
    """What a part holds itself: all, where it holds no others."""
    if not children:
        return Figure("0", 0) if layer.shared else _total(layer.tally)
    below = [child.added for child in children]
    if added is not None and all(number is not None for number in below):
        rest = added - sum(number for number in below if number is not None)
        return Figure(written.count(rest), rest)
    counts = [weight.count for weight in layer.weights if not weight.shared]
    known = [count for count in counts if count is not None]
    whole = total(known)
    uncertain = layer.tally.status in (Status.LOWER_BOUND, Status.UNKNOWN)
    if len(known) < len(counts) or (uncertain and all(child.status is Status.EXACT for child in children)):
        return Figure("?" if whole == 0 else f"≥ {written.count(whole)}")
    return Figure(written.count(whole), whole if isinstance(whole, int) else None)


def _added(layer: LayerFact) -> int | None:
    """What a part adds to the model: its parameters without those that were listed before."""
    if layer.shared:
        return 0
    whole = certain_total(layer.tally)
    return None if whole is None else whole - _tied_below(layer)


def _tied(layer: LayerFact) -> int:
    return 0 if layer.shared else _tied_below(layer)


def _tied_below(layer: LayerFact) -> int:
    """The parameters of a part that parts listed before it hold too: those of its tally that are not new in it."""
    whole = certain_total(layer.tally)
    if whole is None:
        return 0
    if not any(weight.shared for part in parts(layer) for weight in part.weights) and not _holds_shared(layer):
        return 0
    new = _new(layer)
    return whole - new if new is not None else 0


def _holds_shared(layer: LayerFact) -> bool:
    return any(child.shared or _holds_shared(child) for child in layer.children)


def _new(layer: LayerFact) -> int | None:
    """The parameters that are listed here for the first time; None when that is not certain."""
    if layer.shared:
        return 0
    if not layer.children:
        whole = own_count(layer)
        counts = [weight.count for weight in layer.weights if weight.shared]
        tied = [count for count in counts if isinstance(count, int)]
        return whole - sum(tied) if whole is not None and len(tied) == len(counts) else None
    counts = [weight.count for weight in layer.weights if not weight.shared]
    numbers = [*counts, *(_new(child) for child in layer.children)]
    known = [number for number in numbers if isinstance(number, int)]
    return sum(known) if len(known) == len(numbers) else None


# ------------------------------------------------------------------------------------------------- budgets and graph


def _uses(model: ModelFact, budget: Budget, costs: Costs) -> list[BudgetUse]:
    tally = model.tally
    sure = at_least(tally) is not None
    counted: list[tuple[str, int | None, Figure]] = [
        ("parameters", budget.max_params, _total(tally)),
        ("trainable parameters", budget.max_trainable_params, _count(tally, tally.trainable if sure else None)),
    ]
    sizes: list[tuple[str, int | None, Figure]] = [
        ("memory of the weights", budget.max_memory, _memory(weight_bytes(model.layer, costs))),
        ("training memory", budget.max_training_memory, _training(training(model, costs))),
    ]
    found = [
        _use(title, Figure(written.count(limit), limit), used, budget)
        for title, limit, used in counted
        if limit is not None
    ]
    found += [_use(title, _memory(limit), used, budget) for title, limit, used in sizes if limit is not None]
    if budget.max_macs is not None:
        found.append(_use("multiply-adds", _macs(budget.max_macs), _macs(model.macs), budget))
    if budget.max_layer_share is not None:
        found.append(_share_use(model, budget, budget.max_layer_share))
    return found


def _use(title: str, limit: Figure, used: Figure, budget: Budget) -> BudgetUse:
    ratio = None
    if used.number is not None and limit.number is not None and (limit.number or not used.number):
        ratio = used.number / (limit.number or 1)
    return BudgetUse(title, limit, used if used.text else Figure("not known"), ratio, budget.severity)


def _share_use(model: ModelFact, budget: Budget, limit: float) -> BudgetUse:
    whole = certain_total(model.tally)
    counts = [own_count(layer) for layer in parts(model.layer) if layer is not model.layer]
    largest = max((count for count in counts if count is not None), default=None)
    shown = Figure(f"{limit:.0%}")
    if not whole or largest is None or None in counts:
        return BudgetUse("largest share of one layer", shown, Figure("not known"), None, budget.severity)
    used = Figure(written.percent(largest, whole))
    ratio = largest / whole / limit if limit else None
    return BudgetUse("largest share of one layer", shown, used, ratio, budget.severity)


def _graph(graph: GraphFact | None) -> Graph:
    if graph is None:
        return Graph(reason=NOT_DRAWN)
    nodes = tuple(
        Node(node.kind, _step_name(node.name), node.path or (), written.shape(node.shape)) for node in graph.nodes
    )
    edges = tuple(Edge(edge.source, edge.target, written.shape(edge.shape)) for edge in graph.edges)
    return Graph(nodes, edges, graph.reason)


def _step_name(name: str) -> str:
    """`+` of `operator +`, `add` of `keras.layers.add`."""
    return written.short_name(name.removeprefix("operator "))
