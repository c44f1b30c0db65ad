use std::sync::Arc;

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::text;
use crate::mac::Budget;
use crate::scheme::{Algorithm, Encoding};
use crate::work;

/// A public key.
pub(super) trait Verify: Send + Sync {
    /// Returns whether the signature is valid; always `false` once the budget is used up. `message` is the content,
    /// or its hash if the algorithm hashes first.
    fn verify(&self, message: &[u8], signature: &[u8], budget: &mut Budget) -> bool;
}

/// A private key.
pub(super) trait Sign: Send + Sync {
    /// Returns the signature. `None` if the key cannot sign, which is detected when it is loaded.
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>>;
}

/// A computation under one half of a key pair.
#[derive(Clone)]
pub(crate) struct Running {
    half: Half,
    message: Message,
}

/// One half of a key pair.
#[derive(Clone)]
pub(super) enum Half {
    Public(Arc<dyn Verify>),
    Private(Arc<dyn Sign>),
}

/// The input of the key: the content, or its hash.
#[derive(Clone)]
pub(super) enum Message {
    /// The whole content.
    Whole(Vec<u8>),
    Sha1(Sha1),
    Sha256(Sha256),
    Sha512(Sha512),
    /// Both hashes, SHA-256 first.
    Both(Sha256, Sha1),
}

impl Running {
    pub(super) const fn new(half: Half, message: Message) -> Self {
        Self { half, message }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match &self.message {
            Message::Whole(_) => work::copied(bytes.len()),
            Message::Sha1(_) | Message::Sha256(_) => work::hashed(bytes.len()),
            Message::Sha512(_) => work::hashed_slowly(bytes.len()),
            Message::Both(..) => work::hashed(2 * bytes.len()),
        }
        match &mut self.message {
            Message::Whole(message) => {
                // Few pieces: more room would not be counted in the budget.
                message.reserve_exact(bytes.len());
                message.extend_from_slice(bytes);
            }
            Message::Sha1(hash) => hash.update(bytes),
            Message::Sha256(hash) => hash.update(bytes),
            Message::Sha512(hash) => hash.update(bytes),
            Message::Both(first, second) => {
                first.update(bytes);
                second.update(bytes);
            }
        }
    }

    /// Returns the message to verify: the content, or its hash. It is the same for all keys of a scheme.
    pub(crate) fn into_message(self) -> Vec<u8> {
        self.message.finish()
    }

    /// Does both: returns whether one of the signatures of what was hashed so far verifies.
    #[cfg(test)]
    pub(crate) fn verifies(self, signatures: &[&[u8]], encoding: Encoding, budget: &mut Budget) -> bool {
        let message = self.clone().into_message();
        self.accepts(&message, signatures, encoding, budget)
    }

    /// Returns whether one of the signatures of the message verifies; always `false` for a private key and for
    /// signatures that cannot be decoded. Equal signatures are tried once.
    pub(crate) fn accepts(
        &self,
        message: &[u8],
        signatures: &[&[u8]],
        encoding: Encoding,
        budget: &mut Budget,
    ) -> bool {
        let Half::Public(key) = &self.half else { return false };
        let mut tried: Vec<Vec<u8>> = Vec::new();
        for signature in signatures.iter().filter_map(|signature| text::decode(signature, encoding)) {
            if tried.contains(&signature) {
                continue;
            }
            if key.verify(message, &signature, budget) {
                return true;
            }
            tried.push(signature);
        }
        false
    }

    /// Returns the text of the signature over complete pieces; empty for a public key.
    pub(crate) fn sign(&self, pieces: &[&[u8]], encoding: Encoding) -> String {
        let Half::Private(key) = &self.half else { return String::new() };
        let mut running = self.clone();
        for piece in pieces {
            running.update(piece);
        }
        let signature = key.sign(&running.message.finish()).unwrap_or_default();
        text::encode(&signature, encoding)
    }
}

impl Message {
    /// Returns the message to verify or sign.
    fn finish(self) -> Vec<u8> {
        match self {
            Self::Whole(message) => message,
            Self::Sha1(hash) => hash.finalize().to_vec(),
            Self::Sha256(hash) => hash.finalize().to_vec(),
            Self::Sha512(hash) => hash.finalize().to_vec(),
            Self::Both(first, second) => [first.finalize().as_slice(), second.finalize().as_slice()].concat(),
        }
    }

    /// Creates an empty message.
    pub(super) fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::EcdsaP256Sha1 | Algorithm::RsaSha1 => Self::Sha1(Sha1::new()),
            Algorithm::EcdsaP256Sha256 | Algorithm::RsaSha256 => Self::Sha256(Sha256::new()),
            Algorithm::RsaSha512 => Self::Sha512(Sha512::new()),
            Algorithm::RsaSha256OrSha1 => Self::Both(Sha256::new(), Sha1::new()),
            _ => Self::Whole(Vec::new()),
        }
    }
}

/// Creates the half of a pair that verifies.
pub(super) fn verifying(key: impl Verify + 'static) -> Half {
    Half::Public(Arc::new(key))
}

/// Creates the half of a pair that signs.
pub(super) fn signing(key: impl Sign + 'static) -> Half {
    Half::Private(Arc::new(key))
}
