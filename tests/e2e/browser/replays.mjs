// Replays of a few events of each kind of error, from the page of errors to the result.
//
// {"site","options"} → {"results","problems"}: the result of each replay, as the page says it.

import { look } from "./crawl.mjs";
import { checkAccessibility } from "./accessibility.mjs";
import { PHONE, navigated, visit } from "./visit.mjs";

export async function replays(browser, { site, options }) {
  const { page, root, problems, note } = await visit(browser, site, { ...options, viewport: PHONE });
  await page.goto(`${root}errors`);
  const links = await page.locator("a[href*='action=replay']").evaluateAll((all) => all.map((link) => link.href));
  const results = [];
  for (const link of links) {
    await page.goto(link);
    await look(page, note);
    // Events that wait for a retry are no dead letters, and attempts of inline handlers have no event.
    if (await page.getByText("Nothing can be changed").count()) continue;
    await page.getByLabel("How many of the oldest").selectOption({ index: 0 });
    await navigated(page, () => page.getByRole("button", { name: /^replay$/i }).click());
    await look(page, note);
    if (results.length === 0) await checkAccessibility(page, note);
    results.push(await page.getByRole("status").allInnerTexts());
    // Too seldom to come between two looks at the page.
    const address = await page.getByRole("link", { name: "Refresh every 5 s" }).getAttribute("href");
    const refreshing = new URL(address, page.url());
    refreshing.searchParams.set("refresh", "3600");
    await page.goto(refreshing.href);
    await page.getByRole("link", { name: "Stop refreshing" }).waitFor();
    await look(page, note);
  }
  return { results, problems };
}
