//! A to P.

use super::super::shapes::CHOSEN;
use super::super::{shapes, stripe_like, svix};
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, Format, Location, Scheme, SignatureField, Unit};
use crate::time::Tolerance;

/// By slug.
pub(in crate::providers) const FAMILY: &[&Provider] = &[
    &ALCHEMY, &AUTOTASK, &AUTUMN, &BILLIT, &BITGO, &CASHFREE, &CIRCLE, &FINCRA, &FINTOC, &METRONOME, &MOOV,
    &NMI, &OPENNODE, &PAYMONGO,
];

/// Alchemy.
///
/// Proof: `page`.
pub static ALCHEMY: Provider = Provider::new("alchemy", "Alchemy", shapes::body_hex("x-alchemy-signature"))
    .with_source(Confidence::OfficialDocs, "https://alchemy.com/docs/reference/notify-api-quickstart")
    .with_checked("2026-11")
    .with_notes(
        "Each webhook has a signing key of its own. There is no timestamp, so the age of a \
     delivery is not bounded.",
    )
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/type"))
    .with_data("/event")
    .without_body_limit("https://github.com/alchemyplatform/docs fern/api-reference/data/webhooks/webhooks-quickstart/notify-api-faq.mdx");

/// Autotask PSA.
///
/// Proof: `secondary`.
pub static AUTOTASK: Provider = Provider::new(
    "autotask",
    "Autotask PSA",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::prefixed("x-hook-signature", "sha1=", Encoding::Base64),
        "{body}",
    ),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/NangoHQ/nango packages/server/lib/webhook/autotask-webhook- \
     routing.ts; https://autotask.net/help/developerhelp/Content/APIs/Webhooks/SecretKeyP \
     ayloadVerification.htm",
)
.with_checked("2026-11")
.with_notes(
    "Webhooks have a key of their own. There is no timestamp, so the age of a delivery is \
     not bounded.",
)
.with_event_type(Location::json("/EntityType"))
.without_id(
    "https://nango.dev/docs/api-integrations/autotask/webhooks (`Guid` is that of the \
          webhook, `Id` that of the entity)",
)
.with_event_source("https://nango.dev/docs/api-integrations/autotask/webhooks");

