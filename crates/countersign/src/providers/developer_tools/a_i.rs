//! A to I.

use super::super::shapes::CHOSEN;
use super::super::{shapes, standard_webhooks, stripe_like};
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Encoding, Format, KeyEncoding, KeyFormat, Location, Scheme, SignatureField, Unit, text,
};
use crate::time::Tolerance;

/// By slug.
pub(in crate::providers) const FAMILY: &[&Provider] = &[
    &APPWRITE,
    &BROWSERBASE,
    &CONVOY,
    &CONVOY_ADVANCED,
    &DIGITALOCEAN,
    &FIRECRAWL,
    &FLAGSMITH,
    &FORMBRICKS,
    &GLEAN,
    &GROWTHBOOK,
    &GROWTHBOOK_SDK,
    &INFISICAL,
    &INNGEST,
];

/// Appwrite.
///
/// Proof: `page`.
pub static APPWRITE: Provider = Provider::new(
    "appwrite",
    "Appwrite",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-appwrite-webhook-signature", Encoding::Base64),
        "{url}{body}",
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/appwrite/appwrite src/Appwrite/Platform/Workers/Webhooks.php; \
     https://appwrite.io/docs/apis/webhooks",
)
.with_checked("2026-11")
.with_notes(
    "Needs the public URL as it stands in the console. Nothing separates URL and body in \
     what is signed. The type is a list in a header that the signature does not cover: \
     the events of one change, separated by commas, from the most to the least specific.",
)
.with_event_type(Location::header("x-appwrite-webhook-events"))
// Source: the same code: 15 s for an answer.
.with_retries(Retries { attempts: None, window_secs: None, ack_secs: Some(15) })
.without_id(
    "https://github.com/appwrite/appwrite tests/e2e/Services/Webhooks \
      (X-Appwrite-Webhook-Id is the id of the webhook)",
)
.without_body_limit("https://github.com/appwrite/appwrite src/Appwrite/Platform/Workers/Webhooks.php");

/// Browserbase.
///
/// Proof: `page`.
pub static BROWSERBASE: Provider = Provider::new("browserbase", "Browserbase", standard_webhooks::SCHEME)
    .with_source(
        Confidence::OfficialDocs,
        "https://docs.browserbase.com/platform/webhooks/verifying-deliveries",
    )
    .with_checked("2026-11")
    .with_notes("The id of the envelope is the same in every attempt, too.")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retries(Retries {
        attempts: Some(8),
        window_secs: Some(27 * 3600 + 35 * 60 + 5),
        ack_secs: Some(15),
    });

