use std::fmt;

use http::StatusCode;

/// The reason for a rejection as one word: for logs, counters and the body of the response. Refusals of
/// verified deliveries have kinds of their own, such as `countersign_inbox::RefusalKind`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The signature is absent or empty.
    MissingSignature,
    /// The signature field contains no signature in a recognised form.
    MalformedSignature,
    /// The field parses, but contains no signature of an accepted version.
    NoSignatureForExpectedVersion,
    /// No configured key produces any of the signatures.
    SignatureMismatch,
    /// The timestamp is absent or empty.
    MissingTimestamp,
    /// The timestamp does not parse.
    MalformedTimestamp,
    /// The timestamp is older than the tolerance.
    TimestampTooOld,
    /// The timestamp is further in the future than the tolerance.
    TimestampTooNew,
    /// The signed delivery id is absent or empty.
    MissingId,
    /// The delivery id would make the signed content ambiguous, or is not visible ASCII.
    MalformedId,
    /// Another header that the signature covers is absent.
    MissingHeader,
    /// A header that the signature covers would make the signed content ambiguous.
    MalformedHeader,
    /// A query parameter that the scheme needs is absent.
    MissingParameter,
    /// The digest of the body that the scheme relies on is absent.
    MissingBodyHash,
    /// The JWT lacks the claim for the body, although the request has a body.
    MissingPayloadHash,
    /// The JWT or URL contains a digest of a body, but the request has no body.
    MissingPayload,
    /// The digest of the body does not match the body.
    BodyHashMismatch,
    /// The digest of the URL does not match the URL.
    UrlHashMismatch,
    /// A checked value does not match the rest of the request.
    CheckFailed,
    /// The JWT names no algorithm, or one that is not accepted.
    UnsupportedJwtAlgorithm,
    /// The signed content has the form of a handshake's challenge, which the endpoint signs for any sender.
    SignedChallenge,
    /// No signature names one of the configured keys.
    NoMatchingPublicKey,
    /// The body lacks a part that the scheme reads from it.
    MalformedBody,
    /// The body is not a form, and the scheme signs form fields.
    UnsupportedContentType,
    /// The scheme signs the URL, and the receiver has no public URL configured.
    MissingUrl,
    /// The body is larger than the limit.
    PayloadTooLarge,
    /// The body did not arrive within the deadline.
    BodyTimeout,
    /// The connection failed while the body was read.
    BodyUnreadable,
    /// The resolver of secrets found no such tenant. The sender receives the answer for a wrong signature.
    UnknownTenant,
    /// The resolver of secrets failed.
    SecretsUnavailable,
    /// The buffered bodies of other requests use up the budget.
    BudgetSpent,
    /// The delivery is genuine, but its data does not fit the type that the handler asked for.
    DecodeFailed,
    /// The verifying middleware is not installed on this route.
    NotInstalled,
    /// The secrets of this tenant cannot be used.
    BadSecrets,
    /// A handshake was refused: wrong verify token, origin that is not allowed, or a secret that is not expected.
    HandshakeRefused,
    /// A handshake contains a value that is missing, too long, or cannot be sent back.
    MalformedHandshake,
}

impl ErrorKind {
    /// All kinds, for dashboards and tables.
    pub const ALL: &[Self] = &[
        Self::MissingSignature,
        Self::MalformedSignature,
        Self::NoSignatureForExpectedVersion,
        Self::SignatureMismatch,
        Self::MissingTimestamp,
        Self::MalformedTimestamp,
        Self::TimestampTooOld,
        Self::TimestampTooNew,
        Self::MissingId,
        Self::MalformedId,
        Self::MissingHeader,
        Self::MalformedHeader,
        Self::MissingParameter,
        Self::MissingBodyHash,
        Self::MissingPayloadHash,
        Self::MissingPayload,
        Self::BodyHashMismatch,
        Self::UrlHashMismatch,
        Self::CheckFailed,
        Self::UnsupportedJwtAlgorithm,
        Self::SignedChallenge,
        Self::NoMatchingPublicKey,
        Self::MalformedBody,
        Self::UnsupportedContentType,
        Self::MissingUrl,
        Self::PayloadTooLarge,
        Self::BodyTimeout,
        Self::BodyUnreadable,
        Self::UnknownTenant,
        Self::SecretsUnavailable,
        Self::BudgetSpent,
        Self::DecodeFailed,
        Self::NotInstalled,
        Self::BadSecrets,
        Self::HandshakeRefused,
        Self::MalformedHandshake,
    ];

