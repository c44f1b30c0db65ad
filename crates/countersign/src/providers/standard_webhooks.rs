//! [Standard Webhooks](https://www.standardwebhooks.com) with a shared secret, and related schemes.

use super::shapes::{self, WEBHOOK_CO};
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Encoding, Format, KeyEncoding, KeyFormat, Location, Scheme, SignatureField, Unit, text};
use crate::time::Tolerance;

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[
    &ANTHROPIC,
    &BIGCOMMERCE_SIGNED,
    &BREX,
    &DODO_PAYMENTS,
    &ETSY,
    &FINCH,
    &GEMINI,
    &GITLAB_SIGNING_TOKEN,
    &INCIDENT_IO,
    &INCREASE,
    &LITHIC,
    &LOOPS,
    &OPENAI,
    &POLAR,
    &RENDER,
    &REPLICATE,
    &STANDARD_WEBHOOKS,
    &SUPABASE,
];

/// Anthropic (beta webhooks).
///
/// Proof: `sdk`.
pub static ANTHROPIC: Provider = Provider::new("anthropic", "Anthropic (beta webhooks)", SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/anthropics/anthropic-sdk-python \
          src/anthropic/resources/beta/webhooks.py (standardwebhooks)",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes("/type is always \"event\"; the type of what happened is /data/type.")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/data/type"))
    .with_data("/data");

/// BigCommerce, signed.
///
/// Proof: `page`.
pub static BIGCOMMERCE_SIGNED: Provider = Provider::new(
    "bigcommerce-signed",
    "BigCommerce (signed)",
    signed_with("webhook-signature", "webhook-timestamp", KeyFormat::UTF8),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/bigcommerce/docs \
          docs/integrations/webhooks/https-webhook-overview.mdx",
)
.with_checked("2026-11")
.with_notes(
    "Standard Webhooks. The key is the text of the application's client secret. A header that is configured at \
      the sender is a second check: bigcommerce.",
)
.with_id(Location::header("webhook-id"))
.with_event_type(Location::json("/scope"))
.with_data("/data")
.with_retry_delays(&[60, 180, 300, 600, 900, 1800, 3600, 7200, 21_600, 50_400, 86_400])
.with_retry_source(
    "https://github.com/bigcommerce/docs \
          docs/integrations/webhooks/https-webhook-overview.mdx",
)
    .without_body_limit("https://github.com/bigcommerce/docs docs/integrations/webhooks/https-webhook-overview.mdx");

