"""The lines whose code is that of an earlier version, because they do not parse now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paramlens.syntax.code import ClassDef, Refusal, Source, Statement


def stale_lines(source: Source) -> tuple[tuple[int, int], ...]:
    """Runs of such lines: 0-based first and last."""
    return tuple(run for statement in source.statements for run in _stale([statement], statement.first_line, 0))


def _stale(statements: Sequence[Statement], top: int, above: int) -> Iterator[tuple[int, int]]:
    """`top` is the line of the top-level statement, which members are relative to; `above` is added to theirs."""
    for statement in statements:
        first = statement.first_line + above
        if statement.stale and statement.read_as:
            pairs = zip(statement.text.split("\n"), statement.read_as.split("\n"), strict=False)
            yield from ((first + index, first + index) for index, (now, read) in enumerate(pairs) if now != read)
        elif statement.stale:
            yield first, first + statement.line_count - 1
        elif statement.kind == "class" and statement.loaded is not None and not isinstance(statement.loaded, Refusal):
            for node in statement.loaded:
                if isinstance(node, ClassDef):
                    yield from _stale(node.members, top, top)
