use super::super::shapes;
use super::parts::{AUTHORIZATION_JWT, BEARER, ISSUED, LEEWAY, bare};
use crate::handshake::catalogue;
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{
    CertificateRules, Check, Digest, Encoding, Format, Location, Presence, Scheme, SignatureField,
    TokenRules, Unit, text,
};
use crate::time::Tolerance;

/// Apple's App Store, Server Notifications V2: a token with its certificates in a member of the body. Takes the
/// parameter `bundle_id`. The secret is the root certificate.
///
/// Proof: `page`.
pub static APPLE_APP_STORE: Provider =
    Provider::new(
        "apple-app-store",
        "Apple App Store Server Notifications V2",
        Scheme::jwt(
            SignatureField::at(Location::json("/signedPayload"), Format::BARE, Encoding::Base64Url),
            "ES256",
        )
        .with_token(TokenRules::new("ES256").with_certificates(CertificateRules::new(
            "1.2.840.113635.100.6.11.1",
            "1.2.840.113635.100.6.2.1",
        )))
        .with_timestamp(
            Location::json("/signedDate"),
            Unit::Milliseconds,
            Tolerance::seconds(300).insecure_any_age(),
        )
        .with_checks(const { &[Check::equals(BUNDLE, "{param:bundle_id}")] }),
    )
    .with_source(
        Confidence::OfficialCode,
        "https://github.com/apple/app-store-server-library-node jws_verification.ts; \
     https://developer.apple.com/documentation/appstoreservernotifications/responsebodyv2decodedpayload",
    )
    .with_checked("2026-11")
    .with_key_scope(KeyScope::Provider)
    .with_notes(
        "The secret is Apple Root CA - G3 (apple.com/certificateauthority), as PEM or as DER \
          in Base64. The leaf and its issuer have to have Apple's extensions; revocation is \
          not asked for, which would need the network. Apple signs for all apps: bundle_id is \
          yours. The environment (Sandbox, Production) and, in production, appAppleId are for \
          the handler to compare. Retries come for days with their first signedDate, so its \
          age is not bounded: the id is what a replay repeats.",
    )
    .with_id(Location::json("/notificationUUID"))
    .with_event_type(Location::json("/notificationType"))
    .with_data("/data")
    .with_retries(Retries {
        attempts: Some(6),
        window_secs: Some((1 + 12 + 24 + 48 + 72) * 3600),
        ack_secs: None,
    });

const BUNDLE: Location = Location::first_of(
    const {
        &[
            Location::json("/data/bundleId"),
            Location::json("/summary/bundleId"),
            Location::json("/externalPurchaseToken/bundleId"),
            Location::json("/appData/bundleId"),
        ]
    },
);