    /// Returns the word for logs and counters, in snake case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingSignature => "missing_signature",
            Self::MalformedSignature => "malformed_signature",
            Self::NoSignatureForExpectedVersion => "no_signature_for_expected_version",
            Self::SignatureMismatch => "signature_mismatch",
            Self::MissingTimestamp => "missing_timestamp",
            Self::MalformedTimestamp => "malformed_timestamp",
            Self::TimestampTooOld => "timestamp_too_old",
            Self::TimestampTooNew => "timestamp_too_new",
            Self::MissingId => "missing_id",
            Self::MalformedId => "malformed_id",
            Self::MissingHeader => "missing_header",
            Self::MalformedHeader => "malformed_header",
            Self::MissingParameter => "missing_parameter",
            Self::MissingBodyHash => "missing_body_hash",
            Self::MissingPayloadHash => "missing_payload_hash",
            Self::MissingPayload => "missing_payload",
            Self::BodyHashMismatch => "body_hash_mismatch",
            Self::UrlHashMismatch => "url_hash_mismatch",
            Self::CheckFailed => "check_failed",
            Self::UnsupportedJwtAlgorithm => "unsupported_jwt_algorithm",
            Self::SignedChallenge => "signed_challenge",
            Self::NoMatchingPublicKey => "no_matching_public_key",
            Self::MalformedBody => "malformed_body",
            Self::UnsupportedContentType => "unsupported_content_type",
            Self::MissingUrl => "missing_url",
            Self::PayloadTooLarge => "payload_too_large",
            Self::BodyTimeout => "body_timeout",
            Self::BodyUnreadable => "body_unreadable",
            Self::UnknownTenant => "unknown_tenant",
            Self::SecretsUnavailable => "secrets_unavailable",
            Self::BudgetSpent => "budget_spent",
            Self::DecodeFailed => "decode_failed",
            Self::NotInstalled => "not_installed",
            Self::BadSecrets => "bad_secrets",
            Self::HandshakeRefused => "handshake_refused",
            Self::MalformedHandshake => "malformed_handshake",
        }
    }

    /// Returns the status of the response. No other function maps these kinds to a status.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::MissingSignature
            | Self::MalformedSignature
            | Self::NoSignatureForExpectedVersion
            | Self::MissingTimestamp
            | Self::MalformedTimestamp
            | Self::MissingId
            | Self::MalformedId
            | Self::MissingHeader
            | Self::MalformedHeader
            | Self::MissingParameter
            | Self::MissingBodyHash
            | Self::MissingPayloadHash
            | Self::MissingPayload
            | Self::MalformedBody
            | Self::BodyUnreadable
            | Self::MalformedHandshake => StatusCode::BAD_REQUEST,
            Self::SignatureMismatch
            | Self::UnknownTenant
            | Self::TimestampTooOld
            | Self::TimestampTooNew
            | Self::BodyHashMismatch
            | Self::UrlHashMismatch
            | Self::CheckFailed
            | Self::UnsupportedJwtAlgorithm
            | Self::SignedChallenge
            | Self::NoMatchingPublicKey => StatusCode::UNAUTHORIZED,
            Self::HandshakeRefused => StatusCode::FORBIDDEN,
            Self::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::DecodeFailed => StatusCode::UNPROCESSABLE_ENTITY,
            Self::MissingUrl | Self::NotInstalled | Self::BadSecrets => StatusCode::INTERNAL_SERVER_ERROR,
            // 5xx instead of 4xx, after which several providers drop the event.
            Self::BudgetSpent | Self::SecretsUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Returns whether the kind concerns the signature, the timestamp or the headers, for which a provider may
    /// require a status.
    pub(crate) fn is_about_signature(self) -> bool {
        matches!(self.status(), StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED)
            && !matches!(self, Self::BodyUnreadable | Self::MalformedHandshake)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_are_listed_in_their_order() {
        let listed: Vec<_> = ErrorKind::ALL.iter().map(|kind| *kind as usize).collect();
        assert_eq!(listed, (0..=ErrorKind::MalformedHandshake as usize).collect::<Vec<_>>());
    }
}
