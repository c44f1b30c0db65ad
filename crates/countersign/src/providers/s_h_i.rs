//! Slugs that begin with `sh` to `si`.

use super::shared;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Encoding, Format, KeyFormat, Location, Scheme, SignatureField, TimestampFormat,
};

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[
    &SHIPPO,
    &SHOPIFY,
    &SHOPIFY_EVENTS,
    &SIGHTENGINE,
    &SIGNATUREAPI,
    &SINCH,
    &SINCH_NUMBERS,
    &SINCH_VERIFICATION,
    &SINCH_VOICE,
];

/// Shippo.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static SHIPPO: Provider = Provider::new(
    "shippo",
    "Shippo",
    shared::stripe_like("shippo-auth-signature", ["t", "v1"], TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(Confidence::Secondary, shared::WEBHOOK_CO)
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_event_type(Location::json("/event"))
.with_data("/data")
.without_id("https://docs.goshippo.com/docs/tracking/webhookmetadata")
.with_retries(Retries::attempts(2))
.with_retry_source("https://docs.goshippo.com/docs/tracking/webhooks")
.without_body_limit("https://goshippo.com/docs/webhooks");

/// Shopify.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static SHOPIFY: Provider = Provider::new(
    "shopify",
    "Shopify",
    shared::body_base64("x-shopify-hmac-sha256").with_body_bytes(25 << 20),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/Shopify/shopify-app-js packages/apps/shopify-api/lib/webhooks",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The key is the app's API secret. Id and type are headers that the signature does not \
      cover. X-Shopify-Event-Id is the same for all webhooks of one event.",
)
.with_id(Location::header("x-shopify-webhook-id"))
.with_event_type(Location::header("x-shopify-topic"))
.with_retries(Retries { attempts: Some(9), window_secs: Some(4 * 3600), ack_secs: Some(5) })
.with_retry_source("https://shopify.dev/docs/apps/build/webhooks/subscribe/https")
.without_body_limit("https://shopify.dev/docs/apps/build/webhooks/subscribe/https");

/// Shopify Events (new header family).
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static SHOPIFY_EVENTS: Provider = Provider::new(
    "shopify-events",
    "Shopify Events (new header family)",
    shared::body_base64("shopify-hmac-sha256").with_body_bytes(25 << 20),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/Shopify/shopify-app-js lib/webhooks/types.ts WEBHOOK_HEADER_NAMES; shopify-api-ruby request_test.rb",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The newer names of the headers. The key is the app's API secret. Id and type are headers \
      that the signature does not cover.",
)
.with_id(Location::header("shopify-webhook-id"))
.with_event_type(Location::header("shopify-topic"))
.with_retries(Retries::attempts(9).within(4 * shared::HOUR).answered_in(5))
.with_retry_source("https://shopify.dev/changelog/updates-to-webhook-retry-mechanism")
.without_body_limit("https://shopify.dev/docs/apps/build/events/delivery-structure");

/// Sightengine callbacks.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static SIGHTENGINE: Provider = Provider::new(
    "sightengine",
    "Sightengine",
    shared::stripe_like("sightengine-signature", ["t", "v1"], TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://sightengine.com/docs/callback-signature")
.with_checked("2026-11")
.with_notes(
    "The key is the whole secret, casec_ included. `/media/id` is that of the medium, and \
      `/data/status` that of its moderation. Tolerance chosen: 300 s both ways.",
)
.with_data("/data")
.without_id("https://sightengine.com/docs/receive-video-moderation-callbacks")
.without_event_type("https://sightengine.com/docs/receive-video-moderation-callbacks")
.without_body_limit("https://sightengine.com/docs/receive-video-moderation-callbacks");

/// SignatureAPI.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static SIGNATUREAPI: Provider =
    Provider::new("signatureapi", "SignatureAPI", shared::STANDARD_WEBHOOKS_SCHEME)
        .with_source(
            Confidence::OfficialDocs,
            "https://signatureapi.com/docs/api/guides/how-to/verify-webhooks",
        )
        .with_checked("2026-11")
        .with_id(Location::header("webhook-id"))
        .with_event_type(Location::json("/type"))
        .with_data("/data")
        .with_event_source("https://signatureapi.com/docs/api/webhooks")
        .without_body_limit("https://signatureapi.com/docs/api/guides/how-to/verify-webhooks (first part)");

/// Sinch.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static SINCH: Provider = Provider::new(
    "sinch",
    "Sinch",
    Scheme::hmac_sha256(
        SignatureField::header("x-sinch-webhook-signature", Encoding::Base64),
        "{body}.{header:x-sinch-webhook-signature-nonce}.{timestamp}",
    )
    .with_timestamp(
        Location::header("x-sinch-webhook-signature-timestamp"),
        TimestampFormat::Seconds,
        shared::CHOSEN,
    ),
)
.with_source(
    Confidence::OfficialCode,
    SINCH_SIGNATURES,
)
.with_checked("2026-11").with_proof(Proof::Sdk)
.with_notes("Tolerance chosen: 300 s both ways.")
.without_id(
    "https://github.com/sinch/sinch-sdk-node packages/conversation/src/rest/v1/callbacks/callbacks-webhook.ts",
)
.without_event_type(
    "https://github.com/sinch/sinch-sdk-node packages/conversation/src/rest/v1/callbacks/callbacks-webhook.ts (the type is \
      the name of a member)",
)
.with_retries(Retries::for_secs(81_920))
.with_retry_source("https://github.com/sinch/sinch-sdk-java client/src/main/com/sinch/sdk/domains/sms/api/v1/SinchEventsService.java (SMS)")
.without_body_limit("https://github.com/sinch/docs docs/conversation/conversation-callbacks.md");

