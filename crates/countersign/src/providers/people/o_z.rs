//! O to Z.

use super::super::shapes::CHOSEN;
use super::super::{shapes, standard_webhooks, stripe_like, svix};
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Encoding, Format, Location, Scheme, SignatureField, Unit};
use crate::time::Tolerance;

/// By slug.
pub(in crate::providers) const FAMILY: &[&Provider] =
    &[&ONFIDO, &PANDADOC, &SEAM, &SIGNATUREAPI, &SMARTCAR, &SYNTHESIA, &TERRA, &VERIFF];

/// Onfido.
///
/// Proof: `sdk`.
pub static ONFIDO: Provider = Provider::new("onfido", "Onfido", shapes::body_hex("x-sha2-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://www.npmjs.com/package/@onfido/api 6.2.0 dist/webhook-event-verifier.js; \
     https://documentation.identity.entrust.com/api/manual-webhook-signature-verification",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
    .with_event_type(Location::json("/payload/action"))
    .with_data("/payload")
    .without_id("https://www.npmjs.com/package/@onfido/api 6.2.0 dist/api.d.ts WebhookEventPayload")
    .without_body_limit(
        "https://github.com/onfido/onfido-openapi-spec generated/artifacts/openapi-yaml/openapi/openapi.yaml",
    );

/// PandaDoc.
///
/// Proof: `page`.
pub static PANDADOC: Provider = Provider::new(
    "pandadoc",
    "PandaDoc",
    Scheme::hmac_sha256(
        SignatureField::at(Location::query("signature"), Format::BARE, Encoding::Hex),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developers.pandadoc.com/docs/webhook-verification; \
     https://developers.pandadoc.com/docs/webhooks-overview",
)
.with_checked("2026-11")
.with_notes(
    "The signature is a parameter of the URL's query. The id is a header that the \
     signature does not cover, the same in every attempt. A delivery is a list of \
     notifications.",
)
.with_id(Location::header("x-pandadoc-webhook-event-id"))
.with_event_type(Location::json("/0/event"))
.with_data("/0/data")
// Source: developers.pandadoc.com/docs/webhook-setup: 20 s for an answer.
.with_retries(Retries { attempts: None, window_secs: None, ack_secs: Some(20) })
.with_retry_source("https://developers.pandadoc.com/docs/webhook-setup");

/// Seam.
///
/// Proof: `page`.
pub static SEAM: Provider = Provider::new("seam", "Seam", svix::SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://www.npmjs.com/package/@seamapi/webhook 1.2.0 lib/seam-webhook.js (svix)",
    )
    .with_checked("2026-11")
    .with_notes("Accepts the webhook-* names of the headers, too.")
    .with_id(svix::ID)
    .with_event_type(Location::json("/event_type"))
    .with_retry_delays(shapes::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries (delivered by Svix)")
    .with_body_limit(shapes::SVIX_BODY, shapes::SVIX_BODY_SOURCE);

/// SignatureAPI.
///
/// Proof: `page`.
pub static SIGNATUREAPI: Provider = Provider::new("signatureapi", "SignatureAPI", standard_webhooks::SCHEME)
    .with_source(Confidence::OfficialDocs, "https://signatureapi.com/docs/api/guides/how-to/verify-webhooks")
    .with_checked("2026-11")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_event_source("https://signatureapi.com/docs/api/webhooks");

/// Smartcar.
///
/// Proof: `sdk`.
pub static SMARTCAR: Provider = Provider::new("smartcar", "Smartcar", shapes::body_hex("sc-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://www.npmjs.com/package/smartcar 10.4.0 index.js hashChallenge, verifyPayload",
    )
    .with_checked("2026-11").with_proof(Proof::Sdk)
    .with_notes(
        "The key is the application management token. The library hashes the body serialised \
     again: it is sent in that form. Webhooks of version 2 have no id, their type is /eventName and their data /payload. There is no timestamp, so the age of a delivery is \
     not bounded.",
    ).with_id(Location::json("/eventId")).with_event_type(Location::first_of(const { &[Location::json("/eventType"), Location::json("/eventName")] })).with_data("/data").with_event_source("https://smartcar.com/docs/api-reference/webhooks/events/overview")
    .with_body_limit(50 << 10, "https://smartcar.com/docs/integrations/webhooks (delivery behavior)");

/// Synthesia.
///
/// Proof: `page`.
pub static SYNTHESIA: Provider = Provider::new(
    "synthesia",
    "Synthesia",
    Scheme::hmac_sha256(SignatureField::header("synthesia-signature", Encoding::Hex), "{timestamp}.{body}")
        .with_timestamp(Location::header("synthesia-timestamp"), Unit::Seconds, CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://docs.synthesia.io/reference/verifying-synthesia-signatures")
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::attempts(3).within(600).answered_in(6))
.with_retry_source("https://docs.synthesia.io/reference/webhooks")
.without_id("https://docs.synthesia.io/reference/webhook-events");

/// Terra.
///
/// Proof: `sdk`.
pub static TERRA: Provider = Provider::new(
    "terra",
    "Terra",
    stripe_like::stripe_like("terra-signature", ["t", "v1"], Unit::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/terra-api 2.1.0 dist/cjs/utils.js; \
     https://docs.tryterra.co/destinations/webhooks",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_event_type(Location::json("/type"))
.with_data("/data")
.without_id(
    "https://docs.tryterra.co/reference/health-and-fitness-api/event-types \
      (terra-reference names the request for data, which several deliveries answer)",
);

/// Veriff.
///
/// Proof: `page`.
pub static VERIFF: Provider =
    Provider::new("veriff", "Veriff", shapes::body_hex("x-hmac-signature,vrf-hmac-signature"))
        .with_source(
            Confidence::OfficialDocs,
            "https://devdocs.veriff.com/docs/hmac-authentication-and-endpoint-security; \
     https://devdocs.veriff.com/docs/webhooks-guide",
        )
        .with_checked("2026-11")
        .with_notes(
            "Decision webhooks and event webhooks differ in their bodies: those of events name it \
     (/action). X-Signature, an older hash, is not looked at. There is no timestamp, so \
     the age of a delivery is not bounded.",
        )
        .with_event_type(Location::first_of(
            const { &[Location::json("/action"), Location::json("/eventType")] },
        ))
        .without_id(
            "https://devdocs.veriff.com/docs/event-webhook (its ids are those of the session \
      and of the attempt)",
        );
