//! Slugs that begin with `ab` to `af`, and with a digit.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, Encoding, Format, KeyFormat, Location, Scheme, SignatureField, TimestampFormat, text,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&LEARNING_360, &ABLY, &ACCESSOWL, &ACUITY, &ADOBE_IO, &ADYEN, &ADYEN_PLATFORM, &AFFIRM, &AFTERSHIP];

/// 360Learning.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static LEARNING_360: Provider =
    Provider::new("360learning", "360Learning", shared::STANDARD_WEBHOOKS_SCHEME)
        .with_source(
            Confidence::OfficialDocs,
            "https://360learning.readme.io/docs/security-and-signature-verification",
        )
        .with_checked("2026-11")
        .with_id(Location::header("webhook-id"))
        .with_event_type(Location::json("/type"))
        .with_data("/data")
        .with_event_source("https://360learning.readme.io/docs/event-payload-and-headers")
        .with_retries(Retries::ack_only(15))
        .with_retry_delays(shared::SVIX_DELAYS)
        .with_retry_source("https://360learning.readme.io/docs/retry-logic")
        .with_body_limit(shared::SVIX_BODY, shared::SVIX_BODY_SOURCE);

/// Ably.
///
/// Key: the text of the secret after its first `:`.
/// Proof: `page`.
pub static ABLY: Provider = Provider::new(
    "ably",
    "Ably",
    shared::body_base64("x-ably-signature").with_key(KeyFormat::UTF8.behind(":")),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/ably/docs src/pages/docs/platform/integrations/webhooks/index.mdx",
)
.with_checked("2026-11")
.with_notes("The key is what stands behind the colon of the API key. X-Ably-Key names it.")
.without_id(
    "https://ably.com/docs/platform/integrations/webhooks (/items/0/serial is that of the first item: a batch \
      that is repeated has newer items as well)",
)
.with_event_type(Location::first_of(ABLY_TYPES))
.with_event_source("https://ably.com/docs/platform/integrations/webhooks")
.with_retries(Retries::for_secs(300))
.with_retry_source("https://ably.com/docs/platform/integrations/webhooks")
.without_body_limit("https://github.com/ably/docs src/pages/docs/platform/integrations/webhooks/index.mdx");

const ABLY_TYPES: &[Location] = &[Location::json("/items/0/name"), Location::json("/source")];

/// AccessOwl.
///
/// Key: a public key.
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
.with_retries(Retries::attempts(20).within(shared::DAY).answered_in(30))
.with_retry_source("https://docs.accessowl.com/guides/webhooks/overview")
.without_body_limit("https://docs.accessowl.com/guides/webhooks/overview");

/// Acuity Scheduling.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static ACUITY: Provider =
    Provider::new("acuity", "Acuity Scheduling", shared::body_base64("x-acuity-signature"))
        .with_source(Confidence::OfficialDocs, "https://developers.acuityscheduling.com/docs/webhooks")
        .with_checked("2026-11")
        .with_notes("The key is the API key.")
        .with_event_type(Location::form("action"))
        .without_id(
            "https://developers.acuityscheduling.com/docs/webhooks (`id` is that of the \
          appointment or order)",
        )
        .with_event_source("https://developers.acuityscheduling.com/docs/webhooks")
        .without_body_limit("https://developers.acuityscheduling.com/docs/webhooks, /v1.0/docs/webhooks");

