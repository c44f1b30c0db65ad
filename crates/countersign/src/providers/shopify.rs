//! Shopify.
//!
//! The topic and the id are headers that the signature does not cover.

use crate::provider::{Confidence, EventFields, Provider};
use crate::scheme::{
    Algorithm, Encoding, Format, KeyFormat, Limits, Location, Repeat, Scheme, SignatureField, Template, text,
};

/// The declaration.
pub static PROVIDER: Provider = Provider {
    slug: text("shopify"),
    name: text("Shopify"),
    doc: text("Shopify/shopify-app-js packages/apps/shopify-api/lib/webhooks"),
    confidence: Confidence::OfficialCode,
    notes: text(
        "The key is the app's API secret. X-Shopify-Event-Id is the same for all webhooks of one event.",
    ),
    scheme: Scheme {
        algorithm: Algorithm::HmacSha256,
        signature: SignatureField {
            at: Location::header("x-shopify-hmac-sha256"),
            format: Format::BARE,
            encoding: Encoding::Base64,
            repeat: Repeat::Equal,
        },
        content: Template::new("{body}"),
        key: KeyFormat::UTF8,
        timestamp: None,
        any_port: false,
        limits: Limits::DEFAULT,
    },
    event: EventFields {
        id: Some(Location::header("x-shopify-webhook-id")),
        event_type: Some(Location::header("x-shopify-topic")),
        data: None,
    },
    retries: None,
    handshake: None,
};
