//! Providers with HMAC-MD5.

use crate::provider::{Confidence, Provider};
use crate::scheme::{Algorithm, Encoding, Location, Scheme, SignatureField};

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[&PATREON];

/// Patreon.
///
/// Proof: `memory`.
pub static PATREON: Provider = Provider::new(
    "patreon",
    "Patreon",
    Scheme::new(Algorithm::HmacMd5, SignatureField::header("x-patreon-signature", Encoding::Hex), "{body}"),
)
.with_source(Confidence::Memory, "memory (https://docs.patreon.com webhooks)")
.with_notes(
    "HMAC with MD5. The type is a header that the signature does not cover. Facts from memory: \
      check before you rely on them.",
)
.with_event_type(Location::header("x-patreon-event"))
.without_id("memory: https://docs.patreon.com/#webhooks");
