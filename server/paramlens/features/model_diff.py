"""What changed between two versions of models: before, after and the difference, of the whole and of every part.

A difference is a number only where both sides are exact; where one is not, the change says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from paramlens import written
from paramlens.costs import DEFAULT_COSTS, Costs, certain_total, weight_bytes
from paramlens.facts import Analysis, LayerFact, ModelFact, Status, Tally
from paramlens.features.summary import tally_text
from paramlens.records import Record, record

ADDED, REMOVED, CHANGED, MOVED, UNCERTAIN = "added", "removed", "changed", "moved", "not known"


@record
class Version(Record):
    """A file in one revision. Without an analysis it is not there, or `failure` says why it was not analysed."""

    path: str
    analysis: Analysis | None = None
    failure: str = ""


@record
class Side(Record):
    """A model or a part in one revision: texts ready to show, numbers where they are exact."""

    class_name: str
    status: Status
    parameters: str
    total: int | None
    trainable: int | None
    non_trainable: int | None
    formula: str | None
    reason: str
    bytes: int | None = None
    macs: int | None = None


@record
class PartChange(Record):
    """A part by its qualified name (`encoder.0.fc`); None where that side does not have it."""

    name: str
    before: Side | None
    after: Side | None
    difference: int | None


@record
class ModelChange(Record):
    """A model that changed. `reason` says why there is no certain difference; empty where there is one."""

    kind: str
    name: str
    before_path: str
    after_path: str
    before: Side | None
    after: Side | None
    parts: tuple[PartChange, ...]
    reason: str

    @property
    def difference(self) -> int | None:
        return difference_of(self, "total")


def difference_of(change: ModelChange, figure: str) -> int | None:
    """The difference of `total`, `trainable`, `non_trainable`, `bytes` or `macs`; None where it is not certain."""
    if change.kind == UNCERTAIN:
        return None
    before = getattr(change.before, figure) if change.before is not None else 0
    after = getattr(change.after, figure) if change.after is not None else 0
    return after - before if before is not None and after is not None else None


def model_changes(before: Version, after: Version, costs: Costs = DEFAULT_COSTS) -> tuple[ModelChange, ...]:
    """The models of a file that changed, in the order of the file, those that are gone last."""
    old, new = _named(before.analysis), _named(after.analysis)
    made = {model.class_name for known in (old, new) for model in known.values() if not model.name.endswith("()")}
    told = [*new, *(name for name in old if name not in new)]
    names = [name for name in told if not _is_default_call_of(made, old.get(name) or new.get(name))]
    found = (_change(name, old.get(name), new.get(name), before, after, costs) for name in names)
    return tuple(change for change in found if change is not None)


def _is_default_call_of(made: set[str], model: ModelFact | None) -> bool:
    """Whether a model is `Net()` while the file makes another of that class: then that one tells the change."""
    if model is None or not model.name.endswith("()"):
        return False
    return model.class_name in made and model.name == f"{written.short_name(model.class_name)}()"


def _named(analysis: Analysis | None) -> dict[str, ModelFact]:
    """The models by name; a name that was used before gets a number."""
    found: dict[str, ModelFact] = {}
    for model in analysis.models if analysis is not None else ():
        name, number = model.name, 1
        while name in found:
            number += 1
            name = f"{model.name} ({number})"
        found[name] = model
    return found


def _change(
    name: str, old: ModelFact | None, new: ModelFact | None, before: Version, after: Version, costs: Costs
) -> ModelChange | None:
    sides = _model_side(old, costs), _model_side(new, costs)
    parts = tuple(_part_changes(old, new))
    kind, reason = CHANGED, ""
    if old is None or new is None:
        kind = ADDED if old is None else REMOVED
        reason = _why_absent(name, before if old is None else after)
        if reason:
            kind = UNCERTAIN
            reason = f"{'before' if old is None else 'after'}: {reason}"
    elif sides[0] == sides[1] and not parts:
        if before.path == after.path:
            return None
        kind = MOVED
    return ModelChange(kind, name, before.path, after.path, *sides, parts, reason or _why_uncertain(*sides))


def _why_absent(name: str, version: Version) -> str:
    """Why nothing is known of a model that was not found; empty where it certainly is not there."""
    if version.failure:
        return version.failure
    if version.analysis is None:
        return ""
    if re.search(rf"^[ \t]*{re.escape(name)}[ \t]*(?::[^=\n]*)?=(?!=)", version.analysis.text, re.MULTILINE):
        return f"what {name} is there is not known"
    made_by = name.removesuffix("()")
    if made_by != name and re.search(
        rf"^[ \t]*(?:class|def)[ \t]+{re.escape(made_by)}\b", version.analysis.text, re.MULTILINE
    ):
        return f"{name} makes no model there"
    if "SYNTAX" in version.analysis.unknowns:
        return "the source has a syntax error"
    return ""


def _why_uncertain(before: Side | None, after: Side | None) -> str:
    reasons = []
    for word, side in (("before", before), ("after", after)):
        if side is not None and side.total is None:
            reasons.append(f"{word}: {side.reason or side.status.value}")
    return "; ".join(reasons)


def _part_changes(old: ModelFact | None, new: ModelFact | None) -> Iterator[PartChange]:
    before, after = _parts(old), _parts(new)
    for name in _merged(list(before), list(after)):
        one, other = before.get(name), after.get(name)
        if one != other:
            yield PartChange(name, one, other, _difference(one, other))


def _merged(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The names of both in the order of the model: what is gone stands behind what it stood behind."""
    merged, known = list(after), set(after)
    last = -1
    for name in before:
        if name in known:
            last = merged.index(name)
        else:
            last += 1
            merged.insert(last, name)
            known.add(name)
    return merged


