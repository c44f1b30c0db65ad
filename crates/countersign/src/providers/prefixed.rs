//! Providers that sign only the body, with a prefix that names the algorithm: `sha256=…`.

use super::shapes;
use super::shapes::WEBHOOK_CO;
use crate::handshake::catalogue;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{Encoding, Format, KeyFormat, Location, Scheme, SignatureField, text};

/// By slug.
pub(super) const FAMILY: &[&Provider] = &[
    &AIRTABLE, &ASHBY, &BITBUCKET, &BTCPAY, &CURSOR, &DOPPLER, &EASYPOST, &FORMSTACK, &GITHUB, &JIRA, &META,
    &MOLLIE, &MS_TEAMS, &NOTION, &NPM, &TYPEFORM, &X_TWITTER,
];

/// Airtable.
///
/// Proof: `secondary`.
pub static AIRTABLE: Provider = Provider::new(
    "airtable",
    "Airtable",
    shapes::body_prefixed("x-airtable-content-mac", "hmac-sha256=").with_key(KeyFormat::base64("")),
)
.with_source(Confidence::Secondary, WEBHOOK_CO)
.with_checked("2026-11")
.with_notes(
    "The key is macSecretBase64. A ping says that something changed; what, has to be \
          fetched.",
)
.without_id("https://airtable.com/developers/web/api/webhooks-overview")
.without_event_type("https://airtable.com/developers/web/api/webhooks-overview");

/// Ashby.
///
/// Proof: `page`.
pub static ASHBY: Provider =
    Provider::new("ashby", "Ashby", shapes::body_prefixed("ashby-signature", "sha256="))
        .with_source(Confidence::OfficialDocs, "https://developers.ashbyhq.com/docs/authenticating-webhooks")
        .with_checked("2026-11")
        .with_event_type(Location::json("/action"))
        .with_id(Location::json("/webhookActionId"))
        .with_event_source(
            "https://github.com/simstudioai/sim apps/sim/lib/webhooks/providers/ashby.ts; \
      https://developers.ashbyhq.com/docs",
        )
        .with_retry_delays(&[10, 30, 70, 150, 310, 630, 1270, 2550, 5110])
        .with_retry_source("https://developers.ashbyhq.com/docs/retries");

/// Bitbucket Cloud / Data Center.
///
/// Proof: `vectors`.
pub static BITBUCKET: Provider = Provider::new(
    "bitbucket",
    "Bitbucket Cloud / Data Center",
    shapes::body_prefixed("x-hub-signature", "sha256="),
)
.with_source(
    Confidence::Secondary,
    "https://github.com/go-playground/webhooks bitbucket-server; \
      https://github.com/Yizack/nuxt-webhook-validators \
      src/runtime/server/lib/validators/bitbucket.ts",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes(
    "The name of the header is that of GitHub's SHA-1, and this is SHA-256. Id and type are \
      headers that the signature does not cover.",
)
.with_id(Location::first_of(BITBUCKET_IDS))
.with_event_type(Location::header("x-event-key"))
.with_handshakes(catalogue::BITBUCKET)
.with_retries(Retries::attempts(3).answered_in(10))
.with_retry_source("https://support.atlassian.com/bitbucket-cloud/docs/troubleshoot-webhooks")
.with_body_limit(256 << 10, "https://support.atlassian.com/bitbucket-cloud/docs/troubleshoot-webhooks");

/// Bitbucket Data Center sends `X-Request-Id` instead.
const BITBUCKET_IDS: &[Location] = &[Location::header("x-request-uuid"), Location::header("x-request-id")];

/// BTCPay Server.
///
/// Proof: `page`.
pub static BTCPAY: Provider = Provider::new(
    "btcpay",
    "BTCPay Server",
    shapes::body_prefixed("btcpay-sig", "sha256="),
)
.with_source(
    Confidence::OfficialDocs,
    "https://github.com/btcpayserver/btcpayserver-doc GreenFieldExample-NodeJS.md",
)
.with_checked("2026-11")
.with_id(Location::json("/deliveryId"))
.with_event_type(Location::json("/type"))
.with_retry_delays(&[10, 60, 600, 600, 600, 600, 600, 600])
.with_retry_source(
    "https://github.com/btcpayserver/btcpayserver BTCPayServer/HostedServices/Webhooks/WebhookSender.cs",
)
.without_body_limit(
    "https://github.com/btcpayserver/btcpayserver BTCPayServer/Plugins/Webhooks/WebhookSender.cs",
);

/// Cursor Cloud Agents.
///
/// Proof: `page`.
pub static CURSOR: Provider =
    Provider::new("cursor", "Cursor Cloud Agents", shapes::body_prefixed("x-webhook-signature", "sha256="))
        .with_source(Confidence::OfficialDocs, "https://docs.cursor.com/en/background-agent/api/webhooks")
        .with_checked("2026-11")
        .with_notes("Id and type are headers that the signature does not cover.")
        .with_id(Location::header("x-webhook-id"))
        .with_event_type(Location::header("x-webhook-event"));

/// Doppler.
///
/// Proof: `secondary`.
pub static DOPPLER: Provider =
    Provider::new("doppler", "Doppler", shapes::body_prefixed("x-doppler-signature", "sha256="))
        .with_source(Confidence::Secondary, WEBHOOK_CO)
        .with_checked("2026-11")
        .with_event_type(Location::json("/type"))
        .without_id("https://docs.doppler.com/docs/webhooks")
        .with_event_source("https://docs.doppler.com/docs/webhooks");

/// EasyPost.
///
/// Proof: `sdk`.
pub static EASYPOST: Provider = Provider::new(
    "easypost",
    "EasyPost",
    shapes::body_prefixed("x-hmac-signature", "hmac-sha256-hex=").with_key(KeyFormat::UTF8.normalized()),
)
.with_source(Confidence::OfficialCode, "https://github.com/EasyPost/easypost-node src/utils/util.js")
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "The secret is brought into Unicode's form NFKD. The raw body is signed; some official \
      libraries rewrite numbers in it.",
)
.with_id(Location::json("/id"))
.with_event_type(Location::json("/description"))
.with_data("/result")
.with_retries(Retries::for_secs(shapes::DAY).answered_in(7))
.with_retry_source(
    "https://www.easypost.com/if-the-customers-webhook-url-goes-down-how-does-easypost-respond",
);

