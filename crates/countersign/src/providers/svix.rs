//! Svix, and everybody who sends through it. `webhook-*` names of the headers are read too, as its libraries do.

use crate::provider::{Confidence, Provider};
use crate::scheme::{Encoding, KeyFormat, Location, Scheme, SignatureField, Unit};
use crate::time::Tolerance;

/// The declaration.
pub static PROVIDER: Provider = Provider::new("svix", "Svix", SCHEME)
    .with_source(Confidence::OfficialCode, "svix/svix-webhooks javascript/src/webhook.ts and test suites")
    .with_notes("The type is the sender's choice; /type is the usual place.")
    .with_id(ID)
    .with_event_type(Location::json("/type"));

pub(super) const ID: Location = Location::header("svix-id,webhook-id");

pub(super) const SCHEME: Scheme = Scheme::hmac_sha256(
    SignatureField::list("svix-signature,webhook-signature", [" ", ",", "v1"], Encoding::Base64),
    "{id}.{timestamp}.{body}",
)
.with_key(KeyFormat::base64("whsec_"))
.with_timestamp(Location::header("svix-timestamp,webhook-timestamp"), Unit::Seconds, Tolerance::seconds(300));
