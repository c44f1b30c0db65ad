use std::fmt;

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::features::check_compiled_in;
#[cfg(feature = "jwt")]
use super::jwt::JwtKeys;
use super::key_bytes::{key_bytes, no_shared_secret};
use super::pairs::Role;
use super::{Budget, Expected, Mac};
use crate::error::ConfigError;
use crate::scheme::{Algorithm, Encoding, KeyFormat, Scheme};
use crate::secret::{NamedSecret, SecretSet, Validity};
use crate::time::UnixTime;

/// The prepared keys of one endpoint.
#[derive(Default)]
pub(crate) struct KeyRing {
    keys: Vec<Key>,
    /// The keys of a scheme whose signature is a JWT. There are no other keys then.
    #[cfg(feature = "jwt")]
    jwts: JwtKeys,
}

/// A key with its key schedule computed.
pub(crate) struct Key {
    pub(crate) name: String,
    /// The text that precedes the key in its secret, if any.
    id: String,
    valid: Validity,
    mac: Mac,
    bytes: Zeroizing<Vec<u8>>,
    encoding: Encoding,
}

impl KeyRing {
    pub(crate) fn new(scheme: &Scheme, secrets: &SecretSet, role: Role) -> Result<Self, ConfigError> {
        check_compiled_in(scheme.algorithm)?;
        #[cfg(feature = "jwt")]
        if let Some(rules) = &scheme.jwt {
            return Ok(Self { keys: Vec::new(), jwts: JwtKeys::new(scheme, rules, secrets)? });
        }
        let mut keys = Vec::new();
        let mut passed_over = None;
        for named in secrets.iter() {
            let parts = parts(&scheme.key, named.secret.expose_secret());
            let choices = || scheme.algorithm.choices();
            for (part, algorithm) in parts.iter().flat_map(|part| choices().map(move |one| (*part, one))) {
                match Key::all(scheme, algorithm, named, part, role) {
                    Ok(derived) => keys.extend(derived),
                    // A published set contains keys for other purposes.
                    Err(error) if named.published => passed_over = Some(error),
                    Err(error) => return Err(error),
                }
            }
        }
        if role == Role::Verifier && scheme.algorithm.is_asymmetric() {
            check_count(scheme, secrets)?;
        }
        match passed_over {
            Some(error) if keys.is_empty() => Err(error),
            _ => Ok(Self {
                keys,
                #[cfg(feature = "jwt")]
                jwts: JwtKeys::default(),
            }),
        }
    }

    /// Returns the keys in use at `now`, with their positions.
    pub(crate) fn active(&self, now: UnixTime) -> impl Iterator<Item = (usize, &Key)> {
        self.keys.iter().enumerate().filter(move |(_, key)| key.valid.contains(now))
    }

    /// Returns all keys, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }

    /// Returns the name of the key at this position.
    pub(crate) fn name(&self, index: usize) -> Option<&str> {
        let name = self.keys.get(index).map(|key| key.name.as_str());
        #[cfg(feature = "jwt")]
        let name = name.or_else(|| self.jwts.name(index));
        name
    }

    /// Returns whether the text contains a shared key, or is a secret that one is derived from.
    pub(crate) fn is_shared_with(&self, scheme: &Scheme, text: &str) -> bool {
        let parts = parts(&scheme.key, text).into_iter();
        let derived: Vec<_> = parts
            .map(|part| part.split_once(&*scheme.key.after).map_or(part, |(_, key)| key))
            .filter_map(|part| key_bytes(&scheme.key, part).ok())
            .flatten()
            .collect();
        let is_shared = |key: &[u8]| {
            let is_in_text = memchr::memmem::find(text.as_bytes(), key).is_some();
            !key.is_empty() && (is_in_text || derived.iter().any(|derived| **derived == key))
        };
        let shared = self.keys.iter().any(|key| is_shared(key.bytes()));
        #[cfg(feature = "jwt")]
        let shared = shared || self.jwts.shared().any(is_shared);
        shared
    }

    /// Returns the keys of JWTs.
    #[cfg(feature = "jwt")]
    pub(crate) fn jwts(&self) -> &JwtKeys {
        &self.jwts
    }
}

impl Key {
    /// Returns the keys that the text may stand for: one, unless the declaration has alternatives.
    fn all(
        scheme: &Scheme,
        algorithm: Algorithm,
        named: &NamedSecret,
        text: &str,
        role: Role,
    ) -> Result<Vec<Self>, ConfigError> {
        let (id, text) = match &*scheme.key.after {
            "" => ("", text),
            after => text.split_once(after).ok_or_else(|| {
                ConfigError::new(
                    "secret",
                    format!("has no `{after}` in it, and this provider's secrets have"),
                )
            })?,
        };
        let new = |mac, bytes| Self {
            name: named.name.clone(),
            id: id.to_owned(),
            valid: named.valid,
            mac,
            bytes,
            encoding: scheme.signature.encoding,
        };
        if algorithm.is_asymmetric() {
            return Ok(vec![new(half_of_pair(scheme, text, role)?, Zeroizing::default())]);
        }
        if named.published {
            return Err(no_shared_secret());
        }
        let derived = key_bytes(&scheme.key, text)?.into_iter().map(|mut bytes| {
            if algorithm == Algorithm::Basic {
                bytes = Zeroizing::new(STANDARD.encode(&*bytes).into_bytes());
            }
            Ok(new(Mac::keyed(algorithm, &bytes)?, bytes))
        });
        derived.collect()
    }

