//! L to Z.

use super::super::shapes::{self, CHOSEN, WEBHOOK_CO};
use crate::handshake::catalogue;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Encoding, Location, Scheme, SignatureField, Unit};
use crate::time::Tolerance;

/// By slug.
pub(in crate::providers) const FAMILY: &[&Provider] =
    &[&LOB, &ORB, &REVOLUT, &SINCH, &SLACK, &TWITCH, &WEBFLOW, &ZENDESK, &ZOOM];

/// Lob.
///
/// Proof: `secondary`.
pub static LOB: Provider = Provider::new(
    "lob",
    "Lob",
    Scheme::hmac_sha256(SignatureField::header("lob-signature", Encoding::Hex), "{timestamp}.{body}")
        .with_timestamp(Location::header("lob-signature-timestamp"), Unit::Either, CHOSEN),
)
.with_source(Confidence::Secondary, WEBHOOK_CO)
.with_checked("2026-11")
.with_notes(
    "The unit of the timestamp is not documented: seconds and milliseconds are read. Tolerance \
      chosen: 300 s both ways.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/event_type/id"))
.with_data("/body")
.with_retries(Retries::attempts(8))
.with_retry_source("https://docs.lob.com/#tag/Webhooks");

/// Orb.
///
/// Proof: `sdk`.
pub static ORB: Provider = Provider::new(
    "orb",
    "Orb",
    Scheme::hmac_sha256(
        SignatureField::list("x-orb-signature", [" ", "=", "v1"], Encoding::Hex),
        "v1:{timestamp}:{body}",
    )
    .with_timestamp(Location::header("x-orb-timestamp"), Unit::Rfc3339Utc, Tolerance::seconds(300)),
)
.with_source(Confidence::OfficialCode, "https://github.com/orbcorp/orb-python src/orb/resources/webhooks.py")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes("The timestamp has no zone and is in UTC.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"));

/// Revolut.
///
/// Proof: `page`.
pub static REVOLUT: Provider = Provider::new(
    "revolut",
    "Revolut",
    Scheme::hmac_sha256(
        SignatureField::list("revolut-signature", [",", "=", "v1"], Encoding::Hex),
        "v1.{timestamp}.{body}",
    )
    .with_timestamp(
        Location::header("revolut-request-timestamp"),
        Unit::Milliseconds,
        Tolerance::seconds(300),
    ),
)
.with_source(Confidence::OfficialDocs, "https://developer.revolut.com verify-the-payload-signature")
.with_checked("2026-11")
.with_notes("What is signed is from memory in part: check before you rely on it.")
.with_event_type(Location::json("/event"))
.without_id("https://developer.revolut.com/docs/guides/manage-accounts/webhooks/about-webhooks")
.with_retry_delays(&[600, 600, 600])
.with_retry_source("https://developer.revolut.com/docs/api/business/tags/tag-webhooks-v2.md");

