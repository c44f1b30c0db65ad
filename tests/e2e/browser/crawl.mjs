// Every page that links lead to, revealed requests and compared bodies: status, what is loaded, accessibility, and the width on a phone.
//
// {"site","reference","options","beside","checked","folder"} → {"pages","pictures","visited","same","problems"}. `options` are those of
// the browser's context, and `beside` has more addresses below the overview with their statuses. The rules of accessibility check one
// page of each `path`, or of each `shape`: of each path and its fields, and then one of each path as on a phone, too. With a folder, it
// keeps a picture of one page of each shape: `pictures` has their files. With a reference, a site of the same content that another
// crawl visits, it visits one page of each shape and those that the reference does not serve with the same bytes: `same` is the number
// of the others.

import { join } from "node:path";

import { checkAccessibility } from "./accessibility.mjs";
import { readTwice } from "./twin.mjs";
import { PHONE, navigated, visit } from "./visit.mjs";

export async function crawl(browser, { site, reference, options, beside = [], checked, folder }) {
  const visitor = await visit(browser, site, { ...options, viewport: PHONE });
  const { page, root, problems, note } = visitor;
  const twin = reference && (await visit(browser, reference, options));
  const expected = new Map([[root, 200]]);
  for (const [path, status] of beside) expected.set(new URL(path, root).href, status);
  const shapes = new Set();
  const pictures = {};
  const subjects = new Set();
  const paths = new Set();
  const contents = new Set([root]);
  const revealed = new Set();
  let same = 0;
  const follow = (links) => {
    for (const link of links) {
      if (!URL.canParse(link)) {
        note("link", link);
        continue;
      }
      const target = new URL(link);
      target.hash = "";
      if (target.href.startsWith(root)) {
        // Often enough for people, and too seldom to come between two looks at one page.
        if (target.searchParams.has("refresh")) target.searchParams.set("refresh", "3600");
        const content = contentOf(target.href, root);
        if (!contents.has(content)) expected.set(target.href, 200);
        contents.add(content);
      } else if (target.protocol !== "https:") {
        note("link", link);
      }
    }
  };
  for (const [url, status] of expected) {
    if (twin && shapes.has(shapeOf(url, root))) {
      const read = await readTwice(visitor, twin, url, (action) => !revealed.has(action));
      // The first page of each shape that a form leads to is visited, too.
      const isSeen = (action) => shapes.has((action.endsWith("/compare") ? "POST " : "") + shapeOf(action, root));
      if (read?.status === status && read.forms.every(isSeen)) {
        for (const action of read.forms.filter((action) => action.endsWith("/reveal"))) revealed.add(action);
        follow(read.links);
        same++;
        continue;
      }
    }
    const response = await page.goto(url);
    if (response.status() !== status) note("status", response.status());
    const { links, forms } = await look(page, note);
    follow(links);
    const see = async (method = "") => {
      const shape = method + shapeOf(page.url(), root);
      if (folder && !shapes.has(shape)) {
        pictures[shape] = `${shape.replaceAll(/[^A-Za-z0-9]+/g, "-") || "overview"}.png`;
        await page.screenshot({ path: join(folder, pictures[shape]) });
      }
      const path = shape.split("?")[0];
      const subject = { path, shape }[checked];
      const isPhoneChecked = checked === "shape" && !paths.has(path);
      if (subject !== undefined && !subjects.has(subject)) await checkAccessibility(page, note, isPhoneChecked);
      subjects.add(subject);
      paths.add(path);
      shapes.add(shape);
    };
    await see();
    // The page of an event that refreshes has the form of the page that does not.
    const hidden = forms.find((action) => action.endsWith("/reveal") && !revealed.has(action));
    if (hidden) {
      revealed.add(hidden);
      const reveal = page.getByRole("button", { name: "Reveal" });
      await checkIfThere(page.getByLabel("Credentials and signatures, too"));
      await navigated(page, () => reveal.click());
      await look(page, note);
      await see();
    }
    if (forms.some((action) => action.endsWith("/compare"))) {
      const compare = page.getByRole("button", { name: "Compare" });
      const other = page.getByLabel("Number of the other event");
      if (!(await other.inputValue())) await other.fill(page.url().includes("/events/1/") ? "2" : "1");
      await checkIfThere(page.getByLabel("Bodies that may contain credentials, too"));
      await navigated(page, () => compare.click());
      await look(page, note);
      await see("POST ");
    }
  }
  return { pages: [...shapes].sort(), pictures, visited: expected.size, same, problems };
}

// Not every role has the box.
async function checkIfThere(box) {
  if (await box.count()) await box.check();
}

// Notes what comes from data, and what is wider than the window. Returns the links, and the addresses that forms are sent to.
export async function look(page, note) {
  const seen = await page.evaluate(() => ({
    links: [...document.querySelectorAll("a[href]")].map((link) => link.href),
    // `form.action` would be a field of this name.
    forms: [...document.querySelectorAll("form[method=post]")].map(
      (form) => new URL(form.getAttribute("action") ?? "", document.baseURI).href,
    ),
    foreign: [
      ...document.querySelectorAll("[data-xss], script, style, img, iframe, object, embed, base, textarea, math"),
    ].map((element) => element.outerHTML),
    isRun: "xss" in window,
    excess: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    // Tables are scrolled, and what they show is said above them.
    cut: [...document.querySelectorAll("caption:not(.hidden)")]
      .filter((caption) => caption.getBoundingClientRect().right > document.documentElement.clientWidth)
      .map((caption) => caption.textContent),
  }));
  for (const element of seen.foreign) note("element", element);
  if (seen.isRun) note("script", "a script of the data was run");
  if (seen.excess > 0) note("width", `${seen.excess} px too wide`);
  for (const caption of seen.cut) note("width", `a caption is cut: ${caption}`);
  return seen;
}

// Pages with one template: the path without numbers, and the fields, with the values that choose another text.
function shapeOf(url, root) {
  const { pathname, searchParams } = new URL(url);
  const path = pathname.slice(new URL(root).pathname.length).replaceAll(/\d+/g, "N");
  const fields = [...new Set(searchParams.keys())].sort();
  const chosen = fields.map((name) => (name === "action" ? `${name}=${searchParams.get(name)}` : name));
  return chosen.length ? `${path}?${chosen.join("&")}` : path;
}

// The subject of a page: each event, and each template of each endpoint. Other addresses differ in numbers only.
function contentOf(url, root) {
  const { pathname, searchParams } = new URL(url);
  return [shapeOf(url, root), pathname, searchParams.get("source")].join(" ");
}
