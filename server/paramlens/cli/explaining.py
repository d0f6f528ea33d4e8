"""`paramlens explain`: what the hover says of a count.

paramlens explain model.py:12
paramlens explain "layers.Dense(64)(keras.Input((128,)))"
"""

from __future__ import annotations

import ast
import os
import re

import click

from paramlens.cli import runs
from paramlens.facts import Analysis
from paramlens.features.hover import hover
from paramlens.settings import Settings

_LINE = re.compile(r"(.+?):(\d+)(?::(\d+))?")
_PRELUDE = {
    "torch": "import torch",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
    "keras": "import keras",
    "layers": "from keras import layers",
    "tf": "import tensorflow as tf",
    "np": "import numpy as np",
}


def explain(target: str, python: str | None) -> int:
    """Print the derivations. Returns the exit status: 2 where there is nothing to explain."""
    match = _LINE.fullmatch(target)
    if match is not None and os.path.exists(match[1]):
        return _of_line(match[1], int(match[2]), int(match[3]) if match[3] else None, python)
    return _of_expression(target, python)


def _of_line(path: str, line: int, column: int | None, python: str | None) -> int:
    result = next(iter(runs.analyse([path], (), python)))
    if result.analysis is None:
        return _refuse(result.error)
    starts = sorted({(s.place.line, s.place.column) for s in result.analysis.sites if s.place.path == _path(result)})
    columns = [column] if column is not None else [start for at, start in starts if at == line]
    return _print(result.analysis, result.settings, [(line, each) for each in columns], f"{path}:{line}")


def _path(result: runs.Result) -> str:
    return result.analysis.path if result.analysis is not None else ""


def _of_expression(text: str, python: str | None) -> int:
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _refuse(f"{text}: neither FILE:LINE nor an expression")
    roots = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)})
    head = [_PRELUDE.get(name, f"import {name}") for name in roots]
    source = "\n".join([*head, f"result = ({text.strip()})", ""])
    name = os.path.join(os.getcwd(), "<expression>.py")
    result = next(iter(runs.analyse([name], (), python, texts={name: source})))
    if result.analysis is None:
        return _refuse(result.error)
    places = [site.place for site in result.analysis.sites if site.place.path == result.analysis.path]
    starts = list(dict.fromkeys((place.line, place.column) for place in places))
    return _print(result.analysis, result.settings, starts, text)


def _print(analysis: Analysis, settings: Settings, starts: list[tuple[int, int]], target: str) -> int:
    shown = [hover(analysis, line, column, settings.costs) for line, column in starts]
    texts = list(dict.fromkeys(found.plain for found in shown if found is not None))
    if not texts:
        return _refuse(f"{target}: nothing that makes a layer stands there")
    click.echo("\n\n".join(texts))
    return 0


def _refuse(message: str) -> int:
    click.echo(f"paramlens: {' '.join(message.split())}", err=True)
    return 2
