//! HTTP Message Signatures (RFC 9421).

use super::shapes;
use crate::provider::{Confidence, KeyScope, Provider, Retries};
use crate::scheme::{Algorithm, Location, Scheme};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[&ACCESSOWL, &MAILCHANNELS];

/// AccessOwl.
///
/// Proof: `page`.
pub static ACCESSOWL: Provider = Provider::new(
    "accessowl",
    "AccessOwl",
    Scheme::message_signature(
        Algorithm::Ed25519,
        "@target-uri|content-digest|content-type|idempotency-key",
        Tolerance::seconds(300),
    )
    .with_key_id(Location::signature_item("keyid")),
)
.with_source(Confidence::OfficialDocs, "https://docs.accessowl.com/guides/webhooks/security")
.with_checked("2026-11")
.with_key_scope(KeyScope::Account)
.with_notes(
    "The key is the public key of the endpoint, from the settings. The URL is signed: set the \
      receiver's public URL. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::header("idempotency-key"))
.with_event_type(Location::json("/event_type"))
.with_data("/data")
.with_event_source("https://docs.accessowl.com/guides/webhooks/overview")
.with_retries(Retries::attempts(20).within(shapes::DAY).answered_in(30))
.with_retry_source("https://docs.accessowl.com/guides/webhooks/overview");

/// MailChannels. The key is the one that `keyid` names, from `https://api.mailchannels.net/tx/v1/webhook/public-key?id=…`.
///
/// Proof: `secondary`.
pub static MAILCHANNELS: Provider = Provider::new(
    "mailchannels",
    "MailChannels",
    Scheme::message_signature(Algorithm::Ed25519, "content-digest", Tolerance::seconds(300))
        .with_key_id(Location::signature_item("keyid")),
)
.with_source(
    Confidence::Secondary,
    "https://docs.mailchannels.com/email-api/webhooks; https://github.com/Yizack/mailchannels \
      src/utils/webhooks-validator.ts",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "The public key is of MailChannels as a whole: compare the `customer_handle` of each event \
      with your account's. A body has up to 1000 events; the type is that of the first. The \
      library of the community does not bound the future; we do.",
)
.with_event_type(Location::json("/0/event"))
.without_id(
    "https://github.com/Yizack/mailchannels src/types/webhooks/events.ts (`request_id` is \
          that of the request that sent the message)",
);
