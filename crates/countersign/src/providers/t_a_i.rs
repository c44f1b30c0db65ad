//! Slugs that begin with `ta` to `ti`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, KeyFormat, Location, Scheme, SignatureField, TimestampFormat};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&TABAPAY, &TAIGA, &TAILSCALE, &TALLY, &TEBEX, &TELEGRAM, &TELNYX, &TERRA, &TERRAFORM_CLOUD, &TIKTOK];

/// TabaPay.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static TABAPAY: Provider = Provider::new(
    "tabapay",
    "TabaPay",
    shared::stripe_like("x-hmac-signature", ["t", "v1|v2"], TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developers.tabapay.com/reference/verifying-webhook-signatures",
)
.with_checked("2026-11")
.with_notes(
    "While a secret is rotated, for 48 hours, `v2` is the signature with the previous \
     one. The id is a header that the signature does not cover, the same in every \
     attempt. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::header("idempotency-key"))
.without_body_limit("https://developers.tabapay.com/reference/webhook-signature-headers");

/// Taiga.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static TAIGA: Provider = Provider::new(
    "taiga",
    "Taiga",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-taiga-webhook-signature", Encoding::Hex),
        "{body}",
    ),
)
.with_source(Confidence::OfficialCode, "https://github.com/taigaio/taiga-back taiga/webhooks/tasks.py")
.with_checked("2026-11")
.with_event_type(Location::json("/type"))
.without_id("https://github.com/taigaio/taiga-doc")
.with_retries(Retries::NONE)
.with_retry_source("https://github.com/taigaio/taiga-back taiga/webhooks/tasks.py")
.without_body_limit("https://github.com/taigaio/taiga-doc webhooks.adoc");

/// Tailscale.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static TAILSCALE: Provider = Provider::new(
    "tailscale",
    "Tailscale",
    shared::stripe_like(
        "tailscale-webhook-signature",
        ["t", "v1"],
        TimestampFormat::Seconds,
        Tolerance::seconds(300),
    ),
)
.with_source(Confidence::OfficialCode, "https://github.com/tailscale/tailscale docs/webhooks/example.go")
.with_checked("2026-11")
.with_notes(
    "The body is an array of events; the type is that of the first. The official library does \
      not bound the future; we do.",
)
.with_event_type(Location::json("/0/type"))
.without_id("https://github.com/tailscale/tailscale docs/webhooks/example.go")
.with_retries(Retries::for_secs(shared::DAY))
.with_retry_source("https://tailscale.com/kb/1213/webhooks")
.without_body_limit("https://tailscale.com/docs/features/webhooks");

/// Tally.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static TALLY: Provider = Provider::new("tally", "Tally", shared::body_base64("tally-signature"))
    .with_source(Confidence::Secondary, shared::WEBHOOK_CO)
    .with_checked("2026-11")
    .with_id(Location::json("/eventId"))
    .with_event_type(Location::json("/eventType"))
    .with_retries(Retries::ack_only(10))
    .with_retry_delays(&[300, 1800, 3600, 21_600, 86_400])
    .with_retry_source("https://developers.tally.so/api-reference/endpoint/webhooks/events/retry.md");

/// Tebex.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static TEBEX: Provider = Provider::new(
    "tebex",
    "Tebex",
    Scheme::hmac_sha256(SignatureField::header("x-signature", Encoding::Hex), "{body:sha256-hex}"),
)
.with_source(
    Confidence::Secondary,
    "https://skills.sh hookdeck tebex-webhooks; https://docs.tebex.io/developers/webhooks",
)
.with_checked("2026-11")
.with_notes("The text of the SHA-256 of the body is signed.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/subject")
.with_handshakes(TEBEX_HANDSHAKES)
.without_body_limit("https://docs.tebex.io/developers/webhooks/overview");

