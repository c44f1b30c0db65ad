//! Slugs that begin with `bi` to `bl`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Encoding, KeyFormat, Location, Scheme, SignatureField, TimestampFormat};

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&BIGCOMMERCE, &BIGCOMMERCE_SIGNED, &BILLIT, &BIRD, &BITBUCKET, &BITGO, &BLAND];

/// BigCommerce. The body is not authenticated.
///
/// Key: the text of the secret, which is sent as it is.
/// Proof: `page`.
pub static BIGCOMMERCE: Provider =
    Provider::new("bigcommerce", "BigCommerce", Scheme::token("authorization"))
        .with_source(
            Confidence::OfficialDocs,
            "https://github.com/bigcommerce/docs \
          docs/integrations/webhooks/https-webhook-overview.mdx",
        )
        .with_checked("2026-11")
        .with_notes(
            "The body is not authenticated. The header is configured at the sender; this one was \
          chosen. BigCommerce also signs: bigcommerce-signed.",
        )
        .with_id(Location::json("/hash"))
        .with_event_type(Location::json("/scope"))
        .with_retry_delays(&[60, 180, 300, 600, 900, 1800, 3600, 7200, 21_600, 50_400, 86_400])
        .with_retry_source("https://developer.bigcommerce.com/docs/integrations/webhooks")
        .without_body_limit(
            "https://github.com/bigcommerce/docs docs/integrations/webhooks/https-webhook-overview.mdx",
        );

/// BigCommerce, signed.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static BIGCOMMERCE_SIGNED: Provider = Provider::new(
    "bigcommerce-signed",
    "BigCommerce (signed)",
    shared::standard_webhooks("webhook-signature", "webhook-timestamp", KeyFormat::UTF8),
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

/// Billit.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static BILLIT: Provider = Provider::new(
    "billit",
    "Billit",
    shared::stripe_like("billit-signature", ["t", "s"], TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://docs.billit.be/reference/webhook")
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.without_id("memory: https://docs.billit.be/docs/webhooks")
.with_event_type(Location::json("/EntityType"))
.with_event_source("https://docs.accesspoint.billit.eu/docs/webhooks-signature")
.without_body_limit("https://docs.billit.be/docs/webhooks");

/// Bird.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static BIRD: Provider = Provider::new(
    "bird",
    "Bird",
    Scheme::hmac_sha256(
        SignatureField::header("messagebird-signature", Encoding::Base64),
        "{timestamp}\n{url}\n{body:sha256}",
    )
    .with_timestamp(Location::header("messagebird-request-timestamp"), TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://docs.bird.com/api/notifications-api/api-reference/webhook-subscriptions/verifying-a-webhook-subscription",
)
.with_checked("2026-11")
.with_notes(
    "Signed is the digest of the body as bytes. The id is a header that the signature does not \
      cover. Tolerance chosen: 300 s both ways. MessageBird's older webhooks are `messagebird`.",
)
.with_id(Location::header("messagebird-request-id"))
.with_event_type(Location::json("/event"))
.with_data("/payload")
.with_retries(Retries::for_secs(8 * shared::HOUR))
.with_retry_source("https://docs.bird.com/api/notifications-api/retries")
.without_body_limit(
    "https://docs.bird.com/api/notifications-api/api-reference/webhook-subscriptions (first part)",
);

/// Bitbucket Cloud / Data Center.
///
/// Key: the text of the secret.
/// Proof: `vectors`.
pub static BITBUCKET: Provider = Provider::new(
    "bitbucket",
    "Bitbucket Cloud / Data Center",
    shared::body_prefixed("x-hub-signature", "sha256="),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/go-playground/webhooks bitbucket-server; \
      https://github.com/Yizack/nuxt-webhook-validators \
      src/runtime/server/lib/validators/bitbucket.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes(
    "The name of the header is that of GitHub's SHA-1, and this is SHA-256. Id and type are \
      headers that the signature does not cover.",
)
.with_id(Location::first_of(BITBUCKET_IDS))
.with_event_type(Location::header("x-event-key"))
.with_handshakes(BITBUCKET_HANDSHAKES)
.with_retries(Retries::attempts(3).answered_in(10))
.with_retry_source("https://support.atlassian.com/bitbucket-cloud/docs/troubleshoot-webhooks")
.with_body_limit(256 << 10, "https://support.atlassian.com/bitbucket-cloud/docs/troubleshoot-webhooks");

/// Bitbucket Data Center: the test of a connection.
pub const BITBUCKET_HANDSHAKES: &[Handshake] =
    &[Handshake::new("diagnostics:ping", Trust::Echo, Method::Post)
        .with_source(Confidence::Secondary, "confluence.atlassian.com/bitbucketserver/manage-webhooks")
        .with_conditions(const { &[Condition::equals(Place::header("x-event-key"), "diagnostics:ping")] })
        .with_answer(Answer::status(200))];

/// Bitbucket Data Center sends `X-Request-Id` instead.
const BITBUCKET_IDS: &[Location] = &[Location::header("x-request-uuid"), Location::header("x-request-id")];

/// BitGo.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static BITGO: Provider = Provider::new("bitgo", "BitGo", shared::body_hex("x-signature-sha256"))
    .with_source(Confidence::OfficialDocs, "https://developers.bitgo.com/docs/webhooks-overview")
    .with_checked("2026-11")
    .with_notes(
        "The key is the webhook secret of the enterprise. Webhooks of policies have a JSON \
     Web Token since April 2026, which is not declared. The encoding is that of the HMAC \
     of BitGo's API, hexadecimal. There is no timestamp, so the age of a delivery is not \
     bounded.",
    )
    .with_event_type(Location::json("/type"))
    .without_id("https://github.com/BitGo/bitgo-docs index.html.md")
    .with_retry_delays(&[60, 300, 600, 1800, 3600, 7200, 14_400])
    .with_retry_source("https://developers.bitgo.com/guides/webhooks/overview")
    .without_body_limit("https://github.com/BitGo/bitgo-docs index.html.md");

/// Bland AI.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static BLAND: Provider = Provider::new("bland", "Bland AI", shared::body_hex("x-webhook-signature"))
    .with_source(Confidence::OfficialDocs, "https://docs.bland.ai/tutorials/webhook-signing")
    .with_checked("2026-11")
    .with_notes(
        "There is no timestamp, so the age of a delivery is not bounded. The page hashes the \
     body serialised again: it is sent in that form.",
    )
    .without_id(
        "memory: https://docs.bland.ai/api-v1/post/calls (/call_id is that of the call: with webhook_events, \
          the events during it have it as well)",
    )
    .without_event_type("https://docs.bland.ai/platform/agent-quickstart (the body is the call)")
    .with_event_source("https://docs.bland.ai/platform/agent-quickstart")
    .without_body_limit(
        "https://docs.bland.ai/api-v1/get/postcall-webhooks-get, /post/postcall-webhooks-create (first part)",
    );
