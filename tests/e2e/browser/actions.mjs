// Each action of an operator, from the link to the entry of the audit log.
//
// {"site","options","source","checks_accessibility"} → the entries of the audit log, as the page shows them, in the order of the actions. The endpoint
// has 7 dead letters.

import { checkAccessibility } from "./accessibility.mjs";
import { navigated, visit } from "./visit.mjs";

export async function actions(browser, { site, options, source, checks_accessibility }) {
  const { page, root, problems, note } = await visit(browser, site, options);
  const entries = [];
  const act = async (button, reason, result) => {
    await page.getByLabel("Reason").fill(reason);
    await navigated(page, () => page.getByRole("button", { name: new RegExp(`^${button}\\b`, "i") }).click());
    await page.getByText(result).first().waitFor();
    if (checks_accessibility) await checkAccessibility(page, note);
    await page.goto(`${root}audit`);
    entries.push(await page.locator("tbody tr").first().locator("th, td").allInnerTexts());
  };
  const letters = () => page.goto(`${root}dead?${new URLSearchParams({ source })}`);

  await letters();
  await page.locator("tbody th a").last().click();
  await page.getByRole("link", { name: "Replay…" }).click();
  await page.getByText("1 event would be changed now.").waitFor();
  await act("Replay", "billing is back", /replay by .*billing is back/);

  await letters();
  await page.getByRole("checkbox").nth(0).check();
  await page.getByRole("checkbox").nth(1).check();
  await page.getByRole("button", { name: "Discard…" }).click();
  await page.getByText("2 events would be changed now.").waitFor();
  await act("Discard", "sent twice", "Discarded 2 events.");

  await letters();
  await page.getByRole("link", { name: "Purge all of this filter…" }).click();
  await page.getByText("4 events would be changed now.").waitFor();
  await act("Purge", "a test of the provider", "Purged 4 events.");

  await page.goto(root);
  await page.getByRole("link", { name: `Pause ${source}` }).click();
  await page.getByLabel("For how long").fill("1h");
  await act("Pause", "a move", /paused until .*: a move/);

  await page.goto(root);
  await page.getByRole("link", { name: `Resume ${source}` }).click();
  await page.getByText("paused until").waitFor();
  await act("Resume", "moved", `Pause ${source}`);

  const controls = async (change) => {
    await page.goto(root);
    await page.getByRole("link", { name: `Controls of ${source}` }).click();
    await page.getByRole("link", { name: `${change}…` }).click();
  };
  await controls("Limit attempts");
  await page.getByLabel("Number of attempts").fill("100");
  await act("Limit attempts", "the bank is slow", "100 attempts per 1m");
  await controls("Remove the limit");
  await page.getByText("100 attempts per 1m, since").waitFor();
  await act("Remove the limit", "it is fast again", "Limits hold for attempts of each process.");
  await controls("Open the circuits");
  await page.getByLabel("Time until the trial").fill("10m");
  await act("Open the circuits", "the bank is down", "Opened by operators");
  await controls("Close the circuits");
  await page.getByText("opened by an operator").waitFor();
  await act("Close the circuits", "the bank is up", "Limits hold for attempts of each process.");

  await page.goto(`${root}events?${new URLSearchParams({ source })}`);
  await page.locator("tbody th a").last().click();
  await page.getByLabel("Credentials and signatures, too").check();
  await act("Reveal", "ticket 12", "Preflix/1");
  return { entries, problems };
}
