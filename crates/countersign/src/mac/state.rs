use hmac::{Hmac, KeyInit, Mac as _};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::features::missing_feature;
#[cfg(feature = "_public-key")]
use super::public::Running;
use super::{Budget, Expected};
use crate::error::ConfigError;
use crate::scheme::{Algorithm, Encoding};
use crate::work;

/// A running computation over signed content.
#[derive(Clone)]
pub(crate) enum Mac {
    HmacMd5(Hmac<Md5>),
    HmacSha1(Hmac<Sha1>),
    HmacSha256(Hmac<Sha256>),
    HmacSha384(Hmac<Sha384>),
    HmacSha512(Hmac<Sha512>),
    Md5(Md5),
    Sha1(Sha1),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
    /// The signature is the secret itself.
    Token,
    /// A computation under one half of a key pair.
    #[cfg(feature = "_public-key")]
    Pair(Box<Running>),
}

impl Mac {
    /// Creates the state that is cloned per request. The key schedule is computed here, once.
    pub(crate) fn keyed(algorithm: Algorithm, key: &[u8]) -> Result<Self, ConfigError> {
        let refused = |_| ConfigError::new("secret", "cannot be used as a key of this algorithm");
        Ok(match algorithm {
            Algorithm::HmacMd5 => Self::HmacMd5(Hmac::new_from_slice(key).map_err(refused)?),
            Algorithm::HmacSha1 => Self::HmacSha1(Hmac::new_from_slice(key).map_err(refused)?),
            Algorithm::HmacSha256 => Self::HmacSha256(Hmac::new_from_slice(key).map_err(refused)?),
            Algorithm::HmacSha384 => Self::HmacSha384(Hmac::new_from_slice(key).map_err(refused)?),
            Algorithm::HmacSha512 => Self::HmacSha512(Hmac::new_from_slice(key).map_err(refused)?),
            // Each of two algorithms has a key of its own.
            Algorithm::Sha1 | Algorithm::Sha1OrSha256 => Self::Sha1(Sha1::new()),
            Algorithm::Md5 => Self::Md5(Md5::new()),
            Algorithm::Sha256 => Self::Sha256(Sha256::new()),
            Algorithm::Sha384 => Self::Sha384(Sha384::new()),
            Algorithm::Sha512 => Self::Sha512(Sha512::new()),
            Algorithm::Token | Algorithm::Basic => Self::Token,
            Algorithm::Ed25519
            | Algorithm::EcdsaP256Sha256
            | Algorithm::EcdsaP256Sha1
            | Algorithm::EcdsaP384Sha384
            | Algorithm::RsaPssSha512
            | Algorithm::RsaSha256
            | Algorithm::RsaSha512
            | Algorithm::RsaSha1
            | Algorithm::RsaSha256OrSha1 => return Err(missing_feature(algorithm)),
            Algorithm::Jwt => return Err(ConfigError::new("secret", "is the key of a JWT, and no MAC")),
        })
    }

