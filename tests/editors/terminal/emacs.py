"""A session in real Emacs with eglot, configured with the very Lisp that `docs/editors.md` shows.

    emacs.py --server "COMMAND ARGUMENT..." [--screen FILE]

Emacs runs in a pseudo-terminal, and what it draws is read back from the screen. A failure prints that screen.
Needs Emacs 30 or later on PATH, and the packages of `requirements.txt` in the environment that runs this.
"""

from __future__ import annotations

import sys
from pathlib import Path

from screen import Step, Terminal, configuration, main

QUIET = """\
(setq inhibit-startup-screen t make-backup-files nil auto-save-default nil create-lockfiles nil)
(defun go-to (text) (goto-char (point-min)) (search-forward text))
"""


def emacs(folder: Path) -> list[str]:
    (folder / "init.el").write_text(QUIET + configuration("Emacs", "elisp"))
    return ["emacs", "-nw", "-Q", "-l", str(folder / "init.el"), "model.py"]


def session(editor: Terminal, step: Step) -> None:
    first, second, dense, model = "layers.Conv2D(", "layers.Conv2D(64", "layers.Dense(", "model = keras.Sequential(["

    def evaluate(form: str) -> None:
        editor.type(f"\x1b:{form}\r")

    def command(name: str) -> None:
        editor.type(f"\x1bx{name}\r")

    def hints() -> None:
        editor.line(first, "320")
        editor.line(second, "18,496")
        editor.line(dense, "16,010")
        editor.line(model, "34,826")

    def diagnostic() -> None:
        command("flymake-show-buffer-diagnostics")
        editor.text("over its budget of 30,000")
        command("delete-other-windows")

    def hover() -> None:
        evaluate('(go-to "Conv2D(64")')
        command("backward-word")
        command("backward-word")
        command("eldoc-doc-buffer")
        editor.text("18,496 parameters", "kernel")
        command("delete-other-windows")

    def edit() -> None:
        evaluate('(progn (go-to "Conv2D(32") (delete-char -2) (insert "16"))')
        editor.line(first, "160")
        editor.line(second, "9,280")
        editor.line(model, "25,450")

    def quick_fix() -> None:
        evaluate('(find-file "mistakes.py")')
        editor.line("self.conv = nn.Conv2d(", "80")
        evaluate('(go-to "nn.Conv2d(1")')
        command("eglot-code-actions")
        editor.text("Add bias=False")
        editor.type("Add bias=False\r")
        editor.line("self.conv = nn.Conv2d(1, 8, 3, bias=False)", "72")

    step("hints", hints)
    step("diagnostic", diagnostic)
    step("hover", hover)
    step("edit", edit)
    step("quick fix", quick_fix)


if __name__ == "__main__":
    sys.exit(main("Emacs", emacs, session))
