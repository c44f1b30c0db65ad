// SDKs that sign, for tests of their users or because they send, too.

import querystring from "node:querystring";

import { signRequest } from "@contentful/node-apps-toolkit";
import { generateWebhookSignature } from "@hygraph/utils";
import { WorkOS } from "@workos-inc/node";
import twilio from "twilio/lib/webhooks/webhooks.js";

import { signersOfHeaders } from "./header_signers.mjs";
import { sdks } from "./sdks.mjs";
import { target } from "./target.mjs";
import { braintreeGateway } from "./verifiers.mjs";

export const signers = {
  ...signersOfHeaders,

  ...Object.fromEntries(
    Object.entries(sdks).map(([name, sdk]) => [
      name,
      { sign: async (job) => ({ headers: await sdk.sign(job) }) },
    ]),
  ),

  braintree: {
    sign({ secret }) {
      const sample = braintreeGateway(secret).webhookTesting.sampleNotification("check", "unused");
      return { headers: {}, body: querystring.stringify(sample) };
    },
  },

  contentful: {
    sign({ secret, body, url, timestamp }) {
      const headers = { "content-type": "application/json", "x-contentful-topic": "Entry.publish" };
      const request = { method: "POST", path: target(url), headers, body };
      return { headers: { ...headers, ...signRequest(secret, request, timestamp * 1000, { appId: "app-1" }) } };
    },
  },

  hygraph: {
    sign: ({ secret, body }) => ({
      headers: {
        "gcms-signature": generateWebhookSignature({ rawPayload: body, environmentName: "main", secret }),
      },
    }),
  },

  "twilio-body": {
    sign: ({ secret, url }) => ({
      headers: { "x-twilio-signature": twilio.getExpectedTwilioSignature(secret, url, {}) },
    }),
  },

  workos: {
    async sign({ secret, timestamp, body }) {
      const { webhooks } = new WorkOS("unused");
      const time = timestamp * 1000;
      const signature = await webhooks.computeSignature(time, JSON.parse(body), secret);
      return { headers: { "workos-signature": `t=${time}, v1=${signature}` } };
    },
  },
};
