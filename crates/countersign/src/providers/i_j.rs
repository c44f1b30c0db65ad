//! Slugs that begin with `i` to `j`.

use super::shared;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Encoding, Format, KeyEncoding, KeyFormat, Location, Scheme, SignatureField, TimestampFormat,
    text,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[
    &IDENFY,
    &IMAGEKIT,
    &INCIDENT_IO,
    &INCREASE,
    &INCREASE_LEGACY,
    &INFISICAL,
    &INNGEST,
    &INTERCOM,
    &INTUIT,
    &JIRA,
    &JOBBER,
    &JOBDIVA,
];

/// iDenfy.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static IDENFY: Provider = Provider::new("idenfy", "iDenfy", shared::body_hex("idenfy-signature"))
    .with_source(
        Confidence::OfficialDocs,
        "https://documentation.idenfy.com/security/callback-signing; \
     https://documentation.idenfy.com/guides/webhooks-overview",
    )
    .with_checked("2026-11")
    .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
    .with_retries(Retries::ack_only(10))
    .with_retry_source("https://documentation.idenfy.com/guides/webhooks-overview")
    .with_event_type(Location::header("idenfy-event-type"))
    .without_id("https://documentation.idenfy.com/guides/webhooks-overview (scanRef is the id of a verification, which has several deliveries)")
    .with_event_source("https://documentation.idenfy.com/api-reference/webhooks/age-estimation-result")
    .without_body_limit(
        "https://github.com/idenfy/Documentation pages/ResultCallback.md, pages/CallbackSigning.md",
    );

/// ImageKit.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static IMAGEKIT: Provider =
    Provider::new("imagekit", "ImageKit", shared::STANDARD_WEBHOOKS_SCHEME.with_key(KeyFormat::UTF8))
        .with_source(
            Confidence::OfficialCode,
            "https://www.npmjs.com/package/@imagekit/nodejs 7.11.0 resources/webhooks.js unwrap \
     (standardwebhooks)",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes("The key is the whole text of the secret, its prefix included.")
        .with_id(Location::header("webhook-id"))
        .with_event_type(Location::json("/type"))
        .with_data("/data")
        .without_body_limit(
            "https://github.com/imagekit-developer/imagekit-nodejs src/resources/webhooks.ts",
        );

/// incident.io.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static INCIDENT_IO: Provider =
    Provider::new("incident-io", "incident.io", shared::STANDARD_WEBHOOKS_SCHEME)
        .with_source(Confidence::OfficialDocs, "https://docs.incident.io/api-reference/webhooks")
        .with_checked("2026-11")
        .with_id(Location::header("webhook-id"))
        .with_event_type(Location::json("/event_type"))
        .with_event_source("https://github.com/simstudioai/sim apps/sim/lib/webhooks/providers/incidentio.ts")
        .with_retries(Retries::for_secs(shared::DAY))
        .with_retry_source("https://docs.incident.io/api-reference/webhooks")
        .with_body_limit(shared::SVIX_BODY, shared::SVIX_BODY_SOURCE);

/// Increase.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static INCREASE: Provider = Provider::new("increase", "Increase", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/Increase/increase-python src/increase/resources/events.py \
          (standardwebhooks)",
    )
    .with_checked("2026-11")
    .with_notes("Older accounts: increase-legacy.")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_retries(Retries::attempts(8))
    .with_retry_source("https://increase.com/documentation/webhooks")
    .without_body_limit("https://increase.com/documentation/webhooks");

/// Increase (legacy).
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static INCREASE_LEGACY: Provider = Provider::new(
    "increase-legacy",
    "Increase (legacy)",
    shared::stripe_like("increase-webhook-signature", ["t", "v1"], TimestampFormat::Rfc3339, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://pypi.org/project/increase 0.100.0 increase/resources/webhooks.py",
)
.with_checked("2026-11")
.with_notes("The timestamp is RFC 3339. Tolerance chosen: 300 s both ways.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/category"))
.with_retries(Retries::attempts(8))
.with_retry_source("https://increase.com/documentation/webhooks")
.without_body_limit("https://increase.com/documentation/webhooks");

/// Infisical.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static INFISICAL: Provider = Provider::new(
    "infisical",
    "Infisical",
    Scheme::hmac_sha256(
        SignatureField::at(
            Location::header("x-infisical-signature"),
            Format::List { separator: text(";"), assign: text("="), tags: text(""), bare: true },
            Encoding::Hex,
        ),
        "{body}",
    ),
)
.with_source(Confidence::OfficialDocs, "https://infisical.com/docs/documentation/platform/webhooks")
.with_checked("2026-11")
.with_notes(
    "The header is `t=` and the time, a semicolon, and the signature. The signature \
     covers the body alone, not that time; the body has a timestamp of its own.",
)
.with_event_type(Location::json("/event"))
.without_id("https://github.com/Infisical/infisical backend/src/services/webhook/webhook-fns.ts")
.without_body_limit("https://github.com/Infisical/infisical docs/documentation/platform/webhooks.mdx");

