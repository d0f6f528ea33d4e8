"""A file from version to version: what an edit does not concern is kept, the facts are those of a fresh analysis."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from paramlens.evaluate import standalone
from paramlens.evaluate.live import LiveFile, Watch
from paramlens.evaluate.run import FileRun
from paramlens.facts import Analysis
from paramlens.stack import on_deep_stack
from paramlens.syntax.code import Source
from paramlens.syntax.source import read_source
from paramlens.values import Interrupted

PATH = "/project/model.py"

LIBRARY = """\
import torch.nn as nn
from helper import WIDTH, register

def block(channels, out=8):
    return nn.Sequential(nn.Linear(channels, out), nn.BatchNorm1d(out))

class Head(nn.Module):
    scale = 2

    def __init__(self, channels):
        super().__init__()
        self.fc = nn.Linear(channels * self.scale, 10)

    def forward(self, x):
        return self.fc(x)

class Net(nn.Module):
    def __init__(self, width=WIDTH):
        super().__init__()
        self.body = block(width, 16)
        self.head = Head(16)

@register
def small():
    return Net(4)

def unrelated(n):
    return nn.Conv2d(n, 3, 1)
"""

SCRIPT = """\
import torch.nn as nn
width = 8
first = nn.Linear(3, width)
model = nn.Sequential()
model.append(first)
model.append(nn.Linear(width, 4))
other = nn.Linear(5, 6)
tied = nn.Linear(6, 6)
tied.weight = other.weight
"""

HELPER = """\
from functools import lru_cache
import torch.nn as nn
REGISTRY = []
WIDTH = 32
def register(function):
    REGISTRY.append(function)
    return function
@lru_cache
def shared():
    return nn.Sequential(nn.Linear(1, 1))
