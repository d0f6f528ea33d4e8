"""How the classes of a file use the layers that they hold: which attributes they read, and which layer's output goes
straight into another layer. Read off their code, so that it holds for every input.

    x = self.bn1(self.conv1(x))     conv1 is followed by bn1
    x = self.conv2(x)
    x = F.relu(self.bn2(x))         conv2 by bn2
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from itertools import pairwise
from typing import Any

from paramlens.evaluate.text_cache import kept_by_text
from paramlens.records import Record, record
from paramlens.syntax.code import (
    Assign,
    Attribute,
    Block,
    Call,
    ClassDef,
    FunctionDef,
    LazyBlock,
    Name,
    Node,
    Refusal,
    Source,
    Span,
    Statement,
    Unparsed,
)

_DYNAMIC = re.compile(
    r"\bgetattr\s*\(|__dict__|\bvars\s*\(|\bchildren\s*\(|\bmodules\s*\(|named_children|named_modules|_modules\b"
    r"|__getattr|\blocals\s*\(|\beval\s*\(|\bexec\s*\(|get_submodule|\.layers\b|\bin\s+self\b(?!\s*\.)|\*self\b(?!\s*\.)|\bself\s*\["
    r"|_flatten_layers|\b(?!super\b|__init__\b)\w+\s*\((?:[^()]*,)?\s*self\s*[,)]|=\s*self\s*(?:$|[,;#)])",
    re.MULTILINE,
)
"""Code that may reach what an instance holds by other ways than the name of an attribute."""

_HEADER = re.compile(r"\bdef\s+\w+\s*\(\s*self\b")
_HARMLESS = frozenset(
    ["weight", "kernel", "in_channels", "out_channels", "in_features", "out_features", "kernel_size", "stride"]
)
"""What code reads of a layer without using its bias."""


@record
class Class(Record):
    """A class at the top of the file: its text, and its code where it is asked for."""

    name: str
    text: str
    statement: Statement
    node: ClassDef


class Classes:
    """The classes at the top of a file by name. Nothing is said of a name that two have.

    `read_elsewhere` are the names of attributes that the file reads of anything but `self`.
    """

    def __init__(self, source: Source) -> None:
        self.read_elsewhere = _names_read_in_all(tuple([statement.text for statement in source.statements]))
        self._known_heirs: dict[str, list[Class]] | None = None
        self._classes: dict[str, list[Class]] = {}
        for statement in source.statements:
            loaded = statement.loaded if statement.kind == "class" else None
            for node in loaded if isinstance(loaded, tuple) else ():
                if isinstance(node, ClassDef):
                    found = Class(node.name, statement.text, statement, node)
                    self._classes.setdefault(node.name, []).append(found)

    def find(self, names: Sequence[str]) -> tuple[Class, ...] | None:
        """The classes of these names, None where one is not known."""
        found = [self._classes.get(name, []) for name in names]
        return tuple(classes[0] for classes in found) if all(len(classes) == 1 for classes in found) else None

    def changed_since(self, before: Classes) -> frozenset[str] | None:
        """The names of classes of which something else may be said than in an earlier version; None: of all."""
        if self.read_elsewhere != before.read_elsewhere:
            return None
        mine, theirs = self._classes, before._classes
        changed = {name for name in mine.keys() | theirs.keys() if not _are_same(mine.get(name), theirs.get(name))}
        told = [cls for name in changed for cls in (*mine.get(name, ()), *theirs.get(name, ()))]
        return frozenset(changed).union(*(_names_in_header(cls.text) for cls in told))

    def reads(self, classes: Sequence[Class], name: str) -> bool:
        """Whether code may read the attribute of an instance of these classes, for all that the file says."""
        if any(_may_read(cls.text, name) for cls in classes) or name in self.read_elsewhere:
            return True
        heirs = (heir for cls in classes for heir in self._heirs.get(cls.name, ()))
        return any(_may_read(heir.text, name) for heir in heirs)

    @property
    def _heirs(self) -> Mapping[str, Sequence[Class]]:
        """The classes that name a class in their header."""
        if self._known_heirs is None:
            self._known_heirs = {}
            for cls in (cls for same in self._classes.values() for cls in same):
                for base in _names_in_header(cls.text):
                    self._known_heirs.setdefault(base, []).append(cls)
        return self._known_heirs

    def followers(self, classes: Sequence[Class]) -> Mapping[str, str]:
        """Attributes whose layers are only called where their output goes into one other layer: that one's name."""
        uses: dict[str, set[str | None]] = {}
        for cls in classes:
            for name, follower in _known_uses(cls):
                uses.setdefault(name, set()).add(follower)
        return {
            name: follower
            for name, found in uses.items()
            if len(found) == 1
            and (follower := next(iter(found))) is not None
            and name not in self.read_elsewhere
        }

    def assignment(self, classes: Sequence[Class], name: str) -> Span | None:
        """Where a method first sets `self.name`: the value, in the file, with lines from 0."""
        for cls in classes:
            for node in _walk(_Code(cls).functions()):
                if isinstance(node, Assign) and any(_own(target) == name for target in node.targets):
                    return node.value.span.moved(cls.statement.first_line)
        return None


