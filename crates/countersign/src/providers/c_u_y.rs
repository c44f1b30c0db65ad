//! Slugs that begin with `cu` to `cy`.

use super::shared;
use crate::handshake::{Answer, Handshake, Method, Trust};
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Encoding, KeyFormat, Location, Scheme, SignatureField, TimestampFormat, text};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[&CURRENTS, &CURSOR, &CUSTOMERIO, &CYBERSOURCE];

/// Currents.dev. The body is not authenticated.
///
/// Key: the text of the secret, which is sent as it is.
/// Proof: `page`.
pub static CURRENTS: Provider = Provider::new("currents", "Currents.dev", Scheme::token("x-webhook-secret"))
    .with_source(Confidence::OfficialDocs, "https://docs.currents.dev/integrations/http-webhooks")
    .with_checked("2026-11")
    .with_notes(
        "The body is not authenticated. The header is configured at the sender; this one was \
          chosen. x-timestamp is not signed, and not looked at.",
    )
    .with_event_type(Location::json("/event"))
    .without_id("https://docs.currents.dev/integrations/http-webhooks")
    .with_event_source("https://docs.currents.dev/integrations/http-webhooks")
    .without_body_limit("https://docs.currents.dev/resources/integrations/http-webhooks");

/// Cursor Cloud Agents.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static CURSOR: Provider =
    Provider::new("cursor", "Cursor Cloud Agents", shared::body_prefixed("x-webhook-signature", "sha256="))
        .with_source(Confidence::OfficialDocs, "https://docs.cursor.com/en/background-agent/api/webhooks")
        .with_checked("2026-11")
        .with_notes("Id and type are headers that the signature does not cover.")
        .with_id(Location::header("x-webhook-id"))
        .with_event_type(Location::header("x-webhook-event"))
        .without_body_limit("https://docs.cursor.com/en/background-agent/api/webhooks");

/// Customer.io.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static CUSTOMERIO: Provider = Provider::new(
    "customerio",
    "Customer.io",
    Scheme::hmac_sha256(SignatureField::header("x-cio-signature", Encoding::Hex), "v0:{timestamp}:{body}")
        .with_timestamp(Location::header("x-cio-timestamp"), TimestampFormat::Seconds, shared::CHOSEN),
)
.with_aliases(const { &[text("customer-io")] })
.with_source(
    Confidence::Secondary,
    "https://www.npmjs.com/package/n8n-nodes-base 2.41.2 \
      dist/nodes/CustomerIo/CustomerIoTriggerHelpers.js",
)
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/metric"))
.with_data("/data")
.with_retries(Retries::for_secs(7 * shared::DAY).answered_in(4))
.with_retry_source("https://docs.customer.io/api/webhooks/")
.without_body_limit("https://docs.customer.io/api/webhooks, /journeys/webhooks (first part)");

/// CyberSource, and Visa Acceptance Solutions.
///
/// Key: the secret, decoded from Base64.
/// Proof: `vectors`.
pub static CYBERSOURCE: Provider = Provider::new(
    "cybersource",
    "CyberSource",
    Scheme::hmac_sha256(
        SignatureField::list("v-c-signature", [";", "=", "sig"], Encoding::Base64),
        "{timestamp}.{body}",
    )
    .with_key(KeyFormat::base64(""))
    .with_timestamp(Location::signature_item("t"), TimestampFormat::Milliseconds, Tolerance::seconds(3600)),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developer.cybersource.com/docs/cybs/en-us/webhooks/implementation/all/rest/webhooks/wh-fg-optional-intro/wh-fg-optional-validate-intro/wh-fg-optional-validate-sig-format.html",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes(
    "The secret is the key of the notification, in Base64 as it was created. Notifications of \
      network tokens are signed over the compact JSON of `/payload` alone, as CyberSource's plugin for \
      commercetools does, and do not verify. An encrypted body is not decrypted. The tolerance is \
      that of the page's sample. Retries are configured with the subscription.",
)
.with_event_type(Location::json("/eventType"))
.with_handshakes(CYBERSOURCE_HANDSHAKES)
.with_event_source(
    "https://www.npmjs.com/package/cybersource-rest-client docs/Notificationsubscriptionsv2webhooksRetryPolicy.md",
)
.without_body_limit(
    "https://developer.cybersource.com/docs/cybs/en-us/webhooks/implementation/all/rest/webhooks/wh-fg-optional-intro/wh-fg-optional-validate-intro/wh-fg-optional-validate-sig-format.html",
);

/// CyberSource: a GET before a subscription becomes active.
pub const CYBERSOURCE_HANDSHAKES: &[Handshake] = &[Handshake::new("health check", Trust::Echo, Method::Get)
    .with_source(
        Confidence::OfficialDocs,
        "developer.cybersource.com/docs/cybs/en-us/webhooks wh-fg-subscription-health-check-url",
    )
    .with_conditions(const { &[] })
    .with_answer(Answer::status(200))];
