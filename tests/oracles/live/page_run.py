"""Run a section of a page with the real frameworks and note every layer that its calls construct."""

from __future__ import annotations

import ast
import contextlib
import io
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

import keras
import torch
from mdtest_pages import MAIN, Section

_MAY_FAIL = ("error", "unknown")
Span: TypeAlias = tuple[int, int, int, int]  # line, column, end line, end column, as in `ast`


class PageRun:
    """`names` of the main file at the end; `made`: file → where a call stands → the layers that it constructed."""

    def __init__(self, section: Section, folder: Path) -> None:
        self.folder = folder
        self.made: dict[str, dict[Span, list[Any]]] = defaultdict(lambda: defaultdict(list))
        self.early: dict[int, tuple[int, int] | None] = {}  # torch: counts as the constructor left them
        self.names: dict[str, Any] = {"__name__": "__main__"}
        section.write(folder)
        main = section.files.get(MAIN) or next(iter(section.files.values()))
        path = folder / main.name
        may_fail = {e.line for e in main.expectations() if e.key in _MAY_FAIL}
        self.names["__file__"] = str(path)
        with _imports_from(folder), _noting(self), contextlib.redirect_stdout(io.StringIO()):
            torch.manual_seed(0)
            for statement in ast.parse(main.text, str(path)).body:
                self._run(statement, str(path), may_fail)
            self.called = {call.text: eval(call.text, self.names) for call in section.calls}

    def _run(self, statement: ast.stmt, path: str, may_fail: set[int]) -> None:
        lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
        try:
            exec(compile(ast.Module([statement], []), path, "exec"), self.names)
        except Exception:
            if not may_fail.intersection(lines):
                raise

    def note(self, layer: Any) -> None:
        """Find the page's line whose call constructs `layer`; what a framework layer makes inside belongs to it."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            code = frame.f_code
            first = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
            on_page = code.co_filename.startswith(str(self.folder))
            if first is layer:
                pass
            elif on_page:
                name = Path(code.co_filename).relative_to(self.folder).as_posix()
                layers = self.made[name][_span(frame)]
                if not any(layer is one for one in layers):
                    layers.append(layer)
                return
            elif isinstance(first, torch.nn.Module | keras.layers.Layer):
                return
            frame = frame.f_back

    def made_by_line(self, file: str, line: int) -> list[list[int]]:
        """The counts of each call on a line that made parameters; not of calls within another one that ends there."""
        spans = {span: layers for span, layers in self.made[file].items() if span[0] == line}
        found = []
        for span in sorted(spans, key=lambda span: span[1]):
            if not any(other != span and _covers(other, span) for other in spans):
                sizes = [count[0] for layer in spans[span] if (count := self.constructed(layer))]
                if any(sizes):
                    found.append(sizes)
        return found

    def constructed(self, layer: Any) -> tuple[int, int] | None:
        """What is shown at a constructor: torch's count there, since a list that is filled later holds nothing yet."""
        return self.early.get(id(layer)) or counts(layer) if is_torch(layer) else counts(layer)

    def profile(self, frame: FrameType, event: str, argument: Any) -> None:
        """Count a torch module whenever one of its `__init__` returns; the last of them is the outermost."""
        if event == "return" and frame.f_code.co_name == "__init__" and frame.f_code.co_argcount:
            layer = frame.f_locals.get(frame.f_code.co_varnames[0])
            if is_torch(layer) and "_parameters" in vars(layer):
                self.early[id(layer)] = counts(layer)


def _span(frame: FrameType) -> Span:
    """Of the call that a frame is in."""
    line, end_line, column, end_column = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
    return line or frame.f_lineno, column or 0, end_line or frame.f_lineno, end_column or 0


def _covers(outer: Span, inner: Span) -> bool:
    return outer[0] == outer[2] == inner[2] and outer[1] <= inner[1] and inner[3] <= outer[3]


@contextlib.contextmanager
def _imports_from(folder: Path) -> Iterator[None]:
    """The section's other files can be imported, and are forgotten afterwards."""
    before, arguments = set(sys.modules), sys.argv
    sys.path.insert(0, str(folder))
    sys.argv = [MAIN]
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        sys.argv = arguments
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "") or "").startswith(str(folder)):
                del sys.modules[name]


@contextlib.contextmanager
def _noting(run: PageRun) -> Iterator[None]:
    made_torch, made_keras = torch.nn.Module.__init__, keras.layers.Layer.__init__

    def torch_init(self: Any, *args: Any, **kwargs: Any) -> None:
        made_torch(self, *args, **kwargs)
        run.note(self)

    def keras_init(self: Any, *args: Any, **kwargs: Any) -> None:
        made_keras(self, *args, **kwargs)
        run.note(self)

    torch.nn.Module.__init__, keras.layers.Layer.__init__ = torch_init, keras_init
    sys.setprofile(run.profile)
    try:
        yield
    finally:
        sys.setprofile(None)
        torch.nn.Module.__init__, keras.layers.Layer.__init__ = made_torch, made_keras


def is_torch(layer: Any) -> bool:
    """Whether it is a torch module (with Keras on torch, Keras layers are such too and do not count as one)."""
    return isinstance(layer, torch.nn.Module) and not isinstance(layer, keras.layers.Layer)


def counts(layer: Any) -> tuple[int, int] | None:
    """(all, trainable) parameters, by the framework's own meaning; None before they are made."""
    if isinstance(layer, keras.layers.Layer):
        inner = [one for one in layer._flatten_layers() if one is not layer]
        if not layer.built and not (inner and all(one.built for one in inner)):
            return None
        total, trainable = _sum(layer.weights), _sum(layer.trainable_weights)
        assert not layer.built or total == layer.count_params()
        return total, trainable
    if is_torch(layer):
        parameters = list(layer.parameters())
        if any(isinstance(one, torch.nn.parameter.UninitializedParameter) for one in parameters):
            return None
        return _sum(parameters), _sum(one for one in parameters if one.requires_grad)
    return None


def _sum(weights: Iterable[Any]) -> int:
    return sum(math.prod(shape) for shape in {id(weight): tuple(weight.shape) for weight in weights}.values())
