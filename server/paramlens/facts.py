"""What an analysis found: plain frozen data that features, the language server and the command line read."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from paramlens.dims import Dim
from paramlens.records import Record, record
from paramlens.shapes import Shape
from paramlens.values import Place, Unknown


class Status(enum.Enum):
    """How sure a count is. The value is the JSON word."""

    EXACT = "exact"
    SYMBOLIC = "symbolic"
    LOWER_BOUND = "lower-bound"
    UNKNOWN = "unknown"


@record
class Tally(Record):
    """A parameter count. For LOWER_BOUND the numbers are what is certain; for UNKNOWN they are None.

    `assumed` says that the numbers hold for the default arguments of a function that nothing here calls
    (`num_classes=10`); such a tally is never EXACT.
    """

    status: Status
    total: Dim | None = None
    trainable: Dim | None = None
    non_trainable: Dim | None = None
    bytes: Dim | None = None
    reason: Unknown | None = None
    assumed: str = ""


@record
class WeightFact(Record):
    """One weight tensor: its name within the layer, shape, axis names (may be empty) and count.

    `shared` says that another layer of the same tree, listed before, holds the same one: it counts once.
    """

    name: str
    shape: Shape | None
    labels: tuple[str, ...]
    trainable: bool
    count: Dim | None
    dtype: str = "float32"
    shared: bool = False


@record
class CallFact(Record):
    """One call of a layer: the shapes in and out, and where each input came from (class name and place)."""

    input_shapes: tuple[Shape | None, ...]
    output_shapes: tuple[Shape | None, ...]
    sources: tuple[tuple[str, Place | None], ...] = ()
    place: Place | None = None


@record
class LayerFact(Record):
    """One layer, module or model instance and what it owns. `weights` are its own, children have theirs.

    `name` is the name under which the parent holds it. `shared` says that its parameters were already listed under
    another name in the same tree (tied weights, a layer used twice): they count once. `macs` are its multiply-adds in
    one call of the model that it is part of, for one sample of that; where they are not known `macs_reason` says why.
    """

    name: str
    class_name: str  # the name people know: keras.layers.Conv2D, Net
    tally: Tally
    weights: tuple[WeightFact, ...] = ()
    children: tuple[LayerFact, ...] = ()
    calls: tuple[CallFact, ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()  # constructor arguments as written values, for hover
    place: Place | None = None
    shared: bool = False
    macs: Dim | None = None
    macs_reason: str = ""

    @property
    def output_shape(self) -> Shape | None:
        return self.calls[0].output_shapes[0] if self.calls and self.calls[0].output_shapes else None


@record
class SiteFact(Record):
    """A call expression that constructs a layer, module or model, with all that was made there.

    `tallies` holds the distinct ones, ascending; `instances` how many objects were made; `layers` one LayerFact for
    each distinct tally. `repeated` says that the site stands in a loop whose length is not known, `stale` that the
    facts are those of an earlier version: its statement does not parse now, or it is being evaluated again. `macs` are
    the multiply-adds of each of them, where all have the same, else None and the reason.
    """

    place: Place
    class_name: str
    tallies: tuple[Tally, ...]
    instances: int
    layers: tuple[LayerFact, ...]
    repeated: bool = False
    stale: bool = False
    macs: Dim | None = None
    macs_reason: str = ""

    @property
    def status(self) -> Status:
        """The least certain status of its tallies."""
        order = list(Status)
        return max((tally.status for tally in self.tallies), key=order.index, default=Status.UNKNOWN)


@record
class ModelFact(Record):
    """A module-level or main-path model, or the result of `--call` (then `name` is the expression).

    `macs` and `activations` are for one sample: multiply-adds, and the numbers in the outputs of its layers that have
    weights.
    """

    name: str
    class_name: str
    place: Place
    layer: LayerFact
    macs: Dim | None = None
    activations: Dim | None = None

    @property
    def tally(self) -> Tally:
        return self.layer.tally


MISMATCH = "shape-mismatch"
"""The rule under which the evaluation notes shapes that do not fit."""


NOT_CALLED = "it is not called"
"""Why there are no multiply-adds of a layer that no code calls."""


class PartKind(enum.Enum):
    """What a PartFact tells of a layer and of what holds it."""

    UNREAD = "unread"  # no code reads the attribute that holds it
    NORMALIZED = "normalized"  # its output goes into a batch norm and nowhere else
    UNREGISTERED = "unregistered"  # it stands in a plain list, tuple or dict
    UNTRACKED = "untracked"  # it was put into a container in a way that Keras does not see


@record
class PartFact(Record):
    """What certainly is so for every layer made at one place, in what holds it under the attribute `name`.

    `count` are the parameters concerned, where they are one number: the layer's own, of NORMALIZED its bias. `other`
    is the batch norm. `place` is where the layer is made; of UNREGISTERED and UNTRACKED where the container is set.
    """

    kind: PartKind
    place: Place
    class_name: str
    owner: str
    name: str
    count: int | None
    instances: int = 1
    other: tuple[str, Place | None] | None = None


@record
class GraphNode(Record):
    """One step from input to output. `kind` is input, output, layer or operation; `name` the class or the operation.

    `path` leads to the part of the model that the layer is, or in whose call the operation stands: the position among
    the children at each level. None where that is no part of the model.
    """

    kind: str
    name: str
    path: tuple[int, ...] | None
    shape: Shape | None


@record
class GraphEdge(Record):
    """What goes from one node to another, both by number; `shape` is the one that arrives."""

    source: int
    target: int
    shape: Shape | None


@record
class GraphFact(Record):
    """A model from its inputs to its outputs; `reason` says why there are no nodes."""

    nodes: tuple[GraphNode, ...] = ()
    edges: tuple[GraphEdge, ...] = ()
    reason: str = ""


@record
class Problem(Record):
    """Something to tell the person. `severity` is hint, information, warning or error."""

    rule: str
    severity: str
    place: Place
    message: str
    related: tuple[tuple[Place, str], ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@record
class Analysis(Record):
    """Everything found in one file. `unknowns` counts the reasons of unknown values by the name of their enum member.

    `imported` are the absolute paths of the source files it read (for refresh); `comments` the `# paramlens:` comments
    as (1-based line, text). `trained` names the models that the program fits or whose parameters an optimizer is given,
    `fed` those that it gives data. `arrays` are the names of the file that hold arrays, with their shapes.
    """

    path: str
    text: str = ""
    sites: tuple[SiteFact, ...] = ()
    models: tuple[ModelFact, ...] = ()
    problems: tuple[Problem, ...] = ()
    unknowns: Mapping[str, int] = field(default_factory=dict)
    imported: frozenset[str] = frozenset()
    comments: tuple[tuple[int, str], ...] = ()
    parts: tuple[PartFact, ...] = ()
    trained: frozenset[str] = frozenset()
    fed: frozenset[str] = frozenset()
    arrays: tuple[tuple[str, tuple[int, ...]], ...] = ()
