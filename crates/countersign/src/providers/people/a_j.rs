//! A to J.

use super::super::{shapes, standard_webhooks, svix};
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Algorithm, Encoding, Location, Scheme, SignatureField};

/// By slug.
pub(in crate::providers) const FAMILY: &[&Provider] =
    &[&LEARNING_360, &DIDIT, &DOCUMENSO, &FATHOM, &GUSTO, &IDENFY, &JOBBER, &JOBDIVA];

/// 360Learning.
///
/// Proof: `page`.
pub static LEARNING_360: Provider = Provider::new("360learning", "360Learning", standard_webhooks::SCHEME)
    .with_source(
        Confidence::OfficialDocs,
        "https://360learning.readme.io/docs/security-and-signature-verification",
    )
    .with_checked("2026-11")
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_event_source("https://360learning.readme.io/docs/event-payload-and-headers")
    .with_retries(Retries::ack_only(15))
    .with_retry_delays(shapes::SVIX_DELAYS)
    .with_retry_source("https://360learning.readme.io/docs/retry-logic")
    .with_body_limit(shapes::SVIX_BODY, shapes::SVIX_BODY_SOURCE);

/// Didit.
///
/// Proof: `page`.
pub static DIDIT: Provider = Provider::new("didit", "Didit", shapes::body_hex("x-signature"))
    .with_source(Confidence::OfficialDocs, "https://docs.didit.me/integration/webhooks")
    .with_checked("2026-11")
    .with_notes(
        "The signature of the raw bytes, one of three that are sent. X-Timestamp is not \
     signed by it: Didit advises to refuse what is older than 300 s, and the body has a \
     time of its own.",
    )
    .with_event_type(Location::json("/webhook_type"))
    .with_id(Location::json("/event_id"))
    .with_event_source("https://docs.didit.me/transaction-monitoring/webhooks")
    .with_retries(Retries::attempts(6).within(shapes::DAY))
    .with_retry_source("https://docs.didit.me/transaction-monitoring/webhooks");

/// Documenso.
///
/// Proof: `page`.
pub static DOCUMENSO: Provider = Provider::new("documenso", "Documenso", Scheme::token("x-documenso-secret"))
    .with_source(
        Confidence::OfficialDocs,
        "https://github.com/documenso/documenso \
     apps/docs/content/docs/developers/webhooks/verification.mdx, events.mdx",
    )
    .with_checked("2026-11")
    .with_notes("The secret itself is sent. The body is not authenticated.")
    .with_event_type(Location::json("/event"))
    .with_data("/payload")
    .without_id("https://docs.documenso.com/docs/developers/webhooks/verification")
    .without_body_limit(
        "https://github.com/documenso/documenso apps/docs/content/docs/developers/webhooks/setup.mdx",
    );

/// Fathom.
///
/// Proof: `sdk`.
pub static FATHOM: Provider = Provider::new("fathom", "Fathom", svix::SCHEME)
    .with_source(
        Confidence::OfficialDocs,
        "https://developers.fathom.ai/api-reference/webhook-payloads/new-meeting-content-ready",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes("The names webhook-* and svix-* of the headers are both read.")
    .with_id(svix::ID)
    .with_retry_delays(shapes::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries (delivered by Svix)")
    .without_event_type(
        "https://developers.fathom.ai/api-reference/webhook-payloads/new-meeting-content-ready \
      (the only event)",
    )
    .with_body_limit(shapes::SVIX_BODY, shapes::SVIX_BODY_SOURCE);

/// Gusto.
///
/// Proof: `page`.
pub static GUSTO: Provider = Provider::new("gusto", "Gusto", shapes::body_hex("x-gusto-signature"))
    .with_source(Confidence::OfficialDocs, "https://docs.gusto.com/embedded-payroll/docs/webhooks")
    .with_checked("2026-11")
    .with_notes(
        "The key is the verification_token that Gusto posts, unsigned, when a subscription is \
     made; it is confirmed by a call of the API. There is no timestamp, so the age of a \
     delivery is not bounded.",
    )
    .with_id(Location::json("/uuid"))
    .with_event_type(Location::json("/event_type"));

/// iDenfy.
///
/// Proof: `page`.
pub static IDENFY: Provider = Provider::new("idenfy", "iDenfy", shapes::body_hex("idenfy-signature"))
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
    .with_event_source("https://documentation.idenfy.com/api-reference/webhooks/age-estimation-result");

/// Jobber.
///
/// Proof: `page`.
pub static JOBBER: Provider = Provider::new("jobber", "Jobber", shapes::body_base64("x-jobber-hmac-sha256"))
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
    .without_id("https://developer.getjobber.com/docs/using_jobbers_api/setting_up_webhooks");

/// JobDiva.
///
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
