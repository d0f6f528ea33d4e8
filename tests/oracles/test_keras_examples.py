"""Every example of a Keras declaration holds: output shape and parameter count."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from paramlens.layers.declare import LAYERS

from tests.oracles.keras_declared import DeclaredLayer, parameters, plain

EXAMPLES = sorted({(d.name, example) for d in LAYERS.values() if d.framework == "keras" for example in d.examples})


@pytest.mark.parametrize(("name", "text"), EXAMPLES, ids=[text.split(" : ")[0] for _, text in EXAMPLES])
def test_example_holds(name: str, text: str) -> None:
    call, shapes, count = text.rsplit(" : ", 2)
    left, right = (ast.literal_eval(shape) for shape in shapes.split(" -> "))
    layer = construct(ast.parse(call, mode="eval").body)
    assert layer.class_name == name
    several = isinstance(left, list) and len(layer.declaration.inputs) > 1
    output = layer.build(*left) if several else layer.build(left)
    assert plain(output) == as_outputs(right)
    counted = {"trainable": layer.weights("weights"), "frozen": layer.weights("frozen")}
    assert f"{parameters(counted):,}" == count


def construct(node: ast.expr) -> Any:
    """The value of an example's expression: a layer by its short name, a list as a tuple, or plain arithmetic."""
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name)
        kwargs = {keyword.arg: construct(keyword.value) for keyword in node.keywords if keyword.arg}
        return DeclaredLayer(node.func.id, tuple(construct(arg) for arg in node.args), kwargs)
    if isinstance(node, ast.List | ast.Tuple):
        return tuple(construct(item) for item in node.elts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return construct(node.left) / construct(node.right)
    return ast.literal_eval(node)


def as_outputs(value: Any) -> Any:
    return {"items": [as_outputs(item) for item in value]} if isinstance(value, list) else list(value)
