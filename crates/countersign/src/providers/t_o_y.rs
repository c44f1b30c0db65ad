//! Slugs that begin with `to` to `ty`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, DigestFormat, Encoding, JwtRules, Location, Scheme, SignatureField, TimestampFormat,
    text,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&TOLT, &TRELLO, &TRIGGER_DEV, &TRUELAYER, &TURNKEY, &TWILIO_BODY_SHA256, &TWILIO, &TWITCH, &TYPEFORM];

/// Tolt.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static TOLT: Provider = Provider::new("tolt", "Tolt", shared::SVIX_SCHEME)
    .with_source(Confidence::OfficialDocs, "https://docs.tolt.com/webhooks/verify")
    .with_checked("2026-11")
    .with_notes("Delivered by Svix. Accepts the webhook-* names of the headers, too.")
    .with_id(shared::SVIX_ID)
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_event_source("https://docs.tolt.com/webhooks/introduction")
    .with_retry_delays(shared::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries (delivered by Svix)")
    .with_body_limit(shared::SVIX_BODY, shared::SVIX_BODY_SOURCE);

/// Trello.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static TRELLO: Provider = Provider::new(
    "trello",
    "Trello",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-trello-webhook", Encoding::Base64),
        "{body}{url}",
    ),
)
.with_source(
    Confidence::Secondary,
    "https://www.npmjs.com/package/n8n-nodes-base 2.41.2 \
          dist/nodes/Trello/TrelloTriggerHelpers.js",
)
.with_checked("2026-11")
.with_notes(
    "The URL is the one that was configured. Nothing separates the body and it in what is \
      signed, so nothing of the body is reported as signed. The key is the secret of the \
      application.",
)
.with_id(Location::json("/action/id"))
.with_event_type(Location::json("/action/type"))
.with_handshakes(TRELLO_HANDSHAKES)
.with_retry_delays(&[30, 60, 120])
.with_retry_source(
    "memory: https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks (of the \
      delays; an older state of the page, which was read, says three retries)",
)
.without_body_limit("https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks (an older state)");

/// Trello.
pub const TRELLO_HANDSHAKES: &[Handshake] = &[Handshake::new("head", Trust::Echo, Method::Head)
    .with_source(
        Confidence::Secondary,
        "developer.atlassian.com/cloud/trello/guides/rest-api/webhooks; aspnet/AspNetWebHooks",
    )
    .with_conditions(const { &[] })
    .with_answer(Answer::status(200))];

/// Trigger.dev.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static TRIGGER_DEV: Provider =
    Provider::new("trigger-dev", "Trigger.dev", shared::body_hex("x-trigger-signature-hmacsha256"))
        .with_source(
            Confidence::OfficialCode,
            "https://www.npmjs.com/package/@trigger.dev/sdk 4.8.3 dist/esm/v3/webhooks.js",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
        .with_id(Location::json("/id"))
        .with_event_type(Location::json("/type"))
        .with_retries(Retries::attempts(3).answered_in(5))
        .with_retry_source("https://github.com/triggerdotdev/trigger.dev apps/webapp/app/v3/alertsWorker.server.ts, services/alerts/deliverAlert.server.ts")
        .without_body_limit("https://github.com/triggerdotdev/trigger.dev docs/troubleshooting-alerts.mdx");

/// TrueLayer: a detached signature over method, path, the headers that it lists, and the body.
///
/// Key: a public key.
/// Proof: `sdk`.
pub static TRUELAYER: Provider = Provider::new(
    "truelayer",
    "TrueLayer",
    Scheme::jwt(shared::bare_token("tl-signature"), "ES512")
        .with_jwt(JwtRules::new("ES512").detached().with_parameter_headers(
            "tl_version=tl-signature-version|tl_headers=tl-signature-headers",
        ))
        .with_content("{method} {path}\n{headers:claim:tl_headers}{body}")
        .with_any_trailing_slash()
        .with_timestamp(
            Location::header("x-tl-webhook-timestamp"),
            TimestampFormat::Rfc3339,
            Tolerance::seconds(300),
        )
        .with_checks(const { &[Check::equals(Location::claim("tl_version"), "2")] }),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/TrueLayer/truelayer-signing rust/src/verify/custom_verifer.rs; \
      https://docs.truelayer.com/docs/verify-the-signature-of-a-payment-webhook",
)
.with_checked("2026-11").with_proof(Proof::Sdk)
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "Needs the public URL, of which the path is signed, with a slash more or less at its end, as by the official libraries. Tl-Signature-Version and Tl-Signature-Headers stand in for what the header of the JWT lacks, as in those for Rust and C#, if they are signed. Keys: https://webhooks.truelayer.com/.well-known/jwks, in the sandbox https://webhooks.truelayer-sandbox.com/.well-known/jwks. All clients share the keys: look the payment up among yours. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/event_id"))
.with_event_type(Location::first_of(
    const { &[Location::json("/type"), Location::json("/event_type")] },
))
.with_retries(Retries { attempts: None, window_secs: Some(72 * 3600), ack_secs: None })
.with_retry_source("https://docs.truelayer.com/docs/set-up-webhook-notifications-payments-v2")
.without_body_limit("https://docs.truelayer.com/docs/payments-v3-webhook-notifications, set-up-webhook-notifications-payments-v2");

