//! Stripe.
//!
//! The official libraries do not bound the future; we do. [`Tolerance::insecure_any_future`] gives their behaviour.

use crate::provider::{Confidence, EventFields, Provider};
use crate::scheme::{
    Algorithm, Encoding, Format, KeyFormat, Limits, Location, Pointer, Repeat, Scheme, SignatureField,
    Template, TimestampField, Unit, text,
};
use crate::time::Tolerance;

/// The declaration.
pub static PROVIDER: Provider = Provider {
    slug: text("stripe"),
    name: text("Stripe"),
    doc: text(
        "stripe/stripe-node src/Webhooks.ts; stripe-python stripe/_webhook.py; stripe-go webhook/client.go",
    ),
    confidence: Confidence::OfficialCode,
    notes: text("The key is the whole whsec_ text, not decoded. v0 signatures are never accepted."),
    scheme: Scheme {
        algorithm: Algorithm::HmacSha256,
        signature: SignatureField {
            at: Location::header("stripe-signature"),
            format: Format::list(",", "=", "v1"),
            encoding: Encoding::Hex,
            repeat: Repeat::Equal,
        },
        content: Template::new("{timestamp}.{body}"),
        key: KeyFormat::UTF8,
        timestamp: Some(TimestampField {
            at: Location::signature_item("t"),
            unit: Unit::Seconds,
            tolerance: Tolerance::seconds(300),
        }),
        any_port: false,
        limits: Limits::DEFAULT,
    },
    event: EventFields {
        id: Some(Location::json("/id")),
        event_type: Some(Location::json("/type")),
        data: Some(Pointer::new("/data")),
    },
    retries: None,
    handshake: None,
};
