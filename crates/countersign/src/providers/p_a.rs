//! Slugs that begin with `pa`.

use super::shared;
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, Format, Location, Scheme, SignatureField, TimestampFormat};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&PADDLE, &PADDLE_CLASSIC, &PAGERDUTY, &PANDADOC, &PATREON, &PAYMONGO, &PAYPAL, &PAYSTACK];

/// Paddle Billing.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static PADDLE: Provider = Provider::new(
    "paddle",
    "Paddle Billing",
    Scheme::hmac_sha256(
        SignatureField::list("paddle-signature", [";", "=", "h1"], Encoding::Hex),
        "{timestamp}:{body}",
    )
    .with_timestamp(Location::signature_item("ts"), TimestampFormat::Seconds, Tolerance::seconds(5)),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/PaddleHQ/paddle-node-sdk \
      src/notifications/helpers/webhooks-validator.ts; paddle-python-sdk \
      paddle_billing/Notifications",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Its own tolerance is 5 s: a clock that is not kept right rejects everything. All h1 are \
      tried; the official Node.js library looks at the last only. The official library does not \
      bound the future; we do.",
)
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/event_type"))
.with_data("/data")
.with_retries(Retries { attempts: Some(61), window_secs: Some(3 * 24 * 3600), ack_secs: Some(5) })
.with_retry_source("https://developer.paddle.com/webhooks/about/respond-to-webhooks")
.without_body_limit("https://developer.paddle.com/webhooks/respond-to-webhooks");

/// Paddle Classic. The key is the account's public key, as PEM.
///
/// Key: a public key.
/// Proof: `page`.
pub static PADDLE_CLASSIC: Provider = Provider::new(
    "paddle-classic",
    "Paddle Classic",
    Scheme::new(
        Algorithm::RsaSha1,
        SignatureField::at(Location::form("p_signature"), Format::BARE, Encoding::Base64),
        "{form:php-serialize}",
    ),
)
.with_source(Confidence::OfficialDocs, "https://developer.paddle.com/classic, verifying webhooks")
.with_checked("2026-11")
.with_key_scope(KeyScope::Account)
.with_notes(
    "All fields but the signature are signed, sorted and as PHP's serialize writes them. SHA-1 \
      is all there is.",
)
.with_id(Location::form("alert_id"))
.with_event_type(Location::form("alert_name"))
.with_retries(Retries::for_secs(3 * shared::DAY))
.with_retry_source("memory: https://developer.paddle.com/classic/reference/webhooks");

/// PagerDuty v3.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static PAGERDUTY: Provider = Provider::new(
    "pagerduty",
    "PagerDuty v3",
    Scheme::hmac_sha256(
        SignatureField::list("x-pagerduty-signature", [",", "=", "v1"], Encoding::Hex),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/PagerDuty/developer-docs docs/webhooks/04-Signatures.md",
)
.with_checked("2026-11")
.with_notes("X-Webhook-Id names the subscription, not the event.")
.with_id(Location::json("/event/id"))
.with_event_type(Location::json("/event/event_type"))
.with_data("/event/data")
.with_body_limit(256 << 10, "https://github.com/PagerDuty/developer-docs docs/webhooks/02-Behavior.md")
.with_retries(Retries::for_secs(2 * shared::DAY).answered_in(5))
.with_retry_source("https://github.com/PagerDuty/developer-docs docs/webhooks/02-Behavior.md");

