"""A module that is one of several, depending on a condition that is not known: `nn.ReLU() if flag else nn.GELU()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlens.evaluate.frameworks.state import LayerState
from paramlens.values import Instance, Reason, Unknown, Value, fresh

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter


class Alternatives(Instance):
    """Stands for one of `options`. What they have in common is known: that it is a module, perhaps its count."""

    __slots__ = ("options",)

    def __init__(self, options: tuple[Instance, ...]) -> None:
        first, *others = options
        common = next((base for base in first.cls.mro if all(base in option.cls.mro for option in others)), first.cls)
        super().__init__(common)
        self.options = options
        self.state = LayerState("torch")


def alternatives(a: Instance, b: Instance) -> Alternatives | None:
    """Either of two torch modules; None where one of them is something else."""
    if any(module.state is None or module.state.framework != "torch" for module in (a, b)):
        return None
    options: dict[int, Instance] = {}
    for module in (a, b):
        for option in module.options if isinstance(module, Alternatives) else (module,):
            options[id(option)] = option
    return Alternatives(tuple(options.values())) if len(options) <= 8 else None


def each(vm: Interpreter, value: Alternatives, results: list[Value], name: str) -> Value:
    """What the results for the options have in common."""
    from paramlens.evaluate.join import join

    joined = results[0]
    for result in results[1:]:
        joined = join(joined, result, name)
    return joined


def undecided(value: Alternatives) -> Unknown:
    """Why it is not known which option it is."""
    return fresh(Reason.BRANCHES, " or ".join(option.cls.name for option in value.options), value.options[0].place)
