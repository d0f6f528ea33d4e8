"""How a layer or a tensor operation is declared. Declarations are data and small pure functions.

A **layer** rule is a function whose signature is the constructor's own, and whose result, a `Built`, says which weights
the layer makes (by shape, never as a count) and how it maps shapes. Keyword-only parameters annotated `Shape` (or
`Shapes`, a list of them) are inputs of the *call*: a rule that has them is evaluated when the layer first meets an
input (every Keras layer whose weights or output hang on it, torch's lazy modules).

    @layer("keras.layers.Dense", example="Dense(64) : (None, 128) -> (None, 64) : 8,256")
    def dense(units: Dim, activation: Any = None, use_bias: bool = True, *, input: Shape) -> Built:
        \"\"\"Fully connected layer over the last axis.\"\"\"
        features = input[-1]
        return Built(
            weights={
                "kernel": axes(in_features=features, units=units),
                "bias": axes(units=units) if use_bias else None,
            },
            output=(*input[:-1], units),
        )

    @layer("torch.nn.Linear", example="Linear(128, 64) : (8, 128) -> (8, 64) : 8,256")
    def linear(in_features: Dim, out_features: Dim, bias: bool = True, device: Any = None, dtype: Any = None) -> Built:
        \"\"\"Fully connected layer over the last axis.\"\"\"
        def forward(input: Shape) -> Shape:
            expect_size("Linear", "input features", in_features, input[-1])
            return (*input[:-1], out_features)
        return Built(
            weights={"weight": axes(out_features=out_features, in_features=in_features),
                     "bias": axes(out_features=out_features) if bias else None},
            forward=forward,
        )

An **operation** rule takes and returns values (`TensorValue` for tensors, plain Python data otherwise):

    @operation("torch.nn.functional.relu", "torch.relu", "torch.Tensor.relu")
    def relu(input: TensorValue, inplace: bool = False) -> TensorValue: ...

What rules may rely on: lists arrive as tuples, dicts as dicts, numbers that are not known in parameters annotated `Dim`
as named symbols; any other argument that is not known arrives as `Unknown`, which raises `Undetermined` as soon as its
truth, order or arithmetic is asked for, so a rule never guesses. A definite clash raises `ShapeMismatch`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cache
from typing import Any, Protocol, TypeAlias, TypeVar

from paramlens.dims import Dim, Sym, compare
from paramlens.records import Record, record
from paramlens.shapes import Shape, ShapeMismatch, Size

Shapes: TypeAlias = "list[Shape]"
Rule = TypeVar("Rule", bound=Callable[..., Any])


@record
class Axes(Record):
    """A weight's shape with the names of its axes, in order, for the written derivation."""

    names: tuple[str, ...]
    sizes: tuple[Size, ...]


def axes(**sizes: Size) -> Axes:
    """The shape of a weight, axis by axis: `axes(out_channels=64, in_channels=3, kernel_h=3, kernel_w=3)`."""
    return Axes(tuple(sizes), tuple(sizes.values()))


@record
class Outputs(Record):
    """Several results of one call, as a tuple: each a Shape, None (the value None), or Outputs again."""

    items: tuple[Any, ...]

    @classmethod
    def of(cls, *items: Any) -> Outputs:
        return cls(items)


@record
class Child(Record):
    """A layer that another one makes for itself: the declared class by name and its arguments."""

    cls: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


class LayerHandle(Protocol):
    """A layer given to another one (Bidirectional, TimeDistributed, RNN over a cell)."""

    @property
    def class_name(self) -> str:
        """The declared name of its class, `keras.layers.LSTM`."""

    def attribute(self, name: str, default: Any = None) -> Any:
        """A constructor argument or attribute of it, as plain data."""

    def build(self, *inputs: Any) -> Any:
        """Build it for these input shapes and return its output (Shape or Outputs). Raises Undetermined."""

    def prepare(self, shape: Shape) -> bool:
        """Only run what a class written by the user does in its `build`; False for a class of the framework."""

    def clone(self, **changes: Any) -> LayerHandle:
        """A new layer of the same class and arguments, unbuilt (Keras: from its config), with some changed."""


@record
class Built(Record):
    """What constructing (torch) or building (Keras) a layer makes.

    weights     trainable weights by attribute name; None stands for one that is absent (`bias=None`)
    frozen      weights that the framework counts as non-trainable (Keras: batch-norm statistics, seed state)
    buffers     torch buffers by attribute name: never counted
    children    layers it owns, made by it (`Child`) or given to it (`LayerHandle`)
    attributes  what code may read from the instance, where it is not simply the constructor's argument of that name
    output      Keras: the call's result (Shape or Outputs)
    forward     torch: from the shapes of the call's arguments (tensors as Shape, None and plain data as they are) to
                a Shape or Outputs
    macs        multiply-adds of one call without the batch axis: from (input shape, output shape); None: none
    macs_inputs how many input shapes `macs` is given before the output's
    batch_axis  torch: the batch axis of such an input that `macs` leaves out, None for an input without one; where it
                is not said, the first of several axes
    dtype       dtype of the output where it is not the input's
    """

    weights: Mapping[str, Axes | Shape | None] = field(default_factory=dict)
    frozen: Mapping[str, Axes | Shape | None] = field(default_factory=dict)
    buffers: Mapping[str, Shape | None] = field(default_factory=dict)
    children: Mapping[str, Child | LayerHandle] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    output: Any = None
    forward: Callable[..., Any] | None = None
    macs: Callable[..., Dim | None] | None = None
    macs_inputs: int = 1
    batch_axis: Callable[[Shape], int | None] | None = None
    dtype: str | None = None


