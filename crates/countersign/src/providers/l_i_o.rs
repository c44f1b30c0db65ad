//! Slugs that begin with `li` to `lo`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Pattern, Place, Trust};
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{
    Check, DigestFormat, Encoding, Format, JwtRules, Location, Scheme, SignatureField, TimestampFormat,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[
    &LINE,
    &LINEAR,
    &LINKEDIN,
    &LITHIC,
    &LIVEBLOCKS,
    &LIVEKIT,
    &LOB,
    &LOGTO,
    &LOOPS,
    &LOVABLE,
    &LOVABLE_EMAIL,
];

/// LINE.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static LINE: Provider = Provider::new("line", "LINE", shared::body_base64("x-line-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/line/line-bot-sdk-nodejs lib/validate-signature.ts; line-openapi \
          webhook.yml",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes(
        "A body has several events, or none when the endpoint is tested; id and type are those \
          of the first. The key is the channel secret.",
    )
    .with_id(Location::json("/events/0/webhookEventId"))
    .with_event_type(Location::json("/events/0/type"))
    .with_handshakes(LINE_HANDSHAKES)
    .without_body_limit("https://github.com/line/line-openapi webhook.yml");

/// LINE: the button `Verify` sends a signed delivery without events.
pub const LINE_HANDSHAKES: &[Handshake] = &[Handshake::new("verify", Trust::Signed, Method::Post)
    .with_source(Confidence::Secondary, "developers.line.biz/en/docs/messaging-api/verify-webhook-url")
    .with_conditions(
        const {
            &[
                Condition::present(Place::json("/destination")),
                Condition::absent(Place::json("/events/0/type")),
            ]
        },
    )
    .with_answer(Answer::status(200))];

/// Linear.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static LINEAR: Provider = Provider::new(
    "linear",
    "Linear",
    shared::body_hex("linear-signature").with_timestamp(
        Location::json("/webhookTimestamp"),
        TimestampFormat::Milliseconds,
        Tolerance::seconds(60),
    ),
)
.with_source(Confidence::OfficialCode, "https://github.com/linear/linear packages/sdk/src/webhooks/client.ts")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The timestamp is in the signed body. Id and type are headers that the signature does not \
      cover.",
)
.with_id(Location::header("linear-delivery"))
.with_event_type(Location::header("linear-event"))
.with_data("/data")
.with_retries(Retries::ack_only(5))
.with_retry_delays(&[60, 3600, 21_600])
.with_retry_source("https://developers.linear.app/docs/graphql/webhooks")
.without_body_limit("https://developers.linear.app/docs/graphql/webhooks");

/// LinkedIn.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static LINKEDIN: Provider = Provider::new(
    "linkedin",
    "LinkedIn",
    Scheme::hmac_sha256(
        SignatureField::at(
            Location::header("x-li-signature"),
            Format::optional_prefix("hmacsha256="),
            Encoding::Hex,
        ),
        "hmacsha256={body}",
    )
    .with_optional_start(),
)
.with_source(
    Confidence::OfficialDocs,
    "https://learn.microsoft.com/linkedin/talent/apply-connect/receive-applications; \
      https://github.com/webhook-co/webhook packages/webhooks-spec/src/adapters/config.ts",
)
.with_checked("2026-11")
.with_notes(
    "The page puts the text hmacsha256= before the body in what is signed, others put it \
      before the signature: both are accepted, and a body that begins with it is refused. The \
      key is the client secret.",
)
.with_handshakes(LINKEDIN_HANDSHAKES)
.with_id(Location::json("/notifications/0/notificationId"))
.with_event_type(Location::first_of(LINKEDIN_TYPES))
.with_event_source("https://learn.microsoft.com/linkedin/marketing/community-management/organizations/organization-social-action-notifications")
.with_retries(Retries::for_secs(8 * shared::HOUR))
.with_retry_source("https://learn.microsoft.com/linkedin/marketing/community-management/organizations/organization-social-action-notifications \
      (every 5 minutes)");

/// LinkedIn: at the registration, and again every two hours. The secret is the client secret.
pub const LINKEDIN_HANDSHAKES: &[Handshake] = &[Handshake::new("challenge", Trust::Secret, Method::Get).with_source(Confidence::OfficialDocs, "learn.microsoft.com/linkedin/shared/api-guide/webhook-validation").with_conditions(const { &[Condition::present(Place::query("challengeCode"))] }).with_answer(Answer::json(
        r#"{{"challengeCode":"{query:challengeCode}","challengeResponse":"{hmac-sha256-hex:query:challengeCode}"}}"#,
    )).with_challenge(Pattern::new(
        "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
    ))];

const LINKEDIN_TYPES: &[Location] = &[Location::json("/notifications/0/action"), Location::json("/type")];

