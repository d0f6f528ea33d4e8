"""`dataclasses`."""

from __future__ import annotations

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.exceptions import EXCEPTION_CLASSES, construct_exception
from paramlens.evaluate.python.limits import Walk
from paramlens.evaluate.python.natives import (
    MISSING,
    ask_truth,
    functions,
    known,
    make_class,
)
from paramlens.evaluate.python.objects import OBJECT
from paramlens.evaluate.python.record_classes import (
    FIELDS,
    RecordField,
    add_record_methods,
    annotation_is,
    body_default,
    fields_of,
    is_record,
    replaced,
)
from paramlens.values import ClassValue, DictValue, Instance, ListValue, NativeFunction, Reason, Value, undetermined

FIELD = make_class("Field", (OBJECT,), {}, None, "dataclasses")
INIT_VAR = make_class("InitVar", (OBJECT,), {}, None, "dataclasses")
KEYWORDS_ONLY = make_class("KW_ONLY", (OBJECT,), {}, None, "dataclasses")
MISSING_TYPE = make_class("_MISSING_TYPE", (OBJECT,), {}, None, "dataclasses")
NO_VALUE = Instance(MISSING_TYPE)
FROZEN_INSTANCE_ERROR = make_class(
    "FrozenInstanceError", (EXCEPTION_CLASSES["AttributeError"],), {}, construct_exception, "dataclasses"
)


def dataclass(vm: Machine, cls: Value = None, /, **options: Value) -> Value:
    """`@dataclass` and `@dataclass(…)`."""
    if cls is None:
        return NativeFunction("dataclass", lambda vm, cls: decorate(vm, cls, options))
    return decorate(vm, cls, options)


def decorate(vm: Machine, cls: Value, options: dict[str, Value]) -> Value:
    if not isinstance(known(cls), ClassValue):
        vm.throw("TypeError", "dataclass() should be called on a class")
    chosen = {name: ask_truth(vm, value) for name, value in options.items()}
    vm.touch(cls)
    cls.traits[FIELDS] = own_fields(vm, cls, chosen.get("kw_only", False))
    cls.traits["frozen"] = chosen.get("frozen", False)
    for name, field in cls.traits[FIELDS].items():
        if isinstance(cls.namespace.get(name), Instance) and cls.namespace[name].cls is FIELD:
            del cls.namespace[name]
            if field.default is not MISSING:
                cls.namespace[name] = field.default
    add_record_methods(
        cls,
        init=chosen.get("init", True),
        eq=chosen.get("eq", True),
        text=chosen.get("repr", True),
        order=chosen.get("order", False),
    )
    cls.namespace["__dataclass_fields__"] = DictValue({name: shown(f) for name, f in fields_of(cls).items()})
    return cls


def own_fields(vm: Machine, cls: ClassValue, keyword_only: bool) -> dict[str, RecordField]:
    fields: dict[str, RecordField] = {}
    for name, annotation in cls.annotations.items():
        if annotation_is(annotation, "KW_ONLY"):
            keyword_only = True
        elif not annotation_is(annotation, "ClassVar"):
            fields[name] = field_from(vm, cls, name, annotation, keyword_only)
    return fields


def field_from(vm: Machine, cls: ClassValue, name: str, annotation: Value, keyword_only: bool) -> RecordField:
    default = body_default(cls, name)
    stored = not annotation_is(annotation, "InitVar")
    if not (isinstance(default, Instance) and default.cls is FIELD):
        return RecordField(name, name, annotation, default, keyword_only=keyword_only, stored=stored)
    options = default.attributes
    return RecordField(
        name,
        name,
        annotation,
        default=or_missing(options["default"]),
        factory=or_missing(options["default_factory"]),
        init=ask_truth(vm, options["init"]),
        keyword_only=keyword_only if options["kw_only"] is NO_VALUE else ask_truth(vm, options["kw_only"]),
        stored=stored,
        compared=ask_truth(vm, options["compare"]),
        shown=ask_truth(vm, options["repr"]),
        metadata=options["metadata"],
    )


def or_missing(value: Value) -> Value:
    return MISSING if value is NO_VALUE else value


