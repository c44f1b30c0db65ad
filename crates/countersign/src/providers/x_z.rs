//! Slugs that begin with `x` to `z`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Pattern, Place, Trust};
use crate::provider::{Confidence, Proof, Provider, RejectionStyle, Retries};
use crate::scheme::{Encoding, Location, Scheme, SignatureField, TimestampFormat, text};

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[&X_TWITTER, &XERO, &ZAVU, &ZENDESK, &ZOHO_PAYMENTS, &ZOOM];

/// X / Twitter Account Activity.
///
/// Key: the text of the secret.
/// Proof: `vectors`.
pub static X_TWITTER: Provider = Provider::new(
    "x-twitter",
    "X / Twitter Account Activity",
    Scheme::hmac_sha256(
        SignatureField::prefixed("x-twitter-webhooks-signature", "sha256=", Encoding::Base64),
        "{body}",
    ),
)
.with_aliases(const { &[text("twitter"), text("x")] })
.with_source(
    Confidence::Secondary,
    "https://github.com/frain-dev/convoy pkg/verifier/verifier.go; \
      https://github.com/twitterdev/account-activity-dashboard",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes(
    "The key is the consumer secret. Id and type are those of the X Activity API; \
      the Account Activity API, which is deprecated, has no id, and its type is the \
      name of a key of the body.",
)
.with_handshakes(X_TWITTER_HANDSHAKES)
.with_id(Location::json("/data/event_uuid"))
.with_event_type(Location::json("/data/event_type"))
.with_event_source("https://docs.x.com/x-api/activity/event-payloads.md")
.without_body_limit(
    "https://github.com/xdevplatform/docs x-api/webhooks/introduction.mdx, x-api/webhooks/quickstart.mdx",
);

/// X: the challenge-response check, at the registration and every hour, to be answered within 3 s. The secret is
/// the consumer secret.
pub const X_TWITTER_HANDSHAKES: &[Handshake] = &[Handshake::new("crc", Trust::Secret, Method::Get)
    .with_source(
        Confidence::OfficialCode,
        "docs.x.com/x-api/webhooks/introduction; twitterdev/account-activity-dashboard",
    )
    .with_conditions(const { &[Condition::present(Place::query("crc_token"))] })
    .with_answer(Answer::json(r#"{{"response_token":"sha256={hmac-sha256-base64:query:crc_token}"}}"#))
    .with_challenge(Pattern::new("^[A-Za-z0-9+/=_.~-]{1,256}$"))];

/// Xero.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static XERO: Provider = Provider::new("xero", "Xero", shared::body_base64("x-xero-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/XeroAPI/XeroWebhooksReceiver \
          XeroWebhooksReceiver/Helpers/SignatureVerifier.cs",
    )
    .with_checked("2026-11")
    .with_notes(
        "Wrongly signed requests are sent on purpose, and are answered with 401. The type is \
          that of the first event.",
    )
    .with_event_type(Location::json("/events/0/eventType"))
    .with_handshakes(XERO_HANDSHAKES)
    .with_responses(RejectionStyle::DEFAULT.with_rejection(401).with_empty_rejection())
    .without_id(
        "https://github.com/XeroAPI/XeroWebhooksReceiver \
      WebhooksDataContracts/Payload.cs, Event.cs",
    )
    .with_retries(Retries::for_secs(shared::DAY).answered_in(5))
    .with_retry_source("https://developer.xero.com/documentation/webhooks/configuring-your-server")
    .without_body_limit("https://github.com/XeroAPI/Xero-OpenAPI xero-webhooks.yaml");

/// Xero: the intent to receive is an empty delivery, sent with correct and with wrong signatures. The former
/// expects an empty 200, the latter an empty 401: see [`RejectionStyle`](crate::RejectionStyle).
pub const XERO_HANDSHAKES: &[Handshake] = &[Handshake::new("intent_to_receive", Trust::Signed, Method::Post).with_source(Confidence::Secondary, "developer.xero.com/documentation/guides/webhooks/configuring-your-server; payload as shown by prismatic.io").with_conditions(const {
            &[
                Condition::present(Place::json("/entropy")),
                Condition::equals(Place::json("/lastEventSequence"), "0"),
                Condition::absent(Place::json("/events/0/eventType")),
            ]
        }).with_answer(Answer::status(200))];

/// Zavu.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static ZAVU: Provider = Provider::new(
    "zavu",
    "Zavu",
    shared::stripe_like("x-zavu-signature", ["t", "v2"], TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://docs.zavu.dev/guides/receiving-messages/signature-migration")
.with_checked("2026-11")
.with_notes(
    "The scheme v2. Receivers made before it send v1, which covers the body alone, until \
     they are moved: it is not accepted. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_event_source("https://docs.zavu.dev/api-v2/webhook")
.with_retry_delays(&[60, 300, 900, 3600])
.with_retry_source("https://docs.zavu.dev/api-v2/webhook")
.without_body_limit("https://github.com/zavudev/zavu-skills skills/webhook-setup/SKILL.md");

/// Zendesk.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static ZENDESK: Provider = Provider::new(
    "zendesk",
    "Zendesk",
    Scheme::hmac_sha256(
        SignatureField::header("x-zendesk-webhook-signature", Encoding::Base64),
        "{timestamp}{body}",
    )
    .with_timestamp(
        Location::header("x-zendesk-webhook-signature-timestamp"),
        TimestampFormat::Rfc3339,
        shared::CHOSEN,
    ),
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

/// Zoho Payments.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static ZOHO_PAYMENTS: Provider = Provider::new(
    "zoho-payments",
    "Zoho Payments",
    shared::stripe_like(
        "x-zoho-webhook-signature",
        ["t", "v"],
        TimestampFormat::Milliseconds,
        shared::CHOSEN,
    ),
)
.with_source(Confidence::OfficialDocs, "https://zoho.com/in/payments/developerdocs/webhooks/verification")
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
// The 15 s are those of the page on verification.
.with_retries(Retries::for_secs(2 * shared::DAY).answered_in(15))
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/event_type"))
.with_data("/event_object")
.with_event_source("https://www.zoho.com/us/payments/api/v1/webhooks-events")
.with_retry_source("https://www.zoho.com/in/payments/developerdocs/webhooks/configure")
.without_body_limit("https://www.zoho.com/in/payments/developerdocs/webhooks/configure");

/// Zoom.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static ZOOM: Provider = Provider::new(
    "zoom",
    "Zoom",
    Scheme::hmac_sha256(
        SignatureField::prefixed("x-zm-signature", "v0=", Encoding::Hex),
        "v0:{timestamp}:{body}",
    )
    .with_timestamp(Location::header("x-zm-request-timestamp"), TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(Confidence::OfficialCode, "https://github.com/zoom/webhook-sample index.js, README.md")
.with_checked("2026-11")
.with_notes("The official sample does not check the time. Tolerance chosen: 300 s both ways.")
.with_event_type(Location::json("/event"))
.with_data("/payload")
.with_handshakes(ZOOM_HANDSHAKES)
.without_id("https://developers.zoom.us/docs/api/events/events.md")
.with_retries(Retries::ack_only(3))
.with_retry_delays(&[300, 1200, 3600])
.with_retry_source("https://developers.zoom.us/blog/webhook-delays")
.without_body_limit(
    "https://github.com/zoom/skills skills/webhooks/SKILL.md, skills/webhooks/references/subscriptions.md",
);

/// Zoom: signed, and the answer proves the secret once more. Repeated every 72 hours.
pub const ZOOM_HANDSHAKES: &[Handshake] = &[Handshake::new("endpoint.url_validation", Trust::Signed, Method::Post).with_source(Confidence::OfficialCode, "zoom/webhook-sample index.js; developers.zoom.us/docs/api/webhooks").with_conditions(const {
            &[
                Condition::equals(Place::json("/event"), "endpoint.url_validation"),
                Condition::present(Place::json("/payload/plainToken")),
            ]
        }).with_answer(Answer::json(
        r#"{{"plainToken":"{json:/payload/plainToken}","encryptedToken":"{hmac-sha256-hex:json:/payload/plainToken}"}}"#,
    ))];
