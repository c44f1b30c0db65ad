//! Slugs that begin with `la` to `le`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Check, Encoding, Location, Scheme, SignatureField, TimestampFormat};

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&LAGO, &LAGO_HMAC, &LANGFUSE, &LARK, &LAUNCHDARKLY, &LEMON_SQUEEZY];

/// Lago with signatures of type `jwt`, its default. Takes the parameter `issuer`: `https://api.getlago.com`, or the
/// API URL of a self-hosted installation.
///
/// Key: a public key.
/// Proof: `page`.
pub static LAGO: Provider = Provider::new(
    "lago",
    "Lago",
    Scheme::jwt(shared::bare_token("x-lago-signature"), "RS256").with_signature_bytes(512 << 10).with_checks(
        const {
            &[
                Check::equals(Location::claim("data"), "{body}"),
                Check::equals(Location::claim("iss"), "{param:issuer}"),
            ]
        },
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/getlago/lago-api app/models/webhook.rb; \
      https://github.com/getlago/lago-python-client lago_python_client/webhooks/clients.py",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "The key is what /webhooks/public_key answers, with or without its Base64. The token has \
      the whole body in it, and no time. All customers of the cloud share one key: look at the \
      organization, or use lago-hmac.",
)
.with_id(LAGO_ID)
.with_event_type(LAGO_TYPE)
.with_retries(Retries::attempts(3))
.with_retry_source("https://github.com/getlago/lago-api app/services/webhooks/send_http_service.rb")
.without_body_limit("https://github.com/getlago/lago-docs docs/guide/14_webhooks.md");

/// Lago with signatures of type `hmac`. The secret is the API key.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static LAGO_HMAC: Provider = Provider::new(
    "lago-hmac",
    "Lago (HMAC)",
    Scheme::new(
        Algorithm::HmacSha256,
        SignatureField::header("x-lago-signature", Encoding::Base64),
        "{body}",
    ),
)
.with_source(Confidence::OfficialCode, "https://github.com/getlago/lago-api app/models/webhook.rb")
.with_checked("2026-11")
.with_notes("There is no timestamp.")
.with_id(LAGO_ID)
.with_event_type(LAGO_TYPE)
.with_retries(Retries::attempts(3))
.with_retry_source("https://github.com/getlago/lago-api app/services/webhooks/send_http_service.rb")
.without_body_limit("https://github.com/getlago/lago-docs docs/guide/14_webhooks.md");

const LAGO_ID: Location = Location::header("x-lago-unique-key");

const LAGO_TYPE: Location = Location::json("/webhook_type");

/// Langfuse.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static LANGFUSE: Provider = Provider::new(
    "langfuse",
    "Langfuse",
    shared::stripe_like("x-langfuse-signature", ["t", "v1"], TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/langfuse/langfuse packages/shared/src/encryption/signature.ts; \
     https://langfuse.com/docs/prompt-management/features/webhooks-slack-integrations",
)
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
    .without_body_limit("https://github.com/langfuse/langfuse-docs content/docs/prompt-management/features/webhooks-slack-integrations.mdx");

/// Lark / Feishu.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static LARK: Provider = Provider::new(
    "lark",
    "Lark / Feishu",
    Scheme::new(
        Algorithm::Sha256,
        SignatureField::header("x-lark-signature", Encoding::Hex),
        "{timestamp}{header:x-lark-request-nonce}{secret}{body}",
    )
    .with_timestamp(Location::header("x-lark-request-timestamp"), TimestampFormat::Seconds, shared::CHOSEN),
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
.with_handshakes(LARK_HANDSHAKES)
.with_retries(Retries::ack_only(3))
.with_retry_delays(&[15, 300, 3600, 21_600])
.with_retry_source(
    "https://open.feishu.cn/document/event-subscription-guide/event-subscriptions/event-callback-optimization-guide \
      (four retries; the delays as two receivers quote it)",
);

/// Lark and Feishu without an encrypt key: the verification token is in the body.
pub const LARK_HANDSHAKES: &[Handshake] =
    &[Handshake::new("url_verification", Trust::VerifyToken(Place::json("/token")), Method::Post)
        .with_source(Confidence::OfficialCode, "larksuite/node-sdk dispatcher/request-handle.ts")
        .with_conditions(
            const {
                &[
                    Condition::equals(Place::json("/type"), "url_verification"),
                    Condition::present(Place::json("/challenge")),
                ]
            },
        )
        .with_answer(Answer::json(r#"{{"challenge":"{json:/challenge}"}}"#))];

/// LaunchDarkly.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static LAUNCHDARKLY: Provider =
    Provider::new("launchdarkly", "LaunchDarkly", shared::body_hex("x-ld-signature"))
        .with_source(Confidence::Secondary, shared::WEBHOOK_CO)
        .with_checked("2026-11")
        .with_id(Location::json("/_id"))
        .with_event_type(Location::json("/kind"))
        .with_event_source("https://launchdarkly.com/docs/api/webhooks.md")
        .with_retries(Retries::attempts(2))
        .with_retry_source("https://github.com/launchdarkly/api-client-go api/openapi.yaml")
        .without_body_limit("https://github.com/launchdarkly/api-client-go api/openapi.yaml");

/// Lemon Squeezy.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static LEMON_SQUEEZY: Provider =
    Provider::new("lemon-squeezy", "Lemon Squeezy", shared::body_hex("x-signature"))
        .with_source(
            Confidence::OfficialCode,
            "https://github.com/lmsqueezy/laravel src/Http/Middleware/VerifyWebhookSignature.php",
        )
        .with_checked("2026-11")
        .with_notes(
            "The type is a header that the signature does not cover; /meta/event_name is \
              signed and the same.",
        )
        .with_event_type(Location::header("x-event-name"))
        .with_data("/data")
        .without_id("https://docs.lemonsqueezy.com/help/webhooks/webhook-requests")
        .with_retry_delays(&[5, 25, 125])
        .with_retry_source("https://docs.lemonsqueezy.com/help/webhooks/webhook-requests")
        .without_body_limit("https://docs.lemonsqueezy.com/help/webhooks/webhook-requests");
