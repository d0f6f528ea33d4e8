"""Defining classes and making instances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from paramlens.evaluate import calls, functions
from paramlens.evaluate.frames import Frame, Thrown
from paramlens.evaluate.python import enums, namedtuples
from paramlens.evaluate.python.natives import forget
from paramlens.syntax import code
from paramlens.values import (
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    ListValue,
    Place,
    Reason,
    Scope,
    SetValue,
    Undetermined,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter


def define(vm: Interpreter, node: code.ClassDef, frame: Frame) -> Value:
    """The value of a `class` statement, decorators applied."""
    from paramlens.evaluate.expressions import evaluate

    bases: list[Value] = []
    keywords: dict[str, Value] = {}
    for argument in node.bases:
        value = evaluate(vm, argument.value, frame)
        if argument.keyword is not None:
            keywords[argument.keyword] = value
        elif argument.star == "*":
            bases.extend(_starred_bases(vm, value))
        elif not argument.star:
            bases.append(vm.as_base(value))
    cls = make_class(vm, node.name, tuple(base for base in bases if base is not None), frame, frame.place(node))
    metaclass = keywords.pop("metaclass", None)
    if isinstance(metaclass, ClassValue):
        cls.traits["metaclass"] = metaclass
    _run_body(vm, node, cls, frame)
    _finish(vm, cls, keywords)
    return functions.decorate(vm, node.decorators, cls, frame)


def _starred_bases(vm: Interpreter, value: Value) -> list[Value]:
    try:
        return [vm.as_base(item) for item in vm.iterate(value)]
    except Undetermined as problem:
        return [problem.unknown]


def make_class(vm: Interpreter, name: str, bases: tuple[Value, ...], frame: Frame, place: Place | None) -> ClassValue:
    """A new class of the analysed program with an empty body."""
    bases = bases or (vm.builtin_class("object"),)
    cls = ClassValue(name, f"{frame.module.name}.{name}", bases, module=frame.module, place=place)
    cls.mro = linearize(cls, bases)
    for base in cls.mro[1:]:
        if isinstance(base, ClassValue) and "metaclass" in base.traits:
            cls.traits.setdefault("metaclass", base.traits["metaclass"])
    return cls


def dynamic(vm: Interpreter, name: str, bases: tuple[Value, ...], namespace: dict[str, Value]) -> ClassValue:
    """`type(name, bases, namespace)`."""
    frame = vm.current_frame
    if frame is None:
        raise Undetermined(vm.unknown(Reason.UNSUPPORTED, f"type({name!r}, …)"))
    cls = make_class(vm, name, tuple(vm.as_base(base) for base in bases), frame, vm.place)
    cls.namespace = dict(namespace)
    _finish(vm, cls, {})
    return cls


def _run_body(vm: Interpreter, node: code.ClassDef, cls: ClassValue, frame: Frame) -> None:
    from paramlens.evaluate.statements import execute_block

    scope = Scope(frame.scope)
    scope.is_class = True
    scope.names["__qualname__"] = node.name
    scope.names["__module__"] = frame.module.name
    inner = Frame(scope, frame.module, frame.offset, owner=cls)
    for member in node.members:
        block = member.code()
        if isinstance(block, code.Refusal):
            for name in member.binds:
                scope.names[name] = Unknown(Reason.SYNTAX, name, frame.place(node))
            continue
        execute_block(vm, block, inner)
    cls.namespace = scope.names


def _finish(vm: Interpreter, cls: ClassValue, keywords: dict[str, Value]) -> None:
    """What Python does after a class body: names for descriptors, enum members, `__init_subclass__`."""
    if enums.is_enum(cls):
        enums.finish_enum_class(vm, cls)
    elif namedtuples.is_named_tuple(cls):
        namedtuples.finish_class(vm, cls)
    for name, value in list(cls.namespace.items()):
        if isinstance(value, Instance):
            setter = vm.class_attribute(value.cls, "__set_name__")
            if isinstance(setter, FunctionValue):
                vm.call(setter, (value, cls, name))
    for base in cls.mro[1:]:
        hook = base.namespace.get("__init_subclass__") if isinstance(base, ClassValue) else None
        if hook is not None and isinstance(getattr(hook, "function", None), FunctionValue):
            vm.call(hook.function, (cls,), keywords)
            break
    metaclass = cls.traits.get("metaclass")
    initializer = vm.class_attribute(metaclass, "__init__") if isinstance(metaclass, ClassValue) else None
    if isinstance(initializer, FunctionValue):
        vm.call(initializer, (cls, cls.name, cls.bases, vm.class_dict(cls)), {})


def linearize(cls: ClassValue, bases: tuple[Value, ...]) -> tuple[Value, ...]:
    """The method resolution order (C3). Unknown bases stand where they are met; a clash falls back to depth first."""
    sequences = [list(base.mro) if isinstance(base, ClassValue) else [base] for base in bases]
    sequences.append(list(bases))
    result: list[Value] = [cls]
    while any(sequences):
        sequences = [sequence for sequence in sequences if sequence]
        tails = {id(item) for sequence in sequences for item in sequence[1:]}
        head = next((sequence[0] for sequence in sequences if id(sequence[0]) not in tails), sequences[0][0])
        result.append(head)
        sequences = [[item for item in sequence if item is not head] for sequence in sequences]
    return tuple(result)


def annotation_value(vm: Interpreter, node: code.Expr, frame: Frame) -> Value:
    """An annotation in a class body. Strings and unknown names are harmless."""
    from paramlens.evaluate.expressions import evaluate

    if isinstance(node, code.Const):
        return node.value
    try:
        return evaluate(vm, node, frame)
    except Undetermined as problem:
        return problem.unknown
    except Thrown:  # an annotation that is not modelled must not cost the class
        return Unknown(Reason.UNSUPPORTED, "an annotation", frame.place(node))


def instantiate(
    vm: Interpreter, cls: ClassValue, args: Sequence[Value], kwargs: dict[str, Value], place: Place | None
) -> Value:
    """`cls(*args, **kwargs)`; a layer made by a call expression is noted with the expression's place."""
    metaclass = cls.traits.get("metaclass")
    if isinstance(metaclass, ClassValue):
        special = vm.class_attribute(metaclass, "__call__")
        if isinstance(special, FunctionValue) and special not in vm.running:
            return vm.call(special, (cls, *args), kwargs)
    if enums.is_enum(cls) and args:
        return enums.lookup(vm, cls, args[0])
    instance = _allocate(vm, cls, args, kwargs)
    if not (isinstance(instance, Instance) and cls in instance.cls.mro) or cls.construct is not None:
        return instance
    instance.place = place
    vm.created(instance)
    try:
        initialize(vm, instance, args, kwargs)
    except BaseException as problem:
        if instance.state is not None:  # an instance that its constructor did not finish is not counted as whole
            vm.mark_incomplete(instance, Unknown(Reason.RAISED, str(problem), place))
        raise
    vm.tallies.note(instance)
    return instance


