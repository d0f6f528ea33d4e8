"""The names of the frameworks: what `torch.nn.Conv2d`, `tf.keras.layers.Dense` or `np.zeros` means."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from paramlens.evaluate.frameworks import keras_names, torch_names
from paramlens.layers.catalogue import CONSTANTS, LAYERS, OPERATIONS
from paramlens.values import ModuleValue, Reason, Unknown, Value, born_before_all

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

ROOTS = frozenset({"torch", "keras", "tensorflow", "tf_keras", "numpy", "einops", "pytorch_lightning", "lightning"})
_KERAS_SPELLINGS = (
    "tensorflow.compat.v1.keras", "tensorflow.compat.v2.keras", "tensorflow.python.keras", "tensorflow.keras",
    "tensorflow.contrib.keras", "tf_keras", "keras.api._v2.keras", "keras.api", "keras.src", "keras._tf_keras.keras",
    "keras.engine", "keras.models.keras",
)
_TENSORFLOW_SPELLINGS = ("tensorflow.compat.v1", "tensorflow.compat.v2", "tensorflow.python.framework.ops")
_OTHER_SPELLINGS = {"lightning.pytorch": "pytorch_lightning", "lightning": "pytorch_lightning"}

_KNOWN_PREFIXES: set[str] = set()


@lru_cache(maxsize=8_192)
def canonical(name: str) -> str:
    """One spelling for each name: `tf.keras.layers.Dense` and `keras.src.layers.Dense` are `keras.layers.Dense`."""
    for spelling in _KERAS_SPELLINGS:
        if name == spelling or name.startswith(spelling + "."):
            return canonical("keras" + name[len(spelling) :]) if spelling != "keras" else name
    for spelling in _TENSORFLOW_SPELLINGS:
        if name == spelling or name.startswith(spelling + "."):
            return "tensorflow" + name[len(spelling) :]
    for spelling, meaning in _OTHER_SPELLINGS.items():
        if name == spelling or name.startswith(spelling + "."):
            return meaning + name[len(spelling) :]
    return name


def _prefixes() -> set[str]:
    """Every dotted prefix of a declared name: these are modules."""
    if not _KNOWN_PREFIXES:
        for table in (LAYERS, OPERATIONS, CONSTANTS, torch_names.SPECIALS, keras_names.SPECIALS):
            for name in table:
                prefix = name.rpartition(".")[0]
                while prefix and prefix not in _KNOWN_PREFIXES:
                    _KNOWN_PREFIXES.add(prefix)
                    prefix = prefix.rpartition(".")[0]
        classes = {*LAYERS, *torch_names.SPECIALS, *keras_names.SPECIALS}
        _KNOWN_PREFIXES.difference_update(classes)
    return _KNOWN_PREFIXES


def names_below(dotted: str) -> list[str]:
    """The declared names of a framework's module."""
    prefix = canonical(dotted) + "."
    found = {
        name[len(prefix) :].split(".", 1)[0]
        for table in (LAYERS, OPERATIONS, CONSTANTS, torch_names.SPECIALS, keras_names.SPECIALS)
        for name in table
        if name.startswith(prefix)
    }
    return sorted(found)


def module(vm: Interpreter, name: str) -> ModuleValue | None:
    """The module of this name if it belongs to a framework and is not read as source."""
    root = name.split(".", 1)[0]
    if root not in ROOTS:
        return None
    known = canonical(name)
    if known.startswith("keras.") and keras_names.is_source(known):
        return _source_module(vm, name, known)
    declared = known in _prefixes() or keras_names.is_native_module(known)
    if known.startswith("keras.") and not declared and vm.locate_in_environment(name):
        return None
    return ModuleValue(name, native=lambda attribute: resolve(vm, f"{name}.{attribute}"))


def called_module(vm: Interpreter, name: str) -> Value:
    """The function that was once what is a module now: `keras.layers.merge` of Keras 1."""
    function = f"{canonical(name)}.__call__"
    return vm.operation_function(function) if function in OPERATIONS else None


def _source_module(vm: Interpreter, name: str, known: str) -> ModuleValue | None:
    """The installed source of a Keras module asked for by another spelling (`tensorflow.keras.applications`)."""
    if name == known or vm.locate_in_environment(name):
        return None
    found = vm.import_module(known)
    return found if isinstance(found, ModuleValue) else None


def resolve(vm: Interpreter, dotted: str) -> Value:
    """The value of a dotted framework name."""
    name = canonical(dotted)
    cached = vm.framework_values.get(name)
    if cached is None:
        with born_before_all():
            cached = vm.framework_values[name] = _resolve(vm, name, dotted)
    return cached


def _resolve(vm: Interpreter, name: str, dotted: str) -> Value:
    for table in (torch_names.SPECIALS, keras_names.SPECIALS):
        if name in table:
            return table[name](vm)
    if name in LAYERS:
        return vm.framework_class(LAYERS[name].name)
    if name in OPERATIONS:
        return vm.operation_function(name)
    if name in CONSTANTS:
        return CONSTANTS[name]
    if name in _prefixes() or keras_names.is_native_module(name):
        return vm.import_module(dotted)
    if name.startswith("keras.") and not keras_names.is_native_only(name):
        found = _from_source(vm, dotted, name)
        if found is not None:
            return found
    special = torch_names.fallback(vm, name) if name.startswith("torch.") else keras_names.fallback(vm, name)
    return special if special is not None else Unknown(Reason.UNSUPPORTED, name)


def _from_source(vm: Interpreter, dotted: str, name: str) -> Value:
    """A Keras name that is not declared, read from the installed source: a module, or a name of one."""
    for spelling in dict.fromkeys((dotted, name, name.replace("keras.", "keras.src.", 1))):
        if vm.locate_in_environment(spelling):
            return vm.import_module(spelling)
    return None


