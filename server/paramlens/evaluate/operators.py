"""Operators, comparisons, indexing, iteration and `with` for any value: overloads first, then plain data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from paramlens.dims import Sym
from paramlens.evaluate import aliases, attributes
from paramlens.evaluate.alternatives import Alternatives, undecided
from paramlens.evaluate.choices import chosen_from, item_of, one_of
from paramlens.evaluate.frames import Thrown
from paramlens.evaluate.frameworks import shared_memory, tensors
from paramlens.evaluate.frameworks.named_results import NamedResult
from paramlens.evaluate.python import abstract, arithmetic, builtins, comparison, enums, formatting, items
from paramlens.evaluate.python.stdlib_functools import FUNCTOOLS
from paramlens.values import (
    BoundMethod,
    ClassMethodValue,
    ClassValue,
    DictValue,
    FunctionValue,
    GeneratorValue,
    Instance,
    IteratorValue,
    ListValue,
    ModuleValue,
    NativeFunction,
    ParameterValue,
    PartialValue,
    PropertyValue,
    Reason,
    SetValue,
    StaticMethodValue,
    SuperValue,
    TensorValue,
    TrackedDict,
    TrackedList,
    Undetermined,
    Unknown,
    Value,
    derived,
    fresh,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

_METHODS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
_COMPARISONS = {"==": "__eq__", "!=": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_NUMERIC = frozenset({"+", "-", "*", "/", "//", "%", "**"})
_CLASS_OF: dict[type, str] = {
    bool: "bool", int: "int", Sym: "int", float: "float", complex: "complex", str: "str", bytes: "bytes",
    tuple: "tuple", range: "range", slice: "slice", type(None): "NoneType", type(...): "ellipsis", ListValue: "list",
    TrackedList: "list", TrackedDict: "dict",
    DictValue: "dict", IteratorValue: "generator", GeneratorValue: "generator", FunctionValue: "function",
    ClassValue: "type", NativeFunction: "builtin_function_or_method", BoundMethod: "method", ModuleValue: "module",
    PropertyValue: "property", StaticMethodValue: "staticmethod", ClassMethodValue: "classmethod",
    SuperValue: "super", NamedResult: "tuple",
}  # fmt: skip


def type_of(vm: Interpreter, value: Value) -> ClassValue | Unknown:
    """The class of a value."""
    if isinstance(value, Instance):
        return value.cls
    if isinstance(value, Unknown):
        return value
    if isinstance(value, ParameterValue):
        return vm.framework_class("torch.nn.Parameter" if value.kind == "torch" else "keras.Variable")
    if isinstance(value, TensorValue):
        return vm.framework_class(tensors.CLASS_NAMES[value.kind])
    if isinstance(value, SetValue):
        return builtins.CLASSES["frozenset" if value.frozen else "set"]
    if isinstance(value, DictValue):
        return builtins.CLASSES["dict"]
    if isinstance(value, PartialValue):
        return FUNCTOOLS["partial"]  # type: ignore[no-any-return]  # a class in that table
    if isinstance(value, ClassValue) and isinstance(value.traits.get("metaclass"), ClassValue):
        return value.traits["metaclass"]  # type: ignore[no-any-return]  # ClassValue, just asked
    name = _CLASS_OF.get(type(value))
    return builtins.CLASSES[name] if name is not None else Unknown(Reason.UNSUPPORTED, type(value).__name__)


def is_instance(vm: Interpreter, value: Value, cls: Value) -> bool | None:
    """isinstance with a class or nested tuples of classes."""
    if isinstance(cls, tuple):
        answers = [is_instance(vm, value, item) for item in cls]
        return True if True in answers else (None if None in answers else False)
    if isinstance(value, Unknown) or not isinstance(cls, ClassValue):
        return None
    if isinstance(value, Alternatives):
        answers = [is_instance(vm, option, cls) for option in value.options]
        return answers[0] if all(answer is answers[0] for answer in answers) else None
    own = type_of(vm, value)
    if cls.qualified_name in abstract.ABSTRACT:
        return abstract.instance_of(own, cls)
    if isinstance(own, Unknown):
        return None
    if isinstance(value, Sym) and cls.name in ("float", "bool"):
        return None
    return is_subclass(vm, own, cls)


def is_subclass(vm: Interpreter, cls: ClassValue, parent: Value) -> bool | None:
    """issubclass; None when an unknown base may decide."""
    if isinstance(parent, tuple):
        answers = [is_subclass(vm, cls, item) for item in parent]
        return True if True in answers else (None if None in answers else False)
    if not isinstance(parent, ClassValue):
        return None
    if parent.qualified_name in abstract.ABSTRACT:
        return abstract.instance_of(cls, parent)
    parent = parent.traits.get("instances", parent)  # a class whose instances are those of another
    if parent in cls.mro or any(_same_class(base, parent) for base in cls.mro):
        return True
    return None if any(isinstance(base, Unknown) for base in cls.mro) else False


def _same_class(a: Value, b: ClassValue) -> bool:
    """One class of a file that is both analysed and imported."""
    return isinstance(a, ClassValue) and a.place is not None and a.place == b.place and a.name == b.name


# --------------------------------------------------------------------------------------------------------- truth


def truth(vm: Interpreter, value: Value) -> bool | None:
    """Python truth; None when it is not known."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Unknown):
        return None
    if isinstance(value, Instance):
        return _instance_truth(vm, value)
    if isinstance(value, TensorValue):
        return bool(value.data) if isinstance(value.data, bool | int | float) else None
    if isinstance(value, ClassValue | FunctionValue | NativeFunction | BoundMethod | ModuleValue | PartialValue):
        return True
    return comparison.truth(value)