/// Formstack.
///
/// Proof: `secondary`.
pub static FORMSTACK: Provider =
    Provider::new("formstack", "Formstack", shapes::body_prefixed("x-fs-signature", "sha256="))
        .with_source(
            Confidence::Secondary,
            "https://www.npmjs.com/package/n8n-nodes-base 2.41.2 \
              dist/nodes/Formstack/FormstackTriggerHelpers.js",
        )
        .with_checked("2026-11")
        .with_id(Location::first_of(FORMSTACK_IDS))
        .without_event_type(
            "https://developers.formstack.com/docs/webhook-setup (a submission is the only \
      event)",
        )
        .with_event_source("memory: https://help.formstack.com/hc/en-us/articles/360019205691-Webhooks");

const FORMSTACK_IDS: &[Location] = &[Location::json("/UniqueID"), Location::form("UniqueID")];

/// GitHub.
///
/// Proof: `sdk`.
pub static GITHUB: Provider = Provider::new(
    "github-sha256",
    "GitHub",
    shapes::body_prefixed("x-hub-signature-256", "sha256=").with_body_bytes(25 << 20),
)
.with_aliases(const { &[text("github")] })
.with_source(
    Confidence::OfficialCode,
    "https://github.com/octokit/webhooks-methods.js src/node/sign.ts; https://docs.github.com \
      validating-webhook-deliveries",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Id and type are headers that the signature does not cover. SHA-1 signatures are refused. \
      Hooks of content type form are signed over the raw form. Never retried by itself. Bodies \
      up to 25 MiB.",
)
.with_id(Location::header("x-github-delivery"))
.with_event_type(Location::header("x-github-event"))
.with_payload("payload")
.with_retries(Retries { attempts: Some(1), window_secs: None, ack_secs: Some(10) })
.with_body_limit(25 << 20, "https://docs.github.com/webhooks/webhook-events-and-payloads");

/// Jira (system webhooks).
///
/// Proof: `secondary`.
pub static JIRA: Provider =
    Provider::new("jira", "Jira (system webhooks)", shapes::body_prefixed("x-hub-signature", "sha256="))
        .with_source(
            Confidence::Secondary,
            "https://github.com/NangoHQ/nango \
              packages/server/lib/webhook/jira-webhook-routing.ts; \
              https://github.com/webhook-co/webhook \
              packages/webhooks-spec/src/adapters/config.ts (npm @webhook-co/webhooks-spec, \
              states it is doc-verified)",
        )
        .with_checked("2026-11")
        .with_notes("The id is a header that the signature does not cover.")
        .with_id(Location::header("x-atlassian-webhook-identifier"))
        .with_event_type(Location::json("/webhookEvent"))
        .with_retries(Retries::attempts(6).within(4500))
        .with_retry_source("memory: https://developer.atlassian.com/cloud/jira/platform/webhooks");

