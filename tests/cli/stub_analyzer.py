"""An analyzer that knows one thing: `Linear(a, b)` on a line makes a·b + b parameters. Some words make it misbehave."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Sequence

from paramlens.facts import Analysis, LayerFact, ModelFact, Problem, SiteFact, Status, Tally, WeightFact
from paramlens.values import Place, Reason, Unknown

_CALL = re.compile(r"Linear\((\w+), (\w+)\)")
_IMPORT = re.compile(r"from (\w+) import (\w+)")


def analyze(path: str, text: str, *, read: Callable[[str], str | None], calls: Sequence[str] = ()) -> Analysis:
    if "CRASH" in text:
        os._exit(139)
    if "ABORT" in text:
        os.abort()
    if "HANG" in text:
        time.sleep(600)
    if "RAISE" in text:
        raise RuntimeError("a bug")
    if "MEMORY" in text:
        raise MemoryError
    if "GREEDY" in text:
        bytearray(2**34)
    if "PRINT" in text:
        print("Content-Length: 3\r\n\r\n{}")
    names, imported = _imports(path, text, read)
    sites: list[SiteFact] = []
    models: list[ModelFact] = []
    problems: list[Problem] = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        for match in _CALL.finditer(line):
            place = Place(path, number, match.start() + 1, number, match.end() + 1)
            sizes = [int(names.get(size, size)) if names.get(size, size).isdigit() else None for size in match.groups()]
            layer = _layer(place, sizes, match)
            sites.append(SiteFact(place, "torch.nn.Linear", (layer.tally,), 1, (layer,)))
            if line.startswith("net = "):
                models.append(ModelFact("net", "torch.nn.Linear", place, layer, 12))
            if "MISMATCH" in line:
                problems.append(Problem("shape-mismatch", "error", place, "Linear expects 3 features, got 4"))
    models += [
        ModelFact(call, "Net", Place(path, 1, 1, 1, 1), LayerFact(call, "Net", Tally(Status.EXACT, 7, 7, 0, 28)))
        for call in calls
    ]
    return Analysis(path, text, tuple(sites), tuple(models), tuple(problems), {}, imported)


def _imports(path: str, text: str, read: Callable[[str], str | None]) -> tuple[dict[str, str], frozenset[str]]:
    names: dict[str, str] = {}
    imported = set()
    for module, name in _IMPORT.findall(text):
        other = os.path.join(os.path.dirname(path), f"{module}.py")
        imported.add(other)
        if match := re.search(rf"^{name} = (\d+)", read(other) or "", re.MULTILINE):
            names[name] = match[1]
    return names, frozenset(imported)


def _layer(place: Place, sizes: list[int | None], match: re.Match[str]) -> LayerFact:
    first, second = sizes
    if first is None or second is None:
        return LayerFact(
            "", "torch.nn.Linear", Tally(Status.UNKNOWN, reason=Unknown(Reason.UNKNOWN_ARGUMENT, match[1]))
        )
    total = first * second + second
    weights = (WeightFact("weight", (second, first), ("out_features", "in_features"), True, first * second),)
    return LayerFact("", "torch.nn.Linear", Tally(Status.EXACT, total, total, 0, 4 * total), weights, place=place)
