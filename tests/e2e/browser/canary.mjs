// A replay of one event of a kind of errors, and then of the others, from the page of errors.
//
// {"site","pattern"} → {"steps","problems"}: what each confirmation and each result says. The kind has 3 dead letters.

import { look } from "./crawl.mjs";
import { PHONE, navigated, visit } from "./visit.mjs";

export async function canary(browser, { site, pattern }) {
  const { page, root, problems, note } = await visit(browser, site, { viewport: PHONE });
  const steps = [];
  const step = async (place) => {
    await look(page, note);
    steps.push(await place.first().innerText());
  };
  const replay = () => navigated(page, () => page.getByRole("button", { name: /^replay$/i }).click());
  await page.goto(`${root}errors`);
  await page.getByRole("row").filter({ hasText: pattern }).getByRole("link", { name: /^Replay/ }).click();
  await step(page.getByText("would be changed now"));
  await page.getByLabel("How many of the oldest").selectOption("1");
  await page.getByLabel("Reason").fill("one first");
  await replay();
  await step(page.getByRole("status"));
  await page.getByRole("link", { name: /^Go on with the others/ }).click();
  await step(page.getByText("would be changed now"));
  await page.getByLabel("How many of the oldest").selectOption("2");
  await replay();
  await step(page.getByRole("status"));
  if (await page.getByRole("link", { name: /^Go on/ }).count()) note("link", "leads to more events");
  return { steps, problems };
}