@record
class LayerDeclaration(Record):
    """One declared class: everything that Paramlens says of it derives from this."""

    name: str
    rule: Callable[..., Built]
    aliases: tuple[str, ...]
    bases: tuple[str, ...]
    examples: tuple[str, ...]
    renamed: Mapping[str, str]  # older argument names → today's
    never_weighs: bool = False  # a layer of Keras whose examples all make nothing: it has no weights on any input

    @property
    def framework(self) -> str:
        return self.name.split(".", 1)[0]

    @property
    def signature(self) -> inspect.Signature:
        return _signature_of(self.rule)  # of the few that a file uses, not of all when they are declared

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the call's inputs: keyword-only parameters annotated Shape or Shapes."""
        return _inputs_of(self.rule)

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.rule) or ""


@record
class OperationDeclaration(Record):
    names: tuple[str, ...]
    rule: Callable[..., Any]


LAYERS: dict[str, LayerDeclaration] = {}  # by name and by alias
OPERATIONS: dict[str, OperationDeclaration] = {}


def layer(
    name: str,
    *,
    example: str | tuple[str, ...],
    aliases: tuple[str, ...] = (),
    bases: tuple[str, ...] = (),
    renamed: Mapping[str, str] | None = None,
) -> Callable[[Rule], Rule]:
    """Declare the class `name` (dotted public name). `bases` are dotted names; the default is the framework's base.

    An example reads `Class(arguments) : input shape -> output shape : count` (inputs of several shapes separated by
    `,` as a list; `*` for no shape). It becomes a documentation row and a test.
    """

    def declare(rule: Rule) -> Rule:
        declaration = LayerDeclaration(
            name=name,
            rule=rule,
            aliases=aliases,
            bases=bases,
            examples=(example,) if isinstance(example, str) else example,
            renamed=renamed or {},
            never_weighs=name.startswith("keras.") and bool(example) and _makes_nothing(example),
        )
        for key in (name, *aliases):
            if key in LAYERS:
                raise ValueError(f"{key} is declared twice")
            LAYERS[key] = declaration
        return rule

    return declare


@cache
def _signature_of(rule: Callable[..., Built]) -> inspect.Signature:
    return inspect.signature(rule)


@cache
def _inputs_of(rule: Callable[..., Built]) -> tuple[str, ...]:
    parameters = _signature_of(rule).parameters.values()
    of_inputs = (p for p in parameters if p.kind is p.KEYWORD_ONLY)
    return tuple(p.name for p in of_inputs if str(p.annotation).split(" | ")[0] in ("Shape", "Shapes"))


def _makes_nothing(example: str | tuple[str, ...]) -> bool:
    return all(text.endswith(": 0") for text in ((example,) if isinstance(example, str) else example))


def operation(*names: str) -> Callable[[Rule], Rule]:
    """Declare a function or tensor method under its dotted names (`torch.Tensor.view` for methods)."""

    def declare(rule: Rule) -> Rule:
        declaration = OperationDeclaration(names, rule)
        for name in names:
            if name in OPERATIONS:
                raise ValueError(f"{name} is declared twice")
            OPERATIONS[name] = declaration
        return rule

    return declare


def expect_size(layer_name: str, what: str, expected: Size, actual: Size, argument: str = "") -> None:
    """Raise ShapeMismatch when two sizes certainly differ: `Conv2d expects 3 input channels, got 4`. `argument` is the
    constructor's argument that says how many, where it is one."""
    if expected is None or actual is None:
        return
    if compare(expected, "==", actual) is False and not (isinstance(expected, Sym) or isinstance(actual, Sym)):
        message = f"{layer_name} expects {expected} {what}, got {actual}"
        raise ShapeMismatch(message, argument=argument, expected=int(expected), actual=int(actual))


def expect_rank(layer_name: str, shape: Shape, *ranks: int) -> None:
    """Raise ShapeMismatch unless the shape has one of these ranks: `Conv2d expects rank 3 or 4, got rank 2 (8, 3)`."""
    if len(shape) not in ranks:
        wanted = " or ".join(str(rank) for rank in ranks)
        raise ShapeMismatch(f"{layer_name} expects rank {wanted}, got rank {len(shape)}")
