"""Where imports are looked for: the workspace's folders and the user's installed packages, found by looking alone."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Environment:
    """`roots` are folders of the workspace that imports start from, `site_packages` those of installed packages."""

    site_packages: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()


def find_environment(start: Path, explicit: str | None = None) -> Environment:
    """The environment for files below `start`: `explicit` (folder or interpreter), VIRTUAL_ENV, or `.venv` upwards."""
    candidates: list[Path] = []
    if explicit:
        candidates.append(Path(explicit))
    else:
        active = os.environ.get("VIRTUAL_ENV") or os.environ.get("CONDA_PREFIX")
        candidates.extend(folder / name for folder in (start, *start.parents) for name in (".venv", "venv"))
        if active:
            candidates.insert(0, Path(active))
    for candidate in candidates:
        folders = site_packages_of(candidate)
        if folders:
            return Environment(folders, workspace_roots(start))
    return Environment((), workspace_roots(start))


def site_packages_of(path: Path) -> tuple[str, ...]:
    """The package folders of an environment, given its folder, its interpreter, or a package folder itself."""
    if path.is_file():  # …/bin/python, which may be a link out of the environment
        path = path.parent.parent
    if not path.is_dir():
        return ()
    found = [*sorted(path.glob("lib/python3*/site-packages")), *sorted(path.glob("lib/python3*/dist-packages"))]
    windows = path / "Lib" / "site-packages"
    if windows.is_dir():
        found.append(windows)
    if found:
        return tuple(str(folder) for folder in found)
    looks_like_packages = path.name in ("site-packages", "dist-packages") or any(path.glob("*.dist-info"))
    return (str(path),) if looks_like_packages else ()


def workspace_roots(start: Path) -> tuple[str, ...]:
    """The folders that a project's own imports start from: the project's root and its `src`."""
    for folder in (start, *start.parents):
        if any((folder / mark).exists() for mark in ("pyproject.toml", "setup.py", "setup.cfg", ".git")):
            source = folder / "src"
            return (str(folder), str(source)) if source.is_dir() else (str(folder),)
    return (str(start),)
