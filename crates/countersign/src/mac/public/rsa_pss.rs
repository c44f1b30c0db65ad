//! RSASSA-PSS with SHA-512 and a salt as long as the hash (RFC 8017, section 8.1).

use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::rand_core::{CryptoRng, Error, RngCore, impls};
use rsa::{Pss, RsaPrivateKey, RsaPublicKey};
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use super::material::{Kind, Material};
use super::rsa::{broken, check_size, public};
use super::running::{Half, Sign, Verify, signing, verifying};
use crate::error::ConfigError;
use crate::mac::Budget;
use crate::mac::Role;

struct Public(RsaPublicKey);

struct Private {
    key: RsaPrivateKey,
    der: Zeroizing<Vec<u8>>,
}

/// Loads either half of a key pair.
pub(super) fn load(text: &str, role: Role) -> Result<Half, ConfigError> {
    let material = Material::read(text)?;
    let kind = match &material {
        Material::Public(Kind::RsaPss, _) | Material::Private(Kind::RsaPss, _) => Kind::RsaPss,
        _ => Kind::Rsa,
    };
    let bytes = material.half(kind, role)?;
    match role {
        Role::Verifier => Ok(verifying(Public(public(&bytes)?))),
        Role::Signer => {
            let key = RsaPrivateKey::from_pkcs1_der(&bytes).map_err(|_| broken())?;
            check_size(rsa::traits::PublicKeyParts::n(&key))?;
            let private = Private { key, der: bytes };
            private.sign(b"").ok_or_else(broken)?;
            Ok(signing(private))
        }
    }
}

fn padding() -> Pss {
    Pss::new_with_salt::<rsa::sha2::Sha512>(SALT)
}

/// The length of the salt in bytes.
const SALT: usize = 64;

impl Verify for Public {
    fn verify(&self, message: &[u8], signature: &[u8], budget: &mut Budget) -> bool {
        budget.take_hashing(message.len())
            && self.0.verify(padding(), &Sha512::digest(message), signature).is_ok()
    }
}

impl Sign for Private {
    /// Signs deterministically: the salt is derived from the key and the content, so that no random numbers are
    /// needed.
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let hash = Sha512::digest(message);
        let mut salts = Derived { seed: Sha512::new_with_prefix(&*self.der).chain_update(hash), count: 0 };
        self.key.sign_with_rng(&mut salts, padding(), &hash).ok()
    }
}

/// Numbers derived from a secret seed.
struct Derived {
    seed: Sha512,
    count: u64,
}

impl RngCore for Derived {
    fn next_u32(&mut self) -> u32 {
        impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        for chunk in dest.chunks_mut(64) {
            self.count = self.count.wrapping_add(1);
            let block = self.seed.clone().chain_update(self.count.to_be_bytes()).finalize();
            for (to, from) in chunk.iter_mut().zip(block) {
                *to = from;
            }
        }
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl CryptoRng for Derived {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_is_derived_from_the_seed_and_from_what_was_taken_of_it() {
        let salts = |seed: &str| {
            let mut derived = Derived { seed: Sha512::new_with_prefix(seed), count: 0 };
            [(); 2].map(|()| {
                let mut salt = [0; 2 * SALT];
                derived.fill_bytes(&mut salt);
                salt
            })
        };
        let [first, second] = salts("a");
        assert_ne!(first, second);
        assert_ne!(first[..SALT], first[SALT..], "a long salt repeats nothing");
        assert_eq!(salts("a"), [first, second]);
        assert_ne!(salts("b"), [first, second]);
    }
}
