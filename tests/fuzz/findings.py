"""What the fuzzers found, kept as files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

_KINDS = ("crashes", "hangs", "lost answers", "wrong facts", "others")


class Findings:
    """A line for each finding; the failing input lies in the folder."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.seed = seed
        self.lines: list[str] = []
        self._kinds: Counter[str] = Counter()

    def add(self, part: str, number: int, fault: str, text: str) -> None:
        """Keep the input of a case, and say what it did."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{part}-{self.seed}-{number}.txt"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        self._kinds[_kind(fault)] += 1
        self.lines.append(f"{part} --seed {self.seed} --first {number}: {fault[:1500]} (kept as {path.name})")

    def kinds(self) -> dict[str, int]:
        return {kind: self._kinds[kind] for kind in _KINDS}


def _kind(fault: str) -> str:
    words = {"lost": 2, "slow": 1, "hang": 1, "crash": 0, "the server": 0, "traceback": 0, "wrong": 3, "an edit": 3}
    return next((_KINDS[kind] for word, kind in words.items() if fault.startswith(word)), _KINDS[-1])