/// Brex.
///
/// Proof: `secondary`.
pub static BREX: Provider = Provider::new("brex", "Brex", SCHEME)
    .with_source(Confidence::Secondary, WEBHOOK_CO)
    .with_checked("2026-11")
    .with_notes("The secret may come without whsec_.")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_retries(Retries::ack_only(15))
    .with_retry_delays(shapes::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries (sent by Svix)")
    .with_body_limit(shapes::SVIX_BODY, shapes::SVIX_BODY_SOURCE);

/// Dodo Payments.
///
/// Proof: `sdk`.
pub static DODO_PAYMENTS: Provider = Provider::new("dodo-payments", "Dodo Payments", SCHEME)
    .with_source(Confidence::Secondary, "https://github.com/Hookflo/tern src/platforms/algorithms.ts")
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retries(Retries::ack_only(15))
    .with_retry_delays(shapes::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries (sent by Svix)")
    .with_body_limit(shapes::SVIX_BODY, shapes::SVIX_BODY_SOURCE);

/// Etsy.
///
/// Proof: `secondary`.
pub static ETSY: Provider = Provider::new("etsy", "Etsy", SCHEME)
    .with_source(Confidence::Secondary, WEBHOOK_CO)
    .with_checked("2026-11")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/event_type"))
    .with_event_source("https://developers.etsy.com/documentation/essentials/webhooks");

/// Finch.
///
/// Proof: `sdk`.
pub static FINCH: Provider =
    Provider::new("finch", "Finch", signed_with("finch-signature", "finch-timestamp", KeyFormat::base64("")))
        .with_source(
            Confidence::OfficialCode,
            "https://github.com/Finch-API/finch-api-python src/finch/resources/webhooks.py",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes("The key is Base64 without a prefix.")
        .with_id(Location::header("finch-event-id"))
        .with_event_type(Location::json("/event_type"))
        .with_retries(Retries::attempts(20).within(3 * shapes::DAY))
        .with_retry_source("https://developer.tryfinch.com/docs/development-guides/Webhooks")
        .without_body_limit("https://github.com/Finch-API/docs developer-resources/Webhooks.mdx");

/// Google Gemini API (static secret mode).
///
/// Proof: `page`.
pub static GEMINI: Provider = Provider::new("gemini", "Google Gemini API (static secret mode)", SCHEME)
    .with_source(
        Confidence::OfficialDocs,
        "https://blog.google/innovation-and-ai/technology/developers-tools/event-driven-webhooks; \
      https://ai.google.dev/gemini-api/docs/webhooks",
    )
    .with_checked("2026-11")
    .with_notes("The mode with a static secret. The other mode signs a JSON Web Token.")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_retries(Retries::for_secs(shapes::DAY))
    .with_retry_source(
        "https://blog.google/innovation-and-ai/technology/developers-tools/event-driven-webhooks",
    );

/// GitLab (signing token).
///
/// Proof: `page`.
pub static GITLAB_SIGNING_TOKEN: Provider =
    Provider::new("gitlab-signing-token", "GitLab (signing token)", SCHEME.with_body_bytes(25 << 20))
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
        .with_retry_source("memory: https://docs.gitlab.com/user/project/integrations/webhooks")
        .with_body_limit(
            25 << 20,
            "https://docs.gitlab.com/administration/instance_limits/#webhook-payload-size",
        );

/// incident.io.
///
/// Proof: `page`.
pub static INCIDENT_IO: Provider = Provider::new("incident-io", "incident.io", SCHEME)
    .with_source(Confidence::OfficialDocs, "https://docs.incident.io/api-reference/webhooks")
    .with_checked("2026-11")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/event_type"))
    .with_event_source("https://github.com/simstudioai/sim apps/sim/lib/webhooks/providers/incidentio.ts")
    .with_retries(Retries::for_secs(shapes::DAY))
    .with_retry_source("https://docs.incident.io/api-reference/webhooks");

/// Increase.
///
/// Proof: `page`.
pub static INCREASE: Provider = Provider::new("increase", "Increase", SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/Increase/increase-python src/increase/resources/events.py \
          (standardwebhooks)",
    )
    .with_checked("2026-11")
    .with_notes("Older accounts: increase-legacy.")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"));

/// Lithic.
///
/// Proof: `sdk`.
pub static LITHIC: Provider = Provider::new("lithic", "Lithic", SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/lithic-com/lithic-python src/lithic/resources/webhooks.py",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .without_body_limit("https://github.com/lithic-com/lithic-openapi lithic-openapi.yml");

/// Loops.
///
/// Proof: `secondary`.
pub static LOOPS: Provider = Provider::new("loops", "Loops", SCHEME)
    .with_source(Confidence::Secondary, WEBHOOK_CO)
    .with_checked("2026-11")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/eventName"))
    .with_event_source("https://github.com/simstudioai/sim apps/sim/lib/webhooks/providers/loops.ts");

/// OpenAI.
///
/// Proof: `sdk`.
pub static OPENAI: Provider = Provider::new("openai", "OpenAI", OPENAI_SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/openai/openai-python src/openai/lib/_webhooks.py + \
          tests/lib/test_webhook_signature.py",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes(
        "A secret without whsec_ is used as text. A signature without v1, is accepted, as in \
          the official library; a timestamp with a sign is not.",
    )
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retries(Retries::for_secs(3 * shapes::DAY))
    .with_retry_source("https://platform.openai.com/docs/guides/webhooks")
    .without_body_limit("https://github.com/openai/openai-openapi openapi.yaml");

const POLAR_KEY: KeyFormat = KeyFormat::base64("whsec_").or(const { &[KeyFormat::UTF8] });

/// Polar.
///
/// Proof: `sdk`.
pub static POLAR: Provider =
    Provider::new("polar", "Polar", signed_with("webhook-signature", "webhook-timestamp", POLAR_KEY))
        .with_source(
            Confidence::OfficialCode,
            "https://pypi.org/project/polar-sdk/1.0.2, polar/webhooks.py _signing_keys",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes(
            "The key is the Base64 behind whsec_, or, for secrets made before September 2026, \
              the whole text of the secret, prefix included. The text does not say which: both \
              are tried, and we sign with the first.",
        )
        .with_id(Location::header("webhook-id"))
        .with_event_type(Location::json("/type"))
        .with_data("/data")
        .with_retries(Retries::attempts(11).answered_in(10))
        .with_retry_source("https://polar.sh/docs/integrate/webhooks/delivery")
        .without_body_limit("https://github.com/polarsource/polar docs/integrate/webhooks/delivery.mdx");

/// Render.
///
/// Proof: `page`.
pub static RENDER: Provider = Provider::new("render", "Render", SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/render-examples/webhook-receiver app.ts; \
          https://render.com/docs/webhooks",
    )
    .with_checked("2026-11")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retries(Retries::ack_only(15))
    .with_retry_source("https://render.com/docs/webhooks");

/// Replicate.
///
/// Proof: `sdk`.
pub static REPLICATE: Provider = Provider::new("replicate", "Replicate", SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/replicate/replicate-javascript lib/util.js validateWebhook",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes(
        "The official JavaScript library checks no timestamp and no version of the signature; \
          we check both.",
    )
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_retries(Retries::for_secs(60))
    .with_retry_source("https://replicate.com/docs/topics/webhooks/receive-webhook");

/// Standard Webhooks v1.
///
/// Proof: `sdk`.
pub static STANDARD_WEBHOOKS: Provider =
    Provider::new("standard-webhooks-v1", "Standard Webhooks v1", SCHEME)
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

/// Supabase Auth hooks.
///
/// Proof: `page`.
pub static SUPABASE: Provider = Provider::new(
    "supabase",
    "Supabase Auth hooks",
    signed_with(
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

/// OpenAI accepts secrets and signatures without their prefixes, too.
const OPENAI_SCHEME: Scheme = Scheme::hmac_sha256(
    SignatureField::at(
        Location::header("webhook-signature"),
        Format::List { separator: text(" "), assign: text(","), tags: text("v1"), bare: true },
        Encoding::Base64,
    ),
    "{id}.{timestamp}.{body}",
)
.with_key(KeyFormat::base64("whsec_").or_unprefixed(KeyEncoding::Utf8))
.with_timestamp(Location::header("webhook-timestamp"), Unit::Seconds, Tolerance::seconds(300));

pub(super) const SCHEME: Scheme =
    signed_with("webhook-signature", "webhook-timestamp", KeyFormat::base64("whsec_"));

/// Creates the scheme with other header names, or with another key format.
const fn signed_with(signature: &'static str, timestamp: &'static str, key: KeyFormat) -> Scheme {
    let signature = SignatureField::list(signature, [" ", ",", "v1"], Encoding::Base64);
    Scheme::hmac_sha256(signature, "{id}.{timestamp}.{body}").with_key(key).with_timestamp(
        Location::header(timestamp),
        Unit::Seconds,
        Tolerance::seconds(300),
    )
}
