//! Twilio, form-encoded requests.
//!
//! The public URL is signed, as it was given to Twilio, and then all form fields, sorted. The port of the URL is tried
//! as it is, removed, and as the default, because Twilio's own rule depends on the client.

use crate::provider::{Confidence, EventFields, Provider};
use crate::scheme::{
    Algorithm, Encoding, Format, KeyFormat, Limits, Location, Repeat, Scheme, SignatureField, Template, text,
};

/// The declaration.
pub static PROVIDER: Provider = Provider {
    slug: text("twilio-form"),
    name: text("Twilio (form)"),
    doc: text("twilio/twilio-node src/webhooks/webhooks.ts; twilio-python request_validator.py"),
    confidence: Confidence::OfficialCode,
    notes: text(
        "The key is the auth token. Needs the public URL. There is no timestamp: keep the idempotency tokens.",
    ),
    scheme: Scheme {
        algorithm: Algorithm::HmacSha1,
        signature: SignatureField {
            at: Location::header("x-twilio-signature"),
            format: Format::BARE,
            encoding: Encoding::Base64,
            repeat: Repeat::Equal,
        },
        content: Template::new("{url}{form:sorted}"),
        key: KeyFormat::UTF8,
        timestamp: None,
        any_port: true,
        limits: Limits::DEFAULT,
    },
    event: EventFields {
        id: Some(Location::header("i-twilio-idempotency-token")),
        event_type: Some(Location::Form(text("MessageStatus"))),
        data: None,
    },
    retries: None,
    handshake: None,
};
