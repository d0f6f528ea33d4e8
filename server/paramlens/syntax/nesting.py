"""How deep a tree nests, measured without recursion, so that what would overflow a recursive walk never meets one."""

from __future__ import annotations

import ast

from paramlens.syntax import scanner

MAX_DEPTH = 200
MAX_BRACKETS = 60  # libcst's parser needs time that grows with the square of this (60: about 20 ms)
MAX_PATTERN_BRACKETS = 5  # libcst needs up to four times as long for each further level of a `case` pattern
MAX_PIECES = 200  # adjacent strings and dotted names, which ast keeps flat and libcst nests

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BRACKETS = frozenset(
    {
        ast.Call,
        ast.Subscript,
        ast.List,
        ast.Tuple,
        ast.Set,
        ast.Dict,
        ast.ListComp,
        ast.SetComp,
        ast.DictComp,
        ast.GeneratorExp,
    }
)
_LEAVES = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)


def too_deep(root: ast.AST, lines: list[str], walrus: set[str]) -> tuple[str, ast.AST] | None:
    """Why the tree nests too deep and where, or None. Bodies of functions and classes are left out, as they are cut
    out before lowering; names bound by `:=` are added to `walrus`."""
    stack: list[tuple[ast.AST, int, int]] = [(root, 0, 0)]
    pop, push = stack.pop, stack.append
    while stack:
        node, depth, brackets = pop()
        kind = type(node)
        if kind is ast.Name:
            continue
        if kind is ast.Constant or kind is ast.JoinedStr:
            if _adjacent_strings(node, lines) > MAX_PIECES:
                return f"more than {MAX_PIECES} adjacent strings", node
            if kind is ast.Constant:
                continue
        depth += 1
        if kind in _BRACKETS:
            brackets += 1
        elif kind is ast.BoolOp:
            depth += len(node.values) - 2  # type: ignore[attr-defined]
        elif kind is ast.NamedExpr:
            walrus.add(node.target.id)  # type: ignore[attr-defined]
        elif kind is ast.Match:
            if _pattern_brackets(node, lines) > MAX_PATTERN_BRACKETS:  # type: ignore[arg-type]
                return f"a pattern nested more than {MAX_PATTERN_BRACKETS} levels deep", node
        elif kind is ast.Import or kind is ast.ImportFrom:
            if _dots(node) > MAX_PIECES:
                return f"a name of more than {MAX_PIECES} parts", node
            continue
        if depth > MAX_DEPTH or brackets > MAX_BRACKETS:
            return f"code nested more than {MAX_DEPTH if depth > MAX_DEPTH else MAX_BRACKETS} levels deep", node
        skip_body = isinstance(node, _DEFINITIONS)
        for name in node._fields:
            if skip_body and name == "body":
                continue
            value = getattr(node, name)
            if value.__class__ is list:
                for child in value:
                    if isinstance(child, ast.AST):
                        push((child, depth, brackets))
            elif isinstance(value, ast.AST) and not isinstance(value, _LEAVES):
                push((value, depth, brackets))
    return None


def _dots(node: ast.AST) -> int:
    names: list[str] = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]  # type: ignore[attr-defined]
    return max(name.count(".") for name in names)


def _pattern_brackets(node: ast.Match, lines: list[str]) -> int:
    """The most brackets open at once in a pattern, parentheses included, which `ast` does not tell."""
    deepest = 0
    start = (node.subject.end_lineno or node.lineno, node.subject.end_col_offset or 0)
    for case in node.cases:
        first: ast.expr | ast.stmt = case.guard or case.body[0]
        deepest = max(deepest, _deepest_bracket(_between(lines, start, (first.lineno, first.col_offset))))
        last = case.body[-1]
        start = (last.end_lineno or last.lineno, last.end_col_offset or 0)
    return deepest


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    """The text between two positions of `ast` (1-based lines, UTF-8 columns)."""
    rows = [line.encode("utf-8", "surrogatepass") for line in lines[start[0] - 1 : end[0]]]
    rows[-1] = rows[-1][: end[1]]
    rows[0] = rows[0][start[1] :]
    return b"\n".join(rows).decode("utf-8", "replace")


def _deepest_bracket(text: str) -> int:
    depth = deepest = position = 0
    while (match := scanner.TOKEN.match(text, position)) is not None and match.lastindex != scanner.END:
        position = match.end()
        if match.lastindex == scanner.OPEN:
            depth += 1
            deepest = max(deepest, depth)
        elif match.lastindex == scanner.CLOSE:
            depth = max(depth - 1, 0)  # the parentheses of the subject close after it
        elif match.lastindex == scanner.TRIPLE:
            position = max(scanner.string_end(text, match.start(match.lastindex)), position)
    return deepest


def _adjacent_strings(node: ast.AST, lines: list[str]) -> int:
    """Number of literals that one string constant was written as (0 when too short to matter)."""
    value = getattr(node, "value", "")
    if not isinstance(value, (str, bytes)):
        return 0
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1  # type: ignore[attr-defined]
    if last == first and (node.end_col_offset or 0) - node.col_offset < 2 * MAX_PIECES:  # type: ignore[attr-defined]
        return 0
    if last - first < 20 and sum(map(len, lines[first : last + 1])) < 2 * MAX_PIECES:
        return 0
    text = "\n".join(lines[first : last + 1])
    count, position = 0, 0
    while True:
        match = scanner.TOKEN.match(text, position)
        if match is None or match.lastindex == scanner.END:
            return count
        position = match.end()
        if match.lastindex in (scanner.TRIPLE, scanner.STRING):
            count += 1
            after = scanner.string_end(text, match.start(match.lastindex))
            if after < 0:
                return count
            position = max(after, position) if match.lastindex == scanner.TRIPLE else after
