use serde::{Deserialize, Serialize};

/// What is computed over the signed content.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with MD5 (RFC 2104): no collision of MD5 is known to break it, and nobody should choose it today.
    HmacMd5,
    /// HMAC with SHA-1 (RFC 2104).
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-512.
    HmacSha512,
    /// SHA-1 of content that contains the secret (`{secret}`): weaker than HMAC, and some providers have nothing else.
    Sha1,
    /// SHA-256 of content that contains the secret (`{secret}`).
    Sha256,
    /// The secret itself is sent. Nothing of the request is authenticated.
    Token,
    /// HTTP Basic with `user:password` as the secret (RFC 7617). Nothing of the request is authenticated.
    Basic,
}

impl Algorithm {
    /// Whether the result depends on the signed content at all.
    #[must_use]
    pub const fn covers_content(self) -> bool {
        !matches!(self, Self::Token | Self::Basic)
    }

    /// Whether the secret is part of the content rather than a key.
    #[must_use]
    pub const fn takes_secret_in_content(self) -> bool {
        matches!(self, Self::Sha1 | Self::Sha256)
    }
}
