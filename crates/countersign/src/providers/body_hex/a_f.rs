//! A to F.

use super::super::shapes;
use super::super::shapes::WEBHOOK_CO;
use crate::handshake::catalogue;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Encoding, Location, Scheme, SignatureField, text};

/// By slug.
pub(in crate::providers) const FAMILY: &[&Provider] = &[
    &ASANA,
    &ATTIO,
    &CALCOM,
    &CHARGIFY,
    &CHECKOUT_COM,
    &CHECKR,
    &CIRCLECI,
    &CLICKUP,
    &COINBASE,
    &DROPBOX,
    &DUB,
    &DWOLLA,
    &FORGEJO,
];

/// Asana.
///
/// Proof: `page`.
pub static ASANA: Provider = Provider::new("asana", "Asana", shapes::body_hex("x-hook-signature"))
    .with_source(
        Confidence::OfficialDocs,
        "https://github.com/Asana/developer-docs source/includes/markdown/_webhooks.html.md; \
          https://www.npmjs.com/package/n8n-nodes-base 2.41.2 \
          dist/nodes/Asana/AsanaTriggerHelpers.js",
    )
    .with_checked("2026-11")
    .with_notes(
        "The key is the text of X-Hook-Secret in the first request. The type is the action of \
          the first event.",
    )
    .with_event_type(Location::json("/events/0/action"))
    .with_handshakes(catalogue::ASANA)
    .without_id("https://github.com/Asana/developer-docs source/includes/markdown/_webhooks.html.md")
    .with_retries(Retries::for_secs(shapes::DAY).answered_in(10))
    .with_retry_source("https://github.com/Asana/developer-docs source/includes/markdown/_webhooks.html.md")
    .without_body_limit("https://github.com/Asana/developer-docs source/includes/markdown/_webhooks.html.md");

/// Attio.
///
/// Proof: `page`.
pub static ATTIO: Provider =
    Provider::new("attio", "Attio", shapes::body_hex("attio-signature,x-attio-signature"))
        .with_source(Confidence::OfficialDocs, "https://docs.attio.com/rest-api/guides/webhooks")
        .with_checked("2026-11")
        .with_event_type(Location::json("/events/0/event_type"))
        .with_id(Location::header("idempotency-key"))
        .with_event_source("https://docs.attio.com/rest-api/guides/webhooks")
        .with_retries(Retries::attempts(11).within(3 * shapes::DAY).answered_in(5))
        .with_retry_source("https://docs.attio.com/rest-api/guides/webhooks");

/// Cal.com.
///
/// Proof: `page`.
pub static CALCOM: Provider = Provider::new("calcom", "Cal.com", shapes::body_hex("x-cal-signature-256"))
    .with_aliases(const { &[text("cal-com")] })
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/calcom/cal.com packages/features/webhooks/lib/sendPayload.ts",
    )
    .with_checked("2026-11")
    .with_event_type(Location::json("/triggerEvent"))
    .with_data("/payload")
    .without_id("https://github.com/calcom/docs pages/core-features/webhooks.mdoc")
    .without_body_limit("https://github.com/calcom/docs legacy/pages/webhooks.mdx");

/// Chargify / Maxio.
///
/// Proof: `secondary`.
pub static CHARGIFY: Provider = Provider::new(
    "chargify",
    "Chargify / Maxio",
    shapes::body_hex("x-chargify-webhook-signature-hmac-sha-256"),
)
.with_source(Confidence::Secondary, WEBHOOK_CO)
.with_checked("2026-11")
.with_id(Location::form("id"))
.with_event_type(Location::form("event"))
.with_event_source("https://docs.maxio.com/hc/en-us/articles/24266136649869-Webhooks-Reference")
.with_retries(Retries::ack_only(15))
.with_retry_delays(&[10, 15, 90, 180])
.with_retry_source("https://docs.maxio.com/hc/en-us/articles/24266136649869-Webhooks-Reference");

/// Checkout.com.
///
/// Proof: `secondary`.
pub static CHECKOUT_COM: Provider =
    Provider::new("checkout-com", "Checkout.com", shapes::body_hex("cko-signature"))
        .with_source(Confidence::Secondary, WEBHOOK_CO)
        .with_checked("2026-11")
        .with_notes(
            "The key of the Authorization header that can be configured is a second check, and \
              not made here.",
        )
        .with_id(Location::json("/id"))
        .with_event_type(Location::json("/type"))
        .with_data("/data");

/// Checkr.
///
/// Proof: `secondary`.
pub static CHECKR: Provider = Provider::new("checkr", "Checkr", shapes::body_hex("x-checkr-signature"))
    .with_source(Confidence::Secondary, WEBHOOK_CO)
    .with_checked("2026-11")
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/type"))
    .with_retries(Retries::for_secs(shapes::DAY))
    .with_retry_source("memory: https://docs.checkr.com/#section/Webhooks");

