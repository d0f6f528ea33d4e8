"""Writes docs/layers.md from the layer declarations; with --check only tells whether the page is up to date."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from generated import ROOT, write_or_check
from paramlens.layers.bind import apply, bind
from paramlens.layers.catalogue import LAYERS
from paramlens.layers.declare import Axes, Built, Child, LayerDeclaration
from paramlens.values import Undetermined

PAGE = ROOT / "docs" / "layers.md"
FRAMEWORKS = {"keras": "Keras", "torch": "PyTorch", "einops": "einops"}
INTRODUCTION = """\
# Layers

<!-- Written by tools/layer_docs.py from the declarations in server/paramlens/layers; do not edit. -->

Every layer class that Paramlens knows, with the weights it makes, one example and the parameters of that example. A
weight's shape names its axes and their sizes in the example; weights that the framework counts as not trainable are in
*italics*. Every row is tested: the example by itself, and its layer against the framework with drawn arguments.

Any import path that the framework offers leads to the same layer (`tf.keras.layers.Dense`, `keras.src.layers.Dense`,
`torch.nn.modules.linear.Linear`); other names of a class stand behind it. Sizes of examples are those of the inputs and
the output of one call. Layers that only wrap another framework's model have no example.
"""


@dataclass
class Made:
    """A layer as its declaration makes it; for other rules it is a `LayerHandle`."""

    declaration: LayerDeclaration
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    built: Built | None = None

    @property
    def class_name(self) -> str:
        return self.declaration.name

    def attribute(self, name: str, default: Any = None) -> Any:
        if self.built is not None and name in self.built.attributes:
            return self.built.attributes[name]
        return bind(self.declaration, self.args, self.kwargs).arguments.get(name, default)

    def build(self, *inputs: Any) -> Any:
        """Apply the rule to the shapes of a call; the shape that it returns, where it says."""
        given = dict(zip(self.declaration.inputs, inputs, strict=False))
        self.built = self.built or apply(self.declaration, bind(self.declaration, self.args, self.kwargs), given)
        if self.built.forward is not None:
            return self.built.forward(*inputs) if inputs else None
        return self.built.output() if callable(self.built.output) else self.built.output

    def prepare(self, shape: Any) -> bool:
        return False  # no class written by a user

    def clone(self, **changes: Any) -> Made:
        return Made(self.declaration, self.args, {**self.kwargs, **changes})


@dataclass(frozen=True, slots=True)
class Example:
    """`call : shapes : count` of a declaration, and what the layer of the call makes."""

    call: str
    shapes: str
    count: str
    built: Built


def page() -> str:
    """The whole page."""
    public = {d.name: d for d in LAYERS.values() if not d.name.rsplit(".", 1)[1].startswith("_")}
    parts = [INTRODUCTION]
    for framework in sorted({d.framework for d in public.values()}, key=_framework_order):
        layers = [d for d in public.values() if d.framework == framework]
        parts.append(f"## {FRAMEWORKS.get(framework, framework)}\n\n{len(layers)} layers.\n")
        parts += [_section(group) for _, group in groupby(sorted(layers, key=_order), key=_module)]
    return "\n".join(parts)


def _framework_order(framework: str) -> tuple[int, str]:
    known = list(FRAMEWORKS)
    return (known.index(framework) if framework in known else len(known), framework)


def _module(declaration: LayerDeclaration) -> str:
    return declaration.rule.__module__


def _order(declaration: LayerDeclaration) -> tuple[str, str]:
    return _module(declaration), declaration.name


def _section(declarations: Iterable[LayerDeclaration]) -> str:
    """The layers of one module under its name, those with weights and those without in the same table."""
    layers = list(declarations)
    name = _module(layers[0])
    title = name.rsplit(".", 1)[1].replace("_", " ").capitalize()
    lines = [f"### {title}", "", _first_sentence(inspect.getdoc(importlib.import_module(name)) or ""), ""]
    lines += ["| Layer | Weights | Example | Parameters | |", "|---|---|---|--:|---|"]
    return "\n".join([*lines, *(_row(layer) for layer in layers), ""])


def _row(declaration: LayerDeclaration) -> str:
    cells = [_names(declaration), "", "", "", _first_sentence(declaration.doc)]
    if declaration.examples:
        example = _example(declaration)
        written = f"`{example.call}`" + (f"<br>`{example.shapes}`" if "*" not in example.shapes else "")
        cells[1:4] = [_weights(example.built), written, example.count]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _names(declaration: LayerDeclaration) -> str:
    """The class, and the other class names it goes by."""
    path, _, own = declaration.name.rpartition(".")
    others = {alias.rsplit(".", 1)[1] for alias in declaration.aliases} - {own}
    usual = path in ("keras.layers", "torch.nn")
    shown = own if usual else declaration.name
    return f"`{shown}`" + "".join(f"<br>`{other}`" for other in sorted(others))


def _weights(built: Built) -> str:
    """The weights by name and shape, then the layers that it owns, those of one class together."""
    own = [f"`{name} {_axes(weight)}`" for name, weight in built.weights.items() if weight is not None]
    own += [f"*`{name} {_axes(weight)}`*" for name, weight in built.frozen.items() if weight is not None]
    children: dict[str, list[str]] = {}
    for name, child in built.children.items():
        children.setdefault(_child(child), []).append(name)
    return "<br>".join([*own, *(f"`{', '.join(_range(names))}: {kind}`" for kind, names in children.items())])


def _axes(weight: Any) -> str:
    """`(in_features, units) = (128, 64)`; the sizes alone where a shape names no axes."""
    sizes = _tuple(str(size) for size in (weight.sizes if isinstance(weight, Axes) else weight))
    return f"{_tuple(weight.names)} = {sizes}" if isinstance(weight, Axes) and weight.names else sizes


def _tuple(items: Iterable[str]) -> str:
    return f"({', '.join(items)})"


def _range(names: list[str]) -> list[str]:
    """The names, or the first and the last one of many."""
    return names if len(names) <= 3 else [f"{names[0]} … {names[-1]}"]


def _child(child: Any) -> str:
    return (child.cls if isinstance(child, Child) else child.class_name).rsplit(".", 1)[1]


def _first_sentence(text: str) -> str:
    """The first sentence of a docstring, on one line, without its full stop."""
    paragraph = " ".join(text.split("\n\n")[0].split())
    return paragraph.split(". ")[0].rstrip(".:")


# ------------------------------------------------------------------------------------------------------------- examples


def _example(declaration: LayerDeclaration) -> Example:
    """The first example, made."""
    call, shapes, count = declaration.examples[0].rsplit(" : ", 2)
    left = shapes.split(" -> ")[0]
    layer = _value(ast.parse(call, mode="eval").body, declaration)
    assert isinstance(layer, Made)
    shape = None if left == "*" else ast.literal_eval(left)
    several = isinstance(shape, list) and (declaration.framework != "keras" or len(declaration.inputs) > 1)
    inputs = () if shape is None else tuple(shape) if several else (shape,)
    try:
        layer.build(*inputs)
    except Undetermined as problem:
        raise SystemExit(f"{declaration.name}: the example is not determined: {problem}") from None
    assert layer.built is not None
    return Example(call, shapes, count, layer.built)


def _value(node: ast.expr, declaration: LayerDeclaration) -> Any:
    """The value of an example's expression: a layer by its short name, lists as tuples, plain arithmetic."""
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        kwargs = {keyword.arg: _value(keyword.value, declaration) for keyword in node.keywords if keyword.arg}
        return Made(_named(node.func.id, declaration), tuple(_value(a, declaration) for a in node.args), kwargs)
    if isinstance(node, ast.List | ast.Tuple):
        return tuple(_value(item, declaration) for item in node.elts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _value(node.left, declaration) / _value(node.right, declaration)
    return ast.literal_eval(node)


def _named(name: str, near: LayerDeclaration) -> LayerDeclaration:
    """The declared class of this short name: the example's own, or one of the same framework."""
    if near.name.rsplit(".", 1)[1] == name:
        return near
    return LAYERS[f"{'torch.nn' if near.framework == 'torch' else 'keras.layers'}.{name}"]


if __name__ == "__main__":
    sys.exit(write_or_check(PAGE, page, __doc__))
