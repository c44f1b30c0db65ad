// The Tab key reaches everything, in the order of the page, and the focus is visible.
//
// {"site","paths"} → {path: {"stops","wrong"}}: the number of links, fields and buttons, and what is wrong with some.

import { visit } from "./visit.mjs";

export async function keyboard(browser, { site, paths }) {
  const { page, root, problems } = await visit(browser, site);
  const seen = {};
  for (const path of paths) {
    await page.goto(new URL(path, root).href);
    const stops = await page.evaluate(() => {
      const all = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary, [tabindex='0']");
      const shown = [...all].filter((element) => element.checkVisibility());
      for (const [at, element] of shown.entries()) element.dataset.stop = at;
      return shown.length;
    });
    const wrong = [];
    for (let stop = 0; stop < stops; stop++) {
      await page.keyboard.press("Tab");
      const focus = await focused(page);
      if (focus.stop !== String(stop)) wrong.push(`${stop}: the focus is at ${focus.stop} ${focus.element}`);
      if (!focus.isVisible) wrong.push(`${stop}: the focus is not visible at ${focus.element}`);
    }
    seen[path] = { stops, wrong, skips: await skips(page) };
  }
  return { seen, problems };
}

async function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const hasOutline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const isInWindow = box.width > 0 && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
    return { stop: element.dataset.stop, element: element.outerHTML.slice(0, 120), isVisible: hasOutline && isInWindow };
  });
}

// Whether the first link leads behind the menu: the next stop is in the main part, or there is none.
async function skips(page) {
  await page.reload();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/#main$/);
  await page.keyboard.press("Tab");
  return page.evaluate(() => document.activeElement.closest("main") !== null);
}
