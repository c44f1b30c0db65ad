//! ECDSA over the whole content: on P-384, and on P-256 if a signature is its two raw numbers instead of DER.

use p256::ecdsa as p256_ecdsa;
use p384::ecdsa as p384_ecdsa;
use p384_ecdsa::signature::{Signer, Verifier};

use super::material::{Kind, Material};
use super::running::{Half, Sign, Verify, signing, verifying};
use crate::error::ConfigError;
use crate::mac::Budget;
use crate::mac::Role;

struct PublicP256(p256_ecdsa::VerifyingKey);

struct PrivateP256(p256_ecdsa::SigningKey);

struct PublicP384 {
    key: p384_ecdsa::VerifyingKey,
    is_fixed: bool,
}

struct PrivateP384 {
    key: p384_ecdsa::SigningKey,
    is_fixed: bool,
}

/// Loads either half of a key for signatures of 64 bytes.
pub(super) fn p256(text: &str, role: Role) -> Result<Half, ConfigError> {
    let bytes = Material::read(text)?.half(Kind::P256, role)?;
    let broken = |_| ConfigError::new("secret", "is a P-256 key that is not on the curve");
    Ok(match role {
        Role::Verifier => {
            verifying(PublicP256(p256_ecdsa::VerifyingKey::from_sec1_bytes(&bytes).map_err(broken)?))
        }
        Role::Signer => signing(PrivateP256(p256_ecdsa::SigningKey::from_slice(&bytes).map_err(broken)?)),
    })
}

/// Loads either half of a key for signatures of 96 bytes, or for DER and 96 bytes.
pub(super) fn p384(text: &str, role: Role, is_fixed: bool) -> Result<Half, ConfigError> {
    let bytes = Material::read(text)?.half(Kind::P384, role)?;
    let broken = |_| ConfigError::new("secret", "is a P-384 key that is not on the curve");
    Ok(match role {
        Role::Verifier => {
            let key = p384_ecdsa::VerifyingKey::from_sec1_bytes(&bytes).map_err(broken)?;
            verifying(PublicP384 { key, is_fixed })
        }
        Role::Signer => {
            let key = p384_ecdsa::SigningKey::from_slice(&bytes).map_err(broken)?;
            signing(PrivateP384 { key, is_fixed })
        }
    })
}

impl Verify for PublicP256 {
    fn verify(&self, message: &[u8], signature: &[u8], budget: &mut Budget) -> bool {
        let signature = p256_ecdsa::Signature::from_slice(signature);
        signature.is_ok_and(|signature| {
            budget.take_hashing(message.len()) && self.0.verify(message, &signature).is_ok()
        })
    }
}

impl Sign for PrivateP256 {
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let signature: p256_ecdsa::Signature = self.0.try_sign(message).ok()?;
        Some(signature.to_bytes().to_vec())
    }
}

impl Verify for PublicP384 {
    fn verify(&self, message: &[u8], signature: &[u8], budget: &mut Budget) -> bool {
        let der = (!self.is_fixed).then(|| p384_ecdsa::Signature::from_der(signature).ok()).flatten();
        let forms = [p384_ecdsa::Signature::from_slice(signature).ok(), der];
        let mut forms = forms.into_iter().flatten();
        forms.any(|signature| {
            budget.take_hashing(message.len()) && self.key.verify(message, &signature).is_ok()
        })
    }
}

impl Sign for PrivateP384 {
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let signature: p384_ecdsa::Signature = self.key.try_sign(message).ok()?;
        if self.is_fixed {
            return Some(signature.to_bytes().to_vec());
        }
        Some(signature.to_der().as_bytes().to_vec())
    }
}
