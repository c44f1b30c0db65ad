//! Providers with HMAC-SHA-512.

use super::shapes::{self, CHOSEN, WEBHOOK_CO};
use crate::handshake::catalogue;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, KeyFormat, Location, Scheme, SignatureField, Unit};

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[&AFFIRM, &AUTHORIZE_NET, &ONFLEET, &PAYSTACK, &TERRAFORM_CLOUD];

/// Affirm.
///
/// Proof: `page`.
pub static AFFIRM: Provider = Provider::new(
    "affirm",
    "Affirm",
    Scheme::new(
        Algorithm::HmacSha512,
        SignatureField::list("x-affirm-signature", [",", "=", "v0"], Encoding::Hex),
        "{timestamp}.{body}",
    )
    .with_timestamp(Location::signature_item("t"), Unit::Seconds, CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://docs.affirm.com/developers/docs/checking-webhook-signatures")
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_retries(Retries::NONE)
.with_retry_source("https://docs.affirm.com/developers/docs/webhook-best-practices")
.without_id(
    "https://docs.affirm.com/developers/reference/the-checkout-event-object \
          (`checkout_token` is that of the checkout)",
)
.with_event_type(Location::form("event"))
.with_event_source("https://docs.affirm.com/developers/reference/the-checkout-event-object");

/// Authorize.Net.
///
/// Proof: `vectors`.
pub static AUTHORIZE_NET: Provider = Provider::new(
    "authorize-net",
    "Authorize.Net",
    Scheme::new(
        Algorithm::HmacSha512,
        SignatureField::prefixed("x-anet-signature", "sha512=", Encoding::Hex),
        "{body}",
    ),
)
.with_source(Confidence::Secondary, WEBHOOK_CO)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes(
    "The signature is in upper case; either case is accepted. The key is the text of the \
      Signature Key, not the bytes that its hexadecimal digits stand for: a notification \
      captured in the sandbox shows it.",
)
.with_event_type(Location::json("/eventType"))
.with_id(Location::json("/notificationId"))
.with_retry_delays(&[180, 180, 180, 28_800, 28_800, 28_800, 172_800, 172_800, 172_800, 172_800])
.with_retry_source("memory: https://developer.authorize.net/api/reference/features/webhooks.html");

/// Onfleet.
///
/// Proof: `page`.
pub static ONFLEET: Provider = Provider::new(
    "onfleet",
    "Onfleet",
    Scheme::new(
        Algorithm::HmacSha512,
        SignatureField::header("x-onfleet-signature", Encoding::Hex),
        "{body}",
    )
    .with_key(KeyFormat::HEX),
)
.with_source(Confidence::OfficialDocs, "https://docs.onfleet.com/reference/secrets")
.with_checked("2026-11")
.with_notes("The key is hexadecimal.")
.with_handshakes(catalogue::ONFLEET)
.with_event_type(Location::json("/triggerName"))
.without_id("https://docs.onfleet.com/reference/webhooks")
.with_retries(Retries::for_secs(shapes::DAY))
.with_retry_source("https://docs.onfleet.com/reference/retry");

/// Paystack.
///
/// Proof: `secondary`.
pub static PAYSTACK: Provider = Provider::new(
    "paystack",
    "Paystack",
    Scheme::new(
        Algorithm::HmacSha512,
        SignatureField::header("x-paystack-signature", Encoding::Hex),
        "{body}",
    ),
)
.with_source(Confidence::Secondary, WEBHOOK_CO)
.with_checked("2026-11")
.with_notes("The key is the secret key of the account.")
.with_event_type(Location::json("/event"))
.with_data("/data")
.without_id("memory: https://paystack.com/docs/payments/webhooks")
.with_retries(Retries::for_secs(259_920).answered_in(30))
.with_retry_source("https://paystack.com/docs/payments/webhooks");

/// Terraform Cloud.
///
/// Proof: `page`.
pub static TERRAFORM_CLOUD: Provider = Provider::new(
    "terraform-cloud",
    "Terraform Cloud",
    Scheme::new(
        Algorithm::HmacSha512,
        SignatureField::header("x-tfe-notification-signature", Encoding::Hex),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/hashicorp/terraform-docs-common \
      website/docs/cloud-docs/api-docs/notification-configurations.mdx",
)
.with_checked("2026-11")
.with_notes(
    "The key is the token of the configuration. Notifications of runs have the type \
      in their list, those of workspaces at the top.",
)
.with_handshakes(catalogue::TERRAFORM_CLOUD)
.with_event_type(Location::first_of(
    const { &[Location::json("/notifications/0/trigger"), Location::json("/trigger")] },
))
.without_id(
    "https://github.com/hashicorp/terraform-docs-common \
      website/docs/cloud-docs/api-docs/notification-configurations.mdx (run_id names \
      the run)",
);