/// Tebex: a signed event like the others, answered with its id.
pub const TEBEX_HANDSHAKES: &[Handshake] =
    &[Handshake::new("validation.webhook", Trust::Signed, Method::Post)
        .with_source(Confidence::OfficialDocs, "docs.tebex.io/developers/webhooks/overview")
        .with_conditions(
            const {
                &[
                    Condition::equals(Place::json("/type"), "validation.webhook"),
                    Condition::present(Place::json("/id")),
                ]
            },
        )
        .with_answer(Answer::json(r#"{{"id":"{json:/id}"}}"#))];

/// Telegram Bot API. The body is not authenticated.
///
/// Key: the text of the secret, which is sent as it is.
/// Proof: `page`.
pub static TELEGRAM: Provider =
    Provider::new("telegram", "Telegram Bot API", Scheme::token("x-telegram-bot-api-secret-token"))
        .with_source(Confidence::OfficialDocs, "https://core.telegram.org/bots/api/methods/setwebhook.md")
        .with_checked("2026-11")
        .with_notes("The body is not authenticated. The type is the name of the key beside update_id.")
        .with_id(Location::json("/update_id"))
        .without_event_type("https://core.telegram.org/bots/api#update (the type is the name of a member)")
        .with_retries(Retries::for_secs(shared::DAY))
        .with_retry_source("https://core.telegram.org/bots/api#getting-updates")
        .without_body_limit("https://github.com/tdlib/telegram-bot-api telegram-bot-api/WebhookActor.cpp");

/// Telnyx.
///
/// Key: a public key.
/// Proof: `sdk`.
pub static TELNYX: Provider = Provider::new(
    "telnyx",
    "Telnyx",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::header("telnyx-signature-ed25519", Encoding::Base64),
        "{timestamp}|{body}",
    )
    .with_key(KeyFormat::base64(""))
    .with_timestamp(
        Location::header("telnyx-timestamp"),
        TimestampFormat::Seconds,
        Tolerance::seconds(300),
    ),
)
.with_source(Confidence::OfficialCode, "https://github.com/team-telnyx/telnyx-node src/lib/webhooks.ts")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_key_scope(KeyScope::Account)
.with_notes("The key is Base64.")
.with_id(Location::json("/data/id"))
.with_event_type(Location::json("/data/event_type"))
.with_data("/data/payload")
.with_retries(Retries::attempts(3).answered_in(2))
.with_retry_source("https://github.com/team-telnyx/ai skills: webhooks")
.without_body_limit("https://github.com/team-telnyx/ai guides/webhooks.md");

/// Terra.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static TERRA: Provider = Provider::new(
    "terra",
    "Terra",
    shared::stripe_like("terra-signature", ["t", "v1"], TimestampFormat::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/terra-api 2.1.0 dist/cjs/utils.js; \
     https://docs.tryterra.co/destinations/webhooks",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_event_type(Location::json("/type"))
.with_data("/data")
.without_id(
    "https://docs.tryterra.co/reference/health-and-fitness-api/event-types \
      (terra-reference names the request for data, which several deliveries answer)",
)
.with_retry_delays(&[30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15_360])
.with_retry_source(
    "https://docs.tryterra.co/health-and-fitness-api/integration-setup/setting-up-data-destinations/webhooks",
)
.without_body_limit(
    "https://docs.tryterra.co/health-and-fitness-api/integration-setup/setting-up-data-destinations/webhooks",
);

/// Terraform Cloud.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static TERRAFORM_CLOUD: Provider = Provider::new(
    "terraform-cloud",
    "Terraform Cloud",
    Scheme::new(
        Algorithm::HmacSha512,
        SignatureField::header("x-tfe-notification-signature", Encoding::Hex),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/hashicorp/terraform-docs-common \
      website/docs/cloud-docs/api-docs/notification-configurations.mdx",
)
.with_checked("2026-11")
.with_notes(
    "The key is the token of the configuration. Notifications of runs have the type \
      in their list, those of workspaces at the top.",
)
.with_handshakes(TERRAFORM_CLOUD_HANDSHAKES)
.with_event_type(Location::first_of(
    const { &[Location::json("/notifications/0/trigger"), Location::json("/trigger")] },
))
.without_id(
    "https://github.com/hashicorp/terraform-docs-common \
      website/docs/cloud-docs/api-docs/notification-configurations.mdx (run_id names \
      the run)",
)
.without_body_limit("https://github.com/hashicorp/terraform-docs-common website/docs/cloud-docs/api-docs/notification-configurations.mdx");

/// HCP Terraform: a signed run notification without a run, sent when a notification is saved.
pub const TERRAFORM_CLOUD_HANDSHAKES: &[Handshake] =
    &[Handshake::new("verification", Trust::Signed, Method::Post)
        .with_source(
            Confidence::Memory,
            "developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations",
        )
        .with_conditions(
            const { &[Condition::equals(Place::json("/notifications/0/trigger"), "verification")] },
        )
        .with_answer(Answer::status(200))];

/// TikTok for Developers.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static TIKTOK: Provider = Provider::new(
    "tiktok",
    "TikTok for Developers",
    shared::stripe_like("tiktok-signature", ["t", "s"], TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://developers.tiktok.com/doc/webhooks-verification")
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_event_type(Location::json("/event"))
.without_id("https://developers.tiktok.com/doc/webhooks-events")
.with_retries(Retries::for_secs(3 * shared::DAY))
.with_retry_source("https://developers.tiktok.com/doc/webhooks-overview")
.without_body_limit("https://developers.tiktok.com/doc/webhooks-overview, webhooks-events");
