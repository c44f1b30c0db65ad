use super::super::shapes;
use super::parts::{BEARER, ISSUED, LEEWAY, bare};
use crate::handshake::catalogue;
use crate::provider::{Confidence, KeyScope, Proof, Provider, Retries};
use crate::scheme::{
    Algorithm, Check, Digest, Encoding, Location, Presence, Scheme, SignatureField, TokenRules, Unit, text,
};
use crate::time::Tolerance;

/// Lago with signatures of type `jwt`, its default. Takes the parameter `issuer`: `https://api.getlago.com`, or the
/// API URL of a self-hosted installation.
///
/// Proof: `page`.
pub static LAGO: Provider = Provider::new(
    "lago",
    "Lago",
    Scheme::jwt(bare("x-lago-signature"), "RS256").with_signature_bytes(512 << 10).with_checks(
        const {
            &[
                Check::equals(Location::claim("data"), "{body}"),
                Check::equals(Location::claim("iss"), "{param:issuer}"),
            ]
        },
    ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/getlago/lago-api app/models/webhook.rb; \
      https://github.com/getlago/lago-python-client lago_python_client/webhooks/clients.py",
)
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "The key is what /webhooks/public_key answers, with or without its Base64. The token has \
      the whole body in it, and no time. All customers of the cloud share one key: look at the \
      organization, or use lago-hmac.",
)
.with_id(LAGO_ID)
.with_event_type(LAGO_TYPE)
.with_retries(Retries::attempts(3))
.with_retry_source("https://github.com/getlago/lago-api app/services/webhooks/send_http_service.rb")
.without_body_limit("https://github.com/getlago/lago-docs docs/guide/14_webhooks.md");

/// Lago with signatures of type `hmac`. The secret is the API key.
///
/// Proof: `page`.
pub static LAGO_HMAC: Provider = Provider::new(
    "lago-hmac",
    "Lago (HMAC)",
    Scheme::new(
        Algorithm::HmacSha256,
        SignatureField::header("x-lago-signature", Encoding::Base64),
        "{body}",
    ),
)
.with_source(Confidence::OfficialCode, "https://github.com/getlago/lago-api app/models/webhook.rb")
.with_checked("2026-11")
.with_notes("There is no timestamp.")
.with_id(LAGO_ID)
.with_event_type(LAGO_TYPE)
.with_retries(Retries::attempts(3))
.with_retry_source("https://github.com/getlago/lago-api app/services/webhooks/send_http_service.rb")
.without_body_limit("https://github.com/getlago/lago-docs docs/guide/14_webhooks.md");

const LAGO_ID: Location = Location::header("x-lago-unique-key");
const LAGO_TYPE: Location = Location::json("/webhook_type");

