//! Slugs that begin with `gl` to `gu`.

use super::shared;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Encoding, KeyFormat, Location, Scheme, SignatureField, TimestampFormat};

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&GLEAN, &GOCARDLESS, &GOGS, &GRAFANA, &GRANOLA, &GROWTHBOOK, &GROWTHBOOK_SDK, &GUSTO];

/// Glean.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static GLEAN: Provider = Provider::new("glean", "Glean", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(Confidence::OfficialDocs, "https://developers.glean.com/guides/triggers/webhook-delivery")
    .with_checked("2026-11")
    .with_notes("Triggers.")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/event_type"))
    .with_event_source(
        "https://github.com/gleanwork/open-api final_specs/platform.yaml PlatformTriggerWebhookEvent",
    )
    .without_body_limit(
        "https://github.com/gleanwork/glean-developer-site docs/guides/triggers/webhook-delivery.mdx",
    );

/// GoCardless.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static GOCARDLESS: Provider =
    Provider::new("gocardless", "GoCardless", shared::body_hex("webhook-signature"))
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
        )
        .without_body_limit(
            "https://github.com/gocardless/gocardless-pro-php README.md, lib/Resources/Webhook.php",
        );

/// Gogs.
///
/// Key: the text of the secret.
/// Proof: `vectors`.
pub static GOGS: Provider = Provider::new("gogs", "Gogs", shared::body_hex("x-gogs-signature"))
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

/// Grafana (alerting webhook HMAC).
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static GRAFANA: Provider = Provider::new(
    "grafana",
    "Grafana (alerting webhook HMAC)",
    Scheme::hmac_sha256(
        SignatureField::header("x-grafana-alerting-signature", Encoding::Hex),
        "{?{timestamp}:?}{body}",
    )
    .with_optional_timestamp(Location::header("x-grafana-alerting-timestamp"), TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(Confidence::OfficialCode, "https://github.com/grafana/alerting http/hmac.go")
.with_checked("2026-11")
.with_notes(
    "Both headers are named in the contact point; this name of the timestamp was chosen. \
      Without one the body alone is signed, and nothing bounds a replay; a body that begins \
      like a timestamp and a colon is refused then. Tolerance chosen: 300 s both ways.",
)
.with_event_type(Location::json("/status"))
.without_id(
    "https://github.com/grafana/grafana \
      docs/sources/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier.md",
)
    .without_body_limit("https://github.com/grafana/grafana docs/sources/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier.md");

/// Granola.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `secondary`.
pub static GRANOLA: Provider = Provider::new("granola", "Granola", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(
        Confidence::Secondary,
        "https://www.npmjs.com/package/@trigger.dev/core 4.8.3 dist/esm/v3/webhooks/index.js \
     (granola)",
    )
    .with_checked("2026-11")
    .with_notes("Deliveries have the id of a note, not its text.")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/event_type"));

/// GrowthBook (event webhooks).
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static GROWTHBOOK: Provider =
    Provider::new("growthbook", "GrowthBook (event webhooks)", shared::body_hex("x-growthbook-signature"))
        .with_source(
            Confidence::OfficialCode,
            "https://github.com/growthbook/growthbook packages/back- \
     end/src/events/handlers/webhooks/EventWebHookNotifier.ts, event-webhooks-utils.ts",
        )
        .with_checked("2026-11")
        .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
        .with_event_type(Location::json("/event"))
        .with_data("/data")
        // Source: the same code: 30 s for an answer.
        .with_retries(Retries { attempts: None, window_secs: None, ack_secs: Some(30) })
        .without_id(
            "https://github.com/growthbook/growthbook \
      packages/back-end/src/events/handlers/webhooks/EventWebHookNotifier.ts",
        )
        .without_body_limit("https://github.com/growthbook/growthbook docs/app/webhooks/event-webhooks.mdx");

/// GrowthBook (SDK webhooks).
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static GROWTHBOOK_SDK: Provider = Provider::new(
    "growthbook-sdk",
    "GrowthBook (SDK webhooks)",
    shared::STANDARD_WEBHOOKS_SCHEME.with_key(KeyFormat::UTF8),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/growthbook/growthbook packages/back-end/src/jobs/sdkWebhooks.ts; \
     https://docs.growthbook.io/app/webhooks/sdk-webhooks",
)
.with_checked("2026-11")
.with_notes(
    "The key is the text of the secret. The id is made anew for every attempt. The header \
     webhook-secret is sent, too, and is not looked at.",
)
.with_id(Location::header("webhook-id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
// Source: the same code: 30 s for an answer.
.with_retries(Retries { attempts: None, window_secs: None, ack_secs: Some(30) })
.without_body_limit("https://github.com/growthbook/growthbook docs/app/webhooks/sdk-webhooks.mdx");

/// Gusto.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static GUSTO: Provider = Provider::new("gusto", "Gusto", shared::body_hex("x-gusto-signature"))
    .with_source(Confidence::OfficialDocs, "https://docs.gusto.com/embedded-payroll/docs/webhooks")
    .with_checked("2026-11")
    .with_notes(
        "The key is the verification_token that Gusto posts, unsigned, when a subscription is \
     made; it is confirmed by a call of the API. There is no timestamp, so the age of a \
     delivery is not bounded.",
    )
    .with_id(Location::json("/uuid"))
    .with_event_type(Location::json("/event_type"))
    .with_retries(Retries::attempts(17))
    .with_retry_source("https://docs.gusto.com/app-integrations/docs/webhooks")
    .without_body_limit("https://docs.gusto.com/app-integrations/docs/webhooks");
