//! A to K.

use super::super::shapes;
use super::super::shapes::CHOSEN;
use crate::handshake::catalogue;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Check, Encoding, Location, Scheme, SignatureField, Unit, text};
use crate::time::Tolerance;

/// By slug.
pub(in crate::providers) const FAMILY: &[&Provider] =
    &[&AIRSHIP, &AIRWALLEX, &BOX, &CONFIGCAT, &CUSTOMERIO, &FRONT, &GRAFANA, &KLAVIYO];

/// Airship.
///
/// Proof: `page`.
pub static AIRSHIP: Provider = Provider::new(
    "airship",
    "Airship",
    Scheme::hmac_sha256(SignatureField::header("x-ua-signature", Encoding::Hex), "{timestamp}:{body}")
        .with_timestamp(Location::header("x-ua-timestamp"), Unit::Seconds, CHOSEN),
)
    .with_source(Confidence::OfficialDocs, "\
          https://support.airship.com/hc/en-us/articles/360032501831-Implementing-a-Signature-Hash-and-Validating-an-Open-Channel-Webhook")
    .with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways. A body has up to 1,000 pushes.")
    .without_id("https://docs.airship.com/platform/open/open-delivery-payload (each item of /values has its own send_id)")
    .without_event_type("https://docs.airship.com/platform/open/open-delivery-payload (each delivery is a push)");

/// Airwallex.
///
/// Proof: `page`.
pub static AIRWALLEX: Provider = Provider::new(
    "airwallex",
    "Airwallex",
    Scheme::hmac_sha256(SignatureField::header("x-signature", Encoding::Hex), "{timestamp}{body}")
        .with_timestamp(Location::header("x-timestamp"), Unit::Milliseconds, CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://airwallex.com/docs/developer-tools/webhooks/listen-for-webhook-events",
)
.with_checked("2026-11")
.with_notes(
    "No separator stands behind the timestamp in what is signed, so it has to have 13 digits. \
      Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/name"))
.with_data("/data");

/// Box v2.
///
/// Proof: `sdk`.
pub static BOX: Provider = Provider::new(
    "box",
    "Box v2",
    Scheme::hmac_sha256(
        SignatureField::header("box-signature-primary,box-signature-secondary", Encoding::Base64).each(),
        "{body}{timestamp}",
    )
    .with_timestamp(Location::header("box-delivery-timestamp"), Unit::Rfc3339, Tolerance::seconds(600))
    .with_checks(BOX_CHECKS),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/box/box-python-sdk box_sdk_gen/internal/utils.py; box-node-sdk \
          webhooks-test.js",
)
.with_checked("2026-11").with_proof(Proof::Sdk)
.with_notes(
    "One header per key. Version and algorithm are headers, and have to be 1 and HmacSHA256. \
      The id of the event is in the body; the header with the id of the delivery is not signed. The official libraries refuse every \
      future timestamp (Python) or none (Node.js); we allow as much as for the past.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/trigger"))
.with_event_source("https://developer.box.com/guides/webhooks/v2")
.with_retries(Retries::attempts(13).within(2 * shapes::HOUR).answered_in(30))
.with_retry_source("https://developer.box.com/guides/webhooks/v2")
    .without_body_limit("https://github.com/box/developer.box.com content/guides/webhooks/v2/limitations-v2.md");

