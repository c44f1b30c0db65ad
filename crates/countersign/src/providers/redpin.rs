//! Redpin: referrals of money transfers, delivered by Svix.
//!
//! The whole body is the data. `webhook-*` names of the headers are read too.

mod events;

pub use events::{AdditionalDetails, Address, Company, Contact, Event, Referral, ReferralStatus};

use super::svix;
use crate::provider::{Confidence, Provider, Retries};
use crate::scheme::Location;

/// The declaration.
pub static PROVIDER: Provider = Provider::new("redpin", "Redpin", svix::SCHEME)
    .with_source(Confidence::OfficialDocs, "Redpin partner webhook guide; Svix for the signature")
    .with_notes(
        "Delivered by Svix. The endpoint is disabled after five days of failures, and an EndpointDisabledEvent follows.",
    )
    .with_id(svix::ID)
    .with_event_type(Location::json("/event_name"))
    .with_retries(Retries { attempts: Some(5), window_secs: Some(7 * 24 * 3600), ack_secs: Some(15) });