/// Atlassian Connect: the token is bound to method and URL. The body is not signed.
///
/// Proof: `sdk`.
pub static ATLASSIAN_CONNECT: Provider = Provider::new(
    "atlassian-connect",
    "Atlassian Connect",
    Scheme::jwt(AUTHORIZATION_JWT, "HS256")
        .with_token(TokenRules::new("HS256").with_required("exp"))
        .with_optional_timestamp(ISSUED, Unit::Seconds, LEEWAY)
        .with_checks(
            const {
                &[Check::digest(
                    Location::claim("qsh"),
                    Digest::Sha256Hex,
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
.with_retry_source("memory: https://developer.atlassian.com/cloud/jira/platform/webhooks");

/// Constant Contact: a detached signature over the body as it is (RFC 7797).
///
/// Proof: `page`.
pub static CONSTANT_CONTACT: Provider = Provider::new(
    "constant-contact",
    "Constant Contact",
    Scheme::jwt(bare("x-ctct-webhook-sig"), "RS256")
        .with_token(TokenRules::new("RS256").detached().unencoded())
        .with_timestamp(Location::claim("ts"), Unit::Seconds, Tolerance::seconds(300)),
)
.with_source(
    Confidence::OfficialDocs,
    "https://v3.developer.constantcontact.com/api_guide/webhook_authenticity.html",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "Keys: https://developer.constantcontact.com/.well-known/jwks.json, without kid. The \
      timestamp is in the header of the token; the page names no tolerance, 300 s both ways \
      were chosen. All partners share the keys, and the page names nothing that is signed and \
      says whose delivery it is: look the account in the body up among yours.",
)
.without_id("https://developer.constantcontact.com/api_guide/partner_webhook_overview.html")
.with_event_type(Location::json("/event_type"))
.with_event_source("https://developer.constantcontact.com/api_guide/partner_webhook_overview.html");

/// Azure Event Grid with Entra ID. Takes the parameters `audience`, `issuer` and `app_id`. The body is not signed.
///
/// Proof: `page`.
pub static EVENT_GRID: Provider = Provider::new(
    "event-grid",
    "Azure Event Grid (Entra ID)",
    Scheme::jwt(BEARER, "RS256")
        .with_token(TokenRules::new("RS256").with_required("exp"))
        .with_optional_timestamp(ISSUED, Unit::Seconds, LEEWAY)
        .with_checks(
            const {
                &[
                    Check::equals(Location::claim("aud"), "{param:audience}"),
                    Check::equals(Location::claim("iss"), "{param:issuer}"),
                    Check::equals(Location::claim("appid"), "{param:app_id}")
                        .with_presence(Presence::Optional),
                    Check::equals(Location::claim("azp"), "{param:app_id}").with_presence(Presence::Optional),
                ]
            },
        ),
)
.with_aliases(const { &[text("azure-event-grid")] })
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/MicrosoftDocs/azure-docs \
          articles/event-grid/secure-webhook-delivery.md",
)
.with_key_scope(KeyScope::Provider)
.with_notes(
    "The body is not signed. Keys: the JWKS of the tenant. app_id is who asked for the \
          token: 4962773b-9cdb-44cf-a8bf-237846a00ab7 for Event Grid itself, the client id \
          where a managed identity delivers; other applications of the tenant may get tokens \
          for the same audience. Subscriptions without Entra ID send a secret in the URL, \
          which is not looked at here.",
)
.with_id(Location::json("/0/id"))
.with_event_type(Location::json("/0/eventType"))
.with_handshakes(catalogue::EVENT_GRID)
.with_body_limit(1 << 20, "https://learn.microsoft.com/azure/event-grid/concepts")
.with_retries(Retries::attempts(30).within(shapes::DAY).answered_in(30))
.with_retry_source("https://learn.microsoft.com/azure/event-grid/delivery-and-retry")
.with_checked("2026-11");

/// Fireblocks, webhooks v2: a detached signature over the body. `fireblocks-v1` is the older signature.
///
/// Proof: `page`.
pub static FIREBLOCKS: Provider = Provider::new(
    "fireblocks",
    "Fireblocks",
    Scheme::jwt(bare("fireblocks-webhook-signature"), "RS512")
        .with_token(TokenRules::new("RS512").detached()),
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
.with_data("/data");

/// FusionAuth.
///
/// Proof: `page`.
pub static FUSIONAUTH: Provider = Provider::new(
    "fusionauth",
    "FusionAuth",
    Scheme::jwt(bare("x-fusionauth-signature-jwt"), FUSIONAUTH_ALGORITHMS)
        .with_optional_timestamp(ISSUED, Unit::Seconds, LEEWAY)
        .with_checks(const { &[Check::digest(
            Location::claim("request_body_sha256"),
            Digest::Sha256Base64,
            "{body}",
        )] }),
)
    .with_source(Confidence::OfficialDocs, "https://github.com/FusionAuth/fusionauth-site \
          astro/src/content/docs/extend/events-and-webhooks/signing.mdx")
    .with_checked("2026-11")
.with_key_scope(KeyScope::Account)
.with_notes(
    "The kind of the key decides which of the algorithms is accepted. A shared secret is taken \
      after `Provider::with_shared_secrets` only; `fusionauth-hmac` takes nothing else. No \
      expiry is known: the id in the body is what a replay repeats.",
)
.with_id(Location::json("/event/id"))
.with_event_type(Location::json("/event/type"))
.with_data("/event")
    .without_body_limit("https://github.com/FusionAuth/fusionauth-site astro/src/content/docs/extend/events-and-webhooks/writing-a-webhook.mdx");

/// FusionAuth with an HMAC key.
///
/// Proof: `page`.
pub static FUSIONAUTH_HMAC: Provider = Provider::new(
    "fusionauth-hmac",
    "FusionAuth (HMAC)",
    Scheme::jwt(bare("x-fusionauth-signature-jwt"), "HS256|HS384|HS512")
        .with_optional_timestamp(ISSUED, Unit::Seconds, LEEWAY)
        .with_checks(const { &[Check::digest(
            Location::claim("request_body_sha256"),
            Digest::Sha256Base64,
            "{body}",
        )] }),
)
    .with_source(Confidence::OfficialDocs, "https://github.com/FusionAuth/fusionauth-site \
          astro/src/content/docs/extend/events-and-webhooks/signing.mdx")
    .with_checked("2026-11")
.with_notes(
    "The secret is the text of the HMAC key. No expiry is known: the id in the body is what a \
      replay repeats.",
)
.with_id(Location::json("/event/id"))
.with_event_type(Location::json("/event/type"))
.with_data("/event")
    .without_body_limit("https://github.com/FusionAuth/fusionauth-site astro/src/content/docs/extend/events-and-webhooks/writing-a-webhook.mdx");

const FUSIONAUTH_ALGORITHMS: &str = "RS256|RS384|RS512|ES256|ES384|HS256|HS384|HS512|EdDSA";

/// Gemini API, webhooks of single jobs ("dynamic"). Takes the parameter `audience`. The body is not signed.
///
/// Proof: `page`.
pub static GEMINI_JWT: Provider = Provider::new(
    "gemini-jwt",
    "Google Gemini API (dynamic webhooks)",
    Scheme::jwt(bare("webhook-signature"), "RS256")
        .with_token(TokenRules::new("RS256").with_required("exp"))
        .with_optional_timestamp(ISSUED, Unit::Seconds, LEEWAY)
        .with_checks(const { &[Check::equals(Location::claim("aud"), "{param:audience}")] }),
)
.with_source(Confidence::OfficialDocs, "https://ai.google.dev/gemini-api/docs/webhooks")
.with_checked("2026-11")
.with_key_scope(KeyScope::Provider)
.with_notes(
    "As far as the page says, no claim binds the body: it is not signed. Keys: \
      https://generativelanguage.googleapis.com/.well-known/jwks.json.",
)
.with_id(Location::header("webhook-id"))
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::for_secs(shapes::DAY))
.with_retry_source("https://blog.google/innovation-and-ai/technology/developers-tools/event-driven-webhooks");

/// Kinde: the body is the token.
///
/// Proof: `page`.
pub static KINDE: Provider = Provider::new(
    "kinde",
    "Kinde",
    Scheme::jwt(SignatureField::at(Location::Body, Format::BARE, Encoding::Base64Url), "RS256")
        .with_optional_timestamp(
            Location::claim("timestamp"),
            Unit::Rfc3339Utc,
            Tolerance::seconds(300).insecure_any_age(),
        ),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/kinde-oss/documentation \
          src/content/docs/integrate/webhooks/about-webhooks.mdx",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::Account)
.with_notes(
    "Keys: the JWKS of the Kinde domain, which is what ties a token to it. The timestamp is \
      that of the event: its age is not bounded, because attempts go on; the id is what a \
      replay repeats.",
)
.with_id(Location::claim("event_id"))
.with_event_type(Location::claim("type"))
.with_data("/data")
.with_retries(Retries::for_secs(36 * shapes::HOUR))
.with_retry_source(
    "https://github.com/kinde-oss/documentation \
          src/content/docs/integrate/webhooks/about-webhooks.mdx",
)
.without_body_limit(
    "https://github.com/kinde-oss/documentation src/content/docs/integrate/webhooks/about-webhooks.mdx",
);
