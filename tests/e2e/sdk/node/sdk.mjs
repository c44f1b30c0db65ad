// Signs, sends and verifies webhooks with the official SDKs of the providers.
//
// One JSON request on stdin, one JSON answer on stdout:
//   {"action":"send","sdk","secret","id","timestamp","url","signed_url","body","header_map","value_prefix_strip","split"}
//     → {"status","body","headers"}, or {"headers"} alone when "url" is null
//   {"action":"verify","sdk","secret","headers","body","url"}
//     → {"ok":true} or {"ok":false,"error"}

import { json } from "node:stream/consumers";

import { sdks } from "./sdks.mjs";
import { verify } from "./verify.mjs";

const request = await json(process.stdin);
const sdk = sdks[request.sdk];
if (!sdk) throw new Error(`unknown sdk: ${request.sdk}`);
const actions = { send, verify };
const action = actions[request.action];
if (!action) throw new Error(`unknown action: ${request.action}`);
console.log(JSON.stringify(await action(sdk, request)));

async function send(sdk, request) {
  const headers = {
    "content-type": sdk.contentType ?? "application/json",
    ...renamed(await sdk.sign(request), request),
  };
  if (request.url === null) return { headers };
  const response = await fetch(request.url, { method: "POST", headers, body: request.body });
  return { status: response.status, body: await response.text(), headers };
}

// Lets one SDK speak for another provider that signs the same content under other header names.
function renamed(headers, { header_map = {}, value_prefix_strip = "" }) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      header_map[name] ?? name,
      value.startsWith(value_prefix_strip) ? value.slice(value_prefix_strip.length) : value,
    ]),
  );
}