/// Convoy.
///
/// Proof: `vectors`.
pub static CONVOY: Provider = Provider::new("convoy", "Convoy", shapes::body_hex("x-convoy-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/frain-dev/convoy pkg/signature/signature.go, \
     worker/task/process_event_delivery.go",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Vectors)
    .with_notes(
        "Simple signatures with SHA-256 in hexadecimal, the default. Projects can choose \
     advanced ones (convoy-advanced), SHA-512, Base64 and another header: change a copy. \
     The id is a header that the signature does not cover. There is no timestamp, so the \
     age of a delivery is not bounded.",
    )
    .with_id(Location::header("x-convoy-event-id"))
    .without_event_type(
        "https://getconvoy.io/docs/product-manual/events-and-event-deliveries (the body \
      is what the sender wrote)",
    )
    .with_body_limit(
        50 << 10,
        "https://github.com/frain-dev/convoy api/models/project.go (default of max_payload_read_size)",
    );

/// Convoy (advanced signatures).
///
/// Proof: `vectors`.
pub static CONVOY_ADVANCED: Provider = Provider::new(
    "convoy-advanced",
    "Convoy (advanced signatures)",
    Scheme::hmac_sha256(
        SignatureField::list("x-convoy-signature", [",", "=", "v1"], Encoding::Hex),
        "{timestamp},{body}",
    )
    .with_timestamp(Location::signature_item("t"), Unit::Seconds, CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/frain-dev/convoy pkg/signature/signature.go, \
     pkg/signature/testdata/signature-vectors.json",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes(
    "A comma separates timestamp and body in what is signed. The id is a header that the \
     signature does not cover. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::header("x-convoy-event-id"))
.without_event_type(
    "https://getconvoy.io/docs/product-manual/events-and-event-deliveries (the body \
      is what the sender wrote)",
)
.with_body_limit(
    50 << 10,
    "https://github.com/frain-dev/convoy api/models/project.go (default of max_payload_read_size)",
);

/// DigitalOcean.
///
/// Proof: `vectors`.
pub static DIGITALOCEAN: Provider = Provider::new(
    "digitalocean",
    "DigitalOcean",
    stripe_like::stripe_like("do-signature", ["t", "v1"], Unit::Either, CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/digitalocean/webhook-sdk-javascript src/index.ts, src/SignatureScheme.ts, \
     src/Signature.spec.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes(
    "The examples of the timestamp have seconds, the code of the SDK milliseconds: both \
     are read. It changes with every attempt. Tolerance chosen: 300 s both ways.",
)
.with_event_type(Location::header("do-event-name"));

/// Firecrawl.
///
/// Proof: `page`.
pub static FIRECRAWL: Provider =
    Provider::new("firecrawl", "Firecrawl", shapes::body_prefixed("x-firecrawl-signature", "sha256="))
        .with_source(
            Confidence::OfficialDocs,
            "https://github.com/firecrawl/firecrawl-docs webhooks/security.mdx",
        )
        .with_checked("2026-11")
        .with_notes(
            "The key is the account's: Advanced settings. There is no timestamp, so the age of a \
     delivery is not bounded.",
        )
        .with_id(Location::json("/webhookId"))
        .with_event_type(Location::json("/type"))
        .with_retries(Retries::ack_only(10))
        .with_retry_delays(&[60, 300, 900])
        .with_retry_source("https://github.com/firecrawl/firecrawl-docs webhooks/overview.mdx")
        .without_body_limit("https://github.com/firecrawl/firecrawl-docs webhooks/overview.mdx");

/// Flagsmith.
///
/// Proof: `page`.
pub static FLAGSMITH: Provider =
    Provider::new("flagsmith", "Flagsmith", shapes::body_hex("x-flagsmith-signature"))
        .with_source(
            Confidence::OfficialCode,
            "https://github.com/Flagsmith/flagsmith api/core/signing.py, api/webhooks/webhooks.py",
        )
        .with_checked("2026-11")
        .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
        .with_event_type(Location::json("/event_type"))
        .with_data("/data")
        // Source: the same code: 3 attempts unless an installation has another number, and 10 s for an answer.
        .with_retries(Retries { attempts: Some(3), window_secs: None, ack_secs: Some(10) })
        .without_id("https://docs.flagsmith.com/system-administration/webhooks")
        .without_body_limit(
            "https://github.com/Flagsmith/flagsmith docs/docs/third-party-integrations/webhook.md",
        );

/// Formbricks.
///
/// Proof: `page`.
pub static FORMBRICKS: Provider = Provider::new("formbricks", "Formbricks", standard_webhooks::SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/formbricks/formbricks apps/web/lib/crypto.ts \
     generateStandardWebhookSignature",
    )
    .with_checked("2026-11")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/event"))
    .with_data("/data")
    .without_body_limit(
        "https://github.com/formbricks/formbricks docs/platform/features/integrations/webhooks.mdx",
    );

/// Glean.
///
/// Proof: `page`.
pub static GLEAN: Provider = Provider::new("glean", "Glean", standard_webhooks::SCHEME)
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

/// GrowthBook (event webhooks).
///
/// Proof: `page`.
pub static GROWTHBOOK: Provider =
    Provider::new("growthbook", "GrowthBook (event webhooks)", shapes::body_hex("x-growthbook-signature"))
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
/// Proof: `page`.
pub static GROWTHBOOK_SDK: Provider = Provider::new(
    "growthbook-sdk",
    "GrowthBook (SDK webhooks)",
    standard_webhooks::SCHEME.with_key(KeyFormat::UTF8),
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

/// Infisical.
///
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
/// Proof: `page`.
pub static INNGEST: Provider = Provider::new(
    "inngest",
    "Inngest",
    Scheme::hmac_sha256(
        SignatureField::list("x-inngest-signature", ["&", "=", "s"], Encoding::Hex),
        "{body}{timestamp}",
    )
    .with_key(KeyFormat::new("signkey-prod-|signkey-test-|signkey-branch-", KeyEncoding::Utf8))
    .with_timestamp(Location::signature_item("t"), Unit::Seconds, Tolerance::seconds(300)),
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