def _instance_truth(vm: Interpreter, value: Instance) -> bool | None:
    for name in ("__bool__", "__len__"):
        method = attributes.class_attribute(value.cls, name)
        if method is not None:
            try:
                result = vm.call(method, (value,))
            except Undetermined:
                return None
            return None if isinstance(result, Unknown) else truth(vm, result)
    return None if any(isinstance(base, Unknown) for base in value.cls.mro) else True


# ----------------------------------------------------------------------------------------------------- arithmetic


def binary(vm: Interpreter, op: str, left: Value, right: Value) -> Value:
    """`left op right`."""
    if isinstance(left, Instance) or isinstance(right, Instance):
        result = _overloaded(vm, op, left, right)
        if result is not attributes.MISSING:
            return result
        left, right = vm.plain(left), vm.plain(right)
    if isinstance(left, TensorValue) or isinstance(right, TensorValue):
        return tensors.binary(vm, op, left, right)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _with_unknown(vm, op, left, right)
    types = ClassValue | NativeFunction | FunctionValue
    if isinstance(left, ClassValue) or isinstance(right, ClassValue) or (op == "|" and isinstance(left, types)):
        return vm.unknown(Reason.UNSUPPORTED, "a union of types")
    if isinstance(left, Sym) and isinstance(right, float) and right.is_integer() and op in ("*", "//"):
        right = int(right)  # a size times 4.0 is used as a size
    elif isinstance(right, Sym) and isinstance(left, float) and left.is_integer() and op == "*":
        left = int(left)
    return arithmetic.binary(vm, op, left, right)


def _with_unknown(vm: Interpreter, op: str, left: Value, right: Value) -> Value:
    """Arithmetic of an unknown with a number goes on as a formula in its name."""
    if op in ("*", "//"):  # a size times 4.0 is used as a size
        left, right = (int(side) if isinstance(side, float) and side.is_integer() else side for side in (left, right))
    unknown, other = (left, right) if isinstance(left, Unknown) else (right, left)
    numeric = isinstance(other, int | Sym) and not isinstance(other, bool)
    if op in _NUMERIC and numeric and unknown.detail and unknown.reason is not Reason.SHAPE_MISMATCH:
        number = vm.symbol_for(unknown, "x")
        return arithmetic.binary(vm, op, number if unknown is left else left, number if unknown is right else right)
    if not isinstance(other, Unknown | int | float | Sym):
        return fresh(unknown.reason, unknown.detail, unknown.place)
    names = [side.label or "?" if isinstance(side, Unknown) else str(side) for side in (left, right)]
    result = derived(unknown, f"({names[0]} {op} {names[1]})", op, left, right)
    if isinstance(other, Unknown) and op in ("+", "-", "*", "//"):
        vm.symbols.note_formula(result, (op, left, right), lasting=bool(vm.importing))
    return result


def _overloaded(vm: Interpreter, op: str, left: Value, right: Value) -> Value:
    name = _METHODS[op]
    for receiver, other, method in ((left, right, f"__{name}__"), (right, left, f"__r{name}__")):
        if isinstance(receiver, Instance):
            found = attributes.class_attribute(receiver.cls, method)
            if found is not None:
                result = vm.call(found, (receiver, other))
                if result is not vm.builtins["NotImplemented"]:
                    return result
            if any(isinstance(base, Unknown) for base in receiver.cls.mro):
                return Unknown(Reason.UNSUPPORTED, f"{receiver.cls.name} {op}", vm.place)
    return attributes.MISSING


