use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};

use super::material::{Kind, Material};
use super::running::{Half, Sign, Verify, signing, verifying};
use crate::error::ConfigError;
use crate::mac::Budget;
use crate::mac::Role;

struct Public(VerifyingKey);

struct Private(SigningKey);

/// Loads either half of a key pair.
pub(super) fn load(text: &str, role: Role) -> Result<Half, ConfigError> {
    let bytes = Material::read(text)?.half(Kind::P256, role)?;
    let broken = |_| ConfigError::new("secret", "is a P-256 key that is not on the curve");
    Ok(match role {
        Role::Verifier => verifying(Public(VerifyingKey::from_sec1_bytes(&bytes).map_err(broken)?)),
        Role::Signer => signing(Private(SigningKey::from_slice(&bytes).map_err(broken)?)),
    })
}

impl Verify for Public {
    /// Verifies a signature. Providers send DER. 64 bytes may also be the two raw numbers: an ambiguous text is
    /// valid if either reading is, because either required a signature.
    fn verify(&self, message: &[u8], signature: &[u8], budget: &mut Budget) -> bool {
        let forms = [Signature::from_der(signature), Signature::from_slice(signature)];
        let mut forms = forms.into_iter().flatten();
        forms.any(|signature| budget.take() && self.0.verify_prehash(message, &signature).is_ok())
    }
}

impl Sign for Private {
    /// Signs deterministically (RFC 6979). The library derives the nonce with SHA-256, so that a signature over SHA-1 is as
    /// valid as that of section A.2.5, but another one.
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let signature: Signature = self.0.sign_prehash(message).ok()?;
        Some(signature.to_der().as_bytes().to_vec())
    }
}
