//! Slugs that begin with `do` to `dw`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, Proof, Provider, RejectionStyle, Retries};
use crate::scheme::{Encoding, Format, Location, Scheme, SignatureField, TimestampFormat, text};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&DOCUMENSO, &DOCUSIGN, &DODO_PAYMENTS, &DOPPLER, &DROPBOX, &DROPBOX_SIGN, &DUB, &DWOLLA];

/// Documenso.
///
/// Key: the text of the secret, which is sent as it is.
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

/// DocuSign Connect.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static DOCUSIGN: Provider = Provider::new(
    "docusign",
    "DocuSign Connect",
    Scheme::hmac_sha256(
        SignatureField::header("x-docusign-signature-*", Encoding::Base64).repeat_any(),
        "{body}",
    )
    .with_body_bytes(25 << 20),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/docusign/code-examples-python app/connect/examples/eg001; \
      https://github.com/webhook-co/webhook packages/webhooks-spec/src/adapters/config.ts (npm \
      @webhook-co/webhooks-spec, states it is doc-verified)",
)
.with_checked("2026-11")
.with_notes(
    "One numbered header per key, up to 100. The key looks like Base64, and is used as text. \
      Bodies with documents go up to 25 MiB.",
)
.with_event_type(Location::json("/event"))
.without_id(
    "https://github.com/api-evangelist/docusign asyncapi/docusign-connect-asyncapi.yml \
      (`configurationId` is that of the configuration)",
)
.with_retries(Retries::for_secs(15 * shared::DAY).answered_in(100))
.with_retry_source("memory: https://developers.docusign.com/platform/webhooks/connect");

/// Dodo Payments.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `sdk`.
pub static DODO_PAYMENTS: Provider =
    Provider::new("dodo-payments", "Dodo Payments", shared::STANDARD_WEBHOOKS_SCHEME)
        .with_source(Confidence::Secondary, "https://github.com/Hookflo/tern src/platforms/algorithms.ts")
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_id(Location::header("webhook-id"))
        .with_event_type(Location::json("/type"))
        .with_data("/data")
        .with_retries(Retries::ack_only(15))
        .with_retry_delays(shared::SVIX_DELAYS)
        .with_retry_source("https://docs.svix.com/retries (sent by Svix)")
        .with_body_limit(shared::SVIX_BODY, shared::SVIX_BODY_SOURCE);

/// Doppler.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static DOPPLER: Provider =
    Provider::new("doppler", "Doppler", shared::body_prefixed("x-doppler-signature", "sha256="))
        .with_source(Confidence::Secondary, shared::WEBHOOK_CO)
        .with_checked("2026-11")
        .with_event_type(Location::json("/type"))
        .without_id("https://docs.doppler.com/docs/webhooks")
        .with_event_source("https://docs.doppler.com/docs/webhooks")
        .without_body_limit("https://docs.doppler.com/docs/webhooks");

/// Dropbox.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static DROPBOX: Provider = Provider::new("dropbox", "Dropbox", shared::body_hex("x-dropbox-signature"))
    .with_source(Confidence::OfficialCode, "https://github.com/dropbox/mdwebhook app.py")
    .with_checked("2026-11")
    .with_handshakes(DROPBOX_HANDSHAKES)
    .without_id("https://github.com/dropbox/mdwebhook app.py")
    .without_event_type("https://github.com/dropbox/mdwebhook app.py")
    .with_retries(Retries::for_secs(600).answered_in(10))
    .with_retry_source("https://www.dropbox.com/developers/webhooks/docs")
    .without_body_limit("https://www.dropbox.com/developers/webhooks/docs");

/// Dropbox.
pub const DROPBOX_HANDSHAKES: &[Handshake] = &[Handshake::new("challenge", Trust::Echo, Method::Get)
    .with_source(Confidence::OfficialDocs, "dropbox.com/developers/reference/webhooks")
    .with_conditions(const { &[Condition::present(Place::query("challenge"))] })
    .with_answer(Answer::text("{query:challenge}"))];

/// Dropbox Sign: JSON in the field `json` of a form, mostly multipart/form-data. The body is not signed.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static DROPBOX_SIGN: Provider = Provider::new(
    "dropbox-sign",
    "Dropbox Sign",
    Scheme::hmac_sha256(
        SignatureField::at(Location::json("/event/event_hash"), Format::BARE, Encoding::Hex),
        "{json:/event/event_time}{json:/event/event_type}",
    )
    .with_timestamp(
        Location::json("/event/event_time"),
        TimestampFormat::Seconds,
        Tolerance::seconds(300).insecure_any_age(),
    ),
)
.with_aliases(const { &[text("hellosign")] })
.with_source(
    Confidence::Secondary,
    "https://developers.hellosign.com/api/manual-reference-pages/glossary/callbacks-events, \
      and code of receivers for the hash",
)
.with_checked("2026-11").with_proof(Proof::Sdk)
.with_notes(
    "Time and type of the event are signed. The rest of the body is not signed. The key is the API key. The answer to an accepted event has \
     to contain `Hello API Event Received`: the durable mode does so, an inline handler answers with it. The age of an \
     event is not bounded, because attempts go on for days; an event has no id.",
)
.with_event_type(Location::json("/event/event_type"))
.with_payload("json")
.with_responses(RejectionStyle::DEFAULT.with_accepted_text("Hello API Event Received")).without_id("https://www.npmjs.com/package/@dropbox/sign 1.11.0 \
      types/model/eventCallbackRequestEvent.d.ts")
.with_retries(Retries::for_secs(3 * shared::DAY))
.with_retry_source("https://developers.hellosign.com/api/manual-reference-pages/glossary/callbacks-events")
.without_body_limit("https://developers.hellosign.com/api/manual-reference-pages/glossary/callbacks-events");

/// Dub.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static DUB: Provider = Provider::new("dub", "Dub", shared::body_hex("dub-signature"))
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
/// Key: the text of the secret.
/// Proof: `page`.
pub static DWOLLA: Provider =
    Provider::new("dwolla", "Dwolla", shared::body_hex("x-request-signature-sha-256"))
        .with_source(
            Confidence::OfficialDocs,
            "https://developers.dwolla.com/docs/balance/webhooks/frequently-asked-questions",
        )
        .with_checked("2026-11")
        .with_notes("The type is a header that the signature does not cover.")
        .with_event_type(Location::header("x-dwolla-topic"))
        .with_id(Location::json("/id"))
        .with_retries(Retries::attempts(9).within(3 * shared::DAY).answered_in(10))
        .with_retry_source("https://developers.dwolla.com/docs/connect/webhooks/process-validate")
        .without_body_limit("https://github.com/Dwolla/dwolla-openapi openapi.yml");
