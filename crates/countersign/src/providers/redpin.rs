//! Redpin: referrals of money transfers, delivered by Svix.
//!
//! The whole body is the data. `webhook-*` names of the headers are read too.

mod events;

pub use events::{AdditionalDetails, Address, Company, Contact, Event, Referral, ReferralStatus};

use crate::provider::{Confidence, EventFields, Provider, Retries};
use crate::scheme::{
    Algorithm, Encoding, Format, KeyFormat, Limits, Location, Repeat, Scheme, SignatureField, Template,
    TimestampField, Unit, text,
};
use crate::time::Tolerance;

/// The declaration.
pub static PROVIDER: Provider = Provider {
    slug: text("redpin"),
    name: text("Redpin"),
    doc: text("Redpin partner webhook guide; Svix for the signature"),
    confidence: Confidence::OfficialDocs,
    notes: text(
        "Delivered by Svix. The endpoint is disabled after five days of failures, and an EndpointDisabledEvent follows.",
    ),
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
        event_type: Some(Location::json("/event_name")),
        data: None,
    },
    retries: Some(Retries { attempts: Some(5), window_secs: Some(7 * 24 * 3600), ack_secs: Some(15) }),
    handshake: None,
};
