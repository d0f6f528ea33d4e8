"""Every public function of keras.ops, torch.nn.functional and torch.Tensor is declared, or listed with a reason."""

from __future__ import annotations

import keras
import pytest
import torch
import torch.nn.functional

from oracles import operation_missing as missing
from oracles.operation_model import OPERATIONS, TENSOR_ATTRIBUTES

PLACES = {
    "keras.ops": (keras.ops, missing.KERAS_OPS),
    "keras.ops.image": (keras.ops.image, {}),
    "keras.activations": (
        keras.activations,
        dict.fromkeys(("get", "serialize", "deserialize"), "turns names into functions"),
    ),
    "keras.random": (keras.random, {"SeedGenerator": "a layer's own state, declared as a layer"}),
    "torch.nn.functional": (torch.nn.functional, missing.TORCH_FUNCTIONAL),
    "torch.Tensor": (torch.Tensor, missing.TORCH_TENSOR),
}


def undeclared(place: str) -> list[str]:
    public = [name for name in dir(PLACES[place][0]) if not name.startswith("_")]
    attributes = TENSOR_ATTRIBUTES["torch"] if place == "torch.Tensor" else {}
    return [name for name in public if f"{place}.{name}" not in OPERATIONS and name not in attributes]


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_missing_without_a_reason(place: str) -> None:
    assert [name for name in undeclared(place) if name not in PLACES[place][1]] == []


@pytest.mark.parametrize("place", PLACES)
def test_what_is_listed_as_missing_is(place: str) -> None:
    assert [name for name in PLACES[place][1] if name not in undeclared(place)] == []
