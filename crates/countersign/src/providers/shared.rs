//! Constants and constructors that several declarations share.

use crate::scheme::{
    Encoding, Format, JwtRules, KeyFormat, Location, Scheme, SignatureField, TimestampFormat,
};
use crate::time::Tolerance;

/// The source of many declarations.
pub(super) const WEBHOOK_CO: &str = "https://github.com/webhook-co/webhook packages/webhooks-spec/src/adapters/config.ts (npm \
      @webhook-co/webhooks-spec, states it is doc-verified)";

/// The retry delays of senders that deliver through Svix. Source: <https://docs.svix.com/retries>.
pub(super) const SVIX_DELAYS: &[u64] = &[5, 5 * 60, 30 * 60, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR];

/// The largest payload that Svix accepts from its senders.
pub(super) const SVIX_BODY: usize = 1 << 20;

/// The source of [`SVIX_BODY`].
pub(super) const SVIX_BODY_SOURCE: &str =
    "https://github.com/svix/svix-webhooks rust/src/api/message.rs (of payloads that senders hand to Svix)";

/// An hour in seconds.
pub(super) const HOUR: u64 = 3600;

/// A day in seconds.
pub(super) const DAY: u64 = 24 * HOUR;

/// The tolerance of providers that document none.
pub(super) const CHOSEN: Tolerance = Tolerance::seconds(300);

/// Creates a scheme with the HMAC-SHA-256 of the body, in hexadecimal, alone in a header.
pub(super) const fn body_hex(header: &'static str) -> Scheme {
    Scheme::hmac_sha256(SignatureField::header(header, Encoding::Hex), "{body}")
}

/// Creates a scheme with the HMAC-SHA-256 of the body, in Base64, alone in a header.
pub(super) const fn body_base64(header: &'static str) -> Scheme {
    Scheme::hmac_sha256(SignatureField::header(header, Encoding::Base64), "{body}")
}

/// Creates a scheme with the HMAC-SHA-256 of the body, in hexadecimal after a required prefix.
pub(super) const fn body_prefixed(header: &'static str, prefix: &'static str) -> Scheme {
    Scheme::hmac_sha256(SignatureField::prefixed(header, prefix, Encoding::Hex), "{body}")
}

/// Creates a header with untagged signatures, separated by commas.
pub(super) const fn items(header: &'static str, encoding: Encoding) -> SignatureField {
    SignatureField::at(Location::header(header), Format::bare_list(","), encoding)
}

/// The time at which a JWT was issued.
pub(super) const ISSUED: Location = Location::claim("iat");

/// The leeway of most libraries.
pub(super) const LEEWAY: Tolerance = Tolerance::seconds(JwtRules::LEEWAY_SECS);

/// A bearer token. The case of `Bearer` does not matter (RFC 9110).
pub(super) const BEARER: SignatureField =
    SignatureField::prefixed("authorization", "Bearer ", Encoding::Base64Url);

/// A header that holds a token and nothing else.
pub(super) const fn bare_token(header: &'static str) -> SignatureField {
    SignatureField::header(header, Encoding::Base64Url)
}

/// The scheme of Hook0, which others deliver through.
pub(super) const HOOK0_V1: Scheme = Scheme::hmac_sha256(
    SignatureField::list("x-hook0-signature", [",", "=", "v1"], Encoding::Hex),
    "{timestamp}.{sig:h}.{headers:sig:h}.{body}",
)
.with_timestamp(Location::signature_item("t"), TimestampFormat::Seconds, Tolerance::seconds(300));

/// The scheme of Standard Webhooks.
pub(super) const STANDARD_WEBHOOKS_SCHEME: Scheme =
    standard_webhooks("webhook-signature", "webhook-timestamp", KeyFormat::base64("whsec_"));

/// Creates the scheme with other header names, or with another key format.
pub(super) const fn standard_webhooks(
    signature: &'static str,
    timestamp: &'static str,
    key: KeyFormat,
) -> Scheme {
    let signature = SignatureField::list(signature, [" ", ",", "v1"], Encoding::Base64);
    Scheme::hmac_sha256(signature, "{id}.{timestamp}.{body}").with_key(key).with_timestamp(
        Location::header(timestamp),
        TimestampFormat::Seconds,
        Tolerance::seconds(300),
    )
}

/// Creates a list like `t=1700000000,v1=…` over `{timestamp}.{body}`; `tags` are those of the timestamp and of the
/// signature.
pub(super) const fn stripe_like(
    header: &'static str,
    tags: [&'static str; 2],
    format: TimestampFormat,
    tolerance: Tolerance,
) -> Scheme {
    separated_by(",", header, tags, format, tolerance)
}

/// Creates such a list with another separator of items.
pub(super) const fn separated_by(
    separator: &'static str,
    header: &'static str,
    tags: [&'static str; 2],
    format: TimestampFormat,
    tolerance: Tolerance,
) -> Scheme {
    let [timestamp, signature] = tags;
    let signature = SignatureField::list(header, [separator, "=", signature], Encoding::Hex);
    Scheme::hmac_sha256(signature, "{timestamp}.{body}").with_timestamp(
        Location::signature_item(timestamp),
        format,
        tolerance,
    )
}

/// The id of such deliveries.
pub(super) const SVIX_ID: Location = Location::header("svix-id,webhook-id");

/// The scheme of senders that deliver through Svix. Headers named `webhook-*` are read, too, as its libraries do.
pub(super) const SVIX_SCHEME: Scheme = Scheme::hmac_sha256(
    SignatureField::list("svix-signature,webhook-signature", [" ", ",", "v1"], Encoding::Base64),
    "{id}.{timestamp}.{body}",
)
.with_key(KeyFormat::base64("whsec_"))
.with_timestamp(
    Location::header("svix-timestamp,webhook-timestamp"),
    TimestampFormat::Seconds,
    Tolerance::seconds(300),
);