def in_place(vm: Interpreter, op: str, left: Value, right: Value) -> Value:
    """`left op= right`: lists, sets and dicts change, everything else is computed anew."""
    if isinstance(left, Unknown) and left.options:
        aliases.perhaps(vm, left, lambda option: in_place(vm, op, option, right))
        return left
    if isinstance(left, Instance):
        method = attributes.class_attribute(left.cls, f"__i{_METHODS[op]}__")
        if method is not None:
            return vm.call(method, (left, right))
    if isinstance(left, ListValue) and op == "+":
        vm.call(vm.get_attribute(left, "extend"), (right,))
        return left
    if isinstance(left, DictValue | SetValue) and op == "|" and not getattr(left, "frozen", False):
        vm.call(vm.get_attribute(left, "update"), (right,))
        return left
    result = binary(vm, op, left, right)
    if _changes_in_place(left) and isinstance(result, TensorValue):
        vm.touch(left)  # one array under all its names
        left.data = result.data
        shared_memory.changed(vm, left)
        return left
    return result


def _changes_in_place(left: Value) -> bool:
    """Whether `left += …` changes a tensor itself: torch's and numpy's do, but not the scalars of numpy."""
    if not isinstance(left, TensorValue) or left.kind not in ("torch", "numpy"):
        return False
    return left.kind == "torch" or bool(left.shape)


def unary(vm: Interpreter, op: str, operand: Value) -> Value:
    """`-x`, `+x`, `~x`, `not x`."""
    if op == "not":
        known = truth(vm, operand)
        if known is None:
            if isinstance(operand, Unknown):
                return derived(operand, f"not {operand.label}", "not", operand)
            return vm.unknown(Reason.DATA_DEPENDENT, "a truth value")
        return not known
    if isinstance(operand, Unknown):
        if op == "-" and operand.detail:
            return -vm.symbol_for(operand, "x")
        return operand
    if isinstance(operand, TensorValue):
        return tensors.unary(vm, op, operand)
    if isinstance(operand, Instance):
        method = attributes.class_attribute(operand.cls, {"-": "__neg__", "+": "__pos__", "~": "__invert__"}[op])
        if method is not None:
            return vm.call(method, (operand,))
    return arithmetic.unary(vm, op, vm.plain(operand))


# ----------------------------------------------------------------------------------------------------- comparison


def compare(vm: Interpreter, op: str, left: Value, right: Value) -> Value:
    """`left op right` for == != < <= > >= is, is not, in, not in."""
    if op in ("is", "is not"):
        return _identity(op, left, right)
    if op in ("in", "not in"):
        return _membership(vm, op, left, right)
    if isinstance(left, Instance) or isinstance(right, Instance):
        result = _compare_overloaded(vm, op, left, right)
        if result is not attributes.MISSING:
            return result
        plain_left, plain_right = vm.plain(left), vm.plain(right)
        if plain_left is left and plain_right is right and op in ("==", "!="):
            if isinstance(left, Unknown) or isinstance(right, Unknown):
                return left if isinstance(left, Unknown) else right
            return (left is right) is (op == "==")
        left, right = plain_left, plain_right
    if (isinstance(left, TensorValue) or isinstance(right, TensorValue)) and not (left is None or right is None):
        return tensors.binary(vm, op, left, right)
    return comparison.compare(vm, op, left, right)


def _identity(op: str, left: Value, right: Value) -> Value:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        unknown = left if isinstance(left, Unknown) else right
        return unknown if left is not right else op == "is"
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Alternatives) and one is not other and isinstance(other, Instance):
            return undecided(one)
    answer = comparison.identical(left, right)
    if isinstance(answer, Unknown):
        return answer
    return answer if op == "is" else not answer


def _membership(vm: Interpreter, op: str, item: Value, container: Value) -> Value:
    if isinstance(container, Unknown):
        return container
    if isinstance(container, Instance):
        method = attributes.class_attribute(container.cls, "__contains__")
        if method is not None:
            found = vm.truth(vm.call(method, (container, item)))
            return Unknown(Reason.DATA_DEPENDENT, "in", vm.place) if found is None else found is (op == "in")
        plain = vm.plain(container)
        container = plain if plain is not container else ListValue(iterate(vm, container))
    elif isinstance(container, ClassValue):
        container = ListValue(iterate(vm, container))
    elif isinstance(container, TensorValue):
        return vm.unknown(Reason.DATA_DEPENDENT, "in a tensor")
    found = comparison.contains(vm, item, container)
    return found if op == "in" else not found


