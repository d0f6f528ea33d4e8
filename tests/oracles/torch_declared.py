"""What the declarations say of a torch layer, with no framework installed: parameters, buffers, output shapes."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

import paramlens.layers.torch  # noqa: F401  # declares the layers by being imported
from paramlens.layers.bind import apply, bind
from paramlens.layers.declare import LAYERS, Axes, Built, Child, LayerDeclaration, Outputs


@dataclass
class Declared:
    """A layer as the declarations build it. It is also the handle under which another layer may own it."""

    declaration: LayerDeclaration
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    built: Built
    children: dict[str, Declared] = field(default_factory=dict)

    @property
    def class_name(self) -> str:
        return self.declaration.name

    def attribute(self, name: str, default: Any = None) -> Any:
        arguments = bind(self.declaration, self.args, self.kwargs).arguments
        return self.built.attributes.get(name, arguments.get(name, default))

    def build(self, *inputs: Any) -> Any:
        assert self.built.forward is not None
        return self.built.forward(*inputs)

    def prepare(self, shape: Any) -> bool:
        return False  # no class written by a user

    def clone(self, **changes: Any) -> Declared:
        return construct(self.declaration.name, self.args, {**self.kwargs, **changes})

    def parameters(self) -> dict[str, tuple[Any, ...]]:
        """Shapes by dotted name."""
        own = {**self.built.weights, **self.built.frozen}
        found = {name: sizes_of(weight) for name, weight in own.items() if weight is not None}
        for prefix, child in self.children.items():
            found.update({f"{prefix}.{name}": shape for name, shape in child.parameters().items()})
        return found

    def buffers(self) -> dict[str, tuple[Any, ...]]:
        """Shapes by dotted name."""
        found = {name: shape for name, shape in self.built.buffers.items() if shape is not None}
        for prefix, child in self.children.items():
            found.update({f"{prefix}.{name}": shape for name, shape in child.buffers().items()})
        return found


def sizes_of(weight: Any) -> tuple[Any, ...]:
    return weight.sizes if isinstance(weight, Axes) else tuple(weight)


def construct(name: str, args: Any, kwargs: Any, inputs: tuple[Any, ...] = ()) -> Declared:
    """Bind, apply and make the children; a lazy layer takes the shape of its first input."""
    declaration = LAYERS[name]
    bound = bind(declaration, args, kwargs)
    given = dict(zip(declaration.inputs, inputs, strict=False))
    declared = Declared(declaration, tuple(args), dict(kwargs), apply(declaration, bound, given))
    for child_name, child in declared.built.children.items():
        made = construct(child.cls, child.args, child.kwargs) if isinstance(child, Child) else child
        assert isinstance(made, Declared)
        declared.children[child_name] = made
    return declared


def plain(output: Any) -> Any:
    """An output as nested lists: a shape is a list of sizes, several results are a dict {"items": […]}."""
    if isinstance(output, Outputs):
        return {"items": [plain(item) for item in output.items]}
    return None if output is None else list(output)


@dataclass(frozen=True)
class Example:
    """One parsed example of a declaration."""

    expression: ast.expr
    inputs: tuple[Any, ...] | None
    output: Any
    count: int

    def construct(self) -> Declared:
        layer: Declared = evaluate(self.expression, self.inputs or ())
        return layer


def parse_example(text: str) -> Example:
    """`Class(arguments) : input -> output : count`; a list holds several inputs or outputs, `*` stands for no shape."""
    call, shapes, count = text.rsplit(" : ", 2)
    left, right = shapes.split(" -> ")
    inputs = None if left == "*" else ast.literal_eval(left)
    output = None if right == "*" else as_outputs(ast.literal_eval(right))
    return Example(
        ast.parse(call, mode="eval").body,
        None if inputs is None else tuple(inputs) if isinstance(inputs, list) else (inputs,),
        output,
        int(count.replace(",", "")),
    )


def as_outputs(value: Any) -> Any:
    return {"items": [as_outputs(item) for item in value]} if isinstance(value, list) else list(value)


def evaluate(node: ast.expr, inputs: tuple[Any, ...] = ()) -> Any:
    """The value of an example's expression: a layer by its short name, or a literal."""
    if not isinstance(node, ast.Call):
        return ast.literal_eval(node)
    assert isinstance(node.func, ast.Name)
    name = next(d.name for d in LAYERS.values() if d.name.rsplit(".", 1)[1] == node.func.id and d.framework == "torch")
    kwargs = {keyword.arg: evaluate(keyword.value) for keyword in node.keywords if keyword.arg}
    return construct(name, tuple(evaluate(arg) for arg in node.args), kwargs, inputs)


def torch_declarations() -> list[LayerDeclaration]:
    """Every declared torch layer once, by name."""
    return sorted({id(d): d for d in LAYERS.values() if d.framework == "torch"}.values(), key=lambda d: d.name)
