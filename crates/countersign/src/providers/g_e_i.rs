//! Slugs that begin with `ge` to `gi`.

use super::shared;
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, Encoding, JwtRules, Location, Scheme, SignatureField, TimestampFormat, text,
};

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&GEMINI, &GEMINI_JWT, &GHOST, &GITEA, &GITHUB_SHA1, &GITHUB, &GITLAB_SIGNING_TOKEN, &GITLAB];

/// Google Gemini API (static secret mode).
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static GEMINI: Provider =
    Provider::new("gemini", "Google Gemini API (static secret mode)", shared::STANDARD_WEBHOOKS_SCHEME)
        .with_source(
            Confidence::OfficialDocs,
            "https://blog.google/innovation-and-ai/technology/developers-tools/event-driven-webhooks; \
      https://ai.google.dev/gemini-api/docs/webhooks",
        )
        .with_checked("2026-11")
        .with_notes("The mode with a static secret. The other mode signs a JSON Web Token.")
        .with_id(Location::header("webhook-id"))
        .with_event_type(Location::json("/type"))
        .with_retries(Retries::for_secs(shared::DAY))
        .with_retry_source(
            "https://blog.google/innovation-and-ai/technology/developers-tools/event-driven-webhooks",
        )
        .without_body_limit("https://github.com/google-gemini/cookbook quickstarts/Webhooks.ipynb");

/// Gemini API, webhooks of single jobs ("dynamic"). Takes the parameter `audience`. The body is not signed.
///
/// Key: a public key.
/// Proof: `page`.
pub static GEMINI_JWT: Provider = Provider::new(
    "gemini-jwt",
    "Google Gemini API (dynamic webhooks)",
    Scheme::jwt(shared::bare_token("webhook-signature"), "RS256")
        .with_jwt(JwtRules::new("RS256").with_required("exp"))
        .with_optional_timestamp(shared::ISSUED, TimestampFormat::Seconds, shared::LEEWAY)
        .with_checks(const { &[Check::equals(Location::claim("aud"), "{param:audience}")] }),
)
.with_source(Confidence::OfficialDocs, "https://ai.google.dev/gemini-api/docs/webhooks")
.with_checked("2026-11")
.with_key_scope(KeyScope::Provider)
.with_notes(
    "As far as the page says, no claim binds the body. The body is not signed. Keys: \
      https://generativelanguage.googleapis.com/.well-known/jwks.json.",
)
.with_id(Location::header("webhook-id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::for_secs(shared::DAY))
.with_retry_source("https://blog.google/innovation-and-ai/technology/developers-tools/event-driven-webhooks")
.without_body_limit("https://github.com/google-gemini/cookbook quickstarts/Webhooks.ipynb");

/// Ghost.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static GHOST: Provider = Provider::new(
    "ghost",
    "Ghost",
    Scheme::hmac_sha256(
        SignatureField::list("x-ghost-signature", [",", "=", "sha256"], Encoding::Hex),
        "{body}{timestamp}",
    )
    .with_timestamp(Location::signature_item("t"), TimestampFormat::Milliseconds, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/TryGhost/Ghost ghost/core/core/server/services/webhooks/webhook-trigger.js",
)
.with_checked("2026-11")
.with_notes(
    "A webhook without a secret is delivered unsigned. Neither body nor headers have the type: each \
      event has a webhook of its own, so give it a URL of its own. Versions before 5.87 signed the \
      body alone. Tolerance chosen: 300 s both ways.",
)
.without_id("https://github.com/TryGhost/Ghost ghost/core/core/server/services/webhooks/webhook-trigger.js")
.without_event_type(
    "https://github.com/TryGhost/Ghost ghost/core/core/server/services/webhooks/serialize.js (the \
      name of the only member is that of the resource)",
)
.with_retries(Retries::ack_only(2))
.with_retry_source(
    "https://github.com/TryGhost/Ghost ghost/core/core/server/services/webhooks/webhook-trigger.js",
)
.without_body_limit(
    "https://github.com/TryGhost/Ghost ghost/core/core/server/services/webhooks/webhook-trigger.js",
);

/// Gitea.
///
/// Key: the text of the secret.
/// Proof: `vectors`.
pub static GITEA: Provider = Provider::new("gitea", "Gitea", shared::body_hex("x-gitea-signature"))
    .with_source(Confidence::OfficialCode, "https://github.com/go-gitea/gitea services/webhook/deliver.go")
    .with_checked("2026-11")
    .with_proof(Proof::Vectors)
    .with_notes(
        "Id and type are headers that the signature does not cover. X-Gogs-Signature, \
          X-Hub-Signature and X-Hub-Signature-256 are sent, too.",
    )
    .with_id(Location::header("x-gitea-delivery"))
    .with_event_type(Location::header("x-gitea-event"))
    .with_headers_of(const { &[text("gogs"), text("github-sha256"), text("github-sha1")] })
    .with_retries(Retries::NONE)
    .with_retry_source(
        "https://github.com/go-gitea/gitea services/webhook/deliver.go (a task is \
      delivered once)",
    )
    .without_body_limit("https://github.com/go-gitea/gitea services/webhook/deliver.go");

/// GitHub (legacy).
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static GITHUB_SHA1: Provider = Provider::new(
    "github-sha1",
    "GitHub (legacy)",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::prefixed("x-hub-signature", "sha1=", Encoding::Hex),
        "{body}",
    )
    .with_body_bytes(25 << 20),
)
.with_source(Confidence::OfficialDocs, "https://docs.github.com (deprecated header)")
.with_checked("2026-11")
.with_notes(
    "GitHub sends SHA-256, too: github-sha256. Id and type are headers that the signature does \
      not cover. Bodies up to 25 MiB.",
)
.with_id(Location::header("x-github-delivery"))
.with_event_type(Location::header("x-github-event"))
.with_payload("payload")
.with_retries(Retries::NONE.answered_in(10))
.with_retry_source("https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries")
.with_body_limit(25 << 20, "https://docs.github.com/webhooks/webhook-events-and-payloads");

/// GitHub.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static GITHUB: Provider = Provider::new(
    "github-sha256",
    "GitHub",
    shared::body_prefixed("x-hub-signature-256", "sha256=").with_body_bytes(25 << 20),
)
.with_aliases(const { &[text("github")] })
.with_source(
    Confidence::OfficialCode,
    "https://github.com/octokit/webhooks-methods.js src/node/sign.ts; https://docs.github.com \
      validating-webhook-deliveries",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Id and type are headers that the signature does not cover. SHA-1 signatures are refused. \
      Hooks of content type form are signed over the raw form. Never retried by itself. Bodies \
      up to 25 MiB.",
)
.with_id(Location::header("x-github-delivery"))
.with_event_type(Location::header("x-github-event"))
.with_payload("payload")
.with_retries(Retries::NONE.answered_in(10))
.with_retry_source("https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries")
.with_body_limit(25 << 20, "https://docs.github.com/webhooks/webhook-events-and-payloads");

