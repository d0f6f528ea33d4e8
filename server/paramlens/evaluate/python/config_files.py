"""Configuration files of the workspace: `json.load(open("config.json"))`, `yaml.safe_load(f)`.

A configuration file or a Python file that lies beside the program is something that the program certainly reads, as
its own modules are: JSON, YAML, or text that the program takes apart itself (`.cfg`, `.ini`, `.conf`). What is not
there, is large, or is opened for writing stays unknown; so does text of any other kind (data, vocabularies).
"""

from __future__ import annotations

import json
import posixpath
import re
from typing import NoReturn

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.natives import compute, from_python, functions, make_class, native, plain, to_python
from paramlens.evaluate.python.objects import OBJECT
from paramlens.values import Instance, ListValue, Reason, Unknown, Value, undetermined

SUFFIXES = (".json", ".yaml", ".yml", ".cfg", ".ini", ".conf", ".toml", ".py")
MAX_TEXT = 256 * 1024  # characters
MAX_ALIASES = 16  # of YAML: more could make a small text a large value
_ALIAS = re.compile(r"(?:^|[\s\[{,])\*\w")

FILE: dict[str, Value] = {}
TEXT_FILE = make_class("TextIOWrapper", (OBJECT,), FILE, None, "io")


def _not_known(detail: str = "a file") -> NoReturn:
    raise undetermined(Reason.ENVIRONMENT, detail)


def _given(file: Instance, text: str) -> Value:
    """Text as a file opened with its mode gives it."""
    return text.encode() if file.attributes.get("_binary") else text


def open_(vm: Machine, file: Value, mode: Value = "r", *rest: Value, **options: Value) -> Value:
    """`open(path)`: a file that is read when its text is asked for, or an Unknown."""
    path, how = plain(file), plain(mode)
    if not (isinstance(path, str) and path.endswith(SUFFIXES) and how in ("r", "rt", "rb")):
        return vm.unknown(Reason.ENVIRONMENT, "a file")
    text = vm.workspace_text(path)
    if text is None or len(text) > MAX_TEXT:
        return vm.unknown(Reason.ENVIRONMENT, posixpath.basename(path))
    made = vm.new_instance(TEXT_FILE)
    made.attributes["name"] = path
    made.attributes["_text"] = text
    made.attributes["_binary"] = how == "rb"
    return made


def _take(vm: Machine, file: Instance) -> str:
    """The text that was not read yet."""
    text = file.attributes.get("_text")
    if not isinstance(text, str):
        _not_known()
    vm.touch(file)
    file.attributes["_text"] = ""
    return text


@native(FILE, "read")
def read(vm: Machine, self: Instance, size: Value = -1) -> Value:
    if size not in (-1, None):
        _not_known("a part of a file")
    text = _take(vm, self)
    return _given(self, text) if len(text) <= 2**16 else vm.unknown(Reason.SIZE_LIMIT, "the text of a file")


@native(FILE, "readline")
def readline(vm: Machine, self: Instance, size: Value = -1) -> Value:
    if size not in (-1, None):
        _not_known("a part of a file")
    lines = _take(vm, self).splitlines(True)
    self.attributes["_text"] = "".join(lines[1:])
    return _given(self, lines[0] if lines else "")


@native(FILE, "seek", "tell", "fileno", "readinto", "__next__")
def other(vm: Machine, self: Instance, *args: Value) -> Value:
    """What may change which text is read next, and how."""
    vm.touch(self)
    self.attributes["_text"] = vm.unknown(Reason.ENVIRONMENT, "a part of a file")
    _not_known("a part of a file")


@native(FILE, "readlines")
def readlines(vm: Machine, self: Instance) -> Value:
    return ListValue(readlines_of(vm, self))


FILE |= functions(
    {
        "__enter__": lambda vm, self: self,
        "__exit__": lambda vm, self, *error: None,
        "close": lambda vm, self: None,
        "__iter__": lambda vm, self: vm.make_iterator(readlines_of(vm, self)),
    }
)


def readlines_of(vm: Machine, file: Instance) -> list[Value]:
    """The lines of a file, as iterating over it gives them."""
    return [_given(file, line) for line in _take(vm, file).splitlines(True)]


def _source(vm: Machine, given: Value) -> str:
    if isinstance(given, Instance) and given.cls is TEXT_FILE:
        return _take(vm, given)
    if isinstance(given, Unknown | Instance):
        _not_known()
    text = to_python(given)
    return text if isinstance(text, str) else _not_known()


def load_json(vm: Machine, file: Value, **options: Value) -> Value:
    """`json.load(file)`."""
    if options:
        _not_known("json.load with options")
    return from_python(compute(vm, json.loads, _source(vm, file)))


def load_yaml(vm: Machine, stream: Value, Loader: Value = None) -> Value:  # PyYAML's own name
    """`yaml.safe_load(stream)` and `yaml.load(stream, Loader=…)`: plain data alone, by YAML 1.1 as PyYAML reads it."""
    import yaml  # few programs ask for it

    text = _source(vm, stream)
    if len(_ALIAS.findall(text)) > MAX_ALIASES:
        _not_known("yaml")
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:
        _not_known("yaml")
    return from_python(found)