/// ConfigCat.
///
/// Proof: `page`.
pub static CONFIGCAT: Provider = Provider::new(
    "configcat",
    "ConfigCat",
    Scheme::hmac_sha256(
        shapes::items("x-configcat-webhook-signature-v1", Encoding::Base64),
        "{id}{timestamp}{body}",
    )
    .with_timestamp(Location::header("x-configcat-webhook-timestamp"), Unit::Seconds, CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/configcat/docs website/docs/advanced/notifications-webhooks.mdx",
)
.with_checked("2026-11")
.with_notes(
    "Nothing separates the id, the timestamp and the body in what is signed, so none of them \
      is reported as signed. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::header("x-configcat-webhook-id"))
.without_event_type(
    "https://github.com/configcat/docs website/docs/advanced/notifications-webhooks.mdx \
          (the user writes the body)",
)
.without_body_limit("https://github.com/configcat/docs website/docs/advanced/notifications-webhooks.mdx");

/// Customer.io.
///
/// Proof: `secondary`.
pub static CUSTOMERIO: Provider = Provider::new(
    "customerio",
    "Customer.io",
    Scheme::hmac_sha256(SignatureField::header("x-cio-signature", Encoding::Hex), "v0:{timestamp}:{body}")
        .with_timestamp(Location::header("x-cio-timestamp"), Unit::Seconds, CHOSEN),
)
.with_aliases(const { &[text("customer-io")] })
.with_source(
    Confidence::Secondary,
    "https://www.npmjs.com/package/n8n-nodes-base 2.41.2 \
      dist/nodes/CustomerIo/CustomerIoTriggerHelpers.js",
)
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/metric"))
.with_data("/data")
.with_retries(Retries::for_secs(7 * shapes::DAY).answered_in(4))
.with_retry_source("https://docs.customer.io/api/webhooks/");

/// Front.
///
/// Proof: `page`.
pub static FRONT: Provider = Provider::new(
    "front",
    "Front",
    Scheme::hmac_sha256(SignatureField::header("x-front-signature", Encoding::Base64), "{timestamp}:{body}")
        .with_timestamp(Location::header("x-front-request-timestamp"), Unit::Milliseconds, CHOSEN),
)
.with_source(Confidence::OfficialDocs, "https://dev.frontapp.com/docs/application-webhooks")
.with_checked("2026-11")
.with_notes("Tolerance chosen: 300 s both ways.")
.with_event_type(Location::json("/type"))
.with_handshakes(catalogue::FRONT)
.with_id(Location::first_of(FRONT_IDS))
.with_event_source("memory: https://dev.frontapp.com/docs/application-webhooks");

const FRONT_IDS: &[Location] = &[Location::json("/payload/id"), Location::json("/id")];

/// Grafana (alerting webhook HMAC).
///
/// Proof: `page`.
pub static GRAFANA: Provider = Provider::new(
    "grafana",
    "Grafana (alerting webhook HMAC)",
    Scheme::hmac_sha256(
        SignatureField::header("x-grafana-alerting-signature", Encoding::Hex),
        "{?{timestamp}:?}{body}",
    )
    .with_optional_timestamp(Location::header("x-grafana-alerting-timestamp"), Unit::Seconds, CHOSEN),
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

/// Klaviyo.
///
/// Proof: `secondary`.
pub static KLAVIYO: Provider = Provider::new(
    "klaviyo",
    "Klaviyo",
    Scheme::hmac_sha256(SignatureField::header("klaviyo-signature", Encoding::Hex), "{body}{timestamp}")
        .with_timestamp(
            Location::header("klaviyo-timestamp"),
            Unit::HttpDate,
            Tolerance::between(300, 5 * 3600 + 300),
        ),
)
.with_source(
    Confidence::Secondary,
    "https://developers.klaviyo.com/en/docs/working_with_system_webhooks, as other receivers read it; \
      https://github.com/nickdnk/klaviyo-php-sdk tests, for a date that is ahead",
)
.with_checked("2026-11")
.with_notes(
    "The timestamp is a date of HTTP, such as `Thu, 04 Jan 2024 18:05:25 GMT`. Recorded requests have it five hours ahead of \
      `meta.timestamp` in the signed body and of the time at which they were sent, so that much of the future is accepted: a \
      recorded request stays fresh as long, so remember the ids. Tolerance chosen: 300 s besides.",
)
.with_event_type(Location::json("/data/0/topic"))
.with_id(Location::json("/data/0/external_id"))
.with_event_source("https://developers.klaviyo.com/en/docs/system-webhooks");

const BOX_CHECKS: &[Check] = &[
    Check::equals(Location::header("box-signature-version"), "1"),
    Check::equals(Location::header("box-signature-algorithm"), "HmacSHA256"),
];