def _compare_overloaded(vm: Interpreter, op: str, left: Value, right: Value) -> Value:
    for receiver, other, name in ((left, right, _COMPARISONS[op]), (right, left, _COMPARISONS[_MIRRORED[op]])):
        if isinstance(receiver, Instance):
            method = attributes.class_attribute(receiver.cls, name)
            if isinstance(method, FunctionValue) or (method is not None and vm.plain(receiver) is receiver):
                result = vm.call(method, (receiver, other))
                if result is not vm.builtins["NotImplemented"]:
                    return result
    if op == "!=":
        equal = _compare_overloaded(vm, "==", left, right)
        if equal is not attributes.MISSING:
            return unary(vm, "not", equal)
    return attributes.MISSING


# ----------------------------------------------------------------------------------------------------------- items


def get_item(vm: Interpreter, value: Value, index: Value) -> Value:
    """`value[index]`."""
    if isinstance(value, Unknown):
        return _unknown_item(value, index)
    if isinstance(value, TensorValue):
        return tensors.get_item(vm, value, index)
    if isinstance(value, ClassValue):
        return _class_item(vm, value, index)
    if isinstance(value, FunctionValue | NativeFunction | PartialValue):
        return value  # a generic alias of typing
    if isinstance(value, Instance):
        method = attributes.class_attribute(value.cls, "__getitem__")
        if isinstance(method, FunctionValue) or (method is not None and vm.plain(value) is value):
            return vm.call(method, (value, index))
        if vm.plain(value) is value:
            if any(isinstance(base, Unknown) for base in value.cls.mro):
                return Unknown(Reason.UNSUPPORTED, f"{value.cls.name}[…]", vm.place)
            vm.throw("TypeError", f"'{value.cls.name}' object is not subscriptable")
        missing = attributes.class_attribute(value.cls, "__missing__")
        plain = vm.plain(value)
        if isinstance(missing, FunctionValue) and isinstance(plain, DictValue) and not plain.open:
            key = vm.hashable(index)
            return plain.items[key] if key in plain.items else vm.call(missing, (value, index))
    holder = vm.plain(value)
    try:
        return items.get_item(vm, holder, _index(vm, index))
    except Undetermined as problem:
        raise Undetermined(_chosen(problem.unknown, holder, index)) from None


def _chosen(why: Unknown, holder: Value, index: Value) -> Unknown:
    """One of the items of a container, or a slice of it."""
    why = replace(chosen_from(why, holder), options=())
    return one_of(why, holder) if isinstance(index, slice) else item_of(why, holder)


def _unknown_item(value: Unknown, index: Value) -> Unknown:
    key = repr(index) if isinstance(index, int | str) and len(str(index)) <= 20 else "…"
    detail = f"{value.label}[{key}]" if value.label else ""
    if isinstance(index, int | str | Sym | Unknown):
        return item_of(derived(value, detail, value, "item", index), value)
    return one_of(fresh(value.reason, detail, value.place), value)  # a slice


def _index(vm: Interpreter, index: Value) -> Value:
    if isinstance(index, TensorValue) and isinstance(index.data, int):
        return index.data
    if isinstance(index, Instance):
        method = attributes.class_attribute(index.cls, "__index__")
        return vm.call(method, (index,)) if isinstance(method, FunctionValue) else index
    return index


def _class_item(vm: Interpreter, cls: ClassValue, index: Value) -> Value:
    if enums.is_enum(cls):
        return enums.by_name(vm, cls, index)
    getter = attributes.class_attribute(cls, "__class_getitem__")
    function = getattr(getter, "function", getter)
    if isinstance(function, FunctionValue):
        return vm.call(function, (cls, index))
    return cls


def set_item(vm: Interpreter, value: Value, index: Value, new: Value) -> None:
    """`value[index] = new`."""
    if isinstance(value, Instance):
        method = attributes.class_attribute(value.cls, "__setitem__")
        if isinstance(method, FunctionValue) or (method is not None and vm.plain(value) is value):
            vm.call(method, (value, index, new))
            return
        if vm.plain(value) is value:
            return
    if isinstance(value, Unknown):
        aliases.perhaps(vm, value, lambda option: set_item(vm, option, index, new))
        return
    if isinstance(value, TensorValue):
        vm.touch(value)
        value.data = None
        shared_memory.changed(vm, value)
        return
    items.set_item(vm, vm.plain(value), _index(vm, index), new)


def delete_item(vm: Interpreter, value: Value, index: Value) -> None:
    """`del value[index]`."""
    if isinstance(value, Unknown):
        aliases.perhaps(vm, value, lambda option: delete_item(vm, option, index))
    if isinstance(value, Instance):
        method = attributes.class_attribute(value.cls, "__delitem__")
        if method is not None:
            vm.call(method, (value, index))
            return
    if not isinstance(value, Unknown | Instance):
        items.del_item(vm, vm.plain(value), _index(vm, index))


