//! P to W.

use super::super::shapes;
use super::super::shapes::WEBHOOK_CO;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Encoding, KeyFormat, Location, Scheme, SignatureField};

/// By slug.
pub(in crate::providers) const FAMILY: &[&Provider] = &[
    &PAGERDUTY,
    &PUSHER,
    &RAMP,
    &RAZORPAY,
    &REWARDFUL,
    &SENDBIRD,
    &SENTRY,
    &SQUARESPACE,
    &VAPI,
    &VIBER,
    &WORLDPAY,
];

/// PagerDuty v3.
///
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
.with_retries(Retries::for_secs(2 * shapes::DAY).answered_in(5))
.with_retry_source("https://github.com/PagerDuty/developer-docs docs/webhooks/02-Behavior.md");

/// Pusher Channels.
///
/// Proof: `sdk`.
pub static PUSHER: Provider =
    Provider::new("pusher", "Pusher Channels", shapes::body_hex("x-pusher-signature"))
        .with_source(Confidence::OfficialCode, "https://github.com/pusher/pusher-http-node lib/webhook.js")
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes(
            "X-Pusher-Key names the key; all configured secrets are tried. /time_ms is signed, \
              but not bounded. The type is that of the first event.",
        )
        .with_event_type(Location::json("/events/0/name"))
        .without_id("https://docs.bird.com/pusher/channels/channels/webhooks")
        .with_retries(Retries::for_secs(300).answered_in(4))
        .with_retry_source(
            "\
          https://docs.bird.com/pusher/channels/channels/webhooks/channels-webhook-timeouts-and-retries",
        )
        .without_body_limit("https://github.com/pusher/docs docs/channels/server_api/webhooks.md");

/// Ramp.
///
/// Proof: `page`.
pub static RAMP: Provider =
    Provider::new("ramp", "Ramp", shapes::body_hex("x-ramp-signature,x-ramp-webhook-signature"))
        .with_source(
            Confidence::OfficialDocs,
            "https://docs.ramp.com/developer-api/v1/webhooks (as in \
      https://github.com/riker-t/ramp-dev-mcp data/developer-api/webhooks.mdx)",
        )
        .with_checked("2026-11")
        .with_notes(
            "The page names the header x-ramp-webhook-signature, others x-ramp-signature: \
      both are read. The challenge that activates a subscription is answered by a call \
      of the API.",
        )
        .with_id(Location::json("/id"))
        .with_retries(Retries { attempts: Some(10), window_secs: None, ack_secs: Some(10) })
        .with_event_type(Location::json("/type"))
        .with_event_source("https://docs.ramp.com/developer-api/v1/webhooks")
        .without_body_limit("https://github.com/riker-t/ramp-dev-mcp data/developer-api/webhooks.mdx");