/// Sinch.
///
/// Proof: `page`.
pub static SINCH: Provider = Provider::new(
    "sinch",
    "Sinch",
    Scheme::hmac_sha256(
        SignatureField::header("x-sinch-webhook-signature", Encoding::Base64),
        "{body}.{header:x-sinch-webhook-signature-nonce}.{timestamp}",
    )
    .with_timestamp(Location::header("x-sinch-webhook-signature-timestamp"), Unit::Seconds, CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/sinch/sinch-sdk-node \
          packages/sdk-client/src/utils/authorization.helper.ts",
)
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.without_id(
    "https://github.com/sinch/sinch-sdk-node \
      packages/conversation/src/rest/v1/callbacks/callbacks-webhook.ts",
)
.without_event_type(
    "https://github.com/sinch/sinch-sdk-node \
      packages/conversation/src/rest/v1/callbacks/callbacks-webhook.ts (the type is \
      the name of a member)",
)
.with_retries(Retries::for_secs(shapes::DAY))
.with_retry_source("memory: https://developers.sinch.com/docs/conversation/callbacks");

/// Slack.
///
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
        Unit::Seconds,
        Tolerance::seconds(300),
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/slackapi/python-slack-sdk slack_sdk/signature; bolt-js \
      src/receivers/verify-request.ts",
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
.with_handshakes(catalogue::SLACK)
.with_retries(Retries { attempts: Some(4), window_secs: None, ack_secs: Some(3) });

/// Requests about the app itself have no inner event: `app_rate_limited`.
const SLACK_TYPES: &[Location] = &[Location::json("/event/type"), Location::json("/type")];

/// Twitch EventSub.
///
/// Proof: `page`.
pub static TWITCH: Provider = Provider::new(
    "twitch",
    "Twitch EventSub",
    Scheme::hmac_sha256(
        SignatureField::prefixed("twitch-eventsub-message-signature", "sha256=", Encoding::Hex),
        "{id}{timestamp}{body}",
    )
    .with_timestamp(
        Location::header("twitch-eventsub-message-timestamp"),
        Unit::Rfc3339,
        Tolerance::seconds(600),
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/twitchdev/twitch-cli internal/events/trigger/forward_event.go",
)
.with_checked("2026-11")
.with_notes(
    "The type is a header that the signature does not cover. Ten minutes are what its guide \
      asks for, so a message id has to be kept at least that long.",
)
.with_id(Location::header("twitch-eventsub-message-id"))
.with_event_type(Location::header("twitch-eventsub-subscription-type"))
.with_data("/event")
.with_handshakes(catalogue::TWITCH);

/// Webflow.
///
/// Proof: `sdk`.
pub static WEBFLOW: Provider = Provider::new(
    "webflow",
    "Webflow",
    Scheme::hmac_sha256(SignatureField::header("x-webflow-signature", Encoding::Hex), "{timestamp}:{body}")
        .with_timestamp(Location::header("x-webflow-timestamp"), Unit::Milliseconds, CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/webflow/js-webflow-api src/wrapper/WebhooksClient.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The key is the secret of the webhook, or the client secret of the OAuth app that made it. \
      The official library does not check the time. Tolerance chosen: 300 s both ways.",
)
.with_event_type(Location::json("/triggerType"))
.with_data("/payload")
.without_id("https://developers.webflow.com/reference/webhooks")
.with_retries(Retries::attempts(3))
.with_retry_source("https://developers.webflow.com/data/changelog/webhook-retries");

/// Zendesk.
///
/// Proof: `page`.
pub static ZENDESK: Provider = Provider::new(
    "zendesk",
    "Zendesk",
    Scheme::hmac_sha256(
        SignatureField::header("x-zendesk-webhook-signature", Encoding::Base64),
        "{timestamp}{body}",
    )
    .with_timestamp(Location::header("x-zendesk-webhook-signature-timestamp"), Unit::Rfc3339, CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://developer.zendesk.com/documentation/webhooks/verifying/")
.with_checked("2026-11")
.with_notes(
    "The id is a header that the signature does not cover; webhooks on events also have a \
      signed /id. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::header("x-zendesk-webhook-invocation-id"))
.with_event_type(Location::json("/type"))
.with_retries(Retries::attempts(6).answered_in(12))
.with_retry_source("memory: https://developer.zendesk.com/api-reference/webhooks/introduction")
.with_body_limit(256 << 10, "https://support.zendesk.com/hc/en-us/articles/4408839108378");

/// Zoom.
///
/// Proof: `page`.
pub static ZOOM: Provider = Provider::new(
    "zoom",
    "Zoom",
    Scheme::hmac_sha256(
        SignatureField::prefixed("x-zm-signature", "v0=", Encoding::Hex),
        "v0:{timestamp}:{body}",
    )
    .with_timestamp(Location::header("x-zm-request-timestamp"), Unit::Seconds, CHOSEN),
)
.with_source(Confidence::OfficialCode, "https://github.com/zoom/webhook-sample index.js, README.md")
.with_checked("2026-11")
.with_notes("The official sample does not check the time. Tolerance chosen: 300 s both ways.")
.with_event_type(Location::json("/event"))
.with_data("/payload")
.with_handshakes(catalogue::ZOOM)
.without_id("https://developers.zoom.us/docs/api/events/events.md")
.with_retries(Retries::ack_only(3))
.with_retry_delays(&[300, 1200, 3600])
.with_retry_source("https://developers.zoom.us/blog/webhook-delays");
