//! K to Z.

use super::super::shapes::CHOSEN;
use super::super::{shapes, standard_webhooks, stripe_like};
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{Check, Digest, Encoding, Location, Scheme, SignatureField, TokenRules, Unit};
use crate::time::Tolerance;

/// By slug.
pub(in crate::providers) const FAMILY: &[&Provider] = &[
    &KONTENT_AI,
    &LANGFUSE,
    &LIVEBLOCKS,
    &LOGTO,
    &OUTLINE,
    &PHABRICATOR,
    &PLANE,
    &PLANETSCALE,
    &QSTASH,
    &ROOTLY,
    &SALEOR,
    &SCALEKIT,
    &TRIGGER_DEV,
];

/// Kontent.ai.
///
/// Proof: `sdk`.
pub static KONTENT_AI: Provider = Provider::new(
    "kontent-ai",
    "Kontent.ai",
    shapes::body_base64("x-kontent-ai-signature,x-kc-signature"),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/@kontent-ai/webhook-helper 3.0.3 signatures/signature- \
     helper.class.js; https://kontent.ai/learn/docs/webhooks",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Older webhooks have the header x-kc-signature. The body is JSON with CRLF line ends. \
     The key is the text of the secret, not its Base64. There is no timestamp, so the age \
     of a delivery is not bounded.",
)
.with_event_type(Location::json("/notifications/0/message/action"))
.without_id(
    "https://www.npmjs.com/package/@kontent-ai/webhook-helper 3.0.3 dist/cjs/models/webhook-models.d.ts",
);

