//! Slugs that begin with `w`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, Location, Scheme, SignatureField, TimestampFormat, text};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&WEBEX, &WEBFLOW, &WECHATPAY, &WHOP, &WISE, &WOOCOMMERCE, &WORKOS, &WORLDLINE, &WORLDPAY];

/// Webex.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static WEBEX: Provider = Provider::new(
    "webex",
    "Webex",
    Scheme::new(Algorithm::HmacSha1, SignatureField::header("x-spark-signature", Encoding::Hex), "{body}"),
)
.with_source(
    Confidence::Secondary,
    "https://www.npmjs.com/package/n8n-nodes-base 2.41.2 \
      dist/nodes/Cisco/Webex/CiscoWebexTrigger.node.js",
)
.with_checked("2026-11")
.with_notes("The action on the resource is at /event.")
.with_event_type(Location::json("/resource"))
.with_data("/data")
.without_id(
    "https://developer.webex.com/docs/receive-and-verify-webhooks (/id is that of \
      the webhook)",
)
.without_body_limit("https://developer.webex.com/messaging/docs/api/guides/webhooks");

/// Webflow.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static WEBFLOW: Provider = Provider::new(
    "webflow",
    "Webflow",
    Scheme::hmac_sha256(SignatureField::header("x-webflow-signature", Encoding::Hex), "{timestamp}:{body}")
        .with_timestamp(
            Location::header("x-webflow-timestamp"),
            TimestampFormat::Milliseconds,
            shared::CHOSEN,
        ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/webflow/js-webflow-api src/wrapper/WebhooksClient.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The key is the secret of the webhook, or the client secret of the OAuth app that made it. \
      The official library does not check the time. Tolerance chosen: 300 s both ways.",
)
.with_event_type(Location::json("/triggerType"))
.with_data("/payload")
.without_id("https://developers.webflow.com/reference/webhooks")
.with_retry_delays(&[600, 600, 600])
.with_retry_source("https://developers.webflow.com/data/v1.0.0/docs/limits-and-retries")
.without_body_limit("https://developers.webflow.com/data/v1.0.0/docs/limits-and-retries");

/// WeChat Pay v3.
///
/// Key: a public key.
/// Proof: `page`.
pub static WECHATPAY: Provider = Provider::new(
    "wechatpay-v3",
    "WeChat Pay v3",
    Scheme::new(
        Algorithm::RsaSha256,
        SignatureField::header("wechatpay-signature", Encoding::Base64),
        "{timestamp}\n{header:wechatpay-nonce}\n{body}\n",
    )
    .with_timestamp(
        Location::header("wechatpay-timestamp"),
        TimestampFormat::Seconds,
        Tolerance::seconds(300),
    )
    .with_key_id(Location::header("wechatpay-serial")),
)
.with_aliases(const { &[text("wechatpay"), text("wechat-pay")] })
.with_source(
    Confidence::OfficialCode,
    "https://github.com/wechatpay-apiv3/wechatpay-go \
          core/auth/validators/wechat_pay_validator.go",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "The key is a PEM certificate or public key, named by Wechatpay-Serial. The data is \
      encrypted. The key is WeChat Pay's, not the merchant's: that the data decrypts under your \
      APIv3 key says that it is yours.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/event_type"))
.with_data("/resource")
.with_retries(Retries::ack_only(5))
.with_retry_delays(&[
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600,
])
.with_retry_source("https://pay.weixin.qq.com/doc/v3/merchant/4012791882")
.without_body_limit("https://pay.weixin.qq.com/doc/global/v3/zh/4012354543");

/// Whop.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `sdk`.
pub static WHOP: Provider = Provider::new("whop", "Whop", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://www.npmjs.com/package/@whop/sdk 0.0.42 resources/webhooks.js unwrap \
     (standardwebhooks)",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes(
        "The SDK takes the secret in Base64; where it does not decode, its bytes have to be \
     encoded first.",
    )
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .without_body_limit("https://github.com/whopio/whop-docs docs/onboarding/webhooks.mdx");

