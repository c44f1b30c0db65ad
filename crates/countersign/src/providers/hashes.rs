//! Providers with plain hashes of the secret and the content: weaker than HMAC, but their only algorithm.

use super::shapes::{self, CHOSEN};
use crate::handshake::catalogue;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Check, Encoding, Format, Location, Presence, Scheme, SignatureField, Unit};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] =
    &[&CLOUDINARY, &CRYPTOMUS, &HUBSPOT_V1, &HUBSPOT_V2, &LARK, &MIDTRANS, &PRZELEWY24];

/// Cloudinary.
///
/// Proof: `sdk`.
pub static CLOUDINARY: Provider = Provider::new(
    "cloudinary",
    "Cloudinary",
    Scheme::new(
        Algorithm::Sha1OrSha256,
        SignatureField::header("x-cld-signature", Encoding::Hex),
        "{body}{timestamp}{secret}",
    )
    .with_timestamp(Location::header("x-cld-timestamp"), Unit::Either, Tolerance::seconds(7200)),
)
.with_source(Confidence::OfficialCode, "https://github.com/cloudinary/cloudinary_npm lib/utils/index.js")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "An account chooses SHA-1 or SHA-256. Timestamps in milliseconds are read, too; a body \
      that ends with three digits, which could belong to either, is refused. The official \
      library does not bound the future; we do.",
)
.with_event_type(Location::json("/notification_type"))
.with_id(Location::json("/request_id"))
.with_event_source("memory: https://cloudinary.com/documentation/notifications");

/// Cryptomus.
///
/// Proof: `page`.
pub static CRYPTOMUS: Provider = Provider::new(
    "cryptomus",
    "Cryptomus",
    Scheme::new(
        Algorithm::Md5,
        SignatureField::at(Location::json("/sign"), Format::BARE, Encoding::Hex),
        "{base64:body:json-php}{secret}",
    ),
)
.with_source(Confidence::OfficialDocs, "https://doc.cryptomus.com/payments/webhook")
.with_checked("2026-11")
.with_notes(
    "The key is the payment API key, of payouts the payout API key. The values of all members are signed, in their order, \
     as PHP writes them; spaces and escapes are not. MD5 is weak, and Cryptomus offers no other algorithm. There is no \
     timestamp: a status that was received can be sent again.",
)
.with_id(Location::json("/uuid"))
.with_event_type(Location::json("/status"));

/// HubSpot v1.
///
/// Proof: `sdk`.
pub static HUBSPOT_V1: Provider = Provider::new(
    "hubspot-v1",
    "HubSpot v1",
    Scheme::new(
        Algorithm::Sha256,
        SignatureField::header("x-hubspot-signature", Encoding::Hex),
        "{secret}{body}",
    )
    .with_forbidden_starts("DELETEhttp|GEThttp|PATCHhttp|POSThttp|PUThttp")
    .with_checks(VERSION_1),
)
.with_source(Confidence::OfficialCode, "https://github.com/HubSpot/hubspot-api-nodejs src/.../Signature.ts")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The key is the client secret. A body has several events; id and type are those of the \
      first. A version in X-HubSpot-Signature-Version has to be v1, and a body must not begin \
      with a method and a URL, as what version 2 signs does. A plain hash does not bind the \
      body against extension: more can be appended without the secret. Bodies with the padding \
      which that leaves are refused, and the body is not reported as signed.",
)
.with_id(Location::json("/0/eventId"))
.with_event_type(Location::json("/0/subscriptionType"))
.with_retries(Retries::attempts(11).within(shapes::DAY).answered_in(5))
.with_retry_source("https://developers.hubspot.com/docs/api-reference/legacy/webhooks/guide");

/// HubSpot v2.
///
/// Proof: `sdk`.
pub static HUBSPOT_V2: Provider = Provider::new(
    "hubspot-v2",
    "HubSpot v2",
    Scheme::new(
        Algorithm::Sha256,
        SignatureField::header("x-hubspot-signature", Encoding::Hex),
        "{secret}{method}{url}{body}",
    )
    .with_checks(VERSION_2),
)
.with_source(Confidence::OfficialCode, "https://github.com/HubSpot/hubspot-api-nodejs src/.../Signature.ts")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The key is the client secret. A body has several events; id and type are those of the \
      first. A version in X-HubSpot-Signature-Version has to be v2. Nothing separates the URL \
      and the body in what is signed, and a plain hash does not bind the body against \
      extension: more can be appended without the secret. Bodies with the padding which that \
      leaves are refused. Nothing of the body is reported as signed.",
)
.with_id(Location::json("/0/eventId"))
.with_event_type(Location::json("/0/subscriptionType"))
.with_retries(Retries::attempts(11).within(shapes::DAY).answered_in(5))
.with_retry_source("https://developers.hubspot.com/docs/api-reference/legacy/webhooks/guide");

