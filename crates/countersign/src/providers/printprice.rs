//! PrintPrice: pricing and routing of print jobs.
//!
//! The documentation names the content of a payload, but not its form. Chosen were the scheme of Standard Webhooks,
//! and the field names `event`, `timestamp`, `entity_id`, `environment` and `data`.
//!
//! The envelope of each known event is checked before its data is decoded: see [`REQUIREMENTS`].

mod events;

pub use events::{Details, Envelope, Event};

use super::shared;
use crate::event::Requirement;
use crate::provider::{Confidence, Provider};
use crate::scheme::Location;

/// The declaration.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static PROVIDER: Provider = Provider::new("printprice", "PrintPrice", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(Confidence::OfficialDocs, "PrintPrice webhook page")
    .with_checked("2026-11")
    .with_notes(
        "Chosen where the page is silent: the scheme of Standard Webhooks, the names of the \
          fields and of the event types. Retries are controlled by a backoff without documented \
          numbers.",
    )
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/event"))
    .with_data("/data")
    .with_requirements(REQUIREMENTS)
    .without_body_limit("PrintPrice webhook page");

/// The checks of an envelope. The environments are chosen; name your own with
/// `PROVIDER.clone().with_requirement(Requirement::one_of("/environment", "live|qa"))`.
pub const REQUIREMENTS: &[Requirement] = &[
    Requirement::object("/data"),
    Requirement::rfc3339("/timestamp"),
    Requirement::text("/entity_id"),
    Requirement::one_of("/environment", "production|sandbox|staging|development|test"),
];