/// CircleCI.
///
/// Proof: `page`.
pub static CIRCLECI: Provider = Provider::new(
    "circleci",
    "CircleCI",
    Scheme::hmac_sha256(
        SignatureField::list("circleci-signature", [",", "=", "v1"], Encoding::Hex),
        "{body}",
    ),
)
.with_source(Confidence::OfficialDocs, "https://github.com/circleci/circleci-docs .../outbound-webhooks.adoc")
.with_checked("2026-11")
.with_notes(
    "Only v1 is accepted: other versions in the header are skipped. The type is a header that \
      the signature does not cover.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::header("circleci-event-type"))
.with_retries(Retries::ack_only(10))
.with_retry_source("https://circleci.com/docs/guides/integration/outbound-webhooks")
.without_body_limit(
    "https://github.com/circleci/circleci-docs docs/guides/modules/integration/pages/outbound-webhooks.adoc",
);

/// ClickUp.
///
/// Proof: `page`.
pub static CLICKUP: Provider = Provider::new("clickup", "ClickUp", shapes::body_hex("x-signature"))
    .with_source(Confidence::OfficialDocs, "https://developer.clickup.com/docs/webhooksignature")
    .with_checked("2026-11")
    .with_event_type(Location::json("/event"))
    .with_retries(Retries { attempts: Some(5), window_secs: None, ack_secs: Some(7) })
    .with_id(Location::json("/history_items/0/id"))
    .with_event_source("https://developer.clickup.com/docs/webhooks");

/// Coinbase Commerce.
///
/// Proof: `sdk`.
pub static COINBASE: Provider =
    Provider::new("coinbase-commerce", "Coinbase Commerce", shapes::body_hex("x-cc-webhook-signature"))
        .with_aliases(const { &[text("coinbase")] })
        .with_source(
            Confidence::OfficialCode,
            "https://github.com/coinbase/coinbase-commerce-node lib/Webhook.js",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_id(Location::json("/event/id"))
        .with_event_type(Location::json("/event/type"))
        .with_data("/event/data")
        .with_retries(Retries::for_secs(3 * shapes::DAY))
        .with_retry_source("https://docs.cloud.coinbase.com/commerce-onchain/docs/webhooks");

/// Dropbox.
///
/// Proof: `page`.
pub static DROPBOX: Provider = Provider::new("dropbox", "Dropbox", shapes::body_hex("x-dropbox-signature"))
    .with_source(Confidence::OfficialCode, "https://github.com/dropbox/mdwebhook app.py")
    .with_checked("2026-11")
    .with_handshakes(catalogue::DROPBOX)
    .without_id("https://github.com/dropbox/mdwebhook app.py")
    .without_event_type("https://github.com/dropbox/mdwebhook app.py")
    .with_retries(Retries::for_secs(600).answered_in(10))
    .with_retry_source("https://www.dropbox.com/developers/webhooks/docs");

/// Dub.
///
/// Proof: `page`.
pub static DUB: Provider = Provider::new("dub", "Dub", shapes::body_hex("dub-signature"))
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/dubinc/dub apps/web/lib/webhook/signature.ts, \
          apps/web/lib/webhook/qstash.ts",
    )
    .with_checked("2026-11")
    .with_id(Location::json("/id"))
    .with_event_type(Location::json("/event"))
    .with_retries(Retries::attempts(20).within(1_319_994))
    .with_retry_source("https://dub.co/docs/webhooks/introduction")
    .without_body_limit("https://github.com/dubinc/docs docs/webhooks/introduction.mdx");

/// Dwolla.
///
/// Proof: `page`.
pub static DWOLLA: Provider =
    Provider::new("dwolla", "Dwolla", shapes::body_hex("x-request-signature-sha-256"))
        .with_source(
            Confidence::OfficialDocs,
            "https://developers.dwolla.com/docs/balance/webhooks/frequently-asked-questions",
        )
        .with_checked("2026-11")
        .with_notes("The type is a header that the signature does not cover.")
        .with_event_type(Location::header("x-dwolla-topic"))
        .with_id(Location::json("/id"))
        .with_retries(Retries::attempts(9).within(3 * shapes::DAY).answered_in(10))
        .with_retry_source("https://developers.dwolla.com/docs/connect/webhooks/process-validate")
        .without_body_limit("https://github.com/Dwolla/dwolla-openapi openapi.yml");

/// Forgejo.
///
/// Proof: `secondary`.
pub static FORGEJO: Provider = Provider::new("forgejo", "Forgejo", shapes::body_hex("x-forgejo-signature"))
    .with_source(Confidence::Secondary, "https://docs.rs/isb-apps webhook module")
    .with_checked("2026-11")
    .with_notes("Id and type are headers that the signature does not cover.")
    .with_id(Location::header("x-forgejo-delivery"))
    .with_event_type(Location::header("x-forgejo-event"))
    .with_headers_of(const { &[text("gitea"), text("gogs"), text("github-sha256"), text("github-sha1")] })
    .with_retries(Retries::NONE)
    .with_retry_source(
        "https://github.com/go-gitea/gitea services/webhook/deliver.go (from which \
      Forgejo was forked: a task is delivered once)",
    );
