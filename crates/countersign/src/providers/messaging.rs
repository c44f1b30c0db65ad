//! Messages, calls and customer support.

use super::shapes::CHOSEN;
use super::{shapes, standard_webhooks, stripe_like};
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, Location, Scheme, SignatureField, Unit, text};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[
    &BLAND,
    &CRISP,
    &EMAILIT,
    &FOLK,
    &HIGHLEVEL,
    &MAILEROO,
    &PHONE_SYSTEMS,
    &PLAIN,
    &PODIUM,
    &POSTAL,
    &QUO,
    &SALESFORCE_MARKETING_CLOUD,
    &STREAM,
    &SURGE,
    &ZAVU,
];

/// Bland AI.
///
/// Proof: `page`.
pub static BLAND: Provider = Provider::new("bland", "Bland AI", shapes::body_hex("x-webhook-signature"))
    .with_source(Confidence::OfficialDocs, "https://docs.bland.ai/tutorials/webhook-signing")
    .with_checked("2026-11")
    .with_notes(
        "There is no timestamp, so the age of a delivery is not bounded. The page hashes the \
     body serialised again: it is sent in that form.",
    )
    .with_id(Location::json("/call_id"))
    .without_event_type("https://docs.bland.ai/platform/agent-quickstart (the body is the call)")
    .with_event_source("https://docs.bland.ai/platform/agent-quickstart");

