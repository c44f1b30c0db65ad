//! Slugs that begin with `st` to `sv`.

use super::shared;
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Encoding, KeyFormat, Location, Scheme, SignatureField, TimestampFormat, text,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[
    &STANDARD_WEBHOOKS,
    &STANDARD_WEBHOOKS_V1A,
    &STREAK,
    &STREAM,
    &STRIKE,
    &STRIPE,
    &STYTCH,
    &SUPABASE,
    &SURGE,
    &SURVEYMONKEY,
    &SVIX,
];

/// Standard Webhooks v1.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `sdk`.
pub static STANDARD_WEBHOOKS: Provider =
    Provider::new("standard-webhooks-v1", "Standard Webhooks v1", shared::STANDARD_WEBHOOKS_SCHEME)
        .with_aliases(const { &[text("standard-webhooks")] })
        .with_source(
            Confidence::OfficialCode,
            "https://github.com/standard-webhooks/standard-webhooks spec/standard-webhooks.md \
              + libraries/*",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes(
            "The signed timestamp is the header's text, as received. Signatures of other \
              versions (v1a) are skipped.",
        )
        .with_id(Location::header("webhook-id"))
        .with_event_type(Location::json("/type"))
        .with_data("/data")
        .as_generic()
    .without_body_limit("https://github.com/standard-webhooks/standard-webhooks spec/standard-webhooks.md (recommends less than 20 kB)");

/// Standard Webhooks v1a.
///
/// Key: a public key without `whpk_`.
/// Proof: `vectors`.
pub static STANDARD_WEBHOOKS_V1A: Provider = Provider::new(
    "standard-webhooks-v1a",
    "Standard Webhooks v1a",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::list("webhook-signature", [" ", ",", "v1a"], Encoding::Base64),
        "{id}.{timestamp}.{body}",
    )
    .with_key(KeyFormat::base64("whpk_"))
    .with_timestamp(Location::header("webhook-timestamp"), TimestampFormat::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/standard-webhooks/standard-webhooks spec/standard-webhooks.md; \
      https://github.com/svix/svix-webhooks server/svix-server/src/worker.rs",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_key_scope(KeyScope::Account)
.with_notes("The key is whpk_ and Base64. Signatures of other versions (v1) are skipped.")
.with_id(Location::header("webhook-id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.as_generic()
    .without_body_limit("https://github.com/standard-webhooks/standard-webhooks spec/standard-webhooks.md (recommends less than 20 kB)");

/// Streak. The body is not authenticated.
///
/// Key: the text of the secret, which is sent as it is.
/// Proof: `secondary`.
pub static STREAK: Provider = Provider::new("streak", "Streak", Scheme::token("x-streak-webhook-token"))
    .with_source(Confidence::Secondary, "https://nango.dev/docs/api-integrations/streak/webhooks")
    .with_checked("2026-11")
    .with_notes(
        "The body is not authenticated. The header is sent if the webhook was created with a `token`.",
    )
    .without_body_limit("https://nango.dev/docs/api-integrations/streak/webhooks");

/// Stream.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static STREAM: Provider = Provider::new("stream", "Stream", shared::body_hex("x-signature"))
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
    .with_event_type(Location::json("/type"))
    .with_retries(Retries::attempts(3).within(15).answered_in(6))
    .with_retry_source("https://getstream.io/chat/docs/node/push_webhook")
    .without_body_limit("https://getstream.io/chat/docs/node/push_webhook");

/// Strike.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static STRIKE: Provider = Provider::new("strike", "Strike", shared::body_hex("x-webhook-signature"))
    .with_source(Confidence::OfficialDocs, "https://docs.strike.me/webhooks/signature-verification")
    .with_checked("2026-11")
    .with_notes(
        "The page hashes the body serialised again: it is sent in that form. There is no \
     timestamp, so the age of a delivery is not bounded.",
    )
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/eventType"))
    .with_data("/data")
    .with_retries(Retries::ack_only(5))
    .with_retry_delays(&[3, 9, 27, 81, 243, 729, 2187, 6561, 19_683, 59_049, 177_147, 531_441])
    .with_retry_source("https://docs.strike.me/webhooks/failure-recovery")
    .without_body_limit("https://docs.strike.me/webhooks/failure-recovery, /webhooks/receive-events");

/// Stripe.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static STRIPE: Provider = Provider::new(
    "stripe",
    "Stripe",
    shared::stripe_like("stripe-signature", ["t", "v1"], TimestampFormat::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/stripe/stripe-node src/Webhooks.ts; stripe-python stripe/_webhook.py; \
      stripe-go webhook/client.go",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The key is the whole whsec_ text, not decoded. v0 signatures are never accepted. The \
      official libraries do not bound the future; we do.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries { attempts: None, window_secs: Some(3 * 24 * 3600), ack_secs: None })
.with_retry_source("https://docs.stripe.com/webhooks")
.without_body_limit("https://docs.stripe.com/webhooks");

/// Stytch.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static STYTCH: Provider = Provider::new("stytch", "Stytch", shared::SVIX_SCHEME)
    .with_source(
        Confidence::OfficialDocs,
        "https://stytch.com/docs/b2b/guides/webhooks (powered by Svix); \
          https://docs.svix.com/receiving/verifying-payloads/how/",
    )
    .with_checked("2026-11")
    .with_notes(
        "Accepts the webhook-* names of the headers, too. The type is the kind of object; \
          what happened to it is /action, and who did it is /source.",
    )
    .with_id(shared::SVIX_ID)
    .with_event_type(Location::json("/object_type"))
    .with_retries(Retries::ack_only(15))
    .with_retry_delays(shared::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries (sent by Svix)")
    .with_event_source("https://stytch.com/docs/b2b/guides/webhooks")
    .with_body_limit(shared::SVIX_BODY, shared::SVIX_BODY_SOURCE);

/// Supabase Auth hooks.
///
/// Key: the secret without `v1,whsec_` or `whsec_`, decoded from Base64; `|` separates several keys.
/// Proof: `page`.
pub static SUPABASE: Provider = Provider::new(
    "supabase",
    "Supabase Auth hooks",
    shared::standard_webhooks(
        "webhook-signature",
        "webhook-timestamp",
        KeyFormat::base64("v1,whsec_|whsec_").separated_by("|"),
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/supabase/auth internal/hooks/hookshttp/hookshttp.go, \
      internal/conf/configuration.go",
)
.with_checked("2026-11")
.with_notes(
    "One hook per URL, so there is no type. The secret is v1,whsec_ and Base64; several are \
      separated by |. Several signatures are joined with a comma and a space. Each attempt has \
      an id of its own, so that a repeated call is not known by it.",
)
.with_id(Location::header("webhook-id"))
.with_event_type(Location::json("/metadata/name"))
.with_event_source("https://github.com/supabase/auth internal/hooks/v0hooks/v0hooks.go")
.with_retries(Retries::attempts(3).answered_in(5))
.with_retry_source("https://github.com/supabase/auth internal/hooks/hookshttp/hookshttp.go")
.without_body_limit("https://github.com/supabase/auth internal/hooks/hookshttp/hookshttp.go");

/// Surge.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static SURGE: Provider = Provider::new(
    "surge",
    "Surge",
    shared::stripe_like("surge-signature", ["t", "v1"], TimestampFormat::Seconds, Tolerance::seconds(300)),
)
.with_source(Confidence::OfficialDocs, "https://docs.surge.app/api-reference/webhooks/signature-validation")
.with_checked("2026-11")
.with_notes(
    "Several signatures stand in the header while a secret is rolled. The SDK of 2026 \
     (npm @surgeapi/node 0.30.0) verifies Standard Webhooks instead.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::attempts(20))
.with_retry_source("https://docs.surge.app/api-reference/webhooks/intro")
.without_body_limit("https://docs.surge.app/api-reference/webhooks/intro");

/// SurveyMonkey.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static SURVEYMONKEY: Provider = Provider::new(
    "surveymonkey",
    "SurveyMonkey",
    Scheme::new(Algorithm::HmacSha1, SignatureField::header("sm-signature", Encoding::Base64), "{body}"),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/SurveyMonkey/public_api_docs includes/_webhooks.md",
)
.with_checked("2026-11")
.with_notes("The secret is the client id, an &, and the client secret.")
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/event_type"))
.with_event_source("https://github.com/SurveyMonkey/public_api_docs includes/_webhooks.md")
.without_body_limit("https://github.com/SurveyMonkey/public_api_docs includes/_webhooks.md");

/// Svix.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `sdk`.
pub static SVIX: Provider = Provider::new("svix", "Svix", shared::SVIX_SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/svix/svix-webhooks javascript/src/webhook.ts and test suites",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes(
        "The type is the sender's choice; /type is the usual place. Accepts the webhook-* \
          names of the headers, too.",
    )
    .with_id(shared::SVIX_ID)
    .with_event_type(Location::json("/type"))
    .as_generic()
    .with_retries(Retries::ack_only(15))
    .with_retry_delays(shared::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries")
    .with_body_limit(shared::SVIX_BODY, shared::SVIX_BODY_SOURCE);
