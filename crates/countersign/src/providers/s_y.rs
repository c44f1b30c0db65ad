//! Slugs that begin with `sy`.

use super::shared;
use crate::provider::{Confidence, Provider, Retries};
use crate::scheme::{Encoding, Location, Scheme, SignatureField, TimestampFormat};

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[&SYNC_LABS, &SYNTAGE, &SYNTHESIA];

/// sync. (lip sync).
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static SYNC_LABS: Provider = Provider::new(
    "sync-labs",
    "sync. (lip sync)",
    shared::stripe_like("sync-signature", ["t", "v1"], TimestampFormat::Seconds, shared::CHOSEN),
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

/// Syntage.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static SYNTAGE: Provider = Provider::new(
    "syntage",
    "Syntage",
    shared::stripe_like("x-satws-signature", ["t", "s"], TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://docs.syntage.com/docs")
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_event_source("https://docs.syntage.com/resources/core/events")
.with_retries(Retries::attempts(5).answered_in(3))
.with_retry_source("https://docs.syntage.com/resources/webhooks")
.without_body_limit("https://docs.syntage.com/resources/webhooks");

/// Synthesia.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static SYNTHESIA: Provider = Provider::new(
    "synthesia",
    "Synthesia",
    Scheme::hmac_sha256(SignatureField::header("synthesia-signature", Encoding::Hex), "{timestamp}.{body}")
        .with_timestamp(Location::header("synthesia-timestamp"), TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://docs.synthesia.io/reference/verifying-synthesia-signatures")
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::attempts(3).within(600).answered_in(6))
.with_retry_source("https://docs.synthesia.io/reference/webhooks")
.without_id("https://docs.synthesia.io/reference/webhook-events")
.without_body_limit("https://docs.synthesia.io/reference/webhooks");
