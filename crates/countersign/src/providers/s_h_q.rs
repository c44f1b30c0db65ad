//! Slugs that begin with `sh` to `sq`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, KeyFormat, Location, Scheme, SignatureField, TimestampFormat};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[
    &SHIPPO,
    &SHOPIFY,
    &SHOPIFY_EVENTS,
    &SIGHTENGINE,
    &SIGNATUREAPI,
    &SINCH,
    &SLACK,
    &SMARTCAR,
    &SPARKPOST,
    &SQUARE,
    &SQUARE_SHA1,
    &SQUARESPACE,
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
/// Proof: `page`.
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
    "https://github.com/sinch/sinch-sdk-node packages/sdk-client/src/utils/authorization.helper.ts",
)
.with_checked("2026-11")
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

/// Slack.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static SLACK: Provider = Provider::new(
    "slack",
    "Slack",
    Scheme::hmac_sha256(
        SignatureField::prefixed("x-slack-signature", "v0=", Encoding::Hex),
        "v0:{timestamp}:{body}",
    )
    .with_timestamp(
        Location::header("x-slack-request-timestamp"),
        TimestampFormat::Seconds,
        Tolerance::seconds(300),
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/slackapi/python-slack-sdk slack_sdk/signature; bolt-js src/receivers/verify-request.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The type is the inner /event/type; the outer /type is event_callback or url_verification. \
      Slash commands and interactivity are form-encoded; the raw form is signed. The official \
      JavaScript library does not bound the future; we do.",
)
.with_id(Location::json("/event_id"))
.with_event_type(Location::first_of(SLACK_TYPES))
.with_data("/event")
.with_payload("payload")
.with_handshakes(SLACK_HANDSHAKES)
.with_retries(Retries { attempts: Some(4), window_secs: None, ack_secs: Some(3) })
.with_retry_source("https://docs.slack.dev/apis/events-api")
.without_body_limit("https://docs.slack.dev/apis/events-api");

/// Slack: the Events API sends a signed `url_verification`. The `ssl_check` of slash commands is unsigned, and is
/// answered only if it is enabled.
pub const SLACK_HANDSHAKES: &[Handshake] = &[
    Handshake::new("url_verification", Trust::Signed, Method::Post).with_source(Confidence::OfficialCode, "slackapi/bolt-js src/receivers/HTTPReceiver.ts; docs.slack.dev/reference/events/url_verification").with_conditions(const {
                &[
                    Condition::equals(Place::json("/type"), "url_verification"),
                    Condition::present(Place::json("/challenge")),
                ]
            }).with_answer(Answer::text("{json:/challenge}")),
    Handshake::new("ssl_check", Trust::Echo, Method::Post).with_source(Confidence::OfficialCode, "slackapi/bolt-js src/receivers/HTTPReceiver.ts").with_conditions(const { &[Condition::equals(Place::form("ssl_check"), "1")] }).with_answer(Answer::status(200)),
];

/// Requests about the app itself have no inner event: `app_rate_limited`.
const SLACK_TYPES: &[Location] = &[Location::json("/event/type"), Location::json("/type")];

/// Smartcar.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static SMARTCAR: Provider = Provider::new("smartcar", "Smartcar", shared::body_hex("sc-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://www.npmjs.com/package/smartcar 10.4.0 index.js hashChallenge, verifyPayload",
    )
    .with_checked("2026-11").with_proof(Proof::Sdk)
    .with_notes(
        "The key is the application management token. The library hashes the body serialised \
     again: it is sent in that form. Webhooks of version 2 have no id, their type is /eventName and their data /payload. There is no timestamp, so the age of a delivery is \
     not bounded.",
    ).with_id(Location::json("/eventId")).with_event_type(Location::first_of(const { &[Location::json("/eventType"), Location::json("/eventName")] })).with_data("/data").with_event_source("https://smartcar.com/docs/api-reference/webhooks/events/overview")
    .with_body_limit(50 << 10, "https://smartcar.com/docs/integrations/webhooks (delivery behavior)");

/// SparkPost. The body is not authenticated.
///
/// Key: the user name and the password, joined by `:`.
/// Proof: `page`.
pub static SPARKPOST: Provider = Provider::new("sparkpost", "SparkPost", Scheme::basic())
    .with_source(Confidence::OfficialDocs, "https://developers.sparkpost.com/api/webhooks")
    .with_checked("2026-11")
    .with_notes("The body is not authenticated. OAuth 2 Bearer tokens are its other way.")
    .with_id(Location::header("x-messagesystems-batch-id"))
    .with_event_type(Location::first_of(SPARKPOST_TYPES))
    .with_event_source("https://developers.sparkpost.com/api/webhooks")
    .with_retries(Retries::for_secs(8 * shared::HOUR).answered_in(10))
    .with_retry_source("https://developers.sparkpost.com/api/webhooks")
    .without_body_limit("https://github.com/SparkPost/support-docs content/docs/tech-resources/webhook-data-streams.md (350 or more events a batch)");

const SPARKPOST_TYPES: &[Location] = &[
    Location::json("/0/msys/message_event/type"),
    Location::json("/0/msys/track_event/type"),
    Location::json("/0/msys/gen_event/type"),
    Location::json("/0/msys/unsubscribe_event/type"),
    Location::json("/0/msys/relay_event/type"),
];

/// Square.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static SQUARE: Provider = Provider::new(
    "square",
    "Square",
    Scheme::hmac_sha256(
        SignatureField::header("x-square-hmacsha256-signature", Encoding::Base64),
        "{url}{body}",
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/square/square-nodejs-sdk src/wrapper/WebhooksHelper.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The URL is the one that was configured. Nothing separates it and the body in what is \
      signed, so nothing of the body is reported as signed.",
)
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::for_secs(shared::DAY).answered_in(10))
.with_retry_source("https://developer.squareup.com/docs/webhooks/troubleshooting")
.without_body_limit("https://developer.squareup.com/docs/webhooks/step4manage");

/// Square (legacy).
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static SQUARE_SHA1: Provider = Provider::new(
    "square-sha1",
    "Square (legacy)",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-square-signature", Encoding::Base64),
        "{url}{body}",
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developer.squareup.com/docs/webhooks/step3validate (as it was before SHA-256)",
)
.with_notes(
    "The URL is the one that was configured. Nothing separates it and the body in what is \
          signed, so nothing of the body is reported as signed. Square sends SHA-256, too: \
          square.",
)
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::for_secs(shared::DAY).answered_in(10))
.with_retry_source("https://developer.squareup.com/docs/webhooks/troubleshooting")
.with_checked("2026-11")
.without_body_limit("https://developer.squareup.com/docs/webhooks/step4manage");

/// Squarespace.
///
/// Key: the secret, decoded from hexadecimal.
/// Proof: `page`.
pub static SQUARESPACE: Provider = Provider::new(
    "squarespace",
    "Squarespace",
    shared::body_hex("squarespace-signature").with_key(KeyFormat::HEX),
)
.with_source(Confidence::OfficialDocs, "https://developers.squarespace.com/webhooks/verifying-notifications")
.with_checked("2026-11")
.with_notes("The key is hexadecimal.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/topic"))
.with_event_source("https://developers.squarespace.com/webhooks/overview")
.with_retries(Retries::for_secs(2 * shared::DAY))
.with_retry_source("https://developers.squarespace.com/webhooks/notification-delivery")
.without_body_limit("https://developers.squarespace.com/webhooks/overview, /webhooks/notification-delivery");
