// Rules of accessibility.

import axe from "axe-core";

import { DESKTOP, PHONE } from "./visit.mjs";

// Runs axe-core in both colour schemes, and as on a phone if asked. Only rules about colours depend on the schemes.
export async function checkAccessibility(page, note, isPhoneChecked = false) {
  await page.evaluate(axe.source);
  // WCAG 2.2.1 allows a page to load itself again if people ask for that and can stop it.
  const isRefreshing = await page.getByRole("link", { name: /^Stop( refreshing)?$/ }).count();
  const rules = isRefreshing ? { "meta-refresh": { enabled: false } } : {};
  const modes = [
    ["light", "light", DESKTOP, {}],
    ["dark", "dark", DESKTOP, { runOnly: ["cat.color"] }],
  ];
  if (isPhoneChecked) modes.push(["phone", "light", PHONE, {}]);
  for (const [mode, colorScheme, size, limits] of modes) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(size);
    const violations = await page.evaluate(
      async (options) => {
        const { violations } = await globalThis.axe.run(document, options);
        return violations.map(({ id, impact, nodes }) => [id, impact, nodes.map((node) => node.html).slice(0, 3)]);
      },
      { ...limits, rules, preload: false, resultTypes: ["violations"] },
    );
    for (const [id, impact, nodes] of violations) {
      if (["serious", "critical"].includes(impact)) note("axe", `${mode}: ${id}: ${nodes.join(" ")}`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(PHONE);
}
