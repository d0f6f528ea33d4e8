"""Which packages there are, as the program asks: `importlib.util.find_spec`, `importlib.metadata`, `packaging`."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from paramlens.evaluate.frameworks import namespace
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.builtins import CLASSES
from paramlens.evaluate.python.natives import functions, make_class
from paramlens.evaluate.python.sequences import TUPLE
from paramlens.values import ClassValue, Instance, Reason, Value, undetermined

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

# The versions that the declarations were checked against.
VERSIONS = {"torch": "2.13.0", "keras": "3.15.1", "numpy": "2.4.6", "tensorflow": "2.21.0", "einops": "0.8.2"}


def is_there(vm: Interpreter, name: str) -> bool:
    """Whether a package can be imported: of a declared framework, of Python, or found as source."""
    root = name.split(".", 1)[0]
    if root in sys.stdlib_module_names or vm.locate_in_environment(name):
        return True
    return root in namespace.ROOTS and root in VERSIONS


def find_spec(vm: Interpreter, name: Value, package: Value = None) -> Value:
    """An object for a package that is there, None for one that is not."""
    if not isinstance(name, str):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "the name of a package")
    return vm.neutral_context() if is_there(vm, name) else None


def version(vm: Interpreter, name: Value) -> Value:
    """The version of a declared framework; others that are there have one that is not known."""
    if not isinstance(name, str):
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "the name of a package")
    if name in VERSIONS:
        return VERSIONS[name]
    if not is_there(vm, name.replace("-", "_")):
        vm.throw("ModuleNotFoundError", f"No package metadata was found for {name}")
    raise undetermined(Reason.ENVIRONMENT, f"the version of {name}")


def parse_version(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    """`Version("2.13.0")`: compared by its numbers. Pre-releases and the like are not modelled."""
    text = args[0] if args else kwargs.get("version")
    if isinstance(text, Instance) and text.cls is VERSION:
        return text
    if not isinstance(text, str) or not re.fullmatch(r"\d+(\.\d+)*(\+\w+)?", text):
        raise undetermined(Reason.UNSUPPORTED, f"version {text!r}" if isinstance(text, str) else "a version")
    base = text.split("+", 1)[0]
    numbers = tuple(int(part) for part in base.split("."))
    while len(numbers) > 1 and numbers[-1] == 0:  # 2.0 == 2.0.0
        numbers = numbers[:-1]
    padded = (*(int(part) for part in base.split(".")), 0, 0)
    instance = vm.new_instance(VERSION)
    instance.payload = numbers
    instance.attributes.update(
        {"base_version": base, "release": numbers, "major": padded[0], "minor": padded[1], "micro": padded[2]}
    )
    return instance


VERSION = make_class("Version", (TUPLE,), {}, parse_version, "packaging.version")

PACKAGES: dict[str, dict[str, Value]] = {
    "importlib.util": functions({"find_spec": find_spec}),
    "importlib.metadata": functions({"version": version}) | {"PackageNotFoundError": CLASSES["ModuleNotFoundError"]},
    "packaging.version": functions({"parse": lambda vm, text: parse_version(vm, VERSION, (text,), {})})
    | {"Version": VERSION},
}
PACKAGES["packaging"] = {}
PACKAGES["importlib_metadata"] = PACKAGES["importlib.metadata"]
