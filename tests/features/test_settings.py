"""Settings from pyproject.toml and the editor."""

from __future__ import annotations

import pytest
from paramlens.budgets import Budget
from paramlens.quantities import parse_bytes, parse_count
from paramlens.settings import Settings, from_toml, load, override

PATH = "/project/pyproject.toml"
FULL = """\
[project]
name = "x"

[tool.paramlens]
dtype = "bfloat16"
optimizer = "SGD"
batch-size = 8
exclude = ["build/**"]

[[tool.paramlens.budgets]]
model = "ResNet*"
max-params = "12M"
max-memory = "1.5GiB"
max-layer-share = 0.6
severity = "warning"

[[tool.paramlens.budgets]]
max-macs = 1_000

[tool.paramlens.rules]
redundant-bias = "off"
"""


def faults(text: str) -> list[tuple[int, int, str]]:
    loaded = from_toml(text, PATH)
    assert loaded is not None
    return [(problem.place.line, problem.place.column, problem.message) for problem in loaded.problems]


def test_all_settings() -> None:
    loaded = from_toml(FULL, PATH)
    assert loaded is not None
    assert loaded.problems == ()
    assert loaded.settings == Settings(
        dtype="bfloat16",
        optimizer="sgd",
        batch_size=8,
        exclude=("build/**",),
        budgets=(
            Budget("ResNet*", 12_000_000, max_memory=3 * 2**29, max_layer_share=0.6, severity="warning"),
            Budget(max_macs=1000),
        ),
        rules={"redundant-bias": "off"},
        root="/project",
    )


def test_the_nearest_file_upwards_that_has_settings_wins() -> None:
    files = {"/a/pyproject.toml": FULL, "/a/b/pyproject.toml": "[project]\nname = 'paramlens'\n"}
    assert load("/a/b/c", files.get).settings.root == "/a"
    assert load("/z", files.get).settings == Settings()


def test_unknown_keys_are_told_where_they_stand_with_the_nearest_name() -> None:
    text = '[tool.paramlens]\noptimiser = "sgd"\ndtype = "float16"\n'
    assert faults(text) == [(2, 1, "unknown setting optimiser; did you mean optimizer?")]
    loaded = from_toml(text, PATH)
    assert loaded is not None
    assert loaded.settings.dtype == "float16"


def test_bad_values_are_told_and_the_rest_applies() -> None:
    text = FULL.replace('"12M"', '"12 apples"').replace('"off"', '"of"').replace("max-macs", "max-mac")
    assert faults(text) == [
        (12, 1, "max-params: expected a number such as 12_000_000 or “12M”, got “12 apples”"),
        (18, 1, "unknown budget setting max-mac; did you mean max-macs?"),
        (21, 1, "redundant-bias: expected one of off, hint, information, warning, error, got “of”; did you mean off?"),
    ]
    loaded = from_toml(text, PATH)
    assert loaded is not None
    assert loaded.settings.budgets[0].max_memory == 3 * 2**29


def test_no_toml_at_all() -> None:
    ((line, _, message),) = faults("[tool.paramlens]\ndtype = = 1\n")
    assert line == 2
    assert message.startswith("pyproject.toml is not valid TOML, its settings do not apply")


@pytest.mark.parametrize("value", ["3", "[1]", "{}", "nan", "-1", "true", "1979-05-27", '""', "[[tool.x]]"])
def test_values_of_any_kind_are_data(value: str) -> None:
    for key in ("dtype", "optimizer", "batch-size", "exclude", "budgets", "rules", "python", "inlay-hints", "x"):
        from_toml(f"[tool.paramlens]\n{key} = {value}\n", PATH)
    from_toml(f"tool.paramlens = {value}\n", PATH)
    from_toml(f"[[tool.paramlens.budgets]]\nmax-params = {value}\nseverity = {value}\n", PATH)


def test_the_editor_overrides() -> None:
    base = Settings(dtype="float16", batch_size=8)
    editor = {"batchSize": 64, "dtype": None, "inlayHints": {"enable": False}, "server": {"python": "x"}, "rules": {}}
    changed = override(base, editor)
    assert changed.problems == ()
    assert (changed.settings.dtype, changed.settings.batch_size) == ("float16", 64)
    assert not changed.settings.inlay_hints.enable
    assert override(base, None).settings == base
    assert [problem.message for problem in override(base, {"batchSize": "many"}).problems] == [
        "batch-size: expected a positive whole number, got “many”"
    ]
    assert override(base, 3).settings == base


def test_quantities() -> None:
    assert [parse_count(text) for text in ("12M", "1.5 k", "2B", "12_000", "3,000", 7)] == [
        12_000_000, 1500, 2 * 10**9, 12_000, 3000, 7,
    ]  # fmt: skip
    assert [parse_bytes(text) for text in ("1.5GiB", "200 MB", "5b", 9)] == [3 * 2**29, 200 * 10**6, 5, 9]
    for bad in ("M", "-3", "1e6", "", True, 1.5, None, "12 MiB MiB"):
        with pytest.raises(ValueError, match="expected a number"):
            parse_count(bad)
