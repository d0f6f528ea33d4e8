"""Results kept between runs, each in a file of its own in the user's cache folder.

The name of the file is a digest of all that the result follows from and that is known beforehand: Paramlens itself, the
text, its path, the expressions to evaluate, the environment. What is known only afterwards stands in the file: which
other files were asked for, and what they held. A result is used when they still hold the same.

Results whose analysis may have met its time limit are not kept: another machine, or another minute, has others.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import stat
import sys
import time
import zlib
from collections.abc import Mapping
from enum import EnumMeta
from functools import lru_cache
from typing import Any

from paramlens.facts import Analysis
from paramlens.jobs import ANALYZER_VARIABLE, Job, Read, environment_of, evaluated, finished
from paramlens.records import Record, record

FOLDER_VARIABLE = "PARAMLENS_CACHE_DIR"
MOST_BYTES = 200 * 2**20
WRITES_PER_CLEANING = 50
DIGEST_BYTES = 20

_writes = 0


@record
class Kept(Record):
    """A result with what it was read from.

    files    path and digest of each file that was asked for, None where there was none
    folders  path of each folder that was looked at, and whether it was there
    """

    analysis: Analysis
    files: tuple[tuple[str, bytes | None], ...]
    folders: tuple[tuple[str, bool], ...]


def default_folder() -> str | None:
    """The folder for results, made if need be; None when there is none that is this user's alone."""
    base = os.environ.get(FOLDER_VARIABLE)
    if not base:
        import platformdirs  # here: few commands need it

        base = platformdirs.user_cache_dir("paramlens", appauthor=False)
    folder = os.path.join(os.path.abspath(base), "results")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        return folder if _is_private(folder) else None
    except OSError:
        return None


def _is_private(folder: str) -> bool:
    """Whether nobody else can write results there. Where the system has no owners, the user's own folder is."""
    if sys.platform == "win32":
        return True
    status = os.lstat(folder)
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        return False
    if status.st_mode & 0o077:
        os.chmod(folder, 0o700)
    return True


def find(job: Job, read: Read, folder: str) -> Analysis | None:
    """The kept result for a job, with the settings applied; None when there is none that still holds."""
    path = _file(job, folder)
    kept = _load(path)
    if kept is None or not _holds(kept, read):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # those not used for longest go first
    return finished(job, kept.analysis)


def run(job: Job, read: Read, folder: str) -> Analysis:
    """Analyse, and keep the result."""
    recorder = _Recorder(read)
    start = time.process_time()  # as the limit: other programs use nothing of it up
    analysis = evaluated(job, recorder.read)
    if _is_settled(time.process_time() - start):
        kept = Kept(analysis, tuple(recorder.files.items()), tuple(recorder.folders.items()))
        with contextlib.suppress(OSError):
            _store(_file(job, folder), kept)
    return finished(job, analysis)


def keep(job: Job, analysis: Analysis, texts: Mapping[str, str | None], folder: str) -> None:
    """Keep a result, to which the settings were not applied yet, that was made with these texts of other files."""
    recorder = _Recorder(texts.get)
    for path in texts:
        recorder.read(path)
    kept = Kept(analysis, tuple(recorder.files.items()), tuple(recorder.folders.items()))
    with contextlib.suppress(OSError):
        _store(_file(job, folder), kept)


