"""Imports from the root of a repository, whose folders need no `__init__.py`."""

from __future__ import annotations

from pathlib import Path

from paramlens.evaluate.analyze import analyze
from paramlens.evaluate.environment import find_environment


def test_a_file_in_a_folder_imports_from_the_repository_root(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("A model.\n")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "blocks.py").write_text("from torch import nn\ndef block(n):\n    return nn.Linear(n, n)\n")
    text = "from models.blocks import block\nnet = __import__('torch').nn.Sequential(block(3))\n"
    path = tmp_path / "models" / "net.py"
    path.write_text(text)
    models = analyze(str(path), text, environment=find_environment(path.parent)).models
    assert [(m.name, m.tally.total) for m in models] == [("net", 12)]