/// Autumn.
///
/// Proof: `page`.
pub static AUTUMN: Provider = Provider::new("autumn", "Autumn", svix::SCHEME)
    .with_source(
        Confidence::OfficialDocs,
        "https://github.com/useautumn/autumn apps/docs/mintlify/documentation/webhooks.mdx",
    )
    .with_checked("2026-11")
    .with_notes("Accepts the webhook-* names of the headers, too.")
    .with_id(svix::ID)
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retry_delays(shapes::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries (delivered by Svix)")
    .with_body_limit(shapes::SVIX_BODY, shapes::SVIX_BODY_SOURCE);

/// Billit.
///
/// Proof: `page`.
pub static BILLIT: Provider = Provider::new(
    "billit",
    "Billit",
    stripe_like::stripe_like("billit-signature", ["t", "s"], Unit::Seconds, CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://docs.billit.be/reference/webhook")
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.without_id("memory: https://docs.billit.be/docs/webhooks")
.with_event_type(Location::json("/EntityType"))
.with_event_source("https://docs.accesspoint.billit.eu/docs/webhooks-signature");

/// BitGo.
///
/// Proof: `page`.
pub static BITGO: Provider = Provider::new("bitgo", "BitGo", shapes::body_hex("x-signature-sha256"))
    .with_source(Confidence::OfficialDocs, "https://developers.bitgo.com/docs/webhooks-overview")
    .with_checked("2026-11")
    .with_notes(
        "The key is the webhook secret of the enterprise. Webhooks of policies have a JSON \
     Web Token since April 2026, which is not declared. The encoding is that of the HMAC \
     of BitGo's API, hexadecimal. There is no timestamp, so the age of a delivery is not \
     bounded.",
    )
    .with_event_type(Location::json("/type"))
    .without_id("https://github.com/BitGo/bitgo-docs index.html.md")
    .without_body_limit("https://github.com/BitGo/bitgo-docs index.html.md");

/// Cashfree Payments.
///
/// Proof: `sdk`.
pub static CASHFREE: Provider = Provider::new(
    "cashfree",
    "Cashfree Payments",
    Scheme::hmac_sha256(SignatureField::header("x-webhook-signature", Encoding::Base64), "{timestamp}{body}")
        .with_timestamp(Location::header("x-webhook-timestamp"), Unit::Milliseconds, CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/cashfree-pg 6.0.6 dist/api.js \
     PGVerifyWebhookSignature; \
     https://cashfree.com/docs/payments/online/webhooks/signature-verification",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Payment Gateway; payouts and Secure ID sign otherwise. The key is the client secret. \
     No separator stands behind the timestamp in what is signed, whatever the page's \
     pseudocode shows, so it has to have 13 digits. The id is a header that the signature \
     does not cover, sent from version 2025-01-01 on. The retries are those of the \
     default policy. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::header("x-idempotency-key"))
.with_event_type(Location::json("/type"))
.with_data("/data")
// Source: cashfree.com/docs/api-reference/webhooks/reliability-and-operations: after 2, 10 and 30 minutes.
.with_retries(Retries { attempts: Some(4), window_secs: Some(42 * 60), ack_secs: None });

/// Circle. The key is a public one, and is fetched by its id.
///
/// Proof: `page`.
pub static CIRCLE: Provider = Provider::new(
    "circle",
    "Circle",
    Scheme::new(
        Algorithm::EcdsaP256Sha256,
        SignatureField::header("x-circle-signature", Encoding::Base64),
        "{body}",
    )
    .with_key_id(Location::header("x-circle-key-id")),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developers.circle.com/api-reference/verify-webhook-signatures",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "Notifications of version 2. The key is what the API answers for the id in X-Circle- \
     Key-Id: Base64 of the public key. Nothing says whether accounts share a key: look \
     the subscription or the wallet up among yours. There is no timestamp, so the age of \
     a delivery is not bounded.",
)
.with_id(Location::json("/notificationId"))
.with_event_type(Location::json("/notificationType"))
.with_data("/notification")
.with_retry_delays(&[1, 10, 30, 60, 900, 3600, 10_800, 18_000, 21_600, 36_000, 39_600])
.with_retry_source("https://developers.circle.com/cpn/references/webhook-retries");

/// Fincra.
///
/// Proof: `page`.
pub static FINCRA: Provider = Provider::new(
    "fincra",
    "Fincra",
    Scheme::new(Algorithm::HmacSha512, SignatureField::header("signature", Encoding::Hex), "{body}"),
)
.with_source(Confidence::OfficialDocs, "https://docs.fincra.com/docs/validating-webhook")
.with_checked("2026-11")
.with_notes(
    "The page hashes the body serialised again: it is sent in that form. There is no \
     timestamp, so the age of a delivery is not bounded.",
)
.with_event_type(Location::json("/event"))
.with_data("/data")
.with_event_source("https://docs.fincra.com/docs/charges-webhook.md")
.without_id("https://docs.fincra.com/docs/charges-webhook.md (/data/id is that of the charge)");

/// Fintoc.
///
/// Proof: `sdk`.
pub static FINTOC: Provider = Provider::new(
    "fintoc",
    "Fintoc",
    stripe_like::stripe_like("fintoc-signature", ["t", "v1"], Unit::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/fintoc 1.15.0 build/main/lib/webhook.js; \
     https://docs.fintoc.com/docs/webhooks-validating",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data");

/// Metronome.
///
/// Proof: `sdk`.
pub static METRONOME: Provider = Provider::new(
    "metronome",
    "Metronome",
    Scheme::hmac_sha256(
        SignatureField::header("metronome-webhook-signature", Encoding::Hex),
        "{timestamp}\n{body}",
    )
    .with_timestamp(Location::header("x-metronome-date,date"), Unit::HttpDate, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/@metronome/sdk 3.10.0 resources/webhooks.js",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The header Date is read where X-Metronome-Date is missing, as older deliveries have \
          it.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"));

/// Moov.
///
/// Proof: `page`.
pub static MOOV: Provider = Provider::new(
    "moov",
    "Moov",
    Scheme::new(
        Algorithm::HmacSha512,
        SignatureField::header("x-signature", Encoding::Hex),
        "{timestamp}|{header:x-nonce}|{header:x-webhook-id}",
    )
    .with_timestamp(Location::header("x-timestamp"), Unit::Rfc3339Utc, CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://docs.moov.io/guides/webhooks/check-webhook-signatures; \
     https://docs.moov.io/guides/webhooks/set-up-webhooks",
)
.with_checked("2026-11")
.with_notes(
    "The body is not signed: timestamp, nonce and the id of the webhook are. Another body \
     can be sent with the headers of a captured delivery until the timestamp is too old: \
     fetch what an event is about from the API. The page says nothing of the form of the \
     timestamp, which is read as RFC 3339. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/eventID"))
.with_event_type(Location::json("/type"))
.with_data("/data");

/// NMI.
///
/// Proof: `page`.
pub static NMI: Provider = Provider::new("nmi", "NMI", shapes::body_hex("signature"))
    .with_source(Confidence::OfficialDocs, "https://docs.nmi.com/reference/subscriptions")
    .with_checked("2026-11")
    .with_notes(
        "The webhooks of subscriptions to applications, not those of the gateway. There is no \
     timestamp, so the age of a delivery is not bounded.",
    );

/// OpenNode.
///
/// Proof: `sdk`.
pub static OPENNODE: Provider = Provider::new(
    "opennode",
    "OpenNode",
    Scheme::hmac_sha256(
        SignatureField::at(Location::form("hashed_order"), Format::BARE, Encoding::Hex),
        "{form:id}",
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/opennode 1.5.0 dist/client.js verifySignature",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Only the id of the charge is signed, not the rest of the form: fetch the charge from \
     the API. The key is the API key.",
)
.with_id(Location::form("id"))
.with_event_type(Location::form("status"));

/// PayMongo.
///
/// Proof: `page`.
pub static PAYMONGO: Provider = Provider::new(
    "paymongo",
    "PayMongo",
    stripe_like::stripe_like("paymongo-signature", ["t", "li|te"], Unit::Seconds, CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developers.paymongo.com/docs/securing-webhook; \
     https://developers.paymongo.com/docs/developer-tools-webhooks-key-concepts",
)
.with_checked("2026-11")
.with_notes(
    "`te` is the signature of the test mode, `li` that of the live mode; the other one is \
     empty. Webhooks of the two modes have secrets of their own. Tolerance chosen: 300 s \
     both ways.",
)
.with_id(Location::json("/data/id"))
.with_event_type(Location::json("/data/attributes/type"))
.with_data("/data/attributes/data")
.with_retries(Retries::attempts(13).within(8190).answered_in(30))
.with_retry_source(
    "https://developers.paymongo.com/docs/webhook-retry-logic; \
      https://developers.paymongo.com/docs/developer-tools-retry-logic",
);
