//! Slugs that begin with `da` to `di`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, KeyScope, Proof, Provider, RejectionStyle, Retries};
use crate::scheme::{Algorithm, Encoding, KeyFormat, Location, Scheme, SignatureField, TimestampFormat};

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[&DATADOG, &DEEL, &DEEPGRAM, &DIDIT, &DIGITALOCEAN, &DISCORD];

/// Datadog. The body is not authenticated.
///
/// Key: the text of the secret, which is sent as it is.
/// Proof: `page`.
pub static DATADOG: Provider = Provider::new("datadog", "Datadog", Scheme::token("authorization"))
    .with_source(Confidence::OfficialDocs, "https://docs.datadoghq.com/integrations/webhooks/")
    .with_checked("2026-11")
    .with_notes(
        "The body is not authenticated. The header is configured at the sender; this one was \
          chosen.",
    )
    .without_id("https://docs.datadoghq.com/integrations/webhooks/ (the user writes the payload)")
    .without_event_type("https://docs.datadoghq.com/integrations/webhooks/ (the user writes the payload)")
    .with_retries(Retries::attempts(6).answered_in(15))
    .with_retry_source("https://docs.datadoghq.com/integrations/webhooks/")
    .without_body_limit("https://docs.datadoghq.com/integrations/webhooks/ (first part)");

/// Deel.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static DEEL: Provider = Provider::new(
    "deel",
    "Deel",
    Scheme::hmac_sha256(SignatureField::header("x-deel-signature", Encoding::Hex), "POST{body}"),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developer.deel.com/v2.1.72/docs/webhooks-get-started; \
          https://developer.deel.com/v2.1.51/docs/security",
)
.with_checked("2026-11")
.with_notes("The text POST stands before the body.")
.with_event_type(Location::json("/data/meta/event_type"))
.with_event_source("https://github.com/api-evangelist/deel asyncapi/deel-webhooks-asyncapi.yaml")
.without_id("memory: https://developer.deel.com/api/webhooks")
.without_body_limit(
    "https://developer.deel.com/docs/webhooks-get-started, /docs/webhooks-manage (first part)",
);

/// Deepgram callbacks. The body is not authenticated.
///
/// Key: the user name and the password, joined by `:`.
/// Proof: `page`.
pub static DEEPGRAM: Provider = Provider::new("deepgram", "Deepgram callbacks", Scheme::basic())
    .with_source(Confidence::OfficialDocs, "https://developers.deepgram.com/changelog/2026/10/27")
    .with_checked("2026-11")
    .with_notes(
        "The body is not authenticated. User and password stand in the callback URL that \
      is given to Deepgram. It no longer supports its header dg-token.",
    )
    .with_id(Location::json("/metadata/request_id"))
    .without_event_type("https://developers.deepgram.com/docs/callback (the body is the transcript)")
    .with_event_source("https://github.com/deepgram/deepgram-docs fern/docs/pre-recorded-audio.mdx")
    .with_retry_delays(&[30; 10])
    .with_retry_source("https://developers.deepgram.com/docs/callback")
    .without_body_limit(
        "https://github.com/deepgram/deepgram-docs fern/docs/callback.mdx, fern/docs/payload-too-large.mdx",
    );

/// Didit.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static DIDIT: Provider = Provider::new("didit", "Didit", shared::body_hex("x-signature"))
    .with_source(Confidence::OfficialDocs, "https://docs.didit.me/integration/webhooks")
    .with_checked("2026-11")
    .with_notes(
        "The signature of the raw bytes, one of three that are sent. X-Timestamp is not \
     signed by it: Didit advises to refuse what is older than 300 s, and the body has a \
     time of its own.",
    )
    .with_event_type(Location::json("/webhook_type"))
    .with_id(Location::json("/event_id"))
    .with_event_source("https://docs.didit.me/transaction-monitoring/webhooks")
    .with_retries(Retries::attempts(6).within(shared::DAY))
    .with_retry_source("https://docs.didit.me/transaction-monitoring/webhooks")
    .without_body_limit(
        "https://github.com/didit-protocol/skills skills/didit-verification-management/SKILL.md",
    );

/// DigitalOcean.
///
/// Key: the text of the secret.
/// Proof: `vectors`.
pub static DIGITALOCEAN: Provider = Provider::new(
    "digitalocean",
    "DigitalOcean",
    shared::stripe_like("do-signature", ["t", "v1"], TimestampFormat::Either, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/digitalocean/webhook-sdk-javascript src/index.ts, src/SignatureScheme.ts, \
     src/Signature.spec.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes(
    "The examples of the timestamp have seconds, the code of the SDK milliseconds: both \
     are read. It changes with every attempt. Tolerance chosen: 300 s both ways.",
)
.with_event_type(Location::header("do-event-name"));

/// Discord interactions / webhook events.
///
/// Key: a public key.
/// Proof: `sdk`.
pub static DISCORD: Provider = Provider::new(
    "discord",
    "Discord interactions / webhook events",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::header("x-signature-ed25519", Encoding::Hex),
        "{timestamp}{body}",
    )
    .with_key(KeyFormat::HEX)
    .with_timestamp(Location::header("x-signature-timestamp"), TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(Confidence::OfficialCode, "https://github.com/discord/discord-interactions-js src/index.ts")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_key_scope(KeyScope::Account)
.with_notes(
    "Wrongly signed requests are sent on purpose, and are answered with 401. The key is \
      hexadecimal. The type is a number. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::first_of(DISCORD_TYPES))
.with_handshakes(DISCORD_HANDSHAKES)
.with_responses(RejectionStyle::DEFAULT.with_rejection(401))
.with_retries(Retries::for_secs(600).answered_in(3))
.with_retry_source("https://docs.discord.com/developers/events/webhook-events")
.without_body_limit("https://github.com/discord/discord-api-docs developers/events/webhook-events.mdx");

/// Discord: interactions ping with type 1, webhook events with type 0. Both are signed, and Discord checks that a
/// wrong signature gets a 401: see [`RejectionStyle`](crate::RejectionStyle). An event of a webhook has type 1, too, and
/// contains an `event`.
pub const DISCORD_HANDSHAKES: &[Handshake] = &[
    Handshake::new("interactions_ping", Trust::Signed, Method::Post).with_source(Confidence::OfficialCode, "docs.discord.com/developers/interactions/overview; discord/discord-interactions-js src/index.ts").with_conditions(const {
                &[Condition::equals(Place::json("/type"), "1"), Condition::absent(Place::json("/event/type"))]
            }).with_answer(Answer::json(r#"{{"type":1}}"#)),
    Handshake::new("webhook_events_ping", Trust::Signed, Method::Post).with_source(Confidence::OfficialDocs, "docs.discord.com/developers/events/webhook-events; discord/discord-interactions-js src/webhooks.ts").with_conditions(const { &[Condition::equals(Place::json("/type"), "0")] }).with_answer(Answer::status(204)),
];

const DISCORD_TYPES: &[Location] = &[Location::json("/event/type"), Location::json("/type")];
