"""Every public class of torch.nn is declared."""

from __future__ import annotations

import paramlens.layers.torch  # noqa: F401  # declares the layers by being imported
from paramlens.layers.declare import LAYERS

from tests.oracles.torch_catalogue import CATALOGUE


def test_every_public_class_is_declared() -> None:
    assert {name for name in CATALOGUE if f"torch.nn.{name}" not in LAYERS} == set()


def test_module_paths_name_the_same_class() -> None:
    assert LAYERS["torch.nn.modules.conv.Conv2d"] is LAYERS["torch.nn.modules.Conv2d"] is LAYERS["torch.nn.Conv2d"]
