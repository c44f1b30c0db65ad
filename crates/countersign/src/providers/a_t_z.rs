//! Slugs that begin with `at` to `az`.

use super::aws_sns;
use super::shared;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, DigestFormat, Encoding, JwtRules, Location, Scheme, SignatureField, TimestampFormat,
};

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[
    &ATLASSIAN_CONNECT,
    &ATTIO,
    &AUTH0,
    &AUTHORIZE_NET,
    &AUTODESK,
    &AUTOTASK,
    &AUTUMN,
    &aws_sns::PROVIDER,
    &AZURE_DEVOPS,
];

/// Atlassian Connect: the JWT is bound to method and URL. The body is not signed.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static ATLASSIAN_CONNECT: Provider = Provider::new(
    "atlassian-connect",
    "Atlassian Connect",
    Scheme::jwt(AUTHORIZATION_JWT, "HS256")
        .with_jwt(JwtRules::new("HS256").with_required("exp"))
        .with_optional_timestamp(shared::ISSUED, TimestampFormat::Seconds, shared::LEEWAY)
        .with_checks(
            const {
                &[Check::digest(
                    Location::claim("qsh"),
                    DigestFormat::Sha256Hex,
                    "{method}&{path}&{query:canonical}",
                )]
            },
        ),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/webhook-co/webhook \
      packages/webhooks-spec/src/adapters/bespoke/jira-connect.ts (npm \
      @webhook-co/webhooks-spec, states it is doc-verified)",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The body is not signed. The secret is the sharedSecret of the installation, as it is. \
      Needs the public URL; the path counts from the base URL of the app, which has to have \
      none of its own. Tokens of pages (context-qsh) are refused.",
)
.with_event_type(Location::json("/webhookEvent"))
.with_id(Location::header("x-atlassian-webhook-identifier"))
.with_event_source("https://mrrefactoring.github.io/jira.js/api/interfaces/webhooks.WebhookHeaders.html")
.with_retries(Retries::attempts(6).within(4500))
.with_retry_source("https://community.developer.atlassian.com/t/new-jira-cloud-webhook-retry-policy/30554; \
      https://developer.atlassian.com/cloud/jira/platform/webhooks (as https://github.com/webhook-co/webhook restates it)")
.with_body_limit(25_000_000,
    "https://developer.atlassian.com/cloud/jira/platform/webhooks (larger ones are dropped; as \
      https://github.com/webhook-co/webhook restates it)");

/// A JWT behind the word `JWT`.
const AUTHORIZATION_JWT: SignatureField =
    SignatureField::prefixed("authorization", "JWT ", Encoding::Base64Url);

/// Attio.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static ATTIO: Provider =
    Provider::new("attio", "Attio", shared::body_hex("attio-signature,x-attio-signature"))
        .with_source(Confidence::OfficialDocs, "https://docs.attio.com/rest-api/guides/webhooks")
        .with_checked("2026-11")
        .with_event_type(Location::json("/events/0/event_type"))
        .with_id(Location::header("idempotency-key"))
        .with_event_source("https://docs.attio.com/rest-api/guides/webhooks")
        .with_retries(Retries::attempts(11).within(3 * shared::DAY).answered_in(5))
        .with_retry_source("https://docs.attio.com/rest-api/guides/webhooks")
        .without_body_limit("https://docs.attio.com/rest-api/how-to/webhooks (first part)");

/// Auth0 log streams. The body is not authenticated.
///
/// Key: the text of the secret, which is sent as it is.
/// Proof: `page`.
pub static AUTH0: Provider = Provider::new("auth0", "Auth0 log streams", Scheme::token("authorization"))
    .with_source(Confidence::OfficialDocs, "https://auth0.com/docs/customize/log-streams/custom-log-streams")
    .with_notes(
        "The body is not authenticated. A body has several entries; id and type are those of \
          the first.",
    )
    .with_id(Location::json("/0/log_id"))
    .with_event_type(Location::json("/0/data/type"))
    .with_retries(Retries::attempts(4))
    .with_retry_source("https://auth0.com/docs/customize/log-streams/custom-log-streams")
    .with_checked("2026-11")
    .without_body_limit(
        "https://github.com/auth0/docs-v2 main/docs/customize/log-streams/custom-log-streams.mdx",
    );

