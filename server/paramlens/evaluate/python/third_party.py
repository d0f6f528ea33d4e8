"""Small libraries that model code keeps its settings in: `attr`, `pydantic`, `easydict`, `addict`, `ml_collections`."""

from __future__ import annotations

from collections.abc import Callable

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.items import set_key
from paramlens.evaluate.python.keys import find
from paramlens.evaluate.python.mappings import DICT, make_dict
from paramlens.evaluate.python.natives import (
    MISSING,
    ask_truth,
    constant,
    functions,
    known,
    make_class,
    native,
    plain,
    to_python,
)
from paramlens.evaluate.python.numbers import BOOL, FLOAT, INT
from paramlens.evaluate.python.objects import OBJECT
from paramlens.evaluate.python.record_classes import (
    FIELDS,
    RecordField,
    add_record_methods,
    annotation_is,
    bind_fields,
    body_default,
    fields_of,
    fill,
    replaced,
)
from paramlens.evaluate.python.stdlib_dataclasses import asdict, astuple, dataclass, fields
from paramlens.evaluate.python.strings import STR
from paramlens.values import ClassValue, DictValue, Instance, ListValue, NativeFunction, Reason, Value

# ------------------------------------------------------------------------------------------------------------ attrs

ATTRIBUTE = make_class("_CountingAttr", (OBJECT,), {}, None, "attr")
FACTORY = make_class("Factory", (OBJECT,), {}, None, "attr")


def attribute(vm: Machine, default: Value = MISSING, **options: Value) -> Instance:
    """`attr.ib(default=…, factory=…, converter=…)`."""
    made = Instance(ATTRIBUTE)
    made.attributes.update({"default": default, **options})
    return made


