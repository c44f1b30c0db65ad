//! PrintPrice: pricing and routing of print jobs.
//!
//! Its page names what a payload carries, not how; chosen were the scheme of Standard Webhooks, and the field names
//! `event`, `timestamp`, `entity_id`, `environment` and `data`.

mod events;

pub use events::{Details, Envelope, Event};

use crate::provider::{Confidence, EventFields, Provider};
use crate::scheme::{
    Algorithm, Encoding, Format, KeyFormat, Limits, Location, Pointer, Repeat, Scheme, SignatureField,
    Template, TimestampField, Unit, text,
};
use crate::time::Tolerance;

/// The declaration.
pub static PROVIDER: Provider = Provider {
    slug: text("printprice"),
    name: text("PrintPrice"),
    doc: text("PrintPrice webhook page"),
    confidence: Confidence::OfficialDocs,
    notes: text(
        "Chosen where the page is silent: the scheme of Standard Webhooks, the names of the fields and of the event types.",
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
        event_type: Some(Location::json("/event")),
        data: Some(Pointer::new("/data")),
    },
    retries: None,
    handshake: None,
};
