//! Providers that sign with RSA.

use super::shapes::{self, CHOSEN};
use crate::handshake::catalogue;
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Check, Encoding, Location, Scheme, SignatureField, Unit, text};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[&ADOBE_IO, &FIREBLOCKS_V1, &KICK, &WECHATPAY, &WISE];

/// Adobe I/O Events. Takes the parameter `client_id`: `providers::ADOBE_IO.clone().with_parameter("client_id", …)`.
///
/// Proof: `page`.
pub static ADOBE_IO: Provider = Provider::new(
    "adobe-io",
    "Adobe I/O Events",
    Scheme::new(
        Algorithm::RsaSha256,
        SignatureField::header("x-adobe-digital-signature-1,x-adobe-digital-signature-2", Encoding::Base64)
            .each(),
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
.with_handshakes(catalogue::ADOBE_IO)
.with_retries(Retries::for_secs(shapes::DAY).answered_in(10))
.with_retry_source("https://developer.adobe.com/events/docs/common/retry-doc")
.with_body_limit(2 << 20, "https://github.com/AdobeDocs/adobe-io-events src/pages/support/faq.md (batches)");

const OUR_CLIENTS: &[Check] =
    &[Check::equals(Location::json("/recipient_client_id"), "{param:client_id}").separated_by(",")];

/// Fireblocks, webhooks of version 1. Takes the parameter `tenant_id`: the id of the workspace.
///
/// Proof: `page`.
pub static FIREBLOCKS_V1: Provider = Provider::new(
    "fireblocks-v1",
    "Fireblocks (v1)",
    Scheme::new(
        Algorithm::RsaSha512,
        SignatureField::header("fireblocks-signature", Encoding::Base64),
        "{body}",
    )
    .with_checks(OUR_WORKSPACES),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developers.fireblocks.com/reference/verify-requests, \
      /reference/get-to-know-webhook-data-objects",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::Provider)
.with_notes(
    "The key is PEM, on the page, one per environment. All workspaces share it: the parameter \
      tenant_id is the id of yours, which tenantId has to be; several are separated by commas. \
      No delivery has an id.",
)
.with_event_type(Location::json("/type"))
.with_data("/data")
.without_id("https://developers.fireblocks.com/reference/get-to-know-webhook-data-objects");

const OUR_WORKSPACES: &[Check] =
    &[Check::equals(Location::json("/tenantId"), "{param:tenant_id}").separated_by(",")];

/// Kick.
///
/// Proof: `page`.
pub static KICK: Provider = Provider::new(
    "kick",
    "Kick",
    Scheme::new(
        Algorithm::RsaSha256,
        SignatureField::header("kick-event-signature", Encoding::Base64),
        "{id}.{timestamp}.{body}",
    )
    .with_timestamp(Location::header("kick-event-message-timestamp"), Unit::Rfc3339, CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/KickEngineering/KickDevDocs events/webhook-security.md",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "The key is published, PEM. The type is a header that the signature does not cover. \
      Tolerance chosen: 300 s both ways. All applications share the key, and nothing that is \
      signed names the application: compare broadcaster.user_id in the body with the channels \
      that you subscribed to.",
)
.with_id(Location::header("kick-event-message-id"))
.with_event_type(Location::header("kick-event-type"))
.without_body_limit(
    "https://github.com/KickEngineering/KickDevDocs events/introduction.md, events/webhook-security.md",
);

/// WeChat Pay v3.
///
/// Proof: `page`.
pub static WECHATPAY: Provider = Provider::new(
    "wechatpay-v3",
    "WeChat Pay v3",
    Scheme::new(
        Algorithm::RsaSha256,
        SignatureField::header("wechatpay-signature", Encoding::Base64),
        "{timestamp}\n{header:wechatpay-nonce}\n{body}\n",
    )
    .with_timestamp(Location::header("wechatpay-timestamp"), Unit::Seconds, Tolerance::seconds(300))
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
.with_retry_source("https://pay.weixin.qq.com/doc/v3/merchant/4012791882");

/// Wise.
///
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
.with_handshakes(catalogue::WISE)
.with_retries(Retries::attempts(25).within(14 * shapes::DAY).answered_in(5))
.with_retry_source("https://docs.wise.com/guides/developer/webhooks/event-handling.md")
    .without_body_limit("https://github.com/transferwise/api-docs source/includes/reference/_profile_webhooks.md, source/includes/reference/_webhook_events.md");
