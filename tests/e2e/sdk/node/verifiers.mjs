// SDKs that verify, besides those in sdks.mjs. A verifier throws, or says whether it believes the request.

import querystring from "node:querystring";

import "@shopify/shopify-api/adapters/web-api";

import * as contentful from "@contentful/node-apps-toolkit";
import * as line from "@line/bot-sdk";
import { Paddle } from "@paddle/paddle-node-sdk";
import { EventWebhook } from "@sendgrid/eventwebhook";
import { ApiVersion, shopifyApi } from "@shopify/shopify-api";
import slack from "@slack/bolt";
import { WorkOS } from "@workos-inc/node";
import braintree from "braintree";
import { verifyKey } from "discord-interactions";
import { verifyWebhookSignature } from "@hygraph/utils";
import Lithic from "lithic";
import { WebhookSignatureValidator } from "mercadopago";
import messagebird from "messagebird/lib/webhook-signature-jwt.js";
import OpenAI from "openai";
import plivo from "plivo";
import { WebhooksHelper } from "square";
import Telnyx from "telnyx";
import twilio from "twilio/lib/webhooks/webhooks.js";

import { aToK } from "./sdks_a_k.mjs";
import { lToZ } from "./sdks_l_z.mjs";
import { target } from "./target.mjs";

export const verifiers = {
  ...aToK,
  ...lToZ,

  braintree: {
    async verify({ secret, body }) {
      const { bt_signature, bt_payload } = querystring.parse(body);
      await braintreeGateway(secret).webhookNotification.parse(bt_signature, bt_payload);
      return true;
    },
  },

  contentful: {
    verify: ({ secret, headers, body, url }) =>
      contentful.verifyRequest(secret, { method: "POST", path: target(url), headers, body }),
  },

  discord: {
    verify: ({ secret, headers, body }) =>
      verifyKey(body, headers["x-signature-ed25519"], headers["x-signature-timestamp"], secret),
  },

  hygraph: {
    verify: ({ secret, headers, body }) =>
      verifyWebhookSignature({ rawPayload: body, signature: headers["gcms-signature"], secret }),
  },

  line: {
    verify: ({ secret, headers, body }) => line.validateSignature(body, secret, headers["x-line-signature"]),
  },

  lithic: {
    verify({ secret, headers, body }) {
      new Lithic({ apiKey: "unused" }).webhooks.verifySignature(body, headers, secret);
      return true;
    },
  },

  mercadopago: {
    // How old a notification may be is for the caller to say.
    verify({ secret, headers, url }) {
      WebhookSignatureValidator.validate({
        xSignature: headers["x-signature"],
        xRequestId: headers["x-request-id"],
        dataId: new URL(url).searchParams.get("data.id"),
        secret,
        toleranceSeconds: 300,
      });
      return true;
    },
  },

  messagebird: {
    verify: ({ secret, headers, body, url }) =>
      messagebird.verify(url, Buffer.from(body), headers["messagebird-signature-jwt"], Buffer.from(secret)),
  },

  openai: {
    async verify({ secret, headers, body }) {
      await new OpenAI({ apiKey: "unused" }).webhooks.verifySignature(body, headers, secret);
      return true;
    },
  },

  paddle: {
    verify({ secret, headers, body }) {
      // Its constructor is what finds the runtime.
      const { webhooks } = new Paddle("unused");
      return webhooks.isSignatureValid(body, secret, headers["paddle-signature"]);
    },
  },

  "plivo-v2": {
    verify: ({ secret, headers, url }) =>
      plivo.validateSignature(
        url,
        headers["x-plivo-signature-v2-nonce"],
        headers["x-plivo-signature-v2"],
        secret,
      ),
  },

  "plivo-v3": {
    verify: ({ secret, headers, body, url }) =>
      plivo.validateV3Signature(
        "POST",
        url,
        headers["x-plivo-signature-v3-nonce"],
        secret,
        headers["x-plivo-signature-v3"],
        { ...querystring.parse(body) },
      ),
  },

  sendgrid: {
    verify({ secret, headers, body }) {
      const webhook = new EventWebhook();
      return webhook.verifySignature(
        webhook.convertPublicKeyToECDSA(secret),
        body,
        headers["x-twilio-email-event-webhook-signature"],
        headers["x-twilio-email-event-webhook-timestamp"],
      );
    },
  },

  shopify: {
    async verify({ secret, headers, body, url }) {
      const shopify = shopifyApi({
        apiKey: "unused",
        apiSecretKey: secret,
        apiVersion: ApiVersion.July25,
        hostName: new URL(url).host,
        isEmbeddedApp: false,
        logger: { log() {} },
      });
      const rawRequest = new Request(url, { method: "POST", headers, body });
      const { valid, ...why } = await shopify.webhooks.validate({ rawBody: body, rawRequest });
      if (!valid) throw new Error(JSON.stringify(why));
      return valid;
    },
  },

  slack: {
    verify({ secret, headers, body }) {
      slack.verifySlackRequest({ signingSecret: secret, headers, body });
      return true;
    },
  },

  square: {
    verify: ({ secret, headers, body, url }) =>
      WebhooksHelper.verifySignature({
        requestBody: body,
        signatureHeader: headers["x-square-hmacsha256-signature"],
        signatureKey: secret,
        notificationUrl: url,
      }),
  },

  telnyx: {
    async verify({ secret, headers, body }) {
      await new Telnyx({ apiKey: "unused" }).webhooks.unwrap(body, { headers, key: secret });
      return true;
    },
  },

  "twilio-body": {
    verify: ({ secret, headers, body, url }) =>
      twilio.validateRequestWithBody(secret, headers["x-twilio-signature"], url, body),
  },

  workos: {
    // It serialises the body again.
    async verify({ secret, headers, body }) {
      const { webhooks } = new WorkOS("unused");
      await webhooks.constructEvent({
        payload: JSON.parse(body),
        sigHeader: headers["workos-signature"],
        secret,
      });
      return true;
    },
  },
};

// The secret is `public_key|private_key`.
export function braintreeGateway(secret) {
  const [publicKey, privateKey] = secret.split("|");
  return new braintree.BraintreeGateway({
    environment: braintree.Environment.Sandbox,
    merchantId: "unused",
    publicKey,
    privateKey,
  });
}
