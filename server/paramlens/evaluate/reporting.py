"""From what the interpreter recorded to facts: sites, models, problems."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from paramlens.dims import Sym
from paramlens.evaluate import counting
from paramlens.facts import Analysis, LayerFact, ModelFact, SiteFact, Status, Tally
from paramlens.syntax.code import Source
from paramlens.values import Instance, ModuleValue, ParameterValue, Place, Unknown, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter


def analysis_of(
    vm: Interpreter, module: ModuleValue, source: Source, calls: Sequence[tuple[str, Value, Place | None]]
) -> Analysis:
    """The facts of the analysed file."""
    path = module.path or ""
    facts: dict[int, LayerFact] = {}
    models = (*_models(vm, module, facts), *_called(vm, path, calls, facts))
    sites = tuple(_sites(vm, path, facts))
    problems = sorted(
        (problem for problem in vm.problems.values() if problem.place.path == path),
        key=lambda problem: (problem.place.line, problem.place.column),
    )
    unknowns = Counter(unknown.reason.name for unknown in vm.unknowns.values() if _in_file(unknown, path))
    return Analysis(
        path=path,
        text=source.text,
        sites=sites,
        models=models,
        problems=tuple(problems),
        unknowns=dict(unknowns),
        imported=frozenset(vm.imported),
        comments=tuple((comment.line + 1, comment.text) for comment in source.comments),
    )


def _in_file(unknown: Unknown, path: str) -> bool:
    return unknown.place is not None and unknown.place.path == path


# ---------------------------------------------------------------------------------------------------------- sites


def _sites(vm: Interpreter, path: str, facts: dict[int, LayerFact]) -> list[SiteFact]:
    by_place: dict[Place, list[tuple[Instance, int, bool]]] = defaultdict(list)
    for place, instance, phase, repeated in vm.sites:
        if place.path == path and instance.state is not None:
            by_place[place].append((instance, phase, repeated))
    found = [_site(vm, place, made, facts) for place, made in by_place.items()]
    return sorted(found, key=lambda site: (site.place.line, site.place.column))


def _chosen(vm: Interpreter, made: list[tuple[Instance, int, bool]]) -> list[tuple[Instance, Tally]]:
    """What a site shows: the instances of the run; else what is so for any arguments; else for the default ones."""
    in_run = [(instance, vm.site_tally(instance)) for instance, phase, _ in made if phase == 0]
    if in_run:
        return in_run
    general = [(i, vm.site_tally(i)) for i, phase, _ in made if not vm.assumptions[phase]]
    if general and all(tally.status is Status.EXACT for _, tally in general):
        return general
    assumed = [(i, _assumed(vm.site_tally(i), vm.assumptions[phase])) for i, phase, _ in made if vm.assumptions[phase]]
    return assumed or general


def _assumed(tally: Tally, arguments: str) -> Tally:
    """A count that holds for default arguments alone."""
    if tally.status is Status.EXACT:
        return replace(tally, status=Status.SYMBOLIC, assumed=arguments)
    return tally


def _site(
    vm: Interpreter, place: Place, made: list[tuple[Instance, int, bool]], facts: dict[int, LayerFact]
) -> SiteFact:
    chosen = _chosen(vm, made)
    tallies: dict[Tally, Instance] = {}
    for instance, tally in chosen:
        tallies.setdefault(tally, instance)
    ordered = sorted(tallies, key=_order)
    return SiteFact(
        place=place,
        class_name="|".join(dict.fromkeys(counting.display_name(instance) for instance, _ in chosen)),
        tallies=tuple(ordered),
        instances=len(chosen),
        layers=tuple(_fact(vm, tallies[tally], "", facts, depth=1) for tally in ordered[:8]),
        repeated=any(repeated for _, _, repeated in made),
    )


def _order(tally: Tally) -> tuple[int, int, str]:
    number = tally.total if isinstance(tally.total, int) else 0
    return (list(Status).index(tally.status), number, str(tally.total))


def _fact(vm: Interpreter, instance: Instance, name: str, facts: dict[int, LayerFact], depth: int = 12) -> LayerFact:
    if id(instance) not in facts:
        facts[id(instance)] = counting.layer_fact(vm, instance, name, depth)
    return facts[id(instance)]


# --------------------------------------------------------------------------------------------------------- models


def _models(vm: Interpreter, module: ModuleValue, facts: dict[int, LayerFact]) -> list[ModelFact]:
    """Module-level values that are models and that no other one owns."""
    found: dict[int, tuple[str, Instance, Place]] = {}
    for name, value in module.scope.names.items():
        place = _place_in_file(vm, value, module.path) if counting.is_model(value) else None
        if place is not None:
            found.setdefault(id(value), (name, value, place))
    owned = {
        id(item) for _, value, _ in found.values() for item in counting.all_instances(value) if item is not value
    }
    return [
        ModelFact(name, counting.display_name(value), place, _fact(vm, value, name, facts), counting.model_macs(value))
        for name, value, place in found.values()
        if id(value) not in owned or _is_whole(vm, value)
    ]


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
            found.append(ModelFact(text, fact.class_name, place, fact, counting.model_macs(value)))
        else:
            reason = value if isinstance(value, Unknown) else None
            nothing = LayerFact(text, _kind(value), Tally(Status.UNKNOWN, reason=reason))
            found.append(ModelFact(text, _kind(value), Place(path, 1, 1, 1, 1), nothing))
    return found


def _kind(value: Value) -> str:
    if isinstance(value, Instance):
        return value.cls.name
    return "unknown" if isinstance(value, Unknown | ParameterValue | Sym) else type(value).__name__
