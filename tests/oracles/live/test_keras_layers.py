"""Every Keras layer against the installed framework, with drawn arguments.

KERAS_BACKEND=torch PYTHONPATH=server python -m pytest tests/oracles/live/test_keras_layers.py
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("keras")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paramlens.layers.declare import LAYERS

from tests.oracles.keras_cases import GENERATORS
from tests.oracles.keras_framework import framework_result
from tests.oracles.record_keras import RECORDED, constructor, module_path, public_classes
from tests.oracles.test_recorded_keras import EVALUATED, assert_agrees


@pytest.mark.parametrize("name", sorted(GENERATORS))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(rng=st.randoms(use_true_random=False))
def test_drawn_cases_agree(name: str, rng: Random) -> None:
    case = GENERATORS[name](rng)
    assert_agrees(case, framework_result(case))


def test_every_public_class_of_the_installed_keras_is_declared() -> None:
    assert [name for name in public_classes() if name not in EVALUATED and f"keras.layers.{name}" not in LAYERS] == []


def test_the_record_is_of_the_installed_keras() -> None:
    recorded = json.loads(Path(RECORDED).read_text(encoding="utf-8"))["classes"]
    installed = {name: {"module": module_path(name), "constructor": constructor(name)} for name in public_classes()}
    assert recorded == installed
