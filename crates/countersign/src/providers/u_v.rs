//! Slugs that begin with `u` to `v`.

use super::shared;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, DigestFormat, Encoding, Location, Scheme, SignatureField, TimestampFormat,
};

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&UNIT, &UP_BANK, &VANTA, &VAPI, &VERCEL, &VERIFF, &VIBER, &VONAGE];

/// Unit.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static UNIT: Provider = Provider::new(
    "unit",
    "Unit",
    Scheme::new(Algorithm::HmacSha1, SignatureField::header("x-unit-signature", Encoding::Base64), "{body}"),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/@unit-finance/unit-node-sdk 0.41.0 \
     dist/resources/webhooks.js verify",
)
.with_checked("2026-11")
.with_notes(
    "A delivery is a list of events. There is no timestamp, so the age of a delivery is \
     not bounded.",
)
.with_id(Location::json("/data/0/id"))
.with_event_type(Location::json("/data/0/type"))
.without_body_limit("https://www.unit.co/docs/api/webhooks (first part)");

/// Up, the Australian bank.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static UP_BANK: Provider =
    Provider::new("up-bank", "Up", shared::body_hex("x-up-authenticity-signature"))
        .with_source(Confidence::OfficialDocs, "https://github.com/up-banking/api v1/openapi.json")
        .with_checked("2026-11")
        .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
        .with_id(Location::json("/data/id"))
        .with_event_type(Location::json("/data/attributes/eventType"))
        .with_data("/data")
        // Source: the same document: 30 s for an answer.
        .with_retries(Retries { attempts: None, window_secs: None, ack_secs: Some(30) })
        .without_body_limit("https://github.com/up-banking/api v1/openapi.json");

/// Vanta.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static VANTA: Provider = Provider::new("vanta", "Vanta", shared::SVIX_SCHEME)
    .with_source(
        Confidence::OfficialDocs,
        "https://developer.vanta.com/docs/webhooks (powered by Svix); \
          https://docs.svix.com/receiving/verifying-payloads/how/",
    )
    .with_checked("2026-11")
    .with_notes("Accepts the webhook-* names of the headers, too.")
    .with_id(shared::SVIX_ID)
    .with_event_type(Location::json("/type"))
    .with_retries(Retries::ack_only(15))
    .with_retry_delays(shared::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries (sent by Svix)")
    .with_body_limit(shared::SVIX_BODY, shared::SVIX_BODY_SOURCE);

/// Vapi.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static VAPI: Provider = Provider::new("vapi", "Vapi", shared::body_hex("x-vapi-signature"))
    .with_source(
        Confidence::OfficialDocs,
        "https://github.com/VapiAI/docs fern/assistants/examples/support-escalation.mdx, \
          fern/apis/api/openapi.json (HMACAuthenticationPlan)",
    )
    .with_checked("2026-11")
    .with_notes(
        "Header, prefix and content are set by the user in the custom credential. This is \
          what the examples of the documentation check: x-vapi-signature, without prefix, with \
          the body alone as the content. The defaults of a credential are x-signature, \
          x-timestamp and `{timestamp}.{body}`. The older X-Vapi-Secret is a token.",
    )
    .with_event_type(Location::json("/message/type"))
    .without_id("https://docs.vapi.ai/server-url/events")
    .without_body_limit("https://github.com/VapiAI/docs fern/server-url.mdx, fern/server-url/events.mdx");

/// Vercel.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static VERCEL: Provider = Provider::new(
    "vercel",
    "Vercel",
    Scheme::new(Algorithm::HmacSha1, SignatureField::header("x-vercel-signature", Encoding::Hex), "{body}"),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/vercel/example-marketplace-integration app/webhook/route.ts",
)
.with_checked("2026-11")
.with_notes("SHA-1, although one library says SHA-256.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/payload")
.with_retries(Retries::for_secs(shared::DAY))
.with_retry_source(
    "https://github.com/hookdeck/webhook-skills \
          skills/vercel-webhooks/references/overview.md",
)
.without_body_limit("https://github.com/vercel/docs components/references-mdx/api/integrations/webhooks.mdx");

/// Veriff.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static VERIFF: Provider =
    Provider::new("veriff", "Veriff", shared::body_hex("x-hmac-signature,vrf-hmac-signature"))
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
        )
        .with_retries(Retries::for_secs(7 * shared::DAY))
        .with_retry_source("https://help.veriff.com/en/articles/3250261");

/// Viber.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static VIBER: Provider = Provider::new("viber", "Viber", shared::body_hex("x-viber-content-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/Viber/viber-bot-node lib/message/message-validator.js",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes("The key is the auth token.")
    .without_id(
        "https://creators.viber.com/docs/bots-api/events/message-seen (/message_token is that of the \
          message, which is delivered and seen)",
    )
    .with_event_type(Location::json("/event"))
    .with_retries(Retries::for_secs(shared::HOUR))
    .with_retry_source("https://developers.viber.com/docs/faq")
    .without_body_limit("https://developers.viber.com/docs/faq (30 kB are the limit of requests to its API)");

/// Vonage, signed webhooks of its Messages, Dispatch, Verify and Voice APIs.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static VONAGE: Provider = Provider::new(
    "vonage",
    "Vonage",
    Scheme::jwt(shared::BEARER, "HS256")
        .with_optional_timestamp(shared::ISSUED, TimestampFormat::Seconds, shared::LEEWAY)
        .with_checks(
            const {
                &[
                    Check::equals(Location::claim("iss"), "Vonage"),
                    Check::digest(Location::claim("payload_hash"), DigestFormat::Sha256Hex, "{body}"),
                ]
            },
        ),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/webhook-co/webhook \
      packages/webhooks-spec/src/adapters/bespoke/vonage.ts (npm @webhook-co/webhooks-spec, \
      states it is doc-verified)",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The secret is the signature secret of the account. Tokens do not expire: the id, jti, is \
      what a replay repeats. Webhooks sent as GET have the digest of their parameters as JSON, \
      which is not computed here.",
)
.with_id(Location::claim("jti"))
.with_event_type(Location::first_of(VONAGE_TYPES))
.with_event_source("memory: https://developer.vonage.com/en/messages/concepts/webhooks")
.with_retries(Retries::for_secs(shared::DAY))
.with_retry_source("https://api.support.vonage.com/hc/en-us/articles/360028543292")
.without_body_limit("https://github.com/Nexmo/nexmo-developer _documentation/en/concepts/guides/webhooks.md");

const VONAGE_TYPES: &[Location] = &[Location::json("/status"), Location::json("/message_type")];
