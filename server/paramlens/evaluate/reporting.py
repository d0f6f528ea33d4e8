"""From what the interpreter recorded to facts: sites and models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, TypeAlias

from paramlens.dims import Sym
from paramlens.evaluate import counting
from paramlens.evaluate.passes import Figures, Passes
from paramlens.evaluate.tree import all_instances
from paramlens.facts import LayerFact, ModelFact, SiteFact, Status, Tally
from paramlens.records import Record, mutable_record, record
from paramlens.values import Instance, ModuleValue, ParameterValue, Place, Unknown, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

KnownModels: TypeAlias = dict[str, tuple[Instance, ModelFact]]

_MOST_LAYERS = 8

DIFFERENT = "those that are made here differ"


@record
class Made(Record):
    """Instances of one class and one count that one evaluation made at one place; `layer` is the first of them.

    `in_run` says that the program itself makes them; `assumed` are the default arguments that they hold for. `figures`
    are the multiply-adds of each of them.
    """

    class_name: str
    tally: Tally
    layer: LayerFact | None
    instances: int
    repeated: bool
    in_run: bool
    assumed: str
    figures: tuple[Figures, ...] = ()


@mutable_record
class Told:
    """What was already described of the layers of one version."""

    layers: dict[int, LayerFact] = field(default_factory=dict)
    passes: Passes = field(default_factory=Passes)


Site: TypeAlias = tuple[Place, Instance, int, bool]
MadeAt: TypeAlias = "Mapping[Place, tuple[Made, ...]]"


# ---------------------------------------------------------------------------------------------------------- sites


def made_at(vm: Interpreter, path: str, sites: Sequence[Site], told: Told) -> MadeAt:
    """What was made in the file, by the place of the constructor call."""
    by_place: dict[Place, list[tuple[Instance, int, bool]]] = defaultdict(list)
    for place, instance, phase, repeated in sites:
        if place.path == path and instance.state is not None:
            by_place[place].append((instance, phase, repeated))
    return {place: tuple(_grouped(vm, made, told)) for place, made in by_place.items()}


def _grouped(vm: Interpreter, made: list[tuple[Instance, int, bool]], told: Told) -> Iterable[Made]:
    groups: dict[tuple[str, Tally, bool, str], list[tuple[Instance, bool]]] = defaultdict(list)
    for instance, phase, repeated in made:
        key = counting.display_name(instance), vm.tallies.at_site(instance), phase == 0, vm.assumptions[phase]
        groups[key].append((instance, repeated))
    shown = sorted(groups, key=lambda key: _order(key[1]))[:_MOST_LAYERS] if len(groups) > _MOST_LAYERS else groups
    for key, members in groups.items():
        class_name, tally, in_run, assumed = key
        layer = _fact(vm, members[0][0], "", told, told.passes.at_site, 1) if key in shown else None
        repeated = any(repeated for _, repeated in members)
        figures = _figures([instance for instance, _ in members], told.passes)
        yield Made(class_name, tally, layer, len(members), repeated, in_run, assumed, figures)


def _figures(layers: Sequence[Instance], passes: Passes) -> tuple[Figures, ...]:
    """The multiply-adds of layers, or two that differ."""
    found: dict[Figures, None] = {}
    for layer in layers:
        found.setdefault(passes.at_site(layer))
        if len(found) > 1:
            break
    return tuple(found)


def site_fact(place: Place, made: Sequence[Made], *, stale: bool = False) -> SiteFact:
    """All that was made at one place."""
    chosen = _chosen(made)
    tallies: dict[Tally, Made] = {}
    for group in chosen:
        tallies.setdefault(group.tally, group)
    ordered = sorted(tallies, key=_order)
    figures = _same(list(dict.fromkeys(figures for group in chosen for figures in group.figures)))
    return SiteFact(
        place=place,
        class_name="|".join(dict.fromkeys(group.class_name for group in chosen)),
        tallies=tuple(ordered),
        instances=sum(group.instances for group in chosen),
        layers=tuple(layer for tally in ordered[:_MOST_LAYERS] if (layer := tallies[tally].layer) is not None),
        repeated=any(group.repeated for group in made),
        stale=stale,
        macs=figures.macs,
        macs_reason=figures.reason,
    )


def _same(found: Sequence[Figures]) -> Figures:
    """The one figure that all layers of a site have."""
    if len(found) == 1:
        return found[0]
    missing = next((figures for figures in found if figures.macs is None), None)
    return missing or Figures(None, DIFFERENT)


def _chosen(made: Sequence[Made]) -> Sequence[Made]:
    """What a site shows: the instances of the run; else what is so for any arguments; else for the default ones."""
    in_run = [group for group in made if group.in_run]
    if in_run:
        return in_run
    general = [group for group in made if not group.assumed]
    if general and all(group.tally.status is Status.EXACT for group in general):
        return general
    assumed = [replace(group, tally=_assumed(group.tally, group.assumed)) for group in made if group.assumed]
    return assumed or general


def _assumed(tally: Tally, arguments: str) -> Tally:
    """A count that holds for default arguments alone."""
    if tally.status is Status.EXACT:
        return replace(tally, status=Status.SYMBOLIC, assumed=arguments)
    return tally


def _order(tally: Tally) -> tuple[int, int, str]:
    number = tally.total if isinstance(tally.total, int) else 0
    return (list(Status).index(tally.status), number, str(tally.total))


def _fact(
    vm: Interpreter,
    instance: Instance,
    name: str,
    told: Told,
    figures_of: Callable[[Instance], Figures],
    depth: int = 12,
) -> LayerFact:
    if id(instance) not in told.layers:
        told.layers[id(instance)] = counting.layer_fact(vm, instance, name, depth, figures_of)
    return told.layers[id(instance)]


# --------------------------------------------------------------------------------------------------------- models


def models_of(
    vm: Interpreter,
    module: ModuleValue,
    calls: Sequence[tuple[str, Value, Place | None]],
    told: Told,
    known: KnownModels,
) -> tuple[tuple[ModelFact, ...], KnownModels]:
    """The models of the run, and the results of `--call`. `known` are those of the run before, by name: one that is
    the same object still has not changed."""
    models = _models(vm, module, told, known)
    found = tuple(fact for _, fact in models.values())
    return (*found, *_called(vm, module.path or "", calls, told)), models


def _models(vm: Interpreter, module: ModuleValue, told: Told, known: KnownModels) -> KnownModels:
    """Module-level values that are models and that no other one owns."""
    found: dict[int, tuple[str, Instance, Place]] = {}
    for name, value in module.scope.names.items():
        place = _place_in_file(vm, value, module.path) if counting.is_model(value) else None
        if place is not None:
            found.setdefault(id(value), (name, value, place))
    owned = {
        id(item) for _, value, _ in found.values() for item in all_instances(value) if item is not value
    }
    models: KnownModels = {}
    for name, value, place in found.values():
        if id(value) in owned and not _is_whole(vm, value):
            continue
        before, fact = known.get(name, (None, None))
        if fact is not None and before is value:
            models[name] = value, fact
            told.layers[id(value)] = fact.layer
        else:
            models[name] = value, _model_fact(vm, name, value, place, told)
    return models


def _model_fact(vm: Interpreter, name: str, value: Instance, place: Place, told: Told) -> ModelFact:
    passed = told.passes.of_model(value)
    layer = _fact(vm, value, name, told, passed.of)
    macs = passed.of(value).macs
    return ModelFact(name, counting.display_name(value), place, layer, macs, passed.activations)


def _place_in_file(vm: Interpreter, value: Instance, path: str | None) -> Place | None:
    """Where the file makes a model: its constructor call, or the call of another file's function that gave it."""
    if value.place is not None and value.place.path == path:
        return value.place
    return vm.received.get(id(value))


def _is_whole(vm: Interpreter, value: Instance) -> bool:
    """Models keep their own entry even when another one contains them (encoder within autoencoder)."""
    from paramlens.evaluate.frameworks.framework_classes import is_model

    return is_model(value.cls)


def _called(
    vm: Interpreter, path: str, calls: Sequence[tuple[str, Value, Place | None]], told: Told
) -> list[ModelFact]:
    """The results of `--call`, named for their expressions."""
    found = []
    for text, value, _ in calls:
        if isinstance(value, tuple) and value and counting.is_model(value[0]):
            value = value[0]
        if counting.is_model(value):
            place = value.place if value.place is not None and value.place.path == path else Place(path, 1, 1, 1, 1)
            found.append(_model_fact(vm, text, value, place, told))
        else:
            reason = value if isinstance(value, Unknown) else None
            nothing = LayerFact(text, _kind(value), Tally(Status.UNKNOWN, reason=reason))
            found.append(ModelFact(text, _kind(value), Place(path, 1, 1, 1, 1), nothing))
    return found


def _kind(value: Value) -> str:
    if isinstance(value, Instance):
        return value.cls.name
    return "unknown" if isinstance(value, Unknown | ParameterValue | Sym) else type(value).__name__
