//! Providers that sign the body in another form than they send.

use super::shapes::{self, CHOSEN};
use crate::provider::{Confidence, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, Location, Scheme, SignatureField, Unit};

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[&BIRD, &NOWPAYMENTS];

/// Bird.
///
/// Proof: `page`.
pub static BIRD: Provider = Provider::new(
    "bird",
    "Bird",
    Scheme::hmac_sha256(
        SignatureField::header("messagebird-signature", Encoding::Base64),
        "{timestamp}\n{url}\n{body:sha256}",
    )
    .with_timestamp(Location::header("messagebird-request-timestamp"), Unit::Seconds, CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://docs.bird.com/api/notifications-api/api-reference/webhook-subscriptions/verifying-a-webhook-subscription",
)
.with_checked("2026-11")
.with_notes(
    "Signed is the digest of the body as bytes. The id is a header that the signature does not \
      cover. Tolerance chosen: 300 s both ways. MessageBird's older webhooks are `messagebird`.",
)
.with_id(Location::header("messagebird-request-id"))
.with_event_type(Location::json("/event"))
.with_data("/payload")
.with_retries(Retries::for_secs(8 * shapes::HOUR))
.with_retry_source("https://docs.bird.com/api/notifications-api/retries");

/// NOWPayments.
///
/// Proof: `page`.
pub static NOWPAYMENTS: Provider = Provider::new(
    "nowpayments",
    "NOWPayments",
    Scheme::new(
        Algorithm::HmacSha512,
        SignatureField::header("x-nowpayments-sig", Encoding::Hex),
        "{body:json-sorted}",
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://documenter.getpostman.com/view/7907941/T1DtdF9a, Instant Payments Notifications",
)
.with_checked("2026-11")
.with_notes(
    "The secret is the IPN secret key. Signed is the body with the members of every object \
      sorted, not its bytes: their order and white space can be changed, their values cannot. \
      There is no time and no id of a delivery: a notification is recognised by its payment and \
      its status.",
)
.with_event_type(Location::json("/payment_status"))
.without_id("https://documenter.getpostman.com/view/7907941/T1DtdF9a");