/// Adobe I/O Events. Takes the parameter `client_id`: `providers::ADOBE_IO.clone().with_parameter("client_id", …)`.
///
/// Key: a public key.
/// Proof: `page`.
pub static ADOBE_IO: Provider = Provider::new(
    "adobe-io",
    "Adobe I/O Events",
    Scheme::new(
        Algorithm::RsaSha256,
        SignatureField::header("x-adobe-digital-signature-1,x-adobe-digital-signature-2", Encoding::Base64)
            .repeat_any(),
        "{body}",
    )
    .with_key_id(Location::header("x-adobe-public-key1-path"))
    .with_checks(OUR_CLIENTS),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/adobe/aio-lib-events src/signatureUtils.js; names of the headers \
          as delivered",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::Provider)
.with_notes(
    "Two headers, one per key. The keys are PEM, at https://static.adobeioevents.com and the \
      paths of the headers x-adobe-public-key1-path and -key2-path: fetch them from that host \
      alone. All applications share the keys: the parameter client_id is the client id of \
      yours, which recipient_client_id has to be; several are separated by commas.",
)
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/event/@type"))
.with_handshakes(ADOBE_IO_HANDSHAKES)
.with_retries(Retries::for_secs(shared::DAY).answered_in(10))
.with_retry_source("https://developer.adobe.com/events/docs/common/retry-doc")
.with_body_limit(2 << 20, "https://github.com/AdobeDocs/adobe-io-events src/pages/support/faq.md (batches)");

/// Adobe I/O Events.
pub const ADOBE_IO_HANDSHAKES: &[Handshake] = &[Handshake::new("challenge", Trust::Echo, Method::Get)
    .with_source(Confidence::OfficialCode, "developer.adobe.com/events/docs/guides; adobe/aio-lib-events")
    .with_conditions(const { &[Condition::present(Place::query("challenge"))] })
    .with_answer(Answer::text("{query:challenge}"))];

const OUR_CLIENTS: &[Check] =
    &[Check::equals(Location::json("/recipient_client_id"), "{param:client_id}").separated_by(",")];

/// Adyen, standard notifications: one signature per item, over eight of its fields. A body that is one item without an
/// envelope is accepted, too.
///
/// Key: the secret, decoded from hexadecimal.
/// Proof: `sdk`.
pub static ADYEN: Provider = Provider::new(
    "adyen-item",
    "Adyen payments (standard notification)",
    Scheme::hmac_sha256(
        SignatureField::at(Location::json("/additionalData/hmacSignature"), Format::BARE, Encoding::Base64),
        "{json:/pspReference}:{json:?/originalReference}:{json:?/merchantAccountCode}:{json:?*/merchantReference}:{json:?/amount/value}:{json:?/amount/currency}:{json:?/eventCode}:{json:?/success}",
    )
    .with_key(KeyFormat::HEX)
    .for_each("/notificationItems/*/NotificationRequestItem"),
)
.with_aliases(const { &[text("adyen")] })
.with_source(Confidence::OfficialCode, "https://github.com/Adyen/adyen-node-api-library src/utils/hmacValidator.ts")
.with_checked("2026-11").with_proof(Proof::Sdk)
.with_notes(
    "Only eight fields of an item are signed, and no colon is accepted in them but in the \
      merchant reference. Nothing says which items belong together, so id and type are not \
      reported as signed. The id is the reference of a payment, a change or a dispute, which several events are about. \
      Classic endpoints expect the answer [accepted].",
)
.with_id_per_type(Location::json("/notificationItems/0/NotificationRequestItem/pspReference"))
.with_event_type(Location::json("/notificationItems/0/NotificationRequestItem/eventCode"))
.with_event_source("https://github.com/Adyen/adyen-openapi yaml/Webhooks-v1.yaml")
.with_retries(Retries::for_secs(30 * shared::DAY))
.with_retry_source("https://docs.adyen.com/development-resources/webhooks/troubleshoot")
.without_body_limit("https://github.com/Adyen/adyen-openapi yaml/Webhooks-v1.yaml");

/// Adyen platform / management / banking.
///
/// Key: the secret, decoded from hexadecimal.
/// Proof: `sdk`.
pub static ADYEN_PLATFORM: Provider = Provider::new(
    "adyen-platform",
    "Adyen platform / management / banking",
    shared::body_base64("hmacsignature").with_key(KeyFormat::HEX),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/Adyen/adyen-node-api-library src/utils/hmacValidator.ts \
          validateHMACSignature",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Platform, management and banking webhooks. The key is hexadecimal. Payment webhooks are \
      signed item by item: adyen-item.",
)
.with_event_type(Location::json("/type"))
.without_id(
    "https://docs.adyen.com/platforms/webhook-types (data, environment and type are \
      all there is)",
)
.with_retries(Retries::for_secs(30 * shared::DAY))
.with_retry_source("https://docs.adyen.com/development-resources/webhooks/troubleshoot")
.without_body_limit("https://github.com/Adyen/adyen-openapi yaml (specifications of the notifications)");

/// Affirm.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static AFFIRM: Provider = Provider::new(
    "affirm",
    "Affirm",
    Scheme::new(
        Algorithm::HmacSha512,
        SignatureField::list("x-affirm-signature", [",", "=", "v0"], Encoding::Hex),
        "{timestamp}.{body}",
    )
    .with_timestamp(Location::signature_item("t"), TimestampFormat::Seconds, shared::CHOSEN),
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
.with_event_source("https://docs.affirm.com/developers/reference/the-checkout-event-object")
.without_body_limit("https://docs.affirm.com/developers/reference/the-checkout-event-object");

/// AfterShip.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static AFTERSHIP: Provider = Provider::new(
    "aftership",
    "AfterShip",
    shared::body_base64("aftership-hmac-sha256,as-signature-hmac-sha256,am-webhook-signature"),
)
.with_source(
    Confidence::OfficialDocs,
    "https://www.aftership.com/docs/tracking/webhook/webhook-signature; \
          https://www.aftership.com/docs/returns/2025-04/webhook/signature",
)
.with_checked("2026-11")
.with_notes(
    "Other products than tracking use as-signature-hmac-sha256, Shipping am-webhook-signature: \
      all names are read.",
)
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/event"))
.with_retry_delays(&[30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15_360, 30_720, 61_440, 122_880])
.with_retry_source(
    "https://www.aftership.com/docs/tracking/webhook/webhook-overview (30 s, doubled \
      12 times)",
)
.without_body_limit("https://developers.aftership.com/reference/specification (first part)");
