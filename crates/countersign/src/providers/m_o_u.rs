//! Slugs that begin with `mo` to `mu`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, Encoding, Format, JwtRules, KeyFormat, Location, Scheme, SignatureField,
    TimestampFormat, text,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&MODERN_TREASURY, &MOLLIE, &MONDAY, &MONGODB_ATLAS, &MOOV, &MS_GRAPH, &MS_TEAMS, &MUX];

/// Modern Treasury.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static MODERN_TREASURY: Provider =
    Provider::new("modern-treasury", "Modern Treasury", shared::body_hex("x-signature"))
        .with_source(
            Confidence::OfficialCode,
            "https://github.com/Modern-Treasury/modern-treasury-python \
              src/modern_treasury/resources/webhooks.py",
        )
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes("Id and type are headers that the signature does not cover.")
        .with_id(Location::header("x-event-id"))
        .with_event_type(Location::header("x-topic"))
        .with_retries(Retries::attempts(26).within(4 * shared::DAY).answered_in(5))
        .with_retry_source(
            "https://docs.moderntreasury.com/platform/docs/webhooks-overview; \
      https://docs.moderntreasury.com/platform/reference/webhooks (5 s)",
        )
        .without_body_limit(
            "https://docs.moderntreasury.com/platform/reference/webhooks (technical details)",
        );

