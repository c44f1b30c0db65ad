// SDKs that verify, by name: L to Z.

import { createPublicKey } from "node:crypto";
import querystring from "node:querystring";

import * as lark from "@larksuiteoapi/node-sdk";
import { LinearWebhookClient } from "@linear/sdk/webhooks";
import { WebhookHandler as Liveblocks } from "@liveblocks/node";
import { WebhookReceiver as LiveKit } from "livekit-server-sdk";
import { verifyWebhookRequest as verifyLovable } from "@lovable.dev/webhooks-js";
import Metronome from "@metronome/sdk";
import ModernTreasury from "modern-treasury";
import Mux from "@mux/mux-node";
import { verifyWebhookSignature as verifyNotion } from "@notionhq/client";
import { WebhookEventVerifier as Onfido } from "@onfido/api";
import * as opennode from "opennode";
import Orb from "orb-billing";
import { PlainWebhookSignatureVerificationError, verifyPlainWebhook } from "@team-plain/typescript-sdk";
import Pusher from "pusher";
import { Receiver as QStash } from "@upstash/qstash";
import Razorpay from "razorpay";
import { validateWebhook as validateReplicate } from "replicate";
import { Resend } from "resend";
import { Retell } from "retell-sdk";
import { verifySignatureWithJwks as verifySaleor } from "@saleor/app-sdk/auth";
import { isValidSignature as isFromSanity } from "@sanity/webhook";
import { Scalekit } from "@scalekit-sdk/node";
// By its path: the index needs a package that it does not depend on.
import * as sinch from "./node_modules/@sinch/sdk-client/dist/utils/authorization.helper.js";
import smartcar from "smartcar";
import { StreamChat } from "stream-chat";
import { verifyTerraWebhookSignature } from "terra-api";
import { webhooks as trigger } from "@trigger.dev/sdk";
import * as truelayer from "truelayer-signing";
import MessageValidator from "viber-bot/lib/message/message-validator.js";
import { verifySignature as verifyVonage } from "@vonage/jwt";
import { WebflowClient } from "webflow-api";
import Whop from "@whop/sdk";
import worldline from "connect-sdk-nodejs/lib/webhooks/validation.js";

