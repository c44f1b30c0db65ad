// Checks the operations page in Chromium.
//
// One JSON request on stdin, {"check","chromium",…}, one JSON answer on stdout: what the check has seen.
// A site is {"start","headers"}: the address to begin with, and headers of each request, as a proxy would set them.

import { json } from "node:stream/consumers";

import { chromium } from "playwright-core";

import { actions } from "./actions.mjs";
import { bulk } from "./bulk.mjs";
import { canary } from "./canary.mjs";
import { crawl } from "./crawl.mjs";
import { forgeries } from "./forgeries.mjs";
import { keyboard } from "./keyboard.mjs";
import { live } from "./live.mjs";
import { logout } from "./logout.mjs";
import { replays } from "./replays.mjs";
import { roles } from "./roles.mjs";
import { screenshots } from "./screenshots.mjs";

const request = await json(process.stdin);
const check = { actions, bulk, canary, crawl, forgeries, keyboard, live, logout, replays, roles, screenshots }[request.check];
if (!check) throw new Error(`unknown check: ${request.check}`);
const browser = await chromium.launch({
  executablePath: request.chromium,
  args: [
    // Tests may run as root, and see pages of this repository only.
    "--no-sandbox",
    // Containers have a small /dev/shm.
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pings",
    // Names lead nowhere: the only network is the loopback interface.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
  ],
});
try {
  console.log(JSON.stringify(await check(browser, request)));
} finally {
  await browser.close();
}