/// Mollie (next-gen webhooks).
///
/// Key: the text of the secret.
/// Proof: `vectors`.
pub static MOLLIE: Provider = Provider::new(
    "mollie",
    "Mollie (next-gen webhooks)",
    Scheme::hmac_sha256(
        SignatureField::at(
            Location::header("x-mollie-signature"),
            Format::optional_prefix("sha256="),
            Encoding::Hex,
        )
        .repeat_any(),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/mollie/mollie-api-php src/Webhooks/SignatureValidator.php",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes(
    "The header may be there several times, with and without sha256=. Classic payment webhooks \
      are not signed, and refused.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_retries(Retries::ack_only(15))
.with_retry_delays(&[60, 120, 240, 480, 960, 1740, 3600, 7200, 79_200])
.with_retry_source("https://github.com/mollie/api-documentation source/overview/webhooks.rst")
.without_body_limit("https://github.com/mollie/api-documentation source/overview/webhooks.rst");

/// monday.com, webhooks of apps. The body is not signed.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static MONDAY: Provider = Provider::new(
    "monday",
    "monday.com",
    Scheme::jwt(shared::bare_token("authorization"), "HS256")
        .with_jwt(JwtRules::new("HS256").with_required("exp"))
        .with_optional_timestamp(shared::ISSUED, TimestampFormat::Seconds, shared::LEEWAY)
        .with_checks(const { &[Check::equals(Location::claim("aud"), "{url}")] }),
)
.with_source(Confidence::OfficialDocs, "https://developer.monday.com/apps/docs/authorization-header")
.with_checked("2026-11")
.with_notes(
    "The body is not signed. Needs the public URL, as the app names its endpoint. The secret \
      is the signing secret of the app, or its client secret for webhooks of its life cycle. \
      Webhooks made by people in boards are not signed at all.",
)
.with_event_type(Location::json("/event/type"))
.with_data("/event")
.with_handshakes(MONDAY_HANDSHAKES)
.with_id(Location::json("/event/triggerUuid"))
.with_retry_delays(&[60; 30])
.with_retry_source("https://developer.monday.com/api-reference/reference/webhooks");

/// monday.com: the body is sent back.
pub const MONDAY_HANDSHAKES: &[Handshake] = &[Handshake::new("challenge", Trust::Echo, Method::Post)
    .with_source(Confidence::OfficialDocs, "developer.monday.com/api-reference/docs/webhooks")
    .with_conditions(const { &[Condition::present(Place::json("/challenge"))] })
    .with_answer(Answer::json(r#"{{"challenge":"{json:/challenge}"}}"#))];

/// MongoDB Atlas alerts.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static MONGODB_ATLAS: Provider = Provider::new(
    "mongodb-atlas",
    "MongoDB Atlas alerts",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-mms-signature", Encoding::HexOrBase64),
        "{body}",
    ),
)
.with_aliases(const { &[text("atlas"), text("mongodb")] })
.with_source(Confidence::OfficialDocs, "https://www.mongodb.com/docs/atlas/tutorial/webhook-integration/")
.with_checked("2026-11")
.with_notes(
    "The signature is Base64, as the page says; an older page and some receivers have \
          hexadecimal: both are accepted. The type is a header that the signature does not \
          cover; /eventTypeName names the alert.",
)
.with_event_type(Location::header("x-mms-event"))
.without_id(
    "https://www.mongodb.com/docs/atlas/tutorial/webhook-integration/ (/id is that of the alert, \
      which is opened, updated and closed)",
)
.with_event_source("https://www.mongodb.com/docs/atlas/tutorial/webhook-integration/")
.without_body_limit("https://github.com/mongodb/docs content/atlas/source/tutorial/webhook-integration.txt");

/// Moov.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static MOOV: Provider = Provider::new(
    "moov",
    "Moov",
    Scheme::new(
        Algorithm::HmacSha512,
        SignatureField::header("x-signature", Encoding::Hex),
        "{timestamp}|{header:x-nonce}|{header:x-webhook-id}",
    )
    .with_timestamp(Location::header("x-timestamp"), TimestampFormat::Rfc3339Utc, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://docs.moov.io/guides/webhooks/check-webhook-signatures; \
     https://docs.moov.io/guides/webhooks/set-up-webhooks",
)
.with_checked("2026-11")
.with_notes(
    "The body is not signed: timestamp, nonce and the id of the webhook are. Another body \
     can be sent with the headers of a captured delivery until the timestamp is too old: \
     fetch what an event is about from the API. The page says nothing of the form of the \
     timestamp, which is read as RFC 3339. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/eventID"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.without_body_limit("https://docs.moov.io/guides/webhooks/set-up-webhooks");

/// Microsoft Graph change notifications. The body is not authenticated.
///
/// Key: the text of the secret, which is sent as it is.
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
.with_handshakes(MS_GRAPH_HANDSHAKES)
.with_retries(Retries::for_secs(4 * shared::HOUR).answered_in(3))
.with_retry_source(
    "https://github.com/microsoftgraph/microsoft-graph-docs-contrib \
          concepts/change-notifications-delivery-webhooks.md",
)
    .without_body_limit("https://github.com/microsoftgraph/microsoft-graph-docs-contrib concepts/change-notifications-delivery-webhooks.md");

/// Microsoft Graph and SharePoint: within 10 s, decoded, as plain text.
pub const MS_GRAPH_HANDSHAKES: &[Handshake] =
    &[Handshake::new("validation_token", Trust::Echo, Method::Post)
        .with_source(
            Confidence::OfficialDocs,
            "learn.microsoft.com/graph/change-notifications-delivery-webhooks",
        )
        .with_conditions(const { &[Condition::present(Place::query("validationToken"))] })
        .with_answer(Answer::text("{query:validationToken}"))];

/// Microsoft Teams outgoing webhook.
///
/// Key: the secret, decoded from Base64.
/// Proof: `page`.
pub static MS_TEAMS: Provider = Provider::new(
    "ms-teams",
    "Microsoft Teams outgoing webhook",
    Scheme::hmac_sha256(SignatureField::prefixed("authorization", "HMAC ", Encoding::Base64), "{body}")
        .with_key(KeyFormat::base64("")),
)
.with_aliases(const { &[text("teams")] })
.with_source(
    Confidence::OfficialCode,
    "https://github.com/OfficeDev/microsoft-teams-sample-outgoing-webhook \
      WebhookSampleBot/Models/AuthProvider.cs",
)
.with_checked("2026-11")
.with_notes("The key is Base64.")
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
    .without_body_limit("https://github.com/MicrosoftDocs/msteams-docs msteams-platform/webhooks-and-connectors/how-to/add-outgoing-webhook.md");

/// Mux.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static MUX: Provider = Provider::new(
    "mux",
    "Mux",
    shared::stripe_like("mux-signature", ["t", "v1"], TimestampFormat::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/muxinc/mux-node-sdk src/resources/webhooks/webhooks.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::for_secs(shared::DAY).answered_in(5))
.with_retry_source("https://docs.mux.com/docs/webhooks")
.without_body_limit("https://docs.mux.com/docs/webhooks");