def _are_same(a: Sequence[Class] | None, b: Sequence[Class] | None) -> bool:
    """Whether the classes have the same code at the same lines."""
    if a is None or b is None or len(a) != len(b):
        return False
    return all(
        x.text == y.text and x.statement.first_line == y.statement.first_line for x, y in zip(a, b, strict=True)
    )


# ---------------------------------------------------------------------------------------------- by the text of a class


@kept_by_text
def _reaches_all(text: str) -> bool:
    return _DYNAMIC.search(_HEADER.sub("def (", text)) is not None


@kept_by_text
def _read_names(text: str) -> frozenset[str]:
    """Every word of a class but where it is an attribute that is set (`self.head = …`)."""
    words = re.finditer(r"\bself\s*\.\s*(\w+)\s*(?::[^=\n]*)?=(?!=)|([A-Za-z_]\w*)", text)
    return frozenset(match[2] for match in words if match[2])


@lru_cache(maxsize=16)
def _names_read_in_all(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*map(_names_read_of_others, texts))


@kept_by_text
def _names_read_of_others(text: str) -> frozenset[str]:
    """Attributes of anything but `self`, and words that are strings or parts of dotted ones."""
    attributes = re.findall(r"(?<!\bself)\.\s*([A-Za-z_]\w*)", text)
    strings = re.findall(r"[\"']([\w.\[\]{}*]+)[\"']", text)
    return frozenset((*attributes, *(word for string in strings for word in re.findall(r"\w+", string))))


def _may_read(text: str, name: str) -> bool:
    return _reaches_all(text) or name in _read_names(text)


@kept_by_text
def _names_in_header(text: str) -> frozenset[str]:
    header = re.search(r"^\s*class\s+\w+[^(:]*\(([^)]*)\)", text, re.MULTILINE)
    return frozenset(re.findall(r"\w+", header[1])) if header is not None else frozenset()


# ---------------------------------------------------------------------------------------------- by the code of a class


class _Code:
    def __init__(self, cls: Class) -> None:
        self._members = cls.node.members

    def functions(self) -> Iterator[FunctionDef]:
        for member in self._members:
            code = member.code()
            yield from (node for node in code if isinstance(node, FunctionDef)) if isinstance(code, tuple) else ()

    @property
    def is_whole(self) -> bool:
        return all(isinstance(member.code(), tuple) and not member.stale for member in self._members) and all(
            isinstance(function.body.load(), tuple) for function in self.functions()
        )


_USES: dict[tuple[str, str], tuple[tuple[str, str | None], ...]] = {}
_MOST_USES = 512


def _known_uses(cls: Class) -> tuple[tuple[str, str | None], ...]:
    """The uses of a class, found once for a text: an edit elsewhere asks for them again."""
    key = cls.text, cls.name
    if key not in _USES:
        if len(_USES) >= _MOST_USES:
            _USES.clear()
        _USES[key] = tuple(_uses(_Code(cls)))
    return _USES[key]


def _uses(code: _Code) -> Iterator[tuple[str, str | None]]:
    """Each use of `self.name` as the name, and the attribute that its output goes into at once, None for any other."""
    if not code.is_whole:
        yield from ((name, None) for name in _all_names(code))
        return
    follower_of: dict[int, str] = {}  # by id: attribute nodes that are called for the next one
    for block in _blocks(code.functions()):
        for node in block:
            follower_of.update(_nested_calls(node))
        for first, second in pairwise(block):
            follower_of.update(_next_line(first, second))
    harmless = set()
    for node in _walk(code.functions()):
        if isinstance(node, Attribute) and isinstance(node.value, Attribute) and node.attr in _HARMLESS:
            harmless.add(id(node.value))
        if isinstance(node, Assign):
            harmless.update(id(target) for target in node.targets)
        if isinstance(node, Unparsed):
            yield from ((name, None) for name in _all_names(code))
    for node in _walk(code.functions()):
        if isinstance(node, Attribute) and id(node) not in harmless and (name := _own(node)) is not None:
            yield name, follower_of.get(id(node))


