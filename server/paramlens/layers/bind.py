"""Binding the arguments of a constructor call to a declared layer, by Python's own rules and with the real defaults."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from paramlens.layers.declare import Built, LayerDeclaration
from paramlens.records import Record, record

# Keyword arguments that the base class `keras.layers.Layer` takes for every layer, of Keras 2 and 3.
KERAS_BASE_ARGUMENTS = frozenset(
    {
        "name",
        "dtype",
        "trainable",
        "input_shape",
        "batch_input_shape",
        "batch_shape",
        "batch_size",
        "input_dim",
        "input_length",
        "weights",
        "activity_regularizer",
        "autocast",
        "dynamic",
    }
)


@record
class Bound(Record):
    """The arguments of one constructor call: those of the rule, and those that only its base class names.

    `arguments` has every parameter of the rule but the call's inputs, defaults applied, under today's names;
    `*args` is a tuple and `**kwargs` a dict under their own names. `given` are the names that the call wrote.
    """

    arguments: dict[str, Any]
    base: dict[str, Any] = field(default_factory=dict)
    given: frozenset[str] = frozenset()


@record
class _Form(Record):
    """What binding asks of a declaration, found once: the constructor's signature, and how the rule takes each of its
    parameters (`star`, `names`, `position` or `keyword`)."""

    declaration: LayerDeclaration
    constructor: inspect.Signature
    base: frozenset[str]
    takes: tuple[tuple[str, str], ...]


_FORMS: dict[int, _Form] = {}  # by id of the declaration, which the form keeps alive


def _form(declaration: LayerDeclaration) -> _Form:
    form = _FORMS.get(id(declaration))
    if form is None:
        signature = declaration.signature
        own = [p for p in signature.parameters.values() if p.name not in declaration.inputs]
        base = KERAS_BASE_ARGUMENTS - frozenset(signature.parameters) if declaration.framework == "keras" else ()
        form = _FORMS[id(declaration)] = _Form(
            declaration, signature.replace(parameters=own), frozenset(base), tuple(_takes(signature))
        )
    return form


def _takes(signature: inspect.Signature) -> Iterator[tuple[str, str]]:
    parameters = signature.parameters.values()
    has_varargs = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    for parameter in parameters:
        if parameter.kind is parameter.VAR_POSITIONAL:
            yield parameter.name, "star"
        elif parameter.kind is parameter.VAR_KEYWORD:
            yield parameter.name, "names"
        elif parameter.kind is parameter.POSITIONAL_ONLY or (
            has_varargs and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        ):
            yield parameter.name, "position"
        else:
            yield parameter.name, "keyword"


def base_arguments(declaration: LayerDeclaration) -> frozenset[str]:
    """The keyword arguments that the framework's base class takes and the rule does not name itself."""
    return _form(declaration).base


def bind(declaration: LayerDeclaration, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Bound:
    """Bind a constructor call. Raises TypeError, worded as Python does, for a call that the constructor refuses."""
    name = declaration.name.rsplit(".", 1)[-1]
    args, kwargs = _old_kernel_size(declaration, args, kwargs)
    base_names = base_arguments(declaration)
    base: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for key, value in kwargs.items():
        target = key if key in declaration.signature.parameters else declaration.renamed.get(key, key)
        if target in own or target in base:
            raise TypeError(f"{name}() got multiple values for argument '{target}'")
        if target in base_names:
            base[target] = value
        elif target in declaration.inputs and not _takes_keywords(declaration):
            raise TypeError(f"{name}() got an unexpected keyword argument '{key}'")
        else:
            own[target] = value
    constructor = constructor_signature(declaration)
    try:
        bound = constructor.bind(*args, **own)
    except TypeError as error:
        raise TypeError(_worded(name, constructor, args, own, error)) from None
    given = frozenset(bound.arguments) | frozenset(base)
    bound.apply_defaults()
    return Bound(dict(bound.arguments), base, given)


_OLD_KERNELS = {"Conv2D": ("nb_row", "nb_col"), "SeparableConv2D": ("nb_row", "nb_col"),
    "Conv3D": ("kernel_dim1", "kernel_dim2", "kernel_dim3")}  # fmt: skip


def _old_kernel_size(
    declaration: LayerDeclaration, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Sequence[Any], Mapping[str, Any]]:
    """`Convolution2D(64, 3, 3, border_mode="same")` of Keras 1, where each axis of the kernel is an argument.

    Told from today's `Conv2D(filters, kernel_size, strides)` by keywords that only Keras 1 had.
    """
    axes = _OLD_KERNELS.get(declaration.name.rsplit(".", 1)[-1], ())
    if not axes or declaration.framework != "keras":
        return args, kwargs
    if all(axis in kwargs for axis in axes):
        rest = {name: value for name, value in kwargs.items() if name not in axes}
        return args, {**rest, "kernel_size": tuple(kwargs[axis] for axis in axes)}
    old = any(name in declaration.renamed and name not in declaration.signature.parameters for name in kwargs)
    kernel = tuple(args[1 : 1 + len(axes)])
    if old and len(args) == 1 + len(axes) and not any(isinstance(size, tuple) for size in kernel):
        return (args[0], kernel), kwargs
    return args, kwargs


def constructor_signature(declaration: LayerDeclaration) -> inspect.Signature:
    """The rule's signature without the inputs of the call."""
    return _form(declaration).constructor


def apply(declaration: LayerDeclaration, bound: Bound, inputs: Mapping[str, Any] | None = None) -> Built:
    """Call the rule with bound arguments and, where it has them, the shapes of the call's inputs."""
    positional: list[Any] = []
    named: dict[str, Any] = dict(inputs or {})
    for name, taken in _form(declaration).takes:
        if name not in bound.arguments:
            continue
        value = bound.arguments[name]
        if taken == "star":
            positional.extend(value)
        elif taken == "names":
            named.update(value)
        elif taken == "position":
            positional.append(value)
        else:
            named[name] = value
    return declaration.rule(*positional, **named)


def _takes_keywords(declaration: LayerDeclaration) -> bool:
    return any(p.kind is p.VAR_KEYWORD for p in declaration.signature.parameters.values())


def _worded(
    name: str, constructor: inspect.Signature, args: Sequence[Any], kwargs: Mapping[str, Any], error: TypeError
) -> str:
    """Python's message for a refused call, under the layer's name: `Dense() missing a required argument: 'units'`."""
    positional = [p for p in constructor.parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(args) > len(positional) and str(error).startswith("too many positional"):
        return f"{name}() takes at most {len(positional)} positional arguments, got {len(args)}"
    unexpected = [key for key in kwargs if key not in constructor.parameters]
    if unexpected and str(error).startswith("got an unexpected"):
        return f"{name}() got an unexpected keyword argument '{unexpected[0]}'"
    return f"{name}() {error}"
