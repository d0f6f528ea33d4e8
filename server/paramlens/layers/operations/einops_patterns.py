"""The notation of einops: `b (h p) w c -> b h (p c) ...`, parsed, and sizes matched against it.

A side is a list of groups; a group is a tuple of names that share one axis, an ellipsis or a number among them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from paramlens.dims import product
from paramlens.records import Record, record
from paramlens.shapes import Shape, ShapeMismatch, Size, same_size, written_shape

ELLIPSIS = "..."
Group = tuple[str, ...]

_TOKEN = re.compile(r"\.\.\.|…|[()]|[A-Za-z_][A-Za-z_0-9]*|\d+|\S")


@record
class Pattern(Record):
    left: tuple[Group, ...]
    right: tuple[Group, ...]


def parse_pattern(pattern: str) -> Pattern:
    """Both sides of `left -> right`. Raises ShapeMismatch for what einops rejects."""
    left, arrow, right = pattern.partition("->")
    if not arrow:
        raise ShapeMismatch(f'einops expects a pattern with "->", got "{pattern}"')
    return Pattern(parse_side(left), parse_side(right))


def parse_side(text: str) -> tuple[Group, ...]:
    """The groups of one side; parentheses make a group of several names or none."""
    groups: list[Group] = []
    inner: list[str] | None = None
    for token in _TOKEN.findall(text):
        name = ELLIPSIS if token == "…" else token
        if name == "(":
            if inner is not None:
                raise ShapeMismatch(f'einops expects parentheses that do not nest, got "{text.strip()}"')
            inner = []
        elif name == ")":
            if inner is None:
                raise ShapeMismatch(f'einops expects matching parentheses, got "{text.strip()}"')
            # a group of an ellipsis alone is still one axis: `(...)` is written `(... 1)`
            groups.append((ELLIPSIS, "1") if inner == [ELLIPSIS] else tuple(inner))
            inner = None
        elif name != ELLIPSIS and not (name.isidentifier() or name.isdigit()):
            raise ShapeMismatch(f'einops expects names, numbers and parentheses, got "{name}"')
        elif inner is None:
            groups.append((name,))
        else:
            inner.append(name)
    if inner is not None:
        raise ShapeMismatch(f'einops expects matching parentheses, got "{text.strip()}"')
    return tuple(groups)


class Sizes:
    """What is known of the axes of a pattern after the left side met a shape."""

    def __init__(self, lengths: Mapping[str, Size]) -> None:
        self.sizes: dict[str, Size] = dict(lengths)
        self.ellipsis: Shape | None = ()

    def of(self, name: str) -> Size:
        return int(name) if name.isdigit() else self.sizes.get(name)

    def match(self, groups: tuple[Group, ...], shape: Shape | None, pattern: str) -> None:
        """Learn the sizes of the left side's names. Raises ShapeMismatch where they certainly differ."""
        has_ellipsis = (ELLIPSIS,) in groups
        if any(ELLIPSIS in group and len(group) > 1 for group in groups):
            raise ShapeMismatch(f'einops expects no ellipsis in parentheses on the left of "{pattern}"')
        if shape is None:
            self.ellipsis = None if has_ellipsis else ()
            return
        count = len(groups) - has_ellipsis
        if len(shape) < count or (len(shape) != count and not has_ellipsis):
            raise ShapeMismatch(f'einops expects rank {count} for "{pattern}", got {written_shape(shape)}')
        covered, axis = len(shape) - count, 0
        for group in groups:
            if ELLIPSIS in group:
                self.ellipsis = shape[axis : axis + covered]
                axis += covered
            else:
                self._split(group, shape[axis], pattern)
                axis += 1

    def _split(self, group: Group, size: Size, pattern: str) -> None:
        """The axis of this size is the product of the group's names, of which one may be open."""
        unknown = [name for name in group if self.of(name) is None]
        known = [self.of(name) for name in group if self.of(name) is not None]
        rest = product([item for item in known if item is not None])
        if not unknown:
            if same_size(rest, size) is False and isinstance(rest, int) and isinstance(size, int):
                raise ShapeMismatch(f'einops expects size {rest} for ({" ".join(group)}) in "{pattern}", got {size}')
            return
        if len(unknown) > 1 or size is None:
            return
        if isinstance(rest, int) and isinstance(size, int) and (rest == 0 or size % rest):
            raise ShapeMismatch(f"einops expects a multiple of {rest} for ({' '.join(group)}), got {size}")
        self.sizes[unknown[0]] = size // rest

    def result(self, groups: tuple[Group, ...]) -> Shape | None:
        """The shape that the right side gives; None where an ellipsis stands for axes that are not known."""
        shape: list[Size] = []
        for group in groups:
            if group == (ELLIPSIS,):
                if self.ellipsis is None:
                    return None
                shape.extend(self.ellipsis)
            else:
                shape.append(self._product(group))
        return tuple(shape)

    def _product(self, group: Group) -> Size:
        factors: list[Size] = []
        for name in group:
            if name == ELLIPSIS:
                factors.extend(self.ellipsis if self.ellipsis is not None else (None,))
            else:
                factors.append(self.of(name))
        known = [factor for factor in factors if factor is not None]
        return product(known) if len(known) == len(factors) else None


def transformed(
    pattern: str, shape: Shape | None, lengths: Mapping[str, Size], *, reducing: bool = True
) -> Shape | None:
    """The shape after `rearrange`, `repeat` or `reduce` by this pattern."""
    parsed = parse_pattern(pattern)
    names = {name for group in (*parsed.left, *parsed.right) for name in group}
    for name in lengths:
        if name not in names:
            raise ShapeMismatch(f'einops expects lengths of axes in the pattern "{pattern}", got {name}')
    left = {name for group in parsed.left for name in group}
    right = {name for group in parsed.right for name in group}
    missing = {name for name in left - right if not name.isdigit()}
    if not reducing and missing:
        raise ShapeMismatch(
            f'einops expects the same axes on both sides of "{pattern}", got {sorted(missing)[0]} on one'
        )
    sizes = Sizes(lengths)
    sizes.match(parsed.left, shape, pattern)
    return sizes.result(parsed.right)
