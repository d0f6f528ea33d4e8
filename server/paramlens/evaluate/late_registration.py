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
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from paramlens.evaluate.lazy_source import LazySource
from paramlens.evaluate.module_names import absolute
from paramlens.values import ClassValue, DictValue, Instance, ModuleValue, Value

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter
    from paramlens.syntax.code import Statement

MOST_FILES = 1500
"""Files of a package that are looked through for registrations."""

MOST_MENTIONS = 40
"""Files that name a key beside the registry."""

DEPTH = 3
"""How deep a registry may lie in what a module binds: `registry.mapping["models"]` is 3."""

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]+)|import[ \t]+([\w., \t]+))", re.MULTILINE
)
_DEFINITION = re.compile(r"(.*?)^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+", re.MULTILINE | re.DOTALL)
_WORD = re.compile(r"\w+")


class LateRegistrations:
    """What one analysis knows of registries: which dicts may be one, and what was found for a missing key."""

    def __init__(self, vm: Interpreter) -> None:
        self._vm = vm
        self._files: dict[str, dict[str, str]] = {}  # by top package: the texts of its files by dotted name
        self._indexes: dict[tuple[str, str], _Index] = {}  # by the registry's module and name
        self._searched: set[tuple[int, str]] = set()
        self._found: dict[tuple[int, str], Value] = {}

    def watch(self, module: ModuleValue, name: str, value: Value) -> None:
        """A module bound the value: when a key of a dict in it is missing, look for what would have put it there."""
        for mapping in _registries(value, module, name):
            if mapping.late is None and mapping.factory is None:
                mapping.late = lambda key, mapping=mapping: self._complete(mapping, key, module, name)

    def _complete(self, mapping: DictValue, key: Value, module: ModuleValue, name: str) -> None:
        if not isinstance(key, str) or not _WORD.search(key):
            return
        known = (id(mapping), key)
        if any(key in statement.binds for statement in self._vm.defining if statement.kind in ("def", "class")):
            return  # what registers it asks whether it is there already
        if known in self._found:  # a branch that was undone has taken it away
            mapping.items[key] = self._found[known]
        elif known not in self._searched:
            self._searched.add(known)
            self._run_registrations(mapping, key, self._index(module, name))
            if key in mapping.items:
                self._found[known] = mapping.items[key]

    def _index(self, module: ModuleValue, name: str) -> _Index:
        known = (module.name, name)
        if known not in self._indexes:
            self._indexes[known] = _Index(_registrars(module.source, name), self._package_files(module))
        return self._indexes[known]

    def _run_registrations(self, mapping: DictValue, key: str, index: _Index) -> None:
        from paramlens.evaluate import modules

        names = index.files_with(key)
        if len(names) > MOST_MENTIONS:  # a common word, which nobody looks for as what a part registers
            return
        for name in names:
            part = modules.import_module(self._vm, name)
            source: LazySource | None = part.source if isinstance(part, ModuleValue) else None
            if not isinstance(part, ModuleValue) or source is None or source.is_main:
                continue
            for position in index.statements_with(key, name, source):
                modules.run_statement(self._vm, part, source, position)
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
            for imported in _imports(text, name, path):
                if imported not in seen and imported.partition(".")[0] in own:
                    seen.add(imported)
                    waiting.append(imported)

    def _workspace_roots(self) -> Iterator[str]:
        main = self._vm.main
        folder = os.path.dirname(main.path) if main is not None and main.path else None
        for name, module in self._vm.modules.items():
            if folder and isinstance(module, ModuleValue) and (module.path or "").startswith(folder + os.sep):
                yield name.partition(".")[0]


def _registries(value: Value, module: ModuleValue, name: str) -> Iterator[DictValue]:
    """The dicts in what a module made that code somewhere fills: itself, those in its objects and its classes."""
    if isinstance(value, DictValue):
        if not value.items or _is_filled(module, name):
            yield from _nested(value, DEPTH)
    elif isinstance(value, Instance) and value.state is None:
        yield from _filled(value.attributes, value.cls.module)
        if isinstance(value.payload, DictValue):
            yield value.payload
    elif isinstance(value, ClassValue) and value.module is module:
        yield from _filled(value.namespace, module)