/// Sinch Numbers.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static SINCH_NUMBERS: Provider = Provider::new(
    "sinch-numbers",
    "Sinch Numbers",
    Scheme::new(Algorithm::HmacSha1, SignatureField::header("x-sinch-signature", Encoding::Hex), "{body}"),
)
.with_source(Confidence::OfficialCode, SINCH_SIGNATURES)
.with_checked("2026-11").with_proof(Proof::Sdk)
.with_notes(
    "The key is the callback secret of the configuration. There is no timestamp, so the age of a delivery is not bounded.",
)
.with_id(Location::json("/eventId"))
.with_event_type(Location::json("/eventType"));

/// Sinch Verification.
///
/// Key: the secret, decoded from Base64.
/// Proof: `sdk`.
pub static SINCH_VERIFICATION: Provider = Provider::new("sinch-verification", "Sinch Verification", SINCH_SIGNED)
    .with_source(
        Confidence::OfficialDocs,
        "https://developers.sinch.com/docs/verification/api-reference/authentication/callback-signed-request",
    )
    .with_checked("2026-11").with_proof(Proof::Sdk)
    .with_notes(SINCH_NOTES)
    // A verification has one event of each type.
    .with_id_per_type(Location::json("/id"))
    .with_event_type(Location::json("/event"))
    .with_event_source(
        "https://github.com/sinch/sinch-sdk-node packages/verification/src/rest/v1/callbacks/callbacks-webhook.ts",
    );

/// Sinch Voice.
///
/// Key: the secret, decoded from Base64.
/// Proof: `sdk`.
pub static SINCH_VOICE: Provider = Provider::new("sinch-voice", "Sinch Voice", SINCH_SIGNED)
    .with_source(
        Confidence::OfficialDocs,
        "https://developers.sinch.com/docs/voice/api-reference/authentication/callback-signed-request",
    )
    .with_checked("2026-11").with_proof(Proof::Sdk)
    .with_notes(SINCH_NOTES)
    .without_id(
        "https://developers.sinch.com/docs/functions/concepts/voice-callbacks (/callid is that of the call, which may have \
          several inputs from menus)",
    )
    .with_event_type(Location::json("/event"));

/// The scheme that Verification and Voice share. The MD5 of the body stands for it.
const SINCH_SIGNED: Scheme = Scheme::hmac_sha256(
    SignatureField::at(
        Location::header("authorization"),
        Format::after("application ", "{param:application_key}:"),
        Encoding::Base64,
    ),
    "{method}\n{base64:body:md5}\n{header:content-type}\nx-timestamp:{timestamp}\n{path}",
)
.with_key(KeyFormat::base64(""))
.with_timestamp(Location::header("x-timestamp"), TimestampFormat::Rfc3339, shared::CHOSEN);

const SINCH_NOTES: &str = "The parameter application_key is the key of the application, and the secret is the secret of the \
     application, in Base64. The body is bound by its MD5 alone: a given body cannot be replaced without the secret, but a \
     party that chooses part of a body before Sinch signs it could prepare a second one with the same MD5. Sinch can also be set \
     to Basic authentication, which is not accepted here. The query of the URL is not signed. Tolerance chosen: 300 s both ways.";

const SINCH_SIGNATURES: &str =
    "https://github.com/sinch/sinch-sdk-node packages/sdk-client/src/utils/authorization.helper.ts";
