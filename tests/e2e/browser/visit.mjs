// A visitor of a site, who notes everything that a page must not do.

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };

// Opens a site in a context of its own: {context, page, root, problems}, where `root` is the address of the overview.
export async function visit(browser, site, options = {}) {
  const context = await browser.newContext({
    extraHTTPHeaders: site.headers,
    viewport: DESKTOP,
    colorScheme: "light",
    reducedMotion: "reduce",
    ...options,
  });
  // Only failures reach it, on slow machines, too.
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const problems = [];
  const note = (kind, detail) => problems.push({ kind, at: page.url(), detail });
  const origin = new URL(site.start).origin;
  page.on("console", (message) => {
    if (message.type() === "error" && !isOwnStatus(page, message)) note("console", `${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => note("error", String(error)));
  page.on("dialog", (dialog) => {
    note("dialog", dialog.message());
    return dialog.dismiss();
  });
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) note("origin", request.url());
  });
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // The browser has left the page, such as before its icon was there.
    if (reason !== "net::ERR_ABORTED") note("request", `${request.url()}: ${reason}`);
  });
  await page.goto(site.start);
  const root = new URL(".", page.url()).href;
  return { context, page, root, problems, note };
}

// The browser logs the status of a page that is an error. Checks read it from the response.
function isOwnStatus(page, message) {
  return message.text().startsWith("Failed to load resource") && message.location().url === page.url();
}

// Sends a form as a page of the site could: {status, text} of the page that follows.
export async function submit(page, action, fields) {
  return navigated(page, () =>
    page.evaluate(
      ([action, fields]) => {
        const form = Object.assign(document.createElement("form"), { method: "post", action });
        for (const [name, value] of fields) {
          form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
        }
        document.body.append(form);
        form.submit();
      },
      [action, fields],
    ),
  );
}

// Returns {action, fields} of the form on a page that posts, as its last button sends it.
export async function form(page) {
  return page.locator("main form[method=post]").evaluate((form) => {
    const data = new FormData(form, [...form.querySelectorAll("button")].at(-1));
    // `form.action` would be a field of this name.
    return { action: new URL(form.getAttribute("action"), document.baseURI).href, fields: [...data] };
  });
}

// Does what leads to another page, and returns {status, text} of that page.
export async function navigated(page, act) {
  const isPage = (response) =>
    response.request().isNavigationRequest() && response.frame() === page.mainFrame() && response.status() !== 303;
  const [response] = await Promise.all([page.waitForResponse(isPage), act()]);
  await response.finished();
  await page.waitForLoadState();
  return { status: response.status(), text: await page.locator("body").innerText() };
}
