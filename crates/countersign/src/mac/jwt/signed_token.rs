use std::fmt;

use jsonwebtoken::Algorithm;

/// The parts of a token that are verified.
pub(crate) struct SignedToken<'t> {
    pub(crate) algorithm: &'t str,
    pub(crate) kid: Option<&'t str>,
    pub(crate) message: &'t [u8],
    pub(crate) signature: &'t Vec<u8>,
    /// The certificates that the token carries, in Base64, that of its key first.
    pub(crate) certificates: Vec<&'t str>,
    /// The number of messages that are tried for this token; never 0.
    pub(crate) readings: usize,
}

/// An algorithm of tokens: one of the library's, or ES512, which the library lacks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum TokenAlgorithm {
    Library(Algorithm),
    Es512,
}

impl TokenAlgorithm {
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "ES512" => Some(Self::Es512),
            name => name.parse().ok().map(Self::Library),
        }
    }

    /// Returns about how many times longer verifying takes than with the common algorithms.
    pub(super) const fn weight(self) -> usize {
        match self {
            Self::Es512 => 5,
            Self::Library(Algorithm::ES384) => 3,
            Self::Library(_) => 1,
        }
    }
}

impl fmt::Display for TokenAlgorithm {
    /// Writes the name of the algorithm in tokens (RFC 7518).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Library(algorithm) => write!(f, "{algorithm:?}"),
            Self::Es512 => f.write_str("ES512"),
        }
    }
}
