"""The settings that the VS Code extension offers are those that the server reads, with the same values and defaults."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from paramlens import settings
from paramlens.budget_keys import BUDGET_KEYS
from paramlens.costs import OPTIMIZER_STATES
from paramlens.lints.catalogue import NAMES, RULES
from paramlens.lsp import editor
from paramlens.shapes import DTYPE_BYTES

ROOT = Path(__file__).parents[1]
MANIFEST = json.loads((ROOT / "vscode-client" / "package.json").read_text("utf-8"))
OFFERED: dict[str, dict[str, Any]] = {
    name.removeprefix("paramlens."): setting
    for page in MANIFEST["contributes"]["configuration"]
    for name, setting in page["properties"].items()
}
OF_CLIENT = {"server", "trace", "interpreter", "importStrategy", "logLevel"}


def kebab(name: str) -> str:
    return re.sub("[A-Z]", lambda match: "-" + match[0].lower(), name)


def test_the_same_settings() -> None:
    assert {kebab(name.split(".")[0]) for name in OFFERED} - {kebab(name) for name in OF_CLIENT} == set(settings._KEYS)
    hints = {name.split(".")[1] for name in OFFERED if name.startswith("inlayHints.")}
    assert hints == set(settings._HINT_KEYS)


def test_what_belongs_to_the_client_is_no_unknown_setting() -> None:
    sent = {name: {} for name in OF_CLIENT}
    assert settings.override(settings.Settings(), sent).problems == ()


def test_the_same_values() -> None:
    assert set(OFFERED["dtype"]["enum"]) <= {None, *DTYPE_BYTES}
    assert set(OFFERED["optimizer"]["enum"]) == set(OPTIMIZER_STATES)
    assert OFFERED["inlayHints.format"]["enum"] == [*settings.HINT_FORMATS]
    assert OFFERED["inlayHints.show"]["items"]["enum"] == [*settings.HINT_PARTS]
    severities = ["off", *settings.SEVERITIES]
    assert OFFERED["rules"]["additionalProperties"]["enum"] == severities
    rules = OFFERED["rules"]["properties"]
    assert set(rules) == NAMES
    assert all(rule["enum"] == severities for rule in rules.values())
    for name, rule in RULES.items():
        assert (rules[name]["default"], rules[name]["description"]) == (rule.severity, rule.summary)
    assert set(OFFERED["budgets"]["items"]["properties"]) == set(BUDGET_KEYS)
    assert set(OFFERED["logLevel"]["enum"]) == set(editor._LOG_LEVELS)


def test_the_same_defaults() -> None:
    defaults = settings.Settings()
    assert OFFERED["dtype"]["default"] == defaults.dtype
    assert OFFERED["optimizer"]["default"] == defaults.optimizer
    assert OFFERED["batchSize"]["default"] == defaults.batch_size
    assert OFFERED["codeLens.enable"]["default"] == defaults.code_lens
    hints = defaults.inlay_hints
    assert OFFERED["inlayHints.enable"]["default"] == hints.enable
    assert OFFERED["inlayHints.format"]["default"] == hints.format
    assert OFFERED["inlayHints.show"]["default"] == [*hints.show]


def test_every_setting_and_command_is_described() -> None:
    for name, setting in OFFERED.items():
        assert setting.get("description") or setting.get("markdownDescription"), name
        assert "default" in setting, name
    readme = (ROOT / "vscode-client" / "README.md").read_text("utf-8")
    for command in MANIFEST["contributes"]["commands"]:
        assert f"Paramlens: {command['title']}" in readme, command


def test_the_pictures_are_there() -> None:
    texts = [(ROOT / "vscode-client" / name).read_text("utf-8") for name in ("README.md", "package.json")]
    named = {name for text in texts for name in re.findall(r"media/[\w-]+\.png", text)}
    assert named
    assert all((ROOT / "vscode-client" / name).is_file() for name in named)
    readme = (ROOT / "README.md").read_text("utf-8")
    assert all((ROOT / name).is_file() for name in re.findall(r"docs/images/[\w-]+\.png", readme))
