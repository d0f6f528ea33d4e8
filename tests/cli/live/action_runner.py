"""Runs action.yml as a runner of GitHub does: contexts from an event, GitHub's own library for the expressions, bash
for the scripts, files for what a step hands to the next one. Only `actions/setup-python` and `gh` are stand-ins.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from ci_recipes import ROOT

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
EVALUATE = Path(__file__).with_name("evaluate.mjs")
GH = """#!/usr/bin/env bash
[[ "$*" != *--jq* ]] || exit 0
printf "%s\\n" "$*" >> "$RUNNER_TEMP/gh.log"
cp "$FILE" "$RUNNER_TEMP/comment.md"
"""


@dataclass
class Runner:
    """`steps` has what each step printed and its exit status by its name, without the steps that were not run."""

    library: Path
    temporary: Path
    work: Path
    event: dict[str, Any]
    inputs: dict[str, str] = field(default_factory=dict)
    steps: dict[str, subprocess.CompletedProcess[str]] = field(default_factory=dict)
    _outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    def run(self, variables: dict[str, str], installed: str | None = None) -> None:
        """Run the steps one after the other until one fails; without the installation where the program is given."""
        self.temporary.mkdir()
        programs = self.temporary / "programs"
        programs.mkdir()
        (programs / "gh").write_text(GH, "utf-8")
        (programs / "gh").chmod(0o755)
        variables = {**variables, "PATH": f"{programs}{os.pathsep}{variables['PATH']}"}
        variables["RUNNER_TEMP"] = str(self.temporary)
        variables["GITHUB_STEP_SUMMARY"] = str(self.temporary / "summary.md")
        variables["GITHUB_EVENT_PATH"] = str(self.temporary / "event.json")
        (self.temporary / "event.json").write_text(json.dumps(self.event), "utf-8")
        defaults = {name: self._text(str(one.get("default", ""))) for name, one in ACTION["inputs"].items()}
        self.inputs = {**defaults, **self.inputs}
        if installed is not None:
            variables["PARAMLENS"] = installed
        for step in ACTION["runs"]["steps"]:
            if not self._wanted(step) or (installed is not None and step.get("name") == "Install"):
                continue
            if "uses" in step:
                assert step["uses"].startswith("actions/setup-python@")
                self._outputs[step["id"]] = {"python-path": sys.executable}
                continue
            done = self._script(step, variables)
            self.steps[step["name"]] = done
            if done.returncode:
                return

    def _wanted(self, step: dict[str, Any]) -> bool:
        if "if" not in step:
            return True
        expression = step["if"].removeprefix("${{").removesuffix("}}")
        return bool(self._evaluated([expression])[0]["truth"])

    def _script(self, step: dict[str, Any], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        assert step["shell"] == "bash"
        files = {name: self.temporary / f"{name}-{len(self.steps)}" for name in ("GITHUB_ENV", "GITHUB_OUTPUT")}
        for file in files.values():
            file.touch()
        own = {name: self._text(str(value)) for name, value in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.work,
            env={**variables, **{name: str(file) for name, file in files.items()}, **own},
            capture_output=True,
            text=True,
            check=False,
        )
        variables.update(_assignments(files["GITHUB_ENV"]))
        if "id" in step:
            self._outputs[step["id"]] = _assignments(files["GITHUB_OUTPUT"])
        return done

    def _text(self, template: str) -> str:
        """A text with the expressions in it evaluated."""
        found = re.findall(r"\$\{\{(.*?)\}\}", template)
        results = iter(self._evaluated(found))
        return re.sub(r"\$\{\{.*?\}\}", lambda _: str(next(results)["text"]), template)

    def _evaluated(self, expressions: list[str]) -> list[dict[str, Any]]:
        if not expressions:
            return []
        github = {"event": self.event, "token": "secret", "repository": "owner/name", "action_path": str(ROOT)}
        outputs = {name: {"outputs": values} for name, values in self._outputs.items()}
        given = {
            "library": str(self.library),
            "contexts": {"github": github, "inputs": self.inputs, "steps": outputs},
            "expressions": [expression.strip() for expression in expressions],
        }
        node = shutil.which("node")
        assert node is not None
        command = [node, str(EVALUATE)]
        done = subprocess.run(command, input=json.dumps(given), check=True, stdout=subprocess.PIPE, text=True)
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found


def _assignments(file: Path) -> dict[str, str]:
    """`name=value` on each line, which is the form that the action uses."""
    lines = file.read_text("utf-8").splitlines()
    assert all("<<" not in line and "=" in line for line in lines)
    return {name: value for name, _, value in (line.partition("=") for line in lines)}
