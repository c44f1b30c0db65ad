//! Slugs that begin with `ca` to `ci`.

use super::shared;
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, Location, Scheme, SignatureField, TimestampFormat, text};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[
    &CALCOM,
    &CALENDLY,
    &CASHFREE,
    &CHARGEBEE,
    &CHARGEFLOW,
    &CHARGIFY,
    &CHECK,
    &CHECKOUT_COM,
    &CHECKR,
    &CIRCLE,
    &CIRCLECI,
];

/// Cal.com.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static CALCOM: Provider = Provider::new("calcom", "Cal.com", shared::body_hex("x-cal-signature-256"))
    .with_aliases(const { &[text("cal-com")] })
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/calcom/cal.com packages/features/webhooks/lib/sendPayload.ts",
    )
    .with_checked("2026-11")
    .with_event_type(Location::json("/triggerEvent"))
    .with_data("/payload")
    .without_id("https://github.com/calcom/docs pages/core-features/webhooks.mdoc")
    .without_body_limit("https://github.com/calcom/docs legacy/pages/webhooks.mdx");

/// Calendly.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static CALENDLY: Provider = Provider::new(
    "calendly",
    "Calendly",
    shared::stripe_like(
        "calendly-webhook-signature",
        ["t", "v1"],
        TimestampFormat::Seconds,
        Tolerance::seconds(180),
    ),
)
.with_source(
    Confidence::Secondary,
    "https://www.npmjs.com/package/n8n-nodes-base 2.41.2 \
          dist/nodes/Calendly/CalendlyTriggerHelpers.js",
)
.with_checked("2026-11")
.with_event_type(Location::json("/event"))
.with_data("/payload")
.without_id("https://github.com/api-evangelist/calendly asyncapi/calendly-webhook-api-asyncapi.yml")
.with_retries(Retries::for_secs(shared::DAY))
.with_retry_source("https://developer.calendly.com/api-docs/overview/webhooks/webhook-errors")
.without_body_limit("https://developer.calendly.com/api-docs/overview/webhooks/webhook-errors");

/// Cashfree Payments.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static CASHFREE: Provider = Provider::new(
    "cashfree",
    "Cashfree Payments",
    Scheme::hmac_sha256(SignatureField::header("x-webhook-signature", Encoding::Base64), "{timestamp}{body}")
        .with_timestamp(
            Location::header("x-webhook-timestamp"),
            TimestampFormat::Milliseconds,
            shared::CHOSEN,
        ),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/cashfree-pg 6.0.6 dist/api.js \
     PGVerifyWebhookSignature; \
     https://cashfree.com/docs/payments/online/webhooks/signature-verification",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Payment Gateway; payouts and Secure ID sign otherwise. The key is the client secret. \
     No separator stands behind the timestamp in what is signed, whatever the page's \
     pseudocode shows, so it has to have 13 digits. The id is a header that the signature \
     does not cover, sent from version 2025-01-01 on. The retries are those of the \
     default policy. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::header("x-idempotency-key"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retry_delays(&[120, 600, 1800])
.with_retry_source("https://www.cashfree.com/docs/api-reference/webhooks/reliability-and-operations")
.without_body_limit(
    "https://www.cashfree.com/docs/api-reference/webhooks/reliability-and-operations (first part)",
);

/// Chargebee. The body is not authenticated.
///
/// Key: the user name and the password, joined by `:`.
/// Proof: `page`.
pub static CHARGEBEE: Provider = Provider::new("chargebee", "Chargebee", Scheme::basic())
    .with_source(Confidence::OfficialDocs, "https://www.chargebee.com/docs/webhook_settings.html")
    .with_checked("2026-11")
    .with_notes("The body is not authenticated.")
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/event_type"))
    .with_data("/content")
.with_retry_delays(&[120, 360, 1800, 3600, 18_000, 86_400, 172_800])
.with_retry_source("\
          https://www.chargebee.com/docs/2.0/site-configuration/articles-and-faq/at-which-rate-can-we-expect-the-webhook-calls-in-chargebee-will-there-be-any-performance-disruption.html")
    .without_body_limit("https://github.com/chargebee/openapi spec/chargebee_api_v1_spec.yaml");

/// Chargeflow.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static CHARGEFLOW: Provider = Provider::new(
    "chargeflow",
    "Chargeflow",
    Scheme::hmac_sha256(
        SignatureField::header("x-chargeflow-hmac-sha256", Encoding::Hex),
        "{method}\n{path}\n{body}",
    ),
)
.with_source(
    Confidence::Secondary,
    "https://docs.chargeflow.io/docs/webhooks (the header, and that body, path and method are signed; the line feeds between \
      them and the encoding were read in code of others, which signs requests to its API in the same header)",
)
.with_checked("2026-11")
.with_notes(
    "The key is the API secret key. Needs the public URL. The events about alerts have no envelope: their /type is the kind \
      of the alert, so that each needs an endpoint of its own. Version 3 of its API signs {timestamp}.{body} in a header that \
      its page does not name. There is no timestamp, so the age of a delivery is not bounded.",
)
.without_event_type(
    "https://docs.chargeflow.io/docs/merchants/webhook-events (only dispute.created is named, in /type)",
);