/// Wise.
///
/// Key: a public key.
/// Proof: `vectors`.
pub static WISE: Provider = Provider::new(
    "wise",
    "Wise",
    Scheme::new(
        Algorithm::RsaSha256,
        SignatureField::header("x-signature-sha256", Encoding::Base64),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/transferwise/digital-signatures-examples verify-webhook-signature",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "The key is PEM, one per environment. The id is a header that the signature does not \
      cover. All customers share the key: compare subscription_id in the body with your own \
      subscriptions.",
)
.with_id(Location::header("x-delivery-id"))
.with_event_type(Location::json("/event_type"))
.with_data("/data")
.with_handshakes(WISE_HANDSHAKES)
.with_retries(Retries::attempts(25).within(14 * shared::DAY).answered_in(5))
.with_retry_source("https://docs.wise.com/guides/developer/webhooks/event-handling.md")
    .without_body_limit("https://github.com/transferwise/api-docs source/includes/reference/_profile_webhooks.md, source/includes/reference/_webhook_events.md");

/// Wise: a signed test delivery when a subscription is created.
pub const WISE_HANDSHAKES: &[Handshake] = &[Handshake::new("test_notification", Trust::Signed, Method::Post)
    .with_source(Confidence::OfficialCode, "docs.wise.com/api-docs/features/webhooks-notifications")
    .with_conditions(const { &[Condition::equals(Place::header("x-test-notification"), "true")] })
    .with_answer(Answer::status(200))];

/// WooCommerce.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static WOOCOMMERCE: Provider =
    Provider::new("woocommerce", "WooCommerce", shared::body_base64("x-wc-webhook-signature"))
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
        .with_handshakes(WOOCOMMERCE_HANDSHAKES)
        .with_retries(Retries::NONE)
        .with_retry_source(
            "https://github.com/woocommerce/woocommerce \
      plugins/woocommerce/includes/class-wc-webhook.php",
        )
        .without_body_limit(
            "https://github.com/woocommerce/woocommerce-rest-api-docs source/includes/v3/_webhooks.md",
        );

/// WooCommerce: a form with the id of the webhook.
pub const WOOCOMMERCE_HANDSHAKES: &[Handshake] = &[Handshake::new("ping", Trust::Echo, Method::Post)
    .with_source(Confidence::Secondary, "woocommerce/woocommerce includes/class-wc-webhook.php")
    .with_conditions(const { &[Condition::present(Place::form("webhook_id"))] })
    .with_answer(Answer::status(200))];

/// WorkOS.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static WORKOS: Provider = Provider::new(
    "workos",
    "WorkOS",
    shared::separated_by(
        ", ",
        "workos-signature",
        ["t", "v1"],
        TimestampFormat::Milliseconds,
        Tolerance::seconds(180),
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/workos/workos-node src/common/crypto/signature-provider.ts; \
      workos-python workos/webhooks/_verification.py",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The raw body is signed; the official Node.js library re-serialises it, and does not bound \
      the future; the Python library does, and so do we. Between the items stands a comma and a \
      space, without which the Python library reads nothing.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/event"))
.with_data("/data")
.with_retries(Retries::for_secs(3 * shared::DAY))
.with_retry_source("https://workos.com/docs/webhooks")
.without_body_limit(
    "https://www.npmjs.com/package/@workos/mcp-docs-server 0.2.0 docs/events/data-syncing/webhooks.mdx",
);

/// Worldline Connect and Direct.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static WORLDLINE: Provider =
    Provider::new("worldline", "Worldline Connect and Direct", shared::body_base64("x-gcs-signature"))
        .with_source(
            Confidence::OfficialCode,
            "https://www.npmjs.com/package/onlinepayments-sdk-nodejs 6.2.0 \
     lib/cjs/src/webhooks/validation.js; https://docs.connect.worldline- \
     solutions.com/documentation/webhooks/event-structure",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_handshakes(WORLDLINE_HANDSHAKES)
        .with_notes(
            "X-GCS-KeyId names the key. Some deliveries are lists of events. There is no \
     timestamp, so the age of a delivery is not bounded.",
        )
        .with_id(Location::json("/id"))
        .with_event_type(Location::json("/type"));

/// Worldline, formerly Ingenico: the header is sent back as the body.
pub const WORLDLINE_HANDSHAKES: &[Handshake] =
    &[Handshake::new("endpoint_verification", Trust::Echo, Method::Get)
        .with_source(
            Confidence::Secondary,
            "docs.connect.worldline-solutions.com, webhooks; as read in other receivers",
        )
        .with_conditions(
            const { &[Condition::present(Place::header("x-gcs-webhooks-endpoint-verification"))] },
        )
        .with_answer(Answer::text("{header:x-gcs-webhooks-endpoint-verification}"))];

/// Worldpay Access.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static WORLDPAY: Provider = Provider::new(
    "worldpay",
    "Worldpay Access",
    Scheme::hmac_sha256(
        SignatureField::list("event-signature", [",", "/SHA256/", "*"], Encoding::Hex),
        "{body}",
    ),
)
.with_source(Confidence::OfficialDocs, "https://developer.worldpay.com/products/access/events/signature")
.with_checked("2026-11")
.with_notes(
    "Each item names its key: keyId/SHA256/signature. All items are tried with all \
          secrets.",
)
.with_id(Location::json("/eventId"))
.with_event_type(Location::json("/eventDetails/type"))
.with_retries(Retries::for_secs(7 * shared::DAY).answered_in(10))
.with_retry_source("https://developer.worldpay.com/products/access/events")
.without_body_limit("https://developer.worldpay.com/docs/access-worldpay/events");
