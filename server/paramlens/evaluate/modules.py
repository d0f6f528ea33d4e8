"""Modules: read as source when they are needed, name by name; imports; where a module's file lies."""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from paramlens.evaluate import type_checking
from paramlens.evaluate.dependencies import Trace
from paramlens.evaluate.frames import Frame, LimitReached, Thrown
from paramlens.evaluate.frameworks import keras_names, namespace
from paramlens.evaluate.lazy_source import LazySource, names_in_loops
from paramlens.evaluate.module_names import absolute, is_package_file
from paramlens.evaluate.packages import PACKAGES
from paramlens.evaluate.python.stdlib import STDLIB
from paramlens.syntax import code
from paramlens.syntax.repair import unparsed
from paramlens.values import (
    FunctionValue,
    Instance,
    ModuleValue,
    NativeFunction,
    Reason,
    Undetermined,
    Unknown,
    Value,
    born_before_all,
    latest_birth,
)

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

MISSING = object()


# ------------------------------------------------------------------------------------------------ module attributes


def attribute(vm: Interpreter, module: ModuleValue, name: str) -> Value:
    """`module.name`: a name of the module, or a submodule."""
    found = lookup(vm, module, name)
    if found is not MISSING:
        return found
    if name == "__dict__":
        return vm.module_dict(module)
    if module.native is not None:
        return module.native(name)
    submodule = import_module(vm, f"{module.name}.{name}")
    if isinstance(submodule, ModuleValue):
        return submodule
    part = type_checking.defining_module(vm, module, name)
    if part is not None:
        return vm.get_attribute(import_module(vm, part), name)
    hook = lookup(vm, module, "__getattr__")
    if hook is not MISSING:
        return vm.call(hook, (name,))
    if module.source is None or module.source.has_refusals or module.source.is_binding(name):
        return Unknown(Reason.UNRESOLVED_ATTRIBUTE, f"{module.name}.{name}")
    return MISSING


def lookup(vm: Interpreter, module: ModuleValue, name: str) -> Value:
    """A name of the module's own namespace, or MISSING; statements that make it run when it is first asked for."""
    names = module.scope.names
    if vm.is_own(module.scope):
        vm.uses.reads.add(name)
        vm.imports_main |= vm.importing > 0
    if name in names:
        return names[name]
    if name in ("__name__", "__file__", "__package__", "__path__", "__doc__", "__all__", "__version__"):
        special = _special(module, name)
        if special is not MISSING and not _binds(module.source, name):
            return special
    source: LazySource | None = module.source
    if source is None:
        return MISSING
    if name in source.values:
        return source.values[name]
    _run_for(vm, module, source, name)
    if name in module.scope.names:  # which is another dict after statements ran outside of a branch
        return module.scope.names[name]
    if name in source.values:
        return source.values[name]
    if not source.is_main and type_checking.run_import(vm, module, name):
        return module.scope.names[name]
    return MISSING if name.startswith("_") else _from_stars(vm, module, source, name)


def _from_stars(vm: Interpreter, module: ModuleValue, source: LazySource, name: str) -> Value:
    key = (id(module), name)
    if key in vm.star_search:
        return MISSING
    vm.star_search.add(key)
    guess: Value = MISSING
    try:
        for star in reversed(source.stars):
            found = attribute_of_star(vm, star, name)
            if found is MISSING:
                continue
            if not keras_names.is_guess(found):
                return found
            guess = found
    finally:
        vm.star_search.discard(key)
    if name in vm.builtins or any(isinstance(star, Unknown) for star in source.stars):
        return MISSING
    return guess


def attribute_of_star(vm: Interpreter, star: ModuleValue | Unknown, name: str) -> Value:
    """A name that `from star import *` may have brought."""
    if isinstance(star, Unknown):
        return MISSING
    if star.native is not None:
        value = star.native(name)
        return MISSING if isinstance(value, Unknown) else value
    source: LazySource | None = star.source
    if source is not None and name not in source.text and not source.has_stars:
        return MISSING
    return lookup(vm, star, name)


def _special(module: ModuleValue, name: str) -> Value:
    if name == "__name__":
        return "__main__" if module.source is not None and module.source.is_main else module.name
    if name == "__file__":
        return module.path
    if name == "__package__":
        return module.name if is_package_file(module.path) else module.name.rpartition(".")[0]
    if name == "__doc__":
        return None
    return MISSING


def _binds(source: LazySource | None, name: str) -> bool:
    """Whether the file binds a name that Python also binds; a statement that is running still reads Python's."""
    if source is None:
        return False
    statements = source.statements_for(name)
    return bool(statements) and not any(index in source.running for index in statements)


# ----------------------------------------------------------------------------------------------------- running them


def _run_for(vm: Interpreter, module: ModuleValue, source: LazySource, name: str) -> None:
    """Run what binds the name and what changes its value, in the order of the file."""
    binders = source.statements_for(name)
    for index in sorted({*binders, *source.changes_of(name)}) if binders else source.stars_before(name):
        decorated = index not in binders and source.statements[index].kind in ("def", "class")
        if decorated and isinstance(module.scope.names.get(name), FunctionValue | NativeFunction):
            continue  # what a function decorates does not change the function
        run_statement(vm, module, source, index)