class _Recorder:
    """Reads files and remembers what it found. Where an `__init__.py` is missing, its folder was looked for too."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self.files: dict[str, bytes | None] = {}
        self.folders: dict[str, bool] = {}

    def read(self, path: str) -> str | None:
        text = self._read(path)
        self.files[path] = None if text is None else _digest(text)
        folder, name = os.path.split(path)
        if text is None and name == "__init__.py":
            self.folders[folder] = os.path.isdir(folder)
        return text


def _holds(kept: Kept, read: Read) -> bool:
    for path, there in kept.folders:
        if os.path.isdir(path) is not there:
            return False
    for path, digest in kept.files:
        text = read(path)
        if (None if text is None else _digest(text)) != digest:
            return False
    return True


def _is_settled(seconds: float) -> bool:
    from paramlens.evaluate.limits import Limits

    return seconds < Limits().seconds


# -------------------------------------------------------------------------------------------------------- the key


def _file(job: Job, folder: str) -> str:
    environment = environment_of(job)
    parts = (
        _own_digest(),
        os.environ.get(ANALYZER_VARIABLE) or None,
        job.path,
        job.text,
        job.calls,
        environment.site_packages,
        environment.roots,
        _packages_above(job.path),
    )
    return os.path.join(folder, _digest(repr(parts)).hex())


def _packages_above(path: str) -> int:
    """How many folders above the file are packages: they are in the names of its modules."""
    count, folder = 0, os.path.dirname(path)
    while os.path.isfile(os.path.join(folder, "__init__.py")) and os.path.dirname(folder) != folder:
        count, folder = count + 1, os.path.dirname(folder)
    return count


@lru_cache(maxsize=1)
def _own_digest() -> str:
    """Of what computes the results: this package's files by size and time, the parser's, Python itself."""
    own = os.path.dirname(os.path.abspath(__file__))
    from hashlib import blake2b

    found = blake2b(repr((sys.version, sys.platform, own, _parser())).encode(), digest_size=DIGEST_BYTES)
    for parent, folders, names in os.walk(own):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            if name.endswith(".py"):
                status = os.stat(os.path.join(parent, name))
                found.update(repr((parent, name, status.st_size, status.st_mtime_ns)).encode())
    return found.hexdigest()


def _parser() -> tuple[str, int] | None:
    from importlib.util import find_spec

    spec = find_spec("libcst")
    return (spec.origin, os.stat(spec.origin).st_mtime_ns) if spec is not None and spec.origin else None


def _digest(text: str) -> bytes:
    return _hashed(text.encode("utf-8", "surrogatepass"))


def _hashed(data: bytes) -> bytes:
    from hashlib import blake2b  # with what it loads, not for those who keep nothing

    return blake2b(data, digest_size=DIGEST_BYTES).digest()


# ------------------------------------------------------------------------------------------------------- the files


def _load(path: str) -> Kept | None:
    """The result in a file; None when there is none, or none that makes sense."""
    try:
        with open(path, "rb") as file:
            data = file.read()
        body = data[DIGEST_BYTES:]
        if _hashed(body) != data[:DIGEST_BYTES]:
            return None
        found = _Unpickler(io.BytesIO(zlib.decompress(body))).load()
    except Exception:  # whatever a damaged file leads to
        return None
    return found if isinstance(found, Kept) else None


def _store(path: str, kept: Kept) -> None:
    """Write a result whole or not at all. Raises OSError."""
    import tempfile  # here: most runs only read

    body = zlib.compress(pickle.dumps(kept, pickle.HIGHEST_PROTOCOL), 1)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix="new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_hashed(body) + body)
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    global _writes  # noqa: PLW0603
    if _writes % WRITES_PER_CLEANING == 0:
        clean(os.path.dirname(path), MOST_BYTES)
    _writes += 1


def clean(folder: str, most_bytes: int) -> None:
    """Remove the files that were not used for longest until the others have at most so many bytes."""
    files = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                if entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    files.append((status.st_mtime_ns, status.st_size, entry.path))
    total = 0
    for _, size, path in sorted(files, reverse=True):
        total += size
        if total > most_bytes:
            with contextlib.suppress(OSError):
                os.unlink(path)


class _Unpickler(pickle.Unpickler):
    """Makes nothing but the plain data of an analysis."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in (("builtins", "frozenset"), ("builtins", "set"), ("builtins", "complex")):
            return super().find_class(module, name)
        if (module, name) == ("builtins", "getattr"):  # how Python 3.11.0 to 3.11.3 write the members of enums
            return _member
        if module in _MODULES or module.startswith("paramlens.dims."):
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module and "." not in name:
                return found
        raise pickle.UnpicklingError(f"unexpected {module}.{name}")


def _member(kind: object, name: str) -> object:
    if isinstance(kind, EnumMeta):
        return kind[name]
    raise pickle.UnpicklingError(f"unexpected {name}")


_MODULES = frozenset({__name__, "paramlens.facts", "paramlens.values", "paramlens.shapes"})
