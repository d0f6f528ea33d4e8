"""The bounds of an evaluation (design: limits are checked before the work, and hitting one is data, not an error)."""

from __future__ import annotations

from paramlens.records import Record, record


@record
class Limits(Record):
    """steps        statements and calls per file
    idle_steps   of those, in a row without a layer being made: recursion that only burns time ends here
    decorator_steps   of those, that applying one decorator may take
    call_depth   nested calls of user code; real models need more than Python beginners' recursion
    deep_calls   how often calls may nest deeper than that before the statement ends
    iterations   rounds of one loop
    seconds      processor time of the analysis of one file
    """

    steps: int = 3_000_000
    idle_steps: int = 100_000
    decorator_steps: int = 3_000
    call_depth: int = 150
    deep_calls: int = 20
    iterations: int = 10_000
    seconds: float = 20.0
