"""Every example of a torch declaration holds: output shape and parameter count."""

from __future__ import annotations

import math

import pytest

from tests.oracles.torch_declared import parse_example, plain, torch_declarations

EXAMPLES = [(d.name, example) for d in torch_declarations() for example in d.examples]


@pytest.mark.parametrize(("name", "text"), EXAMPLES, ids=[f"{name}-{i}" for i, (name, _) in enumerate(EXAMPLES)])
def test_example_holds(name: str, text: str) -> None:
    example = parse_example(text)
    layer = example.construct()
    assert layer.class_name == name
    assert sum(math.prod(shape) for shape in layer.parameters().values()) == example.count
    if example.inputs is not None:
        assert plain(layer.build(*example.inputs)) == example.output
