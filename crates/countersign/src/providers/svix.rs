//! Svix, and everybody who sends through it. `webhook-*` names of the headers are read too, as its libraries do.

use crate::provider::{Confidence, EventFields, Provider};
use crate::scheme::{
    Algorithm, Encoding, Format, KeyFormat, Limits, Location, Repeat, Scheme, SignatureField, Template,
    TimestampField, Unit, text,
};
use crate::time::Tolerance;

/// The declaration.
pub static PROVIDER: Provider = Provider {
    slug: text("svix"),
    name: text("Svix"),
    doc: text("svix/svix-webhooks javascript/src/webhook.ts and test suites"),
    confidence: Confidence::OfficialCode,
    notes: text("The type is the sender's choice; /type is the usual place."),
    scheme: Scheme {
        algorithm: Algorithm::HmacSha256,
        signature: SignatureField {
            at: Location::header("svix-signature,webhook-signature"),
            format: Format::list(" ", ",", "v1"),
            encoding: Encoding::Base64,
            repeat: Repeat::Equal,
        },
        content: Template::new("{id}.{timestamp}.{body}"),
        key: KeyFormat::base64("whsec_"),
        timestamp: Some(TimestampField {
            at: Location::header("svix-timestamp,webhook-timestamp"),
            unit: Unit::Seconds,
            tolerance: Tolerance::seconds(300),
        }),
        any_port: false,
        limits: Limits::DEFAULT,
    },
    event: EventFields {
        id: Some(Location::header("svix-id,webhook-id")),
        event_type: Some(Location::json("/type")),
        data: None,
    },
    retries: None,
    handshake: None,
};
