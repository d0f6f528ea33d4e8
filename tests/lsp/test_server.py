"""The real server over real stdio, with an analyzer that only knows `Linear(a, b)`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from client import CAPABILITIES, SOURCE, Client
from paramlens.lsp.processes import process_is_alive

LINEAR = "net = Linear(3, 4)\n"


def wait_until_gone(pids: list[int]) -> None:
    end = time.monotonic() + 10
    while any(process_is_alive(pid) and not _is_zombie(pid) for pid in pids):
        assert time.monotonic() < end, f"left behind: {pids}"
        time.sleep(0.05)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def test_what_the_server_can_do(client: Client) -> None:
    capabilities = client.start()["capabilities"]
    assert capabilities["textDocumentSync"]["change"] == 2
    assert capabilities["textDocumentSync"]["openClose"] is True
    assert capabilities["inlayHintProvider"]["resolveProvider"] is True
    assert capabilities["hoverProvider"]
    assert "codeLensProvider" in capabilities
    assert capabilities["positionEncoding"] == "utf-16"
    registered = client.hear("client/registerCapability")["registrations"]
    assert [each["method"] for each in registered] == [
        "workspace/didChangeWatchedFiles",
        "workspace/didChangeConfiguration",
    ]


def test_hints_follow_edits(shared: Client) -> None:
    shared.open("model.py", LINEAR)
    assert shared.hints("model.py") == [(0, 18, "▸ 16 params · 64 B")]
    shared.change("model.py", 2, "\n" + LINEAR.replace("4", "5"))
    assert shared.hints("model.py") == [(1, 18, "▸ 20 params · 80 B")]


def test_a_client_that_sends_ranges_is_understood(shared: Client) -> None:
    shared.open("model.py", "x = 'a\x0cb\u2028c😀'\r\n" + LINEAR)
    at = {"start": {"line": 1, "character": 16}, "end": {"line": 1, "character": 999}}
    first = {"start": {"line": 0, "character": 13}, "end": {"line": 0, "character": 13}}
    changes = [{"range": at, "text": "50)"}, {"range": first, "text": "; y = Linear(1, 1)"}]
    item = {"uri": shared.uri("model.py"), "version": 2}
    shared.notify("textDocument/didChange", {"textDocument": item, "contentChanges": changes})
    assert shared.hints("model.py") == [(0, 31, "▸ 2"), (1, 19, "▸ 200 params · 800 B")]


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 28), ("utf-16", 26), ("utf-32", 25)])
def test_positions_are_in_the_negotiated_units(client: Client, encoding: str, character: int) -> None:
    capabilities = {**CAPABILITIES, "general": {"positionEncodings": [encoding]}}
    assert client.start(capabilities)["capabilities"]["positionEncoding"] == encoding
    client.open("model.py", "n = '😀'; x = Linear(3, 4)\n")
    assert client.hints("model.py") == [(0, character, "▸ 16")]
    at = {"line": 0, "character": character - 3}
    found = client.request("textDocument/hover", {"textDocument": {"uri": client.uri("model.py")}, "position": at})
    assert found["contents"]["value"].startswith("**Linear**: 16 parameters, all trainable")
    assert found["range"]["end"] == {"line": 0, "character": character}


def test_tooltips_come_when_they_are_asked_for(shared: Client) -> None:
    shared.open("model.py", "x = Linear(3, 4)\n")
    (hint,) = shared.answer(shared.ask_hints("model.py"))["result"]
    assert "tooltip" not in hint
    assert shared.request("inlayHint/resolve", hint)["tooltip"] == "Linear: 16 parameters"


def test_code_lens_with_its_table(shared: Client) -> None:
    shared.open("model.py", LINEAR)
    (lens,) = shared.request("textDocument/codeLens", {"textDocument": {"uri": shared.uri("model.py")}})
    command = lens["command"]
    assert (command["title"], command["command"]) == ("16 params · 64 B · 12 multiply-adds", "paramlens.showModels")
    (table,) = command["arguments"]
    assert table["uri"] == shared.uri("model.py")
    assert table["rows"][0]["description"] == "16"
    assert table["rows"][0]["range"]["start"] == {"line": 0, "character": 6}


def test_diagnostics_carry_the_version_and_go_with_the_document(shared: Client) -> None:
    shared.open("model.py", "x = Linear(3, 4)  # MISMATCH\n", version=7)
    published = shared.hear("textDocument/publishDiagnostics", version=7)
    (found,) = published["diagnostics"]
    assert (found["code"], found["source"], found["severity"]) == ("shape-mismatch", "paramlens", 1)
    shared.change("model.py", 8, LINEAR)
    assert shared.hear("textDocument/publishDiagnostics", version=8)["diagnostics"] == []
    assert shared.hear("paramlens/fileStatus", text="16 params")["uri"] == shared.uri("model.py")
    shared.notify("textDocument/didClose", {"textDocument": {"uri": shared.uri("model.py")}})
    shared.hear("paramlens/fileStatus", text="")
    assert shared.hints("model.py") == []


def test_half_typed_text_is_normal(shared: Client) -> None:
    shared.open("model.py", LINEAR + "y = Linear(3, ")
    assert shared.hints("model.py") == [(0, 18, "▸ 16 params · 64 B")]
    shared.change("model.py", 2, "")
    assert shared.hints("model.py") == []
    shared.change("model.py", 3, "\ud800 = Linear(3, 4)\x00")
    assert shared.hints("model.py")


def test_a_request_never_gets_positions_of_another_version(shared: Client) -> None:
    shared.open("model.py", LINEAR)
    asked = []
    for version in range(2, 40):
        shared.change("model.py", version, "\n" * version + LINEAR)
        asked.append((version, shared.ask_hints("model.py")))
    for version, number in asked:
        answer = shared.answer(number)
        if "error" in answer:
            assert answer["error"]["code"] == -32801
        else:
            assert answer["result"][0]["position"]["line"] == version
    assert "result" in answer


def test_open_and_changed_files_reach_their_importers(client: Client) -> None:
    (client.folder / "sizes.py").write_text("N = 4\n")
    client.start()
    client.open("model.py", "from sizes import N\nnet = Linear(3, N)\n")
    assert client.hints("model.py")[0][2] == "▸ 16 params · 64 B"
    client.open("sizes.py", "N = 5\n")  # unsaved
    client.hear("workspace/inlayHint/refresh")
    assert client.hints("model.py")[0][2] == "▸ 20 params · 80 B"
    client.notify("textDocument/didClose", {"textDocument": {"uri": client.uri("sizes.py")}})
    client.hear("workspace/inlayHint/refresh", 2)
    assert client.hints("model.py")[0][2] == "▸ 16 params · 64 B"
    (client.folder / "sizes.py").write_text("N = 6\n")
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": client.uri("sizes.py"), "type": 2}]})
    client.hear("workspace/codeLens/refresh", 3)
    assert client.hints("model.py")[0][2] == "▸ 24 params · 96 B"


def test_an_edit_reaches_the_importers_of_importers(tmp_path: Path) -> None:
    """With the real evaluator, which knows all that a file read: sizes <- middle <- model."""
    (tmp_path / "middle.py").write_text("from sizes import N\nWIDTH = N + 1\n")
    client = Client(tmp_path, analyzer="")
    try:
        client.start()
        client.open("sizes.py", "N = 3\n")
        client.open("model.py", "from torch import nn\nfrom middle import WIDTH\nnet = nn.Linear(WIDTH, 4)\n")
        assert client.hints("model.py")[0][2].startswith("▸ 20 params")
        client.change("sizes.py", 2, "N = 4\n")
        client.hear("workspace/inlayHint/refresh")
        assert client.hints("model.py")[0][2].startswith("▸ 24 params")
    finally:
        client.close()


def test_settings_of_the_project_and_the_editor(client: Client) -> None:
    (client.folder / "pyproject.toml").write_text(
        "[tool.paramlens]\ncolour = 1\n[[tool.paramlens.budgets]]\nmax-params = 10\n"
    )
    client.start()
    client.open("model.py", LINEAR)
    published = client.hear("textDocument/publishDiagnostics", uri=client.uri("model.py"))
    assert published["diagnostics"][0]["code"] == "params-budget"
    published = client.hear("textDocument/publishDiagnostics", uri=client.uri("pyproject.toml"))
    assert published["diagnostics"][0]["range"]["start"] == {"line": 1, "character": 0}
    client.settings = {"budgets": [], "inlayHints": {"enable": False}}
    client.notify("workspace/didChangeConfiguration", {"settings": None})
    client.hear("workspace/inlayHint/refresh")
    assert client.hints("model.py") == []
    client.hear("textDocument/publishDiagnostics", uri=client.uri("model.py"), diagnostics=[])
    (client.folder / "pyproject.toml").write_text('[tool.paramlens]\nexclude = ["mod*"]\n')
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": client.uri("pyproject.toml"), "type": 2}]})
    client.hear("paramlens/fileStatus", text="")
    client.hear("textDocument/publishDiagnostics", 2, uri=client.uri("pyproject.toml"))


def test_settings_without_configuration_requests(client: Client) -> None:
    client.start({}, initializationOptions={"budgets": [{"max-params": 1}]})
    client.open("model.py", LINEAR)
    published = client.hear("textDocument/publishDiagnostics")
    assert [found["code"] for found in published["diagnostics"]] == ["params-budget"]
    client.notify("workspace/didChangeConfiguration", {"settings": {"paramlens": {"budgets": []}}})
    assert client.hear("textDocument/publishDiagnostics", 2)["diagnostics"] == []


def test_a_crash_ends_the_worker_alone_and_is_told_once(shared: Client) -> None:
    shared.open("model.py", LINEAR)
    assert shared.hints("model.py")
    shared.change("model.py", 2, "CRASH\n" + LINEAR)
    assert shared.hints("model.py") == []
    message = shared.hear("window/showMessage")
    assert message["message"] == "Paramlens leaves model.py alone until it changes: the analysis crashed."
    shared.change("model.py", 3, "ABORT\n" + LINEAR)
    assert shared.hints("model.py") == []
    shared.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": shared.uri("new.py"), "type": 1}]})
    shared.open("other.py", LINEAR)
    assert shared.hints("other.py")
    shared.change("model.py", 4, LINEAR)
    assert shared.hints("model.py")
    assert len(shared.heard("window/showMessage")) == 1
    errors = [log for log in shared.heard("window/logMessage") if "the analysis crashed" in log["message"]]
    assert len(errors) == 2


def test_a_worker_that_is_killed_is_started_again_with_all_texts(client: Client) -> None:
    (client.folder / "sizes.py").write_text("N = 1\n")
    client.start()
    client.open("sizes.py", "N = 4\n")  # unsaved
    client.open("model.py", "from sizes import N\nnet = Linear(3, N)\n")
    assert client.hints("model.py")[0][2] == "▸ 16 params · 64 B"
    for version in (2, 3):
        client.hints("sizes.py")  # a text whose analysis is ended twice is left alone
        for pid in client.children():
            os.kill(pid, signal.SIGKILL)
        client.change("model.py", version, "\n" * version + "from sizes import N\nnet = Linear(3, N)\n")
        assert client.hints("model.py") == [(version + 1, 18, "▸ 16 params · 64 B")]
    assert client.heard("window/showMessage") == []


def test_a_worker_that_is_killed_at_work_goes_on_and_twice_costs_that_text_alone(client: Client) -> None:
    client.start()
    client.open("model.py", LINEAR)
    assert client.hints("model.py")
    client.change("model.py", 2, "HANG\n")
    number = client.ask_hints("model.py")
    for _ in range(2):
        assert number not in client.answers
        (pid,) = client.wait(client.children, what="a worker")
        time.sleep(1.5)  # so that it is at work
        os.kill(pid, signal.SIGKILL)
        client.wait(lambda pid=pid: pid not in client.children(), what="its end")
    assert client.answer(number)["result"] is None
    assert "the analysis crashed" in client.hear("window/showMessage")["message"]
    client.change("model.py", 3, LINEAR)
    assert client.hints("model.py")


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_a_worker_without_memory_is_started_again(shared: Client) -> None:
    shared.open("model.py", "GREEDY\n" + LINEAR)
    assert shared.hints("model.py") == []
    assert "it needs too much memory" in shared.hear("window/showMessage")["message"]
    shared.change("model.py", 2, LINEAR)
    assert shared.hints("model.py")


@pytest.mark.parametrize("word", ["RAISE", "MEMORY"])
def test_errors_of_the_analysis_are_answers(shared: Client, word: str) -> None:
    shared.open("model.py", f"{word}\n" + LINEAR)
    assert shared.hints("model.py") == []
    shared.hear("window/showMessage")
    shared.change("model.py", 2, LINEAR)
    assert shared.hints("model.py")


def test_whoever_prints_does_not_write_into_the_protocol(shared: Client) -> None:
    shared.open("model.py", "PRINT\n" + LINEAR)
    assert shared.hints("model.py") == [(1, 18, "▸ 16 params · 64 B")]


def test_every_request_gets_an_answer(client: Client) -> None:
    early = client.answer(client.ask("textDocument/hover", {}))
    assert early["error"]["code"] == -32002
    client.start()
    wrong: list[Any] = [
        {},
        None,
        [],
        {"textDocument": 3},
        {"textDocument": {"uri": 3}, "position": {"line": "x"}},
    ]
    for params in wrong:
        assert client.answer(client.ask("textDocument/hover", params))["error"]["code"] == -32602
    assert client.answer(client.ask("no/such/method", {}))["error"]["code"] == -32601
    assert client.answer(client.ask("initialize", {"capabilities": {}}))["error"]["code"] == -32600
    client.send([1, 2])
    client.send({"jsonrpc": "2.0", "id": "unknown", "result": {"jsonrpc": "2.0"}})
    client.notify("$/cancelRequest", {"id": 4711})
    client.notify("no/such/notification", {"x": 1})
    client.open("model.py", LINEAR)
    far = {"textDocument": {"uri": client.uri("model.py")}, "position": {"line": 99, "character": 99}}
    assert client.request("textDocument/hover", far) is None
    assert client.hints("missing.py") == []
    client.request("shutdown")
    assert client.answer(client.ask("textDocument/hover", far))["error"]["code"] == -32600
    client.notify("exit")
    assert client.process.wait(10) == 0


def test_a_request_is_cancelled_at_once_while_its_analysis_runs(shared: Client) -> None:
    shared.open("model.py", "HANG\n")
    number, times = shared.ask_hints("model.py"), []
    time.sleep(0.3)
    for _ in range(5):
        number = shared.ask_hints("model.py")
        start = time.monotonic()
        shared.notify("$/cancelRequest", {"id": number})
        assert shared.answer(number)["error"]["code"] == -32800
        times.append(time.monotonic() - start)
    assert min(times) < 0.05
    shared.change("model.py", 2, LINEAR)
    assert shared.hints("model.py")


def test_a_cancelled_request_is_answered_as_such(shared: Client) -> None:
    shared.open("model.py", "HANG\n")
    number = shared.ask_hints("model.py")
    shared.notify("$/cancelRequest", {"id": number})
    assert shared.answer(number)["error"]["code"] == -32800
    shared.change("model.py", 2, LINEAR)
    assert shared.hints("model.py")


def test_a_hanging_analysis_is_ended(tmp_path: Path) -> None:
    client = Client(tmp_path, limit=2)
    try:
        client.start()
        client.open("model.py", "HANG\n")
        client.open("other.py", LINEAR)
        assert client.hints("other.py")  # after the time limit of the first
        assert "took longer than 2 s" in client.hear("window/showMessage")["message"]
    finally:
        client.close()


def test_a_hanging_file_holds_up_no_other(shared: Client) -> None:
    shared.open("model.py", "HANG\n")
    start = time.monotonic()
    for version in (1, 2):
        shared.open("other.py", LINEAR) if version == 1 else shared.change("other.py", 2, "\n" + LINEAR)
        assert shared.hints("other.py")
    assert time.monotonic() - start < 10
    shared.change("model.py", 2, LINEAR)
    assert shared.hints("model.py")
    assert shared.heard("window/showMessage") == []


def test_a_hanging_version_does_not_hold_up_the_next_one(shared: Client) -> None:
    shared.open("model.py", LINEAR)
    assert shared.hints("model.py")
    shared.change("model.py", 2, "HANG\n")
    time.sleep(0.3)
    start = time.monotonic()
    shared.change("model.py", 3, LINEAR)
    assert shared.hints("model.py")
    assert time.monotonic() - start < 9
    assert shared.heard("window/showMessage") == []


def test_nothing_is_left_behind_after_exit(client: Client) -> None:
    client.start()
    client.open("model.py", LINEAR)
    assert client.hints("model.py")
    children = client.children()
    assert children
    assert client.stop() == 0
    wait_until_gone(children)


def test_what_waits_is_answered_before_the_end(client: Client) -> None:
    client.start()
    client.open("model.py", "HANG\n")
    numbers = [client.ask_hints("model.py") for _ in range(3)]
    client.ask("shutdown")
    client.notify("exit")
    assert client.process.wait(10) == 0
    assert [client.answer(number)["error"]["code"] for number in numbers] == [-32800] * 3


def test_exit_without_shutdown_is_an_error(client: Client) -> None:
    client.start()
    client.notify("exit")
    assert client.process.wait(10) == 1


def test_the_end_of_input_ends_the_server_even_while_it_works(client: Client) -> None:
    client.start()
    client.open("model.py", "HANG\n")
    client.wait(client.children, what="a worker")
    time.sleep(1)  # so that it is at work
    children = client.children()
    assert client.process.stdin is not None
    client.process.stdin.close()
    assert client.process.wait(10) == 1
    wait_until_gone(children)


def test_a_message_that_is_null_ends_nothing(client: Client) -> None:
    client.start()
    client.send(None)
    client.open("model.py", LINEAR)
    assert client.hints("model.py")


def test_a_string_in_the_place_of_a_list_holds_up_nothing(shared: Client) -> None:
    shared.open("model.py", LINEAR)
    assert shared.hints("model.py")
    start = time.monotonic()
    document = {"uri": shared.uri("model.py"), "version": 2}
    shared.notify("textDocument/didChange", {"textDocument": document, "contentChanges": "x" * 100_000})
    assert shared.hints("model.py")
    assert time.monotonic() - start < 1


def test_a_killed_server_takes_its_worker_along(client: Client) -> None:
    client.start()
    client.open("model.py", LINEAR)
    assert client.hints("model.py")
    children = client.children()
    client.process.send_signal(signal.SIGKILL)
    client.process.wait(10)
    wait_until_gone(children)


def test_a_killed_server_takes_busy_workers_along(client: Client) -> None:
    client.start()
    client.open("model.py", "HANG\n")
    client.open("other.py", LINEAR)
    assert client.hints("other.py")
    client.change("other.py", 2, "HANG\n")
    client.wait(lambda: len(client.children()) == 2, what="two workers")
    children = client.children()
    client.process.send_signal(signal.SIGKILL)
    client.process.wait(10)
    wait_until_gone(children)


def test_the_server_ends_with_the_process_that_started_it(client: Client) -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    client.start(processId=parent.pid)
    parent.kill()
    parent.wait()
    assert client.process.wait(10) == 1


def test_a_parent_that_cannot_be_seen_is_not_watched(client: Client) -> None:
    client.start(processId=2**22 + 1)
    client.open("model.py", LINEAR)
    time.sleep(1.5)
    assert client.hints("model.py")


def test_untitled_documents_and_strange_names(shared: Client) -> None:
    item = {"uri": "untitled:Untitled-1", "languageId": "python", "version": 1, "text": LINEAR}
    shared.notify("textDocument/didOpen", {"textDocument": item})
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    asked = {"textDocument": {"uri": "untitled:Untitled-1"}, "range": whole}
    assert shared.request("textDocument/inlayHint", asked)[0]["label"] == "▸ 16 params · 64 B"
    shared.open("a b ü#%.py", LINEAR)
    assert shared.hints("a b ü#%.py")


@pytest.mark.parametrize("on_path", [False, True])
def test_the_workspace_is_never_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_path: bool) -> None:
    """Not even when a terminal has the workspace on PYTHONPATH; then its names are such as are imported after ours."""
    names = ["json", "pygls", "queue", "attr", "click", "tomllib", "pathspec", "libcst", "paramlens_settings"]
    names += [] if on_path else ["asyncio", "pickle", "struct", "resource", "ctypes", "threading", "logging", "heapq"]
    for name in names:
        (tmp_path / f"{name}.py").write_text("open(__file__ + '.imported', 'w').close()\nraise SystemExit(name)\n")
    (tmp_path / "lsprotocol").mkdir()
    (tmp_path / "lsprotocol" / "__init__.py").write_text("raise SystemExit('imported')\n")
    if not on_path:
        (tmp_path / "sitecustomize.py").write_text("open(__file__ + '.imported', 'w').close()\n")
    (tmp_path / "pyproject.toml").write_text('[tool.paramlens]\nexclude = ["build/**"]\n')
    client = Client(tmp_path, analyzer="", more_path=[str(tmp_path)] if on_path else [])
    try:
        client.start()
        client.open("model.py", "from torch import nn\nnet = nn.Linear(3, 4)\n")
        assert client.hints("model.py")
    finally:
        client.close()
    assert list(tmp_path.glob("*.imported")) == []


def test_what_surrounds_a_worker_does_not_reach_it(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit('imported')\n")
    code = (
        "import os, sys; os.environ['PYTHONPATH'] = os.getcwd(); from paramlens.isolation import start_worker; "
        "from paramlens.worker import read_message; worker = start_worker(); print(read_message(worker.stdout)); "
        "worker.kill()"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout.strip() == "Ready()", found.stderr


def test_serve_over_tcp(tmp_path: Path) -> None:
    import json
    import socket

    server = subprocess.Popen(
        [sys.executable, "-m", "paramlens", "serve", "--tcp", "0"],
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        text=True,
    )
    assert server.stderr is not None
    try:
        port = int(server.stderr.readline().rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            body = json.dumps(
                {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}
            ).encode()
            connection.sendall(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            assert b"inlayHintProvider" in connection.recv(65536)
        assert server.wait(60) == 1  # a busy machine takes its time to start the worker that is then ended
    finally:
        server.kill()
        server.wait()
        server.stderr.close()