"""


class Editor:
    """A file that is edited. `alone` and `run` name what the last version evaluated again."""

    def __init__(self, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.files = {"/project/helper.py": HELPER}
        self.text = text
        self.alone: list[str] = []
        self.run: list[int] = []
        self.live = LiveFile(PATH, self.files.get)
        self._source: Source | None = None
        evaluate, run_one = standalone.evaluate_alone, FileRun._run_one
        monkeypatch.setattr(
            standalone,
            "evaluate_alone",
            lambda vm, candidate: (self.alone.append(candidate.name), evaluate(vm, candidate))[1],
        )
        monkeypatch.setattr(FileRun, "_run_one", lambda run, index: (self.run.append(index), run_one(run, index))[1])
        self.check()

    def edit(self, old: str, new: str) -> Analysis:
        assert self.text.count(old) == 1
        self.text = self.text.replace(old, new)
        return self.check()

    def check(self, watch: Watch | None = None) -> Analysis:
        """The analysis of the present text, which must be what a fresh one is."""
        self._source = source = read_source(PATH, self.text, self._source)
        self.alone.clear()
        self.run.clear()
        found = on_deep_stack(lambda: self.live.analysis(source, (), watch))
        alone, run = list(self.alone), list(self.run)
        fresh = on_deep_stack(lambda: LiveFile(PATH, self.files.get).analysis(read_source(PATH, self.text)))
        assert facts(found) == facts(fresh)
        self.alone[:], self.run[:] = alone, run
        return found


def facts(analysis: Analysis) -> Any:
    return analysis.sites, analysis.models, analysis.problems, dict(analysis.unknowns)


@pytest.fixture
def open_file(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Editor]]:
    return lambda text: Editor(text, monkeypatch)


def test_a_comment_evaluates_nothing(open_file: Callable[[str], Editor]) -> None:
    editor = open_file(LIBRARY)
    before = editor.check()
    after = editor.edit("return self.fc(x)", "return self.fc(x)  # note")
    assert (editor.alone, editor.run) == ([], [])
    assert all(a is b for a, b in zip(before.sites, after.sites, strict=True))


def test_the_body_of_a_function_concerns_those_that_called_it(open_file: Callable[[str], Editor]) -> None:
    editor = open_file(LIBRARY)
    editor.edit("nn.Conv2d(n, 3, 1)", "nn.Conv2d(n, 3, 5)")
    assert (editor.alone, editor.run) == (["unrelated"], [])
    editor.edit("self.scale, 10)", "self.scale, 11)")
    assert editor.run == []
    assert set(editor.alone) == {"Head", "Net", "small"}


def test_what_a_class_holds_concerns_those_that_name_it(open_file: Callable[[str], Editor]) -> None:
    editor = open_file(LIBRARY)
    editor.edit("scale = 2", "scale = 3")
    assert "unrelated" not in editor.alone
    assert {"Head", "Net"} <= set(editor.alone)


def test_lines_above_move_what_is_known(open_file: Callable[[str], Editor]) -> None:
    editor = open_file(LIBRARY)
    before = {site.place.line for site in editor.check().sites}
    after = editor.edit("class Head", "# one\n# two\nclass Head")
    assert editor.alone == []
    assert {site.place.line for site in after.sites} == {line if line < 7 else line + 2 for line in before}


def test_lines_within_a_function_move_what_is_known(open_file: Callable[[str], Editor]) -> None:
    editor = open_file(LIBRARY)
    editor.edit("        super().__init__()\n        self.fc", "        super().__init__()\n\n        self.fc")
    assert editor.alone == []


def test_statements_of_a_script_run_again_with_those_that_hang_on_them(open_file: Callable[[str], Editor]) -> None:
    editor = open_file(SCRIPT)
    editor.edit("nn.Linear(5, 6)", "nn.Linear(6, 6)")
    assert editor.run == [6, 7, 8]
    editor.edit("nn.Linear(width, 4)", "nn.Linear(width, 5)")
    assert editor.run == [3, 4, 5]
    editor.edit("width = 8", "width = 9")
    assert editor.run == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("width = 8", "widths = 8"),
        ("other = nn", "first = nn"),
        ("tied.weight = other.weight", "tied.bias = None"),
        ("model = nn.Sequential()", "model = nn.Sequential(nn.Linear(1, 1))"),
        ("width = 8\n", "width = 8\nwidth = 7\n"),
        ("first = nn.Linear(3, width)\n", ""),
    ],
)
def test_names_that_come_and_go(open_file: Callable[[str], Editor], old: str, new: str) -> None:
    editor = open_file(SCRIPT)
    editor.edit(old, new)
    editor.text = SCRIPT
    editor.check()


def test_what_a_run_changes_of_imported_modules_is_taken_back(open_file: Callable[[str], Editor]) -> None:
    head = "import torch.nn as nn\nfrom helper import REGISTRY, register\n"
    text = head + "register(3)\nx = nn.Linear(len(REGISTRY), 2)\n"
    editor = open_file(text)
    for number in range(4, 8):
        analysis = editor.edit(f"register({number - 1})", f"register({number})")
        assert [tally.total for site in analysis.sites for tally in site.tallies] == [4]


def test_what_a_run_adds_to_a_kept_result_is_taken_back(open_file: Callable[[str], Editor]) -> None:
    head = "import torch.nn as nn\nfrom helper import shared\nnet = shared()\n"
    editor = open_file(head + "net.append(nn.Linear(1, 1))\nx = 3\n")
    for number in range(3):
        analysis = editor.edit("x = 3\n", "\nx = 3\n")
        (model,) = analysis.models
        assert model.tally.total == 2 + 2, number
        editor.edit("nn.Linear(1, 1)", "nn.Linear(1, 2)")
        editor.edit("nn.Linear(1, 2)", "nn.Linear(1, 1)")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('exec("width = 32")', 'exec("width = 64")'),
        ('exec("width = 32")', "x = 1"),
        ("x = 1", 'exec("width = 32")'),
        ('exec("width = 32', 'exec("width = 32")'),
        ('exec("del width")', 'exec("width = 2")'),
        ('eval("globals().update(width=3)")', 'eval("globals().update(width=5)")'),
        ("import model\nmodel.width = 3", "import model\nmodel.width = 5"),
        ('exec("def f(): return 3\\nwidth = f()")', 'exec("def f(): return 4\\nwidth = f()")'),
    ],
)
def test_names_that_executed_text_binds(open_file: Callable[[str], Editor], old: str, new: str) -> None:
    head, tail = "from torch import nn\nwidth = 8\n", "\nfc = nn.Linear(width, 4)\n"
    open_file(head + old + tail).edit(old + "\n", new + "\n")
    open_file(f"from torch import nn\n{old}{tail}").edit(old + "\n", new + "\n")


def test_names_that_executed_text_reads(open_file: Callable[[str], Editor]) -> None:
    editor = open_file("from torch import nn\nwidth = 8\nexec('fc = nn.Linear(width, 4)')\nnet = nn.Sequential(fc)\n")
    editor.edit("width = 8", "width = 9")
    editor.edit("width = 9", "height = 9")


COUNTER = """\
from torch import nn
def counter(total):
    def step(by):
        nonlocal total
        total += by
        return total
    return step
