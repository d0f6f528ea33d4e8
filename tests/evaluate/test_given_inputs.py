"""`# paramlens: input (…)` gives a model the input the code does not show; models that other files make are seen."""

from __future__ import annotations

from pathlib import Path

from paramlens.evaluate.analyze import analyze
from paramlens.facts import Status

LAZY = """
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.LazyConv2d(8, 3)
        self.head = nn.LazyLinear(10)

    def forward(self, x):
        return self.head(self.conv(x).flatten(1))

net = Net()  # paramlens: input {shape}
"""


def test_the_comment_materialises_lazy_modules() -> None:
    (model,) = analyze("net.py", LAZY.format(shape="(1, 3, 8, 8)")).models
    assert (model.tally.status, model.tally.total) == (Status.EXACT, 3_114)  # torch: 224 + 2,890


def test_without_a_shape_the_count_is_not_known() -> None:
    (model,) = analyze("net.py", LAZY.format(shape="(1, 3, 8, 8)").replace("# paramlens", "# note")).models
    assert model.tally.status is Status.UNKNOWN


def test_a_comment_that_cannot_be_read_is_reported_where_it_stands() -> None:
    analysis = analyze("net.py", LAZY.format(shape="(1, x)"))
    (problem,) = analysis.problems
    assert (problem.rule, problem.place.line) == ("comment", 13)
    assert "input (1, 3, 224, 224)" in problem.message


def test_a_comment_on_a_line_without_a_model_is_reported() -> None:
    (problem,) = analyze("net.py", "x = 1  # paramlens: input (1, 3)\n").problems
    assert problem.message == "no model is made on the line of this comment"


def test_a_model_that_another_file_makes_stands_where_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "factory.py").write_text("import torch.nn as nn\n\ndef make(n):\n    return nn.Linear(n, 3)\n")
    path = tmp_path / "main.py"
    (model,) = analyze(str(path), "from factory import make\n\nnet = make(4)\n").models
    assert (model.name, model.tally.total, model.place.line, model.place.column) == ("net", 15, 3, 7)
