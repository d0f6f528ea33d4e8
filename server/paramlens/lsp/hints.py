"""Inlay hints as JSON text. A file has hundreds of them and they are asked for after every keystroke, so they are
written directly; tooltips are left to `inlayHint/resolve` where the editor asks for them so.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from weakref import WeakKeyDictionary

from paramlens.features.inlay_hints import Texts, line_texts, line_tooltip
from paramlens.lsp.documents import Position, View
from paramlens.lsp.raw import to_json
from paramlens.lsp.snapshot import Snapshot

LONGEST_LABEL = 43
"""The default of VS Code's `editor.inlayHints.maximumLength`."""

_KEPT = 64


class Hints:
    """Writes the hints of all documents; what was written for one version helps with the next."""

    def __init__(self) -> None:
        self._texts: dict[str, Texts] = {}  # by URI, written longest ago first
        self._labels: dict[str, str] = {}
        self._lines: WeakKeyDictionary[Snapshot, list[tuple[int, str]]] = WeakKeyDictionary()

    def forget(self, uri: str) -> None:
        """The document is closed."""
        self._texts.pop(uri, None)

    def written(self, snapshot: Snapshot, view: View, span: tuple[Position, Position], *, lazy: bool) -> str:
        """The hints of the view's lines within an LSP range, as a JSON list."""
        index, document = view.index, snapshot.document
        (first, _), (last, _) = index.from_lsp(*span[0]), index.from_lsp(*span[1])
        found = self._found(snapshot)
        within = found[bisect_left(found, (first,)) : bisect_right(found, (last + 1,))]
        written = []
        for line, text in within:
            row = line - index.first_line
            if not 0 <= row < len(index.text):
                continue
            if lazy:
                tail = f'"data":[{document.number},{line}]'
            else:
                tail = f'"tooltip":{to_json(line_tooltip(snapshot.analysis, line, snapshot.settings.costs))}'
            written.append(
                f'{{"position":{{"line":{row},"character":{index.encoding.units(index.text[row])}}},'
                f'"label":{self._label(text)},"paddingLeft":true,{tail}}}'
            )
        return f"[{','.join(written)}]"

    def _found(self, snapshot: Snapshot) -> list[tuple[int, str]]:
        found = self._lines.get(snapshot)
        if found is None:
            uri = snapshot.document.uri
            texts = self._texts.pop(uri, None) or Texts()
            self._texts[uri] = texts
            if len(self._texts) > _KEPT:
                del self._texts[next(iter(self._texts))]
            found = self._lines[snapshot] = line_texts(
                snapshot.analysis, snapshot.settings.costs, texts, snapshot.settings.inlay_hints
            )
        return found

    def _label(self, text: str) -> str:
        label = self._labels.get(text)
        if label is None:
            if len(self._labels) > 10_000:
                self._labels.clear()
            label = self._labels[text] = to_json(fitted(f"▸ {text}"))
        return label


def fitted(label: str) -> str:
    """A label that VS Code shows whole: what is too long ends behind a whole part, where it has several."""
    if len(label) <= LONGEST_LABEL:
        return label
    room = label[: LONGEST_LABEL - 1]
    cut = room.rfind(" | ")
    return room[: cut + 3] + "…" if cut > 0 else room.rstrip() + "…"
