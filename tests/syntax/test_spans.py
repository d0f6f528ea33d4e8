"""Spans equal `ast`'s, in whole files and for each construct."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest
from paramlens.syntax.source import read_source
from syntax.comparison import ast_spans, code_spans

STDLIB = Path(sysconfig.get_path("stdlib"))
NAMES = [
    "dataclasses",
    "functools",
    "enum",
    "inspect",
    "contextlib",
    "typing",
    "ast",
    "heapq",
    "statistics",
    "tokenize",
]


@pytest.mark.parametrize("name", NAMES)
def test_real_files(name: str) -> None:
    text = (STDLIB / f"{name}.py").read_text(encoding="utf-8")
    assert code_spans(read_source("x.py", text)) == ast_spans(text)


@pytest.mark.parametrize(
    "text",
    [
        "x = (1, 2), ((3)), (4,), ()\n",
        "a = b, *c,\nfor i, in x, y: pass\n",
        "f(x for x in y); f( # (\n x for x in y)\nf((x for x in y))\n",
        "a[1], a[1, 2], a[1,], a[:], a[ : 2 ], a[1:2:3, ::2, ...], a[(1)]\n",
        "def f(a, /, b: int = 1, *c: (int), d, e=2, **k) -> int: return 1\n",
        "async def f():\n    async with a as b, c: pass\n    async for x in y: await z\n    return [i async for i in j]\n",  # noqa: E501
        "@a\n@b.c(1)\nclass A(B, *c, metaclass=D, **e):\n    x = 1; y = 2\n    @d\n    def f(self): return self\n",
        "class A: x = 1\n",
        "class A:\n    class B:\n        class C:\n            y = 1\n        def f(self):\n            pass  # end\n",
        "try:\n    a\nexcept (B, C) as d :\n    e\nexcept F:\n    g\nelse:\n    h\nfinally:\n    i\n",
        "with (open(a) as b, c as (d, e)): pass\nwith (a): pass\n",
        "match (a, b):\n  case [1, *_, {'k': v, **r}]: pass\n  case A(x, y=-1) | None if z: pass\n  case (c.d | 'e') as f: pass\n",  # noqa: E501
        "x = not -a ** ~b @ c if d and e or f and (g and h) else lambda *p, q=1: (yield)\n",
        "é = 'ü', ñ.f(é=1)  # ö\n",
        "if a:\n    def f():\n        return 1\n    class B:\n        z = f'{é!r:>{w}}' 'x'\nelif b: pass\nelse:\n    while 1:\n        break\n",  # noqa: E501
        "del a, b[1]; del (c, d)\nraise A from b\nassert a, b\nglobal x, y\nimport a.b as c, d\nfrom ..e import (f as g, h,)\n",  # noqa: E501
        "if (n := 10) > 5 < (6): print(n, file=sys.stderr, *a, **b)\n",
        "x: int = 1\ny: str\na.b: c\nx += 1; x @= 2; x //= 3\n",
        "def f():\n    # note\n    def g(): # note\n        # note\n        return 1\n    return g\n",
        "def f(\n    a,\n): return a\n",
        "def f(): x = 1; \\\n  y = 2\n",
        "def f():\n\treturn [\n1]\n",
    ],
)
def test_constructs(text: str) -> None:
    assert code_spans(read_source("x.py", text)) == ast_spans(text)