/// Chargify / Maxio.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static CHARGIFY: Provider = Provider::new(
    "chargify",
    "Chargify / Maxio",
    shared::body_hex("x-chargify-webhook-signature-hmac-sha-256"),
)
.with_source(Confidence::Secondary, shared::WEBHOOK_CO)
.with_checked("2026-11")
.with_id(Location::form("id"))
.with_event_type(Location::form("event"))
.with_event_source("https://docs.maxio.com/hc/en-us/articles/24266136649869-Webhooks-Reference")
.with_retries(Retries::ack_only(15))
.with_retry_delays(&[10, 15, 90, 180])
.with_retry_source("https://docs.maxio.com/hc/en-us/articles/24266136649869-Webhooks-Reference")
.without_body_limit("https://docs.maxio.com/hc/en-us/articles/24266143173901-Webhooks-Overview (first part)");

/// Check, the payroll API.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static CHECK: Provider = Provider::new("check", "Check", shared::body_hex("check-signature"))
    .with_source(
        Confidence::OfficialDocs,
        "https://docs.checkhq.com/docs/the-shape-of-your-webhook-endpoint; \
          https://www.checkhq.com/post/announcing-webhooks",
    )
    .with_checked("2026-11")
    .with_notes(
        "The type is the kind of resource, in a header, as is the id: the signature covers neither. \
          `/event` is created, updated or deleted. There is no timestamp, so the age of a delivery \
          is not bounded.",
    )
    .with_id(Location::header("check-webhookevent-id"))
    .with_event_type(Location::header("check-topic"))
    .with_data("/data")
    .with_retries(Retries::for_secs(4 * shared::DAY).answered_in(5))
    .with_retry_source("https://docs.checkhq.com/docs/the-shape-of-your-webhook-endpoint")
    .without_body_limit("https://docs.checkhq.com/docs/the-shape-of-your-webhook-endpoint");

/// Checkout.com.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static CHECKOUT_COM: Provider =
    Provider::new("checkout-com", "Checkout.com", shared::body_hex("cko-signature"))
        .with_source(Confidence::Secondary, shared::WEBHOOK_CO)
        .with_checked("2026-11")
        .with_notes(
            "The key of the Authorization header that can be configured is a second check, and \
              not made here.",
        )
        .with_id(Location::json("/id"))
        .with_event_type(Location::json("/type"))
        .with_data("/data")
        .with_retry_delays(&[300, 600, 900, 1800, 3600, 14_400, 43_200, 43_200])
        .with_retry_source("https://www.checkout.com/docs/workflows")
        .without_body_limit("https://www.checkout.com/docs/workflows");

/// Checkr.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static CHECKR: Provider = Provider::new("checkr", "Checkr", shared::body_hex("x-checkr-signature"))
    .with_source(Confidence::Secondary, shared::WEBHOOK_CO)
    .with_checked("2026-11")
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/type"))
    .with_retries(Retries::for_secs(shared::DAY))
    .with_retry_source("memory: https://docs.checkr.com/#section/Webhooks")
    .without_body_limit("https://docs.checkr.com/apis/webhooks (first part)");

/// Circle. The key is a public one, and is fetched by its id.
///
/// Key: a public key.
/// Proof: `page`.
pub static CIRCLE: Provider = Provider::new(
    "circle",
    "Circle",
    Scheme::new(
        Algorithm::EcdsaP256Sha256,
        SignatureField::header("x-circle-signature", Encoding::Base64),
        "{body}",
    )
    .with_key_id(Location::header("x-circle-key-id")),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developers.circle.com/api-reference/verify-webhook-signatures",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "Notifications of version 2. The key is what the API answers for the id in X-Circle- \
     Key-Id: Base64 of the public key. Nothing says whether accounts share a key: look \
     the subscription or the wallet up among yours. There is no timestamp, so the age of \
     a delivery is not bounded.",
)
.with_id(Location::json("/notificationId"))
.with_event_type(Location::json("/notificationType"))
.with_data("/notification")
.with_retry_delays(&[1, 10, 30, 60, 900, 3600, 10_800, 18_000, 21_600, 36_000, 39_600])
.with_retry_source("https://developers.circle.com/cpn/references/webhook-retries")
.without_body_limit(
    "https://developers.circle.com/api-reference/webhooks, /cpn/references/webhooks/webhook-events (first part)",
);

/// CircleCI.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static CIRCLECI: Provider = Provider::new(
    "circleci",
    "CircleCI",
    Scheme::hmac_sha256(
        SignatureField::list("circleci-signature", [",", "=", "v1"], Encoding::Hex),
        "{body}",
    ),
)
.with_source(Confidence::OfficialDocs, "https://github.com/circleci/circleci-docs .../outbound-webhooks.adoc")
.with_checked("2026-11")
.with_notes(
    "Only v1 is accepted: other versions in the header are skipped. The type is a header that \
      the signature does not cover.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::header("circleci-event-type"))
.with_retries(Retries::ack_only(10))
.with_retry_source("https://circleci.com/docs/guides/integration/outbound-webhooks")
.without_body_limit(
    "https://github.com/circleci/circleci-docs docs/guides/modules/integration/pages/outbound-webhooks.adoc",
);
