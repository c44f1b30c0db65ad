//! Constants and constructors shared by many declarations.

use crate::scheme::{Encoding, Format, Location, Scheme, SignatureField};
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
