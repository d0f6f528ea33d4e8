"""Puts the server and the libraries it needs into one folder, for the VS Code extension of one platform.

    python tools/bundle_server.py [--target linux-x64] [--into vscode-client/bundle] [--bytecode PYTHON]...

Pure Python libraries are there once. libcst's compiled module is there for each CPython from 3.10 to 3.14 side by side:
each interpreter loads the file that is named for it. Wheels come from the package index that pip is configured for, in
the versions of `bundled.txt`; none of their code is run. With `--bytecode` what an interpreter would compile when it
starts the server for the first time, which takes it seconds, is compiled now.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
COMPILED = ("libcst", "pyyaml")
"""Libraries whose wheels hold compiled modules. PyYAML does without its own, so that one is left out."""

PLATFORMS = {
    "linux-x64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "linux-arm64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
    "alpine-x64": ("musllinux_1_2_x86_64",),
    "alpine-arm64": ("musllinux_1_2_aarch64",),
    "darwin-x64": ("macosx_10_12_x86_64", "macosx_10_13_x86_64", "macosx_11_0_x86_64"),
    "darwin-arm64": ("macosx_11_0_arm64",),
    "win32-x64": ("win_amd64",),
    "win32-arm64": ("win_arm64",),
}
"""The tags of wheels by the names that `vsce package --target` knows."""

LEFT_OUT = (
    "libcst/tests/*", "libcst/*/tests/*", "libcst/*/*/tests/*", "libcst/codemod/*", "libcst/codemod/*/*",
    "libcst/codegen/*", "libcst/testing/*", "libcst/tool.py", "yaml/_yaml*", "_yaml/*", "*.pyi",
)
"""What the server never loads. The records of packages (`.dist-info`) stay: licences and versions are there."""

WITH_BYTECODE = ("attr", "attrs", "cattrs", "lsprotocol", "paramlens", "platformdirs", "pygls")
WITHOUT_BYTECODE = r"[\\/](cattrs.preconf|cli.(formats|report))[\\/]"
"""Packages that every start loads, and the large parts of them that it does not."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--target", choices=PLATFORMS, default=this_platform(), help="platform of the extension")
    parser.add_argument("--into", type=Path, default=ROOT / "vscode-client" / "bundle", help="the folder to make")
    parser.add_argument("--bytecode", action="append", default=[], metavar="PYTHON", help="interpreter to compile for")
    options = parser.parse_args()
    bundle(options.target, options.into)
    for version, python in interpreters(options.bytecode).items():
        compile_for(python, options.into / "libs")
        sys.stdout.write(f"byte-code for CPython {version}\n")
    size = sum(file.stat().st_size for file in options.into.rglob("*") if file.is_file())
    sys.stdout.write(f"{options.into}: server for {options.target}, {size / 2**20:.1f} MiB unpacked\n")
    return 0


def this_platform() -> str:
    system = {"linux": "linux", "darwin": "darwin", "win32": "win32"}.get(sys.platform, sys.platform)
    if system == "linux" and platform.libc_ver()[0] != "glibc":
        system = "alpine"
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower())
    return f"{system}-{machine or platform.machine().lower()}"


def bundle(target: str, folder: Path) -> None:
    """Make the folder anew."""
    shutil.rmtree(folder, ignore_errors=True)
    libraries = folder / "libs"
    libraries.mkdir(parents=True)
    compiled, pure = required()
    with tempfile.TemporaryDirectory() as temporary:
        wheels = Path(temporary)
        download(pure, wheels, "--platform", "any", "--implementation", "py", "--abi", "none")
        tags = [word for tag in PLATFORMS[target] for word in ("--platform", tag)]
        for version in VERSIONS:
            download(compiled, wheels, *tags, "--implementation", "cp", "--python-version", version)
        for wheel in sorted(wheels.glob("*.whl")):
            unpack(wheel, libraries)
    add_paramlens(libraries)
    shutil.copy(ROOT / "tools" / "launch_server.py", folder / "launch.py")
    check(libraries)


def required() -> tuple[list[str], list[str]]:
    """What `bundled.txt` names: the libraries that are compiled, and the others."""
    lines = (ROOT / "tools" / "bundled.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    compiled = [pin for pin in pins if pin.partition("==")[0] in COMPILED]
    return compiled, [pin for pin in pins if pin not in compiled]


def download(pins: Iterable[str], into: Path, *tags: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*command, "--only-binary=:all:", "--dest", str(into), *tags, *pins], check=True)


def unpack(wheel: Path, into: Path) -> None:
    """Unpack a wheel; what wheels of one library have in common is the same in each."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if not name.endswith("/") and not any(Path(name).match(pattern) for pattern in LEFT_OUT):
                archive.extract(name, into)


def add_paramlens(into: Path) -> None:
    """The server itself as it is here, with the record that tells its version."""
    shutil.copytree(ROOT / "server" / "paramlens", into / "paramlens", ignore=shutil.ignore_patterns("__pycache__"))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = project.split('\nversion = "', 1)[1].partition('"')[0]
    record = into / f"paramlens-{version}.dist-info"
    record.mkdir()
    text = f"Metadata-Version: 2.4\nName: paramlens\nVersion: {version}\nRequires-Python: >={VERSIONS[0]}\n"
    (record / "METADATA").write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "LICENSE", record / "LICENSE")


def interpreters(pythons: Iterable[str]) -> dict[str, str]:
    """One of the interpreters for each version that the bundle is for; those that do not run are left out."""
    question = "import sys; print(sys.implementation.name, *sys.version_info[:2])"
    found = {}
    for python in pythons:
        try:
            answer = subprocess.run([python, "-I", "-c", question], capture_output=True, text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            continue
        name, major, minor = answer.split()
        if name == "cpython" and f"{major}.{minor}" in VERSIONS:
            found[f"{major}.{minor}"] = python
    return found


def compile_for(python: str, libraries: Path) -> None:
    """Make byte-code that is loaded as it is: the files beside it never change, and get other times when unpacked."""
    command = [python, "-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "-s", str(libraries)]
    folders = [str(libraries / name) for name in WITH_BYTECODE]
    subprocess.run([*command, "-x", WITHOUT_BYTECODE, *folders, str(libraries / "typing_extensions.py")], check=True)


def check(libraries: Path) -> None:
    """That libcst's compiled module is there for each CPython."""
    found = sorted(file.name for file in (libraries / "libcst").glob("native.*"))
    marks = [(f"cpython-{version.replace('.', '')}-", f"cp{version.replace('.', '')}-") for version in VERSIONS]
    missing = [mark[0] for mark in marks if not any(each in name for name in found for each in mark)]
    if missing:
        raise SystemExit(f"libcst's compiled module is missing for {', '.join(missing)}; there are {found}")


if __name__ == "__main__":
    sys.exit(main())
