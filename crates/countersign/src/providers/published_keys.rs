//! Providers that publish their keys and sign composed content.

use super::aws_sns;
use super::shapes;
use crate::handshake::catalogue;
use crate::provider::{Confidence, KeyScope, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, Digest, Encoding, Format, KeyFormat, Location, Scheme, SignatureField, Unit,
};
use crate::time::Tolerance;

pub(super) static FAMILY: &[&Provider] = &[&aws_sns::PROVIDER, &EBAY, &KEYGEN, &PADDLE_CLASSIC, &PAYPAL];

/// eBay. The key is the one that `kid` in the header names, as PEM.
///
/// Proof: `page`.
pub static EBAY: Provider = Provider::new(
    "ebay",
    "eBay notifications",
    Scheme::new(
        Algorithm::EcdsaP256Sha1,
        SignatureField::header("x-ebay-signature", Encoding::Base64Json),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/eBay/event-notification-nodejs-sdk lib/validator.js, \
          lib/client.js",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "The header is a JSON object in Base64. The SDK signs the body serialised again; eBay \
      sends it in that form. SHA-1 is all that eBay has. All applications share the keys, and \
      nothing that is signed names the application: look the subject of the notification up \
      among your own.",
)
.with_id(Location::json("/notification/notificationId"))
.with_event_type(Location::json("/metadata/topic"))
.with_data("/notification")
.with_handshakes(catalogue::EBAY);

/// Keygen.
///
/// Proof: `page`.
pub static KEYGEN: Provider = Provider::new(
    "keygen",
    "Keygen",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::list("keygen-signature", [",", "=\"", "signature"], Encoding::Base64),
        "(request-target): {method:lower} {target}\nhost: {header:host}\ndate: \
          {timestamp}\ndigest: {header:digest}",
    )
    .with_key(KeyFormat::HEX)
    .with_timestamp(Location::header("date"), Unit::HttpDate, Tolerance::seconds(300))
    .with_checks(BODY_IN_DIGEST),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/keygen-sh/keygen-api app/workers/webhook_worker.rb",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::Account)
.with_notes(
    "A signature of draft-cavage-http-signatures over four lines. 300 s both ways were \
          chosen.",
)
.with_id(Location::json("/data/id"))
.with_event_type(Location::json("/data/attributes/event"))
.with_retries(Retries::attempts(16).within(217_687).answered_in(15))
.with_retry_source(
    "https://github.com/keygen-sh/keygen-api app/workers/webhook_worker.rb (n^4 seconds \
          and 10 to 100 minutes, 15 times)",
)
.without_body_limit("https://github.com/keygen-sh/keygen-api app/workers/webhook_worker.rb");

const BODY_IN_DIGEST: &[Check] =
    &[Check::digest(Location::header("digest"), Digest::Sha256Base64, "{body}").with_prefix("sha-256=")];

/// Paddle Classic. The key is the account's public key, as PEM.
///
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
.with_retries(Retries::for_secs(3 * shapes::DAY))
.with_retry_source("memory: https://developer.paddle.com/classic/reference/webhooks");

/// PayPal. The key is the certificate that `paypal-cert-url` names, as PEM; the id of the webhook is part of what is
/// signed: `providers::PAYPAL.clone().with_parameter("webhook_id", …)`.
///
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
        Unit::Rfc3339,
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
    "Only a CRC-32 of the body is signed, which is no digest: anyone who sees a delivery can make \
      another body with the same checksum. Chosen: 3 days, as long as PayPal retries.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/event_type"))
.with_data("/resource")
.with_retries(Retries::attempts(26).within(3 * shapes::DAY))
.with_retry_source("https://developer.paypal.com/api/rest/webhooks/rest");
