//! Slugs that begin with `me` to `mi`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, DigestFormat, Encoding, Format, JwtRules, Location, Presence, Scheme, SignatureField,
    TimestampFormat, text,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&MERCADOPAGO, &MERCURY, &MERGE, &MESSAGEBIRD, &META, &METRONOME, &MIDTRANS];

/// Mercado Pago. The body is not signed: fetch the resource that the id names.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static MERCADOPAGO: Provider = Provider::new(
    "mercadopago",
    "Mercado Pago",
    Scheme::hmac_sha256(
        SignatureField::list("x-signature", [",", "=", "v1"], Encoding::Hex),
        "{?id:{query:data.id};?}{?request-id:{header:x-request-id};?}ts:{timestamp};",
    )
    .with_timestamp(Location::signature_item("ts"), TimestampFormat::Either, Tolerance::seconds(300)),
)
.with_source(Confidence::OfficialCode, "https://github.com/mercadopago/sdk-nodejs src/utils/webhook/index.ts")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The body is not signed. No semicolon is accepted in data.id and x-request-id. The case of \
      data.id is kept, as the Node SDK does; the pages say that ids are lower case. 300 s both \
      ways were chosen: the SDK bounds the age only when asked to.",
)
.with_id(Location::header("x-request-id"))
.with_event_type(Location::query("type"))
.with_retries(Retries::attempts(6).within(4 * shared::DAY).answered_in(22))
.with_retry_source(
    "https://www.mercadopago.com.ar/developers/en/guides/notifications/webhooks (the \
      last of five retries comes 4 days after the first dispatch)",
)
.without_body_limit("https://github.com/mercadopago/devsite-docs guides/notifications/webhooks.en.md");

/// Mercury, the bank.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static MERCURY: Provider = Provider::new(
    "mercury",
    "Mercury",
    shared::stripe_like("mercury-signature", ["t", "v1"], TimestampFormat::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::Secondary,
    "https://docs.mercury.com/reference/webhooks; \
      https://asyncapi.apis.io/asyncapis/mercury/mercury-webhooks-asyncapi/",
)
.with_checked("2026-11")
.with_notes(
    "That the key is the text of the secret, not its Base64, is what receivers of others do. The type \
      is the kind of resource; `/operationType` is created or updated. Retries end about a day after \
      the event.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/resourceType"))
.with_retries(Retries::for_secs(shared::DAY).answered_in(5))
.with_retry_source("https://asyncapi.apis.io/asyncapis/mercury/mercury-webhooks-asyncapi/")
.without_body_limit("https://docs.mercury.com/reference/webhooks");

/// Merge.dev.
///
/// Key: the text of the secret.
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
.without_id("https://docs.merge.dev/basics/webhooks/merge-webhooks")
.without_body_limit("https://docs.merge.dev/basics/webhooks/merge-webhooks");

/// MessageBird, now Bird.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static MESSAGEBIRD: Provider = Provider::new(
    "messagebird",
    "MessageBird / Bird",
    Scheme::jwt(shared::bare_token("messagebird-signature-jwt"), "HS256|HS384|HS512")
        .with_jwt(JwtRules::new("HS256|HS384|HS512").with_required("exp|nbf"))
        .with_timestamp(Location::claim("nbf"), TimestampFormat::Seconds, Tolerance::seconds(5))
        .with_checks(
            const {
                &[
                    Check::equals(Location::claim("iss"), "MessageBird"),
                    Check::digest(Location::claim("url_hash"), DigestFormat::Sha256Hex, "{url}"),
                    Check::digest(Location::claim("payload_hash"), DigestFormat::Sha256Hex, "{body}")
                        .with_presence(Presence::WithBody),
                ]
            },
        ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/messagebird/messagebird-nodejs lib/webhook-signature-jwt.js + testdata",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes("Needs the public URL, as it was requested. A token lives for a minute; the leeway is 5 s.")
.with_id(Location::claim("jti"))
.with_event_type(Location::json("/type"))
.with_event_source("https://developers.messagebird.com/docs/conversations/handle-inbound-messages-curl; https://github.com/BotBuilderCommunity/botbuilder-community-dotnet Bot.Builder.Community.Adapters.MessageBird/Models/MessageBirdWebhookPayload.cs");

/// Meta (Facebook, Messenger, Instagram, WhatsApp).
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static META: Provider = Provider::new(
    "meta",
    "Meta (Facebook, Messenger, Instagram, WhatsApp)",
    shared::body_prefixed("x-hub-signature-256", "sha256="),
)
.with_aliases(const { &[text("whatsapp"), text("messenger"), text("instagram"), text("facebook")] })
.with_source(Confidence::OfficialCode, "https://github.com/fbsamples/whatsapp-business-jaspers-market app.js")
.with_checked("2026-11")
.with_notes(
    "The type is the field that changed first; /object says what it belongs to, and messages \
      of Messenger have no changes. Characters beyond ASCII are sent as lower-case \\u escapes, \
      and signed as sent. The key is the app secret.",
)
.with_event_type(Location::first_of(META_TYPES))
.with_handshakes(META_HANDSHAKES)
.without_id(
    "https://developers.facebook.com/docs/graph-api/webhooks (/entry/0/id is that of \
      the object)",
)
.with_retries(Retries::for_secs(36 * shared::HOUR))
.with_retry_source("https://developers.facebook.com/docs/graph-api/webhooks/getting-started")
.with_body_limit(
    3 << 20,
    "https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview",
);

/// Meta: Facebook, Instagram, WhatsApp, Threads.
pub const META_HANDSHAKES: &[Handshake] =
    &[Handshake::new("subscription", Trust::VerifyToken(Place::query("hub.verify_token")), Method::Get)
        .with_source(
            Confidence::Secondary,
            "developers.facebook.com/docs/graph-api/webhooks/getting-started, as read in other receivers",
        )
        .with_conditions(
            const {
                &[
                    Condition::equals(Place::query("hub.mode"), "subscribe"),
                    Condition::present(Place::query("hub.challenge")),
                ]
            },
        )
        .with_answer(Answer::text("{query:hub.challenge}"))];

/// Messenger and Instagram send `messaging`, the others `changes`; only the object is common to all.
const META_TYPES: &[Location] = &[Location::json("/entry/0/changes/0/field"), Location::json("/object")];

/// Metronome.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static METRONOME: Provider = Provider::new(
    "metronome",
    "Metronome",
    Scheme::hmac_sha256(
        SignatureField::header("metronome-webhook-signature", Encoding::Hex),
        "{timestamp}\n{body}",
    )
    .with_timestamp(
        Location::header("x-metronome-date,date"),
        TimestampFormat::HttpDate,
        Tolerance::seconds(300),
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/@metronome/sdk 3.10.0 resources/webhooks.js",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The header Date is read where X-Metronome-Date is missing, as older deliveries have \
          it.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_retries(Retries::for_secs(2 * shared::DAY))
.with_retry_source("https://docs.metronome.com/developer-resources/using-the-api/webhooks")
.without_body_limit("https://docs.metronome.com/developer-resources/using-the-api/webhooks");

/// Midtrans.
///
/// Key: the text of the secret.
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
      in what is signed, so none of them is reported as signed. The rest of the body is not signed, \
      the status of the transaction neither: ask the API for it. There is no timestamp.",
)
.without_id(
    "https://docs.midtrans.com/docs/transaction-status-cycle (/transaction_id is that of the \
      transaction, which has several statuses)",
)
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
