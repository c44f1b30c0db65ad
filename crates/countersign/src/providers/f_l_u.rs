//! Slugs that begin with `fl` to `fu`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, KeyScope, Provider, Retries};
use crate::scheme::{Check, DigestFormat, Encoding, Location, Scheme, SignatureField, TimestampFormat, text};

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[
    &FLAGSMITH,
    &FOLK,
    &FORGEJO,
    &FORMBRICKS,
    &FORMSTACK,
    &FOURTHWALL,
    &FRAMER,
    &FRONT,
    &FUSIONAUTH,
    &FUSIONAUTH_HMAC,
];

/// Flagsmith.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static FLAGSMITH: Provider =
    Provider::new("flagsmith", "Flagsmith", shared::body_hex("x-flagsmith-signature"))
        .with_source(
            Confidence::OfficialCode,
            "https://github.com/Flagsmith/flagsmith api/core/signing.py, api/webhooks/webhooks.py",
        )
        .with_checked("2026-11")
        .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
        .with_event_type(Location::json("/event_type"))
        .with_data("/data")
        // Source: the same code: 3 attempts unless an installation has another number, and 10 s for an answer.
        .with_retries(Retries { attempts: Some(3), window_secs: None, ack_secs: Some(10) })
        .without_id("https://docs.flagsmith.com/system-administration/webhooks")
        .without_body_limit(
            "https://github.com/Flagsmith/flagsmith docs/docs/third-party-integrations/webhook.md",
        );

/// folk.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static FOLK: Provider = Provider::new("folk", "folk", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(Confidence::OfficialDocs, "https://developer.folk.app/webhooks/handle-deliveries")
    .with_checked("2026-11")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data");

/// Forgejo.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static FORGEJO: Provider = Provider::new("forgejo", "Forgejo", shared::body_hex("x-forgejo-signature"))
    .with_source(Confidence::Secondary, "https://docs.rs/isb-apps webhook module")
    .with_checked("2026-11")
    .with_notes("Id and type are headers that the signature does not cover.")
    .with_id(Location::header("x-forgejo-delivery"))
    .with_event_type(Location::header("x-forgejo-event"))
    .with_headers_of(const { &[text("gitea"), text("gogs"), text("github-sha256"), text("github-sha1")] })
    .with_retries(Retries::NONE)
    .with_retry_source(
        "https://github.com/go-gitea/gitea services/webhook/deliver.go (from which \
      Forgejo was forked: a task is delivered once)",
    )
    .without_body_limit(
        "https://github.com/go-gitea/gitea services/webhook/deliver.go (from which Forgejo was forked)",
    );

/// Formbricks.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static FORMBRICKS: Provider = Provider::new("formbricks", "Formbricks", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/formbricks/formbricks apps/web/lib/crypto.ts \
     generateStandardWebhookSignature",
    )
    .with_checked("2026-11")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/event"))
    .with_data("/data")
    .without_body_limit(
        "https://github.com/formbricks/formbricks docs/platform/features/integrations/webhooks.mdx",
    );

/// Formstack.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static FORMSTACK: Provider =
    Provider::new("formstack", "Formstack", shared::body_prefixed("x-fs-signature", "sha256="))
        .with_source(
            Confidence::Secondary,
            "https://www.npmjs.com/package/n8n-nodes-base 2.41.2 \
              dist/nodes/Formstack/FormstackTriggerHelpers.js",
        )
        .with_checked("2026-11")
        .with_id(Location::first_of(FORMSTACK_IDS))
        .without_event_type(
            "https://developers.formstack.com/docs/webhook-setup (a submission is the only \
      event)",
        )
        .with_event_source("https://github.com/api-evangelist/formstack openapi/formstack-asyncapi.yml")
        .without_body_limit("https://developers.formstack.com/docs/webhook-setup (first part)");

const FORMSTACK_IDS: &[Location] = &[Location::json("/UniqueID"), Location::form("UniqueID")];

/// Fourthwall.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static FOURTHWALL: Provider = Provider::new(
    "fourthwall",
    "Fourthwall",
    shared::body_base64("x-fourthwall-hmac-sha256,x-fourthwall-hmac-apps-sha256"),
)
.with_source(Confidence::OfficialDocs, "https://docs.fourthwall.com/webhooks/signature-verification")
.with_checked("2026-11")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_event_source("https://docs.fourthwall.com/webhooks/webhook-model")
.without_body_limit("https://docs.fourthwall.com/webhooks/retry-policies, /webhooks/limitations");