/// MessageBird, now Bird.
///
/// Proof: `sdk`.
pub static MESSAGEBIRD: Provider = Provider::new(
    "messagebird",
    "MessageBird / Bird",
    Scheme::jwt(bare("messagebird-signature-jwt"), "HS256|HS384|HS512")
        .with_token(TokenRules::new("HS256|HS384|HS512").with_required("exp|nbf"))
        .with_timestamp(Location::claim("nbf"), Unit::Seconds, Tolerance::seconds(5))
        .with_checks(
            const {
                &[
                    Check::equals(Location::claim("iss"), "MessageBird"),
                    Check::digest(Location::claim("url_hash"), Digest::Sha256Hex, "{url}"),
                    Check::digest(Location::claim("payload_hash"), Digest::Sha256Hex, "{body}")
                        .with_presence(Presence::WithBody),
                ]
            },
        ),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/messagebird/messagebird-nodejs lib/webhook-signature-jwt.js + testdata",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes("Needs the public URL, as it was requested. A token lives for a minute; the leeway is 5 s.")
.with_id(Location::claim("jti"))
.with_event_type(Location::json("/type"))
.with_event_source("https://developers.messagebird.com/docs/conversations/handle-inbound-messages-curl; https://github.com/BotBuilderCommunity/botbuilder-community-dotnet Bot.Builder.Community.Adapters.MessageBird/Models/MessageBirdWebhookPayload.cs");

/// monday.com, webhooks of apps. The body is not signed.
///
/// Proof: `page`.
pub static MONDAY: Provider = Provider::new(
    "monday",
    "monday.com",
    Scheme::jwt(bare("authorization"), "HS256")
        .with_token(TokenRules::new("HS256").with_required("exp"))
        .with_optional_timestamp(ISSUED, Unit::Seconds, LEEWAY)
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
.with_handshakes(catalogue::MONDAY)
.with_id(Location::json("/event/triggerUuid"))
.with_retry_delays(&[60; 30])
.with_retry_source("https://developer.monday.com/api-reference/reference/webhooks");

/// Netlify.
///
/// Proof: `secondary`.
pub static NETLIFY: Provider = Provider::new(
    "netlify",
    "Netlify",
    Scheme::jwt(bare("x-webhook-signature"), "HS256")
        .with_optional_timestamp(ISSUED, Unit::Seconds, LEEWAY)
        .with_checks(
            const {
                &[
                    Check::equals(Location::claim("iss"), "netlify"),
                    Check::digest(Location::claim("sha256"), Digest::Sha256Hex, "{body}"),
                ]
            },
        ),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/Yizack/nuxt-webhook-validators \
      src/runtime/server/lib/validators/netlify.ts; \
      https://www.npmjs.com/package/n8n-nodes-base 2.41.2 \
      dist/nodes/Netlify/NetlifyTriggerHelpers.js",
)
.with_checked("2026-11")
.with_notes("No time is known to be in the token: a delivery can be replayed.")
.with_event_type(Location::header("x-netlify-event"))
.without_id(
    "https://docs.netlify.com/site-deploys/notifications (the body is the object, \
      such as the deploy)",
);

/// Plaid.
///
/// Proof: `page`.
pub static PLAID: Provider = Provider::new(
    "plaid",
    "Plaid",
    Scheme::jwt(bare("plaid-verification"), "ES256")
        .with_token(TokenRules::new("ES256").with_required("iat").with_max_age(300))
        .with_timestamp(ISSUED, Unit::Seconds, Tolerance::between(0, 300))
        .with_checks(
            const { &[Check::digest(Location::claim("request_body_sha256"), Digest::Sha256Hex, "{body}")] },
        ),
)
.with_source(Confidence::OfficialDocs, "https://plaid.com/docs/api/webhooks/webhook-verification")
.with_checked("2026-11")
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "The key is the JWK that /webhook_verification_key/get answers for the kid of the token. \
      Five minutes of age are the page's; 300 s into the future were chosen. Plaid signs for \
      all of its customers, and no claim names yours: compare item_id in the body with your \
      items.",
)
.with_event_type(Location::json("/webhook_code"))
.without_id("https://support.plaid.com/customer/en/portal/topics/973212-webhooks")
.with_retries(Retries::for_secs(shapes::DAY).answered_in(10))
.with_retry_source("https://support.plaid.com/hc/en-us/articles/40390675922967-Can-Plaid-re-push-failed-or-missed-webhook-events")
    .without_body_limit("https://github.com/plaid/plaid-openapi 2020-09-14.yml");

/// Google Pub/Sub, push with authentication. Takes the parameters `audience` and `email`. The body is not signed.
///
/// Proof: `page`.
pub static PUBSUB: Provider = Provider::new(
    "pubsub",
    "Google Pub/Sub push",
    Scheme::jwt(BEARER, "RS256")
        .with_token(TokenRules::new("RS256").with_required("exp|iat"))
        .with_timestamp(ISSUED, Unit::Seconds, LEEWAY)
        .with_checks(
            const {
                &[
                    Check::equals(Location::claim("iss"), "https://accounts.google.com"),
                    Check::equals(Location::claim("aud"), "{param:audience}"),
                    Check::equals(Location::claim("email"), "{param:email}"),
                    Check::equals(Location::claim("email_verified"), "true"),
                ]
            },
        ),
)
.with_aliases(const { &[text("google-pubsub")] })
.with_source(Confidence::OfficialDocs, "https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions")
.with_checked("2026-11")
.with_key_scope(KeyScope::Provider)
.with_notes(
    "The body is not signed, and a token may be sent for an hour. Keys: \
      https://www.googleapis.com/oauth2/v3/certs. email is the service account of the \
      subscription: Google signs for all its customers, for any audience.",
)
.with_id(Location::json("/message/messageId"))
.with_data("/message")
.without_event_type("https://cloud.google.com/pubsub/docs/push (attributes are the publisher's choice)")
.with_body_limit(14 << 20, "https://googleapis.dev/cpp/google-cloud-pubsub/latest/structgoogle_1_1cloud_1_1pubsub_1_1MaxBatchBytesOption.html \
      (10 MB, in Base64)")
.with_retries(Retries::for_secs(7 * shapes::DAY).answered_in(10))
.with_retry_source(
    "https://docs.cloud.google.com/pubsub/docs/subscription-properties (7 days and \
      10 s unless a subscription says otherwise)",
);

/// TrueLayer: a detached signature over method, path, the headers that it lists, and the body.
///
/// Proof: `sdk`.
pub static TRUELAYER: Provider = Provider::new(
    "truelayer",
    "TrueLayer",
    Scheme::jwt(bare("tl-signature"), "ES512")
        .with_token(TokenRules::new("ES512").detached().with_parameter_headers(
            "tl_version=tl-signature-version|tl_headers=tl-signature-headers",
        ))
        .with_content("{method} {path}\n{headers:claim:tl_headers}{body}")
        .with_any_trailing_slash()
        .with_timestamp(
            Location::header("x-tl-webhook-timestamp"),
            Unit::Rfc3339,
            Tolerance::seconds(300),
        )
        .with_checks(const { &[Check::equals(Location::claim("tl_version"), "2")] }),
)
.with_source(
    Confidence::OfficialCode,
    "https://github.com/TrueLayer/truelayer-signing rust/src/verify/custom_verifer.rs; \
      https://docs.truelayer.com/docs/verify-the-signature-of-a-payment-webhook",
)
.with_checked("2026-11").with_proof(Proof::Sdk)
.with_key_scope(KeyScope::ProviderUnchecked)
.with_notes(
    "Needs the public URL, of which the path is signed, with a slash more or less at its end, as by the official libraries. Tl-Signature-Version and Tl-Signature-Headers stand in for what the header of the token lacks, as in those for Rust and C#, if they are signed. Keys: https://webhooks.truelayer.com/.well-known/jwks, in the sandbox https://webhooks.truelayer-sandbox.com/.well-known/jwks. All clients share the keys: look the payment up among yours. Tolerance chosen: 300 s both ways.",
)
.with_id(Location::json("/event_id"))
.with_event_type(Location::first_of(
    const { &[Location::json("/type"), Location::json("/event_type")] },
))
.with_retries(Retries { attempts: None, window_secs: Some(72 * 3600), ack_secs: None });

/// Vonage, signed webhooks of its Messages, Dispatch, Verify and Voice APIs.
///
/// Proof: `sdk`.
pub static VONAGE: Provider = Provider::new(
    "vonage",
    "Vonage",
    Scheme::jwt(BEARER, "HS256").with_optional_timestamp(ISSUED, Unit::Seconds, LEEWAY).with_checks(
        const {
            &[
                Check::equals(Location::claim("iss"), "Vonage"),
                Check::digest(Location::claim("payload_hash"), Digest::Sha256Hex, "{body}"),
            ]
        },
    ),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/webhook-co/webhook \
      packages/webhooks-spec/src/adapters/bespoke/vonage.ts (npm @webhook-co/webhooks-spec, \
      states it is doc-verified)",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The secret is the signature secret of the account. Tokens do not expire: the id, jti, is \
      what a replay repeats. Webhooks sent as GET have the digest of their parameters as JSON, \
      which is not computed here.",
)
.with_id(Location::claim("jti"))
.with_event_type(Location::first_of(VONAGE_TYPES))
.with_event_source("memory: https://developer.vonage.com/en/messages/concepts/webhooks")
.with_retries(Retries::for_secs(shapes::DAY))
.with_retry_source("https://api.support.vonage.com/hc/en-us/articles/360028543292")
.without_body_limit("https://github.com/Nexmo/nexmo-developer _documentation/en/concepts/guides/webhooks.md");

const VONAGE_TYPES: &[Location] = &[Location::json("/status"), Location::json("/message_type")];
