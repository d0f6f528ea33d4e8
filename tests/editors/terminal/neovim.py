"""A session in real Neovim, configured with the very Lua that `docs/editors.md` shows.

    neovim.py --server "COMMAND ARGUMENT..." [--screen FILE]

Neovim runs in a pseudo-terminal, and what it draws is read back from the screen. A failure prints that screen.
Needs the packages of `requirements.txt` in the environment that runs this.
"""

from __future__ import annotations

import sys
from pathlib import Path

from screen import Step, Terminal, configuration, main


def neovim(folder: Path) -> list[str]:
    (folder / "init.lua").write_text(configuration("Neovim", "lua"))
    return ["nvim", "-n", "-u", str(folder / "init.lua"), "model.py"]


def session(editor: Terminal, step: Step) -> None:
    first, second, dense, model = "layers.Conv2D(", "layers.Conv2D(64", "layers.Dense(", "model = keras.Sequential(["

    def hints() -> None:
        editor.line(first, "320")
        editor.line(second, "18,496")
        editor.line(dense, "16,010")
        editor.line(model, "34,826")

    def lens_beside_hint() -> bool:
        return any(line.count("34,826 params") == 2 for line in editor.lines())

    def lens_rows() -> None:
        editor.type("/model =\r:lua vim.lsp.codelens.run()\r")
        editor.text("Type number and <Enter>", "18,496", "16,010")
        editor.type("\r")

    def hover() -> None:
        editor.type("\x1b/Conv2D(64\r")
        editor.type("K")
        editor.text("18,496 parameters", "kernel")
        editor.type("k")

    def edit() -> None:
        editor.type("\x1b:%s/Conv2D(32/Conv2D(16\r")
        editor.line(first, "160")
        editor.line(second, "9,280")
        editor.line(model, "25,450")
        editor.until(lambda: "budget" not in "\n".join(editor.lines()))

    step("hints", hints)
    step("diagnostic", lambda: editor.text("budget"))
    step("code lens", lambda: editor.until(lens_beside_hint))
    step("layers behind the code lens", lens_rows)
    step("hover", hover)
    step("edit", edit)


if __name__ == "__main__":
    sys.exit(main("Neovim", neovim, session))