    /// Returns the text that precedes the key in its secret.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Starts a computation under this key by copying the keyed state.
    pub(crate) fn start(&self) -> Mac {
        self.mac.clone()
    }

    /// Returns the signature over complete pieces.
    #[inline]
    pub(crate) fn sign(&self, pieces: &[&[u8]]) -> Expected<'_> {
        self.mac.sign(pieces, &self.bytes, self.encoding)
    }

    /// Finishes a computation and returns the signature.
    pub(crate) fn expected(&self, mac: Mac) -> Expected<'_> {
        mac.finish(&self.bytes, self.encoding)
    }

    /// Returns whether one of the signatures of the message verifies under this public key. Always `false` for other
    /// keys. The message is that of a computation which any key of the scheme started.
    pub(crate) fn accepts(&self, message: &[u8], signatures: &[&[u8]], budget: &mut Budget) -> bool {
        self.mac.accepts(message, signatures, self.encoding, budget)
    }

    /// Returns the text of the signature over complete pieces, for signing.
    pub(crate) fn signature(&self, pieces: &[&[u8]]) -> Vec<u8> {
        match self.mac.signature(pieces, self.encoding) {
            Some(text) => text.into_bytes(),
            None => {
                // See `Encoding::HexOrBase64`.
                let encoding =
                    if self.encoding == Encoding::HexOrBase64 { Encoding::Base64 } else { self.encoding };
                let mut text = self.mac.sign(pieces, &self.bytes, encoding).as_bytes().to_vec();
                if encoding == Encoding::Base64UrlUnpadded {
                    text.retain(|&byte| byte != b'=');
                }
                text
            }
        }
    }

    /// Returns the key bytes, for schemes that hash them with the content.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.keys.iter().map(|key| key.name.as_str());
        #[cfg(feature = "jwt")]
        let names = names.chain(self.jwts.names());
        f.debug_list().entries(names).finish()
    }
}

/// Refuses more public keys than one request may be tried with, unless requests name the key.
fn check_count(scheme: &Scheme, secrets: &SecretSet) -> Result<(), ConfigError> {
    let own = secrets.iter().filter(|named| !named.published && named.valid.not_after.is_none()).count();
    let is_content =
        scheme.message_signature.is_some() || scheme.content.parse().is_ok_and(|content| content.streams());
    let most = Budget::operations(scheme.algorithm, is_content);
    if own <= most || scheme.key_id.is_some() || !scheme.key.after.is_empty() {
        return Ok(());
    }
    let problem = format!(
        "is one of {own} public keys, and a request is tried with {most} at most: remove those that sign no longer, or give \
         them an end with `SecretSet::with_until`"
    );
    Err(ConfigError::new("secret", problem))
}

/// Splits a secret into the keys that it contains.
fn parts<'s>(format: &KeyFormat, text: &'s str) -> Vec<&'s str> {
    match &*format.separator {
        "" => vec![text],
        separator => text.split(separator).map(str::trim).filter(|part| !part.is_empty()).collect(),
    }
}

/// Loads the half of a key pair that the role needs.
#[cfg(feature = "_public-key")]
fn half_of_pair(scheme: &Scheme, text: &str, role: Role) -> Result<Mac, ConfigError> {
    let running = super::public::load(scheme, text, role)?;
    Ok(Mac::Pair(Box::new(running)))
}

/// Fails: no algorithm with key pairs is compiled in.
#[cfg(not(feature = "_public-key"))]
fn half_of_pair(scheme: &Scheme, _: &str, _: Role) -> Result<Mac, ConfigError> {
    Err(super::features::missing_feature(scheme.algorithm))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::SVIX;

    #[test]
    fn a_published_public_key_is_no_shared_secret() {
        let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        let set = SecretSet::from_jwks(&format!("{{\"keys\":[{jwk}]}}")).unwrap();
        let error = KeyRing::new(&SVIX.scheme, &set, Role::Verifier).unwrap_err();
        assert!(error.to_string().contains("shares a secret"), "{error}");
    }

    #[test]
    fn one_secret_may_hold_several_keys() {
        let format = KeyFormat::base64("v1,whsec_|whsec_").separated_by("|");
        let secret = "v1,whsec_c2VjcmV0MQ==|whsec_c2VjcmV0Mg==";
        let keys: Vec<_> =
            parts(&format, secret).iter().map(|part| key_bytes(&format, part).unwrap()[0].to_vec()).collect();
        assert_eq!(keys, [b"secret1", b"secret2"]);
    }
}
