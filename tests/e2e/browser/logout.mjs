// The end of a session of the command, and the beginning of another one.
//
// {"site"} → {"text","before","after","again","problems"}: what the response to the logout says, and the status of the overview before and
// after it, and with the printed address.

import { navigated, visit } from "./visit.mjs";

export async function logout(browser, { site }) {
  const { page, root, problems } = await visit(browser, site);
  const statusOf = async (url) => (await page.goto(url)).status();
  const before = await statusOf(root);
  const { text } = await navigated(page, () => page.getByRole("button", { name: "Log out" }).click());
  const after = await statusOf(root);
  const again = await statusOf(site.start);
  // The browser looks for an icon beside text, which names none.
  const others = problems.filter(({ kind, detail }) => kind !== "console" || !detail.endsWith("/favicon.ico"));
  return { text: text.trim(), before, after, again, problems: others };
}
