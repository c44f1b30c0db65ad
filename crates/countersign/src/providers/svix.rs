//! Providers that send through Svix. Headers named `webhook-*` are read, too, as its libraries do.

use super::shapes;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Encoding, KeyFormat, Location, Scheme, SignatureField, Unit};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[&CLERK, &RESEND, &STYTCH, &SVIX, &VANTA];

/// Clerk.
///
/// Proof: `sdk`.
pub static CLERK: Provider = Provider::new("clerk", "Clerk", SCHEME)
    .with_source(
        Confidence::Secondary,
        "https://github.com/webhook-co/webhook packages/webhooks-spec/src/adapters/config.ts \
          (npm @webhook-co/webhooks-spec, states it is doc-verified); \
          https://github.com/hookdeck/webhook-skills clerk",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes("Accepts the webhook-* names of the headers, too.")
    .with_id(ID)
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retries(Retries::ack_only(15))
    .with_retry_delays(shapes::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries")
    .with_body_limit(shapes::SVIX_BODY, shapes::SVIX_BODY_SOURCE);

/// Resend.
///
/// Proof: `sdk`.
pub static RESEND: Provider = Provider::new("resend", "Resend", SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/resend/resend-node src/webhooks/webhooks.ts (standardwebhooks lib \
          fed svix-id/-timestamp/-signature)",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes("Accepts the webhook-* names of the headers, too.")
    .with_id(ID)
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retries(Retries::ack_only(15))
    .with_retry_delays(shapes::SVIX_DELAYS)
    .with_retry_source("https://resend.com/docs/webhooks/retries-and-replays")
    .with_body_limit(shapes::SVIX_BODY, shapes::SVIX_BODY_SOURCE);

/// Stytch.
///
/// Proof: `page`.
pub static STYTCH: Provider = Provider::new("stytch", "Stytch", SCHEME)
    .with_source(
        Confidence::OfficialDocs,
        "https://stytch.com/docs/b2b/guides/webhooks (powered by Svix); \
          https://docs.svix.com/receiving/verifying-payloads/how/",
    )
    .with_checked("2026-11")
    .with_notes(
        "Accepts the webhook-* names of the headers, too. The type is the kind of object; \
          what happened to it is /action, and who did it is /source.",
    )
    .with_id(ID)
    .with_event_type(Location::json("/object_type"))
    .with_retries(Retries::ack_only(15))
    .with_retry_delays(shapes::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries (sent by Svix)")
    .with_event_source("https://stytch.com/docs/b2b/guides/webhooks")
    .with_body_limit(shapes::SVIX_BODY, shapes::SVIX_BODY_SOURCE);

/// Svix.
///
/// Proof: `sdk`.
pub static SVIX: Provider = Provider::new("svix", "Svix", SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/svix/svix-webhooks javascript/src/webhook.ts and test suites",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes(
        "The type is the sender's choice; /type is the usual place. Accepts the webhook-* \
          names of the headers, too.",
    )
    .with_id(ID)
    .with_event_type(Location::json("/type"))
    .as_generic()
    .with_retries(Retries::ack_only(15))
    .with_retry_delays(shapes::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries")
    .with_body_limit(shapes::SVIX_BODY, shapes::SVIX_BODY_SOURCE);

/// Vanta.
///
/// Proof: `page`.
pub static VANTA: Provider = Provider::new("vanta", "Vanta", SCHEME)
    .with_source(
        Confidence::OfficialDocs,
        "https://developer.vanta.com/docs/webhooks (powered by Svix); \
          https://docs.svix.com/receiving/verifying-payloads/how/",
    )
    .with_checked("2026-11")
    .with_notes("Accepts the webhook-* names of the headers, too.")
    .with_id(ID)
    .with_event_type(Location::json("/type"))
    .with_retries(Retries::ack_only(15))
    .with_retry_delays(shapes::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries (sent by Svix)")
    .with_body_limit(shapes::SVIX_BODY, shapes::SVIX_BODY_SOURCE);

pub(super) const ID: Location = Location::header("svix-id,webhook-id");

pub(super) const SCHEME: Scheme = Scheme::hmac_sha256(
    SignatureField::list("svix-signature,webhook-signature", [" ", ",", "v1"], Encoding::Base64),
    "{id}.{timestamp}.{body}",
)
.with_key(KeyFormat::base64("whsec_"))
.with_timestamp(Location::header("svix-timestamp,webhook-timestamp"), Unit::Seconds, Tolerance::seconds(300));
