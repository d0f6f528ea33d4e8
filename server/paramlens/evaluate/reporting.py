"""From what the interpreter recorded to facts: sites and models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from paramlens.dims import Sym
from paramlens.evaluate import counting
from paramlens.evaluate.multiply_adds import model_macs
from paramlens.evaluate.tree import all_instances
from paramlens.facts import LayerFact, ModelFact, SiteFact, Status, Tally
from paramlens.records import Record, record
from paramlens.values import Instance, ModuleValue, ParameterValue, Place, Unknown, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

KnownModels: TypeAlias = dict[str, tuple[Instance, ModelFact]]

_MOST_LAYERS = 8


@record
class Made(Record):
    """Instances of one class and one count that one evaluation made at one place; `layer` is the first of them.

    `in_run` says that the program itself makes them; `assumed` are the default arguments that they hold for.
    """

    class_name: str
    tally: Tally
    layer: LayerFact | None
    instances: int
    repeated: bool
    in_run: bool
    assumed: str


Site: TypeAlias = tuple[Place, Instance, int, bool]
MadeAt: TypeAlias = "Mapping[Place, tuple[Made, ...]]"


# ---------------------------------------------------------------------------------------------------------- sites


def made_at(vm: Interpreter, path: str, sites: Sequence[Site], facts: dict[int, LayerFact]) -> MadeAt:
    """What was made in the file, by the place of the constructor call."""
    by_place: dict[Place, list[tuple[Instance, int, bool]]] = defaultdict(list)
    for place, instance, phase, repeated in sites:
        if place.path == path and instance.state is not None:
            by_place[place].append((instance, phase, repeated))
    return {place: tuple(_grouped(vm, made, facts)) for place, made in by_place.items()}


def _grouped(vm: Interpreter, made: list[tuple[Instance, int, bool]], facts: dict[int, LayerFact]) -> Iterable[Made]:
    groups: dict[tuple[str, Tally, bool, str], list[tuple[Instance, bool]]] = defaultdict(list)
    for instance, phase, repeated in made:
        key = counting.display_name(instance), vm.tallies.at_site(instance), phase == 0, vm.assumptions[phase]
        groups[key].append((instance, repeated))
    shown = sorted(groups, key=lambda key: _order(key[1]))[:_MOST_LAYERS] if len(groups) > _MOST_LAYERS else groups
    for key, members in groups.items():
        class_name, tally, in_run, assumed = key
        layer = _fact(vm, members[0][0], "", facts, depth=1) if key in shown else None
        repeated = any(repeated for _, repeated in members)
        yield Made(class_name, tally, layer, len(members), repeated, in_run, assumed)


def site_fact(place: Place, made: Sequence[Made], *, stale: bool = False) -> SiteFact:
    """All that was made at one place."""
    chosen = _chosen(made)
    tallies: dict[Tally, Made] = {}
    for group in chosen:
        tallies.setdefault(group.tally, group)
    ordered = sorted(tallies, key=_order)
    return SiteFact(
        place=place,
        class_name="|".join(dict.fromkeys(group.class_name for group in chosen)),
        tallies=tuple(ordered),
        instances=sum(group.instances for group in chosen),
        layers=tuple(layer for tally in ordered[:_MOST_LAYERS] if (layer := tallies[tally].layer) is not None),
        repeated=any(group.repeated for group in made),
        stale=stale,
    )


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


def _fact(vm: Interpreter, instance: Instance, name: str, facts: dict[int, LayerFact], depth: int = 12) -> LayerFact:
    if id(instance) not in facts:
        facts[id(instance)] = counting.layer_fact(vm, instance, name, depth)
    return facts[id(instance)]


# --------------------------------------------------------------------------------------------------------- models


def models_of(
    vm: Interpreter,
    module: ModuleValue,
    calls: Sequence[tuple[str, Value, Place | None]],
    facts: dict[int, LayerFact],
    known: KnownModels,
) -> tuple[tuple[ModelFact, ...], KnownModels]:
    """The models of the run, and the results of `--call`. `known` are those of the run before, by name: one that is
    the same object still has not changed."""
    models = _models(vm, module, facts, known)
    found = tuple(fact for _, fact in models.values())
    return (*found, *_called(vm, module.path or "", calls, facts)), models


def _models(vm: Interpreter, module: ModuleValue, facts: dict[int, LayerFact], known: KnownModels) -> KnownModels:
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
        before, fact = known.get(name, (None, None))
        if fact is not None and before is value:
            models[name] = value, fact
            facts[id(value)] = fact.layer
        elif id(value) not in owned or _is_whole(vm, value):
            macs = model_macs(value)
            layer = _fact(vm, value, name, facts)
            models[name] = value, ModelFact(name, counting.display_name(value), place, layer, macs)
    return models


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
    vm: Interpreter, path: str, calls: Sequence[tuple[str, Value, Place | None]], facts: dict[int, LayerFact]
) -> list[ModelFact]:
    """The results of `--call`, named for their expressions."""
    found = []
    for text, value, _ in calls:
        if isinstance(value, tuple) and value and counting.is_model(value[0]):
            value = value[0]
        if counting.is_model(value):
            place = value.place if value.place is not None and value.place.path == path else Place(path, 1, 1, 1, 1)
            fact = _fact(vm, value, text, facts)
            found.append(ModelFact(text, fact.class_name, place, fact, model_macs(value)))
        else:
            reason = value if isinstance(value, Unknown) else None
            nothing = LayerFact(text, _kind(value), Tally(Status.UNKNOWN, reason=reason))
            found.append(ModelFact(text, _kind(value), Place(path, 1, 1, 1, 1), nothing))
    return found


def _kind(value: Value) -> str:
    if isinstance(value, Instance):
        return value.cls.name
    return "unknown" if isinstance(value, Unknown | ParameterValue | Sym) else type(value).__name__
