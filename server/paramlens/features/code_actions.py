"""Code actions: what could be written where a problem stands, or at a model.

net = nn.Sequential(nn.Flatten(), nn.Linear(1568, 10))
                                  ~~~~~~~~~~~~~~~~~~~ Set in_features to 1352
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from paramlens import written
from paramlens.costs import certain_total
from paramlens.facts import Analysis, ModelFact, Problem, SiteFact
from paramlens.features.edits import Edit, shortened, text_at
from paramlens.features.imported_names import Imported, imported_name
from paramlens.layers.catalogue import LAYERS
from paramlens.lines import split_lines
from paramlens.records import Record, record
from paramlens.syntax.call_edits import CannotEdit, argument_text, container_kind, with_argument, with_first_item
from paramlens.values import Place

QUICK_FIX = "quickfix"
REFACTOR = "refactor.rewrite"


@record
class Action(Record):
    """Something to write. `problem` is what it puts right; `preferred` says that it is the usual way to do so."""

    title: str
    kind: str
    edits: tuple[Edit, ...]
    problem: Problem | None = None
    preferred: bool = False


def code_actions(analysis: Analysis, first: tuple[int, int], last: tuple[int, int]) -> tuple[Action, ...]:
    """What is offered for a selection between two 1-based positions; for a cursor both are the same."""
    lines = split_lines(analysis.text)
    found: list[Action] = []
    for problem in analysis.problems:
        if any(_meets(place, first, last, analysis.path) for place in _places(problem)):
            fix = _FIXES.get(problem.rule)
            found += _offered(fix, analysis, problem, lines)
            found += _silenced(analysis, problem, lines)
    for model in analysis.models:
        if model.place.path == analysis.path and first[0] <= model.place.line <= last[0]:
            found += _budget(analysis, model, lines)
    return tuple({(action.title, action.edits): action for action in found}.values())


Fix = Callable[[Analysis, Problem, list[str]], "Iterator[Action]"]


def _offered(fix: Fix | None, analysis: Analysis, problem: Problem, lines: list[str]) -> list[Action]:
    try:
        return list(fix(analysis, problem, lines)) if fix is not None else []
    except CannotEdit:
        return []


def _places(problem: Problem) -> list[Place]:
    """Where a problem is put right: where it stands, and at the constructor that is to blame."""
    return [problem.place, *(place for place, _ in problem.related[:1] if problem.data)]


def _meets(place: Place, first: tuple[int, int], last: tuple[int, int], path: str) -> bool:
    begins, ends = (place.line, place.column), (place.end_line, place.end_column)
    return place.path == path and begins <= last and first <= ends


def _change(lines: list[str], place: Place, new: str) -> Edit:
    old = text_at(lines, place)
    return shortened(Edit(place, new), old)


def _position(class_name: str, argument: str) -> int | None:
    """Where a constructor takes the argument, where that may be given by position."""
    declaration = LAYERS.get(class_name)
    for number, parameter in enumerate(declaration.signature.parameters.values() if declaration is not None else ()):
        if parameter.name == argument:
            return number if parameter.kind is not parameter.KEYWORD_ONLY else None
    return None


def _site(analysis: Analysis, place: Place) -> SiteFact | None:
    return next((site for site in analysis.sites if site.place == place), None)


# --------------------------------------------------------------------------------------------------------- quick fixes


def _set_size(analysis: Analysis, problem: Problem, lines: list[str]) -> Iterator[Action]:
    """Write the size that arrives into the constructor, if that makes one layer alone."""
    place = problem.related[0][0]
    site = _site(analysis, place) if place.path == analysis.path else None
    if site is None or site.instances != 1 or site.stale:
        return
    argument, wanted = str(problem.data["argument"]), str(problem.data["wanted"])
    position = _position(site.class_name, argument)
    call = text_at(lines, place)
    if argument_text(call, argument, position) is not None:
        new = with_argument(call, argument, position, wanted)
        yield Action(f"Set {argument} to {wanted}", QUICK_FIX, (_change(lines, place, new),), problem, True)


def _drop_bias(analysis: Analysis, problem: Problem, lines: list[str]) -> Iterator[Action]:
    site = _site(analysis, problem.place)
    if site is None or site.class_name not in LAYERS:
        return
    argument = str(problem.data["argument"])
    call = text_at(lines, problem.place)
    new = with_argument(call, argument, _position(site.class_name, argument), "False")
    yield Action(f"Add {argument}=False", QUICK_FIX, (_change(lines, problem.place, new),), problem, True)


def _register(analysis: Analysis, problem: Problem, lines: list[str]) -> Iterator[Action]:
    if "attribute" not in problem.data:
        return
    text = text_at(lines, problem.place)
    kind = container_kind(text)
    if kind is None:
        return
    name = "ModuleList" if kind == "list" else "ModuleDict"
    torch = imported_name(analysis.text, "torch.nn")
    edits = _with_import(analysis, torch, Edit(problem.place, f"{torch.name}.{name}({text})"), lines)
    yield Action(f"Wrap in {torch.name}.{name}", QUICK_FIX, edits, problem, True)


def _add_input(analysis: Analysis, problem: Problem, lines: list[str]) -> Iterator[Action]:
    """An Input in front of a stack, of the shape of arrays that the file has."""
    place = problem.place
    keras = imported_name(analysis.text, "keras")
    for name, shape in analysis.arrays:
        if len(shape) > 1:
            sizes = ", ".join(map(str, shape[1:])) + ("," if len(shape) == 2 else "")
            item = f"{keras.name}.Input(shape=({sizes}))"
            edit = _change(lines, place, with_first_item(text_at(lines, place), item))
            yield Action(
                f"Add {item}, the shape of {name}", QUICK_FIX, _with_import(analysis, keras, edit, lines), problem
            )


def _with_import(analysis: Analysis, imported: Imported, edit: Edit, lines: list[str]) -> tuple[Edit, ...]:
    if imported.line is None:
        return (shortened(edit, text_at(lines, edit.place)),)
    start = Place(analysis.path, imported.line, 1, imported.line, 1)
    return Edit(start, imported.statement + "\n"), shortened(edit, text_at(lines, edit.place))


_FIXES: dict[str, Fix] = {
    "in-features-mismatch": _set_size,
    "redundant-bias": _drop_bias,
    "unregistered-layer": _register,
    "unbuilt-model": _add_input,
}


# ------------------------------------------------------------------------------------------------------------- comments


def _silenced(analysis: Analysis, problem: Problem, lines: list[str]) -> Iterator[Action]:
    """A comment at the end of a line of the problem."""
    place = problem.place
    if place.path == analysis.path and problem.rule not in ("settings", "comment"):
        edit = _comment(analysis, lines, place, f"ignore[{problem.rule}]")
        if edit is not None:
            yield Action(f"Ignore {problem.rule} here", QUICK_FIX, (edit,), problem)


def _budget(analysis: Analysis, model: ModelFact, lines: list[str]) -> Iterator[Action]:
    total = certain_total(model.tally)
    here = {model.place.line, model.place.end_line}
    if not total or any(line in here and "budget" in text for line, text in analysis.comments):
        return
    limit = round_up(total)
    edit = _comment(analysis, lines, model.place, f"budget {limit}")
    if edit is not None:
        title = f"Set a budget of {limit} parameters for {model.name}, which has {written.count(total)}"
        yield Action(title, REFACTOR, (edit,))


def round_up(count: int) -> str:
    """At least a tenth more, in two digits: `3900k` for 3,500,000, `12M` for 10,900,000."""
    units = [(10**9, "G"), (10**6, "M"), (10**3, "k"), (1, "")]
    size, unit = next((size, unit) for size, unit in units if count * 11 >= size * 100 or size == 1)
    scaled = -(-count * 11 // (size * 10))
    step = 10 ** max(0, len(str(scaled)) - 2)
    return f"{-(-scaled // step) * step}{unit}"


def _comment(analysis: Analysis, lines: list[str], place: Place, text: str) -> Edit | None:
    """A comment on the first or the last line of a place; None where neither has room for one."""
    for line in (place.end_line, place.line):
        found = lines[line - 1]
        if analysis.comments and any(at == line for at, _ in analysis.comments):
            return None
        if "#" not in found and not found.rstrip().endswith("\\") and '"""' not in found and "'''" not in found:
            end = len(found.rstrip()) + 1
            return Edit(Place(analysis.path, line, end, line, len(found) + 1), f"  # paramlens: {text}")
    return None
