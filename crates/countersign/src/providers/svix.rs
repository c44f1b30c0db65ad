//! Providers that send through Svix. `webhook-*` names of the headers are read too, as its libraries do.

use super::shapes::WEBHOOK_CO;
use crate::provider::{Confidence, Provider, Retries};
use crate::scheme::{Encoding, KeyFormat, Location, Scheme, SignatureField, Unit};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[&CLERK, &RESEND, &STYTCH, &SVIX, &VANTA];

/// Clerk. Facts from somebody else's code or page.
pub static CLERK: Provider = Provider::new("clerk", "Clerk", SCHEME)
    .with_source(
        Confidence::Secondary,
        "https://github.com/webhook-co/webhook packages/webhooks-spec/src/adapters/config.ts \
          (npm @webhook-co/webhooks-spec, states it is doc-verified); \
          https://github.com/hookdeck/webhook-skills clerk",
    )
    .with_checked("2026-11")
    .with_notes("Accepts the webhook-* names of the headers, too.")
    .with_id(ID)
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retries(RETRIES);

/// Resend.
pub static RESEND: Provider = Provider::new("resend", "Resend", SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/resend/resend-node src/webhooks/webhooks.ts (standardwebhooks lib \
          fed svix-id/-timestamp/-signature)",
    )
    .with_checked("2026-11")
    .with_notes("Accepts the webhook-* names of the headers, too.")
    .with_id(ID)
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    // Source: resend.com/docs/webhooks/retries-and-replays: the schedule of Svix.
    .with_retries(RETRIES);

/// Stytch. Facts from somebody else's code or page.
pub static STYTCH: Provider = Provider::new("stytch", "Stytch", SCHEME)
    .with_source(Confidence::Secondary, WEBHOOK_CO)
    .with_checked("2026-11")
    .with_notes("Accepts the webhook-* names of the headers, too.")
    .with_id(ID)
    .with_event_type(Location::json("/type"));

/// Svix.
pub static SVIX: Provider = Provider::new("svix", "Svix", SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/svix/svix-webhooks javascript/src/webhook.ts and test suites",
    )
    .with_checked("2026-11")
    .with_notes(
        "The type is the sender's choice; /type is the usual place. Accepts the webhook-* \
          names of the headers, too.",
    )
    .with_id(ID)
    .with_event_type(Location::json("/type"))
    .with_retries(RETRIES)
    .as_generic();

/// Vanta. Facts from somebody else's code or page.
pub static VANTA: Provider = Provider::new("vanta", "Vanta", SCHEME)
    .with_source(Confidence::Secondary, WEBHOOK_CO)
    .with_checked("2026-11")
    .with_notes("Accepts the webhook-* names of the headers, too.")
    .with_id(ID)
    .with_event_type(Location::json("/type"))
    .with_retries(RETRIES);

/// Source: docs.svix.com/retries.
const RETRIES: Retries =
    Retries { attempts: Some(8), window_secs: Some(27 * 3600 + 35 * 60 + 5), ack_secs: Some(15) };

pub(super) const ID: Location = Location::header("svix-id,webhook-id");

pub(super) const SCHEME: Scheme = Scheme::hmac_sha256(
    SignatureField::list("svix-signature,webhook-signature", [" ", ",", "v1"], Encoding::Base64),
    "{id}.{timestamp}.{body}",
)
.with_key(KeyFormat::base64("whsec_"))
.with_timestamp(Location::header("svix-timestamp,webhook-timestamp"), Unit::Seconds, Tolerance::seconds(300));
