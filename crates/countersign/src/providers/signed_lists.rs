//! Providers whose signature header is a list of items including the timestamp, in other formats than Stripe's.

use super::shapes;
use super::shapes::CHOSEN;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Encoding, Location, Scheme, SignatureField, Unit};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[&KNOCK, &PADDLE, &PERSONA, &RECURLY, &RETELL, &SANITY];

/// Knock.
///
/// Proof: `page`.
pub static KNOCK: Provider = Provider::new(
    "knock",
    "Knock",
    Scheme::hmac_sha256(
        SignatureField::list("x-knock-signature", [",", "=", "s"], Encoding::Base64),
        "{timestamp}.{body}",
    )
    .with_timestamp(Location::signature_item("t"), Unit::Milliseconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/knocklabs/docs \
          content/developer-tools/outbound-webhooks/overview.mdx",
)
.with_checked("2026-11")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::attempts(8))
.with_retry_source("https://docs.knock.app/developer-tools/outbound-webhooks/overview")
.without_body_limit(
    "https://github.com/knocklabs/docs content/developer-tools/outbound-webhooks/overview.mdx",
);

/// Paddle Billing.
///
/// Proof: `sdk`.
pub static PADDLE: Provider = Provider::new(
    "paddle",
    "Paddle Billing",
    Scheme::hmac_sha256(
        SignatureField::list("paddle-signature", [";", "=", "h1"], Encoding::Hex),
        "{timestamp}:{body}",
    )
    .with_timestamp(Location::signature_item("ts"), Unit::Seconds, Tolerance::seconds(5)),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/PaddleHQ/paddle-node-sdk \
      src/notifications/helpers/webhooks-validator.ts; paddle-python-sdk \
      paddle_billing/Notifications",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Its own tolerance is 5 s: a clock that is not kept right rejects everything. All h1 are \
      tried; the official Node.js library looks at the last only. The official library does not \
      bound the future; we do.",
)
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/event_type"))
.with_data("/data")
.with_retries(Retries { attempts: Some(61), window_secs: Some(3 * 24 * 3600), ack_secs: Some(5) });

/// Persona.
///
/// Proof: `page`.
pub static PERSONA: Provider = Provider::new(
    "persona",
    "Persona",
    Scheme::hmac_sha256(
        SignatureField::list("persona-signature", [" ,", "=", "v1"], Encoding::Hex),
        "{timestamp}.{body}",
    )
    .with_timestamp(Location::signature_item("t"), Unit::Seconds, CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://docs.withpersona.com/docs/webhooks-best-practices")
.with_checked("2026-11")
.with_notes(
    "While keys are rotated there are several groups, separated by spaces. A request whose \
      groups have different timestamps is refused. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/data/id"))
.with_event_type(Location::json("/data/attributes/name"));

/// Recurly.
///
/// Proof: `page`.
pub static RECURLY: Provider = Provider::new(
    "recurly",
    "Recurly",
    Scheme::hmac_sha256(shapes::items("recurly-signature", Encoding::Hex), "{timestamp}.{body}")
        .with_timestamp(Location::SignatureIndex(0), Unit::Either, CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/recurly/recurly-client-ruby lib/recurly/webhooks.rb",
)
.with_checked("2026-11")
.with_notes(
    "The timestamp is the first item of the list, in milliseconds or seconds: sources differ, \
      both are read. Tolerance chosen: 300 s both ways.",
)
.with_event_type(Location::json("/event_type"))
.with_id(Location::json("/id"))
.with_event_source("memory: https://docs.recurly.com/recurly-subscriptions/docs/webhooks")
.with_retries(Retries::attempts(11).within(262_308))
.with_retry_source(
    "https://docs.recurly.com/recurly-subscriptions/v2021-02-25/docs/automatic-retries \
      (10 + x * 2^(x + 5) seconds, ten times)",
);

/// Retell.
///
/// Proof: `sdk`.
pub static RETELL: Provider = Provider::new(
    "retell",
    "Retell",
    Scheme::hmac_sha256(
        SignatureField::list("x-retell-signature", [",", "=", "d"], Encoding::Hex),
        "{body}{timestamp}",
    )
    .with_timestamp(Location::signature_item("v"), Unit::Milliseconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/RetellAI/retell-typescript-sdk src/lib/webhook_auth.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes("The secret is the API key.")
.with_event_type(Location::json("/event"))
.without_id("https://docs.retellai.com/features/webhook-overview")
.with_retries(Retries::attempts(4).answered_in(10))
.with_retry_source("https://docs.retellai.com/features/webhook-overview");

/// Sanity.
///
/// Proof: `sdk`.
pub static SANITY: Provider = Provider::new(
    "sanity",
    "Sanity",
    Scheme::hmac_sha256(
        SignatureField::list("sanity-webhook-signature", [",", "=", "v1"], Encoding::Base64UrlUnpadded),
        "{timestamp}.{body}",
    )
    .with_timestamp(Location::signature_item("t"), Unit::Milliseconds, CHOSEN),
)
.with_source(Confidence::OfficialCode, "https://github.com/sanity-io/webhook-toolkit src/signature.ts")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The official library refuses empty bodies and spaces in the header, and bounds no time. \
      The id is a header that the signature does not cover. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::header("idempotency-key"))
.with_event_type(Location::header("sanity-operation"))
// Source: sanity.io/docs/changelog, webhooks retry twice at 30-second intervals (2026-04-29).
.with_retry_delays(&[30, 30])
.with_retry_source("https://www.sanity.io/docs/changelog/50ec6abf-fe0c-475b-ae72-314148860132");
