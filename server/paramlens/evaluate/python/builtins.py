"""The names that every module sees: builtin functions, types and exceptions.

`BUILTINS` is the table of the names themselves; `CLASSES` adds the classes that have no name of their own there
(`NoneType`, `function`, `generator`, …), for `Machine.type_of` and `Machine.builtin_class`.
"""

from __future__ import annotations

from paramlens.evaluate.python.exceptions import EXCEPTION_CLASSES
from paramlens.evaluate.python.functions import INSPECTING
from paramlens.evaluate.python.iterables import ITERATING
from paramlens.evaluate.python.mappings import MAPPING_CLASSES
from paramlens.evaluate.python.numbers import NUMBER_CLASSES
from paramlens.evaluate.python.objects import NOT_IMPLEMENTED, OBJECT_CLASSES
from paramlens.evaluate.python.sequences import SEQUENCE_CLASSES
from paramlens.evaluate.python.sets import SET_CLASSES
from paramlens.evaluate.python.strings import STRING_CLASSES
from paramlens.values import ClassValue, Value

UNNAMED = frozenset(
    [
        "NoneType",
        "ellipsis",
        "function",
        "builtin_function_or_method",
        "method",
        "module",
        "generator",
        "NotImplementedType",
    ]
)

CLASSES: dict[str, ClassValue] = {
    **OBJECT_CLASSES,
    **NUMBER_CLASSES,
    **STRING_CLASSES,
    **SEQUENCE_CLASSES,
    **MAPPING_CLASSES,
    **SET_CLASSES,
    **EXCEPTION_CLASSES,
}

BUILTINS: dict[str, Value] = {
    **{name: cls for name, cls in CLASSES.items() if name not in UNNAMED},
    **INSPECTING,
    **ITERATING,
    "True": True,
    "False": False,
    "None": None,
    "Ellipsis": ...,
    "NotImplemented": NOT_IMPLEMENTED,
    "__debug__": True,
}
