//! Slack: Events API, slash commands and interactivity.
//!
//! Slash commands and interactivity are form-encoded; the raw form is what is signed.

use crate::handshake::catalogue;
use crate::provider::{Confidence, Provider};
use crate::scheme::{Encoding, Location, Scheme, SignatureField, Unit};
use crate::time::Tolerance;

/// The declaration.
pub static PROVIDER: Provider = Provider::new("slack", "Slack", SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "slackapi/python-slack-sdk slack_sdk/signature; bolt-js src/receivers/verify-request.ts",
    )
    .with_notes("The type is the inner /event/type; the outer /type is event_callback or url_verification.")
    .with_id(Location::json("/event_id"))
    .with_event_type(Location::json("/event/type"))
    .with_data("/event")
    .with_handshakes(catalogue::SLACK);

const SCHEME: Scheme = Scheme::hmac_sha256(
    SignatureField::prefixed("x-slack-signature", "v0=", Encoding::Hex),
    "v0:{timestamp}:{body}",
)
.with_timestamp(Location::header("x-slack-request-timestamp"), Unit::Seconds, Tolerance::seconds(300));
