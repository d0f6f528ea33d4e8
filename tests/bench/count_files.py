"""How long `paramlens count` takes: cold (a new process each time) and warm (in one process), medians per file.

    python tests/bench/count_files.py [--rounds N] FILE...
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

SERVER = Path(__file__).resolve().parents[2] / "server"
sys.path.insert(0, str(SERVER))

from paramlens.jobs import Job, run  # noqa: E402
from paramlens.sources import load_source, read_source  # noqa: E402


def cold(file: str) -> float:
    """Seconds for a new process to print the report of the file."""
    command = [
        sys.executable,
        "-c",
        "from paramlens.cli import main; main()",
        "count",
        "--no-cache",
        "--format",
        "json",
        file,
    ]
    start = time.perf_counter()
    subprocess.run(command, env={"PYTHONPATH": str(SERVER)}, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def warm(file: str, text: str) -> float:
    """Seconds to analyse the text once more in this process."""
    start = time.perf_counter()
    run(Job(file, text), read_source)
    return time.perf_counter() - start


def main() -> None:
    """Print a row for each file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{'cold':>9} {'warm':>9} {'lines':>7}  file   (milliseconds, median of {arguments.rounds})")
    for file in arguments.files:
        path = str(Path(file).resolve())
        text = load_source(path)
        warm(path, text)
        times = [(cold(path), warm(path, text)) for _ in range(arguments.rounds)]
        medians = [statistics.median(column) * 1000 for column in zip(*times, strict=True)]
        print(f"{medians[0]:9.0f} {medians[1]:9.1f} {text.count(chr(10)) + 1:7}  {file}")


if __name__ == "__main__":
    main()