def _filled(names: dict[str, Value], module: ModuleValue | None) -> Iterator[DictValue]:
    for name, value in names.items():
        if isinstance(value, DictValue) and module is not None and _is_filled(module, f".{name}"):
            yield from _nested(value, DEPTH - 1)


def _nested(mapping: DictValue, depth: int) -> Iterator[DictValue]:
    yield mapping
    for value in mapping.items.values():
        if isinstance(value, DictValue) and depth > 1:
            yield from _nested(value, depth - 1)


def _is_filled(module: ModuleValue, name: str) -> bool:
    """Whether the file has code that puts something under keys of that name; an attribute's begins with a dot."""
    word = re.escape(name) if name.startswith(".") else rf"(?<![\w.]){re.escape(name)}"
    fills = rf"{word}\b(?:(?:\[[^\]\n]*\])+[ \t]*=[^=]|(?:\[[^\]\n]*\])?\.(?:update|setdefault)\()"
    return module.source is not None and re.search(fills, module.source.text) is not None


def _registrars(source: LazySource, name: str) -> frozenset[str]:
    """What a registration calls: the registry itself, or a function or object of its module that uses it."""
    words = {name}
    for _ in range(2):
        known = _any_of(words)
        for statement in source.statements:
            if statement.kind in ("def", "class", "assign") and known.search(statement.text):
                words.update(statement.binds)
    return frozenset(words)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})\b")


class _Index:
    """Where the texts of a package name a registry beside a key."""

    def __init__(self, registrars: frozenset[str], files: dict[str, str]) -> None:
        self._registrars = registrars
        self._mention = _any_of(registrars)
        self._use = re.compile(rf"{self._mention.pattern}(?:\.\w+)*[ \t]*[(\[]")
        self._texts = files
        self._mentions: dict[str, bool] = {}  # by file, as far as it was asked for
        self._statements: dict[str, list[tuple[int, set[str]]]] = {}

    def files_with(self, key: str) -> list[str]:
        """The files that name the registry and the key. Few keys are looked for, and few files have one: looking for
        the key as text first takes a hundredth of what looking for the registry in all of them would."""
        longest = max(_WORD.findall(key), key=len)
        word = re.compile(rf"\b{longest}\b")
        return [
            name
            for name, text in self._texts.items()
            if key in text and word.search(text) and self._names_registry(name)
        ]

    def _names_registry(self, name: str) -> bool:
        if name not in self._mentions:
            self._mentions[name] = self._mention.search(self._texts[name]) is not None
        return self._mentions[name]

    def statements_with(self, key: str, name: str, source: LazySource) -> list[int]:
        """The statements of a file that may register the key and did not run, those that bind it first."""
        if name not in self._statements:
            self._statements[name] = [
                (position, set(_WORD.findall(text)))
                for position, statement in enumerate(source.statements)
                if (text := self._registering(statement))
            ]
        words = set(_WORD.findall(key))
        found = [
            position
            for position, others in self._statements[name]
            if words <= others and position not in source.done and key in source.statements[position].text
        ]
        return sorted(found, key=lambda position: key not in source.statements[position].binds)

    def _registering(self, statement: Statement) -> str:
        """The part of a statement that may register something as it runs: of a definition its decorators and name."""
        if statement.kind in ("def", "class"):
            head = _DEFINITION.match(statement.text)
            return head.group() if head and self._mention.search(head.group(1)) else ""
        if statement.kind in ("import", "if-main") or not self._use.search(statement.text):
            return ""
        return statement.text if statement.kind != "assign" or statement.mutates & self._registrars else ""


def _imports(text: str, importer: str, path: str) -> Iterator[str]:
    """The dotted names of the modules that a file may import."""
    for match in _IMPORT.finditer(text):
        dots, base, names, plain = match.groups()
        if plain is not None:
            yield from (part.split(" as ")[0].strip() for part in plain.split(","))
        elif found := absolute(base, len(dots), importer, path):
            yield found
            words = _WORD.findall(names.split("#")[0])
            yield from (f"{found}.{word}" for word in words if word not in ("as", "import"))