def field(
    vm: Machine,
    *,
    default: Value = NO_VALUE,
    default_factory: Value = NO_VALUE,
    init: Value = True,
    repr: Value = True,
    hash: Value = None,
    compare: Value = True,
    metadata: Value = None,
    kw_only: Value = NO_VALUE,
) -> Instance:
    made = Instance(FIELD)
    made.attributes.update(
        default=default, default_factory=default_factory, init=init, repr=repr, compare=compare, kw_only=kw_only,
        metadata=metadata if metadata is not None else DictValue(),
    )  # fmt: skip
    return made


def shown(record_field: RecordField) -> Instance:
    """The public `Field` object of a field."""
    made = Instance(FIELD)
    made.attributes.update(
        name=record_field.name,
        type=record_field.annotation,
        default=NO_VALUE if record_field.default is MISSING else record_field.default,
        default_factory=NO_VALUE if record_field.factory is MISSING else record_field.factory,
        init=record_field.init,
        kw_only=record_field.keyword_only,
        metadata=record_field.metadata if record_field.metadata is not None else DictValue(),
    )
    return made


def record_class(vm: Machine, value: Value) -> ClassValue:
    value = known(value)
    cls = value.cls if isinstance(value, Instance) else value
    if not is_record(cls):
        vm.throw("TypeError", "must be called with a dataclass type or instance")
    result: ClassValue = cls
    return result


def fields(vm: Machine, value: Value) -> Value:
    return tuple(shown(each) for each in fields_of(record_class(vm, value)).values() if each.stored)


def converted(vm: Machine, value: Value, as_dict: bool, walk: Walk) -> Value:
    """Nested dataclasses become dicts (or tuples); lists, tuples and dicts are copied."""
    if isinstance(value, Instance) and is_record(value.cls):
        stored = [each.name for each in fields_of(value.cls).values() if each.stored]
        walk.take(len(stored))
        parts = {name: converted(vm, vm.get_attribute(value, name), as_dict, walk) for name in stored}
        return DictValue(dict(parts)) if as_dict else tuple(parts.values())
    if isinstance(value, tuple):
        walk.take(len(value))
        return tuple(converted(vm, item, as_dict, walk) for item in value)
    if isinstance(value, ListValue):
        walk.take(len(value.items))
        return ListValue([converted(vm, item, as_dict, walk) for item in value.items], value.rest)
    if isinstance(value, DictValue):
        walk.take(len(value.items))
        copied = {key: converted(vm, item, as_dict, walk) for key, item in value.items.items()}
        return DictValue(copied, open=value.open, factory=value.factory)
    return value


def asdict(vm: Machine, value: Value, *, dict_factory: Value = None) -> Value:
    if not isinstance(known(value), Instance):
        vm.throw("TypeError", "asdict() should be called on dataclass instances")
    record_class(vm, value)
    made = converted(vm, value, True, Walk())
    return made if dict_factory is None else vm.call(dict_factory, (vm.call(vm.get_attribute(made, "items")),))


def astuple(vm: Machine, value: Value, *, tuple_factory: Value = None) -> Value:
    record_class(vm, value)
    return converted(vm, value, False, Walk())


def replace(vm: Machine, value: Value, /, **changes: Value) -> Value:
    record_class(vm, value)
    return replaced(vm, value, changes)


def is_dataclass(vm: Machine, value: Value) -> bool:
    value = known(value)
    return is_record(value.cls if isinstance(value, Instance) else value)


def make_dataclass(vm: Machine, cls_name: Value, fields: Value, **options: Value) -> Value:
    raise undetermined(Reason.UNSUPPORTED, "make_dataclass")


DATACLASSES: dict[str, Value] = {
    "InitVar": INIT_VAR,
    "KW_ONLY": KEYWORDS_ONLY,
    "Field": FIELD,
    "MISSING": NO_VALUE,
    "FrozenInstanceError": FROZEN_INSTANCE_ERROR,
    **functions(
        {
            "dataclass": dataclass,
            "field": field,
            "fields": fields,
            "asdict": asdict,
            "astuple": astuple,
            "replace": replace,
            "is_dataclass": is_dataclass,
            "make_dataclass": make_dataclass,
        }
    ),
}
