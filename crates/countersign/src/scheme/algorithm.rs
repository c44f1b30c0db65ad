use serde::{Deserialize, Serialize};

/// The algorithm that is applied to the signed content.
///
/// The algorithms with public keys are behind features of this crate that are off by default. A declaration that
/// uses one can always be loaded and checked; building a [`Verifier`](crate::Verifier) for it fails with an error
/// that names the feature.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with MD5 (RFC 2104): no known collision of MD5 breaks it, but it should not be chosen for new schemes.
    HmacMd5,
    /// HMAC with SHA-1 (RFC 2104).
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-384.
    HmacSha384,
    /// HMAC with SHA-512.
    HmacSha512,
    /// MD5 of content that contains the secret (`{secret}`). Collisions of MD5 take seconds to find, and if the
    /// secret comes first, an attacker can append to the signed content. Cryptomus offers no other algorithm.
    Md5,
    /// SHA-1 of content that contains the secret (`{secret}`): weaker than HMAC, but the only algorithm of some
    /// providers.
    Sha1,
    /// SHA-256 of content that contains the secret (`{secret}`).
    Sha256,
    /// SHA-384 of content that contains the secret (`{secret}`): Przelewy24.
    Sha384,
    /// SHA-512 of content that contains the secret (`{secret}`).
    Sha512,
    /// SHA-1 or SHA-256, by the length of the signature: an account's choice (Cloudinary).
    #[serde(rename = "sha1-or-sha256")]
    Sha1OrSha256,
    /// The request carries the secret itself. No part of the request is authenticated.
    Token,
    /// HTTP Basic with `user:password` as the secret (RFC 7617). No part of the request is authenticated.
    Basic,
    /// Ed25519 (RFC 8032), verified strictly: weak keys and malleable signatures are rejected. Feature `ed25519`.
    Ed25519,
    /// ECDSA over P-256 with SHA-256 (FIPS 186-5). Signatures are DER; 64 bytes `r || s` are accepted too. Feature
    /// `ecdsa`.
    #[serde(rename = "ecdsa-p256-sha256")]
    EcdsaP256Sha256,
    /// ECDSA over P-256 with SHA-1: eBay's only algorithm. An attacker who can make the signer sign chosen content
    /// can forge signatures. Feature `ecdsa`.
    #[serde(rename = "ecdsa-p256-sha1")]
    EcdsaP256Sha1,
    /// ECDSA over P-384 with SHA-384 (FIPS 186-5). Signatures are DER; 96 bytes `r || s` are accepted too. Feature
    /// `ecdsa`.
    #[serde(rename = "ecdsa-p384-sha384")]
    EcdsaP384Sha384,
    /// RSA PKCS#1 v1.5 with SHA-256 (RFC 8017), keys of 2048 to 8192 bits. Feature `rsa`.
    RsaSha256,
    /// RSA PKCS#1 v1.5 with SHA-512. Feature `rsa`.
    RsaSha512,
    /// RSA PKCS#1 v1.5 with SHA-1: the first version of AWS SNS. An attacker who can make the signer sign chosen
    /// content can forge signatures. Feature `rsa`.
    RsaSha1,
    /// RSA PKCS#1 v1.5 with SHA-256 or SHA-1: the padding of a signature names its hash (AWS SNS, whose topics
    /// choose). Feature `rsa`.
    #[serde(rename = "rsa-sha256-or-sha1")]
    RsaSha256OrSha1,
    /// RSASSA-PSS with SHA-512 and a salt of 64 bytes (RFC 8017, RFC 9421). Feature `rsa`.
    RsaPssSha512,
    /// A JSON Web Token (RFC 7519). [`JwtRules`](super::JwtRules) and [`Check`](super::Check) declare the
    /// required claims. Feature `jwt`.
    Jwt,
}

impl Algorithm {
    /// Returns whether the result depends on the signed content. A JWT covers the content that its own claims
    /// describe.
    #[must_use]
    pub const fn covers_content(self) -> bool {
        !matches!(self, Self::Token | Self::Basic | Self::Jwt)
    }

    /// Returns whether the secret is part of the content instead of a key.
    #[must_use]
    pub const fn takes_secret_in_content(self) -> bool {
        matches!(
            self,
            Self::Md5 | Self::Sha1 | Self::Sha256 | Self::Sha384 | Self::Sha512 | Self::Sha1OrSha256
        )
    }

