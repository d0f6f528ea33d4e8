"""Dotted names of operations, and the second spelling that torch accepts for some arguments."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from paramlens.layers.declare import operation

Rule = TypeVar("Rule", bound=Callable[..., Any])
_NUMPY_SPELLINGS = {"dim": "axis", "dims": "axis", "keepdim": "keepdims", "dim0": "axis0", "dim1": "axis1"}


def words(text: str) -> tuple[str, ...]:
    """The names of a table row: `"sin cos tan"`."""
    return tuple(text.split())


def prefixed(prefix: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{prefix}.{name}" for name in names)


def torch_names(text: str, where: str = "torch torch.Tensor") -> tuple[str, ...]:
    """The names as functions of torch and as tensor methods (or in the places of `where`)."""
    return tuple(f"{place}.{name}" for name in words(text) for place in words(where))


def torch_operation(text: str, where: str = "torch torch.Tensor") -> Callable[[Rule], Rule]:
    """Declare a torch function and method. As in torch, `axis` may be said for `dim` and `keepdims` for `keepdim`."""

    def declare(rule: Rule) -> Rule:
        operation(*torch_names(text, where))(with_numpy_spelling(rule))
        return rule

    return declare


def with_numpy_spelling(rule: Callable[..., Any]) -> Callable[..., Any]:
    """The rule with `axis` and `keepdims` as further names of its `dim` and `keepdim`."""
    code = inspect.unwrap(rule).__code__
    named = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    second = {other: name for name, other in _NUMPY_SPELLINGS.items() if name in named and other not in named}
    if not second:
        return rule

    @functools.wraps(rule)
    def spelled(*args: Any, **kwargs: Any) -> Any:
        """None for a second spelling is its default; where it is given, the first one's default must not be."""
        given = {name: value for name, value in kwargs.items() if name not in second or value is not None}
        renamed = {second[name] for name in given if name in second}
        first = {name: value for name, value in given.items() if name not in second and name not in renamed}
        return rule(*args, **first, **{second[name]: value for name, value in given.items() if name in second})

    spelled.second_spellings = second  # type: ignore[attr-defined]  # the oracles ask whether arguments are admitted
    return spelled
