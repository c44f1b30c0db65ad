use std::error::Error;
use std::fmt;
use std::sync::Arc;

use super::ErrorKind;

/// The reason for rejecting a delivery, for the operator. It names fields, ages and limits, and contains no secret,
/// signature or byte of the body.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum VerifyError {
    /// The signature is absent or empty.
    MissingSignature {
        /// The place of the signature.
        at: Arc<str>,
    },
    /// The signature field contains nothing that can be compared.
    MalformedSignature {
        /// The defect.
        reason: &'static str,
    },
    /// The signature field contains no signature with an accepted prefix or tag.
    UnrecognisedSignature {
        /// The place of the signature.
        at: Arc<str>,
        /// The accepted prefixes or tags; empty if any is accepted.
        expected: Arc<str>,
    },
    /// The signature field parses, but no item has an accepted version.
    NoSignatureForExpectedVersion {
        /// The place of the signature.
        at: Arc<str>,
        /// The accepted tags; empty if any is accepted.
        expected: Arc<str>,
    },
    /// No configured key produces any of the signatures.
    SignatureMismatch {
        /// The number of keys that were tried.
        keys: usize,
    },
    /// The timestamp is absent or empty.
    MissingTimestamp {
        /// The place of the timestamp.
        at: Arc<str>,
    },
    /// The timestamp does not parse.
    MalformedTimestamp {
        /// The defect.
        reason: &'static str,
    },
    /// The timestamp is too old.
    TimestampTooOld {
        /// The age in seconds.
        age: u64,
        /// The largest accepted age in seconds.
        tolerance: u64,
    },
    /// The timestamp is too far in the future.
    TimestampTooNew {
        /// The lead in seconds.
        ahead: u64,
        /// The largest accepted lead in seconds.
        tolerance: u64,
    },
    /// The signed delivery id is absent or empty.
    MissingId {
        /// The place of the id.
        at: Arc<str>,
    },
    /// The delivery id is not valid.
    MalformedId {
        /// The defect.
        reason: &'static str,
    },
    /// A header that the signature covers is absent.
    MissingHeader {
        /// The name of the header.
        name: String,
    },
    /// A header that the signature covers is not valid.
    MalformedHeader {
        /// The name of the header.
        name: String,
        /// The defect.
        reason: &'static str,
    },
    /// A query parameter that the scheme needs is absent.
    MissingParameter {
        /// The name of the parameter.
        name: String,
    },
    /// A value required by the declaration's checks is absent.
    MissingCheck {
        /// The place of the value.
        at: String,
        /// The place is a claim of a JWT.
        is_claim: bool,
    },
    /// A checked value does not match the rest of the request.
    CheckFailed {
        /// The place of the value.
        at: String,
        /// The subject of the check: the body, the URL, or something else.
        of: CheckSubject,
    },
    /// The request contains a digest of a body, but no body.
    MissingBody,
    /// The JWT names an algorithm that is not accepted, for example `none`.
    UnsupportedJwtAlgorithm {
        /// The algorithms that the declaration accepts and for which keys are configured.
        accepted: String,
    },
    /// The signed content has the form of a handshake's challenge, which the endpoint signs for any sender.
    SignedChallenge,
    /// No signature names one of the configured keys.
    NoMatchingPublicKey,
    /// The body lacks a part that the scheme needs.
    MalformedBody {
        /// The defect.
        reason: &'static str,
    },
    /// The scheme signs form fields, and the content type is not that of a form.
    UnsupportedContentType,
    /// The scheme signs the URL, and no URL was given.
    MissingUrl,
    /// The body is larger than the limit.
    PayloadTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

/// The subject of a digest or check.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CheckSubject {
    /// The body.
    Body,
    /// The URL.
    Url,
    /// Something else, or the value is not a digest.
    Other,
}

impl VerifyError {
    /// Returns whether the error reports that something is absent.
    pub(crate) const fn is_absence(&self) -> bool {
        matches!(
            self,
            Self::MissingTimestamp { .. }
                | Self::MissingId { .. }
                | Self::MissingHeader { .. }
                | Self::MissingParameter { .. }
        )
    }

