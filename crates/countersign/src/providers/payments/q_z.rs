//! Q to Z.

use super::super::shapes::CHOSEN;
use super::super::{shapes, standard_webhooks, stripe_like};
use crate::handshake::catalogue;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, Location, Scheme, SignatureField, Unit};
use crate::time::Tolerance;

/// By slug.
pub(in crate::providers) const FAMILY: &[&Provider] = &[
    &QONTO,
    &QONTO_ONBOARDING,
    &QUICKNODE,
    &SELLSY,
    &SETU,
    &STRIKE,
    &SYNTAGE,
    &TABAPAY,
    &UNIT,
    &UP_BANK,
    &WHOP,
    &WORLDLINE,
    &ZOHO_PAYMENTS,
];

/// Qonto.
///
/// Proof: `page`.
pub static QONTO: Provider = Provider::new(
    "qonto",
    "Qonto",
    stripe_like::stripe_like("x-qonto-signature", ["t", "v1"], Unit::Seconds, Tolerance::seconds(300)),
)
.with_source(Confidence::OfficialDocs, "https://docs.qonto.com/api-reference/business-api/webhooks/setup")
.with_checked("2026-11")
.with_notes("Business API. The onboarding API signs otherwise: qonto-onboarding.")
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::ack_only(1))
.with_retry_source("https://docs.qonto.com/api-reference/business-api/webhooks/overview")
.with_id(Location::json("/id"))
.with_event_source("https://docs.qonto.com/api-reference/business-api/webhooks/supported-webhooks");

/// Qonto (onboarding API).
///
/// Proof: `vectors`.
pub static QONTO_ONBOARDING: Provider =
    Provider::new("qonto-onboarding", "Qonto (onboarding API)", shapes::body_hex("qonto-sha256-signature"))
        .with_source(Confidence::OfficialDocs, "https://docs.qonto.com/api-reference/onboarding-api/webhooks")
        .with_checked("2026-11")
        .with_proof(Proof::Vectors)
        .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
        .with_id(Location::json("/id"))
        .with_event_type(Location::json("/event_type"));

