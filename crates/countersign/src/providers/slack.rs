//! Slack: Events API, slash commands and interactivity.
//!
//! Slash commands and interactivity are form-encoded; the raw form is what is signed.

use crate::provider::{Confidence, EventFields, Provider};
use crate::scheme::{
    Algorithm, Encoding, Format, KeyFormat, Limits, Location, Pointer, Repeat, Scheme, SignatureField,
    Template, TimestampField, Unit, text,
};
use crate::time::Tolerance;

/// The declaration.
pub static PROVIDER: Provider = Provider {
    slug: text("slack"),
    name: text("Slack"),
    doc: text("slackapi/python-slack-sdk slack_sdk/signature; bolt-js src/receivers/verify-request.ts"),
    confidence: Confidence::OfficialCode,
    notes: text("The type is the inner /event/type; the outer /type is event_callback or url_verification."),
    scheme: Scheme {
        algorithm: Algorithm::HmacSha256,
        signature: SignatureField {
            at: Location::header("x-slack-signature"),
            format: Format::prefixed("v0="),
            encoding: Encoding::Hex,
            repeat: Repeat::Equal,
        },
        content: Template::new("v0:{timestamp}:{body}"),
        key: KeyFormat::UTF8,
        timestamp: Some(TimestampField {
            at: Location::header("x-slack-request-timestamp"),
            unit: Unit::Seconds,
            tolerance: Tolerance::seconds(300),
        }),
        any_port: false,
        limits: Limits::DEFAULT,
    },
    event: EventFields {
        id: Some(Location::json("/event_id")),
        event_type: Some(Location::json("/event/type")),
        data: Some(Pointer::new("/event")),
    },
    retries: None,
    handshake: None,
};
