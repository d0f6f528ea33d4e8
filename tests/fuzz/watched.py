"""Programs and edits in a process of their own, which is watched: a crash or a hang of it is a finding."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from .findings import Findings
from .programs import Tried, case, try_case

_ROOT = Path(__file__).resolve().parents[2]
HANG = 60.0
"""Seconds without a word from the process. One case analyses up to a few dozen texts of 2 s at most, most in 0.05 s."""


def work(seed: int, first: int, count: int, end: float) -> int:
    """In the process: try the cases and print a line before and after each."""
    for number in range(first, first + count):
        if time.monotonic() > end:
            break
        print(json.dumps({"start": number}), flush=True)
        tried = Tried()
        try_case(tried, case(seed, number))
        found = [(fault, case.versions) for fault, case in tried.findings]
        print(json.dumps({"counts": tried.counts, "found": found}), flush=True)
    print(json.dumps({"end": True}), flush=True)
    return 0


def watch_programs(findings: Findings, seed: int, first: int, count: int, end: float) -> Counter[str]:
    """Try cases until the time is over; a process that crashes or hangs is replaced by one that goes on behind it."""
    counts: Counter[str] = Counter()
    last = first + count
    while first < last and time.monotonic() < end:
        options = {"--seed": seed, "--first": first, "--count": last - first, "--seconds": end - time.monotonic()}
        words = [str(word) for pair in options.items() for word in pair]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz", "--worker", *words], cwd=_ROOT, stdout=subprocess.PIPE, text=True
        )
        try:
            number, fault = _listen(process, findings, counts, first)
        finally:
            process.kill()
            process.wait()
        if not fault:
            break
        findings.add("programs", number, fault, _written(case(seed, number).versions))
        first = number + 1
    return counts


def _listen(process: subprocess.Popen[str], findings: Findings, counts: Counter[str], number: int) -> tuple[int, str]:
    """The last case that was begun, and what went wrong with the process there; empty when it ended by itself."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    stream = process.stdout
    assert stream is not None

    def read() -> None:
        for line in stream:
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=HANG)
        except queue.Empty:
            return number, f"hang: nothing for {HANG:g} s"
        if not line:
            return number, f"crash: the process ended with {process.wait()}"
        said = json.loads(line)
        if "end" in said:
            return number, ""
        number = said.get("start", number)
        counts.update(said.get("counts", {}))
        for fault, versions in said.get("found", ()):
            findings.add("programs", number, fault, _written(versions))


def _written(versions: tuple[str, ...] | list[str]) -> str:
    return versions[0] if len(versions) == 1 else json.dumps(versions, indent=1)
