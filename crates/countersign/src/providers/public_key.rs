//! Providers whose signatures are verified with a public key.

use super::shapes::{self, CHOSEN};
use crate::handshake::catalogue;
use crate::provider::{Confidence, KeyScope, Proof, Provider, Responses, Retries};
use crate::scheme::{Algorithm, Check, Encoding, KeyFormat, Location, Scheme, SignatureField, Unit, text};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[
    &ADOBE_IO,
    &DISCORD,
    &FAL,
    &FIREBLOCKS_V1,
    &KICK,
    &SENDGRID,
    &STANDARD_WEBHOOKS_V1A,
    &TELNYX,
    &TURNKEY,
    &WECHATPAY_V3,
    &WISE,
];

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
    "https://github.com/adobe/aio-lib-events src/signatureUtils.js; names of the headers as delivered",
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
.with_retry_source("memory: https://developer.adobe.com/events/docs/guides");

const OUR_CLIENTS: &[Check] =
    &[Check::equals(Location::json("/recipient_client_id"), "{param:client_id}").separated_by(",")];

/// Discord interactions / webhook events.
///
/// Proof: `sdk`.
pub static DISCORD: Provider = Provider::new(
    "discord",
    "Discord interactions / webhook events",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::header("x-signature-ed25519", Encoding::Hex),
        "{timestamp}{body}",
    )
    .with_key(KeyFormat::HEX)
    .with_timestamp(Location::header("x-signature-timestamp"), Unit::Seconds, CHOSEN),
)
.with_source(Confidence::OfficialCode, "https://github.com/discord/discord-interactions-js src/index.ts")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_key_scope(KeyScope::Account)
.with_notes(
    "Wrongly signed requests are sent on purpose, and are answered with 401. The key is \
      hexadecimal. The type is a number. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::first_of(DISCORD_TYPES))
.with_handshakes(catalogue::DISCORD)
.with_responses(Responses { rejected: Some(401), empty: false, accepted: text(""), authenticate: text("") })
.with_retries(Retries::for_secs(600).answered_in(3))
.with_retry_source("https://docs.discord.com/developers/events/webhook-events");

const DISCORD_TYPES: &[Location] = &[Location::json("/event/type"), Location::json("/type")];

/// fal.ai. Takes the parameter `user_id`: `providers::FAL.clone().with_parameter("user_id", …)`.
///
/// Proof: `secondary`.
pub static FAL: Provider = Provider::new(
    "fal",
    "fal.ai",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::header("x-fal-webhook-signature", Encoding::Hex),
        "{id}\n{param:user_id}\n{timestamp}\n{body:sha256-hex}",
    )
    .with_timestamp(Location::header("x-fal-webhook-timestamp"), Unit::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/Hookflo/tern src/platforms/algorithms.ts; https://docs.fal.ai webhooks",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::Provider)
.with_notes(
    "Any key of the JWKS at https://rest.alpha.fal.ai/.well-known/jwks.json signs. All \
      accounts share the keys: the parameter user_id is yours, which is signed; fal sends it in \
      x-fal-webhook-user-id.",
)
.with_id(Location::header("x-fal-webhook-request-id"))
.with_event_type(Location::json("/status"))
.with_data("/payload")
.with_retries(Retries::attempts(11).within(2 * shapes::HOUR).answered_in(15))
.with_retry_source("https://docs.fal.ai/model-apis/model-endpoints/webhooks");

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
/// Proof: `secondary`.
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
    Confidence::Secondary,
    "https://github.com/Yizack/nuxt-webhook-validators src/runtime/server/lib/validators/kick.ts",
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
.with_event_type(Location::header("kick-event-type"));

/// SendGrid Event Webhook.
///
/// Proof: `sdk`.
pub static SENDGRID: Provider = Provider::new(
    "sendgrid",
    "SendGrid Event Webhook",
    Scheme::new(
        Algorithm::EcdsaP256Sha256,
        SignatureField::header("x-twilio-email-event-webhook-signature", Encoding::Base64),
        "{timestamp}{body}",
    )
    .with_key(KeyFormat::base64(""))
    .with_timestamp(Location::header("x-twilio-email-event-webhook-timestamp"), Unit::Seconds, CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/sendgrid/sendgrid-python sendgrid/helpers/eventwebhook",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_key_scope(KeyScope::Account)
.with_notes(
    "The key is Base64 of DER. A body has several events; id and type are those of the first. \
      It ends with CR LF, which is signed. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/0/sg_event_id"))
.with_event_type(Location::json("/0/event"))
.with_retries(Retries::for_secs(shapes::DAY))
.with_retry_source("memory: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event");

/// Standard Webhooks v1a.
///
/// Proof: `vectors`.
pub static STANDARD_WEBHOOKS_V1A: Provider = Provider::new(
    "standard-webhooks-v1a",
    "Standard Webhooks v1a",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::list("webhook-signature", [" ", ",", "v1a"], Encoding::Base64),
        "{id}.{timestamp}.{body}",
    )
    .with_key(KeyFormat::base64("whpk_"))
    .with_timestamp(Location::header("webhook-timestamp"), Unit::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/standard-webhooks/standard-webhooks spec/standard-webhooks.md; \
      https://github.com/svix/svix-webhooks server/svix-server/src/worker.rs",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_key_scope(KeyScope::Account)
.with_notes("The key is whpk_ and Base64. Signatures of other versions (v1) are skipped.")
.with_id(Location::header("webhook-id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.as_generic();

/// Telnyx.
///
/// Proof: `sdk`.
pub static TELNYX: Provider = Provider::new(
    "telnyx",
    "Telnyx",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::header("telnyx-signature-ed25519", Encoding::Base64),
        "{timestamp}|{body}",
    )
    .with_key(KeyFormat::base64(""))
    .with_timestamp(Location::header("telnyx-timestamp"), Unit::Seconds, Tolerance::seconds(300)),
)
.with_source(Confidence::OfficialCode, "https://github.com/team-telnyx/telnyx-node src/lib/webhooks.ts")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_key_scope(KeyScope::Account)
.with_notes("The key is Base64.")
.with_id(Location::json("/data/id"))
.with_event_type(Location::json("/data/event_type"))
.with_data("/data/payload")
.with_retries(Retries::attempts(3).answered_in(2))
.with_retry_source("https://github.com/team-telnyx/ai skills: webhooks");

/// Turnkey.
///
/// Proof: `page`.
pub static TURNKEY: Provider = Provider::new(
    "turnkey",
    "Turnkey",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::header("x-turnkey-signature", Encoding::Hex),
        "v1.ed25519.{header:x-turnkey-signature-key-id}.{timestamp}.{id}.{body}",
    )
    .with_timestamp(Location::header("x-turnkey-timestamp"), Unit::Milliseconds, CHOSEN)
    .with_key_id(Location::header("x-turnkey-signature-key-id")),
)
.with_source(Confidence::OfficialDocs, "https://docs.turnkey.com/features/webhooks/verify-signatures")
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "The keys are a JWKS: https://api.turnkey.com/public/v1/discovery/webhooks/jwks. That the \
      signature is hexadecimal, and where the type is, was read in third-party code. \
      Tolerance chosen: 300 s both ways. All organizations share the keys, and the header with \
      the organization is not signed: compare the organization in the body with yours and your \
      sub-organizations.",
)
.with_id(Location::header("x-turnkey-event-id"))
.with_event_type(Location::json("/type"));

/// WeChat Pay v3.
///
/// Proof: `page`.
pub static WECHATPAY_V3: Provider = Provider::new(
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
.with_source(
    Confidence::OfficialCode,
    "https://github.com/wechatpay-apiv3/wechatpay-go core/auth/validators/wechat_pay_validator.go",
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
.with_handshakes(catalogue::WISE);
