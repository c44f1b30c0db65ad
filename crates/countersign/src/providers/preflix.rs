//! Preflix: audits of medical bills.
//!
//! The documentation leaves four points open, for which these values were chosen: the signature is hexadecimal in
//! either case, with or without the prefix `sha256=` or `v1=`; timestamp and body are joined by a dot; the key is
//! the text of the secret. To change any of them, change a copy of [`PROVIDER`].

mod events;

pub use events::{Audit, Bill, Dispute, Envelope, Event, Letter};

use crate::provider::{Confidence, Provider};
use crate::scheme::{Encoding, Format, Location, Scheme, SignatureField, TimestampFormat};
use crate::time::Tolerance;

/// The declaration.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static PROVIDER: Provider = Provider::new("preflix", "Preflix", SCHEME)
    .with_source(Confidence::OfficialDocs, "Preflix webhook guide")
    .with_checked("2026-11")
    .with_notes(
        "Chosen where the page is silent: hex signature with an optional sha256= or v1= \
          prefix, a dot between timestamp and body, the secret's text as the key. Retries come in \
          growing intervals with jitter, without documented numbers.",
    )
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .without_body_limit("Preflix webhook guide");

const SCHEME: Scheme = Scheme::hmac_sha256(SIGNATURE, "{timestamp}.{body}").with_timestamp(
    Location::header("preflixai-timestamp"),
    TimestampFormat::Seconds,
    Tolerance::seconds(300),
);

const SIGNATURE: SignatureField = SignatureField::at(
    Location::header("preflixai-signature"),
    Format::optional_prefix("sha256=|v1="),
    Encoding::Hex,
);