/// QuickNode Streams.
///
/// Proof: `page`.
pub static QUICKNODE: Provider = Provider::new(
    "quicknode",
    "QuickNode Streams",
    Scheme::hmac_sha256(
        SignatureField::header("x-qn-signature", Encoding::Hex),
        "{header:x-qn-nonce}{timestamp}{body}",
    )
    .with_timestamp(Location::header("x-qn-timestamp"), Unit::Seconds, CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://quicknode.com/guides/quicknode-products/streams/validating-incoming-streams- \
     webhook-messages; https://quicknode.com/sample-app-library/streams-webhook-validate- \
     signature",
)
.with_checked("2026-11")
.with_notes(
    "Nothing separates nonce, timestamp and body in what is signed. With compression the \
     signature is made over the JSON before it is compressed, which costs a stranger's request \
     too much to undo: turn compression off in the settings of the stream, or decompress in \
     front of the verifier, up to a limit. The key is the security token of the stream. \
     Tolerance chosen: 300 s both ways.",
)
.without_id("https://www.quicknode.com/docs/streams/data-sources (a batch has the range of its blocks)")
.without_event_type("https://www.quicknode.com/docs/streams/data-sources (the data is that of the stream)");

/// Sellsy.
///
/// Proof: `secondary`.
pub static SELLSY: Provider = Provider::new(
    "sellsy",
    "Sellsy",
    Scheme::new(
        Algorithm::Sha1,
        SignatureField::header("x-webhook-signature", Encoding::Hex),
        "{secret}{body}",
    ),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/NangoHQ/nango \
          packages/server/lib/webhook/sellsy-webhook-routing.ts",
)
.with_checked("2026-11")
.with_notes(
    "SHA-1 of the secret and the body: more can be appended to the body of a captured \
     delivery. There is no timestamp, so the age of a delivery is not bounded.",
)
.with_event_type(Location::json("/event"))
    .without_id("https://github.com/NangoHQ/nango packages/server/lib/webhook/types.ts (the ids are those of the record and of the account)");

/// Setu.
///
/// Proof: `page`.
pub static SETU: Provider = Provider::new("setu", "Setu", shapes::body_hex("x-setu-signature"))
    .with_source(
        Confidence::OfficialDocs,
        "https://docs.setu.co/payments/umap/notifications/verify-signature",
    )
    .with_checked("2026-11")
    .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
    .with_id(Location::json("/eventId"))
    .with_event_type(Location::json("/eventType"))
    .with_event_source("https://docs.setu.co/payments/umap/notifications")
    .with_retries(Retries::attempts(4))
    .with_retry_source("https://docs.setu.co/payments/umap/notifications");

/// Strike.
///
/// Proof: `page`.
pub static STRIKE: Provider = Provider::new("strike", "Strike", shapes::body_hex("x-webhook-signature"))
    .with_source(Confidence::OfficialDocs, "https://docs.strike.me/webhooks/signature-verification")
    .with_checked("2026-11")
    .with_notes(
        "The page hashes the body serialised again: it is sent in that form. There is no \
     timestamp, so the age of a delivery is not bounded.",
    )
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/eventType"))
    .with_data("/data");

/// Syntage.
///
/// Proof: `page`.
pub static SYNTAGE: Provider = Provider::new(
    "syntage",
    "Syntage",
    stripe_like::stripe_like("x-satws-signature", ["t", "s"], Unit::Seconds, CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://docs.syntage.com/docs")
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_event_source("https://docs.syntage.com/resources/core/events")
.with_retries(Retries::attempts(5).answered_in(3))
.with_retry_source("https://docs.syntage.com/resources/webhooks");

/// TabaPay.
///
/// Proof: `page`.
pub static TABAPAY: Provider = Provider::new(
    "tabapay",
    "TabaPay",
    stripe_like::stripe_like("x-hmac-signature", ["t", "v1|v2"], Unit::Seconds, CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developers.tabapay.com/reference/verifying-webhook-signatures",
)
.with_checked("2026-11")
.with_notes(
    "While a secret is rotated, for 48 hours, `v2` is the signature with the previous \
     one. The id is a header that the signature does not cover, the same in every \
     attempt. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::header("idempotency-key"));

/// Unit.
///
/// Proof: `page`.
pub static UNIT: Provider = Provider::new(
    "unit",
    "Unit",
    Scheme::new(Algorithm::HmacSha1, SignatureField::header("x-unit-signature", Encoding::Base64), "{body}"),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/@unit-finance/unit-node-sdk 0.41.0 \
     dist/resources/webhooks.js verify",
)
.with_checked("2026-11")
.with_notes(
    "A delivery is a list of events. There is no timestamp, so the age of a delivery is \
     not bounded.",
)
.with_id(Location::json("/data/0/id"))
.with_event_type(Location::json("/data/0/type"));

/// Up, the Australian bank.
///
/// Proof: `page`.
pub static UP_BANK: Provider =
    Provider::new("up-bank", "Up", shapes::body_hex("x-up-authenticity-signature"))
        .with_source(Confidence::OfficialDocs, "https://github.com/up-banking/api v1/openapi.json")
        .with_checked("2026-11")
        .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
        .with_id(Location::json("/data/id"))
        .with_event_type(Location::json("/data/attributes/eventType"))
        .with_data("/data")
        // Source: the same document: 30 s for an answer.
        .with_retries(Retries { attempts: None, window_secs: None, ack_secs: Some(30) })
        .without_body_limit("https://github.com/up-banking/api v1/openapi.json");

/// Whop.
///
/// Proof: `sdk`.
pub static WHOP: Provider = Provider::new("whop", "Whop", standard_webhooks::SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://www.npmjs.com/package/@whop/sdk 0.0.42 resources/webhooks.js unwrap \
     (standardwebhooks)",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes(
        "The SDK takes the secret in Base64; where it does not decode, its bytes have to be \
     encoded first.",
    )
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .without_body_limit("https://github.com/whopio/whop-docs docs/onboarding/webhooks.mdx");

/// Worldline Connect and Direct.
///
/// Proof: `sdk`.
pub static WORLDLINE: Provider =
    Provider::new("worldline", "Worldline Connect and Direct", shapes::body_base64("x-gcs-signature"))
        .with_source(
            Confidence::OfficialCode,
            "https://www.npmjs.com/package/onlinepayments-sdk-nodejs 6.2.0 \
     lib/cjs/src/webhooks/validation.js; https://docs.connect.worldline- \
     solutions.com/documentation/webhooks/event-structure",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_handshakes(catalogue::WORLDLINE)
        .with_notes(
            "X-GCS-KeyId names the key. Some deliveries are lists of events. There is no \
     timestamp, so the age of a delivery is not bounded.",
        )
        .with_id(Location::json("/id"))
        .with_event_type(Location::json("/type"));

/// Zoho Payments.
///
/// Proof: `page`.
pub static ZOHO_PAYMENTS: Provider = Provider::new(
    "zoho-payments",
    "Zoho Payments",
    stripe_like::stripe_like("x-zoho-webhook-signature", ["t", "v"], Unit::Milliseconds, CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://zoho.com/in/payments/developerdocs/webhooks/verification")
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
// Source: the same page: 15 s for an answer.
.with_retries(Retries { attempts: None, window_secs: None, ack_secs: Some(15) })
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/event_type"))
.with_data("/event_object")
.with_event_source("https://www.zoho.com/us/payments/api/v1/webhooks-events");