/// Lithic.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `sdk`.
pub static LITHIC: Provider = Provider::new("lithic", "Lithic", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/lithic-com/lithic-python src/lithic/resources/webhooks.py",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .without_body_limit("https://github.com/lithic-com/lithic-openapi lithic-openapi.yml");

/// Liveblocks.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `sdk`.
pub static LIVEBLOCKS: Provider = Provider::new("liveblocks", "Liveblocks", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://www.npmjs.com/package/@liveblocks/node 3.24.2 dist/index.cjs WebhookHandler",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retry_delays(shared::SVIX_DELAYS)
    .with_retry_source("https://github.com/liveblocks/liveblocks docs/pages/platform/webhooks.mdx")
    .with_body_limit(shared::SVIX_BODY, shared::SVIX_BODY_SOURCE);

/// LiveKit. Takes the parameter `api_key`.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static LIVEKIT: Provider = Provider::new(
    "livekit",
    "LiveKit",
    Scheme::jwt(
        SignatureField::at(
            Location::header("authorization"),
            Format::optional_prefix("Bearer "),
            Encoding::Base64Url,
        ),
        "HS256",
    )
    .with_jwt(JwtRules::new("HS256").with_required("exp"))
    .with_optional_timestamp(
        Location::claim("nbf"),
        TimestampFormat::Seconds,
        Tolerance::seconds(JwtRules::LEEWAY_SECS),
    )
    .with_checks(
        const {
            &[
                Check::equals(Location::claim("iss"), "{param:api_key}"),
                Check::digest(Location::claim("sha256"), DigestFormat::Sha256Base64, "{body}"),
            ]
        },
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/livekit-server-sdk 2.19.2 dist/WebhookReceiver.js; \
     https://docs.rs/livekit-api webhooks.rs; https://docs.livekit.io/server/webhooks",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The header is the token alone, without Bearer. The secret is the API secret; the \
     parameter api_key is the API key, which the token has to be issued for. Content-Type \
     is application/webhook+json.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/event"))
.without_body_limit("https://github.com/livekit/protocol webhook/resource_url_notifier.go");

/// Lob.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static LOB: Provider = Provider::new(
    "lob",
    "Lob",
    Scheme::hmac_sha256(SignatureField::header("lob-signature", Encoding::Hex), "{timestamp}.{body}")
        .with_timestamp(Location::header("lob-signature-timestamp"), TimestampFormat::Either, shared::CHOSEN),
)
.with_source(Confidence::Secondary, shared::WEBHOOK_CO)
.with_checked("2026-11")
.with_notes(
    "The unit of the timestamp is not documented: seconds and milliseconds are read. Tolerance \
      chosen: 300 s both ways.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/event_type/id"))
.with_data("/body")
.with_retries(Retries::attempts(8))
.with_retry_source("https://docs.lob.com/#tag/Webhooks")
.without_body_limit("https://github.com/lob/lob-openapi lob-api-public.yml (webhooks, events)");

/// Logto.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static LOGTO: Provider = Provider::new("logto", "Logto", shared::body_hex("logto-signature-sha-256"))
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/logto-io/logto packages/core/src/libraries/hook/utils.ts, \
     packages/core/src/utils/sign.ts; https://docs.logto.io/developers/webhooks/secure- \
     webhooks",
    )
    .with_checked("2026-11")
    .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
    .with_event_type(Location::json("/event"))
    .without_id(
        "https://docs.logto.io/developers/webhooks/webhooks-request (`hookId` is the \
          webhook's)",
    )
    .without_body_limit("https://github.com/logto-io/docs docs/developers/webhooks/request.mdx");

/// Loops.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `secondary`.
pub static LOOPS: Provider = Provider::new("loops", "Loops", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(Confidence::Secondary, shared::WEBHOOK_CO)
    .with_checked("2026-11")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/eventName"))
    .with_event_source("https://loops.mintlify.app/webhooks")
    .without_body_limit("https://loops.mintlify.app/webhooks");

/// Lovable: Events & Hooks.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static LOVABLE: Provider = Provider::new("lovable", "Lovable", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(Confidence::OfficialDocs, "https://docs.lovable.dev/api-reference/events-and-hooks")
    .with_checked("2026-11")
    .with_notes(
        "The id is that of the delivery, the same in every attempt; deliveries to several \
          subscriptions have one `/id`. E-mail webhooks are verified by `lovable-email`.",
    )
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .without_body_limit("https://docs.lovable.dev/api-reference/events-and-hooks");

/// Lovable: webhooks about e-mail.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static LOVABLE_EMAIL: Provider = Provider::new(
    "lovable-email",
    "Lovable (e-mail)",
    Scheme::hmac_sha256(
        SignatureField::prefixed("x-lovable-signature", "sha256=", Encoding::Hex),
        "{timestamp}.{body}",
    )
    .with_timestamp(
        Location::header("x-lovable-timestamp"),
        TimestampFormat::Either,
        Tolerance::seconds(300),
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/@lovable.dev/webhooks-js 0.0.2 verifyWebhookRequest",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The secret is the API key. The hook for e-mails of the authentication has no id: its run is \
      `/run_id`.",
)
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_body_limit(
    1 << 20,
    "https://www.npmjs.com/package/@lovable.dev/webhooks-js 0.0.2 DEFAULT_MAX_BODY_BYTES",
);
