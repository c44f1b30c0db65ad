// SDKs that sign and verify.

import querystring from "node:querystring";

import * as octokit from "@octokit/webhooks-methods";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Stripe } from "stripe";
import { Webhook as SvixWebhook } from "svix";
import twilio from "twilio/lib/webhooks/webhooks.js";

export const sdks = {
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
