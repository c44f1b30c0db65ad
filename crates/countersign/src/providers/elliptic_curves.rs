//! Providers that sign with elliptic curves: Ed25519 and ECDSA.

use super::shapes::{self, CHOSEN};
use crate::handshake::catalogue;
use crate::provider::{Confidence, KeyScope, Proof, Provider, Responses, Retries};
use crate::scheme::{Algorithm, Encoding, KeyFormat, Location, Scheme, SignatureField, Unit};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] =
    &[&DISCORD, &FAL, &SENDGRID, &STANDARD_WEBHOOKS_V1A, &TELNYX, &TURNKEY];

/// Discord interactions / webhook events.
///
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
    .with_timestamp(Location::header("x-signature-timestamp"), Unit::Seconds, CHOSEN),
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
.with_handshakes(catalogue::DISCORD)
.with_responses(Responses::DEFAULT.with_rejection(401))
.with_retries(Retries::for_secs(600).answered_in(3))
.with_retry_source("https://docs.discord.com/developers/events/webhook-events")
.without_body_limit("https://github.com/discord/discord-api-docs developers/events/webhook-events.mdx");

const DISCORD_TYPES: &[Location] = &[Location::json("/event/type"), Location::json("/type")];

/// fal.ai. Takes the parameter `user_id`: `providers::FAL.clone().with_parameter("user_id", …)`.
///
/// Proof: `secondary`.
pub static FAL: Provider = Provider::new(
    "fal",
    "fal.ai",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::header("x-fal-webhook-signature", Encoding::Hex),
        "{id}\n{param:user_id}\n{timestamp}\n{body:sha256-hex}",
    )
    .with_timestamp(Location::header("x-fal-webhook-timestamp"), Unit::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/Hookflo/tern src/platforms/algorithms.ts; https://docs.fal.ai webhooks",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::Provider)
.with_notes(
    "Any key of the JWKS at https://rest.alpha.fal.ai/.well-known/jwks.json signs. All \
      accounts share the keys: the parameter user_id is yours, which is signed; fal sends it in \
      x-fal-webhook-user-id.",
)
.with_id(Location::header("x-fal-webhook-request-id"))
.with_event_type(Location::json("/status"))
.with_data("/payload")
.with_retries(Retries::attempts(11).within(2 * shapes::HOUR).answered_in(15))
.with_retry_source("https://docs.fal.ai/model-apis/model-endpoints/webhooks");

/// SendGrid Event Webhook.
///
/// Proof: `sdk`.
pub static SENDGRID: Provider = Provider::new(
    "sendgrid",
    "SendGrid Event Webhook",
    Scheme::new(
        Algorithm::EcdsaP256Sha256,
        SignatureField::header("x-twilio-email-event-webhook-signature", Encoding::Base64),
        "{timestamp}{body}",
    )
    .with_key(KeyFormat::base64(""))
    .with_timestamp(Location::header("x-twilio-email-event-webhook-timestamp"), Unit::Seconds, CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/sendgrid/sendgrid-python sendgrid/helpers/eventwebhook",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_key_scope(KeyScope::Account)
.with_notes(
    "The key is Base64 of DER. A body has several events; id and type are those of the first. \
      It ends with CR LF, which is signed. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/0/sg_event_id"))
.with_event_type(Location::json("/0/event"))
.with_retries(Retries::for_secs(shapes::DAY))
.with_retry_source("https://docs.sendgrid.com/for-developers/tracking-events/troubleshooting")
    .with_body_limit(768 << 10, "https://github.com/sendgrid/docs content/docs/for-developers/tracking-events/getting-started-event-webhook.md");

/// Standard Webhooks v1a.
///
/// Proof: `vectors`.
pub static STANDARD_WEBHOOKS_V1A: Provider = Provider::new(
    "standard-webhooks-v1a",
    "Standard Webhooks v1a",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::list("webhook-signature", [" ", ",", "v1a"], Encoding::Base64),
        "{id}.{timestamp}.{body}",
    )
    .with_key(KeyFormat::base64("whpk_"))
    .with_timestamp(Location::header("webhook-timestamp"), Unit::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/standard-webhooks/standard-webhooks spec/standard-webhooks.md; \
      https://github.com/svix/svix-webhooks server/svix-server/src/worker.rs",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_key_scope(KeyScope::Account)
.with_notes("The key is whpk_ and Base64. Signatures of other versions (v1) are skipped.")
.with_id(Location::header("webhook-id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.as_generic()
    .without_body_limit("https://github.com/standard-webhooks/standard-webhooks spec/standard-webhooks.md (recommends less than 20 kB)");

/// Telnyx.
///
/// Proof: `sdk`.
pub static TELNYX: Provider = Provider::new(
    "telnyx",
    "Telnyx",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::header("telnyx-signature-ed25519", Encoding::Base64),
        "{timestamp}|{body}",
    )
    .with_key(KeyFormat::base64(""))
    .with_timestamp(Location::header("telnyx-timestamp"), Unit::Seconds, Tolerance::seconds(300)),
)
.with_source(Confidence::OfficialCode, "https://github.com/team-telnyx/telnyx-node src/lib/webhooks.ts")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_key_scope(KeyScope::Account)
.with_notes("The key is Base64.")
.with_id(Location::json("/data/id"))
.with_event_type(Location::json("/data/event_type"))
.with_data("/data/payload")
.with_retries(Retries::attempts(3).answered_in(2))
.with_retry_source("https://github.com/team-telnyx/ai skills: webhooks")
.without_body_limit("https://github.com/team-telnyx/ai guides/webhooks.md");

/// Turnkey.
///
/// Proof: `page`.
pub static TURNKEY: Provider = Provider::new(
    "turnkey",
    "Turnkey",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::header("x-turnkey-signature", Encoding::Hex),
        "v1.ed25519.{header:x-turnkey-signature-key-id}.{timestamp}.{id}.{body}",
    )
    .with_timestamp(Location::header("x-turnkey-timestamp"), Unit::Milliseconds, CHOSEN)
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
