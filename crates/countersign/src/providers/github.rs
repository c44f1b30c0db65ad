//! GitHub, with SHA-256.
//!
//! Neither the delivery id nor the event type is signed: both are headers beside the signature. Hooks of content type
//! form are signed over the raw form.

use crate::provider::{Confidence, EventFields, Provider};
use crate::scheme::{
    Algorithm, Encoding, Format, KeyFormat, Limits, Location, Repeat, Scheme, SignatureField, Template, text,
};

/// The declaration.
pub static PROVIDER: Provider = Provider {
    slug: text("github-sha256"),
    name: text("GitHub"),
    doc: text("octokit/webhooks-methods.js src/node/sign.ts; docs.github.com, validating webhook deliveries"),
    confidence: Confidence::OfficialCode,
    notes: text(
        "Id and type are headers that the signature does not cover. SHA-1 signatures are refused. Bodies up to 25 MiB.",
    ),
    scheme: Scheme {
        algorithm: Algorithm::HmacSha256,
        signature: SignatureField {
            at: Location::header("x-hub-signature-256"),
            format: Format::prefixed("sha256="),
            encoding: Encoding::Hex,
            repeat: Repeat::Equal,
        },
        content: Template::new("{body}"),
        key: KeyFormat::UTF8,
        timestamp: None,
        any_port: false,
        limits: Limits::DEFAULT.with_body_bytes(25 << 20),
    },
    event: EventFields {
        id: Some(Location::header("x-github-delivery")),
        event_type: Some(Location::header("x-github-event")),
        data: None,
    },
    retries: None,
    handshake: None,
};
