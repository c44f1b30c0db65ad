//! Slugs that begin with `fa` to `fi`.

use super::shared;
use crate::handshake::{Answer, Condition, Handshake, Method, Place, Trust};
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, Encoding, Format, JwtRules, KeyFormat, Location, Scheme, SignatureField,
    TimestampFormat,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] =
    &[&FAL, &FATHOM, &FIGMA, &FINCH, &FINCRA, &FINTOC, &FIREBLOCKS, &FIREBLOCKS_V1, &FIRECRAWL, &FITBIT];

/// fal.ai. Takes the parameter `user_id`: `providers::FAL.clone().with_parameter("user_id", …)`.
///
/// Key: a public key.
/// Proof: `secondary`.
pub static FAL: Provider = Provider::new(
    "fal",
    "fal.ai",
    Scheme::new(
        Algorithm::Ed25519,
        SignatureField::header("x-fal-webhook-signature", Encoding::Hex),
        "{id}\n{param:user_id}\n{timestamp}\n{body:sha256-hex}",
    )
    .with_timestamp(
        Location::header("x-fal-webhook-timestamp"),
        TimestampFormat::Seconds,
        Tolerance::seconds(300),
    ),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/Hookflo/tern src/platforms/algorithms.ts; https://docs.fal.ai webhooks",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::Provider)
.with_notes(
    "Any key of the JWKS at https://rest.alpha.fal.ai/.well-known/jwks.json signs. All \
      accounts share the keys: the parameter user_id is yours, which is signed; fal sends it in \
      x-fal-webhook-user-id.",
)
.with_id(Location::header("x-fal-webhook-request-id"))
.with_event_type(Location::json("/status"))
.with_data("/payload")
.with_retries(Retries::attempts(11).within(2 * shared::HOUR).answered_in(15))
.with_retry_source("https://docs.fal.ai/model-apis/model-endpoints/webhooks")
.without_body_limit("https://fal.ai/docs/model-apis/webhooks (first part)");

/// Fathom.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `sdk`.
pub static FATHOM: Provider = Provider::new("fathom", "Fathom", shared::SVIX_SCHEME)
    .with_source(
        Confidence::OfficialDocs,
        "https://developers.fathom.ai/api-reference/webhook-payloads/new-meeting-content-ready",
    )
    .with_checked("2026-11")
    .with_proof(Proof::Sdk)
    .with_notes("The names webhook-* and svix-* of the headers are both read.")
    .with_id(shared::SVIX_ID)
    .with_retry_delays(shared::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries (delivered by Svix)")
    .without_event_type(
        "https://developers.fathom.ai/api-reference/webhook-payloads/new-meeting-content-ready \
      (the only event)",
    )
    .with_body_limit(shared::SVIX_BODY, shared::SVIX_BODY_SOURCE);

/// Figma. The body is not authenticated.
///
/// Key: the text of the secret, which is sent as it is.
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

/// Finch.
///
/// Key: the secret, decoded from Base64.
/// Proof: `sdk`.
pub static FINCH: Provider = Provider::new(
    "finch",
    "Finch",
    shared::standard_webhooks("finch-signature", "finch-timestamp", KeyFormat::base64("")),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/Finch-API/finch-api-python src/finch/resources/webhooks.py",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes("The key is Base64 without a prefix.")
.with_id(Location::header("finch-event-id"))
.with_event_type(Location::json("/event_type"))
.with_retries(Retries::attempts(20).within(3 * shared::DAY))
.with_retry_source("https://developer.tryfinch.com/docs/development-guides/Webhooks")
.without_body_limit("https://github.com/Finch-API/docs developer-resources/Webhooks.mdx");

/// Fincra.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static FINCRA: Provider = Provider::new(
    "fincra",
    "Fincra",
    Scheme::new(Algorithm::HmacSha512, SignatureField::header("signature", Encoding::Hex), "{body}"),
)
.with_source(Confidence::OfficialDocs, "https://docs.fincra.com/docs/validating-webhook")
.with_checked("2026-11")
.with_notes(
    "The page hashes the body serialised again: it is sent in that form. There is no \
     timestamp, so the age of a delivery is not bounded.",
)
.with_event_type(Location::json("/event"))
.with_data("/data")
.with_event_source("https://docs.fincra.com/docs/charges-webhook.md")
.without_id("https://docs.fincra.com/docs/charges-webhook.md (/data/id is that of the charge)")
.without_body_limit("https://docs.fincra.com/docs/webhooks, /docs/setup-webhook");

/// Fintoc.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static FINTOC: Provider = Provider::new(
    "fintoc",
    "Fintoc",
    shared::stripe_like("fintoc-signature", ["t", "v1"], TimestampFormat::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/fintoc 1.15.0 build/main/lib/webhook.js; \
     https://docs.fintoc.com/docs/webhooks-validating",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.without_body_limit("https://docs.fintoc.com/docs/webhooks-writing (first part)");

/// Fireblocks, webhooks v2: a detached signature over the body. `fireblocks-v1` is the older signature.
///
/// Key: a public key.
/// Proof: `page`.
pub static FIREBLOCKS: Provider = Provider::new(
    "fireblocks",
    "Fireblocks",
    Scheme::jwt(shared::bare_token("fireblocks-webhook-signature"), "RS512")
        .with_jwt(JwtRules::new("RS512").detached()),
)
.with_source(Confidence::OfficialDocs, "https://developers.fireblocks.com/reference/validating-webhooks")
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "Keys: the JWKS of the region, https://keys.fireblocks.io/.well-known/jwks.json. \
          There is no timestamp: the id is what a replay repeats. All workspaces share the \
          keys: compare the workspaceId of the body with yours.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/eventType"))
.with_data("/data")
.with_retry_delays(&[10, 30, 120, 300, 900, 1800, 3600, 7200, 14_400])
.with_retry_source("https://developers.fireblocks.com/reference/webhooks-gettingstarted-responsesretries")
.without_body_limit("https://developers.fireblocks.com/reference/webhooks-gettingstarted-responsesretries");

/// Fireblocks, webhooks of version 1. Takes the parameter `tenant_id`: the id of the workspace.
///
/// Key: a public key.
/// Proof: `page`.
pub static FIREBLOCKS_V1: Provider = Provider::new(
    "fireblocks-v1",
    "Fireblocks (v1)",
    Scheme::new(
        Algorithm::RsaSha512,
        SignatureField::header("fireblocks-signature", Encoding::Base64),
        "{body}",
    )
    .with_checks(OUR_WORKSPACES),
)
.with_source(
    Confidence::OfficialDocs,
    "https://developers.fireblocks.com/reference/verify-requests, \
      /reference/get-to-know-webhook-data-objects",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::Provider)
.with_notes(
    "The key is PEM, on the page, one per environment. All workspaces share it: the parameter \
      tenant_id is the id of yours, which tenantId has to be; several are separated by commas. \
      No delivery has an id.",
)
.with_event_type(Location::json("/type"))
.with_data("/data")
.without_id("https://developers.fireblocks.com/reference/get-to-know-webhook-data-objects");

const OUR_WORKSPACES: &[Check] =
    &[Check::equals(Location::json("/tenantId"), "{param:tenant_id}").separated_by(",")];

/// Firecrawl.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static FIRECRAWL: Provider =
    Provider::new("firecrawl", "Firecrawl", shared::body_prefixed("x-firecrawl-signature", "sha256="))
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

/// Fitbit.
///
/// Key: the text of the secret, with `&` appended.
/// Proof: `secondary`.
pub static FITBIT: Provider = Provider::new(
    "fitbit",
    "Fitbit",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::header("x-fitbit-signature", Encoding::Base64),
        "{body}",
    )
    .with_key(KeyFormat::UTF8.with_suffix("&")),
)
.with_source(
    Confidence::Secondary,
    "https://asyncapi.apis.io/asyncapis/fitbit/fitbit-subscriptions-asyncapi; \
      https://dev.fitbit.com/build/reference/web-api/developer-guide/using-subscriptions",
)
.with_checked("2026-11")
.with_notes(
    "The secret is the client secret; an & is added to it. A delivery is a list of \
      notifications: the type is that of the first.",
)
.with_retries(Retries::ack_only(5))
.with_handshakes(FITBIT_HANDSHAKES)
.with_event_type(Location::json("/0/collectionType"))
.without_id("https://asyncapi.apis.io/asyncapis/fitbit/fitbit-subscriptions-asyncapi");

/// Fitbit sends two requests, one with the right code and one with a wrong code, which must get a 404.
pub const FITBIT_HANDSHAKES: &[Handshake] =
    &[Handshake::new("verify", Trust::VerifyToken(Place::query("verify")), Method::Get)
        .with_source(
            Confidence::Secondary,
            "https://events.apis.io/channels/fitbit/subscriber-verify (of Fitbit's page)",
        )
        .with_conditions(const { &[Condition::present(Place::query("verify"))] })
        .with_answer(Answer::status(204))
        .with_refusal(404)];
