//! Providers with a shared token. Anyone who has seen one request can forge others.

use super::shapes;
use crate::handshake::catalogue;
use crate::provider::{Confidence, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, Format, Location, Scheme, SignatureField, text};

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[
    &AUTH0,
    &BIGCOMMERCE,
    &BREVO,
    &CLOUDFLARE_NOTIFICATIONS,
    &CURRENTS,
    &DATADOG,
    &DEEPGRAM,
    &FIGMA,
    &GITLAB,
    &MS_GRAPH,
    &OKTA,
    &TELEGRAM,
];

/// Auth0 log streams. The body is not authenticated.
///
/// Proof: `page`.
pub static AUTH0: Provider = Provider::new("auth0", "Auth0 log streams", Scheme::token("authorization"))
    .with_source(Confidence::OfficialDocs, "https://auth0.com/docs/customize/log-streams/custom-log-streams")
    .with_notes(
        "The body is not authenticated. A body has several entries; id and type are those of \
          the first.",
    )
    .with_id(Location::json("/0/log_id"))
    .with_event_type(Location::json("/0/data/type"))
    .with_retries(Retries::attempts(4))
    .with_retry_source("https://auth0.com/docs/customize/log-streams/custom-log-streams")
    .with_checked("2026-11")
    .without_body_limit(
        "https://github.com/auth0/docs-v2 main/docs/customize/log-streams/custom-log-streams.mdx",
    );

/// BigCommerce. The body is not authenticated.
///
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

/// Brevo. The body is not authenticated.
///
/// Proof: `page`.
pub static BREVO: Provider = Provider::new(
    "brevo",
    "Brevo",
    Scheme::new(
        Algorithm::Token,
        SignatureField::at(
            Location::header("authorization"),
            Format::Value { prefixes: text("Bearer "), required: false },
            Encoding::Text,
        ),
        "",
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developers.brevo.com/docs/username-and-password-authentication",
)
.with_checked("2026-11")
.with_notes(
    "The body is not authenticated. A Bearer token. Basic in the URL and a list of addresses \
      (1.179.112.0/20, 172.246.240.0/20) are its other ways.",
)
.with_event_type(Location::json("/event"))
.without_id("https://developers.brevo.com/docs/transactional-webhooks (`id` is the webhook's)")
.with_retry_delays(&[600, 3600, 7200, 28_800])
.with_retry_source("https://developers.brevo.com/docs/retry-mechanism");

/// Cloudflare notifications. The body is not authenticated.
///
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
        .with_id(Location::json("/alert_correlation_id"))
        .with_event_type(Location::json("/alert_type"))
    .without_body_limit("https://github.com/cloudflare/cloudflare-docs src/content/docs/notifications/get-started/configure-webhooks.mdx");

/// Currents.dev. The body is not authenticated.
///
/// Proof: `page`.
pub static CURRENTS: Provider = Provider::new("currents", "Currents.dev", Scheme::token("x-webhook-secret"))
    .with_source(Confidence::OfficialDocs, "https://docs.currents.dev/integrations/http-webhooks")
    .with_checked("2026-11")
    .with_notes(
        "The body is not authenticated. The header is configured at the sender; this one was \
          chosen. x-timestamp is not signed, and not looked at.",
    )
    .with_event_type(Location::json("/event"))
    .without_id("https://docs.currents.dev/integrations/http-webhooks")
    .with_event_source("https://docs.currents.dev/integrations/http-webhooks");

/// Datadog. The body is not authenticated.
///
/// Proof: `page`.
pub static DATADOG: Provider = Provider::new("datadog", "Datadog", Scheme::token("authorization"))
    .with_source(Confidence::OfficialDocs, "https://docs.datadoghq.com/integrations/webhooks/")
    .with_checked("2026-11")
    .with_notes(
        "The body is not authenticated. The header is configured at the sender; this one was \
          chosen.",
    )
    .without_id("https://docs.datadoghq.com/integrations/webhooks/ (the user writes the payload)")
    .without_event_type("https://docs.datadoghq.com/integrations/webhooks/ (the user writes the payload)")
    .with_retries(Retries::attempts(6).answered_in(15))
    .with_retry_source("https://docs.datadoghq.com/integrations/webhooks/");

/// Deepgram callbacks. The body is not authenticated.
///
/// Proof: `page`.
pub static DEEPGRAM: Provider = Provider::new("deepgram", "Deepgram callbacks", Scheme::basic())
    .with_source(Confidence::OfficialDocs, "https://developers.deepgram.com/changelog/2026/10/27")
    .with_checked("2026-11")
    .with_notes(
        "The body is not authenticated. User and password stand in the callback URL that \
      is given to Deepgram. It no longer supports its header dg-token.",
    )
    .with_id(Location::json("/metadata/request_id"))
    .without_event_type("https://developers.deepgram.com/docs/callback (the body is the transcript)")
    .with_event_source("https://github.com/deepgram/deepgram-docs fern/docs/pre-recorded-audio.mdx")
    .with_retry_delays(&[30; 10])
    .with_retry_source("https://developers.deepgram.com/docs/callback")
    .without_body_limit(
        "https://github.com/deepgram/deepgram-docs fern/docs/callback.mdx, fern/docs/payload-too-large.mdx",
    );

/// Figma. The body is not authenticated.
///
/// Proof: `page`.
pub static FIGMA: Provider = Provider::new(
    "figma",
    "Figma",
    Scheme::new(
        Algorithm::Token,
        SignatureField::at(Location::json("/passcode"), Format::BARE, Encoding::Text),
        "",
    ),
)
.with_source(Confidence::OfficialCode, "https://github.com/figma/rest-api-spec dist/api_types.ts")
.with_checked("2026-11")
.with_notes("The body is not authenticated. The token is in the body.")
.with_event_type(Location::json("/event_type"))
.without_id("https://github.com/figma/rest-api-spec dist/api_types.ts")
.with_retry_delays(&[300, 1800, 10_800])
.with_retry_source("https://developers.figma.com/docs/rest-api/webhooks")
.without_body_limit("https://github.com/figma/rest-api-spec openapi/openapi.yaml");

/// GitLab (secret token). The body is not authenticated.
///
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
.with_retry_source("memory: https://docs.gitlab.com/user/project/integrations/webhooks")
.with_body_limit(25 << 20, "https://docs.gitlab.com/administration/instance_limits/#webhook-payload-size");

/// Microsoft Graph change notifications. The body is not authenticated.
///
/// Proof: `page`.
pub static MS_GRAPH: Provider = Provider::new(
    "ms-graph",
    "Microsoft Graph change notifications",
    Scheme::new(
        Algorithm::Token,
        SignatureField::at(Location::json("/clientState"), Format::BARE, Encoding::Text),
        "",
    )
    .for_each("/value/*"),
)
.with_aliases(const { &[text("microsoft-graph"), text("graph")] })
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/microsoftgraph/microsoft-graph-docs-contrib \
          concepts/change-notifications-delivery-webhooks.md",
)
.with_checked("2026-11")
.with_notes(
    "The body is not authenticated. The token is in each item of the body. Encrypted content, \
      and the tokens that come with it, are left to the handler.",
)
.with_id(Location::json("/value/0/id"))
.with_event_type(Location::json("/value/0/changeType"))
.with_handshakes(catalogue::MS_GRAPH)
.with_retries(Retries::for_secs(4 * shapes::HOUR).answered_in(3))
.with_retry_source(
    "https://github.com/microsoftgraph/microsoft-graph-docs-contrib \
          concepts/change-notifications-delivery-webhooks.md",
)
    .without_body_limit("https://github.com/microsoftgraph/microsoft-graph-docs-contrib concepts/change-notifications-delivery-webhooks.md");

