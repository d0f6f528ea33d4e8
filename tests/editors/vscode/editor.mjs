// What a person sees and does in the window, in terms of the page.
import { until } from "./session.mjs";

export class Editor {
  constructor(page) {
    this.page = page;
  }

  /** The lines on screen from top to bottom: source and hints together. `file` is the end of a file's name. */
  lines(file = "") {
    return this.page.evaluate((name) => {
      const editors = [...document.querySelectorAll(".monaco-editor[data-uri]")];
      const shown = editors.filter((editor) => editor.getAttribute("data-uri").endsWith(name));
      return shown.flatMap((editor) =>
        [...editor.querySelectorAll(".view-lines > .view-line")]
          .sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
          .map((line) => line.textContent.replaceAll("\u00a0", " ")),
      );
    }, file);
  }

  /** Waits until a line that starts with `source` shows `hint` as a word of its own. */
  async hint(source, hint, timeout) {
    const word = new RegExp(`(?<![\\d,])${hint}(?![\\d,])`);
    let lines = [];
    const shown = async () => {
      lines = await this.lines();
      return lines.some((line) => line.trimStart().startsWith(source) && word.test(line.trimStart().slice(source.length)));
    };
    await until(`hint ${hint} on “${source}”`, shown, timeout).catch((problem) => {
      throw new Error(`${problem.message}; on screen:\n${lines.join("\n")}`);
    });
  }

  /** Waits until the lines of `text`, all on screen, show exactly these hints: a map from 1-based lines to texts. */
  async hints(text, expected, timeout, shown = () => this.lines()) {
    let problems = [];
    const right = async () => {
      const lines = await shown();
      problems = text.trimEnd().split("\n").flatMap((source, index) => {
        const hint = lines[index]?.startsWith(source) ? lines[index].slice(source.length).trim() : `not “${source}”`;
        const want = expected.has(index + 1) ? `▸ ${expected.get(index + 1)}` : "";
        const fits = want === "" ? hint === "" : hint === want || hint.startsWith(`${want} · `);
        return fits ? [] : [`line ${index + 1}: “${hint}” instead of “${want}”`];
      });
      return problems.length === 0;
    };
    await until("the hints of every line", right, timeout).catch((problem) => {
      throw new Error(`${problem.message}:\n${problems.join("\n")}`);
    });
  }

  async pointAt(source, word) {
    const line = this.page.locator(".monaco-editor[data-uri] .view-line", { hasText: source }).first();
    const box = await line.getByText(word).last().boundingBox();
    // The word stands at the end of its piece of the line, which may begin with the indentation.
    const [x, y] = [box.x + box.width - 15, box.y + box.height / 2];
    await this.page.mouse.move(x + 4, y);
    await this.page.mouse.move(x, y);
  }

  /** All sections of the hover: problems first, then what the servers say. */
  async hoverText() {
    const sections = await this.page.locator(".monaco-hover:not(.hidden) .hover-contents").allInnerTexts();
    return sections.join("\n").replaceAll("\u00a0", " ");
  }

  squiggles() {
    return this.page.locator(".squiggly-warning, .squiggly-error").count();
  }

  /** The rows of the Problems panel, which is left closed. */
  async problems() {
    await this.page.locator('[id="status.problems"]').click();
    const rows = this.page.locator(".markers-panel .monaco-list-row");
    await rows.first().waitFor();
    const texts = await rows.allInnerTexts();
    await this.page.keyboard.press("Control+j");
    return texts.join("\n");
  }

  lens() {
    return this.page.locator(".codelens-decoration a").first();
  }

  async lensText() {
    return (await this.page.locator(".codelens-decoration a").allInnerTexts()).join(" ");
  }

  status() {
    return this.page.locator('[id="paramlens.paramlens.status"]').innerText({ timeout: 1000 }).catch(() => "");
  }

  quickPickRows() {
    return this.page.locator(".quick-input-list .monaco-list-row").allInnerTexts();
  }

  /** What the tree “Model Layers” shows, row by row. */
  async treeRows() {
    const rows = this.page.locator(".tree-explorer-viewlet-tree-view .monaco-list-row");
    return (await rows.allInnerTexts()).map((row) => row.replaceAll("\u00a0", " ").replaceAll("\n", " "));
  }

  /** The line and column of the cursor, as the status bar says. */
  cursor() {
    return this.page.locator('[id="status.editor.selection"]').innerText({ timeout: 1000 }).catch(() => "");
  }

  /** Texts of the notifications. */
  async toasts() {
    return (await this.page.locator(".notification-toast .notification-list-item-message").allInnerTexts()).join("\n");
  }

  async open(file) {
    const name = this.page.locator(".label-name", { hasText: new RegExp(`^${file.replaceAll(".", "\\.")}$`) });
    const row = this.page.locator(".quick-input-list .monaco-list-row").filter({ has: name }).first();
    const tab = this.page.locator(`.tab.active[data-resource-name="${file}"]`);
    const opened = async () => {
      await this.page.keyboard.press("Control+p");
      await this.page.locator(".quick-input-widget input").first().fill(file);
      await row.waitFor();
      await this.page.waitForTimeout(300); // rows move while files are looked for
      await row.click();
      return tab.waitFor({ timeout: 3000 }).then(() => true, () => false);
    };
    await until(`${file} in front`, opened);
  }

  async command(title) {
    await this.page.keyboard.press("F1");
    await this.page.locator(".quick-input-widget input").first().fill(`>${title}`);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().waitFor();
    await this.page.keyboard.press("Enter");
  }

  /** Puts the cursor before the first `part` of the file, whose text is `text`. */
  async goBefore(text, part) {
    const before = text.slice(0, text.indexOf(part)).split("\n");
    const widget = this.page.locator(".quick-input-widget");
    await until("the line asked for", async () => {
      await this.page.keyboard.press("Control+g");
      await widget.locator("input").first().fill(`:${before.length}:${before.at(-1).length + 1}`);
      await this.page.keyboard.press("Enter");
      const gone = await widget.waitFor({ state: "hidden", timeout: 2000 }).then(() => true, () => false);
      if (!gone) await this.page.keyboard.press("Escape"); // no editor is in front yet
      return gone;
    });
    await this.page.locator(".monaco-editor.focused").first().waitFor();
  }
}
