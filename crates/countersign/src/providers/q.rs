//! Slugs that begin with `q`.

use super::shared;
use crate::provider::{Confidence, Proof, Provider, Retries};
use crate::scheme::{
    Check, DigestFormat, Encoding, JwtRules, Location, Scheme, SignatureField, TimestampFormat,
};
use crate::time::Tolerance;

/// By slug.
pub(super) const DECLARATIONS: &[&Provider] = &[&QONTO, &QONTO_ONBOARDING, &QSTASH, &QUICKNODE, &QUO];

/// Qonto.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static QONTO: Provider = Provider::new(
    "qonto",
    "Qonto",
    shared::stripe_like("x-qonto-signature", ["t", "v1"], TimestampFormat::Seconds, Tolerance::seconds(300)),
)
.with_source(Confidence::OfficialDocs, "https://docs.qonto.com/api-reference/business-api/webhooks/setup")
.with_checked("2026-11")
.with_notes("Business API. The onboarding API signs otherwise: qonto-onboarding.")
.with_event_type(Location::json("/type"))
.with_data("/data")
.with_retries(Retries::ack_only(1))
.with_retry_source("https://docs.qonto.com/api-reference/business-api/webhooks/overview")
.with_id(Location::json("/id"))
.with_event_source("https://docs.qonto.com/api-reference/business-api/webhooks/supported-webhooks")
.without_body_limit("https://docs.qonto.com/api-reference/business-api/webhooks/setup");

/// Qonto (onboarding API).
///
/// Key: the text of the secret.
/// Proof: `vectors`.
pub static QONTO_ONBOARDING: Provider =
    Provider::new("qonto-onboarding", "Qonto (onboarding API)", shared::body_hex("qonto-sha256-signature"))
        .with_source(Confidence::OfficialDocs, "https://docs.qonto.com/api-reference/onboarding-api/webhooks")
        .with_checked("2026-11")
        .with_proof(Proof::Vectors)
        .with_notes("There is no timestamp, so the age of a delivery is not bounded.")
        .with_id(Location::json("/id"))
        .with_event_type(Location::json("/event_type"))
        .with_retries(Retries::attempts(11).within(2 * shared::DAY))
        .with_retry_source("https://docs.qonto.com/api-reference/onboarding-api/webhooks (about ten retries)")
        .without_body_limit("https://docs.qonto.com/api-reference/onboarding-api/webhooks");

/// Upstash QStash.
///
/// Key: the text of the secret.
/// Proof: `sdk`.
pub static QSTASH: Provider = Provider::new(
    "qstash",
    "Upstash QStash",
    Scheme::jwt(SignatureField::header("upstash-signature", Encoding::Base64Url), "HS256")
        .with_jwt(JwtRules::new("HS256").with_required("exp|nbf"))
        .with_optional_timestamp(
            Location::claim("iat"),
            TimestampFormat::Seconds,
            Tolerance::seconds(JwtRules::LEEWAY_SECS),
        )
        .with_checks(
            const {
                &[
                    Check::equals(Location::claim("iss"), "Upstash"),
                    Check::equals(Location::claim("sub"), "{url}"),
                    Check::digest(Location::claim("body"), DigestFormat::Sha256Base64Url, "{body}"),
                ]
            },
        ),
)
.with_source(
    Confidence::OfficialCode,
    "https://www.npmjs.com/package/@upstash/qstash 2.12.0 Receiver; \
     https://upstash.com/docs/qstash/features/security",
)
.with_checked("2026-11")
.with_proof(Proof::Sdk)
.with_notes(
    "Two keys are in use, the current one and the next: give both. `sub` is the URL as it \
     was given to QStash, so the public URL is needed. Tokens live for 5 minutes. The id \
     is a header that the signature does not cover, the same in every attempt.",
)
.with_id(Location::header("upstash-message-id"))
.without_event_type(
    "https://upstash.com/docs/qstash/howto/receiving (the body is what the sender \
      wrote)",
)
.with_retry_delays(&[12, 148, 1808])
.with_retry_source("https://github.com/upstash/docs qstash/features/retry.mdx (three by default)")
.with_body_limit(
    1 << 20,
    "https://github.com/upstash/docs qstash/overall/getstarted.mdx (can be raised on request)",
);

/// QuickNode Streams.
///
/// Key: the text of the secret.
/// Proof: `page`.
pub static QUICKNODE: Provider = Provider::new(
    "quicknode",
    "QuickNode Streams",
    Scheme::hmac_sha256(
        SignatureField::header("x-qn-signature", Encoding::Hex),
        "{header:x-qn-nonce}{timestamp}{body}",
    )
    .with_timestamp(Location::header("x-qn-timestamp"), TimestampFormat::Seconds, shared::CHOSEN),
)
.with_source(
    Confidence::OfficialDocs,
    "https://quicknode.com/guides/quicknode-products/streams/validating-incoming-streams- \
     webhook-messages; https://quicknode.com/sample-app-library/streams-webhook-validate- \
     signature",
)
.with_checked("2026-11")
.with_notes(
    "Nothing separates nonce, timestamp and body in what is signed. With compression the \
     signature is made over the JSON before it is compressed, which is too expensive \
     to undo for a request that may be forged: turn compression off in the settings of the stream, or decompress in \
     front of the verifier, up to a limit. The key is the security token of the stream. \
     Tolerance chosen: 300 s both ways.",
)
.without_id("https://www.quicknode.com/docs/streams/data-sources (a batch has the range of its blocks)")
.without_event_type("https://www.quicknode.com/docs/streams/data-sources (the data is that of the stream)")
.without_body_limit("https://github.com/quiknode-labs/blockchain-skills skills/quicknode-skill/references/streams-reference.md");

/// Quo (OpenPhone).
///
/// Key: the secret without `whsec_`, decoded from Base64.
/// Proof: `page`.
pub static QUO: Provider = Provider::new("quo", "Quo (OpenPhone)", shared::STANDARD_WEBHOOKS_SCHEME)
    .with_source(Confidence::OfficialDocs, "https://quo.com/docs/2026-03-30/webhooks-quickstart")
    .with_checked("2026-11")
    .with_notes(
        "Webhooks made before the new system sign the timestamp and the body in the header \
     openphone-signature, as `hmac;1;TIME;SIGNATURE`: they are not declared.",
    )
    .with_id(Location::header("webhook-id"))
    .with_event_type(Location::json("/type"))
    .with_data("/data")
    .with_retry_delays(shared::SVIX_DELAYS)
    .with_retry_source(
        "https://www.quo.com/docs/2026-03-30/webhooks-overview (as three repositories restate it)",
    )
    .without_body_limit("https://www.quo.com/docs/2026-03-30/webhooks-overview (first part)");
