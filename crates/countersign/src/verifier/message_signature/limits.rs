use crate::error::VerifyError;

/// The largest number of signatures of a request.
pub(super) const MOST_SIGNATURES: usize = 16;

/// The largest number of bytes of a request that are examined to build the signature bases.
pub(super) const MOST_BYTES: usize = 256 << 10;

pub(super) const fn malformed(reason: &'static str) -> VerifyError {
    VerifyError::MalformedSignature { reason }
}
