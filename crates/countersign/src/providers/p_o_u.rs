//! Slugs that begin with `po` to `pu`.

use super::shared;
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, Encoding, Format, JwtRules, KeyFormat, Location, Scheme, SignatureField,
    TimestampFormat, text,
};

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&PODIUM, &POLAR, &POSTAL, &POSTMARK, &PRIMER, &PRZELEWY24, &PUBSUB, &PUSHER];

/// Podium.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static PODIUM: Provider = Provider::new(
    "podium",
    "Podium",
    Scheme::hmac_sha256(SignatureField::header("podium-signature", Encoding::Hex), "{timestamp}.{body}")
        .with_timestamp(Location::header("podium-timestamp"), TimestampFormat::Either, shared::CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://docs.podium.com/docs/verifying-webhook-signatures")
.with_checked("2026-11")
.with_notes(
    "The examples of the timestamp have milliseconds; seconds are read, too. Webhooks \
     without a secret are not signed. Tolerance chosen: 300 s both ways.",
)
.with_event_type(Location::json("/metadata/event_type"))
.with_data("/data")
.with_id(Location::json("/metadata/eventUid"))
.with_event_source("memory: https://docs.podium.com/docs/webhooks")
.with_retries(Retries::for_secs(8 * 3600).answered_in(5))
.with_retry_source("https://docs.podium.com/docs/webhook-retries (around 15 times); https://docs.podium.com/docs/webhooks (5 s)")
.without_body_limit("https://docs.podium.com/docs/webhooks");

/// Polar.
///
/// Key: the secret without `whsec_`, decoded from Base64, or the text of the secret.
/// Proof: `sdk`.
pub static POLAR: Provider = Provider::new(
    "polar",
    "Polar",
    shared::standard_webhooks("webhook-signature", "webhook-timestamp", POLAR_KEY),
)
.with_source(
    Confidence::OfficialCode,
    "https://pypi.org/project/polar-sdk/1.0.2, polar/webhooks.py _signing_keys",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The key is the Base64 behind whsec_, or, for secrets made before September 2026, \
              the whole text of the secret, prefix included. The text does not say which: both \
              are tried, and we sign with the first.",
)
.with_id(Location::header("webhook-id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::attempts(11).answered_in(10))
.with_retry_source("https://polar.sh/docs/integrate/webhooks/delivery")
.without_body_limit("https://github.com/polarsource/polar docs/integrate/webhooks/delivery.mdx");

const POLAR_KEY: KeyFormat = KeyFormat::base64("whsec_").or(const { &[KeyFormat::UTF8] });

/// Postal.
///
/// Key: a public key.
/// Proof: `page`.
pub static POSTAL: Provider = Provider::new(
    "postal",
    "Postal",
    Scheme::new(
        Algorithm::RsaSha256,
        SignatureField::header("x-postal-signature-256", Encoding::Base64),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/postalserver/postal lib/postal/http.rb, lib/postal/signer.rb, \
     app/services/webhook_delivery_service.rb",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::Account)
.with_notes(
    "The key is that of the installation (X-Postal-Signature-KID names it), and signs for \
     all of its servers. X-Postal-Signature is the same with SHA-1, and is not looked at. \
     The body has a time (/timestamp) with a fraction. There is no timestamp, so the age \
     of a delivery is not bounded.",
)
.with_id(Location::json("/uuid"))
.with_event_type(Location::json("/event"))
.with_data("/payload")
// Source: app/services/webhook_delivery_service.rb.
.with_retries(Retries { attempts: Some(6), window_secs: Some((2 + 3 + 6 + 10 + 15) * 60), ack_secs: Some(5) })
.without_body_limit("https://github.com/postalserver/docs content/4.developer/4.webhooks.md");

/// Postmark. The body is not authenticated.
///
/// Key: the user name and the password, joined by `:`.
/// Proof: `page`.
pub static POSTMARK: Provider = Provider::new("postmark", "Postmark", Scheme::basic())
    .with_source(
        Confidence::OfficialDocs,
        "https://github.com/ActiveCampaign/postmark-skills \
          postmark-webhooks/references/security.md",
    )
    .with_checked("2026-11")
    .with_notes(
        "The body is not authenticated. User and password are set with the webhook \
          (HttpAuth), or stand in the URL that is given to Postmark. The id is a header, which is \
          the same in every retry; where it is missing, it is that of the message, which the events about it share.",
    )
    .with_id_per_type(Location::first_of(POSTMARK_IDS))
    .with_event_type(Location::json("/RecordType"))
    .with_event_source(
        "https://github.com/ActiveCampaign/postmark-skills \
          postmark-webhooks/references/handler-examples.md",
    )
    .with_retry_delays(&[60, 300, 600, 600, 600, 900, 1800, 3600, 7200, 21_600])
    .with_retry_source(
        "\
          https://postmarkapp.com/support/article/understanding-inbound-webhook-retries-in-postmark",
    )
    .with_body_limit(
        50 << 20,
        "https://github.com/ActiveCampaign/postmark-skills postmark-inbound/SKILL.md (inbound messages)",
    );

const POSTMARK_IDS: &[Location] = &[Location::header("x-pm-webhook-trace-id"), Location::json("/MessageID")];

/// Primer.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static PRIMER: Provider = Provider::new(
    "primer",
    "Primer",
    Scheme::hmac_sha256(
        SignatureField::header("x-signature-primary,x-signature-secondary", Encoding::Base64).repeat_any(),
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
.with_retry_delays(&[10, 60, 300, 600, 900])
.with_retry_source("https://primer.io/docs/api-reference/get-started/configure-webhooks")
.without_body_limit("https://primer.io/docs/api-reference/get-started/configure-webhooks");

/// Przelewy24.
///
/// Key: the text of the secret.
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
    "The secret is the CRC key. A value with a quote in it, which PHP would escape, is refused. The rest of the body is not signed. Nothing is paid until \
     /transaction/verify confirms it. There is no timestamp.",
)
.with_id(Location::json("/orderId")).without_event_type("https://apis.io/examples/przelewy24/TransactionResult_example (the schema of \
      developers.przelewy24.pl; the notification of a transaction is the only one)");

/// Google Pub/Sub, push with authentication. Takes the parameters `audience` and `email`. The body is not signed.
///
/// Key: a public key.
/// Proof: `page`.
pub static PUBSUB: Provider = Provider::new(
    "pubsub",
    "Google Pub/Sub push",
    Scheme::jwt(shared::BEARER, "RS256")
        .with_jwt(JwtRules::new("RS256").with_required("exp|iat"))
        .with_timestamp(shared::ISSUED, TimestampFormat::Seconds, shared::LEEWAY)
        .with_checks(
            const {
                &[
                    Check::equals(Location::claim("iss"), "https://accounts.google.com"),
                    Check::equals(Location::claim("aud"), "{param:audience}"),
                    Check::equals(Location::claim("email"), "{param:email}"),
                    Check::equals(Location::claim("email_verified"), "true"),
                ]
            },
        ),
)
.with_aliases(const { &[text("google-pubsub")] })
.with_source(Confidence::OfficialDocs, "https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions")
.with_checked("2026-11")
.with_key_scope(KeyScope::Provider)
.with_notes(
    "The body is not signed, and a token may be sent for an hour. Keys: \
      https://www.googleapis.com/oauth2/v3/certs. email is the service account of the \
      subscription: Google signs for all its customers, for any audience.",
)
.with_id(Location::json("/message/messageId"))
.with_data("/message")
.without_event_type("https://cloud.google.com/pubsub/docs/push (attributes are the publisher's choice)")
.with_body_limit(14 << 20, "https://googleapis.dev/cpp/google-cloud-pubsub/latest/structgoogle_1_1cloud_1_1pubsub_1_1MaxBatchBytesOption.html \
      (10 MB, in Base64)")
.with_retries(Retries::for_secs(7 * shared::DAY).answered_in(10))
.with_retry_source(
    "https://docs.cloud.google.com/pubsub/docs/subscription-properties (7 days and \
      10 s unless a subscription says otherwise)",
);

/// Pusher Channels.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static PUSHER: Provider =
    Provider::new("pusher", "Pusher Channels", shared::body_hex("x-pusher-signature"))
        .with_source(Confidence::OfficialCode, "https://github.com/pusher/pusher-http-node lib/webhook.js")
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes(
            "X-Pusher-Key names the key; all configured secrets are tried. /time_ms is signed, \
              but not bounded. The type is that of the first event.",
        )
        .with_event_type(Location::json("/events/0/name"))
        .without_id("https://docs.bird.com/pusher/channels/channels/webhooks")
        .with_retries(Retries::for_secs(300).answered_in(4))
        .with_retry_source(
            "\
          https://docs.bird.com/pusher/channels/channels/webhooks/channels-webhook-timeouts-and-retries",
        )
        .without_body_limit("https://github.com/pusher/docs docs/channels/server_api/webhooks.md");
