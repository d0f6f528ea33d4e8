"""docs/layers.md is what the declarations say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_page_of_layers_is_current() -> None:
    found = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "layer_docs.py"), "--check"],
        cwd=ROOT / "server",
        env={"PYTHONPATH": str(ROOT / "server"), "PYTHONHASHSEED": "random"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr
