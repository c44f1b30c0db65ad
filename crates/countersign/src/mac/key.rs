use std::fmt;

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::features::{check_compiled_in, half_of_pair};
#[cfg(feature = "jwt")]
use super::jwt::TokenKeys;
use super::pairs::is_key_of_pair;
use super::{Budget, Expected, Mac};
use crate::error::ConfigError;
use crate::scheme::{Algorithm, Encoding, KeyEncoding, KeyFormat, Scheme};
use crate::secret::{NamedSecret, SecretSet, Validity};
use crate::time::UnixTime;

/// The prepared keys of one endpoint.
#[derive(Default)]
pub(crate) struct KeyRing {
    keys: Vec<Key>,
    /// The keys of a scheme whose signature is a token. There are no other keys then.
    #[cfg(feature = "jwt")]
    tokens: TokenKeys,
}

/// The half of a key pair that is needed. A shared secret serves as both.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    Verifier,
    Signer,
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
        if let Some(rules) = &scheme.token {
            return Ok(Self { keys: Vec::new(), tokens: TokenKeys::new(scheme, rules, secrets)? });
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
                tokens: TokenKeys::default(),
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
        let name = name.or_else(|| self.tokens.name(index));
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
        let shared = shared || self.tokens.shared().any(is_shared);
        shared
    }

    /// Returns the keys of tokens.
    #[cfg(feature = "jwt")]
    pub(crate) fn tokens(&self) -> &TokenKeys {
        &self.tokens
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

    /// Returns whether one of the signatures verifies under this public key. Always `false` for other keys.
    pub(crate) fn verifies(&self, mac: Mac, signatures: &[&[u8]], budget: &mut Budget) -> bool {
        mac.verifies(signatures, self.encoding, budget)
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
        let names = names.chain(self.tokens.names());
        f.debug_list().entries(names).finish()
    }
}