/// GitLab (signing token).
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static GITLAB_SIGNING_TOKEN: Provider = Provider::new(
    "gitlab-signing-token",
    "GitLab (signing token)",
    shared::STANDARD_WEBHOOKS_SCHEME.with_body_bytes(25 << 20),
)
.with_source(Confidence::OfficialDocs, "https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944")
.with_checked("2026-11")
.with_notes(
    "The id is that of the Idempotency-Key header, too. The type is a header that the \
              signature does not cover. Behind a feature flag when this was read; how the token \
              is displayed was not confirmed. Bodies up to 25 MB (merge request !38687).",
)
.with_id(Location::header("webhook-id"))
.with_event_type(Location::header("x-gitlab-event"))
.with_retries(Retries::NONE.answered_in(10))
.with_retry_source(
    "https://github.com/gitlabhq/gitlabhq app/services/web_hook_service.rb, config/initializers/1_settings.rb",
)
.with_body_limit(25 << 20, "https://docs.gitlab.com/administration/instance_limits/#webhook-payload-size");

/// GitLab (secret token). The body is not authenticated.
///
/// Key: the text of the secret, which is sent as it is.
/// Proof: `page`.
pub static GITLAB: Provider = Provider::new(
    "gitlab-token",
    "GitLab (secret token)",
    Scheme::token("x-gitlab-token").with_body_bytes(25 << 20),
)
.with_aliases(const { &[text("gitlab")] })
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/gitlabhq/gitlabhq doc/user/project/integrations/webhooks.md",
)
.with_checked("2026-11")
.with_notes(
    "The body is not authenticated. The id is Idempotency-Key, the same when a delivery is \
      retried. X-Gitlab-Event-UUID is shared by webhooks that set off one another, so it names \
      no delivery. Bodies up to 25 MB (gitlab-org/gitlab merge request !38687).",
)
.with_id(Location::header("idempotency-key"))
.with_event_type(Location::header("x-gitlab-event"))
.with_retries(Retries::NONE.answered_in(10))
.with_retry_source(
    "https://github.com/gitlabhq/gitlabhq app/services/web_hook_service.rb, config/initializers/1_settings.rb",
)
.with_body_limit(25 << 20, "https://docs.gitlab.com/administration/instance_limits/#webhook-payload-size");
