use std::error::Error;
use std::fmt;

use super::ErrorKind;

/// Why a delivery was not accepted, for the operator: names fields, ages and limits; never a secret, a signature
/// or a byte of the body.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum VerifyError {
    /// The signature is not there, or empty.
    MissingSignature,
    /// The signature field holds nothing that can be compared.
    MalformedSignature {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The signature field parses, but no entry has an accepted version.
    NoSignatureForExpectedVersion,
    /// No configured key makes any of the signatures.
    SignatureMismatch {
        /// How many keys were tried.
        keys: usize,
    },
    /// The timestamp is not there, or empty.
    MissingTimestamp,
    /// The timestamp does not parse.
    MalformedTimestamp {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The timestamp is too old.
    TimestampTooOld {
        /// Age in seconds.
        age: u64,
        /// The largest accepted age in seconds.
        tolerance: u64,
    },
    /// The timestamp is too far in the future.
    TimestampTooNew {
        /// Lead in seconds.
        ahead: u64,
        /// The largest accepted lead in seconds.
        tolerance: u64,
    },
    /// The signed delivery id is not there, or empty.
    MissingId,
    /// The delivery id cannot be taken as it is.
    MalformedId {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A header that the signature covers is not there.
    MissingHeader {
        /// Its name.
        name: String,
    },
    /// A header that the signature covers cannot be taken as it is.
    MalformedHeader {
        /// Its name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The scheme needs a part of the body that is not there.
    MalformedBody {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The scheme signs form fields, and the content type is another.
    UnsupportedContentType,
    /// The scheme signs the URL, and none was given.
    MissingUrl,
    /// The body is larger than the limit.
    PayloadTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

impl VerifyError {
    /// The same, as one word.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::MissingSignature => ErrorKind::MissingSignature,
            Self::MalformedSignature { .. } => ErrorKind::MalformedSignature,
            Self::NoSignatureForExpectedVersion => ErrorKind::NoSignatureForExpectedVersion,
            Self::SignatureMismatch { .. } => ErrorKind::SignatureMismatch,
            Self::MissingTimestamp => ErrorKind::MissingTimestamp,
            Self::MalformedTimestamp { .. } => ErrorKind::MalformedTimestamp,
            Self::TimestampTooOld { .. } => ErrorKind::TimestampTooOld,
            Self::TimestampTooNew { .. } => ErrorKind::TimestampTooNew,
            Self::MissingId => ErrorKind::MissingId,
            Self::MalformedId { .. } => ErrorKind::MalformedId,
            Self::MissingHeader { .. } => ErrorKind::MissingHeader,
            Self::MalformedHeader { .. } => ErrorKind::MalformedHeader,
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
            Self::MissingSignature => f.write_str("the signature is missing"),
            Self::MalformedSignature { reason } => write!(f, "malformed signature field: {reason}"),
            Self::NoSignatureForExpectedVersion => f.write_str("no signature of an accepted version"),
            Self::SignatureMismatch { keys: 1 } => {
                f.write_str("signature mismatch: wrong secret, or the body is not the one that was signed")
            }
            Self::SignatureMismatch { keys } => {
                write!(
                    f,
                    "signature mismatch under each of {keys} keys: wrong secrets, or another body than was signed"
                )
            }
            Self::MissingTimestamp => f.write_str("the timestamp is missing"),
            Self::MalformedTimestamp { reason } => write!(f, "malformed timestamp: {reason}"),
            Self::TimestampTooOld { age, tolerance } => {
                write!(f, "timestamp too old: {age} s, tolerance {tolerance} s")
            }
            Self::TimestampTooNew { ahead, tolerance } => {
                write!(f, "timestamp too new: {ahead} s in the future, tolerance {tolerance} s")
            }
            Self::MissingId => f.write_str("the delivery id is missing"),
            Self::MalformedId { reason } => write!(f, "malformed delivery id: {reason}"),
            Self::MissingHeader { name } => write!(f, "the signed header `{name}` is missing"),
            Self::MalformedHeader { name, reason } => write!(f, "malformed signed header `{name}`: {reason}"),
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
