//! A to H.

use super::super::shapes;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Encoding, KeyFormat, Location, Scheme, SignatureField};

/// By slug.
pub(in crate::providers) const FAMILY: &[&Provider] = &[
    &ABLY,
    &ACUITY,
    &ADYEN_PLATFORM,
    &AFTERSHIP,
    &BOLT,
    &CRONOFY,
    &DOCUSIGN,
    &FOURTHWALL,
    &HEROKU,
    &HOOKDECK,
];

/// Ably.
///
/// Proof: `page`.
pub static ABLY: Provider = Provider::new(
    "ably",
    "Ably",
    shapes::body_base64("x-ably-signature").with_key(KeyFormat::UTF8.behind(":")),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/ably/docs src/pages/docs/platform/integrations/webhooks/index.mdx",
)
.with_checked("2026-11")
.with_notes("The key is what stands behind the colon of the API key. X-Ably-Key names it.")
.with_id(Location::json("/items/0/serial"))
.with_event_type(Location::first_of(ABLY_TYPES))
.with_event_source("https://ably.com/docs/platform/integrations/webhooks")
.with_retries(Retries::for_secs(300))
.with_retry_source("https://ably.com/docs/platform/integrations/webhooks")
.without_body_limit("https://github.com/ably/docs src/pages/docs/platform/integrations/webhooks/index.mdx");

const ABLY_TYPES: &[Location] = &[Location::json("/items/0/name"), Location::json("/source")];

/// Acuity Scheduling.
///
/// Proof: `page`.
pub static ACUITY: Provider =
    Provider::new("acuity", "Acuity Scheduling", shapes::body_base64("x-acuity-signature"))
        .with_source(Confidence::OfficialDocs, "https://developers.acuityscheduling.com/docs/webhooks")
        .with_checked("2026-11")
        .with_notes("The key is the API key.")
        .with_event_type(Location::form("action"))
        .without_id(
            "https://developers.acuityscheduling.com/docs/webhooks (`id` is that of the \
          appointment or order)",
        )
        .with_event_source("https://developers.acuityscheduling.com/docs/webhooks");

/// Adyen platform / management / banking.
///
/// Proof: `sdk`.
pub static ADYEN_PLATFORM: Provider = Provider::new(
    "adyen-platform",
    "Adyen platform / management / banking",
    shapes::body_base64("hmacsignature").with_key(KeyFormat::HEX),
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
.with_retries(Retries::for_secs(30 * shapes::DAY))
.with_retry_source("https://docs.adyen.com/development-resources/webhooks/troubleshoot")
.without_body_limit("https://github.com/Adyen/adyen-openapi yaml (specifications of the notifications)");

/// AfterShip.
///
/// Proof: `page`.
pub static AFTERSHIP: Provider = Provider::new(
    "aftership",
    "AfterShip",
    shapes::body_base64("aftership-hmac-sha256,as-signature-hmac-sha256,am-webhook-signature"),
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
);

/// Bolt.
///
/// Proof: `page`.
pub static BOLT: Provider = Provider::new("bolt", "Bolt", shapes::body_base64("x-bolt-hmac-sha256"))
    .with_source(
        Confidence::OfficialDocs,
        "https://help.bolt.com/gaming/guide/bolt-webhooks/validate-authenticity",
    )
    .with_checked("2026-11")
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/type"))
    .with_event_source("memory: https://help.bolt.com/api-merchant-webhooks");

/// Cronofy.
///
/// Proof: `sdk`.
pub static CRONOFY: Provider = Provider::new(
    "cronofy",
    "Cronofy",
    Scheme::hmac_sha256(shapes::items("cronofy-hmac-sha256", Encoding::Base64), "{body}"),
)
.with_source(Confidence::OfficialDocs, "https://docs.cronofy.com/developers/api/push-notifications")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_event_type(Location::json("/notification/type"))
.without_id("https://docs.cronofy.com/developers/api/push-notifications");

/// DocuSign Connect.
///
/// Proof: `page`.
pub static DOCUSIGN: Provider = Provider::new(
    "docusign",
    "DocuSign Connect",
    Scheme::hmac_sha256(SignatureField::header("x-docusign-signature-*", Encoding::Base64).each(), "{body}")
        .with_body_bytes(25 << 20),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/docusign/code-examples-python app/connect/examples/eg001; \
      https://github.com/webhook-co/webhook packages/webhooks-spec/src/adapters/config.ts (npm \
      @webhook-co/webhooks-spec, states it is doc-verified)",
)
.with_checked("2026-11")
.with_notes(
    "One numbered header per key, up to 100. The key looks like Base64, and is used as text. \
      Bodies with documents go up to 25 MiB.",
)
.with_event_type(Location::json("/event"))
.without_id(
    "memory: \
          https://developers.docusign.com/platform/webhooks/connect/json-sim-event-model",
)
.with_retries(Retries::for_secs(15 * shapes::DAY).answered_in(100))
.with_retry_source("memory: https://developers.docusign.com/platform/webhooks/connect");

/// Fourthwall.
///
/// Proof: `page`.
pub static FOURTHWALL: Provider = Provider::new(
    "fourthwall",
    "Fourthwall",
    shapes::body_base64("x-fourthwall-hmac-sha256,x-fourthwall-hmac-apps-sha256"),
)
.with_source(Confidence::OfficialDocs, "https://docs.fourthwall.com/webhooks/signature-verification")
.with_checked("2026-11")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_event_source("https://docs.fourthwall.com/webhooks/webhook-model");

/// Heroku.
///
/// Proof: `secondary`.
pub static HEROKU: Provider =
    Provider::new("heroku", "Heroku", shapes::body_base64("heroku-webhook-hmac-sha256"))
        .with_source(
            Confidence::Secondary,
            "https://github.com/Yizack/nuxt-webhook-validators \
              src/runtime/server/lib/validators/heroku.ts",
        )
        .with_checked("2026-11")
        .with_notes(
            "What happened to the resource is /action. The secret may also be sent in the \
              Authorization header, which is not looked at.",
        )
        .with_id(Location::json("/id"))
        .with_event_type(Location::json("/resource"))
        .with_data("/data")
        .with_retries(Retries::for_secs(3 * shapes::DAY))
        .with_retry_source("https://devcenter.heroku.com/changelog-items/1966");

/// Hookdeck Event Gateway.
///
/// Proof: `page`.
pub static HOOKDECK: Provider = Provider::new(
    "hookdeck",
    "Hookdeck Event Gateway",
    Scheme::hmac_sha256(
        SignatureField::header("x-hookdeck-signature,x-hookdeck-signature-2", Encoding::Base64).each(),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/hookdeck/webhook-skills hookdeck-event-gateway-webhooks",
)
.with_checked("2026-11")
.with_notes(
    "While the secret is rotated there are two headers. The id is a header that the signature \
      does not cover.",
)
.with_id(Location::header("x-hookdeck-eventid"))
.without_event_type(
    "https://github.com/hookdeck/webhook-skills skills/hookdeck-event-gateway-webhooks (it is \
      that of the provider whose event is forwarded)",
)
.with_body_limit(10 << 20, "https://hookdeck.com/docs/platform/limits");
