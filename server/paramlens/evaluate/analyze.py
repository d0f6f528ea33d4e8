"""From a file's text to its Analysis."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from paramlens.evaluate import given_inputs, modules, reporting, standalone
from paramlens.evaluate.environment import Environment, requirements_of
from paramlens.evaluate.expressions import evaluate
from paramlens.evaluate.frames import Frame, LimitReached, Thrown
from paramlens.evaluate.interpreter import Interpreter
from paramlens.evaluate.lazy_source import LazySource
from paramlens.evaluate.limits import Limits
from paramlens.facts import Analysis
from paramlens.syntax.code import Refusal, Source
from paramlens.syntax.source import read_expression, read_source
from paramlens.values import ModuleValue, Place, Reason, Scope, Undetermined, Unknown, Value

Result = TypeVar("Result")
_STACK_BYTES = 512 * 1024 * 1024  # address space, not memory: only what deep models use becomes real


def analyze(
    path: str,
    text: str,
    *,
    read: Callable[[str], str | None] | None = None,
    environment: Environment | None = None,
    calls: Sequence[str] = (),
    source: Source | None = None,
    limits: Limits | None = None,
) -> Analysis:
    """Everything found in one file. Problems are data: no input raises.

    `read` gives the text of another file or None; `calls` are expressions evaluated after the module ran.
    """
    return _on_deep_stack(lambda: _analyze(path, text, read or read_file, environment, calls, source, limits)[0])


def analyze_with_names(
    path: str, text: str, *, environment: Environment | None = None, calls: Sequence[str] = ()
) -> tuple[Analysis, dict[str, Value]]:
    """The analysis of a file, and the names of its module with the values they have at the end."""
    return _on_deep_stack(lambda: _analyze(path, text, read_file, environment, calls, None, None))


def _on_deep_stack(work: Callable[[], Result]) -> Result:
    """Run on a thread whose stack and recursion limit suit deeply nested models."""
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # handed to the caller's thread
            errors.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK_BYTES)
    sys.setrecursionlimit(max(limit, 20_000))
    try:
        thread = threading.Thread(target=run, name="evaluation")
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
    if errors:
        raise errors[0]
    return results[0]


_MAX_OTHER_BYTES = 1_000_000


def read_file(path: str) -> str | None:
    """The text of a file on disk, or None; of other files than Python's, small ones alone."""
    try:
        if not path.endswith((".py", ".pyi", ".ipynb")) and os.path.getsize(path) > _MAX_OTHER_BYTES:
            return None
        return Path(path).read_text("utf-8", "replace")
    except (OSError, ValueError):
        return None


def _analyze(
    path: str,
    text: str,
    read: Callable[[str], str | None],
    environment: Environment | None,
    calls: Sequence[str],
    source: Source | None,
    limits: Limits | None,
) -> tuple[Analysis, dict[str, Value]]:
    path = os.path.abspath(path)
    name, root = module_name(path)
    folders = environment or Environment()
    roots = dict.fromkeys((os.path.dirname(path), root, *folders.roots, *folders.site_packages))
    vm = Interpreter(
        read,
        is_folder=os.path.isdir,
        search_roots=tuple(roots),
        package_roots=folders.site_packages,
        requirements_of=lambda package: requirements_of(package, folders.site_packages),
        limits=limits,
    )
    parsed = source or read_source(path, text)
    module = ModuleValue(name, path, Scope())
    module.source = LazySource(parsed, is_main=True)
    vm.main = module
    vm.modules[name] = module
    for index in range(len(module.source.statements)):
        modules.run_statement(vm, module, module.source, index)
    vm.phase = 0
    results = [(call, *_evaluate_call(vm, module, call)) for call in calls]
    given_inputs.apply_comments(vm, module, parsed)
    standalone.evaluate_rest(vm, module)
    return reporting.analysis_of(vm, module, parsed, results), module.scope.names


def module_name(path: str) -> tuple[str, str]:
    """The dotted name of a file and the folder that its top package lies in."""
    folder, file = os.path.split(path)
    parts = [] if file == "__init__.py" else [os.path.splitext(file)[0]]
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        parts.insert(0, package)
        if not package:
            break
    return ".".join(parts) or "__main__", folder


def _evaluate_call(vm: Interpreter, module: ModuleValue, text: str) -> tuple[Value, Place | None]:
    """The value of a `--call` expression in the module's namespace, with the reason where it has none."""
    node = read_expression(text)
    if isinstance(node, Refusal):
        return Unknown(Reason.SYNTAX, node.message), None
    asked = ModuleValue(module.name, f"<{text}>", module.scope, source=module.source)  # no place of the file itself
    frame = Frame(module.scope, asked, 0)
    vm.step_limit = vm.steps + vm.limits.steps
    vm.idle_limit = vm.steps + vm.limits.idle_steps
    try:
        return evaluate(vm, node, frame), None
    except Thrown as error:
        return Unknown(Reason.RAISED, f"{error.kind}: {error.message}", error.place), error.place
    except LimitReached as limit:
        return Unknown(limit.reason, limit.detail), None
    except Undetermined as problem:
        return problem.unknown, None
    except RecursionError:
        return Unknown(Reason.RECURSION_LIMIT, text), None
