//! Slugs that begin with `e`.

use super::shared;
use crate::handshake::{Answer, AnswerHeader, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, Encoding, JwtRules, KeyFormat, Location, Presence, Scheme, SignatureField,
    TimestampFormat, text,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[&EASYPOST, &EBAY, &ELEVENLABS, &EMAILIT, &ETSY, &EVENT_GRID];

/// EasyPost.
///
/// Key: the text of the secret in Unicode's NFKD.
/// Proof: `sdk`.
pub static EASYPOST: Provider = Provider::new(
    "easypost",
    "EasyPost",
    shared::body_prefixed("x-hmac-signature", "hmac-sha256-hex=").with_key(KeyFormat::UTF8.normalized()),
)
.with_source(Confidence::OfficialCode, "https://github.com/EasyPost/easypost-node src/utils/util.js")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The secret is brought into Unicode's form NFKD. The raw body is signed; some official \
      libraries rewrite numbers in it.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/description"))
.with_data("/result")
.with_retries(Retries::for_secs(shared::DAY).answered_in(7))
.with_retry_source(
    "https://www.easypost.com/if-the-customers-webhook-url-goes-down-how-does-easypost-respond",
)
.without_body_limit("https://easypost.com/webhooks-guide.html (first part)");

/// eBay. The key is the one that `kid` in the header names, as PEM.
///
/// Key: a public key.
/// Proof: `page`.
pub static EBAY: Provider = Provider::new(
    "ebay",
    "eBay notifications",
    Scheme::new(
        Algorithm::EcdsaP256Sha1,
        SignatureField::header("x-ebay-signature", Encoding::Base64Json),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/eBay/event-notification-nodejs-sdk lib/validator.js, \
          lib/client.js",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "The header is a JSON object in Base64. The SDK signs the body serialised again; eBay \
      sends it in that form. SHA-1 is all that eBay has. All applications share the keys, and \
      nothing that is signed names the application: look the subject of the notification up \
      among your own.",
)
.with_id(Location::json("/notification/notificationId"))
.with_event_type(Location::json("/metadata/topic"))
.with_data("/notification")
.with_handshakes(EBAY_HANDSHAKES)
.without_body_limit("https://github.com/api-evangelist/ebay openapi/ebay-market-account-deletion-asyncapi-original.yml (eBay's contract)");

/// eBay: requires the verification token, as a verify token, and the public URL as registered with eBay.
pub const EBAY_HANDSHAKES: &[Handshake] = &[Handshake::new("challenge_code", Trust::Secret, Method::Get)
    .with_source(
        Confidence::OfficialCode,
        "developer.ebay.com/marketplace-account-deletion; eBay/event-notification-nodejs-sdk",
    )
    .with_conditions(const { &[Condition::present(Place::query("challenge_code"))] })
    .with_answer(Answer::json(
        r#"{{"challengeResponse":"{sha256-hex:query:challenge_code+verify-token+url}"}}"#,
    ))];

/// ElevenLabs.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static ELEVENLABS: Provider = Provider::new(
    "elevenlabs",
    "ElevenLabs",
    shared::stripe_like("elevenlabs-signature", ["t", "v0"], TimestampFormat::Seconds, Tolerance::seconds(1800)),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/elevenlabs/elevenlabs-js src/wrapper/webhooks.ts; elevenlabs-docs \
      fern/snippets/webhook-hmac-authentication.mdx",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Not Standard Webhooks, although some say so. The official library does not bound the \
      future; we do.",
)
.with_event_type(Location::json("/type"))
.without_id("https://elevenlabs.io/docs/conversational-ai/workflows/post-call-webhooks")
    .without_body_limit("https://github.com/elevenlabs/elevenlabs-docs fern/conversational-ai/pages/workflows/post-call-webhook.mdx");

/// Emailit.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static EMAILIT: Provider = Provider::new(
    "emailit",
    "Emailit",
    Scheme::hmac_sha256(SignatureField::header("x-emailit-signature", Encoding::Hex), "{timestamp}.{body}")
        .with_timestamp(Location::header("x-emailit-timestamp"), TimestampFormat::Seconds, shared::CHOSEN),
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
.with_retry_source("https://emailit.com/docs/webhooks/retries-and-failures")
.without_body_limit("https://emailit.com/docs/webhooks/webhook-requests (first part)");

/// Etsy.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `secondary`.
pub static ETSY: Provider = Provider::new("etsy", "Etsy", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(Confidence::Secondary, shared::WEBHOOK_CO)
    .with_checked("2026-11")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/event_type"))
    .with_event_source("https://developers.etsy.com/documentation/essentials/webhooks")
    .with_retry_delays(shared::SVIX_DELAYS)
    .with_retry_source(
        "https://github.com/api-evangelist/etsy asyncapi/etsy-webhooks-asyncapi.yml (of Etsy's page)",
    )
    .without_body_limit("https://developers.etsy.com/documentation/essentials/webhooks (first part)");

/// Azure Event Grid with Entra ID. Takes the parameters `audience`, `issuer` and `app_id`. The body is not signed.
///
/// Key: a public key.
/// Proof: `page`.
pub static EVENT_GRID: Provider = Provider::new(
    "event-grid",
    "Azure Event Grid (Entra ID)",
    Scheme::jwt(shared::BEARER, "RS256")
        .with_jwt(JwtRules::new("RS256").with_required("exp"))
        .with_optional_timestamp(shared::ISSUED, TimestampFormat::Seconds, shared::LEEWAY)
        .with_checks(
            const {
                &[
                    Check::equals(Location::claim("aud"), "{param:audience}"),
                    Check::equals(Location::claim("iss"), "{param:issuer}"),
                    Check::equals(Location::claim("appid"), "{param:app_id}")
                        .with_presence(Presence::Optional),
                    Check::equals(Location::claim("azp"), "{param:app_id}").with_presence(Presence::Optional),
                ]
            },
        ),
)
.with_aliases(const { &[text("azure-event-grid")] })
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/MicrosoftDocs/azure-docs \
          articles/event-grid/secure-webhook-delivery.md",
)
.with_key_scope(KeyScope::Provider)
.with_notes(
    "The body is not signed. Keys: the JWKS of the tenant. app_id is who asked for the \
          token: 4962773b-9cdb-44cf-a8bf-237846a00ab7 for Event Grid itself, the client id \
          where a managed identity delivers; other applications of the tenant may get tokens \
          for the same audience. Subscriptions without Entra ID send a secret in the URL, \
          which is not looked at here.",
)
.with_id(Location::json("/0/id"))
.with_event_type(Location::json("/0/eventType"))
.with_handshakes(EVENT_GRID_HANDSHAKES)
.with_body_limit(1 << 20, "https://learn.microsoft.com/azure/event-grid/concepts")
.with_retries(Retries::attempts(30).within(shared::DAY).answered_in(30))
.with_retry_source("https://learn.microsoft.com/azure/event-grid/delivery-and-retry")
.with_checked("2026-11");

/// Azure Event Grid: a validation event, and the handshake of [`CLOUDEVENTS_HANDSHAKES`](super::CLOUDEVENTS_HANDSHAKES), depending on the schema.
pub const EVENT_GRID_HANDSHAKES: &[Handshake] = &[
    Handshake::new("subscription_validation", Trust::Echo, Method::Post)
        .with_source(
            Confidence::OfficialDocs,
            "learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema",
        )
        .with_conditions(
            const {
                &[
                    Condition::equals(Place::header("aeg-event-type"), "SubscriptionValidation"),
                    Condition::present(Place::json("/0/data/validationCode")),
                ]
            },
        )
        .with_answer(Answer::json(r#"{{"validationResponse":"{json:/0/data/validationCode}"}}"#)),
    Handshake::new("validation", Trust::Origin(Place::header("webhook-request-origin")), Method::Options)
        .with_source(
            Confidence::OfficialDocs,
            "learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema",
        )
        .with_conditions(const { &[Condition::present(Place::header("webhook-request-origin"))] })
        .with_answer(Answer::headers(
            200,
            const {
                &[
                    AnswerHeader::new("webhook-allowed-origin", "{header:webhook-request-origin}"),
                    AnswerHeader::new("webhook-allowed-rate", "{setting:allowed_rate|*}"),
                    AnswerHeader::new("allow", "POST"),
                ]
            },
        )),
];
