"""Fuzz for a while and say what was found.

    python -m tests.fuzz --seconds 90 --seed 1

Programs and edits run in a process of their own, so that one that crashes or hangs is found too. What is found is kept
under build/fuzz, with the seed and the number of the case. Exit status: 0 nothing was found, 1 something was.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_ROOT / "server"))

from .conversations import fault_of_conversation, messages_of, smaller  # noqa: E402
from .documents import fault_of_documents  # noqa: E402
from .findings import Findings  # noqa: E402
from .programs import sure  # noqa: E402
from .watched import watch_programs, work  # noqa: E402

_MESSAGES = 200
"""In one conversation."""


def main() -> int:
    """Run the parts in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=90.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=("programs", "documents", "messages"), action="append")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the number of the first case")
    parser.add_argument("--count", type=int, default=10**9, metavar="N", help="how many cases of a part at most")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        return work(chosen.seed, chosen.first, chosen.count, time.monotonic() + chosen.seconds)
    parts = chosen.part or ["documents", "messages", "programs"]
    shares = {"documents": 0.1, "messages": 0.3, "programs": 0.6}
    whole = sum(shares[part] for part in parts)
    findings = Findings(_ROOT / "build" / "fuzz", chosen.seed)
    counts: Counter[str] = Counter()
    for part in parts:
        end = time.monotonic() + chosen.seconds * shares[part] / whole
        if part == "programs":
            counts += watch_programs(findings, chosen.seed, chosen.first, chosen.count, end)
        elif part == "messages":
            counts += _converse(findings, chosen.seed, chosen.first, chosen.count, end)
        else:
            found, fault = fault_of_documents(chosen.seed, end)
            counts += found
            if fault:
                findings.add("documents", 0, fault, fault)
    return _report(counts, findings, chosen.seed)


def _converse(findings: Findings, seed: int, first: int, count: int, end: float) -> Counter[str]:
    counts: Counter[str] = Counter()
    for number in range(first, first + count):
        if time.monotonic() > end:
            break
        messages = messages_of(seed, number, _MESSAGES)
        found = fault_of_conversation(messages, counts=counts)
        if fault := sure(found, partial(fault_of_conversation, messages)):
            small = smaller(messages, fault, fault_of_conversation, tries=12)
            findings.add("messages", number, fault, "\n".join(map(json.dumps, small)))
    return counts


def _report(counts: Counter[str], findings: Findings, seed: int) -> int:
    print(f"seed {seed}: {sum(counts[key] for key in ('programs', 'edits', 'text edits', 'messages'))} tried")
    for key, count in sorted(counts.items()):
        print(f"  {key:<12} {count:>8,}")
    for kind, found in findings.kinds().items():
        print(f"  {kind:<12} {found:>8,}")
    for line in findings.lines:
        print(line)
    return 1 if findings.lines else 0


if __name__ == "__main__":
    sys.exit(main())
