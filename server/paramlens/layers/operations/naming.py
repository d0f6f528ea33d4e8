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
    signature = inspect.signature(rule)
    named = {name for name, parameter in signature.parameters.items() if parameter.kind is not parameter.VAR_POSITIONAL}
    second = {other: name for name, other in _NUMPY_SPELLINGS.items() if name in named}
    second = {other: name for other, name in second.items() if other not in signature.parameters}
    if not second:
        return rule

    @functools.wraps(rule)
    def spelled(*args: Any, **kwargs: Any) -> Any:
        """None for a second spelling is its default; where it is given, the first one's default must not be."""
        given = {name: value for name, value in kwargs.items() if name not in second or value is not None}
        renamed = {second[name] for name in given if name in second}
        first = {name: value for name, value in given.items() if name not in second and name not in renamed}
        return rule(*args, **first, **{second[name]: value for name, value in given.items() if name in second})

    spelled.__signature__ = _extended(signature, second)  # type: ignore[attr-defined]
    return spelled


def _extended(signature: inspect.Signature, second: dict[str, str]) -> inspect.Signature:
    """The signature that also admits the second spellings: no argument is then required where either may be given."""
    parameters = []
    for parameter in signature.parameters.values():
        optional = parameter.name in second.values() and parameter.default is parameter.empty
        parameters.append(parameter.replace(default=None) if optional else parameter)
    tail = [p for p in parameters if p.kind is p.VAR_KEYWORD]
    head = [p for p in parameters if p.kind is not p.VAR_KEYWORD]
    added = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in second]
    required_after_default = False
    seen_default = False
    for parameter in head:
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            seen_default = seen_default or parameter.default is not parameter.empty
            required_after_default |= seen_default and parameter.default is parameter.empty
    if required_after_default:  # Python admits no required parameter after an optional one
        return signature
    return signature.replace(parameters=[*head, *added, *tail])
