use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
use jsonwebtoken::{AlgorithmFamily, DecodingKey};
use p521::ecdsa::signature::Verifier;
use p521::ecdsa::{Signature, VerifyingKey};

use super::chain::Root;
use super::signed_jwt::{JwtAlgorithm, SignedJwt};
use crate::time::UnixTime;

/// A key that verifies JWTs.
pub(super) enum JwtVerifier {
    Library(DecodingKey),
    P521(Box<VerifyingKey>),
    /// The root of the certificates that a JWT carries.
    Root(Box<Root>),
}

impl JwtVerifier {
    /// Returns the bytes of a shared key. `None` for a public one.
    pub(super) fn shared(&self) -> Option<&[u8]> {
        match self {
            Self::Library(key) if key.family() == AlgorithmFamily::Hmac => key.try_get_as_bytes().ok(),
            _ => None,
        }
    }

    pub(super) fn verifies(&self, algorithm: JwtAlgorithm, jwt: &SignedJwt<'_>, now: UnixTime) -> bool {
        match (self, algorithm) {
            (Self::Library(key), JwtAlgorithm::Library(algorithm)) => {
                let verifier = (DEFAULT_PROVIDER.verifier_factory)(&algorithm, key);
                verifier.is_ok_and(|verifier| verifier.verify(jwt.message, jwt.signature).is_ok())
            }
            (Self::P521(key), JwtAlgorithm::Es512) => {
                let signature = Signature::from_slice(jwt.signature);
                signature.is_ok_and(|signature| key.verify(jwt.message, &signature).is_ok())
            }
            (Self::Root(root), algorithm) => root.verifies(algorithm, jwt, now),
            _ => false,
        }
    }
}
