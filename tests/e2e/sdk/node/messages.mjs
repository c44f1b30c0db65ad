// Signs and verifies HTTP messages (RFC 9421) with http-message-signatures.
//
// One JSON request on stdin, one JSON answer on stdout:
//   {"action":"sign","algorithm","key","url","headers","components","created"} → {"headers"}
//   {"action":"verify","algorithm","key","url","headers"} → {"ok":true} or {"ok":false,"error"}
// The key is a PEM, or Base64 for hmac-sha256.

import crypto from "node:crypto";
import { json } from "node:stream/consumers";

import { createSigner, createVerifier, httpbis } from "http-message-signatures";

const request = await json(process.stdin);
const { algorithm } = request;
const key = algorithm === "hmac-sha256" ? Buffer.from(request.key, "base64") : request.key;
const message = { method: "POST", url: request.url, headers: request.headers };
console.log(JSON.stringify(request.action === "sign" ? await sign() : await verify()));

async function sign() {
  const { headers } = await httpbis.signMessage(
    {
      key: signer(),
      name: "sig",
      fields: request.components,
      params: ["created", "keyid", "alg"],
      paramValues: { created: new Date(request.created * 1000) },
    },
    message,
  );
  return { headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])) };
}

// The library's own signer of RSA-PSS takes the longest salt instead of the 64 bytes of the standard.
function signer() {
  if (algorithm !== "rsa-pss-sha512") return createSigner(key, algorithm, "primary");
  const padding = crypto.constants.RSA_PKCS1_PSS_PADDING;
  return { id: "primary", alg: algorithm, sign: async (data) => crypto.sign("sha512", data, { key, padding, saltLength: 64 }) };
}

async function verify() {
  try {
    const keyLookup = async () => ({ id: "primary", algs: [algorithm], verify: createVerifier(key, algorithm) });
    // The message is as old as the test says.
    const ok = await httpbis.verifyMessage({ keyLookup, tolerance: 1e9 }, message);
    return ok ? { ok } : { ok: false, error: "no signature matches" };
  } catch (error) {
    return { ok: false, error: String(error) };
  }
}