def hashable(vm: Interpreter, value: Value) -> Value:
    """The value as a dict key."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    plain = vm.plain(value)
    if isinstance(plain, ListValue | DictValue | slice) or (isinstance(plain, SetValue) and not plain.frozen):
        vm.throw("TypeError", f"unhashable type: '{vm.type_name(value)}'")
    if isinstance(value, Instance) and plain is not value and not isinstance(plain, str | int | tuple | float):
        return value
    if isinstance(plain, tuple):
        return tuple(hashable(vm, item) for item in plain)
    return plain if not isinstance(plain, SetValue) else value


def iterate(vm: Interpreter, value: Value) -> list[Value]:
    """All items of an iterable; Undetermined when they are not all known."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if isinstance(value, TensorValue):
        slices = tensors.iterate(vm, value)
        if isinstance(slices, Unknown):
            raise Undetermined(slices)
        return slices
    if isinstance(value, Instance):
        return _iterate_instance(vm, value)
    if isinstance(value, ClassValue):
        if enums.is_enum(value):
            return enums.iterate_members(value)
        vm.throw("TypeError", f"'{value.name}' is not iterable")
    return items.iterate(vm, value)


def _iterate_instance(vm: Interpreter, value: Instance) -> list[Value]:
    method = attributes.class_attribute(value.cls, "__iter__")
    plain = vm.plain(value)
    if isinstance(method, FunctionValue) or (method is not None and plain is value):
        made = vm.call(method, (value,))
        if made is value or (isinstance(made, Instance) and made.state is None):
            return _exhaust(vm, made)
        return iterate(vm, made)
    if plain is not value:
        return items.iterate(vm, plain)
    if attributes.class_attribute(value.cls, "__getitem__") is not None:
        length = vm.call(vm.builtins["len"], (value,))
        if isinstance(length, int) and length <= vm.limits.iterations:
            return [get_item(vm, value, index) for index in range(length)]
    if value.state is not None or any(isinstance(base, Unknown) for base in value.cls.mro):
        raise Undetermined(Unknown(Reason.UNSUPPORTED, f"iterating {value.cls.name}", vm.place))
    return vm.throw("TypeError", f"'{value.cls.name}' object is not iterable")


def _exhaust(vm: Interpreter, iterator: Instance) -> list[Value]:
    """The items of an iterator object of the program: `__next__` until StopIteration."""
    found: list[Value] = []
    method = attributes.class_attribute(iterator.cls, "__next__")
    while method is not None and len(found) < vm.limits.iterations:
        try:
            found.append(vm.call(method, (iterator,)))
        except Thrown as error:
            if error.kind == "StopIteration":
                return found
            raise
    raise Undetermined(vm.unknown(Reason.SIZE_LIMIT, f"iterating {iterator.cls.name}"))


# ------------------------------------------------------------------------------------------------------------ text


def text(vm: Interpreter, value: Value) -> Value:
    """`str(value)`."""
    return formatting.text_of(vm, value)


def format_field(vm: Interpreter, value: Value, conversion: str | None, spec: str) -> Value:
    """`{value!conversion:spec}`."""
    return formatting.format_value(vm, value, conversion, spec)


# ------------------------------------------------------------------------------------------------------------ with


def enter_context(vm: Interpreter, manager: Value) -> Value:
    """What `__enter__` gives; a generator's first item for `@contextmanager`."""
    if isinstance(manager, IteratorValue):
        return manager.items[0] if manager.items else None
    if isinstance(manager, Instance):
        method = attributes.class_attribute(manager.cls, "__enter__")
        if method is not None:
            return vm.call(method, (manager,))
    return Unknown(manager.reason, manager.detail, manager.place) if isinstance(manager, Unknown) else manager


def exit_context(vm: Interpreter, manager: Value) -> None:
    """Run `__exit__` of the program's own classes."""
    if isinstance(manager, Instance):
        method = attributes.class_attribute(manager.cls, "__exit__")
        if method is not None:
            vm.call(method, (manager, None, None, None))


def suppresses(vm: Interpreter, manager: Value, error: Thrown) -> bool:
    """Whether leaving by this exception is swallowed (`contextlib.suppress`)."""
    if not isinstance(manager, Instance):
        return False
    method = attributes.class_attribute(manager.cls, "__exit__")
    if method is None:
        return False
    kind = error.value.cls if isinstance(error.value, Instance) else None
    return vm.truth(vm.call(method, (manager, kind, error.value, None))) is True
