"""What dotted names of modules mean, by text alone."""

from __future__ import annotations

import os
from collections.abc import Callable


def is_package_file(path: str | None) -> bool:
    """Whether a file is the one that a package itself is read from."""
    return path is not None and path.endswith("__init__.py")


def absolute(name: str, level: int, importer: str, path: str | None) -> str | None:
    """The dotted name that `from ..name import` means with `level` dots in the module `importer`, which is read from
    `path`; None when it leaves the top package.
    """
    if level == 0:
        return name
    parts = importer.split(".")
    kept = len(parts) - level + is_package_file(path)
    parts = [*parts[: max(kept, 0)], *([name] if name else [])]
    return ".".join(parts) if parts else None


def module_name(path: str, is_file: Callable[[str], bool] = os.path.isfile) -> tuple[str, str]:
    """The dotted name of a file and the folder that its top package lies in; `is_file` tells what there is."""
    folder, file = os.path.split(path)
    parts = [] if file == "__init__.py" else [os.path.splitext(file)[0]]
    while is_file(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        parts.insert(0, package)
        if not package:
            break
    return ".".join(parts) or "__main__", folder
