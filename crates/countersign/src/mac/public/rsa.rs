use pkcs8::der::Decode;
use pkcs8::der::asn1::UintRef;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};

use super::material::{Kind, Material};
use super::running::{Half, Sign, Verify, signing, verifying};
use crate::error::ConfigError;
use crate::mac::Budget;
use crate::mac::Role;
use crate::mac::pairs::check_exponent;

struct Public {
    key: RsaPublicKey,
    hash: Hash,
}

struct Private {
    key: RsaPrivateKey,
    hash: Hash,
}

/// The signed hash.
#[derive(Clone, Copy)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha512,
    /// The message is both hashes, SHA-256 first; one of them is signed. Signing uses SHA-256.
    Either,
}

/// Loads either half of a key pair.
pub(super) fn load(text: &str, role: Role, hash: Hash) -> Result<Half, ConfigError> {
    let bytes = Material::read(text)?.half(Kind::Rsa, role)?;
    match role {
        Role::Verifier => Ok(verifying(Public { key: public(&bytes)?, hash })),
        Role::Signer => {
            let key = RsaPrivateKey::from_pkcs1_der(&bytes).map_err(|_| broken())?;
            check_size(key.n())?;
            let private = Private { key, hash };
            // A key that cannot sign a hash of zeros cannot sign any.
            private.sign(&vec![0; hash.len()]).ok_or_else(broken)?;
            Ok(signing(private))
        }
    }
}

pub(super) fn public(der: &[u8]) -> Result<RsaPublicKey, ConfigError> {
    let numbers = Vec::<UintRef<'_>>::from_der(der).map_err(|_| broken())?;
    let [n, e] = numbers.as_slice() else { return Err(broken()) };
    check_exponent(n.as_bytes(), e.as_bytes())?;
    let (n, e) = (BigUint::from_bytes_be(n.as_bytes()), BigUint::from_bytes_be(e.as_bytes()));
    check_size(&n)?;
    RsaPublicKey::new_with_max_size(n, e, LARGEST).map_err(|_| broken())
}

pub(super) fn check_size(n: &BigUint) -> Result<(), ConfigError> {
    let bits = n.bits();
    if (SMALLEST..=LARGEST).contains(&bits) {
        return Ok(());
    }
    let problem =
        format!("is an RSA key of {bits} bits; keys have {SMALLEST} to {LARGEST}, less is not safe");
    Err(ConfigError::new("secret", problem))
}

pub(super) fn broken() -> ConfigError {
    ConfigError::new("secret", "is an RSA key whose numbers do not belong together")
}

impl Hash {
    const fn len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
            Self::Either => 52,
        }
    }

    /// Returns the hashes in a message, with the padding of each in a signature.
    fn parts(self, message: &[u8]) -> Vec<(Pkcs1v15Sign, &[u8])> {
        match (self, message.split_at_checked(32)) {
            (Self::Either, Some((first, second))) => {
                vec![(Self::Sha256.padding(), first), (Self::Sha1.padding(), second)]
            }
            _ => vec![(self.padding(), message)],
        }
    }

    /// Returns the prefix of the hash in a signature: its name in DER (RFC 8017, 9.2, note 1).
    fn padding(self) -> Pkcs1v15Sign {
        let prefix: &[u8] = match self {
            Self::Sha1 => &[0x30, 33, 0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 20],
            Self::Sha512 => &[0x30, 81, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3, 5, 0, 4, 64],
            Self::Sha256 | Self::Either => {
                &[0x30, 49, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 32]
            }
        };
        Pkcs1v15Sign { hash_len: Some(self.len()), prefix: prefix.into() }
    }
}

impl Verify for Public {
    fn verify(&self, message: &[u8], signature: &[u8], budget: &mut Budget) -> bool {
        let mut parts = self.hash.parts(message).into_iter();
        // A signature is as long as the modulus (RFC 8017, section 8.2.2), which is checked without computation.
        signature.len() == self.key.size()
            && parts.any(|(padding, hash)| budget.take() && self.key.verify(padding, hash, signature).is_ok())
    }
}

impl Sign for Private {
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let (padding, hash) = self.hash.parts(message).into_iter().next()?;
        self.key.sign(padding, hash).ok()
    }
}

/// The smallest modulus in bits. Shorter keys can be broken at considerable cost (NIST SP 800-131A).
const SMALLEST: usize = 2048;
/// The largest modulus in bits. Longer keys cost more time without a benefit.
const LARGEST: usize = 8192;
