//! Stripe.
//!
//! The official libraries do not bound the future; we do. [`Tolerance::insecure_any_future`] gives their behaviour.

use crate::provider::{Confidence, Provider};
use crate::scheme::{Encoding, Location, Scheme, SignatureField, Unit};
use crate::time::Tolerance;

/// The declaration.
pub static PROVIDER: Provider = Provider::new("stripe", "Stripe", SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "stripe/stripe-node src/Webhooks.ts; stripe-python stripe/_webhook.py; stripe-go webhook/client.go",
    )
    .with_notes("The key is the whole whsec_ text, not decoded. v0 signatures are never accepted.")
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data");

const SCHEME: Scheme = Scheme::hmac_sha256(
    SignatureField::list("stripe-signature", [",", "=", "v1"], Encoding::Hex),
    "{timestamp}.{body}",
)
.with_timestamp(Location::signature_item("t"), Unit::Seconds, Tolerance::seconds(300));
