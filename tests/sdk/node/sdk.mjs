// Signs, sends and verifies webhooks with the official SDKs of the providers.
//
// One JSON request on stdin, one JSON answer on stdout:
//   {"action":"send","sdk","secret","id","timestamp","url","signed_url","body","header_map","value_prefix_strip","split"}
//     → {"status","body","headers"}, or {"headers"} alone when "url" is null
//   {"action":"verify","sdk","secret","headers","body","url"}
//     → {"ok":true} or {"ok":false,"error"}

import querystring from "node:querystring";
import { json } from "node:stream/consumers";

import * as octokit from "@octokit/webhooks-methods";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Stripe } from "stripe";
import { Webhook as SvixWebhook } from "svix";
import twilio from "twilio/lib/webhooks/webhooks.js";

const sdks = {
  svix: standardWebhooks(SvixWebhook, "svix"),
  standardwebhooks: standardWebhooks(StandardWebhook, "webhook"),

  stripe: {
    sign({ secret, timestamp, body, split }) {
      const header = Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp });
      if (!split) return { "stripe-signature": header };
      const { t, v1 } = querystring.parse(header, ",");
      return { timestamp: t, signature: v1 };
    },
    verify({ secret, headers, body }) {
      Stripe.webhooks.constructEvent(body, headers["stripe-signature"], secret);
      return true;
    },
  },

  octokit: {
    async sign({ secret, id, body }) {
      return {
        "x-github-delivery": id,
        "x-github-event": "push",
        "x-hub-signature-256": await octokit.sign(secret, body),
      };
    },
    verify: ({ secret, headers, body }) => octokit.verify(secret, body, headers["x-hub-signature-256"]),
  },

  twilio: {
    contentType: "application/x-www-form-urlencoded",
    sign: ({ secret, url, signed_url = url, body }) => ({
      "x-twilio-signature": twilio.getExpectedTwilioSignature(secret, signed_url, querystring.parse(body)),
    }),
    verify: ({ secret, headers, body, url }) =>
      twilio.validateRequest(secret, headers["x-twilio-signature"], url, querystring.parse(body)),
  },
};

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

async function verify(sdk, request) {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  try {
    const ok = await sdk.verify({ ...request, headers });
    return ok ? { ok } : { ok, error: "signature mismatch" };
  } catch (error) {
    return { ok: false, error: error.message };
  }
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

function standardWebhooks(Webhook, prefix) {
  return {
    sign: ({ secret, id, timestamp, body }) => ({
      [`${prefix}-id`]: id,
      [`${prefix}-timestamp`]: String(timestamp),
      [`${prefix}-signature`]: new Webhook(secret).sign(id, new Date(timestamp * 1000), body),
    }),
    verify({ secret, headers, body }) {
      new Webhook(secret).verify(body, headers, { jsonParse: false });
      return true;
    },
  };
}
