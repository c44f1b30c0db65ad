//! Slugs that begin with `r`.

use super::shared;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Encoding, Location, Scheme, SignatureField, TimestampFormat};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&RAMP, &RAZORPAY, &RECURLY, &RENDER, &REPLICATE, &RESEND, &RETELL, &REVOLUT, &REWARDFUL, &ROOTLY];

/// Ramp.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static RAMP: Provider =
    Provider::new("ramp", "Ramp", shared::body_hex("x-ramp-signature,x-ramp-webhook-signature"))
        .with_source(
            Confidence::OfficialDocs,
            "https://docs.ramp.com/developer-api/v1/webhooks (as in \
      https://github.com/riker-t/ramp-dev-mcp data/developer-api/webhooks.mdx)",
        )
        .with_checked("2026-11")
        .with_notes(
            "The page names the header x-ramp-webhook-signature, others x-ramp-signature: \
      both are read. The challenge that activates a subscription is answered by a call \
      of the API.",
        )
        .with_id(Location::json("/id"))
        .with_retries(Retries { attempts: Some(10), window_secs: None, ack_secs: Some(10) })
        .with_event_type(Location::json("/type"))
        .with_event_source("https://docs.ramp.com/developer-api/v1/webhooks")
        .without_body_limit("https://github.com/riker-t/ramp-dev-mcp data/developer-api/webhooks.mdx");

/// Razorpay.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static RAZORPAY: Provider =
    Provider::new("razorpay", "Razorpay", shared::body_hex("x-razorpay-signature"))
        .with_source(
            Confidence::OfficialCode,
            "https://github.com/razorpay/razorpay-python razorpay/utility/utility.py",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes("The id is a header that the signature does not cover.")
        .with_id(Location::header("x-razorpay-event-id"))
        .with_event_type(Location::json("/event"))
        .with_data("/payload")
        .with_retries(Retries::for_secs(shared::DAY))
        .with_retry_source("https://razorpay.com/docs/webhooks/best-practices")
        .without_body_limit("https://github.com/razorpay/markdown-docs webhooks/all.md, webhooks/faqs.md");

/// Recurly.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static RECURLY: Provider = Provider::new(
    "recurly",
    "Recurly",
    Scheme::hmac_sha256(shared::items("recurly-signature", Encoding::Hex), "{timestamp}.{body}")
        .with_timestamp(Location::SignatureIndex(0), TimestampFormat::Either, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/recurly/recurly-client-ruby lib/recurly/webhooks.rb",
)
.with_checked("2026-11")
.with_notes(
    "The timestamp is the first item of the list, in milliseconds or seconds: sources differ, \
      both are read. Tolerance chosen: 300 s both ways.",
)
.with_event_type(Location::json("/event_type"))
.without_id(
    "https://docs.recurly.com/recurly-subscriptions/docs/external-subscription-notifications (/id is \
      that of the object: it is created and renewed under the same one)",
)
.with_event_source("https://docs.recurly.com/recurly-subscriptions/docs/external-subscription-notifications")
.with_retries(Retries::attempts(11).within(262_308).answered_in(5))
.with_retry_source(
    "https://docs.recurly.com/recurly-subscriptions/v2021-02-25/docs/automatic-retries \
      (10 + x * 2^(x + 5) seconds, ten times)",
)
.without_body_limit(
    "https://docs.recurly.com/recurly-subscriptions/docs/webhooks.md, docs/overview-webhooks",
);

/// Render.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static RENDER: Provider = Provider::new("render", "Render", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/render-examples/webhook-receiver app.ts; \
          https://render.com/docs/webhooks",
    )
    .with_checked("2026-11")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retries(Retries::attempts(8).within(33 * shared::HOUR).answered_in(15))
    .with_retry_source("https://render.com/docs/webhooks")
    .without_body_limit("https://render.com/docs/webhooks");

/// Replicate.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `sdk`.
pub static REPLICATE: Provider = Provider::new("replicate", "Replicate", shared::STANDARD_WEBHOOKS_SCHEME)
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
    .with_retry_source("https://replicate.com/docs/topics/webhooks/receive-webhook")
    .without_body_limit("https://replicate.com/docs/topics/webhooks/receive-webhook");

