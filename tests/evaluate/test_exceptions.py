"""What may raise: handlers of operations whose outcome is not known."""

from __future__ import annotations

from paramlens.evaluate.analyze import analyze
from paramlens.facts import Status

HEAD = "import contextlib, os\nfrom torch import nn\nflag = bool(os.environ.get('HOME'))\n"


def status(text: str, name: str) -> tuple[Status, object]:
    model = next(model for model in analyze("model.py", HEAD + text).models if model.name == name)
    return model.tally.status, model.tally.total


def test_a_handler_that_an_open_may_reach_is_joined() -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        try:
            open("weights.txt")
            self.b = nn.Linear(7, 7)
        except FileNotFoundError:
            self.c = nn.Linear(3, 9)
net = Net()
"""
    assert status(text, "net")[0] is not Status.EXACT


def test_a_raise_under_an_unknown_condition_may_be_caught() -> None:
    text = """
try:
    if flag:
        raise ValueError("x")
    width = 3
except ValueError:
    width = 5
net = nn.Linear(width, 2)
"""
    assert status(text, "net")[0] is not Status.EXACT


def test_a_body_that_may_be_suppressed_is_not_certain() -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        with contextlib.suppress(FileNotFoundError):
            open("weights.txt")
            self.b = nn.Linear(3, 3)
net = Net()
"""
    assert status(text, "net")[0] is not Status.EXACT


def test_loading_weights_in_a_try_keeps_the_count() -> None:
    text = """
import torch
net = nn.Linear(4, 4)
try:
    net.load_state_dict(torch.load("weights.pt"))
except Exception as error:
    print("no weights", error)
"""
    assert status(text, "net") == (Status.EXACT, 20)


def test_a_known_body_keeps_its_count() -> None:
    text = """
try:
    net = nn.Linear(3, 3)
except RuntimeError:
    net = nn.Linear(4, 4)
"""
    assert status(text, "net") == (Status.EXACT, 12)


def test_an_attribute_that_may_be_missing_may_reach_the_handler() -> None:
    for asked in ("nn.missing", "layer = nn.missing", "nn.missing.part"):
        text = f"n = 5\ntry:\n    {asked}\nexcept AttributeError:\n    n = 37\nnet = nn.Linear(n, 7)\n"
        model = next(model for model in analyze("model.py", HEAD + text).models if model.name == "net")
        assert model.tally.status is not Status.EXACT