/// Inngest.
///
/// Key: the text of the secret without `signkey-prod-` or `signkey-test-` or `signkey-branch-`.
/// Proof: `page`.
pub static INNGEST: Provider = Provider::new(
    "inngest",
    "Inngest",
    Scheme::hmac_sha256(
        SignatureField::list("x-inngest-signature", ["&", "=", "s"], Encoding::Hex),
        "{body}{timestamp}",
    )
    .with_key(KeyFormat::new("signkey-prod-|signkey-test-|signkey-branch-", KeyEncoding::Utf8))
    .with_timestamp(Location::signature_item("t"), TimestampFormat::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/inngest 4.24.0 helpers/net.cjs, helpers/strings.cjs",
)
.with_checked("2026-11")
.with_notes(
    "The requests that run functions. The prefix of the signing key is no part of the \
     key. The SDK signs the JSON in its canonical form (RFC 8785), which Inngest sends. A \
     body that ends with digits could exchange bytes with the timestamp, which therefore \
     has to have 10 digits.",
)
.with_event_type(Location::json("/event/name"))
.without_id(
    "https://github.com/inngest/inngest-js packages/inngest/src/helpers/functions.ts \
      parseFnData (the id of the run is that of all its steps)",
)
.with_body_limit(32 << 20, "https://www.inngest.com/docs/usage-limits/inngest (state of a run)");

/// Intercom.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static INTERCOM: Provider = Provider::new(
    "intercom",
    "Intercom",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::prefixed("x-hub-signature", "sha1=", Encoding::Hex),
        "{body}",
    ),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/webhookdb/webhookdb lib/webhookdb/intercom.rb; \
      https://github.com/webhook-co/webhook packages/webhooks-spec/src/adapters/config.ts (npm \
      @webhook-co/webhooks-spec, states it is doc-verified)",
)
.with_checked("2026-11")
.with_notes("The key is the client secret of the app.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/topic"))
.with_data("/data/item")
.with_retries(Retries::ack_only(5))
.with_retry_delays(&[60])
.with_retry_source("memory: https://developers.intercom.com/docs/webhooks")
.without_body_limit("https://developers.intercom.com/docs/webhooks/webhook-notifications");

/// Intuit QuickBooks.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static INTUIT: Provider = Provider::new(
    "intuit",
    "Intuit QuickBooks",
    shared::body_base64("intuit-signature"),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/IntuitDeveloper/SampleApp-Webhooks-nodejs util/util.js",
)
.with_checked("2026-11")
.with_notes(
    "The key is the verifier token. Retries come after 10, 20 and 30 s, 5 and 20 \
      min, 2, 4 and 6 h, and then every 6 h: the page names no end.",
)
.with_id(Location::json("/0/id"))
.with_event_type(Location::first_of(INTUIT_TYPES))
.with_event_source("https://blogs.intuit.com/2025/11/12/upcoming-change-to-webhooks-payload-structure")
.with_retries(Retries::ack_only(3))
.with_retry_source("https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks/best-practices")
.without_body_limit(
    "https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks/managing-webhooks-notifications \
                  (it states that there is none)",
);

const INTUIT_TYPES: &[Location] =
    &[Location::json("/0/type"), Location::json("/eventNotifications/0/dataChangeEvent/entities/0/name")];

/// Jira (system webhooks).
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static JIRA: Provider =
    Provider::new("jira", "Jira (system webhooks)", shared::body_prefixed("x-hub-signature", "sha256="))
        .with_source(
            Confidence::Secondary,
            "https://github.com/NangoHQ/nango \
              packages/server/lib/webhook/jira-webhook-routing.ts; \
              https://github.com/webhook-co/webhook \
              packages/webhooks-spec/src/adapters/config.ts (npm @webhook-co/webhooks-spec, \
              states it is doc-verified)",
        )
        .with_checked("2026-11")
        .with_notes("The id is a header that the signature does not cover.")
        .with_id(Location::header("x-atlassian-webhook-identifier"))
        .with_event_type(Location::json("/webhookEvent"))
        .with_retries(Retries::attempts(6).within(4500))
        .with_retry_source("https://community.developer.atlassian.com/t/new-jira-cloud-webhook-retry-policy/30554; \
      https://developer.atlassian.com/cloud/jira/platform/webhooks (as https://github.com/webhook-co/webhook restates it)")
.with_body_limit(25_000_000,
    "https://developer.atlassian.com/cloud/jira/platform/webhooks (larger ones are dropped; as \
      https://github.com/webhook-co/webhook restates it)");

/// Jobber.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static JOBBER: Provider = Provider::new("jobber", "Jobber", shared::body_base64("x-jobber-hmac-sha256"))
    .with_source(
        Confidence::OfficialDocs,
        "https://developer.getjobber.com/docs/using_jobbers_api/setting_up_webhooks; \
     https://nango.dev/docs/api-integrations/jobber/webhooks",
    )
    .with_checked("2026-11")
    .with_notes(
        "The key is the client secret of the application. The body has no id: the topic, the \
     item and the time of a repeated delivery are the same. There is no timestamp, so the \
     age of a delivery is not bounded.",
    )
    .with_event_type(Location::json("/data/webHookEvent/topic"))
    .with_data("/data/webHookEvent")
    // Source: the same page: 1 s for an answer.
    .with_retries(Retries { attempts: None, window_secs: None, ack_secs: Some(1) })
    .without_id("https://developer.getjobber.com/docs/using_jobbers_api/setting_up_webhooks")
    .without_body_limit("https://developer.getjobber.com/docs/using_jobbers_api/setting_up_webhooks");

/// JobDiva.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static JOBDIVA: Provider = Provider::new(
    "jobdiva",
    "JobDiva",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::prefixed("x-hub-signature", "sha1=", Encoding::Hex),
        "{body}",
    ),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/NangoHQ/nango \
          packages/server/lib/webhook/jobdiva-webhook-routing.ts",
)
.with_checked("2026-11")
.with_notes("There is no timestamp, so the age of a delivery is not bounded.")
.with_event_type(Location::json("/type"))
.without_id(
    "https://github.com/NangoHQ/nango packages/server/lib/webhook/types.ts (the id is that of the record)",
);
