//! Redpin: referrals of money transfers, delivered by Svix.
//!
//! Svix's operational webhooks, for example `endpoint.disabled`, have their type at `/type`.
//!
//! A referral without `customer_type` is accepted, because the documented examples have none. This line requires
//! it:
//!
//! ```
//! # use countersign::providers::redpin;
//! let strict = redpin::PROVIDER.clone().with_requirements(redpin::STRICT);
//! # strict.check().unwrap();
//! ```
//!
//! The whole body is the data. Headers named `webhook-*` are read, too.

mod events;

pub use events::{
    AdditionalDetails, Address, Company, Contact, CustomerType, DisabledEndpoint, EndpointDisabledEvent,
    Event, Referral, ReferralStatus,
};

use super::shared;
use crate::event::Requirement;
use crate::provider::{Confidence, Provider, Retries};
use crate::scheme::Location;

/// The declaration.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static PROVIDER: Provider = Provider::new("redpin", "Redpin", shared::SVIX_SCHEME)
    .with_source(Confidence::OfficialDocs, "Redpin partner webhook guide; Svix for the signature")
    .with_checked("2026-11")
    .with_notes(
        "Delivered by Svix, one attempt at a time. The endpoint is disabled after five days of failures, and an \
          EndpointDisabledEvent follows.",
    )
    .with_id(shared::SVIX_ID)
    .with_event_type(Location::first_of(TYPES))
    .with_retries(Retries { attempts: Some(6), window_secs: Some(7 * 24 * 3600), ack_secs: Some(15) })
    .with_body_limit(shared::SVIX_BODY, shared::SVIX_BODY_SOURCE);

/// The types of Redpin's events, and of Svix's operational ones.
const TYPES: &[Location] = &[Location::json("/event_name"), Location::json("/type")];

/// Strict validation: a referral must state the type of its customer.
pub const STRICT: &[Requirement] =
    &[Requirement::one_of("/customer_type", "Corporate|Private|Individual").for_types("REFERRAL_CREATED")];
