//! Media and artificial intelligence.

use super::shapes::CHOSEN;
use super::{standard_webhooks, stripe_like};
use crate::provider::{Confidence, Proof, Provider};
use crate::scheme::{
    Check, Digest, Encoding, Format, KeyFormat, Location, Scheme, SignatureField, TokenRules, Unit, text,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[&GRANOLA, &IMAGEKIT, &LIVEKIT, &SYNC_LABS];

/// Granola.
///
/// Proof: `secondary`.
pub static GRANOLA: Provider = Provider::new("granola", "Granola", standard_webhooks::SCHEME)
    .with_source(
        Confidence::Secondary,
        "https://www.npmjs.com/package/@trigger.dev/core 4.8.3 dist/esm/v3/webhooks/index.js \
     (granola)",
    )
    .with_checked("2026-11")
    .with_notes("Deliveries have the id of a note, not its text.")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/event_type"));

/// ImageKit.
///
/// Proof: `sdk`.
pub static IMAGEKIT: Provider =
    Provider::new("imagekit", "ImageKit", standard_webhooks::SCHEME.with_key(KeyFormat::UTF8))
        .with_source(
            Confidence::OfficialCode,
            "https://www.npmjs.com/package/@imagekit/nodejs 7.11.0 resources/webhooks.js unwrap \
     (standardwebhooks)",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes("The key is the whole text of the secret, its prefix included.")
        .with_id(Location::header("webhook-id"))
        .with_event_type(Location::json("/type"))
        .with_data("/data");

/// LiveKit. Takes the parameter `api_key`.
///
/// Proof: `sdk`.
pub static LIVEKIT: Provider = Provider::new(
    "livekit",
    "LiveKit",
    Scheme::jwt(
        SignatureField::at(
            Location::header("authorization"),
            Format::Value { prefixes: text("Bearer "), required: false },
            Encoding::Base64Url,
        ),
        "HS256",
    )
    .with_token(TokenRules::new("HS256").with_required("exp"))
    .with_optional_timestamp(
        Location::claim("nbf"),
        Unit::Seconds,
        Tolerance::seconds(TokenRules::LEEWAY_SECS),
    )
    .with_checks(
        const {
            &[
                Check::equals(Location::claim("iss"), "{param:api_key}"),
                Check::digest(Location::claim("sha256"), Digest::Sha256Base64, "{body}"),
            ]
        },
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/livekit-server-sdk 2.19.2 dist/WebhookReceiver.js; \
     https://docs.rs/livekit-api webhooks.rs; https://docs.livekit.io/server/webhooks",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The header is the token alone, without Bearer. The secret is the API secret; the \
     parameter api_key is the API key, which the token has to be issued for. Content-Type \
     is application/webhook+json.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/event"))
.without_body_limit("https://github.com/livekit/protocol webhook/resource_url_notifier.go");

/// sync. (lip sync).
///
/// Proof: `page`.
pub static SYNC_LABS: Provider = Provider::new(
    "sync-labs",
    "sync. (lip sync)",
    stripe_like::stripe_like("sync-signature", ["t", "v1"], Unit::Seconds, CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://docs.sync.so/api-reference/webhooks")
.with_checked("2026-11")
.with_notes(
    "The page hashes the body serialised again: it is sent in that form. What separates \
     timestamp and body is not in the part that was read; a full stop was chosen. \
     Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/status"))
.with_event_source(
    "https://sync.so/docs/api-reference/api/webhooks-payload-reference/webhooks (one \
      delivery when a generation has ended)",
)
.without_body_limit("https://github.com/synchronicity-labs/docs api-reference/webhooks.mdx");
