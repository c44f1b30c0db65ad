//! I to Z.

use super::super::shapes;
use super::super::shapes::WEBHOOK_CO;
use crate::handshake::catalogue;
use crate::provider::{Confidence, Proof, Provider, Responses, Retries};
use crate::scheme::{Encoding, Location, Scheme, SignatureField};

/// By slug.
pub(in crate::providers) const FAMILY: &[&Provider] =
    &[&INTUIT, &LINE, &MAUTIC, &MERGE, &PRIMER, &SHOPIFY, &SHOPIFY_EVENTS, &TALLY, &WOOCOMMERCE, &XERO];

/// Intuit QuickBooks.
///
/// Proof: `page`.
pub static INTUIT: Provider =
    Provider::new("intuit", "Intuit QuickBooks", shapes::body_base64("intuit-signature"))
        .with_source(
            Confidence::OfficialCode,
            "https://github.com/IntuitDeveloper/SampleApp-Webhooks-nodejs util/util.js",
        )
        .with_checked("2026-11")
        .with_notes(
            "The key is the verifier token. Retries come after 10, 20 and 30 s, 5 and 20 \
      min, 2, 4 and 6 h, and then every 6 h: the page names no end.",
        )
        .with_id(Location::json("/0/id"))
        .with_event_type(Location::first_of(INTUIT_TYPES))
        .with_event_source(
            "https://blogs.intuit.com/2025/11/12/upcoming-change-to-webhooks-payload-structure",
        )
        .with_retries(Retries::ack_only(3))
        .with_retry_source(
            "https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks/best-practices",
        );

const INTUIT_TYPES: &[Location] =
    &[Location::json("/0/type"), Location::json("/eventNotifications/0/dataChangeEvent/entities/0/name")];