/// Razorpay.
///
/// Proof: `sdk`.
pub static RAZORPAY: Provider =
    Provider::new("razorpay", "Razorpay", shapes::body_hex("x-razorpay-signature"))
        .with_source(
            Confidence::OfficialCode,
            "https://github.com/razorpay/razorpay-python razorpay/utility/utility.py",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes("The id is a header that the signature does not cover.")
        .with_id(Location::header("x-razorpay-event-id"))
        .with_event_type(Location::json("/event"))
        .with_data("/payload")
        .with_retries(Retries::for_secs(shapes::DAY))
        .with_retry_source("https://razorpay.com/docs/webhooks/best-practices")
        .without_body_limit("https://github.com/razorpay/markdown-docs webhooks/all.md, webhooks/faqs.md");

/// Rewardful.
///
/// Proof: `page`.
pub static REWARDFUL: Provider =
    Provider::new("rewardful", "Rewardful", shapes::body_hex("x-rewardful-signature"))
        .with_source(Confidence::OfficialDocs, "https://developers.rewardful.com/webhooks/signed-webhooks")
        .with_checked("2026-11")
        .with_id(Location::json("/event/id"))
        .with_event_type(Location::json("/event/type"))
        .with_event_source("https://developers.getrewardful.com/webhooks/requests");

/// Sendbird.
///
/// Proof: `secondary`.
pub static SENDBIRD: Provider =
    Provider::new("sendbird", "Sendbird", shapes::body_hex("x-sendbird-signature"))
        .with_source(Confidence::Secondary, WEBHOOK_CO)
        .with_checked("2026-11")
        .with_notes("The key is the master API token.")
        .with_event_type(Location::json("/category"))
        .without_id("https://sendbird.com/docs/chat/v3/platform-api/webhook/events/group-channel")
        .with_retries(Retries::attempts(3).answered_in(5))
        .with_retry_source("https://docs.sendbird.com/docs/chat/platform-api/v3/webhook/webhook-overview");

/// Sentry.
///
/// Proof: `page`.
pub static SENTRY: Provider = Provider::new("sentry", "Sentry", shapes::body_hex("sentry-hook-signature"))
    .with_source(
        Confidence::OfficialDocs,
        "https://github.com/getsentry/integration-platform-example \
          backend-ts/src/api/middleware/verifySentrySignature.ts; \
          https://docs.sentry.io/integrations/integration-platform/webhooks/",
    )
    .with_checked("2026-11")
    .with_notes(
        "Id and type are headers that the signature does not cover. What happened to the \
          resource is /action. Sentry-Hook-Timestamp is not signed, and not looked at.",
    )
    .with_id(Location::header("request-id"))
    .with_event_type(Location::header("sentry-hook-resource"))
    .with_retries(Retries::ack_only(1))
    .with_retry_source(
        "https://sentry.io/changelog/2023-10-3-change-to-integration-platform-webhook-handling",
    )
    .without_body_limit(
        "https://github.com/getsentry/sentry-docs docs/integrations/integration-platform/webhooks.mdx",
    );

/// Squarespace.
///
/// Proof: `page`.
pub static SQUARESPACE: Provider = Provider::new(
    "squarespace",
    "Squarespace",
    shapes::body_hex("squarespace-signature").with_key(KeyFormat::HEX),
)
.with_source(Confidence::OfficialDocs, "https://developers.squarespace.com/webhooks/verifying-notifications")
.with_checked("2026-11")
.with_notes("The key is hexadecimal.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/topic"))
.with_event_source("https://developers.squarespace.com/webhooks/overview");

/// Vapi.
///
/// Proof: `page`.
pub static VAPI: Provider = Provider::new("vapi", "Vapi", shapes::body_hex("x-vapi-signature"))
    .with_source(
        Confidence::OfficialDocs,
        "https://github.com/VapiAI/docs fern/assistants/examples/support-escalation.mdx, \
          fern/apis/api/openapi.json (HMACAuthenticationPlan)",
    )
    .with_checked("2026-11")
    .with_notes(
        "Header, prefix and content are set by the user in the custom credential. This is \
          what the examples of the documentation check: x-vapi-signature, without prefix, with \
          the body alone as the content. The defaults of a credential are x-signature, \
          x-timestamp and `{timestamp}.{body}`. The older X-Vapi-Secret is a token.",
    )
    .with_event_type(Location::json("/message/type"))
    .without_id("https://docs.vapi.ai/server-url/events")
    .without_body_limit("https://github.com/VapiAI/docs fern/server-url.mdx, fern/server-url/events.mdx");

/// Viber.
///
/// Proof: `sdk`.
pub static VIBER: Provider = Provider::new("viber", "Viber", shapes::body_hex("x-viber-content-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/Viber/viber-bot-node lib/message/message-validator.js",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes("The key is the auth token.")
    .with_id(Location::json("/message_token"))
    .with_event_type(Location::json("/event"));

/// Worldpay Access.
///
/// Proof: `page`.
pub static WORLDPAY: Provider = Provider::new(
    "worldpay",
    "Worldpay Access",
    Scheme::hmac_sha256(
        SignatureField::list("event-signature", [",", "/SHA256/", "*"], Encoding::Hex),
        "{body}",
    ),
)
.with_source(Confidence::OfficialDocs, "https://developer.worldpay.com/products/access/events/signature")
.with_checked("2026-11")
.with_notes(
    "Each item names its key: keyId/SHA256/signature. All items are tried with all \
          secrets.",
)
.with_id(Location::json("/eventId"))
.with_event_type(Location::json("/eventDetails/type"))
.with_retries(Retries::for_secs(7 * shapes::DAY))
.with_retry_source("https://developer.worldpay.com/products/access/events");