def _difference(before: Side | None, after: Side | None) -> int | None:
    old = 0 if before is None else before.total
    new = 0 if after is None else after.total
    return new - old if old is not None and new is not None else None


def _parts(model: ModelFact | None) -> Mapping[str, Side]:
    """All parts below the model by qualified name, in its order."""
    found: dict[str, Side] = {}
    if model is not None:
        _collect(model.layer, "", found)
    return found


def _collect(layer: LayerFact, prefix: str, found: dict[str, Side]) -> None:
    for child in layer.children:
        name = prefix + child.name
        number = 1
        while name in found:
            number += 1
            name = f"{prefix}{child.name} ({number})"
        found[name] = _side(child.class_name, child.tally, child.shared)
        if not child.shared:
            _collect(child, f"{name}.", found)


def _model_side(model: ModelFact | None, costs: Costs) -> Side | None:
    if model is None:
        return None
    macs = model.macs if isinstance(model.macs, int) else None
    return _side(model.class_name, model.tally, bytes=weight_bytes(model.layer, costs), macs=macs)


def _side(
    class_name: str, tally: Tally, shared: bool = False, *, bytes: int | None = None, macs: int | None = None
) -> Side:
    if shared:  # its parameters stand under the name it was listed by first
        return Side(class_name, tally.status, "shared", 0, 0, 0, None, "")
    total = certain_total(tally)
    exact = total is not None
    return Side(
        class_name,
        tally.status,
        tally_text(tally),
        total,
        _number(tally.trainable) if exact else None,
        _number(tally.non_trainable) if exact else None,
        str(tally.total) if tally.status is Status.SYMBOLIC and tally.total is not None else None,
        _reason(tally),
        bytes,
        macs,
    )


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _reason(tally: Tally) -> str:
    """What keeps a tally from being exact. Without the line, which may be another one though nothing changed."""
    parts = [written.assumption(tally)]
    if tally.status is not Status.EXACT and tally.reason is not None:
        detail = tally.reason.detail
        parts.append(tally.reason.reason.value + (f": {detail}" if detail else ""))
    return "; ".join(part for part in parts if part)
