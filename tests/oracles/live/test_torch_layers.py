"""Every torch declaration against the installed torch: random arguments, parameters by name, buffers, output shapes."""

from __future__ import annotations

import inspect
import random
from typing import Any

import pytest

pytest.importorskip("torch")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paramlens.layers.bind import constructor_signature
from paramlens.layers.declare import LAYERS, LayerDeclaration
from torch import nn

from tests.oracles.live.torch_outcome import torch_class, torch_outcome
from tests.oracles.torch_cases import GENERATORS, generate
from tests.oracles.torch_catalogue import CATALOGUE, NOT_LAYERS
from tests.oracles.torch_declared import torch_declarations
from tests.oracles.torch_replay import declared_outcome, qualified

every_declaration = pytest.mark.parametrize("declaration", torch_declarations(), ids=lambda d: d.name)


def test_every_declared_layer_has_cases() -> None:
    assert {qualified(name) for name in GENERATORS} == {d.name for d in torch_declarations()}


@pytest.mark.parametrize("name", sorted(GENERATORS))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1))
def test_layer_agrees_with_torch(name: str, seed: int) -> None:
    case = generate(name, random.Random(seed))
    ours, theirs = declared_outcome(case), torch_outcome(case)
    if theirs.error is None:
        assert ours.error is None, f"torch accepts {case}"
        assert ours.parameters == theirs.parameters, case
        assert ours.buffers == theirs.buffers, case
        assert ours.output == theirs.output, case
    elif theirs.parameters is not None and ours.parameters is not None:
        assert ours.parameters == theirs.parameters, case


@every_declaration
def test_signature_is_that_of_torch(declaration: LayerDeclaration) -> None:
    """Names, order and defaults of the constructor; torch hides those of three recurrent layers behind *args."""
    cls = torch_class(declaration.name.rsplit(".", 1)[-1])
    theirs = [p for p in inspect.signature(cls.__init__).parameters.values() if p.name != "self"]
    if [p.kind for p in theirs] == [inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD]:
        return
    ours = list(constructor_signature(declaration).parameters.values())
    assert [(p.name, p.kind) for p in ours] == [(p.name, p.kind) for p in theirs]
    for mine, other in zip(ours, theirs, strict=True):
        if mine.name != "activation":  # torch's default is the function, here its name
            assert mine.default == other.default, mine.name


@every_declaration
def test_aliases_and_bases_are_those_of_torch(declaration: LayerDeclaration) -> None:
    cls = torch_class(declaration.name.rsplit(".", 1)[-1])
    assert _path(cls) in {declaration.name, *declaration.aliases}
    real = {_path(base) for base in cls.__mro__} - {"builtins.object", "torch.nn.modules.module.Module"}
    assert _ancestors(declaration) | {_path(cls)} == real - {
        "typing.Generic",
        "torch.distributed.algorithms.join.Joinable",
        "abc.ABC",
    }


def _path(cls: Any) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _ancestors(declaration: LayerDeclaration) -> set[str]:
    """The real paths of its declared bases and of theirs."""
    found: set[str] = set()
    for base in declaration.bases:
        known = LAYERS.get(base)
        real = base if known is None else _path(torch_class(known.name.rsplit(".", 1)[-1]))
        found |= {real} | (_ancestors(known) if known else set())
    return found


def test_catalogue_is_that_of_torch() -> None:
    """A class that a new torch adds to torch.nn is missed here first."""
    public = {name for name in dir(nn) if isinstance(getattr(nn, name), type) and not name.startswith("_")}
    assert public - NOT_LAYERS == CATALOGUE
