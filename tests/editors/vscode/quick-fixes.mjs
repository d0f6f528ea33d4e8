// Quick fixes and completion, used as people use them: by the light bulb, by the hover of a problem, and by keyboard.
import { until } from "./session.mjs";

const FILE = "mistakes.py";
const CONV = "self.conv = nn.Conv2d(";
const WRONG = "nn.Linear(8 * 12 * 12, 10)";
const RIGHT = "nn.Linear(1352, 10)";

/** `text` reads a file of the workspace; `showsCounts` waits until a file's hints are what the command line counts. */
export async function quickFixes({ step, editor, text, showsCounts }) {
  const { page } = editor;
  const before = text(FILE);
  const saved = (wanted) => until("the fix in the file", () => text(FILE) === wanted);
  const named = before.replace(WRONG, RIGHT);
  const unbiased = named.replace("nn.Conv2d(1, 8, 3)", "nn.Conv2d(1, 8, 3, bias=False)");

  await step("a wrong size in the problems panel", async () => {
    await editor.open(FILE);
    await editor.hint("self.fc = nn.Linear(8 * 12 * 12, 10)", "11,530");
    await until("an error", () => page.locator(".squiggly-error").count());
    const rows = await editor.problems();
    const told = "Linear expects 1152 input features, got 1352: in_features should be 1352";
    if (!rows.includes(told)) throw new Error(`expected “${told}” in:\n${rows}`);
  });
  await step("quick fix in the hover of the problem", async () => {
    await editor.pointAt("return self.fc(x.flatten(1))", "flatten");
    await page.locator(".monaco-hover a", { hasText: "Quick Fix" }).first().click();
    await chosen(page, "Set in_features to 1352");
    await saved(named);
  });
  await step("after it the problem is gone and the count is new", async () => {
    await editor.hint("self.fc = nn.Linear(1352, 10)", "13,530");
    await until("no error", async () => (await page.locator(".squiggly-error").count()) === 0);
    await showsCounts(FILE);
  });
  await step("quick fix by the light bulb", async () => {
    const rows = page.locator(".action-widget .monaco-list-row");
    await until("the light bulb's menu", async () => {
      await editor.goBefore(named, "nn.Conv2d(");
      await page.waitForTimeout(700); // the bulb comes, and moves to the line, in a while
      await pressed(page, page.locator(".lightBulbWidget, .codicon-gutter-lightbulb, .codicon-gutter-lightbulb-auto-fix"));
      return rows.first().waitFor({ timeout: 2000 }).then(() => true, () => false);
    }, 30_000);
    await chosen(page, "Add bias=False");
    await saved(unbiased);
    await editor.hint(`${CONV}1, 8, 3, bias=False)`, "72");
    await until("no advice", async () => (await page.locator(".squiggly-info").count()) === 0);
    await showsCounts(FILE);
  });
  await step("the size that arrives is completed", async () => {
    await editor.goBefore(unbiased, "1352, 10)");
    for (let count = 0; count < "1352".length; count++) await page.keyboard.press("Delete");
    await page.keyboard.press("Control+Space");
    const row = page.locator(".suggest-widget.visible .monaco-list-row", { hasText: "1352" }).first();
    await row.waitFor();
  });
  await step("the completed size is counted", async () => {
    await page.keyboard.press("Enter");
    await saved(unbiased);
    await editor.hint("self.fc = nn.Linear(1352, 10)", "13,530");
    await showsCounts(FILE);
  });
}

/** Chooses an action of the menu that is opening. */
async function chosen(page, title) {
  await page.locator(".action-widget .monaco-list-row").first().waitFor();
  await page.waitForTimeout(300); // the menu ignores a click that comes at once
  await pressed(page, page.locator(".action-widget .monaco-list-row", { hasText: title }));
}

/** Clicks where it is: a locator's own click would scroll the window's parts. */
async function pressed(page, what) {
  const { x, y, width, height } = await until("its place", async () => what.first().boundingBox());
  await page.mouse.click(x + width / 2, y + height / 2);
}
