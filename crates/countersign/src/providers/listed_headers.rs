//! Providers whose signature field lists the headers with signed values (Hook0 and the providers that use it).

use super::shapes;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Encoding, Location, Scheme, SignatureField, Unit};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[&COINBASE_CDP, &HOOK0];

/// Coinbase Developer Platform.
///
/// Proof: `page`.
pub static COINBASE_CDP: Provider = Provider::new("coinbase-cdp", "Coinbase Developer Platform", HOOK0_V1)
    .with_source(Confidence::OfficialDocs, "https://docs.cdp.coinbase.com/webhooks/transfers/verification")
    .with_checked("2026-11")
    .with_notes(
        "Sent with Hook0. A header that is listed and is not there is refused; Coinbase's \
          example takes it as empty.",
    )
    .with_id(Location::json("/eventId"))
    .with_event_type(Location::json("/eventType"))
    .with_data("/data")
    .with_retries(Retries { attempts: Some(60), window_secs: None, ack_secs: None });

/// Hook0.
///
/// Proof: `sdk`.
pub static HOOK0: Provider = Provider::new("hook0", "Hook0", HOOK0_V1)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/hook0/hook0 output-worker/src/work.rs; \
          clients/rust/src/signature.rs; https://documentation.hook0.com",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes(
        "The signature is v1; the older v0, which leaves the headers out, is not accepted. \
          Dots join the headers and are in their values, so id and type, which are headers, are \
          not bound one by one; a body is, and has to be a JSON object or array where a listed \
          header has a dot in it, as the type has.",
    )
    .with_id(Location::header("x-event-id"))
    .with_event_type(Location::header("x-event-type"))
    .with_retries(Retries::attempts(25).within(8 * shapes::DAY))
    .with_retry_source("https://github.com/hook0/hook0 output-worker/src/main.rs")
    .with_body_limit(699_050, "https://documentation.hook0.com/docs/payload-size-limit");

const HOOK0_V1: Scheme = Scheme::hmac_sha256(
    SignatureField::list("x-hook0-signature", [",", "=", "v1"], Encoding::Hex),
    "{timestamp}.{sig:h}.{headers:sig:h}.{body}",
)
.with_timestamp(Location::signature_item("t"), Unit::Seconds, Tolerance::seconds(300));