/// Okta event hooks. The body is not authenticated.
///
/// Proof: `page`.
pub static OKTA: Provider = Provider::new("okta", "Okta event hooks", Scheme::token("authorization"))
    .with_source(
        Confidence::OfficialDocs,
        "https://github.com/okta/okta-developer-docs docs/concepts/event-hooks/index.md",
    )
    .with_checked("2026-11")
    .with_notes(
        "The body is not authenticated. The header is configured at the sender; this one was \
          chosen. A body has several events; the type is that of the first.",
    )
    .with_id(Location::json("/eventId"))
    .with_event_type(Location::json("/data/events/0/eventType"))
    .with_data("/data")
    .with_handshakes(catalogue::OKTA)
    .with_retries(Retries::attempts(2).answered_in(3))
    .with_retry_source("https://developer.okta.com/docs/concepts/event-hooks")
    .without_body_limit("https://github.com/okta/okta-developer-docs packages/@okta/vuepress-site/docs/concepts/event-hooks/index.md");

/// Telegram Bot API. The body is not authenticated.
///
/// Proof: `page`.
pub static TELEGRAM: Provider =
    Provider::new("telegram", "Telegram Bot API", Scheme::token("x-telegram-bot-api-secret-token"))
        .with_source(Confidence::OfficialDocs, "https://core.telegram.org/bots/api/methods/setwebhook.md")
        .with_checked("2026-11")
        .with_notes("The body is not authenticated. The type is the name of the key beside update_id.")
        .with_id(Location::json("/update_id"))
        .without_event_type("https://core.telegram.org/bots/api#update (the type is the name of a member)")
        .with_retries(Retries::for_secs(shapes::DAY))
        .with_retry_source("https://core.telegram.org/bots/api#getting-updates")
        .without_body_limit("https://github.com/tdlib/telegram-bot-api telegram-bot-api/WebhookActor.cpp");
