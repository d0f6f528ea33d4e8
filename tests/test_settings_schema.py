"""The JSON schema of the settings accepts what the settings accept, and is up to date."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from paramlens.settings import from_toml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
SCHEMA: dict[str, Any] = json.loads((files("paramlens") / "settings.schema.json").read_text("utf-8"))
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}
NOTES = {"$schema", "title", "description", "default", "properties"}


def is_valid(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value is as a schema says, which may use the words below alone."""
    return all(_holds(word, rule, value, schema) for word, rule in schema.items())


def _holds(word: str, rule: Any, value: Any, schema: dict[str, Any]) -> bool:
    if word in NOTES - {"properties"}:
        return True
    if word == "type":
        is_truth = isinstance(value, bool)
        return isinstance(value, TYPES[rule]) and (rule == "boolean" or not is_truth)
    if word == "enum":
        return value in rule
    if word == "anyOf":
        return any(is_valid(value, option) for option in rule)
    if word in ("minimum", "maximum"):
        if not isinstance(value, int | float):
            return True
        return bool(value >= rule if word == "minimum" else value <= rule)
    if word == "minLength":
        return not isinstance(value, str) or len(value) >= rule
    if word == "pattern":
        return not isinstance(value, str) or re.search(rule, value) is not None
    if word == "items":
        return not isinstance(value, list) or all(is_valid(item, rule) for item in value)
    if word == "properties":
        return not isinstance(value, dict) or all(is_valid(value[key], rule[key]) for key in value if key in rule)
    assert (word, rule) == ("additionalProperties", False)
    return not isinstance(value, dict) or set(value) <= set(schema["properties"])


def table(text: str) -> Any:
    return tomllib.loads(text)["tool"]["paramlens"]


def documented() -> list[str]:
    pages = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]
    blocks = [block for page in pages for block in re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.S)]
    return [block for block in blocks if "[tool.paramlens" in block]


def test_documented_examples_are_valid() -> None:
    examples = documented()
    assert len(examples) >= 3
    for example in examples:
        assert is_valid(table(example), SCHEMA), example


@pytest.mark.parametrize(
    ("line", "valid"),
    [
        ('dtype = "bfloat16"', True),
        ('dtype = "float33"', False),
        ('optimizer = "adamw"', True),
        ('optimizer = "adam2"', False),
        ("batch-size = 64", True),
        ("batch-size = 0", False),
        ("batch-size = true", False),
        ("batch_size = 64", False),
        ('samples = "1.2M"', True),
        ("samples = 0", False),
        ('samples = "many"', False),
        ('exclude = ["a/**"]', True),
        ('exclude = "a/**"', False),
        ('python = ".venv"', True),
        ("python = 3", False),
        ("inlay-hints = false", True),
        ('inlay-hints = {format = "compact", show = ["shapes"]}', True),
        ('inlay-hints = {format = "short"}', False),
        ('inlay-hints = {show = ["sizes"]}', False),
        ("inlay-hints = {enabled = true}", False),
        ("code-lens = {enable = false}", True),
        ("code-lens = 1", False),
        ('rules = {redundant-bias = "off"}', True),
        ('rules = {redundant-bias = "loud"}', False),
        ('rules = {redundant-bus = "off"}', False),
        ('budgets = [{model = "Net*", max-params = "12M", max-memory = "1.5 GiB", severity = "hint"}]', True),
        ('budgets = [{max-layer-share = 0.5, max-macs = "2 G", max-training-memory = 1_000}]', True),
        ("budgets = [{max-layer-share = 1.5}]", False),
        ('budgets = [{max-params = "12 MiB"}]', False),
        ('budgets = [{max-memory = "12 apples"}]', False),
        ("budgets = [{max-params = -1}]", False),
        ("budgets = [{max-param = 1}]", False),
        ('budgets = [{model = ""}]', False),
        ("budgets = [3]", False),
        ("budgets = {}", False),
        ("colour = 1", False),
    ],
)
def test_the_schema_and_the_settings_agree(line: str, valid: bool) -> None:
    text = f"[tool.paramlens]\n{line}\n"
    loaded = from_toml(text, "/p/pyproject.toml")
    assert loaded is not None
    assert (not loaded.problems) is valid
    assert is_valid(table(text), SCHEMA) is valid


def test_the_schema_is_current() -> None:
    found = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "settings_schema.py"), "--check"],
        cwd=ROOT / "server",
        env={"PYTHONPATH": str(ROOT / "server"), "PYTHONHASHSEED": "random"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr
