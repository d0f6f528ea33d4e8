"""Whether two values are one and the same, or were made in the same way in two branches of an unknown condition."""

from __future__ import annotations

from collections.abc import Mapping

from paramlens.evaluate.frameworks.state import LayerState
from paramlens.evaluate.journal import Made
from paramlens.values import DictValue, Instance, ListValue, Mutable, ParameterValue, TensorValue, Unknown, Value

_WRAPPERS = frozenset({"torch.nn.DataParallel", "torch.nn.parallel.DistributedDataParallel"})


def same(a: Value, b: Value) -> bool:
    """Whether two values are certainly one and the same."""
    if a is b:
        return True
    if isinstance(a, Mutable) or isinstance(b, Mutable) or type(a) is not type(b):
        return False
    if isinstance(a, Unknown):
        return bool(a == b and a.serial == b.serial)
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    try:
        return bool(a == b)
    except Exception:  # values whose equality is not decidable
        return False


def unwrapped(a: Instance, b: Instance) -> Instance | None:
    """`a`, where `b` is `nn.DataParallel(a)`: it computes the same with the same weights."""
    return a if b.cls.qualified_name in _WRAPPERS and b.attributes.get("module") is a else None


def alike(a: Value, b: Value, made: Made) -> bool:
    """Whether both are the same, or were made in two branches in the same way and stand for one another there."""
    before = dict(made.pairs)
    if _Comparison(made).alike(a, b):
        return True
    made.pairs = before
    return False


class _Comparison:
    def __init__(self, made: Made) -> None:
        self.made = made
        self.met: set[tuple[int, int]] = set()

    def alike(self, a: Value, b: Value) -> bool:
        if same(a, b):
            return True
        if type(a) is not type(b):
            return False
        if isinstance(a, tuple):
            return len(a) == len(b) and all(map(self.alike, a, b))
        if not (isinstance(a, Mutable) and self.made.has(a) and self.made.has(b) and self.made.pair(a, b)):
            return False
        if (id(a), id(b)) in self.met:
            return True  # met again within itself: a child that knows its parent
        self.met.add((id(a), id(b)))
        return self._made_alike(a, b)

    def _made_alike(self, a: Value, b: Value) -> bool:
        if isinstance(a, ParameterValue):
            return a.shape is not None and a.shape == b.shape and same(a.trainable, b.trainable) and a.dtype == b.dtype
        if isinstance(a, TensorValue):
            return a.shape is not None and a.shape == b.shape and a.dtype == b.dtype and a.producer is b.producer
        if isinstance(a, ListValue):
            return a.rest is None and b.rest is None and self.alike(tuple(a.items), tuple(b.items))
        if isinstance(a, DictValue):
            return not (a.open or b.open) and self._items(a.items, b.items)
        if isinstance(a, Instance) and a.cls is b.cls and self.alike(a.payload, b.payload):
            return self._items(a.attributes, b.attributes) and self._states(a.state, b.state)
        return False

    def _items(self, a: Mapping[Value, Value], b: Mapping[Value, Value]) -> bool:
        return list(a) == list(b) and all(self.alike(a[key], b[key]) for key in a)

    def _states(self, a: LayerState | None, b: LayerState | None) -> bool:
        """Keras graphs and layers that are called are not compared: their tensors lead elsewhere."""
        if a is None or b is None:
            return a is b
        if a.graph is not None or b.graph is not None or a.incomplete is not None or b.incomplete is not None:
            return False
        if a.framework == "keras" and (a.calls or b.calls):
            return False
        if (a.framework, a.is_built, a.needs_input, a.buffers) != (b.framework, b.is_built, b.needs_input, b.buffers):
            return False
        pairs = ((a.trainable, b.trainable), (a.own, b.own), (a.sequence, b.sequence))
        return all(self.alike(x, y) for x, y in pairs) and self._items(_arguments(a), _arguments(b))


def _arguments(state: LayerState) -> dict[str, Value]:
    """As the constructor got them, layers as instances."""
    return {name: getattr(value, "instance", value) for name, value in {**state.base, **state.arguments}.items()}