/// LINE.
///
/// Proof: `sdk`.
pub static LINE: Provider = Provider::new("line", "LINE", shapes::body_base64("x-line-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/line/line-bot-sdk-nodejs lib/validate-signature.ts; line-openapi \
          webhook.yml",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes(
        "A body has several events, or none when the endpoint is tested; id and type are those \
          of the first. The key is the channel secret.",
    )
    .with_id(Location::json("/events/0/webhookEventId"))
    .with_event_type(Location::json("/events/0/type"))
    .with_handshakes(catalogue::LINE)
    .without_body_limit("https://github.com/line/line-openapi webhook.yml");

/// Mautic.
///
/// Proof: `page`.
pub static MAUTIC: Provider = Provider::new("mautic", "Mautic", shapes::body_base64("webhook-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/mautic/mautic app/bundles/WebhookBundle/Http/Client.php",
    )
    .with_checked("2026-11")
    .without_id(
        "https://github.com/mautic/developer-documentation-new \
          docs/webhooks/example_scripts.rst",
    )
    .without_event_type(
        "https://github.com/mautic/developer-documentation-new docs/webhooks/example_scripts.rst \
      (the type is the name of a member)",
    )
    .without_body_limit(
        "https://github.com/mautic/developer-documentation-new docs/webhooks/getting_started.rst",
    );

/// Merge.dev.
///
/// Proof: `page`.
pub static MERGE: Provider = Provider::new(
    "merge",
    "Merge.dev",
    Scheme::hmac_sha256(SignatureField::header("x-merge-webhook-signature", Encoding::Base64Url), "{body}"),
)
.with_source(Confidence::OfficialDocs, "https://docs.merge.dev/basics/webhooks/merge-webhooks")
.with_checked("2026-11")
.with_notes("The signature is URL-safe Base64.")
.with_event_type(Location::json("/hook/event"))
.with_retries(Retries { attempts: Some(3), window_secs: None, ack_secs: Some(30) })
.without_id("https://docs.merge.dev/basics/webhooks/merge-webhooks");

/// Primer.
///
/// Proof: `page`.
pub static PRIMER: Provider = Provider::new(
    "primer",
    "Primer",
    Scheme::hmac_sha256(
        SignatureField::header("x-signature-primary,x-signature-secondary", Encoding::Base64).each(),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://primer.io/docs/api-reference/endpoints/v2.4/payment-webhooks/payment-refund",
)
.with_checked("2026-11")
.with_event_type(Location::json("/eventType"))
.without_id("https://primer.io/docs/api-reference/endpoints/v2.4/payment-webhooks/payment-status-update")
.with_event_source(
    "https://primer.io/docs/api-reference/endpoints/v2.4/payment-webhooks/payment-status-update",
)
.with_notes(
    "For 24 hours after a rotation a second header carries the signature under the other \
          secret: one of the two must fit.",
)
.with_retries(Retries::ack_only(10))
.with_retry_source("https://primer.io/docs/api-reference/get-started/configure-webhooks");

/// Shopify.
///
/// Proof: `sdk`.
pub static SHOPIFY: Provider = Provider::new(
    "shopify",
    "Shopify",
    shapes::body_base64("x-shopify-hmac-sha256").with_body_bytes(25 << 20),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/Shopify/shopify-app-js packages/apps/shopify-api/lib/webhooks",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The key is the app's API secret. Id and type are headers that the signature does not \
      cover. X-Shopify-Event-Id is the same for all webhooks of one event.",
)
.with_id(Location::header("x-shopify-webhook-id"))
.with_event_type(Location::header("x-shopify-topic"))
.with_retries(Retries { attempts: Some(9), window_secs: Some(4 * 3600), ack_secs: Some(5) });

/// Shopify Events (new header family).
///
/// Proof: `sdk`.
pub static SHOPIFY_EVENTS: Provider = Provider::new(
    "shopify-events",
    "Shopify Events (new header family)",
    shapes::body_base64("shopify-hmac-sha256").with_body_bytes(25 << 20),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/Shopify/shopify-app-js lib/webhooks/types.ts WEBHOOK_HEADER_NAMES; \
      shopify-api-ruby request_test.rb",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The newer names of the headers. The key is the app's API secret. Id and type are headers \
      that the signature does not cover.",
)
.with_id(Location::header("shopify-webhook-id"))
.with_event_type(Location::header("shopify-topic"))
.with_retries(Retries::attempts(9).within(4 * shapes::HOUR).answered_in(5))
.with_retry_source("https://shopify.dev/changelog/updates-to-webhook-retry-mechanism");

/// Tally.
///
/// Proof: `secondary`.
pub static TALLY: Provider = Provider::new("tally", "Tally", shapes::body_base64("tally-signature"))
    .with_source(Confidence::Secondary, WEBHOOK_CO)
    .with_checked("2026-11")
    .with_id(Location::json("/eventId"))
    .with_event_type(Location::json("/eventType"))
    .with_retries(Retries::ack_only(10))
    .with_retry_delays(&[300, 1800, 3600, 21_600, 86_400])
    .with_retry_source("https://developers.tally.so/api-reference/endpoint/webhooks/events/retry.md");

/// WooCommerce.
///
/// Proof: `page`.
pub static WOOCOMMERCE: Provider =
    Provider::new("woocommerce", "WooCommerce", shapes::body_base64("x-wc-webhook-signature"))
        .with_source(
            Confidence::OfficialDocs,
            "https://github.com/woocommerce/woocommerce-rest-api-docs \
          source/includes/v2/_introduction.md",
        )
        .with_checked("2026-11")
        .with_notes(
            "Id and type are headers that the signature does not cover. The id is a hash of \
              the webhook and the second: deliveries of one webhook in the same second share \
              it, and none is repeated. Without deduplication by id (`Provider::without_id`) \
              none is lost. A new webhook sends an unsigned form with webhook_id first, which \
              is refused.",
        )
        .with_id(Location::header("x-wc-webhook-delivery-id"))
        .with_event_type(Location::header("x-wc-webhook-topic"))
        .with_handshakes(catalogue::WOOCOMMERCE)
        .with_retries(Retries::NONE)
        .with_retry_source(
            "https://github.com/woocommerce/woocommerce \
      plugins/woocommerce/includes/class-wc-webhook.php",
        )
        .without_body_limit(
            "https://github.com/woocommerce/woocommerce-rest-api-docs source/includes/v3/_webhooks.md",
        );

/// Xero.
///
/// Proof: `page`.
pub static XERO: Provider = Provider::new("xero", "Xero", shapes::body_base64("x-xero-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/XeroAPI/XeroWebhooksReceiver \
          XeroWebhooksReceiver/Helpers/SignatureVerifier.cs",
    )
    .with_checked("2026-11")
    .with_notes(
        "Wrongly signed requests are sent on purpose, and are answered with 401. The type is \
          that of the first event.",
    )
    .with_event_type(Location::json("/events/0/eventType"))
    .with_handshakes(catalogue::XERO)
    .with_responses(Responses::DEFAULT.with_rejection(401).with_empty_rejection())
    .without_id(
        "https://github.com/XeroAPI/XeroWebhooksReceiver \
      WebhooksDataContracts/Payload.cs, Event.cs",
    )
    .with_retries(Retries::for_secs(shapes::DAY).answered_in(5))
    .with_retry_source("https://developer.xero.com/documentation/webhooks/configuring-your-server");
