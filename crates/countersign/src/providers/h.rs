//! Slugs that begin with `h`.

use super::shared;
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, Encoding, Location, Presence, Scheme, SignatureField, TimestampFormat, text,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&HELPSCOUT, &HEROKU, &HIGHLEVEL, &HOOK0, &HOOKDECK, &HUBSPOT_V1, &HUBSPOT_V2, &HUBSPOT, &HYGRAPH];

/// Help Scout.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static HELPSCOUT: Provider = Provider::new(
    "helpscout",
    "Help Scout",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-helpscout-signature", Encoding::Base64),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/helpscout/helpscout-api-php src/Webhooks/IncomingWebhook.php",
)
.with_checked("2026-11")
.with_notes("The type is a header that the signature does not cover.")
.with_event_type(Location::header("x-helpscout-event"))
.without_id("https://developer.helpscout.com/webhooks (the body is the object)")
.without_body_limit("https://developer.helpscout.com/webhooks");

/// Heroku.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static HEROKU: Provider =
    Provider::new("heroku", "Heroku", shared::body_base64("heroku-webhook-hmac-sha256"))
        .with_source(
            Confidence::Secondary,
            "https://github.com/Yizack/nuxt-webhook-validators \
              src/runtime/server/lib/validators/heroku.ts",
        )
        .with_checked("2026-11")
        .with_notes(
            "The action on the resource is at /action. The secret may also be sent in the \
              Authorization header, which is not looked at.",
        )
        .with_id(Location::json("/id"))
        .with_event_type(Location::json("/resource"))
        .with_data("/data")
        .with_retries(Retries::for_secs(3 * shared::DAY))
        .with_retry_source("https://devcenter.heroku.com/changelog-items/2525")
        .without_body_limit(
            "https://github.com/heroku/platform-api lib/platform-api/client.rb (webhook events and \
                  deliveries); https://devcenter.heroku.com/articles/app-webhooks-schema",
        );

/// HighLevel (GoHighLevel).
///
/// Key: a public key.
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

/// Hook0.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static HOOK0: Provider = Provider::new("hook0", "Hook0", shared::HOOK0_V1)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/hook0/hook0 output-worker/src/work.rs; \
          clients/rust/src/signature.rs; https://documentation.hook0.com",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes(
        "The signature is v1; the older v0, which leaves the headers out, is not accepted. \
          Dots join the headers and are in their values, so id and type, which are headers, are \
          not bound one by one; a body is, and has to be a JSON object or array where a listed \
          header has a dot in it, as the type has.",
    )
    .with_id(Location::header("x-event-id"))
    .with_event_type(Location::header("x-event-type"))
    .with_retries(Retries::attempts(25).within(8 * shared::DAY))
    .with_retry_source("https://github.com/hook0/hook0 output-worker/src/main.rs")
    .with_body_limit(699_050, "https://documentation.hook0.com/docs/payload-size-limit");

/// Hookdeck Event Gateway.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static HOOKDECK: Provider = Provider::new(
    "hookdeck",
    "Hookdeck Event Gateway",
    Scheme::hmac_sha256(
        SignatureField::header("x-hookdeck-signature,x-hookdeck-signature-2", Encoding::Base64).repeat_any(),
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

/// HubSpot v1.
///
/// Key: the text of the secret.
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
    "The key is the client secret. A body has several events; the type is that of the first. \
      Each event counts the attempts (attemptNumber), so the digest of the body is another \
      one in every attempt. A version in X-HubSpot-Signature-Version has to be v1, and a body must not begin \
      with a method and a URL, as what version 2 signs does. A plain hash does not bind the \
      body against extension: more can be appended without the secret. Bodies with the padding \
      which that leaves are refused, and the body is not reported as signed.",
)
.without_id(HUBSPOT_IDS)
.with_event_type(Location::json("/0/subscriptionType"))
.with_retries(Retries::attempts(11).within(shared::DAY).answered_in(5))
.with_retry_source("https://developers.hubspot.com/docs/api-reference/legacy/webhooks/guide");

