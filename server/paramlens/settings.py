"""Settings: `[tool.paramlens]` of the nearest pyproject.toml, overridden by the editor's settings of the same names.

    [tool.paramlens]
    dtype = "float32"
    optimizer = "adam"
    batch-size = 32
    exclude = ["build/**"]
    [[tool.paramlens.budgets]]
    model = "ResNet*"
    max-params = "12M"
    [tool.paramlens.rules]
    redundant-bias = "warning"
    [tool.paramlens.inlay-hints]
    format = "compact"
    show = ["parameters", "shapes"]

What is wrong is told where it stands, with the nearest valid name; everything else still applies.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from paramlens.budget_keys import BUDGET_KEYS, SEVERITIES
from paramlens.budgets import Budget
from paramlens.costs import OPTIMIZER_STATES, Costs
from paramlens.facts import Problem
from paramlens.lints.catalogue import NAMES as RULE_NAMES
from paramlens.quantities import parse_count, written_value
from paramlens.records import Record, record
from paramlens.shapes import DTYPE_BYTES
from paramlens.toml_places import place_of, place_of_error
from paramlens.values import Place

RULE = "settings"

_OF_CLIENTS = ("server", "trace", "import-strategy", "interpreter", "log-level")
"""Settings that editors keep in the same section: how the server is started, and what it logs."""

Read = Callable[[str], "str | None"]
T = TypeVar("T")


HINT_FORMATS = ("exact", "compact")
HINT_PARTS = ("parameters", "shapes", "memory", "multiply-adds")


@record
class InlayHints(Record):
    """Whether there are hints, how counts are written (`18,496` or `18.5 k`), and what they tell.

    Of `show`, shapes are told of layers, memory of models, parameters and multiply-adds of both.
    """

    enable: bool = True
    format: str = "exact"
    show: tuple[str, ...] = ("parameters", "memory")


@record
class Settings(Record):
    """All settings with their defaults. `root` is the folder of the pyproject.toml they came from, if any.

    `dtype` None leaves every weight the type that the code gives it; `rules` maps a rule to a severity or `off`;
    `samples` is how many a model is trained on, where it is told.
    """

    dtype: str | None = None
    optimizer: str = "adam"
    batch_size: int = 32
    samples: int | None = None
    exclude: tuple[str, ...] = ()
    budgets: tuple[Budget, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)
    python: str | None = None
    inlay_hints: InlayHints = InlayHints()
    code_lens: bool = True
    root: str | None = None

    @property
    def costs(self) -> Costs:
        return Costs(self.dtype, self.optimizer, self.batch_size)


@record
class Loaded(Record):
    """Settings and what was wrong with them."""

    settings: Settings
    problems: tuple[Problem, ...] = ()


@record
class _Fault(Record):
    """Something wrong under the keys `path` (`("budgets", 0, "max-params")`)."""

    path: tuple[str | int, ...]
    message: str


def load(start: str, read: Read) -> Loaded:
    """The settings of the nearest pyproject.toml in the folder `start` or above it that has [tool.paramlens]."""
    folder = Path(start)
    for parent in (folder, *folder.parents):
        path = str(parent / "pyproject.toml")
        text = read(path)
        if text is not None and "paramlens" in text:
            loaded = from_toml(text, path)
            if loaded is not None:
                return loaded
    return Loaded(Settings())


@lru_cache(maxsize=64)
def from_toml(text: str, path: str) -> Loaded | None:
    """The settings in a pyproject.toml; None when it has no [tool.paramlens]."""
    if sys.version_info >= (3, 11):  # here, as most files have no settings
        import tomllib
    else:
        import tomli as tomllib
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = place_of_error(text, path, str(error))
        message = f"{Path(path).name} is not valid TOML, its settings do not apply: {error}"
        return Loaded(Settings(), (Problem(RULE, "warning", place, message),))
    tool = document.get("tool")
    table = tool.get("paramlens") if isinstance(tool, dict) else None
    if table is None:
        return None
    settings, faults = _apply(Settings(root=str(Path(path).parent)), table)
    problems = (Problem(RULE, "warning", place_of(text, path, fault.path), fault.message) for fault in faults)
    return Loaded(settings, tuple(problems))


def override(settings: Settings, editor: object) -> Loaded:
    """The settings with the editor's on top; its names may be camelCase, and null means that it is not set."""
    if editor is None:
        return Loaded(settings)
    table = {_kebab(str(k)): v for k, v in editor.items() if v is not None} if isinstance(editor, Mapping) else editor
    for name in _OF_CLIENTS:
        if isinstance(table, dict):
            table.pop(name, None)
    changed, faults = _apply(settings, table)
    nowhere = Place("", 1, 1, 1, 1)
    return Loaded(changed, tuple(Problem(RULE, "warning", nowhere, fault.message) for fault in faults))


def _kebab(name: str) -> str:
    return "".join("-" + char.lower() if char.isupper() else char for char in name)


def _apply(settings: Settings, table: object) -> tuple[Settings, list[_Fault]]:
    if not isinstance(table, Mapping):
        return settings, [_Fault((), f"paramlens: expected a table, got {written_value(table)}")]
    faults: list[_Fault] = []
    changes: dict[str, Any] = {}
    for key, value in table.items():
        reader = _KEYS.get(key)
        if reader is None:
            faults.append(_Fault((key,), f"unknown setting {key}{_nearest(key, _KEYS)}"))
            continue
        try:
            changes[reader.field] = reader.read(value, (key,), faults)
        except ValueError as error:
            faults.append(_Fault((key,), f"{key}: {error}"))
    return replace(settings, **changes), faults


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), 1, 0.5)
    return f"; did you mean {close[0]}?" if close else ""


