//! G to O.

use super::super::shapes;
use super::super::shapes::WEBHOOK_CO;
use crate::handshake::catalogue;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Location, Unit, text};
use crate::time::Tolerance;

/// By slug.
pub(in crate::providers) const FAMILY: &[&Provider] = &[
    &GITEA,
    &GOCARDLESS,
    &GOGS,
    &LAUNCHDARKLY,
    &LEMON_SQUEEZY,
    &LINEAR,
    &MAILERLITE,
    &MODERN_TREASURY,
    &NYLAS,
];

/// Gitea.
///
/// Proof: `vectors`.
pub static GITEA: Provider = Provider::new("gitea", "Gitea", shapes::body_hex("x-gitea-signature"))
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

/// GoCardless.
///
/// Proof: `sdk`.
pub static GOCARDLESS: Provider =
    Provider::new("gocardless", "GoCardless", shapes::body_hex("webhook-signature"))
        .with_source(
            Confidence::OfficialCode,
            "https://github.com/gocardless/gocardless-pro-python gocardless_pro/webhooks.py",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes(
            "A body has several events; id and type are those of the first. What happened to \
              the resource is its action.",
        )
        .with_id(Location::json("/events/0/id"))
        .with_event_type(Location::json("/events/0/resource_type"))
        .with_retries(Retries::attempts(9).answered_in(10))
        .with_retry_source(
            "https://support.gocardless.com/hc/en-nz/articles/360000989989-Webhook-retries-failures",
        );

/// Gogs.
///
/// Proof: `vectors`.
pub static GOGS: Provider = Provider::new("gogs", "Gogs", shapes::body_hex("x-gogs-signature"))
    .with_source(Confidence::OfficialCode, "https://github.com/gogs/gogs internal/database/webhook.go")
    .with_checked("2026-11")
    .with_proof(Proof::Vectors)
    .with_notes("Id and type are headers that the signature does not cover.")
    .with_id(Location::header("x-gogs-delivery"))
    .with_event_type(Location::header("x-gogs-event"))
    .with_retries(Retries::NONE)
    .with_retry_source(
        "https://github.com/gogs/gogs internal/database/webhook.go (a task is delivered \
      once)",
    )
    .without_body_limit("https://github.com/gogs/gogs docs/advancing/webhooks.mdx");

/// LaunchDarkly.
///
/// Proof: `secondary`.
pub static LAUNCHDARKLY: Provider =
    Provider::new("launchdarkly", "LaunchDarkly", shapes::body_hex("x-ld-signature"))
        .with_source(Confidence::Secondary, WEBHOOK_CO)
        .with_checked("2026-11")
        .with_id(Location::json("/_id"))
        .with_event_type(Location::json("/kind"))
        .with_event_source("https://launchdarkly.com/docs/api/webhooks.md");

/// Lemon Squeezy.
///
/// Proof: `page`.
pub static LEMON_SQUEEZY: Provider =
    Provider::new("lemon-squeezy", "Lemon Squeezy", shapes::body_hex("x-signature"))
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
        .with_retry_source("https://docs.lemonsqueezy.com/help/webhooks/webhook-requests");

/// Linear.
///
/// Proof: `sdk`.
pub static LINEAR: Provider = Provider::new(
    "linear",
    "Linear",
    shapes::body_hex("linear-signature").with_timestamp(
        Location::json("/webhookTimestamp"),
        Unit::Milliseconds,
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
.with_retries(Retries { attempts: Some(4), window_secs: Some(7 * 3600 + 60), ack_secs: Some(5) });

/// MailerLite.
///
/// Proof: `page`.
pub static MAILERLITE: Provider = Provider::new("mailerlite", "MailerLite", shapes::body_hex("signature"))
    .with_source(Confidence::OfficialDocs, "https://developers.mailerlite.com/docs/webhooks")
    .with_checked("2026-11")
    .with_retries(Retries::ack_only(3))
    .with_retry_delays(&[10, 100, 1000])
    .with_retry_source("https://developers.mailerlite.com/docs/webhooks")
    .with_event_type(Location::first_of(MAILERLITE_TYPES))
    .without_id("https://developers.mailerlite.com/docs/webhooks")
    .with_event_source("https://github.com/api-evangelist/mailerlite asyncapi/mailerlite-webhooks-asyncapi.yml (examples of the official page)");

/// A batch has events of its own.
const MAILERLITE_TYPES: &[Location] = &[
    Location::json("/event"),
    Location::json("/type"),
    Location::json("/events/0/event"),
    Location::json("/events/0/type"),
];

/// Modern Treasury.
///
/// Proof: `sdk`.
pub static MODERN_TREASURY: Provider =
    Provider::new("modern-treasury", "Modern Treasury", shapes::body_hex("x-signature"))
        .with_source(
            Confidence::OfficialCode,
            "https://github.com/Modern-Treasury/modern-treasury-python \
              src/modern_treasury/resources/webhooks.py",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes("Id and type are headers that the signature does not cover.")
        .with_id(Location::header("x-event-id"))
        .with_event_type(Location::header("x-topic"))
        .with_retries(Retries::attempts(26).within(4 * shapes::DAY))
        .with_retry_source("https://docs.moderntreasury.com/platform/docs/webhooks-overview");

/// Nylas.
///
/// Proof: `page`.
pub static NYLAS: Provider = Provider::new("nylas", "Nylas", shapes::body_hex("x-nylas-signature"))
    .with_source(
        Confidence::OfficialDocs,
        "https://developer.nylas.com/docs/cookbook/use-cases/build/verify-webhook-signatures/",
    )
    .with_checked("2026-11")
    .with_notes("A body that was sent compressed is signed compressed.")
    .with_handshakes(catalogue::NYLAS)
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/type"));
