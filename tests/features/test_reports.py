"""The JSON report, the summary, the code lens and the status."""

from __future__ import annotations

import json

from handmade import PATH, at_least, exact, layer, mnist, one_line, place_of, symbolic, unknown
from paramlens.dims import symbol
from paramlens.facts import Analysis, ModelFact, Problem, Tally
from paramlens.features.code_lens import code_lenses, file_status
from paramlens.features.report import file_report, report
from paramlens.features.summary import summary

LINE = "conv = nn.Conv2d(a, b, 3)\n"


def site_report(*tallies: Tally) -> dict[str, object]:
    analysis = one_line(LINE, "nn.Conv2d(a, b, 3)", *tallies)
    (found,) = file_report(analysis, "model.py")["sites"]
    assert isinstance(found, dict)
    return found


def test_the_design_s_report() -> None:
    file = file_report(mnist(), "model.py")
    assert file["models"] == [
        {
            "name": "model",
            "class": "keras.Sequential",
            "line": 3,
            "column": 9,
            "end_line": 12,
            "end_column": 3,
            "status": "exact",
            "total": 34826,
            "trainable": 34826,
            "non_trainable": 0,
            "formula": None,
            "reason": None,
            "bytes": 139304,
            "macs": 2440960,
        }
    ]
    assert file["sites"][1] == {
        "line": 5,
        "column": 5,
        "end_line": 5,
        "end_column": 44,
        "class": "keras.layers.Conv2D",
        "status": "exact",
        "counts": [320],
        "instances": 1,
        "formula": None,
        "reason": None,
        "output_shapes": [[None, 26, 26, 32]],
    }
    assert file["unknowns"] == {"size-limit": 2}
    assert json.loads(json.dumps(report([file])))["schema"] == "paramlens/1"


def test_counts_hold_exact_numbers_alone() -> None:
    assert site_report(exact(64), exact(320), exact(64))["counts"] == [64, 320]
    assert site_report(at_least(1024)) | {"status": "lower-bound", "counts": [], "formula": None} == site_report(
        at_least(1024)
    )
    mixed = site_report(exact(64), unknown())
    assert (mixed["status"], mixed["counts"]) == ("unknown", [64])
    assert mixed["reason"] == "the argument has no known value: width (line 2)"


def test_a_formula_is_told() -> None:
    found = site_report(symbolic(9 * symbol("planes")))
    assert (found["status"], found["counts"], found["formula"]) == ("symbolic", [], "9·planes")


def test_a_count_under_default_arguments_is_not_exact() -> None:
    found = site_report(symbolic(5130, "num_classes=10"))
    assert (found["status"], found["counts"], found["formula"]) == ("symbolic", [], None)
    assert found["reason"] == "5,130 with the default arguments num_classes=10"


def test_problems_of_other_files_are_told_there() -> None:
    here, there = place_of(LINE, "nn.Conv2d"), place_of(LINE, "nn.Conv2d", "/project/other.py")
    problems = (Problem("shape-mismatch", "error", there, "no"), Problem("shape-mismatch", "error", here, "yes"))
    file = file_report(Analysis(PATH, LINE, problems=(*problems, problems[1])), "model.py")
    assert file["problems"] == [
        {
            "rule": "shape-mismatch",
            "severity": "error",
            "line": 1,
            "column": 8,
            "end_line": 1,
            "end_column": 17,
            "message": "yes",
        }
    ]


def test_the_summary_lists_layers_and_totals() -> None:
    found = summary(mnist().models[0])
    assert [(row.depth, row.label, row.output_shape, row.parameters) for row in found.rows][:3] == [
        (0, "model: Sequential", "", "34,826"),
        (1, "conv2d: Conv2D", "(None, 26, 26, 32)", "320"),
        (1, "max_pooling2d: MaxPooling2D", "", "0"),
    ]
    assert found.totals == (
        "34,826 parameters · 34,826 trainable · 0 not trainable",
        "136 KiB of weights · 544 KiB to train with Adam · 2.4 M multiply-adds",
    )


def test_shared_layers_are_not_listed_twice() -> None:
    inner = layer("torch.nn.Linear", exact(10), name="fc")
    twice = layer("torch.nn.Linear", exact(10), name="tied", shared=True)
    model = ModelFact("net", "Net", place_of(LINE, "conv"), layer("Net", exact(10), children=(inner, twice)))
    assert [row.parameters for row in summary(model).rows] == ["10", "10", "shared"]


def test_the_code_lens_and_its_table() -> None:
    (lens,) = code_lenses(mnist())
    assert lens.title == "34,826 params · 136 KiB · 2.4 M multiply-adds"
    assert (lens.rows[1].description, lens.rows[1].detail) == ("320", "(None, 26, 26, 32) · line 5")
    assert lens.rows[1].place is not None


def test_the_status_of_a_file() -> None:
    assert file_status(mnist()) == "34,826 params"
    assert file_status(Analysis(PATH)) == ""