/// PandaDoc.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static PANDADOC: Provider = Provider::new(
    "pandadoc",
    "PandaDoc",
    Scheme::hmac_sha256(
        SignatureField::at(Location::query("signature"), Format::BARE, Encoding::Hex),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developers.pandadoc.com/docs/webhook-verification; \
     https://developers.pandadoc.com/docs/webhooks-overview",
)
.with_checked("2026-11")
.with_notes(
    "The signature is a parameter of the URL's query. The id is a header that the \
     signature does not cover, the same in every attempt. A delivery is a list of \
     notifications.",
)
.with_id(Location::header("x-pandadoc-webhook-event-id"))
.with_event_type(Location::json("/0/event"))
.with_data("/0/data")
// Source: developers.pandadoc.com/docs/webhook-setup: 20 s for an answer.
.with_retries(Retries { attempts: None, window_secs: None, ack_secs: Some(20) })
.with_retry_source("https://developers.pandadoc.com/docs/webhook-setup")
.without_body_limit("https://developers.pandadoc.com/docs/webhooks");

/// Patreon.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static PATREON: Provider = Provider::new(
    "patreon",
    "Patreon",
    Scheme::new(Algorithm::HmacMd5, SignatureField::header("x-patreon-signature", Encoding::Hex), "{body}"),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/Patreon/platform-documentation source/includes/_webhooks.md, \
          source/includes/_webhooks_v2.md",
)
.with_notes("HMAC with MD5. The type is a header that the signature does not cover.")
.with_event_type(Location::header("x-patreon-event"))
.without_id("https://github.com/Patreon/platform-documentation source/includes/_webhooks_v2.md")
.with_checked("2026-11")
.without_body_limit("https://github.com/Patreon/platform-documentation source/includes/_webhooks_v2.md");

/// PayMongo.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static PAYMONGO: Provider = Provider::new(
    "paymongo",
    "PayMongo",
    shared::stripe_like("paymongo-signature", ["t", "li|te"], TimestampFormat::Seconds, shared::CHOSEN),
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
)
.without_body_limit("https://developers.paymongo.com/docs/developer-tools-webhooks-key-concepts");

/// PayPal. The key is the certificate that `paypal-cert-url` names, as PEM; the id of the webhook is part of what is
/// signed: `providers::PAYPAL.clone().with_parameter("webhook_id", …)`.
///
/// Key: a public key.
/// Proof: `page`.
pub static PAYPAL: Provider = Provider::new(
    "paypal",
    "PayPal",
    Scheme::new(
        Algorithm::RsaSha256,
        SignatureField::header("paypal-transmission-sig", Encoding::Base64),
        "{header:paypal-transmission-id}|{timestamp}|{param:webhook_id}|{body:crc32}",
    )
    .with_timestamp(
        Location::header("paypal-transmission-time"),
        TimestampFormat::Rfc3339,
        Tolerance::between(3 * 24 * 3600, 300),
    )
    .with_key_id(Location::header("paypal-cert-url")),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/paypal/PayPal-Python-SDK paypalrestsdk/notifications.py; paypal REST \
      API, verifying webhooks",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::Provider)
.with_notes(
    "Only a CRC-32 of the body is signed, which is no digest: a sender who has seen a delivery can make \
      another body with the same checksum. Chosen: 3 days, as long as PayPal retries.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/event_type"))
.with_data("/resource")
.with_retries(Retries::attempts(26).within(3 * shared::DAY))
.with_retry_source("https://developer.paypal.com/api/rest/webhooks/rest")
.without_body_limit(
    "https://github.com/paypal/paypal-rest-api-specifications openapi/notifications_webhooks_v1.json",
);

/// Paystack.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static PAYSTACK: Provider = Provider::new(
    "paystack",
    "Paystack",
    Scheme::new(
        Algorithm::HmacSha512,
        SignatureField::header("x-paystack-signature", Encoding::Hex),
        "{body}",
    ),
)
.with_source(Confidence::Secondary, shared::WEBHOOK_CO)
.with_checked("2026-11")
.with_notes("The key is the secret key of the account.")
.with_event_type(Location::json("/event"))
.with_data("/data")
.without_id("memory: https://paystack.com/docs/payments/webhooks")
.with_retries(Retries::for_secs(259_920).answered_in(30))
.with_retry_source("https://paystack.com/docs/payments/webhooks");