def make_factory(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Instance:
    made = Instance(cls)
    made.attributes["factory"] = args[0] if args else kwargs["factory"]
    made.attributes["takes_self"] = args[1] if len(args) > 1 else kwargs.get("takes_self", False)
    return made


FACTORY.construct = make_factory


ATTRIBUTE.namespace["validator"] = NativeFunction("validator", lambda vm, self, function: function)


@native(ATTRIBUTE.namespace, "default")
def set_default(vm: Machine, self: Instance, function: Value) -> Value:
    """`@x.default` above a method that makes the default."""
    vm.touch(self)
    made = Instance(FACTORY)
    made.attributes.update(factory=function, takes_self=True)
    self.attributes["default"] = made
    return function


def attrs_class(vm: Machine, cls: Value = None, /, **options: Value) -> Value:
    if cls is None:
        return NativeFunction("define", lambda vm, cls: decorate(vm, cls, options))
    return decorate(vm, cls, options)


def decorate(vm: Machine, cls: Value, options: dict[str, Value]) -> Value:
    if not isinstance(known(cls), ClassValue):
        vm.throw("TypeError", "define() should be called on a class")
    vm.touch(cls)
    keyword_only = ask_truth(vm, options.get("kw_only", False))
    explicit = [name for name, value in cls.namespace.items() if isinstance(value, Instance) and value.cls is ATTRIBUTE]
    annotated = [name for name, value in cls.annotations.items() if not annotation_is(value, "ClassVar")]
    names = annotated if set(explicit) <= set(annotated) and annotated else explicit
    cls.traits[FIELDS] = {name: attrs_field(vm, cls, name, keyword_only) for name in names}
    for name in names:
        cls.namespace.pop(name, None)
    add_record_methods(cls, init="__init__" not in cls.namespace, after="__attrs_post_init__")
    return cls


def attrs_field(vm: Machine, cls: ClassValue, name: str, keyword_only: bool) -> RecordField:
    default = body_default(cls, name)
    options: dict[str, Value] = {}
    if isinstance(default, Instance) and default.cls is ATTRIBUTE:
        options = default.attributes
        default = options.get("default", MISSING)
    factory, takes_self = options.get("factory", MISSING), False
    if isinstance(default, Instance) and default.cls is FACTORY:
        factory, takes_self = default.attributes["factory"], ask_truth(vm, default.attributes["takes_self"])
        default = MISSING
    return RecordField(
        name,
        options.get("alias") or name.lstrip("_"),
        cls.annotations.get(name),
        default=default,
        factory=MISSING if factory is None else factory,
        takes_self=takes_self,
        init=ask_truth(vm, options.get("init", True)),
        keyword_only=keyword_only or ask_truth(vm, options.get("kw_only", False)),
        converter=options.get("converter"),
    )


VALIDATORS = ("instance_of", "in_", "optional", "ge", "gt", "le", "lt", "and_", "deep_iterable")
ATTRS: dict[str, Value] = {
    "Factory": FACTORY,
    "NOTHING": None,
    **functions(
        {
            **dict.fromkeys(("define", "mutable", "frozen", "s", "attrs", "dataclass"), attrs_class),
            **dict.fromkeys(("ib", "attrib", "field"), attribute),
            "asdict": asdict,
            "astuple": astuple,
            "fields": fields,
            "evolve": lambda vm, value, /, **changes: replaced(vm, known(value), changes),
        }
    ),
    "validators": Instance(
        make_class("validators", (OBJECT,), functions(
            dict.fromkeys(VALIDATORS, constant(None))
        ), None, "attr")
    ),
}  # fmt: skip

# -------------------------------------------------------------------------------------------------------- pydantic

CONVERTED: dict[Value, tuple[type, ...]] = {INT: (int,), FLOAT: (float,), STR: (str,), BOOL: (bool,)}


def pydantic_field(
    vm: Machine, default: Value = MISSING, *, default_factory: Value = MISSING, **options: Value
) -> Instance:
    return attribute(vm, MISSING if default is ... else default, factory=default_factory, alias=options.get("alias"))


def pydantic_fields(vm: Machine, cls: ClassValue) -> dict[str, RecordField]:
    """The annotated names of every class in the MRO, read when an instance is made."""
    found: dict[str, RecordField] = {}
    for base in reversed(cls.mro):
        if isinstance(base, ClassValue) and base.module is not None:
            for name, annotation in base.annotations.items():
                if name != "model_config" and not annotation_is(annotation, "ClassVar"):
                    found[name] = attrs_field(vm, base, name, True)
    return found


def init_model(vm: Machine, self: Instance, **values: Value) -> None:
    """Values whose class is not that of the annotation would be converted: what they become is not known."""
    cls = self.cls
    cls.traits[FIELDS] = pydantic_fields(vm, cls)
    accepted = {field.parameter for field in cls.traits[FIELDS].values()}
    given = bind_fields(
        vm, cls, fields_of(cls), (), {name: value for name, value in values.items() if name in accepted}
    )
    fill(vm, self, cls, given)
    for name, field in cls.traits[FIELDS].items():
        kinds = CONVERTED.get(field.annotation) if isinstance(field.annotation, ClassValue) else None
        value = plain(self.attributes.get(name))
        if kinds and isinstance(value, int | float | str) and type(value) not in kinds and field.parameter in given:
            vm.set_attribute(self, name, vm.unknown(Reason.UNSUPPORTED, "a conversion by pydantic"))


def dump_model(vm: Machine, self: Instance, **options: Value) -> Value:
    return asdict(vm, self)


BASE_MODEL = make_class(
    "BaseModel",
    (OBJECT,),
    functions({"__init__": init_model, "model_dump": dump_model, "dict": dump_model}),
    None,
    "pydantic",
)


def passing_decorator(vm: Machine, *args: Value, **kwargs: Value) -> Value:
    return NativeFunction("decorator", lambda vm, function: function)


PYDANTIC: dict[str, Value] = {
    "BaseModel": BASE_MODEL,
    "BaseSettings": BASE_MODEL,
    "ConfigDict": NativeFunction("ConfigDict", make_dict),
    **functions(
        {
            "Field": pydantic_field,
            **dict.fromkeys(("validator", "field_validator", "model_validator", "root_validator"), passing_decorator),
        }
    ),
}

# -------------------------------------------------------------------------------------- dicts with attribute access


def attribute_dict(name: str, module: str, missing: Callable[[Machine, Instance, str], Value]) -> ClassValue:
    """A dict whose keys are attributes too; dicts put into it become such dicts."""
    table: dict[str, Value] = {}

    def wrapped(vm: Machine, value: Value) -> Value:
        if isinstance(value, DictValue):
            return made_from(vm, cls, value)
        if isinstance(value, tuple):
            return tuple(wrapped(vm, item) for item in value)
        if isinstance(value, ListValue):
            return ListValue([wrapped(vm, item) for item in value.items], value.rest)
        return value

    def made_from(vm: Machine, kind: ClassValue, source: DictValue) -> Instance:
        instance = vm.new_instance(kind)
        instance.payload = DictValue({key: wrapped(vm, item) for key, item in source.items.items()}, open=source.open)
        return instance

    def construct(vm: Machine, kind: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Instance:
        given = tuple(arg for arg in args if arg is not None)
        return made_from(vm, kind, make_dict(vm, *given, **kwargs))

    @native(table, "__init__")
    def initialize(vm: Machine, self: Instance, *args: Value, **kwargs: Value) -> None:
        vm.touch(self)
        self.payload = construct(vm, cls, args, kwargs).payload

    @native(table, "__getattr__")
    def get(vm: Machine, self: Instance, key: Value) -> Value:
        found = find(self.payload, to_python(key))
        return missing(vm, self, to_python(key)) if found is MISSING else found

    @native(table, "__setattr__", "__setitem__")
    def set_(vm: Machine, self: Instance, key: Value, value: Value) -> None:
        set_key(vm, self.payload, key, wrapped(vm, value))

    cls = make_class(name, (DICT,), table, construct, module)
    cls.traits["attribute_dict"] = True
    return cls


def no_attribute(vm: Machine, self: Instance, key: str) -> Value:
    vm.throw("AttributeError", key)


def new_branch(vm: Machine, self: Instance, key: str) -> Value:
    """addict makes an empty dict for a key that is missing."""
    made = vm.instantiate(self.cls)
    set_key(vm, self.payload, key, made)
    return made


EASY_DICT = attribute_dict("EasyDict", "easydict", no_attribute)
CONFIG_DICT = attribute_dict("ConfigDict", "ml_collections", no_attribute)
ADDICT = attribute_dict("Dict", "addict", new_branch)
CONFIG_DICT.namespace |= functions(
    {name: lambda vm, self, *args: None for name in ("lock", "unlock", "freeze")}
    | {"to_dict": lambda vm, self: DictValue(dict(self.payload.items), open=self.payload.open)}
)

THIRD_PARTY: dict[str, dict[str, Value]] = {
    "attr": ATTRS,
    "attrs": ATTRS,
    "pydantic": PYDANTIC,
    "pydantic.dataclasses": {"dataclass": NativeFunction("dataclass", dataclass)},
    "easydict": {"EasyDict": EASY_DICT},
    "addict": {"Dict": ADDICT},
    "ml_collections": {"ConfigDict": CONFIG_DICT, "FrozenConfigDict": CONFIG_DICT},
    "ml_collections.config_dict": {"ConfigDict": CONFIG_DICT},
}
