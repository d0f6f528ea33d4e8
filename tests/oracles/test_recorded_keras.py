"""The declarations agree with what Keras said of the recorded cases, and with its catalogue (record_keras.py)."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from paramlens.layers.declare import LAYERS
from paramlens.values import Reason, Undetermined, Unknown

from tests.oracles.keras_cases import GENERATORS, UNAVAILABLE
from tests.oracles.keras_declared import DeclaredLayer, argument_values, declared_result, plain, value

RECORDED = json.loads((Path(__file__).with_name("recorded") / "keras.json").read_text(encoding="utf-8"))
UNKNOWN = Unknown(Reason.ENVIRONMENT, "config")
EVALUATED = {"Layer", "Wrapper", "Lambda", "InputLayer"}  # by the interpreter itself, not by a declaration
CLASSES = sorted(set(RECORDED["classes"]) - EVALUATED)
CASES: dict[str, list[dict[str, Any]]] = {}
for _recorded in RECORDED["cases"]:
    CASES.setdefault(_recorded["case"]["class"], []).append(_recorded)


@pytest.mark.parametrize("name", sorted(CASES))
def test_recorded_cases_agree(name: str) -> None:
    for recorded in CASES[name]:
        assert_agrees(recorded["case"], recorded["result"])


def assert_agrees(case: dict[str, Any], wanted: dict[str, Any]) -> None:
    """The same weights in the same order and the same output, or nothing where Keras refuses."""
    result = declared_result(case)
    if "refused" in wanted:
        assert "refused" in result, case
        return
    if wanted["output"] is None:
        result["output"] = None
    assert result == wanted, case


@pytest.mark.parametrize("name", CLASSES)
def test_every_public_class_is_declared(name: str) -> None:
    assert LAYERS[f"keras.layers.{name}"].framework == "keras"
    assert LAYERS[RECORDED["classes"][name]["module"]] is LAYERS[f"keras.layers.{name}"]


@pytest.mark.parametrize("name", CLASSES)
def test_the_signature_is_the_constructors_own(name: str) -> None:
    parameters = LAYERS[f"keras.layers.{name}"].signature.parameters.values()
    declared = [
        [p.name, "" if p.default is p.empty else repr(p.default)]
        for p in parameters
        if p.kind is p.POSITIONAL_OR_KEYWORD
    ]
    assert declared == RECORDED["classes"][name]["constructor"]


def test_every_class_has_cases_or_a_reason() -> None:
    declared_names = {LAYERS[f"keras.layers.{name}"].name.rsplit(".", 1)[-1] for name in CLASSES}
    assert declared_names == set(GENERATORS) | set(UNAVAILABLE)
    assert set(CASES) == set(GENERATORS)


def test_every_class_with_weights_has_twenty_cases() -> None:
    for name, recorded in CASES.items():
        if any(each["result"].get("trainable") or each["result"].get("frozen") for each in recorded):
            assert len(recorded) >= 20, name


@pytest.mark.parametrize("name", sorted(CASES))
def test_an_unknown_argument_never_changes_what_is_said(name: str) -> None:
    """With one argument unknown, whatever is still said is what is said when all are known."""
    for recorded in CASES[name]:
        if "refused" in recorded["result"]:
            continue
        case = recorded["case"]
        inputs = argument_values(case["inputs"])
        for hidden in (*range(len(case["args"])), *case["kwargs"]):
            layer = DeclaredLayer(name, value(case["args"]), argument_values(case["kwargs"]))
            args, kwargs = list(layer.args), dict(layer.kwargs)
            if isinstance(hidden, int):
                args[hidden] = UNKNOWN
            else:
                kwargs[hidden] = UNKNOWN
            layer = DeclaredLayer(name, tuple(args), kwargs)
            with contextlib.suppress(Undetermined):
                output = layer.build_named(inputs)
                assert recorded["result"]["output"] in (None, plain(output)), (case, hidden)
            if layer.built is not None and not layer.built.children:
                assert [list(shape) for shape in layer.weights("weights")] == recorded["result"]["trainable"]
                assert [list(shape) for shape in layer.weights("frozen")] == recorded["result"]["frozen"]


@pytest.mark.parametrize("name", sorted(CASES))
def test_multiply_adds_are_counted_without_fail(name: str) -> None:
    """A layer whose sizes are known says how many multiply-adds it takes, and one with a kernel takes some."""
    for recorded in CASES[name]:
        if "refused" in recorded["result"]:
            continue
        case = recorded["case"]
        inputs = argument_values(case["inputs"])
        layer = DeclaredLayer(name, value(case["args"]), argument_values(case["kwargs"]))
        output = layer.build_named(inputs)
        if layer.built is not None and layer.built.macs is not None and isinstance(output, tuple):
            first = next(iter(inputs.values()))
            count = layer.built.macs(first, output)
            assert count is None or (isinstance(count, int) and count > 0), case
            if all(size is not None for shape in inputs.values() for size in shape[1:]) and None not in output[1:]:
                assert count is not None or "attention_axes" in case["kwargs"], case
