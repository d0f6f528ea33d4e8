"""`huggingface_hub.dataclasses`: the decorators that make configuration classes check their values."""

from __future__ import annotations

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.natives import functions
from paramlens.evaluate.python.stdlib_dataclasses import DATACLASSES
from paramlens.values import ClassValue, NativeFunction, Value


def strict(vm: Machine, cls: Value = None, /, **options: Value) -> Value:
    """`@strict` and `@strict(accept_kwargs=True)` only add checks."""
    return cls if isinstance(cls, ClassValue) else NativeFunction("strict", strict)


def as_validated_field(vm: Machine, validator: Value) -> Value:
    """A check of one value becomes a maker of dataclass fields: `probability(default=0.1)`."""

    def make(vm: Machine, **options: Value) -> Value:
        return vm.call(DATACLASSES["field"], (), options)

    return NativeFunction("validated field", make)


def validated_field(vm: Machine, validator: Value, **options: Value) -> Value:
    """`validated_field(check, default=0.1)`."""
    return vm.call(DATACLASSES["field"], (), options)


HUGGING_FACE: dict[str, dict[str, Value]] = {
    "huggingface_hub.dataclasses": functions(
        {"strict": strict, "as_validated_field": as_validated_field, "validated_field": validated_field}
    ),
}