/// The source of the fact that HubSpot's events have no id.
const HUBSPOT_IDS: &str = "https://developers.hubspot.com/docs/apps/legacy-apps/public-apps/\
      create-generic-webhook-subscriptions (eventId is not guaranteed to be unique)";

const VERSION_1: &[Check] =
    &[Check::equals(Location::header("x-hubspot-signature-version"), "v1").with_presence(Presence::Optional)];

/// HubSpot v2.
///
/// Key: the text of the secret.
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
    "The key is the client secret. A body has several events; the type is that of the first. \
      Each event counts the attempts (attemptNumber), so the digest of the body is another \
      one in every attempt. A version in X-HubSpot-Signature-Version has to be v2. Nothing separates the URL \
      and the body in what is signed, and a plain hash does not bind the body against \
      extension: more can be appended without the secret. Bodies with the padding which that \
      leaves are refused. Nothing of the body is reported as signed.",
)
.without_id(HUBSPOT_IDS)
.with_event_type(Location::json("/0/subscriptionType"))
.with_retries(Retries::attempts(11).within(shared::DAY).answered_in(5))
.with_retry_source("https://developers.hubspot.com/docs/api-reference/legacy/webhooks/guide");

const VERSION_2: &[Check] =
    &[Check::equals(Location::header("x-hubspot-signature-version"), "v2").with_presence(Presence::Optional)];

/// HubSpot v3.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static HUBSPOT: Provider = Provider::new(
    "hubspot-v3",
    "HubSpot v3",
    Scheme::hmac_sha256(
        SignatureField::header("x-hubspot-signature-v3", Encoding::Base64),
        "{method}{url}{body}{timestamp}",
    )
    .with_timestamp(
        Location::header("x-hubspot-request-timestamp"),
        TimestampFormat::Milliseconds,
        Tolerance::seconds(300),
    ),
)
.with_aliases(const { &[text("hubspot")] })
.with_source(
    Confidence::OfficialCode,
    "https://github.com/HubSpot/hubspot-api-nodejs src/.../Signature.ts; hubspot-api-python \
      hubspot/utils/signature.py",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "HubSpot's page asks to decode some escapes of the URL before it is signed; the official \
      libraries do not, and neither do we. A body has several events; the type is that of the \
      first. Each event counts the attempts (attemptNumber), so the digest of the body is \
      another one in every attempt. The official library does not bound the future; we do. Nothing separates the \
      URL and the body in what is signed, so nothing of the body is reported as signed.",
)
.without_id(HUBSPOT_IDS)
.with_event_type(Location::json("/0/subscriptionType"))
.with_retries(Retries::attempts(11).within(shared::DAY).answered_in(5))
.with_retry_source("https://developers.hubspot.com/docs/api-reference/legacy/webhooks/guide");

/// Hygraph.
///
/// Key: the text of the secret.
/// Proof: `vectors`.
pub static HYGRAPH: Provider = Provider::new(
    "hygraph",
    "Hygraph",
    Scheme::hmac_sha256(
        SignatureField::list("gcms-signature", [",", "=", "sign"], Encoding::Base64),
        r#"{{"Body":{body:json-string},"EnvironmentName":{sig:env:json-string},"TimeStamp":{timestamp}}}"#,
    )
    .with_timestamp(Location::signature_item("t"), TimestampFormat::Either, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/@hygraph/utils 1.2.1 index.js; \
      https://github.com/Yizack/nuxt-webhook-validators validators/hygraph.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes("The package does not look at the timestamp; 300 s both ways were chosen.")
.with_event_type(Location::json("/operation"))
.without_id("https://hygraph.com/docs/api-reference/basics/webhooks")
.with_retries(Retries::attempts(5).answered_in(3))
.with_retry_source("https://hygraph.com/docs/api-reference/basics/webhooks")
.without_body_limit("https://hygraph.com/docs/api-reference/basics/webhooks");
