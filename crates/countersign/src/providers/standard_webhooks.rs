//! Standard Webhooks v1 (symmetric), <https://www.standardwebhooks.com>.

use crate::provider::{Confidence, EventFields, Provider};
use crate::scheme::{
    Algorithm, Encoding, Format, KeyFormat, Limits, Location, Pointer, Repeat, Scheme, SignatureField,
    Template, TimestampField, Unit, text,
};
use crate::time::Tolerance;

/// The declaration.
pub static PROVIDER: Provider = Provider {
    slug: text("standard-webhooks-v1"),
    name: text("Standard Webhooks v1"),
    doc: text("standard-webhooks/standard-webhooks spec/standard-webhooks.md and libraries"),
    confidence: Confidence::OfficialCode,
    notes: text(
        "The signed timestamp is the header's text, as received. Signatures of other versions (v1a) are skipped.",
    ),
    scheme: Scheme {
        algorithm: Algorithm::HmacSha256,
        signature: SignatureField {
            at: Location::header("webhook-signature"),
            format: Format::list(" ", ",", "v1"),
            encoding: Encoding::Base64,
            repeat: Repeat::Equal,
        },
        content: Template::new("{id}.{timestamp}.{body}"),
        key: KeyFormat::base64("whsec_"),
        timestamp: Some(TimestampField {
            at: Location::header("webhook-timestamp"),
            unit: Unit::Seconds,
            tolerance: Tolerance::seconds(300),
        }),
        any_port: false,
        limits: Limits::DEFAULT,
    },
    event: EventFields {
        id: Some(Location::header("webhook-id")),
        event_type: Some(Location::json("/type")),
        data: Some(Pointer::new("/data")),
    },
    retries: None,
    handshake: None,
};
