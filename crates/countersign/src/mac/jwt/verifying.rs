use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
use jsonwebtoken::{AlgorithmFamily, DecodingKey};
use p521::ecdsa::signature::Verifier;
use p521::ecdsa::{Signature, VerifyingKey};

use super::chain::Root;
use super::signed_token::{SignedToken, TokenAlgorithm};
use crate::time::UnixTime;

/// A key that verifies tokens.
pub(super) enum TokenVerifier {
    Library(DecodingKey),
    P521(Box<VerifyingKey>),
    /// The root of the certificates that a token carries.
    Root(Box<Root>),
}

impl TokenVerifier {
    /// Returns the bytes of a shared key. `None` for a public one.
    pub(super) fn shared(&self) -> Option<&[u8]> {
        match self {
            Self::Library(key) if key.family() == AlgorithmFamily::Hmac => key.try_get_as_bytes().ok(),
            _ => None,
        }
    }

    pub(super) fn verifies(&self, algorithm: TokenAlgorithm, token: &SignedToken<'_>, now: UnixTime) -> bool {
        match (self, algorithm) {
            (Self::Library(key), TokenAlgorithm::Library(algorithm)) => {
                let verifier = (DEFAULT_PROVIDER.verifier_factory)(&algorithm, key);
                verifier.is_ok_and(|verifier| verifier.verify(token.message, token.signature).is_ok())
            }
            (Self::P521(key), TokenAlgorithm::Es512) => {
                let signature = Signature::from_slice(token.signature);
                signature.is_ok_and(|signature| key.verify(token.message, &signature).is_ok())
            }
            (Self::Root(root), algorithm) => root.verifies(algorithm, token, now),
            _ => false,
        }
    }
}
