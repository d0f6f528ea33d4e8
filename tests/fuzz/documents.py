"""The state machine of edits, for as long as there is time."""

from __future__ import annotations

import time
import traceback
from collections import Counter

from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from .test_documents import Editing, machine

_EXAMPLES = 40


def fault_of_documents(seed: int, end: float) -> tuple[Counter[str], str]:
    """How many edits were tried until `end`, and what went wrong; empty when nothing did."""
    counts: Counter[str] = Counter()

    class Counted(Editing):
        def changed(self) -> None:
            counts["text edits"] += 1

    while time.monotonic() < end:
        seed += 1
        try:
            run_state_machine_as_test(seeded(seed)(Counted), settings=machine(_EXAMPLES, 20, deterministic=False))
        except Exception:
            return counts, f"wrong text with seed {seed}: {traceback.format_exc()[-2000:]}"
    return counts, ""