/// Lark / Feishu.
///
/// Proof: `sdk`.
pub static LARK: Provider = Provider::new(
    "lark",
    "Lark / Feishu",
    Scheme::new(
        Algorithm::Sha256,
        SignatureField::header("x-lark-signature", Encoding::Hex),
        "{timestamp}{header:x-lark-request-nonce}{secret}{body}",
    )
    .with_timestamp(Location::header("x-lark-request-timestamp"), Unit::Seconds, CHOSEN),
)
.with_source(Confidence::OfficialCode, "https://github.com/larksuite/node-sdk dispatcher/request-handle.ts")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The secret is the encrypt key. Bodies stay encrypted (AES-256-CBC) where that is \
      configured, and have neither id nor type then. Message cards are signed in another way. A \
      plain hash does not bind the body against extension: more can be appended without the \
      secret. Bodies with the padding which that leaves are refused, and the body is not \
      reported as signed. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/header/event_id"))
.with_event_type(Location::json("/header/event_type"))
.with_data("/event")
.with_handshakes(catalogue::LARK)
.with_retries(Retries::ack_only(3))
.with_retry_delays(&[15, 300, 3600, 21_600])
.with_retry_source(
    "memory: https://open.larksuite.com/document/server-docs/event-subscription-guide/overview",
);

const VERSION_1: &[Check] =
    &[Check::equals(Location::header("x-hubspot-signature-version"), "v1").with_presence(Presence::Optional)];

const VERSION_2: &[Check] =
    &[Check::equals(Location::header("x-hubspot-signature-version"), "v2").with_presence(Presence::Optional)];

/// Midtrans.
///
/// Proof: `page`.
pub static MIDTRANS: Provider = Provider::new(
    "midtrans",
    "Midtrans",
    Scheme::new(
        Algorithm::Sha512,
        SignatureField::at(Location::json("/signature_key"), Format::BARE, Encoding::Hex),
        "{json:/order_id}{json:/status_code}{json:/gross_amount}{secret}",
    ),
)
.with_source(Confidence::OfficialDocs, "https://docs.midtrans.com/docs/https-notification-webhooks")
.with_checked("2026-11")
.with_notes(
    "The secret is the server key. Nothing separates the order, the status code and the amount \
      in what is signed, so none of them is reported as signed; the status of the transaction \
      is not signed at all: ask the API for it. There is no timestamp.",
)
.with_id(Location::json("/transaction_id"))
.with_event_type(Location::json("/transaction_status"))
.with_retries(Retries::ack_only(15))
.with_retry_delays(&[120, 600, 1800, 5400, 12_600])
.with_retry_source(
    "https://github.com/Midtrans/technical-documentation-site \
      en/after-payment/http-notification.md (at most; fewer for some statuses)",
)
.without_body_limit(
    "https://github.com/Midtrans/technical-documentation-site en/after-payment/http-notification.md",
);

/// Przelewy24.
///
/// Proof: `secondary`.
pub static PRZELEWY24: Provider = Provider::new(
    "przelewy24",
    "Przelewy24",
    Scheme::new(
        Algorithm::Sha384,
        SignatureField::at(Location::json("/sign"), Format::BARE, Encoding::Hex),
        concat!(
            r#"{{"merchantId":{json:/merchantId},"posId":{json:/posId},"sessionId":"{json:/sessionId}","#,
            r#""amount":{json:/amount},"originAmount":{json:/originAmount},"currency":"{json:/currency}","#,
            r#""orderId":{json:/orderId},"methodId":{json:/methodId},"statement":"{json:/statement}","crc":"{secret}"}}"#,
        ),
    ),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/ingameltd/node-przelewy24 (NotificationRequest); \
      https://developers.przelewy24.pl, notification of a transaction",
)
.with_checked("2026-11")
.with_notes(
    "The secret is the CRC key. A value with a quote in it, which PHP would escape, is refused. Nothing is paid until \
     /transaction/verify confirms it. There is no timestamp.",
)
.with_id(Location::json("/orderId")).without_event_type("https://apis.io/examples/przelewy24/TransactionResult_example (the schema of \
      developers.przelewy24.pl; the notification of a transaction is the only one)");
