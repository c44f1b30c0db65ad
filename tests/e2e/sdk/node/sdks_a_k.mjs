// SDKs that verify, by name: A to K.

import Anthropic from "@anthropic-ai/sdk";
import HmacValidator from "@adyen/api-library/lib/src/utils/hmacValidator.js";
import * as atlassian from "atlassian-jwt";
import { WebhooksManager as Box } from "box-node-sdk/managers/webhooks";
import { Cashfree, CFEnvironment } from "cashfree-pg";
import { verifyWebhook as verifyClerk } from "@clerk/backend/webhooks";
import cloudinary from "cloudinary";
import coinbase from "coinbase-commerce-node";
import Cronofy from "cronofy";
import DodoPayments from "dodopayments";
import * as dropboxSign from "@dropbox/sign";
import EasyPost from "@easypost/api";
import { ElevenLabsClient } from "@elevenlabs/elevenlabs-js";
import { Fathom } from "fathom-typescript";
import { WebhookSignature as Fintoc } from "fintoc";
import * as gocardless from "gocardless-nodejs/webhooks";
import { verifyWebhookSignature as verifyHook0 } from "hook0-client";
import { Signature as HubSpot } from "@hubspot/api-client";
import ImageKit from "@imagekit/nodejs";
import { signatureHelper as kontent } from "@kontent-ai/webhook-helper";

const adyen = new (HmacValidator.default ?? HmacValidator)();

export const aToK = {
  "adyen-item": {
    verify({ secret, body }) {
      const items = JSON.parse(body).notificationItems.map((item) => item.NotificationRequestItem);
      return items.every((item) => adyen.validateHMAC(item, secret));
    },
  },

  "adyen-platform": {
    verify: ({ secret, headers, body }) => adyen.validateHMACSignature(secret, headers.hmacsignature, body),
  },

  anthropic: {
    verify({ secret, headers, body }) {
      new Anthropic({ apiKey: "unused" }).beta.webhooks.unwrap(body, { headers, key: secret });
      return true;
    },
  },

  // When a token ends is for the caller to compare.
  "atlassian-connect": {
    verify({ secret, headers, url }) {
      const token = headers.authorization.replace("JWT ", "");
      const claims = atlassian.decodeSymmetric(token, secret, atlassian.SymmetricAlgorithm.HS256);
      return claims.qsh === atlassian.createQueryStringHash(atlassian.fromMethodAndUrl("POST", url), false);
    },
  },

  box: {
    verify: ({ secret, headers, body }) => Box.validateMessage(body, headers, secret),
  },

  cashfree: {
    verify({ secret, headers, body }) {
      const client = new Cashfree(CFEnvironment.SANDBOX, "unused", secret);
      client.PGVerifyWebhookSignature(headers["x-webhook-signature"], body, headers["x-webhook-timestamp"]);
      return true;
    },
  },

  clerk: {
    async verify({ secret, headers, body, url }) {
      await verifyClerk(new Request(url, { method: "POST", headers, body }), { signingSecret: secret });
      return true;
    },
  },

  cloudinary: {
    verify({ secret, headers, body }) {
      cloudinary.v2.config({ api_secret: secret, signature_algorithm: "sha1" });
      const { "x-cld-timestamp": timestamp, "x-cld-signature": signature } = headers;
      return cloudinary.v2.utils.verifyNotificationSignature(body, timestamp, signature);
    },
  },

  "coinbase-commerce": {
    verify: ({ secret, headers, body }) =>
      coinbase.Webhook.verifySigHeader(body, headers["x-cc-webhook-signature"], secret),
  },

  cronofy: {
    verify: ({ secret, headers, body }) =>
      new Cronofy({}).hmacValid({ hmac: headers["cronofy-hmac-sha256"], body, client_secret: secret }),
  },

  "dodo-payments": {
    verify({ secret, headers, body }) {
      new DodoPayments({ bearerToken: "unused" }).webhooks.unwrap(body, { headers, key: secret });
      return true;
    },
  },

  "dropbox-sign": {
    verify({ secret, body }) {
      const callback = dropboxSign.EventCallbackRequest.init(JSON.parse(body));
      return dropboxSign.EventCallbackHelper.isValid(secret, callback);
    },
  },

  easypost: {
    verify({ secret, headers, body }) {
      new EasyPost("unused").Utils.validateWebhook(body, headers, secret);
      return true;
    },
  },

  elevenlabs: {
    async verify({ secret, headers, body }) {
      const client = new ElevenLabsClient({ apiKey: "unused" });
      await client.webhooks.constructEvent(body, headers["elevenlabs-signature"], secret);
      return true;
    },
  },

  fathom: {
    verify({ secret, headers, body }) {
      Fathom.verifyWebhook(secret, headers, body);
      return true;
    },
  },

  fintoc: {
    verify({ secret, headers, body }) {
      Fintoc.verifyHeader(body, headers["fintoc-signature"], secret);
      return true;
    },
  },

  gocardless: {
    verify({ secret, headers, body }) {
      gocardless.verifySignature(body, secret, headers["webhook-signature"]);
      return true;
    },
  },

  // How old a delivery may be is for the caller to say.
  hook0: {
    verify: ({ secret, headers, body }) =>
      verifyHook0(headers["x-hook0-signature"], Buffer.from(body), new Headers(headers), secret, 300),
  },

  "hubspot-v1": { verify: (job) => hubspot("v1", job, "x-hubspot-signature") },
  "hubspot-v2": { verify: (job) => hubspot("v2", job, "x-hubspot-signature") },
  "hubspot-v3": { verify: (job) => hubspot("v3", job, "x-hubspot-signature-v3") },

  imagekit: {
    verify({ secret, headers, body }) {
      new ImageKit({ privateKey: "unused" }).webhooks.unwrap(body, { headers, key: secret });
      return true;
    },
  },

  kontent: {
    verify: ({ secret, headers, body }) =>
      kontent.isValidSignatureFromString(body, secret, headers["x-kontent-ai-signature"]),
  },
};

function hubspot(signatureVersion, { secret, headers, body, url }, header) {
  return HubSpot.isValid({
    signatureVersion,
    signature: headers[header],
    clientSecret: secret,
    requestBody: body,
    url,
    method: "POST",
    timestamp: Number(headers["x-hubspot-request-timestamp"]),
  });
}