export const lToZ = {
  // It serialises the body again.
  lark: {
    async verify({ secret, headers, body }) {
      const dispatcher = new lark.EventDispatcher({ encryptKey: secret, loggerLevel: lark.LoggerLevel.fatal });
      dispatcher.register({ "invoice.paid": () => "handled" });
      const answer = await dispatcher.invoke(Object.assign(Object.create({ headers }), JSON.parse(body)));
      return answer === "handled";
    },
  },

  linear: {
    verify: ({ secret, headers, body }) =>
      new LinearWebhookClient(secret).verify(Buffer.from(body), headers["linear-signature"]),
  },

  liveblocks: {
    verify({ secret, headers, body }) {
      new Liveblocks(secret).verifyRequest({ headers, rawBody: body });
      return true;
    },
  },

  livekit: {
    async verify({ secret, headers, body }) {
      await new LiveKit("api-key-1", secret).receive(body, headers.authorization);
      return true;
    },
  },

  "lovable-email": {
    async verify({ secret, headers, body }) {
      const request = new Request("https://unused.example.com", { method: "POST", headers, body });
      return (await verifyLovable({ req: request, secret })).body === body;
    },
  },
  metronome: {
    verify({ secret, headers, body }) {
      new Metronome({ bearerToken: "unused" }).webhooks.verifySignature(body, headers, secret);
      return true;
    },
  },

  "modern-treasury": {
    verify: ({ secret, headers, body }) =>
      new ModernTreasury({ apiKey: "unused", organizationID: "unused" }).webhooks.validateSignature(body, headers, {
        key: secret,
      }),
  },

  mux: {
    async verify({ secret, headers, body }) {
      const mux = new Mux({ tokenId: "unused", tokenSecret: "unused" });
      await mux.webhooks.verifySignature(body, headers, secret);
      return true;
    },
  },

  notion: {
    verify: ({ secret, headers, body }) =>
      verifyNotion({ body, signature: headers["x-notion-signature"], verificationToken: secret }),
  },

  onfido: {
    verify({ secret, headers, body }) {
      new Onfido(secret).readPayload(body, headers["x-sha2-signature"]);
      return true;
    },
  },

  opennode: {
    verify({ secret, body }) {
      opennode.setCredentials(secret, "dev");
      return opennode.signatureIsValid({ ...querystring.parse(body) });
    },
  },

  orb: {
    verify({ secret, headers, body }) {
      new Orb({ apiKey: "unused" }).webhooks.verifySignature(body, headers, secret);
      return true;
    },
  },

  plain: {
    verify({ secret, headers, body }) {
      const { error } = verifyPlainWebhook(body, headers["plain-request-signature"], secret);
      // Any other error is about the event, which is parsed when it is verified.
      if (error instanceof PlainWebhookSignatureVerificationError) throw error;
      return true;
    },
  },

  pusher: {
    verify({ secret, headers, body }) {
      const pusher = new Pusher({ appId: "unused", key: "key-1", secret });
      return pusher.webhook({ headers, rawBody: body }).isValid();
    },
  },

  qstash: {
    verify({ secret, headers, body, url }) {
      const receiver = new QStash({ currentSigningKey: secret, nextSigningKey: secret });
      return receiver.verify({ signature: headers["upstash-signature"], body, url });
    },
  },

  razorpay: {
    verify: ({ secret, headers, body }) =>
      Razorpay.validateWebhookSignature(body, headers["x-razorpay-signature"], secret),
  },

  replicate: {
    verify: ({ secret, headers, body }) => validateReplicate({ headers, body }, secret),
  },

  resend: {
    verify({ secret, headers, body }) {
      const { "svix-id": id, "svix-timestamp": timestamp, "svix-signature": signature } = headers;
      const webhook = { payload: body, headers: { id, timestamp, signature }, webhookSecret: secret };
      new Resend("unused").webhooks.verify(webhook);
      return true;
    },
  },

  retell: {
    verify: ({ secret, headers, body }) => Retell.verify(body, secret, headers["x-retell-signature"]),
  },

  saleor: {
    async verify({ secret, headers, body }) {
      const key = { ...createPublicKey(secret).export({ format: "jwk" }), alg: "RS256", use: "sig" };
      await verifySaleor(JSON.stringify({ keys: [key] }), headers["saleor-signature"], body);
      return true;
    },
  },

  sanity: {
    verify: ({ secret, headers, body }) => isFromSanity(body, headers["sanity-webhook-signature"], secret),
  },

  scalekit: {
    verify: ({ secret, headers, body }) =>
      new Scalekit("https://unused.example.com", "unused", "unused").verifyWebhookPayload(secret, headers, body),
  },

  // It serialises the body again.
  sinch: {
    verify: ({ secret, headers, body }) => sinch.validateWebhookSignature(secret, headers, body),
  },

  "sinch-numbers": {
    verify: ({ secret, headers, body }) => sinch.validateSignatureHeader(secret, headers, body),
  },

  // Verification and Voice.
  "sinch-application": {
    verify({ secret, headers, body, url }) {
      const { pathname } = new URL(url);
      return sinch.validateAuthenticationHeader("application-1", secret, headers, body, pathname, "POST");
    },
  },

  smartcar: {
    verify: ({ secret, headers, body }) =>
      smartcar.verifyPayload(secret, headers["sc-signature"], JSON.parse(body)),
  },

  stream: {
    verify: ({ secret, headers, body }) =>
      new StreamChat("unused", secret).verifyWebhook(body, headers["x-signature"]),
  },

  terra: {
    verify: ({ secret, headers, body }) =>
      verifyTerraWebhookSignature(body, headers["terra-signature"], secret),
  },

  "trigger-dev": {
    async verify({ secret, headers, body }) {
      try {
        const header = headers["x-trigger-signature-hmacsha256"];
        await trigger.constructEvent({ payload: body, header }, secret);
      } catch (error) {
        // The event is parsed when it is verified.
        if (!error.message.startsWith("Webhook parsing failed")) throw error;
      }
      return true;
    },
  },

  truelayer: {
    verify({ secret, headers, body, url }) {
      const signature = headers["tl-signature"];
      const { pathname: path } = new URL(url);
      truelayer.verify({ publicKeyPem: secret, signature, method: "POST", path, headers, body });
      return true;
    },
  },

  viber: {
    verify: ({ secret, headers, body }) =>
      new MessageValidator({ debug() {} }, secret).validateMessage(headers["x-viber-content-signature"], body),
  },

  // Whether the body has the digest of the claim is for the caller to compare.
  vonage: {
    verify: ({ secret, headers }) => verifyVonage(headers.authorization.replace("Bearer ", ""), secret),
  },

  webflow: {
    verify: ({ secret, headers, body }) =>
      new WebflowClient({ accessToken: "unused" }).webhooks.verifySignature({ headers, body, secret }),
  },

  whop: {
    verify({ secret, headers, body }) {
      new Whop({ apiKey: "unused" }).webhooks.unwrap(body, { headers, key: secret });
      return true;
    },
  },

  worldline: {
    async verify({ secret, headers, body }) {
      const store = { getSecretKey: async () => secret };
      await worldline.newSignatureValidator(store).validate(body, headers);
      return true;
    },
  },
};