/// Authorize.Net.
///
/// Key: the text of the secret.
/// Proof: `vectors`.
pub static AUTHORIZE_NET: Provider = Provider::new(
    "authorize-net",
    "Authorize.Net",
    Scheme::new(
        Algorithm::HmacSha512,
        SignatureField::prefixed("x-anet-signature", "sha512=", Encoding::Hex),
        "{body}",
    ),
)
.with_source(Confidence::Secondary, shared::WEBHOOK_CO)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes(
    "The signature is in upper case; either case is accepted. The key is the text of the \
      Signature Key, not the bytes that its hexadecimal digits stand for: a notification \
      captured in the sandbox shows it.",
)
.with_event_type(Location::json("/eventType"))
.with_id(Location::json("/notificationId"))
.with_retry_delays(&[180, 180, 180, 28_800, 28_800, 28_800, 172_800, 172_800, 172_800, 172_800])
.with_retry_source("memory: https://developer.authorize.net/api/reference/features/webhooks.html");

/// Autodesk APS.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static AUTODESK: Provider = Provider::new(
    "autodesk",
    "Autodesk APS",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::prefixed("x-adsk-signature", "sha1hash=", Encoding::Hex),
        "{body}",
    ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://aps.autodesk.com/en/docs/webhooks/v1/tutorials/how-to-verify-payload-signature/",
)
.with_checked("2026-11")
.with_id(Location::header("x-adsk-delivery-id"))
.with_event_type(Location::json("/hook/event"))
.with_retries(Retries::attempts(5).within(2 * shared::DAY).answered_in(6))
.with_retry_source("https://aps.autodesk.com/en/docs/webhooks/v1/overview/basics")
.without_body_limit("https://aps.autodesk.com/en/docs/webhooks/v1/overview/basics (first part)");

/// Autotask PSA.
///
/// Key: the text of the secret.
/// Proof: `secondary`.
pub static AUTOTASK: Provider = Provider::new(
    "autotask",
    "Autotask PSA",
    Scheme::new(
        Algorithm::HmacSha1,
        SignatureField::prefixed("x-hook-signature", "sha1=", Encoding::Base64),
        "{body}",
    ),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/NangoHQ/nango packages/server/lib/webhook/autotask-webhook- \
     routing.ts; https://autotask.net/help/developerhelp/Content/APIs/Webhooks/SecretKeyP \
     ayloadVerification.htm",
)
.with_checked("2026-11")
.with_notes(
    "Webhooks have a key of their own. There is no timestamp, so the age of a delivery is \
     not bounded.",
)
.with_event_type(Location::json("/EntityType"))
.without_id(
    "https://nango.dev/docs/api-integrations/autotask/webhooks (`Guid` is that of the \
          webhook, `Id` that of the entity)",
)
.with_event_source("https://nango.dev/docs/api-integrations/autotask/webhooks")
.with_retries(Retries::attempts(5).within(120).answered_in(10))
.with_retry_source(
    "https://ww6.autotask.net/help/DeveloperHelp/Content/APIs/Webhooks/Webhooks_Error_Handling.htm",
)
.without_body_limit(
    "https://ww6.autotask.net/help/DeveloperHelp/Content/APIs/Webhooks/Webhooks_Error_Handling.htm (first part)",
);

/// Autumn.
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static AUTUMN: Provider = Provider::new("autumn", "Autumn", shared::SVIX_SCHEME)
    .with_source(
        Confidence::OfficialDocs,
        "https://github.com/useautumn/autumn apps/docs/mintlify/documentation/webhooks.mdx",
    )
    .with_checked("2026-11")
    .with_notes("Accepts the webhook-* names of the headers, too.")
    .with_id(shared::SVIX_ID)
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retry_delays(shared::SVIX_DELAYS)
    .with_retry_source("https://docs.svix.com/retries (delivered by Svix)")
    .with_body_limit(shared::SVIX_BODY, shared::SVIX_BODY_SOURCE);

/// Azure DevOps. The body is not authenticated.
///
/// Key: the user name and the password, joined by `:`.
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
