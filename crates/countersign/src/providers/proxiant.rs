//! Proxiant: service of process.
//!
//! The signature covers the body alone, so a recorded delivery could be sent again for ever: the bound on the age of
//! the signed `/created_at` closes that. Two hours were chosen; the last retry comes 35 minutes after the event.
//! A subscription that was made without a secret is delivered unsigned, and refused here.

mod events;

pub use events::{
    AffidavitGenerated, Attempt, EserviceAccepted, Event, HiveJobAccepted, InvoiceCreated, InvoicePaid, Job,
    JobAttempt, JobOnly, JobUpdated, Record,
};

use crate::provider::{Confidence, EventFields, Handshake, Provider, Retries};
use crate::scheme::{
    Algorithm, Encoding, Format, KeyFormat, Limits, Location, Pointer, Repeat, Scheme, SignatureField,
    Template, TimestampField, Unit, text,
};
use crate::time::Tolerance;

/// The declaration.
pub static PROVIDER: Provider = Provider {
    slug: text("proxiant"),
    name: text("Proxiant"),
    doc: text("Proxiant webhook page"),
    confidence: Confidence::OfficialDocs,
    notes: text(
        "The secret is used as it is, whsec_ included. Chosen: created_at at most 2 h old and 300 s in the future.",
    ),
    scheme: Scheme {
        algorithm: Algorithm::HmacSha256,
        signature: SignatureField {
            at: Location::header("x-proxiant-signature"),
            format: Format::prefixed("sha256="),
            encoding: Encoding::Hex,
            repeat: Repeat::Equal,
        },
        content: Template::new("{body}"),
        key: KeyFormat::UTF8,
        timestamp: Some(TimestampField {
            at: Location::json("/created_at"),
            unit: Unit::Rfc3339,
            tolerance: Tolerance::between(2 * 3600, 300),
        }),
        any_port: false,
        limits: Limits::DEFAULT,
    },
    event: EventFields {
        id: Some(Location::json("/id")),
        event_type: Some(Location::json("/event")),
        data: Some(Pointer::new("/data")),
    },
    retries: Some(Retries { attempts: Some(3), window_secs: Some(35 * 60), ack_secs: Some(10) }),
    handshake: Some(Handshake::Ping { event_type: text("webhook.test") }),
};