/// Turnkey.
///
/// Key: a public key.
/// Proof: `page`.
pub static TURNKEY: Provider = Provider::new(
    "turnkey",
    "Turnkey",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::header("x-turnkey-signature", Encoding::Hex),
        "v1.ed25519.{header:x-turnkey-signature-key-id}.{timestamp}.{id}.{body}",
    )
    .with_timestamp(Location::header("x-turnkey-timestamp"), TimestampFormat::Milliseconds, shared::CHOSEN)
    .with_key_id(Location::header("x-turnkey-signature-key-id")),
)
.with_source(Confidence::OfficialDocs, "https://docs.turnkey.com/features/webhooks/verify-signatures")
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "The keys are a JWKS: https://api.turnkey.com/public/v1/discovery/webhooks/jwks. That the \
      signature is hexadecimal, and where the type is, was read in third-party code. \
      Tolerance chosen: 300 s both ways. All organizations share the keys, and the header with \
      the organization is not signed: compare the organization in the body with yours and your \
      sub-organizations.",
)
.with_id(Location::header("x-turnkey-event-id"))
.with_event_type(Location::json("/type"))
.without_body_limit("https://github.com/tkhq/docs features/webhooks/overview.mdx");

/// Twilio, JSON requests: the signed URL contains the digest of the body.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static TWILIO_BODY_SHA256: Provider = Provider::new(
    "twilio-body-sha256",
    "Twilio (JSON)",
    Scheme::new(Algorithm::HmacSha1, SignatureField::header("x-twilio-signature", Encoding::Base64), "{url}")
        .with_any_port()
        .with_checks(BODY_IN_URL),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/twilio/twilio-node src/webhooks/webhooks.ts; twilio-python request_validator.py",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The key is the auth token. Needs the public URL, whose parameter bodySHA256 binds the \
      body.",
)
.with_id(Location::header("i-twilio-idempotency-token"))
.without_event_type("https://github.com/twilio/twilio-node src/webhooks/webhooks.ts (takes any body)")
.with_retries(Retries::attempts(2).within(15).answered_in(15))
.with_retry_source("https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides (defaults)")
.without_body_limit("https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides");

const BODY_IN_URL: &[Check] =
    &[Check::digest(Location::query("bodySHA256"), DigestFormat::Sha256Hex, "{body}")];

/// Twilio (form).
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static TWILIO: Provider = Provider::new(
    "twilio-form",
    "Twilio (form)",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-twilio-signature", Encoding::Base64),
        "{url}{form:sorted}",
    )
    .with_any_port(),
)
.with_aliases(const { &[text("twilio")] })
.with_source(
    Confidence::OfficialCode,
    "https://github.com/twilio/twilio-node src/webhooks/webhooks.ts; twilio-python \
          request_validator.py",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The key is the auth token. The URL is the public one; its port is tried as it is, \
      removed, and as the default, because Twilio's own rule depends on the client. There is no \
      timestamp: keep the idempotency tokens. Calls have CallStatus, not MessageStatus. Nothing \
      separates the URL and the fields of the form in what is signed, and a text message can \
      hold what looks like fields, so no field is reported as signed.",
)
.with_id(Location::header("i-twilio-idempotency-token"))
.with_event_type(Location::first_of(TWILIO_TYPES))
.with_retries(Retries::attempts(2).within(15).answered_in(15))
.with_retry_source("https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides (defaults)")
.without_body_limit("https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides");

const TWILIO_TYPES: &[Location] =
    &[Location::form("MessageStatus"), Location::form("CallStatus"), Location::form("SmsStatus")];

/// Twitch EventSub.
///
/// Key: the text of the secret.
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
        TimestampFormat::Rfc3339,
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
.with_handshakes(TWITCH_HANDSHAKES)
.without_body_limit("https://dev.twitch.tv/docs/eventsub/handling-webhook-events");

/// Twitch EventSub. The `revocation` of a subscription is a delivery, because the handler needs it.
pub const TWITCH_HANDSHAKES: &[Handshake] =
    &[Handshake::new("webhook_callback_verification", Trust::Signed, Method::Post)
        .with_source(Confidence::OfficialDocs, "dev.twitch.tv/docs/eventsub/handling-webhook-events")
        .with_conditions(
            const {
                &[
                    Condition::equals(
                        Place::header("twitch-eventsub-message-type"),
                        "webhook_callback_verification",
                    ),
                    Condition::present(Place::json("/challenge")),
                ]
            },
        )
        .with_answer(Answer::text("{json:/challenge}"))];

/// Typeform.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static TYPEFORM: Provider = Provider::new(
    "typeform",
    "Typeform",
    Scheme::hmac_sha256(
        SignatureField::prefixed("typeform-signature", "sha256=", Encoding::Base64),
        "{body}",
    ),
)
.with_source(Confidence::OfficialDocs, "https://www.typeform.com/developers/webhooks/secure-your-webhooks/")
.with_checked("2026-11")
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/event_type"))
.with_retries(Retries::for_secs(38_100).answered_in(30))
.with_retry_source("https://www.typeform.com/developers/webhooks")
.without_body_limit("https://www.typeform.com/developers/webhooks");
