"""Registries that the parts of a package fill while Python imports them.

Modules are read name by name, so a decorator in a file that nobody asked a name of has not run:

    @register_model
    def resnet50(…): …

When a text key is missing in a dict that an imported module made at its top level, the files that its package imports
are searched for a statement that names both the key and the registry, and that statement runs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from paramlens.evaluate.lazy_source import LazySource
from paramlens.values import ClassValue, DictValue, Instance, ModuleValue, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

MOST_FILES = 1500
"""Files of a package that are looked through for registrations."""

DEPTH = 3
"""How deep a registry may lie in what a module binds: `registry.mapping["models"]` is 3."""

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]+)|import[ \t]+([\w., \t]+))", re.MULTILINE
)
_WORD = re.compile(r"\w+")


class LateRegistrations:
    """What one analysis knows of registries: which dicts may be one, and what was found for a missing key."""

    def __init__(self, vm: Interpreter) -> None:
        self._vm = vm
        self._files: dict[str, dict[str, str]] = {}  # by top package: the texts of its files by dotted name
        self._searched: set[tuple[int, str]] = set()
        self._found: dict[tuple[int, str], Value] = {}

    def watch(self, module: ModuleValue, name: str, value: Value) -> None:
        """A module bound the value: when a key of a dict in it is missing, look for what would have put it there."""
        for mapping in _mappings(value, module, DEPTH):
            if mapping.late is None:
                mapping.late = lambda key, mapping=mapping: self._complete(mapping, key, module, name)

    def _complete(self, mapping: DictValue, key: Value, module: ModuleValue, name: str) -> None:
        if not isinstance(key, str) or not _WORD.search(key):
            return
        known = (id(mapping), key)
        if known in self._found:  # a branch that was undone has taken it away
            mapping.items[key] = self._found[known]
        elif known not in self._searched:
            self._searched.add(known)
            self._run(mapping, key, module, _registrars(module.source, name))
            if key in mapping.items:
                self._found[known] = mapping.items[key]

    def _run(self, mapping: DictValue, key: str, module: ModuleValue, registrars: re.Pattern[str]) -> None:
        from paramlens.evaluate import modules

        for name, text in self._package_files(module).items():
            if key not in text or not registrars.search(text):
                continue
            part = modules.import_module(self._vm, name)
            source: LazySource | None = part.source if isinstance(part, ModuleValue) else None
            if not isinstance(part, ModuleValue) or source is None or source.is_main:
                continue
            for index in _registrations(source, key, registrars):
                modules.run_statement(self._vm, part, source, index)
                if key in mapping.items:
                    return

    def _package_files(self, module: ModuleValue) -> dict[str, str]:
        root = module.name.partition(".")[0]
        if root not in self._files:
            self._files[root] = dict(self._imported_files(root))
        return self._files[root]

    def _imported_files(self, root: str) -> Iterator[tuple[str, str]]:
        """The files that importing the package, and those of the workspace in use, brings in: by their text alone."""
        from paramlens.evaluate import modules

        own = {root, *self._workspace_roots()}
        waiting = [root, *(name for name in self._vm.modules if name.partition(".")[0] in own)]
        seen = set(waiting)
        count = 0
        while waiting and count < MOST_FILES:
            name = waiting.pop(0)
            located = modules.locate(self._vm, name)
            if located is None or not located[0]:
                continue
            path, text = located
            count += 1
            yield name, text
            for imported in _imports(text, name, is_package=path.endswith("__init__.py")):
                if imported not in seen and imported.partition(".")[0] in own:
                    seen.add(imported)
                    waiting.append(imported)

    def _workspace_roots(self) -> Iterator[str]:
        main = self._vm.main
        folder = os.path.dirname(main.path) if main is not None and main.path else None
        for name, module in self._vm.modules.items():
            if folder and isinstance(module, ModuleValue) and (module.path or "").startswith(folder + os.sep):
                yield name.partition(".")[0]


def _mappings(value: Value, module: ModuleValue, depth: int) -> Iterator[DictValue]:
    """The dicts in what a module made: itself, in the attributes of its objects, in its classes."""
    if depth == 0:
        return
    if isinstance(value, DictValue):
        yield value
        inner = list(value.items.values())
    elif isinstance(value, Instance) and value.state is None:
        if isinstance(value.payload, DictValue):
            yield value.payload
        inner = list(value.attributes.values())
    elif isinstance(value, ClassValue) and value.module is module:
        inner = list(value.namespace.values())
    else:
        return
    for item in inner:
        if isinstance(item, DictValue | Instance):
            yield from _mappings(item, module, depth - 1)


def _registrars(source: LazySource, name: str) -> re.Pattern[str]:
    """What a registration mentions: the registry itself, or a function or object of its module that uses it."""
    words = {name}
    for _ in range(2):
        known = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
        words.update(bound for s in source.statements if known.search(s.text) for bound in s.binds if bound != "*")
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})\b")


def _registrations(source: LazySource, key: str, registrars: re.Pattern[str]) -> list[int]:
    """The statements that may register the key, those that bind it first."""
    word = re.compile(rf"(?<!\w){re.escape(key)}(?!\w)")
    found = [
        index
        for index, statement in enumerate(source.statements)
        if statement.kind not in ("import", "if-main")
        and index not in source.done
        and word.search(statement.text)
        and registrars.search(statement.text)
    ]
    return sorted(found, key=lambda index: key not in source.statements[index].binds)


def _imports(text: str, name: str, *, is_package: bool) -> Iterator[str]:
    """The dotted names of the modules that a file may import."""
    for match in _IMPORT.finditer(text):
        dots, base, names, plain = match.groups()
        if plain is not None:
            yield from (part.split(" as ")[0].strip() for part in plain.split(","))
            continue
        if dots:
            parts = name.split(".")
            parts = parts[: len(parts) - len(dots) + is_package]
            base = ".".join([*parts, base] if base else parts)
        if base:
            yield base
            yield from (f"{base}.{word}" for word in _WORD.findall(names.split("#")[0]) if word not in ("as", "import"))
