use std::fmt;

use http::StatusCode;

/// Why a request was rejected, as one word: for logs, counters and the body of the response.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The signature is not there, or empty.
    MissingSignature,
    /// The signature field has no recognised signature in it.
    MalformedSignature,
    /// The field parses, but holds no signature of a version that is accepted.
    NoSignatureForExpectedVersion,
    /// No configured key makes any of the signatures.
    SignatureMismatch,
    /// The timestamp is not there, or empty.
    MissingTimestamp,
    /// The timestamp does not parse.
    MalformedTimestamp,
    /// The timestamp is older than the tolerance.
    TimestampTooOld,
    /// The timestamp is further in the future than the tolerance.
    TimestampTooNew,
    /// The signed delivery id is not there, or empty.
    MissingId,
    /// The delivery id would make the signed content ambiguous, or is not visible ASCII.
    MalformedId,
    /// Another header that the signature covers is not there.
    MissingHeader,
    /// A header that the signature covers would make the signed content ambiguous.
    MalformedHeader,
    /// A parameter of the query that the scheme needs is not there.
    MissingParameter,
    /// The digest of the body that the scheme relies on is not there.
    MissingBodyHash,
    /// The token has no claim for the body that is there.
    PayloadHashMissing,
    /// The token or URL has a digest of a body, and there is no body.
    PayloadMissing,
    /// The digest of the body is that of another body.
    BodyHashMismatch,
    /// The digest of the URL is that of another URL.
    UrlHashMismatch,
    /// A value that has to follow from the rest of the request does not.
    CheckFailed,
    /// The token names an algorithm that is not accepted, or none.
    JwtUnsupportedAlg,
    /// The signed content has the form of a handshake's challenge, which the endpoint signs for any sender.
    SignedChallenge,
    /// No signature names one of the configured keys.
    NoMatchingPublicKey,
    /// The body is not what the scheme has to read from it.
    MalformedBody,
    /// The body is not a form, and the scheme signs form fields.
    UnsupportedContentType,
    /// The scheme signs the URL, and the receiver was not told its public URL.
    MissingUrl,
    /// The body is larger than the limit.
    PayloadTooLarge,
    /// The body did not arrive within the deadline.
    BodyTimeout,
    /// The connection failed while the body was read.
    BodyUnreadable,
    /// The resolver of secrets does not know the tenant. The sender gets the answer to a wrong signature.
    UnknownTenant,
    /// Secrets belong to tenants, and the caller of the receiver has not looked them up.
    TenantNotLookedUp,
    /// The resolver of secrets failed.
    SecretsUnavailable,
    /// Too many bytes of other requests are buffered right now.
    BudgetSpent,
    /// The delivery is genuine, but its data does not fit the type that the handler asked for.
    DecodeFailed,
    /// The middleware that verifies is not installed on this route.
    NotInstalled,
    /// The secrets of this tenant cannot be used.
    BadSecrets,
    /// A handshake with a wrong token, from an origin that is not allowed, or with a secret that is not wanted.
    HandshakeRefused,
    /// A handshake with a value that is missing, too long, or cannot be sent back.
    MalformedHandshake,
    /// The delivery is being handled right now.
    InFlight,
    /// What remembers deliveries cannot be reached, or is full: nobody knows whether this one was handled.
    StoreUnavailable,
    /// The handler failed, or somebody else took the delivery over from it.
    HandlerFailed,
}

impl ErrorKind {
    /// The word for logs and counters, in snake case.
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
            Self::PayloadHashMissing => "payload_hash_missing",
            Self::PayloadMissing => "payload_missing",
            Self::BodyHashMismatch => "body_hash_mismatch",
            Self::UrlHashMismatch => "url_hash_mismatch",
            Self::CheckFailed => "check_failed",
            Self::JwtUnsupportedAlg => "jwt_unsupported_alg",
            Self::SignedChallenge => "signed_challenge",
            Self::NoMatchingPublicKey => "no_matching_public_key",
            Self::MalformedBody => "malformed_body",
            Self::UnsupportedContentType => "unsupported_content_type",
            Self::MissingUrl => "missing_url",
            Self::PayloadTooLarge => "payload_too_large",
            Self::BodyTimeout => "body_timeout",
            Self::BodyUnreadable => "body_unreadable",
            Self::UnknownTenant => "unknown_tenant",
            Self::TenantNotLookedUp => "tenant_not_looked_up",
            Self::SecretsUnavailable => "secrets_unavailable",
            Self::BudgetSpent => "budget_spent",
            Self::DecodeFailed => "decode_failed",
            Self::NotInstalled => "not_installed",
            Self::BadSecrets => "bad_secrets",
            Self::HandshakeRefused => "handshake_refused",
            Self::MalformedHandshake => "malformed_handshake",
            Self::InFlight => "in_flight",
            Self::StoreUnavailable => "store_unavailable",
            Self::HandlerFailed => "handler_failed",
        }
    }

    /// The status of the response. The one place where a kind becomes a status.
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
            | Self::PayloadHashMissing
            | Self::PayloadMissing
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
            | Self::JwtUnsupportedAlg
            | Self::SignedChallenge
            | Self::NoMatchingPublicKey => StatusCode::UNAUTHORIZED,
            Self::HandshakeRefused => StatusCode::FORBIDDEN,
            Self::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::DecodeFailed => StatusCode::UNPROCESSABLE_ENTITY,
            Self::MissingUrl
            | Self::NotInstalled
            | Self::TenantNotLookedUp
            | Self::BadSecrets
            | Self::HandlerFailed => StatusCode::INTERNAL_SERVER_ERROR,
            // Never 4xx, after which several providers drop the event.
            Self::BudgetSpent | Self::SecretsUnavailable | Self::InFlight | Self::StoreUnavailable => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// Whether it is about the signature, the timestamp or the headers, so that a provider may insist on a status.
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