def _all_names(code: _Code) -> set[str]:
    return {name for node in _walk(code.functions()) if (name := _own(node)) is not None}


def _own(node: Any) -> str | None:
    """The attribute of `self` that the expression is."""
    if isinstance(node, Attribute) and isinstance(node.value, Name) and node.value.id == "self":
        return node.attr
    return None


def _layer_call(node: Any) -> tuple[Attribute, Any] | None:
    """`self.layer(x)`: the layer and x."""
    if isinstance(node, Call) and isinstance(node.func, Attribute) and _own(node.func) is not None:
        arguments = node.args
        if arguments and arguments[0].keyword is None and not arguments[0].star:
            return node.func, arguments[0].value
    return None


def _nested_calls(statement: Node) -> Iterator[tuple[int, str]]:
    """`self.bn(self.conv(x))`."""
    for node in _walk([statement], into_blocks=False):
        outer = _layer_call(node)
        inner = _layer_call(outer[1]) if outer is not None else None
        if outer is not None and inner is not None:
            yield id(inner[0]), outer[0].attr


def _next_line(first: Node, second: Node) -> Iterator[tuple[int, str]]:
    """`x = self.conv(x)`, then `x = …self.bn(x)…` with no other x."""
    if not (isinstance(first, Assign) and isinstance(second, Assign)):
        return
    called, name = _layer_call(first.value), _only_name(first)
    if called is None or name is None or name != _only_name(second):
        return
    reads = [node for node in _walk([second.value]) if isinstance(node, Name) and node.id == name]
    for node in _walk([second.value]):
        user = _layer_call(node)
        if user is not None and len(reads) == 1 and user[1] is reads[0]:
            yield id(called[0]), user[0].attr


def _only_name(node: Assign) -> str | None:
    target = node.targets[0]
    return target.id if len(node.targets) == 1 and isinstance(target, Name) else None


# ------------------------------------------------------------------------------------------------------------- walking


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        yield from value
    elif isinstance(value, LazyBlock):
        block = value.load()
        yield from block if not isinstance(block, Refusal) else ()
    elif isinstance(value, Statement):
        code = value.code()
        yield from code if not isinstance(code, Refusal) else ()
    else:
        for name in _fields(type(value)):  # type: ignore[arg-type]  # a class can be hashed
            yield getattr(value, name)


@lru_cache(maxsize=256)
def _fields(kind: type) -> tuple[str, ...]:
    if not issubclass(kind, Node) and kind.__name__ != "Params":
        return ()
    return tuple(part.name for part in fields(kind) if part.name not in ("span", "name_span"))


def _walk(nodes: Any, *, into_blocks: bool = True) -> Iterator[Any]:
    """The nodes and all below them; without their blocks of statements where these are looked at on their own."""
    stack = list(nodes)
    while stack:
        node = stack.pop()
        if isinstance(node, Node):
            yield node
        if into_blocks or not _is_block(node):
            stack.extend(_parts(node))


def _is_block(value: Any) -> bool:
    return isinstance(value, LazyBlock) or (isinstance(value, tuple) and bool(value) and _is_statement(value[0]))


_STATEMENTS = frozenset(
    ["ExprStmt", "Assign", "AugAssign", "AnnAssign", "Return", "Raise", "Pass", "Break", "Continue", "Delete", "Global",
     "Nonlocal", "Import", "ImportFrom", "Assert", "If", "For", "While", "Try", "With", "Match", "FunctionDef",
     "ClassDef", "Unparsed"]
)  # fmt: skip


def _is_statement(value: Any) -> bool:
    return type(value).__name__ in _STATEMENTS


def _blocks(functions: Iterator[FunctionDef]) -> Iterator[Block]:
    """Every block of statements within functions."""
    stack: list[Any] = list(functions)
    while stack:
        value = stack.pop()
        if isinstance(value, tuple) and _is_block(value):
            yield value
        if isinstance(value, LazyBlock):
            block = value.load()
            stack.append(block if not isinstance(block, Refusal) else ())
        else:
            stack.extend(_parts(value))
