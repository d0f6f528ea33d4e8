"""Results kept between runs: used while nothing that they follow from changed, and never otherwise."""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

import pytest
import stub_analyzer
from click.testing import CliRunner, Result
from paramlens import cache
from paramlens.cli.commands import cli
from paramlens.facts import Analysis
from paramlens.jobs import ANALYZER_VARIABLE, Job
from paramlens.sources import read_source

LINEAR = "net = Linear(3, 4)\n"
IMPORTING = "from sizes import N\nnet = Linear(N, 4)\n"


class Analyzer:
    """Counts how often it is asked."""

    calls = 0

    @classmethod
    def analyze(cls, *arguments: object, **named: object) -> Analysis:
        cls.calls += 1
        return stub_analyzer.analyze(*arguments, **named)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stub_analyzer, "counted", Analyzer.analyze, raising=False)
    monkeypatch.setattr(Analyzer, "calls", 0)
    monkeypatch.setenv(ANALYZER_VARIABLE, "stub_analyzer:counted")
    monkeypatch.setenv(cache.FOLDER_VARIABLE, os.fspath(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def count(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["count", *(arguments or ("model.py",))])


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text)


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache" / "results").iterdir())


def test_a_second_run_analyses_nothing(tmp_path: Path) -> None:
    write("model.py", LINEAR)
    first = count()
    second = count()
    assert Analyzer.calls == 1
    assert first.stdout == second.stdout
    assert "16 parameters" in second.stdout
    assert len(kept(tmp_path)) == 1


@pytest.mark.parametrize("change", ["text", "call", "other path", "environment", "package"])
def test_what_the_result_follows_from_is_part_of_its_name(change: str) -> None:
    write("model.py", LINEAR)
    count()
    arguments: tuple[str, ...] = ("model.py",)
    if change == "text":
        write("model.py", LINEAR + "# other\n")
    elif change == "call":
        arguments = ("model.py", "--call", "Net()")
    elif change == "other path":
        write("other.py", LINEAR)
        arguments = ("other.py",)
    elif change == "environment":
        Path(".venv/lib/python3.11/site-packages").mkdir(parents=True)
        cache.environment_of.__globals__["_environment"].cache_clear()
    else:
        write("__init__.py", "")
    count(*arguments)
    assert Analyzer.calls == 2


def test_settings_apply_to_kept_results() -> None:
    write("model.py", LINEAR)
    assert "over its budget" not in count().stdout
    write("pyproject.toml", '[[tool.paramlens.budgets]]\nmax-params = "10"\n')
    from paramlens.cli.files import settings_of

    settings_of.cache_clear()
    assert "over its budget" in count().stdout
    assert Analyzer.calls == 1


def test_changed_new_and_removed_imports() -> None:
    write("model.py", IMPORTING)
    assert "16 parameters" not in count().stdout
    write("sizes.py", "N = 3\n")
    assert "16 parameters" in count().stdout
    write("sizes.py", "N = 4\n")
    assert "20 parameters" in count().stdout
    assert "20 parameters" in count().stdout
    assert Analyzer.calls == 3
    Path("sizes.py").unlink()
    assert "20 parameters" not in count().stdout


def test_a_folder_that_was_looked_for(tmp_path: Path) -> None:
    recorder = cache._Recorder(read_source)
    assert recorder.read(os.fspath(tmp_path / "package" / "__init__.py")) is None
    result = cache.Kept(Analysis("x"), tuple(recorder.files.items()), tuple(recorder.folders.items()))
    assert cache._holds(result, read_source)
    (tmp_path / "package").mkdir()
    assert not cache._holds(result, read_source)


def test_no_cache_neither_uses_nor_keeps(tmp_path: Path) -> None:
    write("model.py", LINEAR)
    count("model.py", "--no-cache")
    assert not (tmp_path / "cache").exists()
    count()
    count("model.py", "--no-cache")
    assert Analyzer.calls == 3


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 100])
def test_damaged_files_count_as_absent(damage: bytes, tmp_path: Path) -> None:
    write("model.py", LINEAR)
    count()
    (file,) = kept(tmp_path)
    file.write_bytes(damage or file.read_bytes()[:-1])
    assert "16 parameters" in count().stdout
    assert "16 parameters" in count().stdout
    assert Analyzer.calls == 2


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("trap",)


@pytest.mark.parametrize("trap", [Evil(), Path("x"), pickle.Unpickler])
def test_files_make_nothing_but_facts(trap: object, tmp_path: Path) -> None:
    cache._store(os.fspath(tmp_path / "file"), trap)  # type: ignore[arg-type]
    assert cache._load(os.fspath(tmp_path / "file")) is None
    assert not Path("trap").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="folders there have no owner and mode")
def test_the_folder_is_the_users_alone(tmp_path: Path) -> None:
    (tmp_path / "cache" / "results").mkdir(parents=True, mode=0o777)
    assert cache.default_folder() is not None
    assert (tmp_path / "cache" / "results").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    write("file", "")
    write("model.py", LINEAR)
    monkeypatch.setenv(cache.FOLDER_VARIABLE, "file")
    assert "16 parameters" in count().stdout


def test_the_folder_has_a_bound(tmp_path: Path) -> None:
    for age in range(5):
        (tmp_path / str(age)).write_bytes(b"x" * 100)
        os.utime(tmp_path / str(age), (1000 - age, 1000 - age))
    cache.clean(os.fspath(tmp_path), 250)
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.is_file()) == ["0", "1"]


def test_slow_results_are_not_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write("model.py", LINEAR)
    monkeypatch.setattr(cache, "_is_settled", lambda seconds: False)
    count()
    assert kept(tmp_path) == []


def test_several_files_with_workers_and_the_evaluator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ANALYZER_VARIABLE, "")
    write("a.py", "from torch import nn\nfrom sizes import N\nnet = nn.Linear(N, 4)\n")
    write("sizes.py", "N = 3\n")
    first = count(".")
    assert "16 parameters" in first.stdout
    monkeypatch.setattr("paramlens.cli.workers.Workers.ask", None)
    assert count(".").stdout == first.stdout


def test_an_analysis_survives_keeping(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = Path(__file__).parents[2] / "examples" / "resnet.py"
    monkeypatch.setenv(ANALYZER_VARIABLE, "")
    job = Job(os.fspath(path), path.read_text(), ("ResNet18()", "ResNet(BasicBlock, [1], num_classes=n)"))
    assert cache.run(job, read_source, os.fspath(tmp_path)) == cache.find(job, read_source, os.fspath(tmp_path))
