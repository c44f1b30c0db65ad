//! Providers with HTTP Basic. Anyone who has seen one request can forge others.

use super::shapes;
use crate::provider::{Confidence, Provider, Retries};
use crate::scheme::{Location, Scheme};

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[&AZURE_DEVOPS, &CHARGEBEE, &POSTMARK, &SPARKPOST];

/// Azure DevOps. The body is not authenticated.
///
/// Proof: `page`.
pub static AZURE_DEVOPS: Provider = Provider::new("azure-devops", "Azure DevOps", Scheme::basic())
    .with_source(
        Confidence::OfficialDocs,
        "https://github.com/MicrosoftDocs/azure-devops-docs \
          docs/service-hooks/services/webhooks.md",
    )
    .with_checked("2026-11")
    .with_notes("The body is not authenticated.")
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/eventType"))
    .with_data("/resource")
    .without_body_limit(
        "https://github.com/MicrosoftDocs/azure-devops-docs docs/service-hooks/services/webhooks.md",
    );

/// Chargebee. The body is not authenticated.
///
/// Proof: `page`.
pub static CHARGEBEE: Provider = Provider::new("chargebee", "Chargebee", Scheme::basic())
    .with_source(Confidence::OfficialDocs, "https://www.chargebee.com/docs/webhook_settings.html")
    .with_checked("2026-11")
    .with_notes("The body is not authenticated.")
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/event_type"))
    .with_data("/content")
.with_retry_delays(&[120, 360, 1800, 3600, 18_000, 86_400, 172_800])
.with_retry_source("\
          https://www.chargebee.com/docs/2.0/site-configuration/articles-and-faq/at-which-rate-can-we-expect-the-webhook-calls-in-chargebee-will-there-be-any-performance-disruption.html")
    .without_body_limit("https://github.com/chargebee/openapi spec/chargebee_api_v1_spec.yaml");

/// Postmark. The body is not authenticated.
///
/// Proof: `page`.
pub static POSTMARK: Provider = Provider::new("postmark", "Postmark", Scheme::basic())
    .with_source(
        Confidence::OfficialDocs,
        "https://github.com/ActiveCampaign/postmark-skills \
          postmark-webhooks/references/security.md",
    )
    .with_checked("2026-11")
    .with_notes(
        "The body is not authenticated. User and password are set with the webhook \
          (HttpAuth), or stand in the URL that is given to Postmark.",
    )
    .with_id(Location::json("/MessageID"))
    .with_event_type(Location::json("/RecordType"))
    .with_retry_delays(&[60, 300, 600, 600, 600, 900, 1800, 3600, 7200, 21_600])
    .with_retry_source(
        "\
          https://postmarkapp.com/support/article/understanding-inbound-webhook-retries-in-postmark",
    )
    .with_body_limit(
        50 << 20,
        "https://github.com/ActiveCampaign/postmark-skills postmark-inbound/SKILL.md (inbound messages)",
    );

/// SparkPost. The body is not authenticated.
///
/// Proof: `page`.
pub static SPARKPOST: Provider = Provider::new("sparkpost", "SparkPost", Scheme::basic())
    .with_source(Confidence::OfficialDocs, "https://developers.sparkpost.com/api/webhooks")
    .with_checked("2026-11")
    .with_notes("The body is not authenticated. OAuth 2 Bearer tokens are its other way.")
    .with_id(Location::header("x-messagesystems-batch-id"))
    .with_event_type(Location::first_of(SPARKPOST_TYPES))
    .with_event_source("https://developers.sparkpost.com/api/webhooks")
    .with_retries(Retries::for_secs(8 * shapes::HOUR).answered_in(10))
    .with_retry_source("https://developers.sparkpost.com/api/webhooks")
    .without_body_limit("https://github.com/SparkPost/support-docs content/docs/tech-resources/webhook-data-streams.md (350 or more events a batch)");

const SPARKPOST_TYPES: &[Location] = &[
    Location::json("/0/msys/message_event/type"),
    Location::json("/0/msys/track_event/type"),
    Location::json("/0/msys/gen_event/type"),
    Location::json("/0/msys/unsubscribe_event/type"),
    Location::json("/0/msys/relay_event/type"),
];
