//! Keys without their containers: their kinds and their bytes.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::ConfigError;
use crate::mac::Role;

/// A key without its container.
pub(super) enum Material {
    /// Ed25519: 32 bytes. P-256, P-384 and P-521: a point (SEC 1). RSA: `RSAPublicKey`.
    Public(Kind, Vec<u8>),
    /// Ed25519: the seed. P-256, P-384 and P-521: the scalar. RSA: `RSAPrivateKey`.
    Private(Kind, Zeroizing<Vec<u8>>),
    /// Bytes without a container.
    Raw(Zeroizing<Vec<u8>>),
}

/// The kind of a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Ed25519,
    P256,
    P384,
    /// For JWTs.
    P521,
    Rsa,
    /// A key for RSASSA-PSS only.
    RsaPss,
    /// Any other kind, with its full name.
    Other(&'static str),
}

impl Material {
    /// Returns the bytes of the half that the role needs.
    pub(super) fn half(self, kind: Kind, role: Role) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
        let (found, bytes, half) = match self {
            Self::Public(kind, bytes) => (kind, Zeroizing::new(bytes), Role::Verifier),
            Self::Private(kind, bytes) => (kind, bytes, Role::Signer),
            Self::Raw(_) => return Err(unreadable()),
        };
        if found != kind {
            return Err(ConfigError::new("secret", format!("is {found}, and the scheme needs {kind}")));
        }
        if half == role { Ok(bytes) } else { Err(other_half(role)) }
    }
}

/// Returns the error with its cure for the wrong half of a key pair.
pub(super) fn other_half(role: Role) -> ConfigError {
    let cure = match role {
        Role::Verifier => {
            "is a private key; the verifier needs the public one: `openssl pkey -in FILE -pubout` prints it"
        }
        Role::Signer => "is a public key; the signer needs the private one",
    };
    ConfigError::new("secret", cure)
}

impl Kind {
    pub(super) fn of_jwk(kty: &str, crv: Option<&str>) -> Self {
        match (kty, crv) {
            ("OKP", Some("Ed25519")) => Self::Ed25519,
            ("EC", Some("P-256")) => Self::P256,
            ("RSA", _) => Self::Rsa,
            ("oct", _) => Self::Other("a shared secret"),
            ("EC", Some("P-384")) => Self::P384,
            ("EC", Some("P-521")) => Self::P521,
            ("EC", Some("secp256k1")) => Self::Other("a secp256k1 key"),
            _ => UNKNOWN,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ed25519 => "an Ed25519 key",
            Self::P256 => "a P-256 key",
            Self::P384 => "a P-384 key",
            Self::P521 => "a P-521 key",
            Self::Rsa => "an RSA key",
            Self::RsaPss => "an RSA-PSS key",
            Self::Other(name) => name,
        })
    }
}

/// A kind whose name is unknown here.
pub(super) const UNKNOWN: Kind = Kind::Other("a key of another kind");

pub(super) fn unreadable() -> ConfigError {
    ConfigError::new(
        "secret",
        "is in no format that keys are read in: PEM (SPKI, PKCS#1, PKCS#8, SEC1, a certificate), the same as DER in \
         Base64, or a JWK",
    )
}
