// Forms that were not made by this page for this operator, and forms of other sites.
//
// {"site","source","foreign": {name: site}} → {"forms": {form: {forgery: status}}, "cookies"}. A foreign site has tokens that
// are not for this one.

import { createServer } from "node:http";
import { once } from "node:events";

import { form, navigated, submit, visit } from "./visit.mjs";

export async function forgeries(browser, { site, source, foreign }) {
  const { context, page, root, problems } = await visit(browser, site);
  const tokens = { "no value": "", "a changed one": null };
  for (const [name, other] of Object.entries(foreign)) tokens[name] = await tokenOf(browser, other, source);
  const seen = {};
  for (const path of await pagesWithForms(page, root, source)) {
    await page.goto(path);
    const { action, fields } = await form(page);
    const change = fields.find(([name]) => name === "action");
    const name = [action.slice(root.length).replace(/\d+/, "N"), ...(change ? [change[1]] : [])].join(" ");
    const own = fields.find(([name]) => name === "token")[1];
    const others = fields.filter(([name]) => name !== "token");
    tokens["a changed one"] = own.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    seen[name] = {};
    const send = async (forgery, fields) => {
      await page.goto(path);
      const { status, text } = await submit(page, action, fields);
      seen[name][forgery] = text.includes("Nothing was changed") ? status : text;
    };
    await send("none", others);
    for (const [forgery, token] of Object.entries(tokens)) await send(forgery, [...others, ["token", token]]);
    // Another site that has come by a valid form. A browser sends the cookies of a host to all of its ports, and none with
    // `SameSite=Strict` from another host.
    for (const host of ["127.0.0.1", "localhost"]) seen[name][host] = await fromElsewhere(context, host, action, fields);
  }
  return { forms: seen, cookies: await context.cookies(), problems };
}

async function pagesWithForms(page, root, source) {
  const query = new URLSearchParams({ source });
  await page.goto(`${root}events?${query}`);
  const event = await page.locator("tbody th a").first().getAttribute("href");
  const changes = ["replay", "discard", "purge"].map((action) => `change?${query}&action=${action}`);
  const controls = ["open_circuit", "close_circuit", "limit"].map((action) => `control?${query}&action=${action}`);
  // An endpoint that is paused and has a limit.
  const others = ["pause?source=orders", "control?source=orders&action=unlimit"];
  const paths = [...changes, `pause?${query}`, ...controls, ...others, event, `${event}/compare`];
  return paths.map((path) => new URL(path, root).href);
}

async function tokenOf(browser, site, source) {
  const { page, root, context } = await visit(browser, site);
  // That of a request to be revealed: viewers have no other.
  await page.goto(`${root}events?${new URLSearchParams({ source })}`);
  await page.locator("tbody th a").first().click();
  const token = await page.locator("input[name=token]").getAttribute("value");
  await context.close();
  return token;
}

// Returns the status of a form that a page at another origin sends, and whether it may show this page in a frame.
async function fromElsewhere(context, host, action, fields) {
  const inputs = fields.map(([name, value]) => `<input type=hidden name="${escaped(name)}" value="${escaped(value)}">`);
  const text = `<!doctype html><form method=post action="${escaped(action)}">${inputs.join("")}<button>Win</button></form>`;
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(text));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const page = await context.newPage();
  await page.goto(`http://${host}:${server.address().port}/`);
  const { status } = await navigated(page, () => page.getByRole("button").click());
  await page.close();
  server.closeAllConnections();
  server.close();
  return status;
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