# ------------------------------------------------------------------------------------------------ readers of values

_Path = tuple["str | int", ...]


@record
class _Key(Record):
    """The field a key sets and how its value is read: `read(value, path, faults)` raises ValueError."""

    field: str
    read: Callable[[Any, _Path, list[_Fault]], Any]


def _plain(read: Callable[[Any], T]) -> Callable[[Any, _Path, list[_Fault]], T]:
    return lambda value, path, faults: read(value)


def _one_of(*known: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if isinstance(value, str) and value.lower() in known:
            return value.lower()
        hint = _nearest(value.lower(), known) if isinstance(value, str) else ""
        raise ValueError(f"expected one of {', '.join(known)}, got {written_value(value)}{hint}")

    return read


def _positive(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise ValueError(f"expected a positive whole number, got {written_value(value)}")


def _samples(value: Any) -> int:
    """A number of samples: `60000`, `"1.2M"`."""
    count = parse_count(value)
    if count <= 0:
        raise ValueError(f"expected a positive number, got {written_value(value)}")
    return count


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"expected true or false, got {written_value(value)}")


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value or None
    raise ValueError(f"expected a string, got {written_value(value)}")


def _patterns(value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ValueError(f"expected a list of patterns, got {written_value(value)}")


def _enable(value: Any, path: _Path, faults: list[_Fault]) -> bool:
    """`true`, or a table `{enable = true}` as editors send it."""
    return _boolean(value.get("enable", True) if isinstance(value, Mapping) else value)


def _inlay_hints(value: Any, path: _Path, faults: list[_Fault]) -> InlayHints:
    """`true`, or a table `{enable = true, format = "compact", show = ["parameters"]}`."""
    if not isinstance(value, Mapping):
        return InlayHints(enable=_boolean(value))
    changes: dict[str, Any] = {}
    for key, item in value.items():
        reader = _HINT_KEYS.get(key)
        if reader is None:
            faults.append(_Fault((*path, key), f"unknown setting {path[0]}.{key}{_nearest(key, _HINT_KEYS)}"))
            continue
        try:
            changes[key] = reader(item)
        except ValueError as error:
            faults.append(_Fault((*path, key), f"{path[0]}.{key}: {error}"))
    return InlayHints(**changes)


def _hint_parts(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(dict.fromkeys(_one_of(*HINT_PARTS)(item) for item in value))
    raise ValueError(f"expected a list of {', '.join(HINT_PARTS)}, got {written_value(value)}")


_HINT_KEYS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {"enable": _boolean, "format": _one_of(*HINT_FORMATS), "show": _hint_parts}
)


def _rules(value: Any, path: _Path, faults: list[_Fault]) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise ValueError(f"expected a table of severities, got {written_value(value)}")
    rules = {}
    for rule, severity in value.items():
        if rule not in RULE_NAMES:
            faults.append(_Fault((*path, rule), f"unknown rule {rule}{_nearest(rule, RULE_NAMES)}"))
            continue
        try:
            rules[rule] = _one_of("off", *SEVERITIES)(severity)
        except ValueError as error:
            faults.append(_Fault((*path, rule), f"{rule}: {error}"))
    return rules


def _budgets(value: Any, path: _Path, faults: list[_Fault]) -> tuple[Budget, ...]:
    if not isinstance(value, list):
        raise ValueError(f"expected a list of budgets, got {written_value(value)}")
    return tuple(_budget(item, (*path, number), faults) for number, item in enumerate(value))


def _budget(value: Any, path: _Path, faults: list[_Fault]) -> Budget:
    if not isinstance(value, Mapping):
        faults.append(_Fault(path, f"budgets: expected a table, got {written_value(value)}"))
        return Budget()
    changes: dict[str, Any] = {}
    for key, item in value.items():
        reader = BUDGET_KEYS.get(key) or BUDGET_KEYS.get(_kebab(key))
        if reader is None:
            faults.append(_Fault((*path, key), f"unknown budget setting {key}{_nearest(key, BUDGET_KEYS)}"))
            continue
        try:
            changes[_kebab(key).replace("-", "_")] = reader(item)
        except ValueError as error:
            faults.append(_Fault((*path, key), f"{key}: {error}"))
    return Budget(**changes)


_KEYS: Mapping[str, _Key] = MappingProxyType(
    {
        "dtype": _Key("dtype", _plain(_one_of(*DTYPE_BYTES))),
        "optimizer": _Key("optimizer", _plain(_one_of(*OPTIMIZER_STATES))),
        "batch-size": _Key("batch_size", _plain(_positive)),
        "samples": _Key("samples", _plain(_samples)),
        "exclude": _Key("exclude", _plain(_patterns)),
        "budgets": _Key("budgets", _budgets),
        "rules": _Key("rules", _rules),
        "python": _Key("python", _plain(_text)),
        "inlay-hints": _Key("inlay_hints", _inlay_hints),
        "code-lens": _Key("code_lens", _enable),
    }
)
