//! Providers with HMAC-MD5.

use crate::provider::{Confidence, Provider};
use crate::scheme::{Algorithm, Encoding, Location, Scheme, SignatureField};

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[&PATREON];

/// Patreon.
///
/// Proof: `page`.
pub static PATREON: Provider = Provider::new(
    "patreon",
    "Patreon",
    Scheme::new(Algorithm::HmacMd5, SignatureField::header("x-patreon-signature", Encoding::Hex), "{body}"),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/Patreon/platform-documentation source/includes/_webhooks.md, \
          source/includes/_webhooks_v2.md",
)
.with_notes("HMAC with MD5. The type is a header that the signature does not cover.")
.with_event_type(Location::header("x-patreon-event"))
.without_id("https://github.com/Patreon/platform-documentation source/includes/_webhooks_v2.md")
.with_checked("2026-11")
.without_body_limit("https://github.com/Patreon/platform-documentation source/includes/_webhooks_v2.md");
