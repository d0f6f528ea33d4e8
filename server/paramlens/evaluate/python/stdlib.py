"""The table of modelled modules: `STDLIB["math"]["ceil"]`. Modules that it does not list are not modelled."""

from __future__ import annotations

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.abstract import ABC_MODULE, NUMBERS
from paramlens.evaluate.python.builtins import BUILTINS
from paramlens.evaluate.python.hugging_face import HUGGING_FACE
from paramlens.evaluate.python.stdlib_argparse import ARGPARSE
from paramlens.evaluate.python.stdlib_collections import COLLECTIONS
from paramlens.evaluate.python.stdlib_copy import COPY
from paramlens.evaluate.python.stdlib_dataclasses import DATACLASSES
from paramlens.evaluate.python.stdlib_functools import FUNCTION_MODULES
from paramlens.evaluate.python.stdlib_inspect import INSPECT_SIGNATURES
from paramlens.evaluate.python.stdlib_itertools import ITERTOOLS
from paramlens.evaluate.python.stdlib_math import MATH_MODULES
from paramlens.evaluate.python.stdlib_system import SYSTEM_MODULES
from paramlens.evaluate.python.stdlib_text import TEXT_MODULES
from paramlens.evaluate.python.stdlib_typing import TYPING_MODULES
from paramlens.evaluate.python.third_party import EASY_DICT, THIRD_PARTY
from paramlens.values import DictValue, Value

STDLIB: dict[str, dict[str, Value]] = {
    **MATH_MODULES,
    **FUNCTION_MODULES,
    **SYSTEM_MODULES,
    **TEXT_MODULES,
    **TYPING_MODULES,
    **THIRD_PARTY,
    **HUGGING_FACE,
    "abc": ABC_MODULE,
    "argparse": ARGPARSE,
    "builtins": BUILTINS,
    "collections": COLLECTIONS,
    "copy": COPY,
    "dataclasses": DATACLASSES,
    "inspect": SYSTEM_MODULES["inspect"] | INSPECT_SIGNATURES,
    "itertools": ITERTOOLS,
    "numbers": dict(NUMBERS),
}


def attribute_dict(vm: Machine, items: dict[str, Value]) -> Value:
    """An object whose keys are attributes too."""
    return vm.instantiate(EASY_DICT, (DictValue(dict(items)),))
