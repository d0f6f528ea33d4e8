"""Names that a package which loads its parts late tells type checkers alone:

    if TYPE_CHECKING:
        from .modeling import Model
        from .models import *
    else:
        sys.modules[__name__] = _LazyModule(…)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING

from paramlens.evaluate.frames import Frame
from paramlens.evaluate.module_names import absolute
from paramlens.syntax import code
from paramlens.values import ModuleValue

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

MOST_FILES = 4000
"""Files that are looked through for one name."""

_STAR = re.compile(r"^[ \t]+from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+\*", re.MULTILINE)


def run_import(vm: Interpreter, module: ModuleValue, name: str) -> bool:
    """Run the import under `if TYPE_CHECKING:` that binds the name, that one alone; whether there is one."""
    from paramlens.evaluate import modules

    for index in module.source.statements_for(name):
        statement = module.source.statements[index]
        block = statement.code() if "TYPE_CHECKING" in statement.text and index in module.source.done else ()
        if isinstance(block, code.Refusal):
            continue
        for node, alias in _imports_of(block, name):
            frame = Frame(module.scope, module, statement.first_line)
            with vm.outside_branches(module):
                modules.execute_import_from(vm, replace(node, names=(alias,)), frame)
            return name in module.scope.names
    return False


def _imports_of(node: object, name: str) -> Iterator[tuple[code.ImportFrom, code.Alias]]:
    """The `from … import` statements in code that bind the name, with the part that does."""
    if isinstance(node, code.ImportFrom):
        yield from ((node, alias) for alias in node.names if (alias.asname or alias.name) == name)
    elif isinstance(node, tuple):
        for item in node:
            yield from _imports_of(item, name)
    elif isinstance(node, code.If | code.Try) and is_dataclass(node):
        for field in fields(node):
            yield from _imports_of(getattr(node, field.name), name)


def defining_module(vm: Interpreter, module: ModuleValue, name: str) -> str | None:
    """The dotted name of the module that a star import under `if TYPE_CHECKING:` brings the name from."""
    if module.source is None or module.source.is_main or name.startswith("_"):
        return None
    known = (module.name, name)
    if known not in vm.late_names:
        vm.late_names[known] = _search(vm, module.name, name)
    return vm.late_names[known]


def _search(vm: Interpreter, start: str, name: str) -> str | None:
    from paramlens.evaluate import modules

    binds = re.compile(rf"^(?:class|def|async def)[ \t]+{name}\b|^{name}[ \t]*[:=]", re.MULTILINE)
    waiting, seen = [start], {start}
    while waiting and len(seen) < MOST_FILES:
        candidate = waiting.pop()
        located = modules.locate(vm, candidate)
        if located is None or not located[0]:
            continue
        path, text = located
        if candidate != start and name in text and binds.search(text):
            return candidate
        if "TYPE_CHECKING" in text:
            parts = [part for part in _stars(text, candidate, path) if part not in seen]
            seen.update(parts)
            waiting.extend(sorted(parts, key=lambda part: _likeness(part, name)))
    return None


def _stars(text: str, importer: str, path: str) -> Iterator[str]:
    found = (absolute(base, len(dots), importer, path) for dots, base in _STAR.findall(text))
    return (name for name in found if name is not None)


def _likeness(module: str, name: str) -> int:
    """How much of the name the module is called after: `models.bert` is looked at first for `BertModel`."""
    words = module.rpartition(".")[2].replace("_", "")
    return len(words) if name.lower().startswith(words) else 0
