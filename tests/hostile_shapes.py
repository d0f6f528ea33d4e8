"""Texts of hostile shape between two layers: deep, wide and odd, but each a whole statement that ends by itself."""

from __future__ import annotations

LINE_BREAKS = {
    "vertical_tab": "\x0b", "form_feed": "\x0c", "file_separator": "\x1c", "group_separator": "\x1d",
    "record_separator": "\x1e", "next_line": "\x85", "line_separator": "\u2028", "paragraph_separator": "\u2029",
}  # fmt: skip
"""What `str.splitlines` takes for the end of a line, and Python and LSP do not."""


def _blocks(head: str, depth: int, last: str = "pass") -> str:
    """Blocks in blocks, each indented by one space."""
    return "".join(" " * level + head.format(level) + "\n" for level in range(depth)) + " " * depth + last + "\n"


DEEP = {
    "brackets": "x = " + "[" * 150 + "]" * 150 + "\n",
    "more_brackets": "x = " + "[" * 199 + "]" * 199 + "\n",
    "parentheses": "x = " + "(" * 190 + "1" + ")" * 190 + "\n",
    "braces": "x = " + "{1: " * 180 + "1" + "}" * 180 + "\n",
    "elifs": "if x: pass\n" + "".join(f"elif y == {n}: pass\n" for n in range(5000)),
    "functions": _blocks("def f{}():", 90),
    "classes": _blocks("class A{}:", 90),
    "functions_with_defaults": _blocks("def g{}(a=lambda b: b):", 90),
    "ifs": _blocks("if x:", 90),
    "loops": _blocks("for i in y:", 19),
    "with": _blocks("with x as y:", 19),
    "tries": "".join(" " * n + "try:\n" for n in range(19)) + " " * 19 + "pass\n"
    + "".join(" " * n + "finally: pass\n" for n in reversed(range(19))),
    "lambdas": "x = " + "lambda: " * 90 + "1\n",
    "texts_in_texts": "x = f'{f\"{1}\"}' " + "f'{1}' " * 5000 + "\n",
    "attributes": "x = y" + ".a" * 5000 + "\n",
    "calls": "x = y" + "()" * 5000 + "\n",
    "calls_in_calls": "x = " + "f(" * 90 + ")" * 90 + "\n",
    "items": "x = y" + "[0]" * 5000 + "\n",
    "methods": "x = y" + ".a(1)" * 3000 + "\n",
    "sums": "x = " + " + ".join(["1"] * 5000) + "\n",
    "products_of_layers": "x = " + " + ".join(["nn.Linear(1, 1)"] * 500) + "\n",
    "powers": "x = " + "**".join(["2"] * 90) + "\n",
    "comparisons": "x = " + " < ".join(["1"] * 5000) + "\n",
    "ands": "x = " + " and ".join(["y"] * 5000) + "\n",
    "nots": "x = " + "not " * 90 + "y\n",
    "minuses": "x = " + "-" * 90 + "1\n",
    "choices": "x = " + "1 if y else " * 90 + "2\n",
    "decorators": "@d\n" * 5000 + "def f(): pass\n",
    "targets": "x = " * 5000 + "1\n",
    "comprehension": "x = [1 " + "for i in y " * 150 + "]\n",
    "walruses": "x = " + "(y := " * 90 + "1" + ")" * 90 + "\n",
    "stars": "x = [" + "*[" * 90 + "]" * 90 + "]\n",
    "types": "x: " + "list[" * 90 + "int" + "]" * 90 + " = 1\n",
    "patterns": "match x:\n case " + "[" * 90 + "]" * 90 + ": pass\n",
    "nested_sequentials": "x = " + "nn.Sequential(" * 60 + "nn.Linear(1, 1)" + ")" * 60 + "\n",
}  # fmt: skip

WIDE = {
    "line_of_numbers": "x = [" + "1, " * 330_000 + "]\n",
    "line_of_text": "x = '" + "a" * 1_000_000 + "'\n",
    "line_of_words": "x = '" + "nn.Linear(3, 4) " * 65_000 + "'\n",
    "line_of_comment": "# " + "nn.Linear(3, 4) " * 65_000 + "\n",
    "line_of_statements": "x = 1; " * 150_000 + "\n",
    "line_of_names": "x = " + "a" * 1_000_000 + "\n",
    "line_of_spaces": "x = 1" + " " * 1_000_000 + "\n",
    "line_of_arguments": "def f(" + ", ".join(f"a{n}" for n in range(60_000)) + "): pass\n",
    "text_of_lines": "x = '''" + "nn.Linear(3, 4)\n" * 50_000 + "'''\n",
    "empty_lines": "\n" * 50_000,
    "comments": "# nn.Linear(3, 4)\n" * 50_000,
    "million_digits": "x = " + "1" * 10**6 + "\n",
    "million_hexadecimal_digits": "x = 0x" + "f" * 10**6 + "\nlayer = nn.Linear(x, 2)\n",
}

ODD = {
    **{f"{name}_in_text": f"x = 'a{char}b'\n" for name, char in LINE_BREAKS.items()},
    **{f"{name}_in_comment": f"# a{char}b = nn.Linear(7, 7)\n" for name, char in LINE_BREAKS.items()},
    **{f"{name}_in_long_text": f"x = '''a{char}b\n{char}\n'''\n" for name, char in LINE_BREAKS.items()},
    "crlf": "x = 1\r\nif x:\r\n    y = 2\r\n",
    "cr": "x = 1\rif x:\r    y = 2\r",
    "mixed_line_ends": "x = 1\r\ny = '''\r a\n b\r\n'''\rz = 3\n\r\n\r",
    "cr_in_text": "x = '''\r\r\n\n'''\n",
    "continued": "x = 1 + \\\r\n  2 + \\\r  3\n",
    "tabs": "if True:\n\tx = 1\n\tif x:\n\t\ty = 2\n",
    "tabs_and_spaces": "if True:\n        x = 1\n        if x:\n        \ty = 2\n",
    "form_feed_line": "\x0c\nx = 1\n\x0c\x0c\n",
    "emoji": "x = '😀👩\u200d🔬e\u0301' # 🏳️\u200d🌈\n",
    "names": "größe = 1\nﬁn = 2\n变量 = 3\nе́ = 4\n",
    "byte_order_mark_inside": "x = '\ufeff'\n",
    "bidirectional": "x = 'a\u202eb\u2066'\n",
}

AROUND = {**DEEP, **WIDE, **ODD}
"""By name; what stands before and behind each is counted."""
