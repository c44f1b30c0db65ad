//! Slugs that begin with `sl` to `sq`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, KeyFormat, Location, Scheme, SignatureField, TimestampFormat};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&SLACK, &SMARTCAR, &SPARKPOST, &SQUARE, &SQUARE_SHA1, &SQUARESPACE];

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