    /// Returns the kind of the error: the same reason as one word.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::MissingSignature { .. } => ErrorKind::MissingSignature,
            Self::MalformedSignature { .. } | Self::UnrecognisedSignature { .. } => {
                ErrorKind::MalformedSignature
            }
            Self::NoSignatureForExpectedVersion { .. } => ErrorKind::NoSignatureForExpectedVersion,
            Self::SignatureMismatch { .. } => ErrorKind::SignatureMismatch,
            Self::MissingTimestamp { .. } => ErrorKind::MissingTimestamp,
            Self::MalformedTimestamp { .. } => ErrorKind::MalformedTimestamp,
            Self::TimestampTooOld { .. } => ErrorKind::TimestampTooOld,
            Self::TimestampTooNew { .. } => ErrorKind::TimestampTooNew,
            Self::MissingId { .. } => ErrorKind::MissingId,
            Self::MalformedId { .. } => ErrorKind::MalformedId,
            Self::MissingHeader { .. } => ErrorKind::MissingHeader,
            Self::MalformedHeader { .. } => ErrorKind::MalformedHeader,
            Self::MissingParameter { .. } => ErrorKind::MissingParameter,
            Self::MissingCheck { is_claim: true, .. } => ErrorKind::MissingPayloadHash,
            Self::MissingCheck { .. } => ErrorKind::MissingBodyHash,
            Self::CheckFailed { of: CheckSubject::Body, .. } => ErrorKind::BodyHashMismatch,
            Self::CheckFailed { of: CheckSubject::Url, .. } => ErrorKind::UrlHashMismatch,
            Self::CheckFailed { of: CheckSubject::Other, .. } => ErrorKind::CheckFailed,
            Self::MissingBody => ErrorKind::MissingPayload,
            Self::UnsupportedJwtAlgorithm { .. } => ErrorKind::UnsupportedJwtAlgorithm,
            Self::SignedChallenge => ErrorKind::SignedChallenge,
            Self::NoMatchingPublicKey => ErrorKind::NoMatchingPublicKey,
            Self::MalformedBody { .. } => ErrorKind::MalformedBody,
            Self::UnsupportedContentType => ErrorKind::UnsupportedContentType,
            Self::MissingUrl => ErrorKind::MissingUrl,
            Self::PayloadTooLarge { .. } => ErrorKind::PayloadTooLarge,
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingSignature { at } => write!(f, "the signature is missing: expected in {at}"),
            Self::UnrecognisedSignature { at, expected } => {
                write!(f, "no signature in the expected form in {at}")?;
                if expected.is_empty() { Ok(()) } else { write!(f, ": expected {expected}") }
            }
            Self::MalformedSignature { reason } => write!(f, "malformed signature field: {reason}"),
            Self::NoSignatureForExpectedVersion { at, expected } => {
                write!(f, "no signature of an accepted version in {at}")?;
                if expected.is_empty() { Ok(()) } else { write!(f, ": expected {expected}") }
            }
            Self::SignatureMismatch { keys: 1 } => {
                f.write_str("signature mismatch: wrong secret, or the body is not the one that was signed")
            }
            Self::SignatureMismatch { keys } => {
                write!(
                    f,
                    "signature mismatch under each of {keys} keys: wrong secrets, or another body than was signed"
                )
            }
            Self::MissingTimestamp { at } => write!(f, "the timestamp is missing: expected in {at}"),
            Self::MalformedTimestamp { reason } => write!(f, "malformed timestamp: {reason}"),
            Self::TimestampTooOld { age, tolerance } => {
                write!(f, "timestamp too old: {age} s, tolerance {tolerance} s")
            }
            Self::TimestampTooNew { ahead, tolerance } => {
                write!(f, "timestamp too new: {ahead} s in the future, tolerance {tolerance} s")
            }
            Self::MissingId { at } => write!(f, "the delivery id is missing: expected in {at}"),
            Self::MalformedId { reason } => write!(f, "malformed delivery id: {reason}"),
            Self::MissingHeader { name } => write!(f, "the header `{name}` is missing"),
            Self::MalformedHeader { name, reason } => write!(f, "malformed signed header `{name}`: {reason}"),
            Self::MissingParameter { name } => {
                write!(f, "the parameter `{name}` of the query is missing")
            }
            Self::MissingCheck { at, .. } => write!(f, "there is no value at `{at}`"),
            Self::CheckFailed { at, of: CheckSubject::Body } => {
                write!(f, "the digest at `{at}` is that of another body")
            }
            Self::CheckFailed { at, of: CheckSubject::Url } => {
                write!(f, "the digest at `{at}` is that of another URL: compare the receiver's public URL")
            }
            Self::CheckFailed { at, of: CheckSubject::Other } => {
                write!(f, "unexpected value at `{at}`")
            }
            Self::MissingBody => f.write_str("the body is missing, and was signed"),
            Self::UnsupportedJwtAlgorithm { accepted } => {
                write!(f, "the algorithm of the JWT is not accepted: the keys are for {accepted}")
            }
            Self::SignedChallenge => f.write_str(
                "the signed content has the form of a handshake's challenge, which the endpoint signs for any sender",
            ),
            Self::NoMatchingPublicKey => f.write_str("no signature names one of the configured keys"),
            Self::MalformedBody { reason } => write!(f, "malformed body: {reason}"),
            Self::UnsupportedContentType => {
                f.write_str("the scheme signs form fields, but the content type is not a form")
            }
            Self::MissingUrl => f.write_str(
                "the scheme signs the URL: set the receiver's public URL, as the provider was given it",
            ),
            Self::PayloadTooLarge { limit } => write!(f, "the body is larger than {limit} bytes"),
        }
    }
}

impl Error for VerifyError {}
