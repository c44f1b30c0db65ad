// SDKs with a function that computes a signature, and the headers around it.

import HmacValidator from "@adyen/api-library/lib/src/utils/hmacValidator.js";
import cloudinary from "cloudinary";
import coinbase from "coinbase-commerce-node";
import { WebhookSignature as Fintoc } from "fintoc";
import { Signature as HubSpot } from "@hubspot/api-client";
import { signatureHelper as kontent } from "@kontent-ai/webhook-helper";
import Metronome from "@metronome/sdk";
import ModernTreasury from "modern-treasury";
import Mux from "@mux/mux-node";
import { signWebhookPayload as signNotion } from "@notionhq/client";
import Orb from "orb-billing";
import { encodeSignatureHeader as signSanity } from "@sanity/webhook";
import smartcar from "smartcar";

const adyen = new (HmacValidator.default ?? HmacValidator)();

export const signersOfHeaders = {
  "adyen-platform": signer(({ secret, body }) => ({ hmacsignature: adyen.calculateHmac(body, secret) })),

  cloudinary: signer(({ secret, body, timestamp }) => ({
    "x-cld-timestamp": String(timestamp),
    "x-cld-signature": cloudinary.v2.utils.webhook_signature(body, timestamp, { api_secret: secret }),
  })),

  "coinbase-commerce": signer(({ secret, body }) => ({
    "x-cc-webhook-signature": coinbase.Webhook.computeSignature(body, secret),
  })),

  fintoc: signer(({ secret, body, timestamp }) => ({
    "fintoc-signature": `t=${timestamp},v1=${Fintoc.computeSignature(body, timestamp, secret)}`,
  })),

  "hubspot-v1": signer((job) => ({
    "x-hubspot-signature-version": "v1",
    "x-hubspot-signature": hubspot("v1", job),
  })),

  "hubspot-v2": signer((job) => ({
    "x-hubspot-signature-version": "v2",
    "x-hubspot-signature": hubspot("v2", job),
  })),

  "hubspot-v3": signer((job) => ({
    "x-hubspot-request-timestamp": String(job.timestamp * 1000),
    "x-hubspot-signature-v3": hubspot("v3", job),
  })),

  kontent: signer(({ secret, body }) => ({ "x-kontent-ai-signature": kontent.getHashFromString(body, secret) })),

  metronome: signer(({ secret, body, timestamp }) => {
    const date = new Date(timestamp * 1000).toUTCString();
    const { webhooks } = new Metronome({ bearerToken: "unused" });
    const signature = webhooks.signPayload(body, { date, secret });
    return { "x-metronome-date": date, "metronome-webhook-signature": signature };
  }),

  "modern-treasury": signer(({ secret, body }) => ({
    "x-signature": new ModernTreasury({ apiKey: "unused", organizationID: "unused" }).webhooks.getSignature(body, {
      key: secret,
    }),
  })),

  mux: signer(async ({ secret, body, timestamp }) => {
    const { webhooks } = new Mux({ tokenId: "unused", tokenSecret: "unused" });
    const signature = await webhooks.computeSignature(`${timestamp}.${body}`, secret);
    return { "mux-signature": `t=${timestamp},v1=${signature}` };
  }),

  notion: signer(async ({ secret, body }) => ({
    "x-notion-signature": await signNotion({ body, verificationToken: secret }),
  })),

  orb: signer(({ secret, body, timestamp }) => {
    const time = new Date(timestamp * 1000).toISOString().replace("Z", "");
    const { webhooks } = new Orb({ apiKey: "unused" });
    const signature = webhooks.signPayload(body, { timestamp: time, secret });
    return { "x-orb-timestamp": time, "x-orb-signature": signature };
  }),

  sanity: signer(async ({ secret, body, timestamp }) => ({
    "sanity-webhook-signature": await signSanity(body, timestamp * 1000, secret),
  })),

  smartcar: signer(({ secret, body }) => ({ "sc-signature": smartcar.hashChallenge(secret, body) })),
};

function signer(headersOf) {
  return { sign: async (job) => ({ headers: await headersOf(job) }) };
}

function hubspot(version, { secret, body, url, timestamp }) {
  return HubSpot.getSignature("POST", version, {
    clientSecret: secret,
    requestBody: body,
    url,
    timestamp: timestamp * 1000,
  });
}