def run_statement(vm: Interpreter, module: ModuleValue, source: LazySource, index: int) -> None:
    """Run one top-level statement, once. What it fails to bind becomes unknown with the reason."""
    if index in source.done:
        return
    source.done.add(index)
    source.running.add(index)
    vm.defining.append(source.statements[index])
    outer = vm.uses
    if module is vm.main:
        vm.uses = source.traces[index] = Trace()
    try:
        _run_statement(vm, module, source, index)
    finally:
        vm.uses = outer
        vm.defining.pop()
        source.running.discard(index)


def _run_statement(vm: Interpreter, module: ModuleValue, source: LazySource, index: int) -> None:
    statement = source.statements[index]
    if not source.is_main and statement.kind == "if-main":
        return
    frame = Frame(module.scope, module, statement.first_line)
    # what the main file binds outside of branches stays in its scope; a copy for each statement would be quadratic
    kept = not source.is_main or bool(vm.journal.held)
    before = dict(module.scope.names) if kept else {}
    bound = {name: module.scope.names.get(name, MISSING) for name in statement.binds}
    problem: Unknown | None = None
    with vm.outside_branches(module) as journal:
        block = statement.code()
        if isinstance(block, code.Refusal):
            problem = Unknown(Reason.SYNTAX, block.message, frame.place(block))
            source.has_refusals = True
            from paramlens.evaluate.unparsed import doubt

            doubt(vm, unparsed(statement.text, block.span), frame, problem)
        else:
            problem = _run_block(vm, block, frame, source)
            if problem is not None:
                _doubt(vm, module, statement.text, problem)
        if module is vm.main:
            vm.uses.born = journal.since, latest_birth()
            vm.uses.changed |= journal.changed - {module.scope.birth}  # names are told by `binds`
            vm.uses.patches |= journal.patches
    names = module.scope.names
    if kept:
        for name, value in names.items():
            if name not in before or before[name] is not value:
                source.values[name] = value
                if not source.is_main:
                    vm.registrations.watch(module, name, value)
    if problem is not None:
        unfinished = problem.reason is not Reason.RAISED and not isinstance(block, code.Refusal)
        looped = names_in_loops(block) if unfinished and not isinstance(block, code.Refusal) else frozenset()
        for name in statement.binds:
            lost = name not in names or (unfinished and (names[name] is bound[name] or name in looped))
            if name != "*" and lost:
                names[name] = source.values[name] = problem


_CHANGED = re.compile(r"\b(\w+)(?:\.\w+|\[\w+\])*\.(?:add|append|extend|insert|pop|add_module)\(")


def _doubt(vm: Interpreter, module: ModuleValue, text: str, why: Unknown) -> None:
    """What a statement that did not come to its end was to change (`model.add(…)`) may lack something."""
    for name in dict.fromkeys(_CHANGED.findall(text)):
        value = module.scope.names.get(name)
        if isinstance(value, Instance) and value.state is not None:
            vm.mark_incomplete(value, why)


def _run_block(vm: Interpreter, block: code.Block, frame: Frame, source: LazySource) -> Unknown | None:
    from paramlens.evaluate.statements import execute_block

    try:
        execute_block(vm, block, frame)
    except Thrown as error:
        vm.raised(error, frame, block)
        return Unknown(Reason.RAISED, f"{error.kind}: {error.message}", error.place)
    except LimitReached as limit:
        if frame.module is vm.main and is_endless(block):
            vm.stopped()
        return vm.limit_hit(limit, frame, block)
    except RecursionError:
        return Unknown(Reason.RECURSION_LIMIT, "", frame.place(block[0]) if block else None)
    except Undetermined as problem:
        if frame.module is vm.main and is_endless(block):
            vm.stopped()
        return problem.unknown
    return None


def is_endless(block: code.Block) -> bool:
    """Whether a block is a `while True:` that no `break` leaves."""
    loop = block[0] if block else None
    return (
        isinstance(loop, code.While)
        and isinstance(loop.test, code.Const)
        and bool(loop.test.value)
        and not _breaks(loop.body)
    )


def _breaks(block: code.Block) -> bool:
    for statement in block:
        if isinstance(statement, code.Break):
            return True
        inner = [getattr(statement, name, ()) for name in ("body", "orelse", "final")]
        if isinstance(statement, code.For | code.While):
            inner = [statement.orelse]
        elif isinstance(statement, code.FunctionDef | code.ClassDef):
            inner = []
        inner += [part.body for name in ("handlers", "cases") for part in getattr(statement, name, ())]
        if any(map(_breaks, inner)):
            return True
    return False


# ----------------------------------------------------------------------------------------------------------- imports