step = counter(1)
if True:
    step(9)
def head(width=8):
    return nn.Linear(step(width), 2)
"""


def test_what_a_statement_changed_before_an_edit_and_does_not_now(open_file: Callable[[str], Editor]) -> None:
    editor = open_file(COUNTER)
    editor.edit("if True", "if False")
    editor.edit("if False", "if True")


FREEZING = """\
import keras
from keras import layers

inputs = keras.Input((4,))
first = layers.Dense(5)(inputs)
short = layers.Dense(5)(inputs)
long = layers.Dense(5)(first)
joined = layers.add([long, short])
model = keras.Model(inputs, layers.Dense(2)(joined))
model.layers[1].trainable = False
model.layers[2].trainable = False
"""


def test_what_runs_again_changes_what_did_not(open_file: Callable[[str], Editor]) -> None:
    editor = open_file(FREEZING)
    editor.edit("long = layers.Dense(5)(first)", "long")
    editor.edit("long\n", "long = layers.Dense(5)(first)\n")


def test_a_model_that_becomes_a_part_of_another_one(open_file: Callable[[str], Editor]) -> None:
    editor = open_file("from torch import nn\nfc = nn.Linear(2, 2)\nnet = nn.Seque@ntial(fc, nn.ReLU())\n")
    assert [model.name for model in editor.edit("Seque@ntial", "Sequential").models] == ["net"]
    assert [model.name for model in editor.edit("Sequential", "Seque@ntial").models] == ["fc"]


def test_a_file_that_changed_is_read_again(open_file: Callable[[str], Editor]) -> None:
    editor = open_file(LIBRARY)
    assert not editor.live.is_outdated(editor.files.get)
    editor.files["/project/helper.py"] = HELPER.replace("32", "64")
    assert editor.live.is_outdated(editor.files.get)
    assert editor.live.reads("/project/helper.py")
    editor.live.forget()
    editor.check()


def test_what_is_not_evaluated_yet_is_stale(open_file: Callable[[str], Editor]) -> None:
    editor = open_file(LIBRARY)
    early: list[Analysis] = []
    editor.text = editor.text.replace("self.scale, 10)", "self.scale, 12)")
    editor.check(Watch(early.append, 0.0, lambda: False))
    assert len(early) == 1
    by_line = {site.place.line: site for site in early[0].sites}
    assert 12 not in by_line or not by_line[12].stale
    assert by_line[25].stale
    assert not by_line[28].stale


def test_what_is_edited_is_told_before_what_was_never_reached(
    open_file: Callable[[str], Editor], monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = open_file(LIBRARY)
    editor.live.forget()
    with monkeypatch.context() as patched, contextlib.suppress(Interrupted):
        patched.setattr(standalone, "evaluate_alone", _stopping_at("unrelated"))
        editor.check()
    early: list[Analysis] = []
    editor.text = editor.text.replace("self.scale, 10)", "self.scale, 14)")
    final = editor.check(Watch(early.append, 9.0, lambda: False))
    assert [site.place.line for site in final.sites if site not in early[-1].sites] == [28]


def _stopping_at(name: str) -> Callable[..., Any]:
    evaluate_alone = standalone.evaluate_alone

    def evaluate(vm: Any, candidate: standalone.Candidate) -> standalone.Alone:
        if candidate.name == name:
            raise Interrupted
        return evaluate_alone(vm, candidate)

    return evaluate


@pytest.mark.parametrize("stop_after", range(1, 60, 7))
def test_an_interruption_leaves_nothing_behind(open_file: Callable[[str], Editor], stop_after: int) -> None:
    editor = open_file(LIBRARY)
    asked = itertools.count()
    editor.text = editor.text.replace("self.scale, 10)", "self.scale, 12)")
    source = read_source(PATH, editor.text)
    watch = Watch(lambda _: None, 9.0, lambda: next(asked) >= stop_after)
    with contextlib.suppress(Interrupted):
        on_deep_stack(lambda: editor.live.analysis(source, (), watch))
    editor.edit("nn.Conv2d(n, 3, 1)", "nn.Conv2d(n, 4, 1)")


def test_a_name_that_is_being_typed_hides_nothing_below(open_file: Callable[[str], Editor]) -> None:
    editor = open_file(LIBRARY)
    analysis = editor.edit("        self.fc =", "        self.f\n        self.fc =")
    assert any(site.place.line == 13 for site in analysis.sites)
