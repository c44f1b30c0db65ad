// Pictures of pages: light, dark, and on a phone.
//
// {"site","folder","paths": {name: path}} → the names of the files.

import { join } from "node:path";

import { DESKTOP, PHONE, visit } from "./visit.mjs";

const MODES = {
  light: { viewport: DESKTOP },
  dark: { viewport: DESKTOP, colorScheme: "dark" },
  phone: { viewport: PHONE, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
};

export async function screenshots(browser, { site, folder, paths }) {
  const files = [];
  const problems = [];
  for (const [mode, options] of Object.entries(MODES)) {
    const visitor = await visit(browser, site, options);
    for (const [name, path] of Object.entries(paths)) {
      await visitor.page.goto(new URL(path, visitor.root).href);
      const file = `${name}-${mode}.png`;
      await visitor.page.screenshot({ path: join(folder, file) });
      files.push(file);
    }
    problems.push(...visitor.problems);
  }
  return { files, problems };
}
