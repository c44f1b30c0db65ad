//! Twilio, form-encoded requests.
//!
//! The public URL is signed, as it was given to Twilio, and then all form fields, sorted. The port of the URL is tried
//! as it is, removed, and as the default, because Twilio's own rule depends on the client.

use crate::provider::{Confidence, Provider};
use crate::scheme::{Algorithm, Encoding, Location, Scheme, SignatureField};

/// The declaration.
pub static PROVIDER: Provider = Provider::new("twilio-form", "Twilio (form)", SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "twilio/twilio-node src/webhooks/webhooks.ts; twilio-python request_validator.py",
    )
    .with_notes(
        "The key is the auth token. Needs the public URL. There is no timestamp: keep the idempotency tokens.",
    )
    .with_id(Location::header("i-twilio-idempotency-token"))
    .with_event_type(Location::form("MessageStatus"));

const SCHEME: Scheme = Scheme::new(
    Algorithm::HmacSha1,
    SignatureField::header("x-twilio-signature", Encoding::Base64),
    "{url}{form:sorted}",
)
.with_any_port();