/// Crisp.
///
/// Proof: `page`.
pub static CRISP: Provider = Provider::new(
    "crisp",
    "Crisp",
    Scheme::hmac_sha256(SignatureField::header("x-crisp-signature", Encoding::Hex), "[{timestamp};{body}]")
        .with_timestamp(Location::header("x-crisp-request-timestamp"), Unit::Milliseconds, CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/crisp-api 11.3.0 dist/crisp.js __verifySignature; \
     https://docs.crisp.chat/references/web-hooks/v1",
)
.with_checked("2026-11")
.with_notes(
    "The library hashes the body serialised again: it is sent in that form. Tolerance \
     chosen: 300 s both ways.",
)
.with_event_type(Location::json("/event"))
.with_data("/data")
.without_id("https://docs.crisp.chat/references/web-hooks/v1");

/// Emailit.
///
/// Proof: `page`.
pub static EMAILIT: Provider = Provider::new(
    "emailit",
    "Emailit",
    Scheme::hmac_sha256(SignatureField::header("x-emailit-signature", Encoding::Hex), "{timestamp}.{body}")
        .with_timestamp(Location::header("x-emailit-timestamp"), Unit::Seconds, CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://emailit.com/docs/webhooks/webhook-requests; \
      https://emailit.com/docs/changelog/2026-02-26-webhooks-v2",
)
.with_checked("2026-11")
.with_notes(
    "A body is a list of 1 to 100 events, and was one event before; id and type are \
      those of the first. The key is the whole secret, its prefix whsec_ included. \
      Tolerance chosen: 300 s both ways.",
)
.with_id(Location::first_of(const { &[Location::json("/0/event_id"), Location::json("/event_id")] }))
.with_event_type(Location::first_of(const { &[Location::json("/0/type"), Location::json("/type")] }))
.with_event_source("https://emailit.com/docs/webhooks/webhook-requests")
.with_retries(Retries::ack_only(30))
.with_retry_delays(&[300, 1800, 7200, 18_000, 43_200, 43_200, 43_200, 43_200, 43_200, 43_200])
.with_retry_source("https://emailit.com/docs/webhooks/retries-and-failures");

/// folk.
///
/// Proof: `page`.
pub static FOLK: Provider = Provider::new("folk", "folk", standard_webhooks::SCHEME)
    .with_source(Confidence::OfficialDocs, "https://developer.folk.app/webhooks/handle-deliveries")
    .with_checked("2026-11")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data");

/// HighLevel (GoHighLevel).
///
/// Proof: `page`.
pub static HIGHLEVEL: Provider = Provider::new(
    "highlevel",
    "HighLevel",
    Scheme::new(Algorithm::RsaSha256, SignatureField::header("x-wh-signature", Encoding::Base64), "{body}"),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/GoHighLevel/highlevel-api-docs \
          docs/oauth/WebhookAuthentication.md",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "One public key for all applications and accounts, from HighLevel's page: look \
     locationId or companyId of the body up among yours. There is no timestamp, so the \
     age of a delivery is not bounded.",
)
.with_id(Location::json("/webhookId"))
.with_event_type(Location::json("/type"))
.with_event_source(
    "https://github.com/GoHighLevel/highlevel-api-docs \
          docs/oauth/WebhookAuthentication.md",
)
    .without_body_limit("https://github.com/GoHighLevel/highlevel-api-docs docs/oauth/WebhookAuthentication.md, docs/webhook events");

/// Maileroo.
///
/// Proof: `page`.
pub static MAILEROO: Provider = Provider::new(
    "maileroo",
    "Maileroo",
    stripe_like::stripe_like("maileroo-signature", ["t", "v1"], Unit::Seconds, CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://maileroo.com/docs/api-reference/otp-verification/webhooks/getting-started",
)
.with_checked("2026-11")
.with_notes("The events of verifications. Tolerance chosen: 300 s both ways.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data");

/// DIDWW phone.systems.
///
/// Proof: `page`.
pub static PHONE_SYSTEMS: Provider = Provider::new(
    "phone-systems",
    "DIDWW phone.systems",
    stripe_like::stripe_like("x-ps-signature", ["t", "v1"], Unit::Seconds, CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://doc.didww.com/phone-systems/Settings/webhooks/verify-webhook-requests",
)
.with_checked("2026-11")
.with_notes("Every attempt is signed again, with its own time. Tolerance chosen: 300 s both ways.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_event_source("https://doc.didww.com/phone-systems/Settings/webhooks/webhook-event-reference.html")
.with_retries(Retries::attempts(10))
.with_retry_source("https://doc.didww.com/phone-systems/Settings/webhooks/webhook-event-reference.html");

/// Plain.
///
/// Proof: `sdk`.
pub static PLAIN: Provider = Provider::new("plain", "Plain", shapes::body_hex("plain-request-signature"))
    .with_source(
        Confidence::OfficialDocs,
        "https://plain.com/docs/request-signing; https://plain.com/docs/webhooks/sdk",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes(
        "The key is one for the whole workspace. The time of the attempt stands in the body \
     (/webhookMetadata/webhookDeliveryAttemptTimestamp): the SDK allows 300 s, and it is \
     not looked at here because older versions of the body have none.",
    )
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/type"))
    .with_data("/payload")
    .without_body_limit("https://github.com/team-plain/docs webhooks.mdx, webhooks/versions.mdx");

/// Podium.
///
/// Proof: `page`.
pub static PODIUM: Provider = Provider::new(
    "podium",
    "Podium",
    Scheme::hmac_sha256(SignatureField::header("podium-signature", Encoding::Hex), "{timestamp}.{body}")
        .with_timestamp(Location::header("podium-timestamp"), Unit::Either, CHOSEN),
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
.with_retries(Retries::for_secs(8 * 3600))
.with_retry_source("https://docs.podium.com/docs/webhook-retries (around 15 times)");

/// Postal.
///
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

/// Quo (OpenPhone).
///
/// Proof: `page`.
pub static QUO: Provider = Provider::new("quo", "Quo (OpenPhone)", standard_webhooks::SCHEME)
    .with_source(Confidence::OfficialDocs, "https://quo.com/docs/2026-03-30/webhooks-quickstart")
    .with_checked("2026-11")
    .with_notes(
        "Webhooks made before the new system sign the timestamp and the body in the header \
     openphone-signature, as `hmac;1;TIME;SIGNATURE`: they are not declared.",
    )
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data");

/// Salesforce Marketing Cloud (ENS).
///
/// Proof: `page`.
pub static SALESFORCE_MARKETING_CLOUD: Provider = Provider::new(
    "salesforce-marketing-cloud",
    "Salesforce Marketing Cloud (ENS)",
    shapes::body_base64("x-sfmc-ens-signature"),
)
.with_aliases(const { &[text("marketing-cloud")] })
.with_source(
    Confidence::OfficialDocs,
    "https://developer.salesforce.com/docs/marketing/marketing-cloud/guide/ens- \
     notification-signing.html",
)
.with_checked("2026-11")
.with_notes(
    "The callback is verified by a call of the API with the verificationKey that comes \
     unsigned first, not by an answer. A notification is a list of events. There is no \
     timestamp, so the age of a delivery is not bounded.",
)
.with_event_type(Location::json("/0/eventCategoryType"))
.without_id(
    "https://developer.salesforce.com/docs/marketing/marketing-cloud/guide/transactional_email_events.html \
      (compositeId names the message)",
)
.with_retries(Retries::for_secs(7 * shapes::DAY).answered_in(3))
.with_retry_source(
    "https://developer.salesforce.com/docs/marketing/marketing-cloud/guide/ens-retries-suspensions.html",
);

/// Stream.
///
/// Proof: `sdk`.
pub static STREAM: Provider = Provider::new("stream", "Stream", shapes::body_hex("x-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://www.npmjs.com/package/stream-chat 9.53.0 verifySignature; \
     https://getstream.io/chat/docs/php/webhooks_overview",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes(
        "The key is the API secret of the application. The id is a header that the signature \
     does not cover, the same in every attempt. Bodies may be compressed: the signature \
     is made before that.",
    )
    .with_id(Location::header("x-webhook-id"))
    .with_event_type(Location::json("/type"));

/// Surge.
///
/// Proof: `page`.
pub static SURGE: Provider = Provider::new(
    "surge",
    "Surge",
    stripe_like::stripe_like("surge-signature", ["t", "v1"], Unit::Seconds, Tolerance::seconds(300)),
)
.with_source(Confidence::OfficialDocs, "https://docs.surge.app/api-reference/webhooks/signature-validation")
.with_checked("2026-11")
.with_notes(
    "Several signatures stand in the header while a secret is rolled. The SDK of 2026 \
     (npm @surgeapi/node 0.30.0) verifies Standard Webhooks instead.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data");

/// Zavu.
///
/// Proof: `page`.
pub static ZAVU: Provider = Provider::new(
    "zavu",
    "Zavu",
    stripe_like::stripe_like("x-zavu-signature", ["t", "v2"], Unit::Seconds, CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://docs.zavu.dev/guides/receiving-messages/signature-migration")
.with_checked("2026-11")
.with_notes(
    "The scheme v2. Receivers made before it send v1, which covers the body alone, until \
     they are moved: it is not accepted. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_event_source("https://docs.zavu.dev/api-v2/webhook")
.with_retry_delays(&[60, 300, 900, 3600])
.with_retry_source("https://docs.zavu.dev/api-v2/webhook");