/// Refuses more public keys than one request may be tried with, unless requests name the key.
fn check_count(scheme: &Scheme, secrets: &SecretSet) -> Result<(), ConfigError> {
    let own = secrets.iter().filter(|named| !named.published && named.valid.not_after.is_none()).count();
    if own <= Budget::OPERATIONS || scheme.key_id.is_some() || !scheme.key.after.is_empty() {
        return Ok(());
    }
    let problem = format!(
        "is one of {own} public keys, and a request is tried with {} at most: remove those that sign no longer, or give \
         them an end with `SecretSet::with_until`",
        Budget::OPERATIONS
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

/// Returns the bytes of each key that the text may stand for, the signing one first. If none fits, returns the
/// first error.
pub(crate) fn key_bytes(format: &KeyFormat, text: &str) -> Result<Vec<Zeroizing<Vec<u8>>>, ConfigError> {
    if is_key_of_pair(text) {
        return Err(no_shared_secret());
    }
    let formats = std::iter::once(format).chain(format.alternatives.iter());
    // The text after the prefix of one format is not read in another format.
    let prefixes = formats.clone().flat_map(|format| format.prefix.split('|'));
    if prefixes.filter_map(|prefix| text.strip_prefix(prefix)).any(is_key_of_pair) {
        return Err(no_shared_secret());
    }
    let (mut found, mut problem) = (Vec::new(), None);
    for format in formats {
        match derive(format, text) {
            Ok(bytes) if found.contains(&bytes) => {}
            Ok(bytes) => found.push(bytes),
            // A prefix without a key after it is not a key for a format that treats the prefix as part of the key,
            // either.
            Err(error) if error.code() == "empty_secret" => return Err(error),
            Err(error) => problem = problem.or(Some(error)),
        }
    }
    match problem {
        Some(problem) if found.is_empty() => Err(problem),
        _ => Ok(found),
    }
}

/// Returns the bytes of the key in this format.
fn derive(format: &KeyFormat, text: &str) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let text = normalized(format, text)?;
    let text = text.as_str();
    let prefixed = format.prefix.split('|').find_map(|prefix| text.strip_prefix(prefix));
    let (rest, encoding) = match prefixed {
        Some(rest) => (rest, format.encoding),
        None => (text, format.unprefixed.unwrap_or(format.encoding)),
    };
    if rest.is_empty() || encoding == KeyEncoding::Base64 && rest.bytes().all(|digit| digit == b'=') {
        return Err(ConfigError::empty_secret("secret", format!("has nothing after `{}`", format.prefix)));
    }
    let mut bytes = Zeroizing::new(match encoding {
        KeyEncoding::Utf8 => rest.as_bytes().to_vec(),
        KeyEncoding::Base64 => LENIENT
            .decode(rest)
            .map_err(|_| ConfigError::new("secret", "is not Base64, and this provider's secrets are"))?,
        KeyEncoding::Hex if rest.starts_with("0x") => return Err(not_hex()),
        KeyEncoding::Hex => const_hex::decode(rest).map_err(|_| not_hex())?,
    });
    if bytes.is_empty() {
        return Err(ConfigError::empty_secret("secret", "decodes to an empty key"));
    }
    bytes.extend_from_slice(format.append.as_bytes());
    if format.sha1 {
        bytes = Zeroizing::new(Sha1::digest(&*bytes).to_vec());
    }
    if format.sha256 {
        bytes = Zeroizing::new(Sha256::digest(&*bytes).to_vec());
    }
    Ok(bytes)
}

/// Returns the text in Unicode's NFKD, if the format requires it. ASCII is always in that form.
fn normalized(format: &KeyFormat, text: &str) -> Result<Zeroizing<String>, ConfigError> {
    if !format.nfkd || text.is_ascii() {
        return Ok(Zeroizing::new(text.to_owned()));
    }
    #[cfg(feature = "nfkd")]
    return Ok(Zeroizing::new(unicode_normalization::UnicodeNormalization::nfkd(text).collect()));
    #[cfg(not(feature = "nfkd"))]
    Err(ConfigError::new(
        "secret",
        "is not ASCII: enable the feature `nfkd`, which brings it into the form of the provider",
    ))
}

/// Returns the error for a public key as a shared secret, which would let anyone sign.
pub(super) fn no_shared_secret() -> ConfigError {
    ConfigError::new(
        "secret",
        "is one half of a pair of keys, and this provider shares a secret with you: with the public key every sender \
         could sign. Use the signing secret that the provider shows, or the declaration that takes public keys",
    )
}

fn not_hex() -> ConfigError {
    ConfigError::new("secret", "is not hexadecimal, and this provider's secrets are")
}

/// Decodes like the reference libraries: padding optional, spare bits ignored.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &::base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::SVIX;

    fn bytes(format: &KeyFormat, text: &str) -> Result<Vec<u8>, ConfigError> {
        key_bytes(format, text).map(|keys| keys[0].to_vec())
    }

    #[test]
    fn a_base64_key_may_lack_prefix_and_padding() {
        let format = KeyFormat::base64("whsec_");
        for text in ["whsec_c2VjcmV0MQ==", "whsec_c2VjcmV0MQ", "c2VjcmV0MQ=="] {
            assert_eq!(bytes(&format, text).unwrap(), b"secret1", "{text}");
        }
    }

    #[test]
    fn an_undecodable_key_is_refused() {
        let error = bytes(&KeyFormat::base64("whsec_"), "whsec_not base64!").unwrap_err();
        assert_eq!((error.field(), error.code()), ("secret", "invalid_config"));
        let hex = KeyFormat { encoding: KeyEncoding::Hex, ..KeyFormat::UTF8 };
        assert!(bytes(&hex, "+a").is_err() && bytes(&hex, "0x0a").is_err());
    }

    #[test]
    fn a_public_key_is_no_shared_secret() {
        let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        for text in ["-----BEGIN PUBLIC KEY-----\nAQID\n-----END PUBLIC KEY-----\n", jwk] {
            let error = bytes(&KeyFormat::UTF8, text).unwrap_err();
            assert!(error.to_string().contains("shares a secret"), "{error}");
        }
        let set = SecretSet::from_jwks(&format!("{{\"keys\":[{jwk}]}}")).unwrap();
        let error = KeyRing::new(&SVIX.scheme, &set, Role::Verifier).unwrap_err();
        assert!(error.to_string().contains("shares a secret"), "{error}");
    }

    #[test]
    fn a_prefix_with_nothing_behind_it_is_an_empty_secret() {
        for format in [KeyFormat::base64("whsec_"), KeyFormat { prefix: "whsec_".into(), ..KeyFormat::UTF8 }]
        {
            assert_eq!(bytes(&format, "whsec_").unwrap_err().code(), "empty_secret");
        }
        assert_eq!(bytes(&KeyFormat::base64("whsec_"), "whsec_=").unwrap_err().field(), "secret");
    }

    #[test]
    fn one_secret_may_hold_several_keys() {
        let format = KeyFormat::base64("v1,whsec_|whsec_").separated_by("|");
        let secret = "v1,whsec_c2VjcmV0MQ==|whsec_c2VjcmV0Mg==";
        let keys: Vec<_> = parts(&format, secret).iter().map(|part| bytes(&format, part).unwrap()).collect();
        assert_eq!(keys, [b"secret1", b"secret2"]);
    }

    #[test]
    fn a_text_may_be_several_keys_of_which_the_first_signs() {
        const TEXT: &[KeyFormat] = &[KeyFormat::UTF8];
        let format = KeyFormat::base64("whsec_").or(TEXT);
        let keys = |text| key_bytes(&format, text).map(|keys| keys.iter().map(|key| key.to_vec()).collect());
        let expected: [(&str, Vec<Vec<u8>>); 3] = [
            ("whsec_c2VjcmV0MQ==", vec![b"secret1".to_vec(), b"whsec_c2VjcmV0MQ==".to_vec()]),
            ("polar_whs_abc", vec![b"polar_whs_abc".to_vec()]),
            ("not base64!", vec![b"not base64!".to_vec()]),
        ];
        for (text, expected) in expected {
            assert_eq!(keys(text), Ok(expected), "{text}");
        }
        for text in ["whsec_", "whsec_="] {
            assert_eq!(keys(text).map(|_: Vec<Vec<u8>>| ()).unwrap_err().code(), "empty_secret", "{text}");
        }
        assert_eq!(key_bytes(&KeyFormat::UTF8.or(TEXT), "abc").unwrap().len(), 1);
    }

    #[test]
    fn a_key_may_be_a_digest() {
        let format = KeyFormat { sha1: true, ..KeyFormat::UTF8 };
        assert_eq!(
            const_hex::encode(bytes(&format, "abc").unwrap()),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
    }

    #[cfg(feature = "nfkd")]
    #[test]
    fn a_key_may_be_normalized() {
        let format = KeyFormat { nfkd: true, ..KeyFormat::UTF8 };
        assert_eq!(bytes(&format, "s\u{e9}cret").unwrap(), "se\u{301}cret".as_bytes());
        assert_eq!(bytes(&KeyFormat::UTF8, "s\u{e9}cret").unwrap(), "s\u{e9}cret".as_bytes());
    }

    #[test]
    fn a_text_key_keeps_its_prefix_unless_declared_otherwise() {
        assert_eq!(bytes(&KeyFormat::UTF8, "whsec_abc").unwrap(), b"whsec_abc");
        let oauth = KeyFormat { append: "&".into(), ..KeyFormat::UTF8 };
        assert_eq!(bytes(&oauth, "abc").unwrap(), b"abc&");
    }
}
