"""Where imports are looked for: the workspace's folders and the user's installed packages, found by looking alone."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from paramlens.records import Record, record


@record
class Environment(Record):
    """`roots` are folders of the workspace that imports start from, `site_packages` those of installed packages."""

    site_packages: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()


@record
class Tree(Record):
    """What there is under a path. Not every tree lies on disk: a revision of a repository does not."""

    is_file: Callable[[str], bool]
    is_folder: Callable[[str], bool]


DISK = Tree(os.path.isfile, os.path.isdir)


def find_environment(start: Path, explicit: str | None = None, tree: Tree = DISK) -> Environment:
    """The environment for files below `start`: `explicit` (folder or interpreter), VIRTUAL_ENV, or `.venv` upwards.

    The workspace's folders are those of the `tree`; installed packages are always on disk.
    """
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
            return Environment(folders, workspace_roots(start, tree))
    return Environment((), workspace_roots(start, tree))


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


_ROOT_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
_LIKELY_MARKS = ("requirements.txt", "environment.yml", "LICENSE", "README.md", "README.rst")
_LIKELY_LEVELS = 4


def workspace_roots(start: Path, tree: Tree = DISK) -> tuple[str, ...]:
    """The folders that a project's own imports start from: its root, its `src`, and the folders down to `start`.

    The root is the nearest folder with a project file; without one, the highest of the next few that looks like one.
    """
    folders = (start, *start.parents)
    found = next((i for i, folder in enumerate(folders) if _has_any(folder, _ROOT_MARKS, tree)), None)
    if found is None:
        likely = [i for i, folder in enumerate(folders[:_LIKELY_LEVELS]) if _has_any(folder, _LIKELY_MARKS, tree)]
        found = max(likely, default=0)
    root = folders[found]
    source = root / "src"
    return tuple(str(folder) for folder in (root, *([source] if tree.is_folder(str(source)) else []), *folders[:found]))


def _has_any(folder: Path, names: tuple[str, ...], tree: Tree) -> bool:
    paths = [str(folder / name) for name in names]
    return any(tree.is_file(path) or tree.is_folder(path) for path in paths)


_REQUIREMENT = re.compile(r"^Requires-Dist:\s*([\w.-]+)([^\n]*)", re.MULTILINE)
_IMPORTED_AS = {"pyyaml": "yaml", "pillow": "pil", "opencv_python": "cv2", "scikit_learn": "sklearn"}


@lru_cache(maxsize=256)
def requirements_of(package: str, site_packages: tuple[str, ...]) -> frozenset[str]:
    """The packages, by their import names in lower case, that are installed with a package because it requires them.

    Those of an extra (`timm[train]`) and those for other machines are left out.
    """
    found: set[str] = set()
    for folder in site_packages:
        for file in Path(folder).glob(f"{package}-*.dist-info/METADATA"):
            try:
                text = file.read_text("utf-8", "replace").split("\n\n", 1)[0]
            except OSError:
                continue
            for name, rest in _REQUIREMENT.findall(text):
                if ";" not in rest:
                    imported = re.sub(r"[-.]+", "_", name.lower())
                    found.add(_IMPORTED_AS.get(imported, imported))
    return frozenset(found)