/// Meta (Facebook, Messenger, Instagram, WhatsApp).
///
/// Proof: `page`.
pub static META: Provider = Provider::new(
    "meta",
    "Meta (Facebook, Messenger, Instagram, WhatsApp)",
    shapes::body_prefixed("x-hub-signature-256", "sha256="),
)
.with_aliases(const { &[text("whatsapp"), text("messenger"), text("instagram"), text("facebook")] })
.with_source(Confidence::OfficialCode, "https://github.com/fbsamples/whatsapp-business-jaspers-market app.js")
.with_checked("2026-11")
.with_notes(
    "The type is the field that changed first; /object says what it belongs to, and messages \
      of Messenger have no changes. Characters beyond ASCII are sent as lower-case \\u escapes, \
      and signed as sent. The key is the app secret.",
)
.with_event_type(Location::first_of(META_TYPES))
.with_handshakes(catalogue::META)
.without_id(
    "https://developers.facebook.com/docs/graph-api/webhooks (/entry/0/id is that of \
      the object)",
)
.with_retries(Retries::for_secs(36 * shapes::HOUR))
.with_retry_source("https://developers.facebook.com/docs/graph-api/webhooks/getting-started")
.with_body_limit(
    3 << 20,
    "https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview",
);

/// Messenger and Instagram send `messaging`, the others `changes`; only the object is common to all.
const META_TYPES: &[Location] = &[Location::json("/entry/0/changes/0/field"), Location::json("/object")];

/// Mollie (next-gen webhooks).
///
/// Proof: `vectors`.
pub static MOLLIE: Provider = Provider::new(
    "mollie",
    "Mollie (next-gen webhooks)",
    Scheme::hmac_sha256(
        SignatureField::at(
            Location::header("x-mollie-signature"),
            Format::Value { prefixes: text("sha256="), required: false },
            Encoding::Hex,
        )
        .each(),
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

/// Microsoft Teams outgoing webhook.
///
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

/// Notion.
///
/// Proof: `sdk`.
pub static NOTION: Provider =
    Provider::new("notion", "Notion", shapes::body_prefixed("x-notion-signature", "sha256="))
        .with_source(Confidence::OfficialCode, "https://github.com/makenotion/notion-sdk-js src/webhooks.ts")
        .with_checked("2026-11")
        .with_proof(Proof::Sdk)
        .with_notes("The key is the verification_token of the first request.")
        .with_id(Location::json("/id"))
        .with_event_type(Location::json("/type"))
        .with_data("/data")
        .with_handshakes(catalogue::NOTION)
        .with_retries(Retries::attempts(9).within(shapes::DAY))
        .with_retry_source("memory: https://developers.notion.com/reference/webhooks-events-delivery");

/// npm hooks.
///
/// Proof: `page`.
pub static NPM: Provider =
    Provider::new("npm", "npm hooks", shapes::body_prefixed("x-npm-signature", "sha256="))
        .with_source(Confidence::OfficialCode, "https://github.com/npm/npm-hook-receiver index.js")
        .with_checked("2026-11")
        .with_event_type(Location::json("/event"))
        .without_id("https://github.com/npm/npm-hook-receiver")
        .without_body_limit(
            "https://github.com/npm/registry docs/hooks/hooks-payload.md, docs/hooks/endpoints.md",
        );

/// Typeform.
///
/// Proof: `page`.
pub static TYPEFORM: Provider = Provider::new(
    "typeform",
    "Typeform",
    Scheme::hmac_sha256(
        SignatureField::prefixed("typeform-signature", "sha256=", Encoding::Base64),
        "{body}",
    ),
)
.with_source(Confidence::OfficialDocs, "https://www.typeform.com/developers/webhooks/secure-your-webhooks/")
.with_checked("2026-11")
.with_id(Location::json("/event_id"))
.with_event_type(Location::json("/event_type"))
.with_retries(Retries::for_secs(38_100).answered_in(30))
.with_retry_source("https://www.typeform.com/developers/webhooks");

/// X / Twitter Account Activity.
///
/// Proof: `vectors`.
pub static X_TWITTER: Provider = Provider::new(
    "x-twitter",
    "X / Twitter Account Activity",
    Scheme::hmac_sha256(
        SignatureField::prefixed("x-twitter-webhooks-signature", "sha256=", Encoding::Base64),
        "{body}",
    ),
)
.with_aliases(const { &[text("twitter"), text("x")] })
.with_source(
    Confidence::Secondary,
    "https://github.com/frain-dev/convoy pkg/verifier/verifier.go; \
      https://github.com/twitterdev/account-activity-dashboard",
)
.with_checked("2026-11")
.with_proof(Proof::Vectors)
.with_notes(
    "The key is the consumer secret. Id and type are those of the X Activity API; \
      the Account Activity API, which is deprecated, has no id, and its type is the \
      name of a key of the body.",
)
.with_handshakes(catalogue::X_TWITTER)
.with_id(Location::json("/data/event_uuid"))
.with_event_type(Location::json("/data/event_type"))
.with_event_source("https://docs.x.com/x-api/activity/event-payloads.md")
.without_body_limit(
    "https://github.com/xdevplatform/docs x-api/webhooks/introduction.mdx, x-api/webhooks/quickstart.mdx",
);
