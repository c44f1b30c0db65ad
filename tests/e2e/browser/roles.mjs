// The pages that each role sees, and the responses to forms that it cannot see.
//
// {"sites": {role: site}, "source"} → {role: {"changes","reveals","credentials","compare","forged": {form: status}}}. The forms are those of the
// last role, which has to be an operator of the same name.

import { form, submit, visit } from "./visit.mjs";

export async function roles(browser, { sites, source }) {
  const all = Object.entries(sites);
  const forms = await formsOf(browser, all.at(-1)[1], source);
  const seen = {};
  const problems = [];
  for (const [role, site] of all) {
    const visitor = await visit(browser, site);
    seen[role] = { ...(await shown(visitor, source)), forged: {} };
    for (const [name, { path, fields }] of Object.entries(forms)) {
      await visitor.page.goto(visitor.root);
      const { status } = await submit(visitor.page, new URL(path, visitor.root).href, fields);
      seen[role].forged[name] = status;
    }
    problems.push(...visitor.problems);
  }
  return { seen, problems };
}

async function formsOf(browser, site, source) {
  const { page, root } = await visit(browser, site);
  const query = new URLSearchParams({ source });
  const forms = {};
  const read = async (name, path, more = []) => {
    await page.goto(new URL(path, root).href);
    const { action, fields } = await form(page);
    forms[name] = { path: action.slice(root.length), fields: [...fields, ...more] };
  };
  await read("pause", `pause?${query}`);
  // An endpoint that is paused.
  await read("resume", "pause?source=orders");
  // Of two names: each form has the version of the controls of its name.
  await read("open_circuit", "control?source=orders&action=open_circuit");
  await read("close_circuit", `control?${query}&action=close_circuit`);
  await read("limit", `control?${query}&action=limit`, [["attempts", "5"]]);
  // An endpoint that has a limit.
  await read("unlimit", "control?source=orders&action=unlimit");
  await page.goto(`${root}events?${query}`);
  const event = await page.locator("tbody th a").first().getAttribute("href");
  await read("reveal", event);
  await read("credentials", event, [["credentials", "1"]]);
  const [, other] = await idsOf(page, root, query);
  await read("compare", `${event}/compare`, [["with", other]]);
  // Of three events: a form changes an event that was not replayed since.
  const ids = await idsOf(page, root, query);
  for (const [nth, action] of ["replay", "discard", "purge"].entries()) await read(action, `change?ids=${ids[nth]}&action=${action}`);
  return forms;
}

async function idsOf(page, root, query) {
  await page.goto(`${root}events?${query}`);
  return page.locator("tbody th a").allInnerTexts();
}

async function shown({ page, root }, source) {
  const query = new URLSearchParams({ source });
  const seen = { changes: false, reveals: false, credentials: false };
  const isThere = async (selector) => (await page.locator(selector).count()) > 0;
  for (const path of ["", "subscriptions", "controls", `events?${query}`, `dead?${query}`]) {
    await page.goto(root + path);
    seen.changes ||= await isThere("a[href*='change?'], a[href*='pause?'], a[href*='control?'], button[name=action]");
  }
  await page.locator("tbody th a").first().click();
  await page.getByRole("heading", { name: "History" }).waitFor();
  seen.changes ||= await isThere("a[href*='change?'], a[href*='pause?']");
  seen.reveals = await isThere("form[action$='/reveal']");
  seen.credentials = await isThere("input[name=credentials]");
  seen.compare = (await page.goto(`${page.url()}/compare`)).status();
  return seen;
}
