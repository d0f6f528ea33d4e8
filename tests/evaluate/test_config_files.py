"""Configuration files beside the program are read; what is not there, or not for certain, stays unknown."""

from __future__ import annotations

import pytest
from paramlens.evaluate.analyze import analyze
from paramlens.evaluate.environment import Environment
from paramlens.facts import Status

FILES = {
    "/project/config.json": '{"inputs": 20, "model": {"hidden": 33}}',
    "/project/net.yaml": "net:\n  dims: [8, 16, 4]\n  extra: {bias: false}\nrate: 1e-4\n",
    "/project/layers.cfg": "# widths\n[dense]\nunits=6\n\n[dense]\nunits = 3\nbias=0\n",
    "/project/options.py": (
        "import sys\nfor word in sys.argv[1:]:\n    name, text = word.split('=')\n    globals()[name] = text\n"
    ),
    "/project/twice.json": "[1]",
    "/project/scripts/twice.json": "[2]",
}


def counts(text: str) -> dict[str, int | None]:
    result = analyze("/project/scripts/main.py", text, read=FILES.get, environment=Environment((), ("/project",)))
    return {m.name: m.tally.total if m.tally.status is Status.EXACT else None for m in result.models}


def test_json_of_the_workspace() -> None:
    text = """
import argparse, json, os
import torch.nn as nn
parser = argparse.ArgumentParser()
parser.add_argument("--config", default="config.json")
args = parser.parse_args()
with open(args.config) as file:
    config = json.load(file)
a = nn.Linear(config["inputs"], config["model"]["hidden"])
here = os.path.dirname(os.path.abspath(__file__))
written = open(os.path.join(here, "..", "config.json")).read()
b = nn.Linear(json.loads(written)["inputs"], 1)
"""
    assert counts(text) == {"a": 693, "b": 21}


def test_yaml_of_the_workspace() -> None:
    text = """
import yaml
import torch.nn as nn
with open("net.yaml") as file:
    net = yaml.load(file, Loader=yaml.FullLoader)["net"]
a = nn.Sequential(*[nn.Linear(i, o, **net["extra"]) for i, o in zip(net["dims"], net["dims"][1:])])
"""
    assert counts(text) == {"a": 192}


@pytest.mark.parametrize("path", ["missing.json", "twice.json", "words.txt"])
def test_what_is_not_certain_stays_unknown(path: str) -> None:
    text = f"""
import json
import torch.nn as nn
sizes = json.load(open("{path}"))
a = nn.Linear(sizes[0], 1)
"""
    assert counts(text) == {"a": None}


def test_a_file_that_is_written_is_not_read() -> None:
    text = """
import json
import torch.nn as nn
with open("config.json", "w") as file:
    sizes = json.load(file)
a = nn.Linear(sizes["inputs"], 1)
"""
    assert counts(text) == {"a": None}


def test_text_that_the_program_takes_apart() -> None:
    text = """
import torch.nn as nn


def blocks(path):
    found = []
    for line in open(path).read().split("\\n"):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            found.append({"type": line[1:-1], "bias": "1"})
        else:
            key, value = line.split("=")
            found[-1][key.strip()] = value.strip()
    return found


layers, width = nn.Sequential(), 4
for at, block in enumerate(blocks("layers.cfg")):
    layers.add_module(f"{block['type']}_{at}", nn.Linear(width, int(block["units"]), bias=bool(int(block["bias"]))))
    width = int(block["units"])
with open("layers.cfg") as file:
    first = file.readline()
    rest = file.readlines()
net = nn.Sequential(layers, nn.Linear(len(first), len(rest)))
"""
    assert counts(text)["net"] == 30 + 18 + 9 * 6 + 6


def test_a_binary_file_gives_bytes() -> None:
    text = """
import torch.nn as nn
kind = {b"# widths\\n": 5, "# widths\\n": 6}
a = nn.Linear(kind[open("layers.cfg", "rb").readline()], len(open("layers.cfg", "rb").read().decode().split()))
"""
    assert counts(text) == {"a": 5 * 9 + 9}


def test_options_that_a_program_sets_by_name() -> None:
    text = """
import torch.nn as nn

width = 4
exec(open("options.py").read())
net = nn.Linear(width, 1)
other = nn.Linear(2, 1)
"""
    assert counts(text) == {"net": None, "other": 3}