/// Langfuse.
///
/// Proof: `page`.
pub static LANGFUSE: Provider = Provider::new(
    "langfuse",
    "Langfuse",
    stripe_like::stripe_like("x-langfuse-signature", ["t", "v1"], Unit::Seconds, CHOSEN),
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

/// Liveblocks.
///
/// Proof: `sdk`.
pub static LIVEBLOCKS: Provider = Provider::new("liveblocks", "Liveblocks", standard_webhooks::SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://www.npmjs.com/package/@liveblocks/node 3.24.2 dist/index.cjs WebhookHandler",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retry_delays(shapes::SVIX_DELAYS)
    .with_retry_source("https://github.com/liveblocks/liveblocks docs/pages/platform/webhooks.mdx")
    .with_body_limit(shapes::SVIX_BODY, shapes::SVIX_BODY_SOURCE);

/// Logto.
///
/// Proof: `page`.
pub static LOGTO: Provider = Provider::new("logto", "Logto", shapes::body_hex("logto-signature-sha-256"))
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

/// Outline.
///
/// Proof: `page`.
pub static OUTLINE: Provider = Provider::new(
    "outline",
    "Outline",
    stripe_like::stripe_like("outline-signature", ["t", "s"], Unit::Milliseconds, CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/outline/outline server/models/WebhookSubscription.ts, \
     plugins/webhooks/server/tasks/DeliverWebhookTask.ts",
)
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/event"))
.with_data("/payload")
// Source: the same code: 5 s for an answer.
.with_retries(Retries { attempts: None, window_secs: None, ack_secs: Some(5) })
.without_body_limit("https://github.com/outline/outline plugins/webhooks/server/tasks/DeliverWebhookTask.ts");

/// Phabricator and Phorge.
///
/// Proof: `page`.
pub static PHABRICATOR: Provider = Provider::new(
    "phabricator",
    "Phabricator and Phorge",
    shapes::body_hex("x-phabricator-webhook-signature"),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/phacility/phabricator \
     src/applications/herald/worker/HeraldWebhookWorker.php",
)
.with_checked("2026-11")
.with_notes(
    "The body names what changed, by PHIDs, and has no id of its own. There is no \
     timestamp, so the age of a delivery is not bounded.",
)
.with_event_type(Location::json("/object/type"))
// Source: the same code: 15 s for an answer.
.with_retries(Retries { attempts: None, window_secs: None, ack_secs: Some(15) })
.with_id(Location::json("/transactions/0/phid"))
.without_body_limit(
    "https://github.com/phacility/phabricator src/applications/herald/worker/HeraldWebhookWorker.php",
);

/// Plane.
///
/// Proof: `page`.
pub static PLANE: Provider = Provider::new("plane", "Plane", shapes::body_hex("x-plane-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/makeplane/plane apps/api/plane/bgtasks/webhook_task.py",
    )
    .with_checked("2026-11")
    .with_notes(
        "X-Plane-Delivery is made anew for every attempt, so it is no id. There is no \
     timestamp, so the age of a delivery is not bounded.",
    )
    .with_event_type(Location::json("/event"))
    .with_data("/data")
    // Source: the same code: 5 retries with exponential backoff from 10 minutes on, and 30 s for an answer.
    .with_retries(Retries { attempts: Some(6), window_secs: None, ack_secs: Some(30) })
    .without_id(
        "https://github.com/makeplane/plane apps/api/plane/bgtasks/webhook_task.py \
      (X-Plane-Delivery is another one in each attempt)",
    )
    .without_body_limit("https://github.com/makeplane/developer-docs docs/dev-tools/intro-webhooks.md");

/// PlanetScale.
///
/// Proof: `page`.
pub static PLANETSCALE: Provider =
    Provider::new("planetscale", "PlanetScale", shapes::body_hex("x-planetscale-signature"))
        .with_source(
            Confidence::OfficialDocs,
            "https://planetscale.com/docs/api/webhooks; the header in npm @trigger.dev/core 4.8.3",
        )
        .with_checked("2026-11")
        .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
        .with_event_type(Location::json("/event"))
        .without_id("https://planetscale.com/changelog/webhook-payload-update")
        .without_body_limit("https://github.com/planetscale/docs docs/concepts/webhooks.md");

/// Upstash QStash.
///
/// Proof: `sdk`.
pub static QSTASH: Provider = Provider::new(
    "qstash",
    "Upstash QStash",
    Scheme::jwt(SignatureField::header("upstash-signature", Encoding::Base64Url), "HS256")
        .with_token(TokenRules::new("HS256").with_required("exp|nbf"))
        .with_optional_timestamp(
            Location::claim("iat"),
            Unit::Seconds,
            Tolerance::seconds(TokenRules::LEEWAY_SECS),
        )
        .with_checks(
            const {
                &[
                    Check::equals(Location::claim("iss"), "Upstash"),
                    Check::equals(Location::claim("sub"), "{url}"),
                    Check::digest(Location::claim("body"), Digest::Sha256Base64Url, "{body}"),
                ]
            },
        ),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/@upstash/qstash 2.12.0 Receiver; \
     https://upstash.com/docs/qstash/features/security",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Two keys are in use, the current one and the next: give both. `sub` is the URL as it \
     was given to QStash, so the public URL is needed. Tokens live for 5 minutes. The id \
     is a header that the signature does not cover, the same in every attempt.",
)
.with_id(Location::header("upstash-message-id"))
.without_event_type(
    "https://upstash.com/docs/qstash/howto/receiving (the body is what the sender \
      wrote)",
);

/// Rootly.
///
/// Proof: `page`.
pub static ROOTLY: Provider = Provider::new(
    "rootly",
    "Rootly",
    Scheme::hmac_sha256(
        SignatureField::list("x-rootly-signature", [", ", "=", "v1"], Encoding::Hex),
        "{timestamp}{body}",
    )
    .with_timestamp(Location::signature_item("t"), Unit::Seconds, CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://docs.rootly.com/configuration/webhooks")
.with_checked("2026-11")
.with_notes(
    "No separator stands behind the timestamp in what is signed, so it has to have 10 \
     digits. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/event/id"))
.with_event_type(Location::json("/event/type"))
.with_data("/data");

/// Saleor. The key is the JWKS of the installation.
///
/// Proof: `sdk`.
pub static SALEOR: Provider = Provider::new(
    "saleor",
    "Saleor",
    Scheme::jwt(SignatureField::header("saleor-signature", Encoding::Base64Url), "RS256")
        .with_token(TokenRules::new("RS256").detached().unencoded()),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/saleor/saleor saleor/core/jwt_manager.py jws_encode; \
     https://www.npmjs.com/package/@saleor/app-sdk 1.15.0 auth",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_key_scope(KeyScope::Account)
.with_notes(
    "A detached signature over the body as it is (RFC 7797). The key is that of the \
     installation: the JWKS at its /.well-known/jwks.json. Webhooks with a secret key of \
     their own, which is deprecated, have HMAC-SHA256 in hexadecimal instead. The type is \
     a header that the signature does not cover. There is no timestamp, so the age of a \
     delivery is not bounded.",
)
.with_event_type(Location::header("saleor-event"))
.without_id(
    "https://github.com/saleor/saleor saleor/webhook/transport/utils.py \
      send_webhook_using_http (the headers of a delivery)",
)
.without_body_limit("https://github.com/saleor/saleor-docs docs/developer/extending/webhooks/overview.mdx");

/// Scalekit.
///
/// Proof: `sdk`.
pub static SCALEKIT: Provider = Provider::new("scalekit", "Scalekit", standard_webhooks::SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://www.npmjs.com/package/@scalekit-sdk/node 2.11.0 lib/scalekit.js \
     verifyWebhookPayload",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .without_body_limit("https://github.com/scalekit-inc/developer-docs src/content/docs/authenticate/implement-workflows/implement-webhooks.mdx");

/// Trigger.dev.
///
/// Proof: `sdk`.
pub static TRIGGER_DEV: Provider =
    Provider::new("trigger-dev", "Trigger.dev", shapes::body_hex("x-trigger-signature-hmacsha256"))
        .with_source(
            Confidence::OfficialCode,
            "https://www.npmjs.com/package/@trigger.dev/sdk 4.8.3 dist/esm/v3/webhooks.js",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
        .with_id(Location::json("/id"))
        .with_event_type(Location::json("/type"));
