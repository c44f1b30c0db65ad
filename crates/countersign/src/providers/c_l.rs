//! Slugs that begin with `cl`.

use super::shared;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, Location, Scheme, SignatureField, TimestampFormat};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&CLERK, &CLICKUP, &CLOUDFLARE_NOTIFICATIONS, &CLOUDFLARE_STREAM, &CLOUDINARY];

/// Clerk.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `sdk`.
pub static CLERK: Provider = Provider::new("clerk", "Clerk", shared::SVIX_SCHEME)
    .with_source(
        Confidence::Secondary,
        "https://github.com/webhook-co/webhook packages/webhooks-spec/src/adapters/config.ts \
          (npm @webhook-co/webhooks-spec, states it is doc-verified); \
          https://github.com/hookdeck/webhook-skills clerk",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes("Accepts the webhook-* names of the headers, too.")
    .with_id(shared::SVIX_ID)
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retries(Retries::ack_only(15))
    .with_retry_delays(shared::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries")
    .with_body_limit(shared::SVIX_BODY, shared::SVIX_BODY_SOURCE);

/// ClickUp.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static CLICKUP: Provider = Provider::new("clickup", "ClickUp", shared::body_hex("x-signature"))
    .with_source(Confidence::OfficialDocs, "https://developer.clickup.com/docs/webhooksignature")
    .with_checked("2026-11")
    .with_event_type(Location::json("/event"))
    .with_retries(Retries { attempts: Some(5), window_secs: None, ack_secs: Some(7) })
    .with_notes("The id is that of the change, which taskUpdated and taskStatusUpdated share.")
    .with_id_per_type(Location::json("/history_items/0/id"))
    .with_event_source("https://developer.clickup.com/docs/webhooks")
    .without_body_limit(
        "https://developer.clickup.com/docs/webhooks, /docs/webhooktaskpayloads (first part)",
    );

/// Cloudflare notifications. The body is not authenticated.
///
/// Key: the text of the secret, which is sent as it is.
/// Proof: `page`.
pub static CLOUDFLARE_NOTIFICATIONS: Provider =
    Provider::new("cloudflare-notifications", "Cloudflare notifications", Scheme::token("cf-webhook-auth"))
        .with_source(
            Confidence::OfficialDocs,
            "https://github.com/cloudflare/cloudflare-docs \
          src/content/docs/notifications/get-started/configure-webhooks.mdx",
        )
        .with_checked("2026-11")
        .with_notes("The body is not authenticated.")
        .without_id(
            "https://developers.cloudflare.com/notifications/reference/webhook-payload-schema \
              (/alert_correlation_id groups related alerts: the start and the end of one)",
        )
        .with_event_type(Location::json("/alert_type"))
    .without_body_limit("https://github.com/cloudflare/cloudflare-docs src/content/docs/notifications/get-started/configure-webhooks.mdx");

/// Cloudflare Stream.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static CLOUDFLARE_STREAM: Provider = Provider::new(
    "cloudflare-stream",
    "Cloudflare Stream",
    shared::stripe_like("webhook-signature", ["time", "sig1"], TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/cloudflare/cloudflare-docs \
          src/content/docs/stream/manage-video-library/using-webhooks.mdx",
)
.with_notes("Tolerance chosen: 300 s both ways.")
.with_id(Location::json("/uid"))
.with_event_type(Location::json("/status/state"))
.with_event_source(
    "https://github.com/cloudflare/cloudflare-docs \
          src/content/docs/stream/manage-video-library/using-webhooks.mdx",
)
.with_checked("2026-11")
    .without_body_limit("https://github.com/cloudflare/cloudflare-docs src/content/docs/stream/manage-video-library/using-webhooks.mdx");

/// Cloudinary.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static CLOUDINARY: Provider = Provider::new(
    "cloudinary",
    "Cloudinary",
    Scheme::new(
        Algorithm::Sha1OrSha256,
        SignatureField::header("x-cld-signature", Encoding::Hex),
        "{body}{timestamp}{secret}",
    )
    .with_timestamp(
        Location::header("x-cld-timestamp"),
        TimestampFormat::Either,
        Tolerance::seconds(7200),
    ),
)
.with_source(Confidence::OfficialCode, "https://github.com/cloudinary/cloudinary_npm lib/utils/index.js")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "An account chooses SHA-1 or SHA-256. Timestamps in milliseconds are read, too; a body \
      that ends with three digits, which could belong to either, is refused. The official \
      library does not bound the future; we do.",
)
.with_event_type(Location::json("/notification_type"))
.with_id(Location::json("/request_id"))
.with_event_source("memory: https://cloudinary.com/documentation/notifications");
