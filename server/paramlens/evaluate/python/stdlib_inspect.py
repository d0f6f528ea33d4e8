"""`inspect.signature` and its kin, of functions and classes of the analysed program."""

from __future__ import annotations

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.natives import functions, known, make_class
from paramlens.evaluate.python.objects import OBJECT
from paramlens.syntax import code
from paramlens.values import (
    BoundMethod,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    PartialValue,
    Reason,
    Value,
    undetermined,
)

EMPTY = make_class("_empty", (OBJECT,), {}, None, "inspect")
PARAMETER = make_class(
    "Parameter",
    (OBJECT,),
    {
        "empty": EMPTY,
        "POSITIONAL_ONLY": 0,
        "POSITIONAL_OR_KEYWORD": 1,
        "VAR_POSITIONAL": 2,
        "KEYWORD_ONLY": 3,
        "VAR_KEYWORD": 4,
    },
    None,
    "inspect",
)
SIGNATURE = make_class("Signature", (OBJECT,), {"empty": EMPTY}, None, "inspect")


def function_of(vm: Machine, value: Value) -> tuple[FunctionValue, bool]:
    """The function behind a callable, and whether its first parameter is already given."""
    value = known(value)
    if isinstance(value, BoundMethod):
        return function_of(vm, value.function)[0], True
    if isinstance(value, ClassValue):
        return function_of(vm, vm.get_attribute(value, "__init__"))[0], True
    if isinstance(value, FunctionValue):
        wrapped = value.attributes.get("__wrapped__")
        return function_of(vm, wrapped) if wrapped is not None else (value, False)
    kind = "a partial" if isinstance(value, PartialValue) else "a native function"
    raise undetermined(Reason.UNSUPPORTED, f"the signature of {kind}")


def parameters_of(vm: Machine, value: Value) -> list[tuple[code.Param, int, Value]]:
    """(parameter, kind, default or EMPTY), in order, without one that is already given."""
    function, bound = function_of(vm, value)
    params = function.code.params
    groups = [
        (params.positional_only, 0),
        (params.positional, 1),
        ((params.var_positional,) if params.var_positional is not None else (), 2),
        (params.keyword_only, 3),
        ((params.var_keyword,) if params.var_keyword is not None else (), 4),
    ]
    listed = [(param, kind, function.defaults.get(param.name, EMPTY)) for group, kind in groups for param in group]
    return listed[1:] if bound and listed and listed[0][1] in (0, 1) else listed


def signature(vm: Machine, value: Value, **options: Value) -> Instance:
    made = vm.new_instance(SIGNATURE)
    parameters: dict[Value, Value] = {}
    for param, kind, default in parameters_of(vm, value):
        each = vm.new_instance(PARAMETER)
        annotation = vm.unknown(Reason.UNSUPPORTED, "an annotation") if param.annotation is not None else EMPTY
        each.attributes.update(name=param.name, kind=kind, default=default, annotation=annotation)
        parameters[param.name] = each
    made.attributes["parameters"] = DictValue(parameters)
    made.attributes["return_annotation"] = vm.unknown(Reason.UNSUPPORTED, "an annotation")
    return made


def getfullargspec(vm: Machine, value: Value) -> Instance:
    """The bound first parameter is listed here, unlike in `signature`."""
    function, _ = function_of(vm, value)
    listed = parameters_of(vm, function)
    named = {kind: next((param.name for param, at, _ in listed if at == kind), None) for kind in (2, 4)}
    defaults = tuple(default for _, kind, default in listed if kind in (0, 1) and default is not EMPTY)
    made = vm.new_instance(SIGNATURE)
    made.attributes.update(
        args=ListValue([param.name for param, kind, _ in listed if kind in (0, 1)]),
        varargs=named[2],
        varkw=named[4],
        defaults=defaults or None,
        kwonlyargs=ListValue([param.name for param, kind, _ in listed if kind == 3]),
        kwonlydefaults=DictValue({param.name: d for param, kind, d in listed if kind == 3 and d is not EMPTY}),
    )
    return made


INSPECT_SIGNATURES: dict[str, Value] = {
    "Parameter": PARAMETER,
    "Signature": SIGNATURE,
    "_empty": EMPTY,
    **functions({"signature": signature, "getfullargspec": getfullargspec, "getargspec": getfullargspec}),
}
