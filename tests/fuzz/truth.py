"""What a program really makes: it is run, with layers that know nothing but how many parameters they have."""

from __future__ import annotations

import builtins
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import prod
from types import SimpleNamespace
from typing import Any

from .generated import WORKSPACE

MAIN = "main.py"
MOST_MADE = 5_000


class TooMuch(Exception):
    """The program makes more than is worth counting."""


@dataclass
class Truth:
    """`made` are the objects that each line of the program constructed; `names` is its module at the end."""

    made: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))
    names: dict[str, Any] = field(default_factory=dict)


class _Made(type):
    """Notes for every construction the line that asked for it."""

    truth = Truth()
    number = 0

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        found = super().__call__(*args, **kwargs)
        frame = sys._getframe(1)
        _Made.number += 1
        if _Made.number > MOST_MADE:
            raise TooMuch
        if frame.f_code.co_filename == MAIN:
            _Made.truth.made[frame.f_lineno].append(found)
        return found


class Module(metaclass=_Made):
    """As torch's: what is assigned to an attribute is owned."""

    own = 0

    def __init__(self) -> None:
        self.__dict__["owned"] = {}

    def __setattr__(self, name: str, value: object) -> None:
        self.__dict__[name] = value
        if isinstance(value, Module):
            self.add_module(name, value)

    def add_module(self, name: str, value: Module) -> None:
        self.__dict__["owned"][name] = value


def total(module: Module) -> int:
    """All parameters, shared ones once."""
    return sum(each.own for each in {id(each): each for each in _tree(module)}.values())


def _tree(module: Module) -> Iterator[Module]:
    yield module
    for child in module.__dict__["owned"].values():
        yield from _tree(child)


class _Leaf(Module):
    def __init__(self, own: int) -> None:
        super().__init__()
        self.own = own


class Linear(_Leaf):
    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__((in_features + bias) * out_features)


class Conv2d(_Leaf):
    def __init__(self, before: int, after: int, size: int) -> None:
        super().__init__(before * after * size**2 + after)


class Embedding(_Leaf):
    def __init__(self, *sizes: int) -> None:
        super().__init__(prod(sizes))


class LayerNorm(_Leaf):
    def __init__(self, size: int) -> None:
        super().__init__(2 * size)


class Sequential(Module):
    def __init__(self, *children: Module) -> None:
        super().__init__()
        for number, child in enumerate(children):
            self.add_module(str(number), child)


class ModuleList(Sequential):
    def __init__(self, children: Iterable[Module] = ()) -> None:
        super().__init__(*children)


class ModuleDict(Module):
    def __init__(self, children: dict[str, Module]) -> None:
        super().__init__()
        for name, child in children.items():
            self.add_module(name, child)


_LAYERS = (Module, Linear, Conv2d, Embedding, LayerNorm, Sequential, ModuleList, ModuleDict)


def run(text: str) -> Truth:
    """Run a program of `generated.program(certain=True)`, and only such a one. Raises what it raises, and TooMuch."""
    nn = SimpleNamespace(**{layer.__name__: layer for layer in _LAYERS})
    modules: dict[str, Any] = {"torch": SimpleNamespace(nn=nn)}

    def find(name: str, *rest: Any) -> Any:
        if name in modules:
            return modules[name]
        if f"{name}.py" not in WORKSPACE:
            return __import__(name, *rest)
        found = modules[name] = SimpleNamespace(**execute(f"{name}.py", WORKSPACE[f"{name}.py"], name))
        return found

    def execute(path: str, source: str, name: str) -> dict[str, Any]:
        own = {**vars(builtins), "__import__": find, "print": lambda *values, **options: None}
        names: dict[str, Any] = {"__builtins__": own, "__name__": name}
        exec(compile(source, path, "exec"), names)
        return names

    _Made.truth, _Made.number = Truth(), 0
    _Made.truth.names = execute(MAIN, text, "__main__")
    return _Made.truth
