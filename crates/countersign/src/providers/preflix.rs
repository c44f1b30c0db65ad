//! Preflix: audits of medical bills.
//!
//! Its page is silent on four points, and these were chosen: the signature is hexadecimal in either case, with or
//! without `sha256=` or `v1=` in front; timestamp and body are joined by a dot; the key is the text of the secret.
//! Change any of them in a copy of [`PROVIDER`]: it is plain data.

mod events;

pub use events::{Audit, Bill, Dispute, Event, Letter};

use crate::provider::{Confidence, EventFields, Provider};
use crate::scheme::{
    Algorithm, Encoding, Format, KeyFormat, Limits, Location, Pointer, Repeat, Scheme, SignatureField,
    Template, TimestampField, Unit, text,
};
use crate::time::Tolerance;

/// The declaration.
pub static PROVIDER: Provider = Provider {
    slug: text("preflix"),
    name: text("Preflix"),
    doc: text("Preflix webhook guide"),
    confidence: Confidence::OfficialDocs,
    notes: text(
        "Chosen where the page is silent: hex signature with an optional sha256= or v1= prefix, a dot between timestamp and body, the secret's text as the key.",
    ),
    scheme: Scheme {
        algorithm: Algorithm::HmacSha256,
        signature: SignatureField {
            at: Location::header("preflixai-signature"),
            format: Format::Value { prefixes: text("sha256=|v1="), required: false },
            encoding: Encoding::Hex,
            repeat: Repeat::Equal,
        },
        content: Template::new("{timestamp}.{body}"),
        key: KeyFormat::UTF8,
        timestamp: Some(TimestampField {
            at: Location::header("preflixai-timestamp"),
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
