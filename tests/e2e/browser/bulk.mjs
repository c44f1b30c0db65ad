// A change in parts, from the confirmation to the end, with a stop in between.
//
// {"site","options","source","checks_accessibility"} → {"lines","problems"}: what the result says at each step. The endpoint has more than 500
// dead letters.

import { checkAccessibility } from "./accessibility.mjs";
import { look } from "./crawl.mjs";
import { PHONE, navigated, visit } from "./visit.mjs";

export async function bulk(browser, { site, options, source, checks_accessibility }) {
  const { page, root, problems, note } = await visit(browser, site, { ...options, viewport: PHONE });
  const gate = await gated(page);
  const lines = [];
  const see = async () => {
    await look(page, note);
    lines.push(await page.getByRole("status").first().innerText());
  };

  await page.goto(`${root}change?${new URLSearchParams({ action: "replay", source })}`);
  await page.getByLabel("How many of the oldest").selectOption("all");
  await page.getByLabel("Reason").fill("billing is back");
  await navigated(page, () => page.getByRole("button", { name: /^replay$/i }).click());
  await see();
  // The keyboard stops it without a way through the page.
  const stop = page.getByRole("link", { name: "Stop" });
  if (!(await stop.evaluate((link) => link === document.activeElement))) note("focus", "it is not at the link that stops");
  await navigated(page, () => page.keyboard.press("Enter"));
  await see();
  if (await page.locator("meta[http-equiv=refresh]").count()) note("refresh", "the page has not stopped");
  if (checks_accessibility) await checkAccessibility(page, note);

  // The history has the page that went on by itself: twice back, from the page behind the one that has stopped.
  await page.goto(`${root}audit`);
  await navigated(page, () => page.goBack());
  await see();
  await navigated(page, () => page.goBack());
  await see();
  if (await page.locator("meta[http-equiv=refresh]").count()) note("history", "the change goes on");

  await navigated(page, () => page.getByRole("button", { name: "Go on" }).click());
  await see();
  if (await page.locator("meta[http-equiv=refresh]").count()) {
    // By itself.
    await navigated(page, gate.open);
    await see();
  }
  return { lines, problems };
}

// Holds the requests for the next part that the page makes by itself until the gate is open: the page stays.
async function gated(page) {
  const gate = {};
  let opened = Promise.resolve();
  gate.close = () => (opened = new Promise((resolve) => (gate.open = resolve)));
  gate.close();
  await page.route(/\/changed\/next\?/, async (route) => {
    if (route.request().method() === "GET") await opened;
    // The browser may have gone to another page.
    await route.continue().catch(() => {});
  });
  return gate;
}