    /// Returns whether the algorithm always uses a key pair: a verifier takes the public key and cannot sign. For
    /// JWTs the key decides.
    #[must_use]
    pub const fn is_asymmetric(self) -> bool {
        matches!(
            self,
            Self::Ed25519
                | Self::EcdsaP256Sha256
                | Self::EcdsaP256Sha1
                | Self::EcdsaP384Sha384
                | Self::RsaPssSha512
                | Self::RsaSha256
                | Self::RsaSha512
                | Self::RsaSha1
                | Self::RsaSha256OrSha1
        )
    }

    /// Returns the feature of this crate that the algorithm needs, or `None` if it is always available.
    #[must_use]
    pub const fn feature(self) -> Option<&'static str> {
        match self {
            Self::Ed25519 => Some("ed25519"),
            Self::EcdsaP256Sha256 | Self::EcdsaP256Sha1 | Self::EcdsaP384Sha384 => Some("ecdsa"),
            Self::RsaPssSha512 => Some("rsa"),
            Self::RsaSha256 | Self::RsaSha512 | Self::RsaSha1 | Self::RsaSha256OrSha1 => Some("rsa"),
            Self::Jwt => Some("jwt"),
            _ => None,
        }
    }

    /// Returns the algorithms that a secret is a key for. Each of two is tried as if it had a secret of its own.
    pub(crate) fn choices(self) -> impl Iterator<Item = Self> {
        let (first, second) = match self {
            Self::Sha1OrSha256 => (Self::Sha1, Some(Self::Sha256)),
            other => (other, None),
        };
        std::iter::once(first).chain(second)
    }

    /// Returns about how many times longer a hash takes than SHA-256 with the instructions of current processors; 0 if
    /// nothing is hashed.
    pub(crate) const fn hash_weight(self) -> usize {
        match self {
            Self::Token | Self::Basic => 0,
            Self::HmacMd5 | Self::Md5 => 3,
            Self::HmacSha384 | Self::HmacSha512 | Self::Sha384 | Self::Sha512 => 3,
            _ => 1,
        }
    }

    /// Returns about how many times longer verifying with a public key takes than with the common algorithms.
    pub(crate) const fn operation_weight(self) -> usize {
        match self {
            Self::EcdsaP384Sha384 => 3,
            _ => 1,
        }
    }

    /// Returns the time of verifying with a public key, in units of work.
    pub(crate) const fn operation_units(self) -> usize {
        match self {
            Self::Ed25519 => 150_000,
            _ => 400_000 * self.operation_weight(),
        }
    }

    /// Returns whether the content can be hashed while it arrives. Ed25519 hashes it after a part of the signature;
    /// the rarer algorithms hash it once it is complete.
    pub(crate) const fn hashes_in_order(self) -> bool {
        !matches!(self, Self::Ed25519 | Self::EcdsaP384Sha384 | Self::RsaPssSha512)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_in_declarations_are_those_of_the_documentation() {
        for (algorithm, name, feature) in [
            (Algorithm::HmacSha256, "hmac-sha256", None),
            (Algorithm::HmacSha384, "hmac-sha384", None),
            (Algorithm::Md5, "md5", None),
            (Algorithm::Sha384, "sha384", None),
            (Algorithm::Sha512, "sha512", None),
            (Algorithm::Sha1OrSha256, "sha1-or-sha256", None),
            (Algorithm::Token, "token", None),
            (Algorithm::Ed25519, "ed25519", Some("ed25519")),
            (Algorithm::EcdsaP256Sha256, "ecdsa-p256-sha256", Some("ecdsa")),
            (Algorithm::EcdsaP256Sha1, "ecdsa-p256-sha1", Some("ecdsa")),
            (Algorithm::EcdsaP384Sha384, "ecdsa-p384-sha384", Some("ecdsa")),
            (Algorithm::RsaPssSha512, "rsa-pss-sha512", Some("rsa")),
            (Algorithm::RsaSha256, "rsa-sha256", Some("rsa")),
            (Algorithm::RsaSha512, "rsa-sha512", Some("rsa")),
            (Algorithm::RsaSha1, "rsa-sha1", Some("rsa")),
            (Algorithm::RsaSha256OrSha1, "rsa-sha256-or-sha1", Some("rsa")),
        ] {
            assert_eq!(serde_json::to_value(algorithm).unwrap(), name);
            assert_eq!(serde_json::from_value::<Algorithm>(name.into()).unwrap(), algorithm);
            assert_eq!(
                (algorithm.feature(), algorithm.is_asymmetric()),
                (feature, feature.is_some()),
                "{name}"
            );
        }
        assert_eq!((Algorithm::Jwt.feature(), Algorithm::Jwt.is_asymmetric()), (Some("jwt"), false));
    }
}
