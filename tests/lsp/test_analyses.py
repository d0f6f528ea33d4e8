"""What is analysed when, and who is answered from what, with a worker whose answers are given by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from paramlens.facts import Analysis
from paramlens.lsp import analyses
from paramlens.lsp.worker import CRASHED
from session import CAPABLE, URI, Session

OTHER = "file:///w/other.py"


def linear(size: int) -> str:
    return f"x = Linear({size}, 1)\n"


def known(session: Session) -> Session:
    """With a document whose first version was analysed, and the second one is."""
    session.open(linear(9))
    session.worker.asks[0].done()
    session.change(linear(3))
    session.settle()
    return session


def test_a_request_waits_for_the_analysis_and_the_next_one_does_not() -> None:
    session = Session()
    session.open(linear(3))
    number = session.ask_hints()
    assert session.answers(number) == []
    session.worker.asks[0].done()
    assert session.labels(number) == ["▸ 4"]
    assert session.labels(session.ask_hints()) == ["▸ 4"]
    assert len(session.worker.asks) == 1


def test_rapid_typing_costs_one_analysis_more() -> None:
    session = Session()
    session.open(linear(3))
    session.worker.asks[0].done()
    for version in range(2, 32):
        session.change(linear(version), version)
    number = session.ask_hints()
    assert session.answers(number) == []
    assert [ask.job.text for ask in session.worker.asks[1:]] == [linear(31)]
    session.worker.asks[1].done()
    assert session.labels(number) == ["▸ 32"]


def test_at_most_one_job_is_sent_while_another_one_runs() -> None:
    session = Session()
    session.open(linear(3))
    for version in range(2, 10):
        session.change(linear(version), version)
        session.settle()
    assert [ask.job.text for ask in session.worker.asks] == [linear(3), linear(2)]
    session.worker.asks[0].fail("")
    session.settle()
    assert session.worker.asks[2].job.text == linear(9)
    number = session.ask_hints()
    session.worker.asks[1].done()
    assert session.answers(number) == []
    session.worker.asks[2].done()
    assert session.labels(number) == ["▸ 10"]


def test_requests_are_answered_once_and_in_order() -> None:
    session = Session()
    session.open(linear(3))
    first = [session.ask_hints() for _ in range(5)]
    hover = session.ask("textDocument/hover", {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 5}})
    session.settle()
    session.worker.asks[0].done()
    last = session.ask_hints()
    session.settle()
    answered = [message["id"] for message in session.said if "method" not in message and message["id"] > 1]
    assert answered == [*first, hover, last]


def test_a_cancelled_request_is_answered_while_its_analysis_runs() -> None:
    session = Session()
    session.open(linear(3))
    number, kept = session.ask_hints(), session.ask_hints()
    session.notify("$/cancelRequest", {"id": number})
    assert session.code(number) == -32800
    session.worker.asks[0].done()
    assert session.labels(kept) == ["▸ 4"]
    assert len(session.answers(number)) == 1


def test_an_outdated_request_is_answered_at_once() -> None:
    session = Session()
    session.open(linear(3))
    number = session.ask_hints()
    session.change(linear(4))
    assert session.code(number) == -32801
    waiting = session.ask_hints()
    session.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    assert session.code(waiting) == -32801


# ------------------------------------------------------------------------------------------- early and final answers


def test_early_results_answer_requests_and_final_ones_refresh_them() -> None:
    session = known(Session())
    number = session.ask_hints()
    session.settle()
    run = session.worker.asks[1]
    before = len(session.heard("textDocument/publishDiagnostics"))
    run.done(early=True)
    assert session.labels(number) == ["▸ 4"]
    assert len(session.heard("textDocument/publishDiagnostics")) == before
    assert session.heard("workspace/inlayHint/refresh") == []
    final = linear(3) + linear(4)
    run.done(replace(_analysis(final), text=linear(3)))
    session.settle()
    assert len(session.heard("workspace/inlayHint/refresh")) == 1
    assert len(session.heard("textDocument/publishDiagnostics")) == before + 1


def test_a_second_early_result_refreshes_the_first() -> None:
    session = known(Session())
    run = session.worker.asks[1]
    run.done(replace(_analysis(linear(4)), text=linear(3)), early=True)
    run.done(early=True)
    session.settle()
    assert len(session.heard("workspace/inlayHint/refresh")) == 1
    assert session.labels(session.ask_hints()) == ["▸ 4"]
    run.done()
    session.settle()
    assert len(session.heard("workspace/inlayHint/refresh")) == 1


def test_a_final_result_like_the_early_one_refreshes_nothing() -> None:
    session = known(Session())
    session.worker.asks[1].done(early=True)
    session.worker.asks[1].done()
    session.settle()
    assert session.heard("workspace/inlayHint/refresh") == []


def test_a_file_that_was_just_opened_waits_for_the_final_result() -> None:
    session = Session()
    session.open(linear(3))
    number = session.ask_hints()
    session.settle()
    session.worker.asks[0].done(Analysis("/w/model.py", linear(3)), early=True)
    assert session.answers(number) == []
    session.worker.asks[0].done()
    assert session.labels(number) == ["▸ 4"]


def test_an_editor_that_cannot_refresh_waits_for_the_final_result() -> None:
    session = known(Session({}))
    number = session.ask_hints()
    session.settle()
    session.worker.asks[1].done(early=True)
    assert session.answers(number) == []
    session.worker.asks[1].done()
    assert session.labels(number) == ["▸ 4"]


def test_early_results_of_an_earlier_version_are_dropped() -> None:
    session = known(Session())
    session.change(linear(4), 3)
    number = session.ask_hints()
    session.settle()
    session.worker.asks[1].done(early=True)
    assert session.answers(number) == []


def test_what_is_stale_says_so_in_its_hover() -> None:
    from paramlens.features.hover import STALE, hover
    from stub_analyzer import analyze

    found = analyze("/w/x.py", linear(3), read=lambda path: None)
    shown = hover(replace(found, sites=(replace(found.sites[0], stale=True),)), 1, 6)
    assert shown is not None
    assert STALE in shown.plain
    fresh = hover(found, 1, 6)
    assert fresh is not None
    assert STALE not in fresh.plain


def _analysis(text: str) -> Analysis:
    from stub_analyzer import analyze

    return analyze("/w/model.py", text, read=lambda path: None)


# -------------------------------------------------------------------------------------------------- several documents


def test_an_edit_comes_before_what_others_made_necessary() -> None:
    session = Session()
    session.open("from model import N\nx = Linear(3, N)\n", OTHER)
    session.worker.asks[0].done()
    session.open("N = 3\n")
    session.worker.asks[1].done()
    session.settle()
    assert session.worker.asks[2].job.path == "/w/other.py"
    session.change("N = 4\n")  # while the other one is analysed again
    session.settle()
    assert session.worker.asks[3].job.path == "/w/model.py"
    session.worker.asks[2].fail("")
    session.worker.asks[3].done()
    session.settle()
    assert session.worker.asks[4].job.path == "/w/other.py"
    session.worker.asks[4].done()
    session.settle()
    assert len(session.heard("workspace/inlayHint/refresh")) == 1


def test_a_file_that_was_opened_does_not_supersede_another_one() -> None:
    session = Session()
    session.open(linear(3))
    session.open(linear(4), OTHER)
    session.settle()
    assert len(session.worker.asks) == 1
    session.worker.asks[0].done()
    session.settle()
    assert session.worker.asks[1].job.path == "/w/other.py"


def test_a_slow_analysis_leaves_others_to_the_spare_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyses, "PATIENCE", 0.02)
    session = Session()
    session.open(linear(3))
    session.open(linear(4), OTHER)
    session.settle(0.1)
    assert [ask.job.path for ask in session.spare.asks] == ["/w/other.py"]
    session.spare.asks[0].done()
    assert session.labels(session.ask_hints(OTHER)) == ["▸ 5"]
    session.worker.asks[0].done()
    session.settle()
    assert session.spare.stops


def test_an_edit_ends_its_earlier_version_at_the_spare_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyses, "PATIENCE", 0.02)
    session = Session()
    session.open(linear(3))
    session.open(linear(4), OTHER)
    session.settle(0.1)
    session.change(linear(5), uri=OTHER)
    session.settle(0.1)
    assert session.spare.stops == 1
    assert [ask.job.text for ask in session.spare.asks] == [linear(4), linear(5)]


def test_thousands_of_changed_files_are_one_round() -> None:
    session = Session()
    session.open("from sizes import N\nx = Linear(3, N)\n")
    session.worker.asks[0].done()
    changes = [{"uri": f"file:///w/{name}.py", "type": 2} for name in ["sizes", *map(str, range(5_000))]]
    session.notify("workspace/didChangeWatchedFiles", {"changes": changes})
    assert len(session.worker.asks) == 2
    session.worker.asks[1].done()
    session.notify("workspace/didChangeWatchedFiles", {"changes": changes[1:]})
    assert len(session.worker.asks) == 2
    created = [{"uri": f"file:///w/{name}.py", "type": 1} for name in range(5_000)]
    session.notify("workspace/didChangeWatchedFiles", {"changes": created})
    assert len(session.worker.asks) == 3
    assert session.loop.longest < 1


# ----------------------------------------------------------------------------------------------------- failures, bounds


def test_an_answer_that_was_lost_is_asked_for_again_but_not_for_ever() -> None:
    session = Session()
    session.open(linear(3))
    number = session.ask_hints()
    session.settle()
    for attempt in range(analyses.MOST_LOST + 1):
        assert session.answers(number) == []
        session.worker.asks[attempt].fail("")
        session.settle()
    (answer,) = session.answers(number)
    assert answer["result"] is None
    assert len(session.worker.asks) == analyses.MOST_LOST + 1


def test_a_crash_is_blamed_on_a_text_the_second_time() -> None:
    session = Session()
    session.open(linear(3))
    session.worker.asks[0].fail(CRASHED)
    session.settle()
    assert session.heard("window/showMessage") == []
    session.worker.asks[1].fail(CRASHED)
    session.settle()
    assert len(session.heard("window/showMessage")) == 1
    assert len(session.worker.asks) == 2


def test_the_person_is_told_once_for_each_cause() -> None:
    session = Session()
    session.open(linear(3))
    for version, reason in enumerate(["it hung", "it hung", "it needs too much memory"], 2):
        session.worker.asks[-1].fail(reason)
        session.change(linear(version), version)
        session.settle()
    messages = [shown["message"] for shown in session.heard("window/showMessage")]
    assert len(messages) == 2
    assert "memory" in messages[1]


def test_results_of_documents_analysed_long_ago_are_forgotten_and_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyses, "MOST_RESULTS", 2)
    session = Session()
    uris = [f"file:///w/{number}.py" for number in range(4)]
    for number, uri in enumerate(uris):
        session.open(linear(number + 1), uri)
        session.worker.asks[-1].done()
        session.settle()
    entries = session.server.analyses._entries.values()
    assert sum(entry.snapshot is not None for entry in entries) == 2
    number = session.ask_hints(uris[0])
    assert session.answers(number) == []
    session.worker.asks[-1].done()
    assert session.labels(number) == ["▸ 2"]


def test_a_text_that_no_person_wrote_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyses, "LARGEST_FILE", 1 << 20)
    session = Session()
    session.open("#" * (1 << 20) + "\n")
    (answer,) = session.answers(session.ask_hints())
    assert answer["result"] is None
    assert session.worker.asks == []
    assert "larger than 1 MiB" in session.heard("window/showMessage")[0]["message"]


# ------------------------------------------------------------------------------------------------------------ progress


def test_a_slow_analysis_is_shown_and_can_be_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyses, "PATIENCE", 0.02)
    session = known(Session())
    waiting = session.ask_hints()
    session.settle()
    session.worker.asks[1].done(early=True)
    session.settle(0.1)
    (created,) = [message for message in session.said if message.get("method") == "window/workDoneProgress/create"]
    token = created["params"]["token"]
    session.receive({"jsonrpc": "2.0", "id": created["id"], "result": None})
    session.settle()
    (begun,) = session.heard("$/progress")
    assert begun == {
        "token": token,
        "value": {"kind": "begin", "title": "Paramlens", "message": "model.py", "cancellable": True},
    }
    session.notify("window/workDoneProgress/cancel", {"token": token})
    assert session.heard("$/progress")[-1] == {"token": token, "value": {"kind": "end"}}
    assert session.worker.stops == 1
    assert session.labels(waiting) == ["▸ 4"]
    assert session.labels(session.ask_hints()) == ["▸ 4"]
    session.change(linear(4), 3)
    number = session.ask_hints()
    session.settle()
    session.worker.asks[2].done()
    assert session.labels(number) == ["▸ 5"]


def test_progress_ends_with_the_analysis_even_if_the_editor_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyses, "PATIENCE", 0.02)
    session = Session()
    session.open(linear(3))
    session.settle(0.1)
    (created,) = [message for message in session.said if message.get("method") == "window/workDoneProgress/create"]
    session.worker.asks[0].done()
    session.receive({"jsonrpc": "2.0", "id": created["id"], "result": None})
    session.settle()
    assert session.heard("$/progress") == []


def test_an_editor_without_progress_is_asked_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyses, "PATIENCE", 0.02)
    session = Session({**CAPABLE, "window": {}})
    session.open(linear(3))
    session.settle(0.1)
    assert not [message for message in session.said if message.get("method") == "window/workDoneProgress/create"]
