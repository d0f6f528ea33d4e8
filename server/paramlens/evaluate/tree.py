"""The tree of layers that an instance holds."""

from __future__ import annotations

from paramlens.evaluate.frameworks import keras_layer, torch_module
from paramlens.values import Instance

TREE_LIMIT = 20_000


def children_of(instance: Instance) -> list[tuple[str, Instance]]:
    """The layers that an instance holds itself, by the name under which it holds them."""
    if instance.state.framework == "torch":
        return list(torch_module.children(instance))
    names = {id(value): name for name, value in instance.attributes.items() if isinstance(value, Instance)}
    found = keras_layer.sublayers(instance)
    return [(names.get(id(child), _keras_name(child, index)), child) for index, child in enumerate(found)]


def _keras_name(layer: Instance, index: int) -> str:
    name = layer.state.base.get("name")
    return name if isinstance(name, str) else str(index)


def all_instances(instance: Instance) -> list[Instance]:
    """The instance and all below it, each once."""
    found: dict[int, Instance] = {}
    stack = [instance]
    while stack and len(found) < TREE_LIMIT:
        item = stack.pop()
        if id(item) not in found:
            found[id(item)] = item
            stack.extend(child for _, child in reversed(children_of(item)))
    return list(found.values())