/// Resend.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `sdk`.
pub static RESEND: Provider = Provider::new("resend", "Resend", shared::SVIX_SCHEME)
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/resend/resend-node src/webhooks/webhooks.ts (standardwebhooks lib \
          fed svix-id/-timestamp/-signature)",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes("Accepts the webhook-* names of the headers, too.")
    .with_id(shared::SVIX_ID)
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retries(Retries::ack_only(15))
    .with_retry_delays(shared::SVIX_DELAYS)
    .with_retry_source("https://resend.com/docs/webhooks/retries-and-replays")
    .with_body_limit(shared::SVIX_BODY, shared::SVIX_BODY_SOURCE);

/// Retell.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static RETELL: Provider = Provider::new(
    "retell",
    "Retell",
    Scheme::hmac_sha256(
        SignatureField::list("x-retell-signature", [",", "=", "d"], Encoding::Hex),
        "{body}{timestamp}",
    )
    .with_timestamp(
        Location::signature_item("v"),
        TimestampFormat::Milliseconds,
        Tolerance::seconds(300),
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/RetellAI/retell-typescript-sdk src/lib/webhook_auth.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes("The secret is the API key.")
.with_event_type(Location::json("/event"))
.without_id("https://docs.retellai.com/features/webhook-overview")
.with_retries(Retries::attempts(4).answered_in(10))
.with_retry_source("https://docs.retellai.com/features/webhook-overview")
.without_body_limit("https://docs.retellai.com/features/webhook-overview");

/// Revolut.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static REVOLUT: Provider = Provider::new(
    "revolut",
    "Revolut",
    Scheme::hmac_sha256(
        SignatureField::list("revolut-signature", [",", "=", "v1"], Encoding::Hex),
        "v1.{timestamp}.{body}",
    )
    .with_timestamp(
        Location::header("revolut-request-timestamp"),
        TimestampFormat::Milliseconds,
        Tolerance::seconds(300),
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developer.revolut.com/docs/guides/manage-accounts/webhooks/verify-the-payload-signature.md",
)
.with_checked("2026-11")
.with_event_type(Location::json("/event"))
.without_id("https://developer.revolut.com/docs/guides/manage-accounts/webhooks/about-webhooks")
.with_retry_delays(&[600, 600, 600])
.with_retry_source("https://developer.revolut.com/docs/api/business/tags/tag-webhooks-v2.md")
.without_body_limit("https://github.com/revolut-engineering/revolut-openapi yaml/business.yaml");

/// Rewardful.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static REWARDFUL: Provider =
    Provider::new("rewardful", "Rewardful", shared::body_hex("x-rewardful-signature"))
        .with_source(Confidence::OfficialDocs, "https://developers.rewardful.com/webhooks/signed-webhooks")
        .with_checked("2026-11")
        .with_id(Location::json("/event/id"))
        .with_event_type(Location::json("/event/type"))
        .with_event_source("https://developers.getrewardful.com/webhooks/requests")
        .with_retries(Retries::for_secs(3 * shared::DAY))
        .with_retry_source("https://developers.rewardful.com/webhooks/requests")
        .without_body_limit("https://developers.rewardful.com/webhooks/requests");

/// Rootly.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static ROOTLY: Provider = Provider::new(
    "rootly",
    "Rootly",
    Scheme::hmac_sha256(
        SignatureField::list("x-rootly-signature", [", ", "=", "v1"], Encoding::Hex),
        "{timestamp}{body}",
    )
    .with_timestamp(Location::signature_item("t"), TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://docs.rootly.com/configuration/webhooks")
.with_checked("2026-11")
.with_notes(
    "No separator stands behind the timestamp in what is signed, so it has to have 10 \
     digits. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/event/id"))
.with_event_type(Location::json("/event/type"))
.with_data("/data")
.without_body_limit("https://docs.rootly.com/configuration/webhooks");
