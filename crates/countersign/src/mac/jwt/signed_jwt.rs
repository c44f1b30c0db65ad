use std::fmt;

use jsonwebtoken::Algorithm;

/// The parts of a JWT that are verified.
pub(crate) struct SignedJwt<'t> {
    pub(crate) algorithm: &'t str,
    pub(crate) kid: Option<&'t str>,
    pub(crate) message: &'t [u8],
    pub(crate) signature: &'t Vec<u8>,
    /// The certificates that the JWT carries, in Base64, that of its key first.
    pub(crate) certificates: Vec<&'t str>,
    /// The number of messages that are tried for this JWT; never 0.
    pub(crate) readings: usize,
}

/// An algorithm of JWTs: one of the library's, or ES512, which the library lacks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum JwtAlgorithm {
    Library(Algorithm),
    Es512,
}

impl JwtAlgorithm {
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

impl fmt::Display for JwtAlgorithm {
    /// Writes the name of the algorithm in JWTs (RFC 7518).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Library(algorithm) => write!(f, "{algorithm:?}"),
            Self::Es512 => f.write_str("ES512"),
        }
    }
}
