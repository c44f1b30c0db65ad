//! Proxiant: service of process.
//!
//! The signature covers only the body, so a recorded delivery could be replayed for ever; the bound on the age of
//! the signed `/created_at` prevents that. Two hours were chosen; the last retry comes 35 minutes after the event.
//! A subscription that was created without a secret is delivered unsigned, and rejected here. Only
//! [`insecure_observe_only`](crate::receiver::ReceiverBuilder::insecure_observe_only) lets it pass to a handler, which
//! receives no event.

mod events;

pub use events::{
    AffidavitGenerated, Attempt, Envelope, EserviceAccepted, Event, HiveJobAccepted, InvoiceCreated,
    InvoicePaid, Job, JobAttempt, JobOnly, JobUpdated, Record,
};

use crate::handshake::{Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, Provider, Retries};
use crate::scheme::{Encoding, Location, Scheme, SignatureField, TimestampFormat};
use crate::time::Tolerance;

/// The declaration.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static PROVIDER: Provider = Provider::new("proxiant", "Proxiant", SCHEME)
    .with_source(Confidence::OfficialDocs, "Proxiant webhook page")
    .with_checked("2026-11")
    .with_notes(
        "The secret is used as it is, whsec_ included. Chosen: created_at at most 2 h old and \
          300 s in the future.",
    )
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/event"))
    .with_data("/data")
    .with_retries(Retries { attempts: Some(4), window_secs: Some(35 * 60), ack_secs: Some(10) })
    .with_handshakes(HANDSHAKES)
    .without_body_limit("Proxiant webhook page");

const SCHEME: Scheme =
    Scheme::hmac_sha256(SignatureField::prefixed("x-proxiant-signature", "sha256=", Encoding::Hex), "{body}")
        .with_timestamp(
            Location::json("/created_at"),
            TimestampFormat::Rfc3339,
            Tolerance::between(2 * 3600, 300),
        );

/// The test is an ordinary event: the handler receives it.
const HANDSHAKES: &[Handshake] = &[Handshake::new("webhook.test", Trust::Signed, Method::Post)
    .with_source(Confidence::OfficialDocs, "")
    .with_conditions(const { &[Condition::equals(Place::json("/event"), "webhook.test")] })];
