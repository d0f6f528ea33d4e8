"""`paramlens check` beside `ruff check` on the same files: wall and processor seconds, peak memory of all processes.

    python tests/bench/check_speed.py [--python PATH] [--jobs N] [--most N] FOLDER...

Paramlens without its cache, then twice with a new one (the second time finds its results); ruff with its default rules
in the same way. Peaks are sums over the process and its children (proportional set sizes from /proc, fifty times a
second), so they are given on Linux alone.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SERVER = Path(__file__).resolve().parents[2] / "server"
sys.path.insert(0, str(SERVER))

from paramlens.cli.files import find  # noqa: E402

PARAMLENS = (sys.executable, "-c", "from paramlens.cli import main; main()", "check", "--exit-zero", "--format", "json")


@dataclass(frozen=True)
class Run:
    """What one command took."""

    wall: float  # seconds
    processor: float  # seconds, of all processes that have ended
    peak: int  # bytes; 0 where it is not known
    status: int


def main() -> None:
    """Print a row for each command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--python", help="the environment whose packages paramlens reads")
    parser.add_argument("--jobs", type=int, help="files that paramlens analyses at a time")
    parser.add_argument("--most", type=int, help="of each folder every n-th file, so that there are at most so many")
    options = parser.parse_args()
    program = Path(sys.executable).with_name("ruff")
    ruff = str(program) if program.is_file() else shutil.which("ruff")
    if ruff is None:
        raise SystemExit("ruff is not installed")
    for folder in options.folders:
        files = _files(folder, options.most)
        lines = sum(Path(file).read_bytes().count(b"\n") for file in files)
        print(f"\n{folder}: {len(files)} files, {lines:,} lines")
        print(f"{'wall s':>9} {'processor s':>12} {'peak MiB':>9} {'files/s':>9}  command")
        for name, run in _runs(files, ruff, options.python, options.jobs):
            peak = f"{run.peak / 2**20:9.0f}" if run.peak else f"{'-':>9}"
            bad = f"  (exit status {run.status})" if run.status else ""
            print(f"{run.wall:9.2f} {run.processor:12.2f} {peak} {len(files) / run.wall:9.1f}  {name}{bad}", flush=True)


def _files(folder: str, most: int | None) -> Sequence[str]:
    files = [file for file in find((folder,)).files if not file.endswith(".ipynb")]
    return files if most is None else files[:: -(-len(files) // most)]


def _runs(files: Sequence[str], ruff: str, python: str | None, jobs: int | None) -> Iterator[tuple[str, Run]]:
    own = [*PARAMLENS, *(("--python", python) if python else ()), *(("--jobs", str(jobs)) if jobs else ())]
    peer = [ruff, "check", "--isolated", "--exit-zero", "--quiet"]
    with tempfile.TemporaryDirectory() as folder:
        kept = {"PARAMLENS_CACHE_DIR": folder}
        yield "paramlens check --no-cache", measured([*own, "--no-cache", *files], {})
        yield "paramlens check, new cache", measured([*own, *files], kept)
        yield "paramlens check, again", measured([*own, *files], kept)
        cache = ["--cache-dir", os.path.join(folder, "ruff")]
        yield "ruff check --no-cache", measured([*peer, "--no-cache", *files], {})
        yield "ruff check, new cache", measured([*peer, *cache, *files], {})
        yield "ruff check, again", measured([*peer, *cache, *files], {})


def measured(command: Sequence[str], variables: dict[str, str]) -> Run:
    """Run the command and wait for it."""
    environment = {**os.environ, "PYTHONPATH": str(SERVER), **variables}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    peak = _Peak(process.pid)
    peak.start()
    status = process.wait()
    wall = time.perf_counter() - start
    peak.done.set()
    peak.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(wall, processor, peak.most, status)


class _Peak(threading.Thread):
    """The most memory that a process and what it started have at one moment."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.done = threading.Event()
        self.most = 0
        self._process = process

    def run(self) -> None:
        while not self.done.wait(0.02):
            self.most = max(self.most, sum(map(_memory, _family(self._process))))


def _family(process: int) -> Iterator[int]:
    yield process
    for path in Path("/proc", str(process), "task").glob("*/children"):
        try:
            children = path.read_text().split()
        except OSError:  # it has just ended
            continue
        for child in children:
            yield from _family(int(child))


def _memory(process: int) -> int:
    try:
        text = Path("/proc", str(process), "smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    main()
