// A list that loads itself again while an event arrives.
//
// {"site","path","arrive"} → {"before","after","loads","problems"}: the events of the list, and how often it was loaded. A request to `arrive`
// adds an event.

import { visit } from "./visit.mjs";

export async function live(browser, { site, path, arrive }) {
  const { context, page, root, problems, note } = await visit(browser, site);
  const events = () => page.locator("tbody th a").allInnerTexts();
  await page.goto(root + path.replace("refresh=2", "refresh=3600"));
  const before = await events();
  let loads = 0;
  page.on("request", (request) => {
    if (request.isNavigationRequest()) loads += 1;
  });
  await page.goto(root + path);
  const arrived = await context.request.post(arrive);
  if (!arrived.ok()) note("status", arrived.status());
  // No step of this program loads the page again.
  await page.locator("tbody th a").nth(before.length).waitFor();
  await page.getByRole("link", { name: "Stop refreshing" }).click();
  await page.getByRole("link", { name: "Refresh every 5 s" }).waitFor();
  return { before, after: await events(), loads, problems };
}
