"""Which classes are called without arguments, and which files may make models at all."""

from __future__ import annotations

import pytest
from paramlens.features.default_calls import default_calls, may_make_models


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("class Net(M):\n    def __init__(self): pass", ("Net()",)),
        ("class Net(M):\n    def __init__(self, size=3, *rest, flag=True, **more): pass", ("Net()",)),
        ("class Net(M):\n    def __init__(self, size): pass", ()),
        ("class Net(M):\n    def __init__(self, *, size): pass", ()),
        ("class Net(M):\n    pass", ()),
        ("class Net:\n    def __init__(self): pass", ()),
        ("def f():\n    class Net(M):\n        def __init__(self): pass", ()),
        ("class Net(", ()),
    ],
)
def test_default_calls(text: str, calls: tuple[str, ...]) -> None:
    assert default_calls(text) == calls


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("net = Net()", True),
        ("if x:\n    for i in y:\n        z = [Net() for _ in i]", True),
        ("class Net(M):\n    def __init__(self): pass", True),
        ("net = Net(", True),
        ("import a\nx = 3\n\ndef f():\n    return Net()\n", False),
        ("class Net(M):\n    def __init__(self, size): self.a = Linear(size)", False),
    ],
)
def test_files_that_may_make_models(text: str, expected: bool) -> None:
    assert may_make_models(text) is expected