    /// Returns the signature over complete pieces, under a copy of this keyed state. No dispatch and no moves
    /// between the pieces: nearly every delivery takes this path.
    #[inline]
    pub(crate) fn sign<'k>(&self, pieces: &[&[u8]], secret: &'k [u8], encoding: Encoding) -> Expected<'k> {
        match self {
            Self::HmacSha256(mac) => Expected::encode(&hmac(mac, pieces), encoding),
            _ => self.sign_rarely(pieces, secret, encoding),
        }
    }

    /// The same for algorithms other than HMAC-SHA-256. Separate, because its code would slow down that path.
    #[inline(never)]
    fn sign_rarely<'k>(&self, pieces: &[&[u8]], secret: &'k [u8], encoding: Encoding) -> Expected<'k> {
        let mut mac = self.clone();
        for piece in pieces {
            mac.update(piece);
        }
        mac.finish(secret, encoding)
    }

    /// Returns the message that public keys verify; empty for shared secrets.
    pub(crate) fn into_message(self) -> Vec<u8> {
        match self {
            #[cfg(feature = "_public-key")]
            Self::Pair(running) => running.into_message(),
            _ => Vec::new(),
        }
    }

    /// Returns whether one of the signatures of the message verifies under a public key. Always `false` for shared
    /// secrets, whose signatures are compared instead.
    #[cfg_attr(not(feature = "_public-key"), allow(unused_variables, reason = "no algorithm looks at them"))]
    pub(crate) fn accepts(
        &self,
        message: &[u8],
        signatures: &[&[u8]],
        encoding: Encoding,
        budget: &mut Budget,
    ) -> bool {
        match self {
            #[cfg(feature = "_public-key")]
            Self::Pair(running) => running.accepts(message, signatures, encoding, budget),
            _ => false,
        }
    }

    /// Returns the text of the signature by a private key, or `None` for a shared secret.
    #[cfg_attr(not(feature = "_public-key"), allow(unused_variables, reason = "no algorithm looks at them"))]
    pub(crate) fn signature(&self, pieces: &[&[u8]], encoding: Encoding) -> Option<String> {
        match self {
            #[cfg(feature = "_public-key")]
            Self::Pair(running) => Some(running.sign(pieces, encoding)),
            _ => None,
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Token => {}
            #[cfg(feature = "_public-key")]
            Self::Pair(_) => {}
            Self::HmacSha256(_) | Self::Sha256(_) | Self::HmacSha1(_) | Self::Sha1(_) => {
                work::hashed(bytes.len())
            }
            _ => work::hashed_slowly(bytes.len()),
        }
        match self {
            Self::HmacMd5(mac) => mac.update(bytes),
            Self::HmacSha1(mac) => mac.update(bytes),
            Self::HmacSha256(mac) => mac.update(bytes),
            Self::HmacSha384(mac) => mac.update(bytes),
            Self::HmacSha512(mac) => mac.update(bytes),
            Self::Md5(hash) => Digest::update(hash, bytes),
            Self::Sha1(hash) => Digest::update(hash, bytes),
            Self::Sha256(hash) => Digest::update(hash, bytes),
            Self::Sha384(hash) => Digest::update(hash, bytes),
            Self::Sha512(hash) => Digest::update(hash, bytes),
            Self::Token => {}
            #[cfg(feature = "_public-key")]
            Self::Pair(running) => running.update(bytes),
        }
    }

    /// Returns the expected signature. `secret` is the text that a token scheme sends.
    pub(crate) fn finish(self, secret: &[u8], encoding: Encoding) -> Expected<'_> {
        match self {
            Self::HmacMd5(mac) => Expected::encode(&mac.finalize().into_bytes(), encoding),
            Self::HmacSha1(mac) => Expected::encode(&mac.finalize().into_bytes(), encoding),
            Self::HmacSha256(mac) => Expected::encode(&mac.finalize().into_bytes(), encoding),
            Self::HmacSha384(mac) => Expected::encode(&mac.finalize().into_bytes(), encoding),
            Self::HmacSha512(mac) => Expected::encode(&mac.finalize().into_bytes(), encoding),
            Self::Md5(hash) => Expected::encode(&hash.finalize(), encoding),
            Self::Sha1(hash) => Expected::encode(&hash.finalize(), encoding),
            Self::Sha256(hash) => Expected::encode(&hash.finalize(), encoding),
            Self::Sha384(hash) => Expected::encode(&hash.finalize(), encoding),
            Self::Sha512(hash) => Expected::encode(&hash.finalize(), encoding),
            Self::Token => Expected::token(secret),
            #[cfg(feature = "_public-key")]
            // Equal to nothing: a key pair has no expected signature to compare with.
            Self::Pair(_) => Expected::token(&[]),
        }
    }
}

#[inline]
fn hmac<M: hmac::Mac + Clone>(keyed: &M, pieces: &[&[u8]]) -> hmac::digest::Output<M> {
    let mut mac = keyed.clone();
    for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
        work::hashed(piece.len());
        mac.update(piece);
    }
    mac.finalize().into_bytes()
}

/// Returns HMAC-SHA-256 in hexadecimal.
pub(crate) fn hmac_sha256_hex(key: &[u8], content: &[u8]) -> Option<String> {
    text(&hmac_of::<Hmac<Sha256>>(key, content)?, Encoding::Hex)
}

/// Returns HMAC-SHA-256 in Base64.
pub(crate) fn hmac_sha256_base64(key: &[u8], content: &[u8]) -> Option<String> {
    text(&hmac_of::<Hmac<Sha256>>(key, content)?, Encoding::Base64)
}

/// Returns HMAC-SHA-1 in hexadecimal.
pub(crate) fn hmac_sha1_hex(key: &[u8], content: &[u8]) -> Option<String> {
    text(&hmac_of::<Hmac<Sha1>>(key, content)?, Encoding::Hex)
}

/// Returns SHA-256 in hexadecimal.
pub(crate) fn sha256_hex(content: &[u8]) -> String {
    const_hex::encode(Sha256::digest(content))
}

/// Returns the HMAC. `None` for a key that the algorithm does not accept; HMAC accepts all.
fn hmac_of<M: hmac::Mac + KeyInit>(key: &[u8], content: &[u8]) -> Option<hmac::digest::Output<M>> {
    let mut mac = <M as KeyInit>::new_from_slice(key).ok()?;
    mac.update(content);
    Some(mac.finalize().into_bytes())
}

fn text(bytes: &[u8], encoding: Encoding) -> Option<String> {
    String::from_utf8(Expected::encode(bytes, encoding).as_bytes().to_vec()).ok()
}