def _allocate(vm: Interpreter, cls: ClassValue, args: Sequence[Value], kwargs: dict[str, Value]) -> Value:
    """What `__new__` gives: of the program, or of the builtin class that the class derives from."""
    for base in cls.mro:
        if not isinstance(base, ClassValue):
            continue
        maker = base.namespace.get("__new__")
        function = getattr(maker, "function", maker)
        if isinstance(function, FunctionValue) and function not in vm.running:
            return vm.call(function, (cls, *args), dict(kwargs))
        if base.construct is not None:
            return _construct(vm, base, cls, args, kwargs)
    return vm.new_instance(cls)


def _construct(
    vm: Interpreter, base: ClassValue, cls: ClassValue, args: Sequence[Value], kwargs: dict[str, Value]
) -> Value:
    """What a builtin class makes; `*` and `**` that are not known may have given it anything."""
    known = {name: value for name, value in kwargs.items() if name not in (calls.MORE_POSITIONAL, calls.MORE_KEYWORDS)}
    assert base.construct is not None
    made = vm.call_guarded(base.qualified_name, base.construct, (vm, cls, tuple(args), dict(known)))
    if len(known) == len(kwargs):
        return made
    why = next(value for name, value in kwargs.items() if name in (calls.MORE_POSITIONAL, calls.MORE_KEYWORDS))
    held = vm.plain(made)
    if not isinstance(held, DictValue | ListValue | SetValue):
        return why if cls is base else made
    forget(vm, held, why)
    return made


def initialize(vm: Interpreter, instance: Instance, args: Sequence[Value], kwargs: dict[str, Value]) -> None:
    """Run the constructor that the MRO gives."""
    for base in instance.cls.mro:
        if isinstance(base, Unknown):
            vm.mark_incomplete(instance, Unknown(Reason.UNRESOLVED_IMPORT, base.detail, base.place))
            return
        initializer = base.namespace.get("__init__")
        if initializer is not None:
            calls.call(vm, initializer, (instance, *args), kwargs)
            return
