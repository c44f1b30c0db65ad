//! Standard Webhooks v1 (symmetric), <https://www.standardwebhooks.com>.

use crate::provider::{Confidence, Provider};
use crate::scheme::{Encoding, KeyFormat, Location, Scheme, SignatureField, Unit};
use crate::time::Tolerance;

/// The declaration.
pub static PROVIDER: Provider = Provider::new("standard-webhooks-v1", "Standard Webhooks v1", SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "standard-webhooks/standard-webhooks spec/standard-webhooks.md and libraries",
    )
    .with_notes(
        "The signed timestamp is the header's text, as received. Signatures of other versions (v1a) are skipped.",
    )
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data");

pub(super) const SCHEME: Scheme = Scheme::hmac_sha256(
    SignatureField::list("webhook-signature", [" ", ",", "v1"], Encoding::Base64),
    "{id}.{timestamp}.{body}",
)
.with_key(KeyFormat::base64("whsec_"))
.with_timestamp(Location::header("webhook-timestamp"), Unit::Seconds, Tolerance::seconds(300));