/// Framer.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static FRAMER: Provider = Provider::new(
    "framer",
    "Framer",
    Scheme::hmac_sha256(SignatureField::prefixed("framer-signature", "sha256=", Encoding::Hex), "{body}{id}"),
)
.with_source(Confidence::OfficialDocs, "https://www.framer.com/help/articles/framer-form-webhook-setup")
.with_checked("2026-11")
.with_notes(
    "Nothing separates the body and the id in what is signed, so neither is reported as \
          signed.",
)
.with_id(Location::header("framer-webhook-submission-id"))
.without_event_type(
    "https://www.framer.com/help/articles/framer-form-webhook-setup (all are submissions \
          of forms)",
)
.with_retries(Retries::attempts(6))
.with_retry_source("https://www.framer.com/help/articles/framer-form-webhook-setup")
.without_body_limit("https://www.framer.com/help/articles/framer-form-webhook-setup");

/// Front.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static FRONT: Provider = Provider::new(
    "front",
    "Front",
    Scheme::hmac_sha256(SignatureField::header("x-front-signature", Encoding::Base64), "{timestamp}:{body}")
        .with_timestamp(
            Location::header("x-front-request-timestamp"),
            TimestampFormat::Milliseconds,
            shared::CHOSEN,
        ),
)
.with_source(Confidence::OfficialDocs, "https://dev.frontapp.com/docs/application-webhooks")
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_event_type(Location::json("/type"))
.with_handshakes(FRONT_HANDSHAKES)
.with_id(Location::first_of(FRONT_IDS))
.with_event_source("memory: https://dev.frontapp.com/docs/application-webhooks")
.without_body_limit("https://dev.frontapp.com/docs/application-webhooks, /docs/webhooks-1 (first part)");

/// Front: a signed `sync` with the challenge in a header.
pub const FRONT_HANDSHAKES: &[Handshake] = &[Handshake::new("sync", Trust::Signed, Method::Post)
    .with_source(
        Confidence::Secondary,
        "dev.frontapp.com/docs/application-webhooks, as read in other receivers",
    )
    .with_conditions(const { &[Condition::present(Place::header("x-front-challenge"))] })
    .with_answer(Answer::json(r#"{{"challenge":"{header:x-front-challenge}"}}"#))];

const FRONT_IDS: &[Location] = &[Location::json("/payload/id"), Location::json("/id")];

/// FusionAuth.
///
/// Key: a public key, or the text of the secret with `Provider::with_shared_secrets`.
/// Proof: `page`.
pub static FUSIONAUTH: Provider = Provider::new(
    "fusionauth",
    "FusionAuth",
    Scheme::jwt(shared::bare_token("x-fusionauth-signature-jwt"), FUSIONAUTH_ALGORITHMS)
        .with_optional_timestamp(shared::ISSUED, TimestampFormat::Seconds, shared::LEEWAY)
        .with_checks(const { &[Check::digest(
            Location::claim("request_body_sha256"),
            DigestFormat::Sha256Base64,
            "{body}",
        )] }),
)
    .with_source(Confidence::OfficialDocs, "https://github.com/FusionAuth/fusionauth-site \
          astro/src/content/docs/extend/events-and-webhooks/signing.mdx")
    .with_checked("2026-11")
.with_key_scope(KeyScope::Account)
.with_notes(
    "The kind of the key decides which of the algorithms is accepted. A shared secret is taken \
      after `Provider::with_shared_secrets` only; `fusionauth-hmac` takes nothing else. No \
      expiry is known: the id in the body is what a replay repeats.",
)
.with_id(Location::json("/event/id"))
.with_event_type(Location::json("/event/type"))
.with_data("/event")
    .without_body_limit("https://github.com/FusionAuth/fusionauth-site astro/src/content/docs/extend/events-and-webhooks/writing-a-webhook.mdx");

const FUSIONAUTH_ALGORITHMS: &str = "RS256|RS384|RS512|ES256|ES384|HS256|HS384|HS512|EdDSA";

/// FusionAuth with an HMAC key.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static FUSIONAUTH_HMAC: Provider = Provider::new(
    "fusionauth-hmac",
    "FusionAuth (HMAC)",
    Scheme::jwt(shared::bare_token("x-fusionauth-signature-jwt"), "HS256|HS384|HS512")
        .with_optional_timestamp(shared::ISSUED, TimestampFormat::Seconds, shared::LEEWAY)
        .with_checks(const { &[Check::digest(
            Location::claim("request_body_sha256"),
            DigestFormat::Sha256Base64,
            "{body}",
        )] }),
)
    .with_source(Confidence::OfficialDocs, "https://github.com/FusionAuth/fusionauth-site \
          astro/src/content/docs/extend/events-and-webhooks/signing.mdx")
    .with_checked("2026-11")
.with_notes(
    "The secret is the text of the HMAC key. No expiry is known: the id in the body is what a \
      replay repeats.",
)
.with_id(Location::json("/event/id"))
.with_event_type(Location::json("/event/type"))
.with_data("/event")
    .without_body_limit("https://github.com/FusionAuth/fusionauth-site astro/src/content/docs/extend/events-and-webhooks/writing-a-webhook.mdx");
