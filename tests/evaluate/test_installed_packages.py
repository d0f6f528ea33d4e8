"""Installed packages as source: what they switch by environment variables, load late and register."""

from __future__ import annotations

from pathlib import Path

import pytest
from paramlens.evaluate.analyze import analyze
from paramlens.evaluate.environment import Environment, requirements_of

PACKAGE = {
    "zoo/__init__.py": """
from typing import TYPE_CHECKING

from .switches import width

if TYPE_CHECKING:
    from .models import *
    from .models.other import Named
else:
    import sys

    sys.modules[__name__] = Lazy(__name__)
""",
    "zoo/models/__init__.py": """
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .other import *
    from .small import *
""",
    "zoo/models/small.py": """
from torch import nn

from ..other_things import helper


class SmallModel(nn.Linear):
    def __init__(self):
        super().__init__(3, 4)
""",
    "zoo/models/other.py": """
from torch import nn


class Named(nn.Linear):
    def __init__(self):
        super().__init__(2, 2)
""",
    "zoo/switches.py": """
import os

try:
    import hub
    from hub.client import download

    has_hub = True
except ImportError:
    has_hub = False

try:
    import elsewhere

    has_elsewhere = True
except ImportError:
    has_elsewhere = False

wide = os.environ.get("ZOO_WIDE", "0") == "1" or "ZOO_WIDEST" in os.environ


def width():
    return 8 if wide else 4


def depth():
    return (1 if has_hub else 5) + (100 if has_elsewhere else 0)
""",
    "zoo/tables.py": """
cfgs = {"a": {"notes": ("x",)}, "b": {}}

marked = [name for name, cfg in cfgs.items() if cfg.get("notes")]
for name in marked:
    cfgs[name + "_marked"] = {}

cfgs = list(cfgs)


def decorate(*args):
    return lambda made: made


@decorate("a")
def first():
    return second()


@decorate("b")
def second():
    return 3
""",
    "zoo-1.0.dist-info/METADATA": (
        "Metadata-Version: 2.1\nName: zoo\nRequires-Dist: hub>=1.0\nRequires-Dist: elsewhere; extra == 'all'\n\n"
        "Requires-Dist: text\n"
    ),
}


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    root = tmp_path / "site-packages"
    for name, text in PACKAGE.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def totals(packages: Path, text: str) -> dict[str, object]:
    file = packages.parent / "main.py"
    file.write_text(text)
    analysis = analyze(str(file), text, environment=Environment((str(packages),)))
    return {model.name: model.tally.total for model in analysis.models if model.tally.status.value == "exact"}


def test_environment_variables_that_switch_a_package_are_unset(packages: Path) -> None:
    text = "from torch import nn\nfrom zoo import width\nnet = nn.Linear(3, width())\n"
    assert totals(packages, text) == {"net": 16}


def test_unless_the_program_sets_them(packages: Path) -> None:
    text = "import os\nos.environ['ZOO_WIDE'] = '1'\nfrom torch import nn\nfrom zoo import width\n"
    text += "net = nn.Linear(3, width())\n"
    assert totals(packages, text) == {}


def test_the_variables_of_the_program_itself_are_not_known(packages: Path) -> None:
    text = "import os\nfrom torch import nn\nnet = nn.Linear(3, int(os.environ.get('WIDTH', 4)))\n"
    assert totals(packages, text) == {}


def test_what_a_package_requires_is_taken_to_be_there(packages: Path) -> None:
    assert requirements_of("zoo", (str(packages),)) == {"hub"}
    text = "from torch import nn\nfrom zoo.switches import depth\nnet = nn.Linear(3, depth())\n"
    assert totals(packages, text) == {"net": 4}


def test_names_that_only_type_checkers_are_told_of(packages: Path) -> None:
    text = "import zoo\nfrom zoo import SmallModel\na = SmallModel()\nb = zoo.Named()\n"
    assert totals(packages, text) == {"a": 16, "b": 6}


def test_statements_of_a_module_run_in_its_order(packages: Path) -> None:
    text = "from torch import nn\nfrom zoo.tables import cfgs, first\nnet = nn.Linear(len(cfgs), first())\n"
    assert totals(packages, text) == {"net": 12}