def execute_import(vm: Interpreter, node: code.Import, frame: Frame) -> None:
    """`import a.b.c [as d]`."""
    from paramlens.evaluate import names

    for alias in node.names:
        module = import_module(vm, alias.name)
        if isinstance(module, Unknown):
            _unresolved(vm, frame, node, alias.name)
        if alias.asname is not None or "." not in alias.name:
            value: Value = _placed(module, frame, node)
            names.store(vm, frame, alias.asname or alias.name, value)
        else:
            root = import_module(vm, alias.name.split(".", 1)[0])
            names.store(vm, frame, alias.name.split(".", 1)[0], _placed(root, frame, node))


def _placed(module: ModuleValue | Unknown, frame: Frame, node: code.Node) -> Value:
    if isinstance(module, Unknown):
        return Unknown(module.reason, module.detail, frame.place(node))
    return module


def _unresolved(vm: Interpreter, frame: Frame, node: code.Node, name: str) -> None:
    """An import that is not found raises inside a `try` that expects it, and is unknown anywhere else.

    What an installed package requires is there when its code runs, whether or not it can be read here.
    """
    root = name.split(".", 1)[0]
    module = frame.module
    required = vm.is_installed_code(module.path) and root.lower() in vm.requirements_of(module.name.split(".", 1)[0])
    if frame.try_depth and root not in sys.stdlib_module_names and not required:
        vm.throw("ModuleNotFoundError", f"No module named '{name}'")


def execute_import_from(vm: Interpreter, node: code.ImportFrom, frame: Frame) -> None:
    """`from a.b import c [as d]`, relative ones and star imports included."""
    from paramlens.evaluate import names

    name = absolute(node.module, node.level, frame.module.name, frame.module.path)
    module = import_module(vm, name) if name is not None else Unknown(Reason.UNRESOLVED_IMPORT, node.module)
    if isinstance(module, Unknown):
        _unresolved(vm, frame, node, name or node.module)
    for alias in node.names:
        if alias.name == "*":
            _import_star(vm, frame, module)
            continue
        value = _imported(vm, module, alias.name, frame, node)
        names.store(vm, frame, alias.asname or alias.name, value)


def _import_star(vm: Interpreter, frame: Frame, module: ModuleValue | Unknown) -> None:
    source: LazySource | None = frame.module.source
    if source is not None:
        source.stars.append(module)


def _imported(
    vm: Interpreter, module: ModuleValue | Unknown, name: str, frame: Frame, node: code.ImportFrom
) -> Value:
    place = frame.place(node)
    if isinstance(module, Unknown):
        return vm.note(Unknown(module.reason, f"{module.detail}.{name}".lstrip("."), place))
    value = attribute(vm, module, name)
    if value is MISSING:
        if frame.try_depth:
            vm.throw("ImportError", f"cannot import name '{name}' from '{module.name}'")
        return vm.note(Unknown(Reason.UNRESOLVED_IMPORT, f"{module.name}.{name}", place))
    if isinstance(value, Unknown) and value.place is None:
        return vm.note(Unknown(value.reason, value.detail or f"{module.name}.{name}", place))
    return value


def import_module(vm: Interpreter, name: str) -> ModuleValue | Unknown:
    """The module of this dotted name: of a framework, of the modelled standard library, or read as source."""
    found = vm.modules.get(name)
    if found is None:
        found = _find_module(vm, name)
        vm.modules[name] = found
    vm.imports_main |= found is vm.main and vm.importing > 0
    return found


def _find_module(vm: Interpreter, name: str) -> ModuleValue | Unknown:
    native = namespace.module(vm, name)
    if native is not None:
        return native
    if name in STDLIB or name in PACKAGES:
        with born_before_all():
            return ModuleValue(name, native=_table_reader(name))
    located = locate(vm, name)
    if located is not None:
        path, text = located
        return vm.source_module(name, path, text)
    root = name.split(".", 1)[0]
    reason = Reason.UNSUPPORTED if root in sys.stdlib_module_names else Reason.UNRESOLVED_IMPORT
    return Unknown(reason, name)


def _table_reader(name: str) -> Callable[[str], Value]:
    """Attributes of a modelled standard-library module."""
    table = {**STDLIB.get(name, {}), **PACKAGES.get(name, {})}

    def read(attribute_name: str) -> Value:
        if attribute_name in table:
            return table[attribute_name]
        if f"{name}.{attribute_name}" in STDLIB or f"{name}.{attribute_name}" in PACKAGES:
            return ModuleValue(f"{name}.{attribute_name}", native=_table_reader(f"{name}.{attribute_name}"))
        return Unknown(Reason.UNSUPPORTED, f"{name}.{attribute_name}")

    return read


def locate(vm: Interpreter, name: str) -> tuple[str, str] | None:
    """The file of a module and its text: beside the analysed file, in the workspace, in the environment's folders."""
    parts = name.split(".")
    for root in vm.search_roots:
        base = posixpath.join(root, *parts)
        for candidate in (f"{base}/__init__.py", f"{base}.py"):
            text = vm.read_source(candidate)
            if text is not None:
                return candidate, text
    if any(vm.is_folder(posixpath.join(root, *parts)) for root in vm.search_roots):
        return "", ""
    return None
