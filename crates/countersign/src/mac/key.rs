use std::fmt;

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::{Expected, Mac};
use crate::error::ConfigError;
use crate::scheme::{Algorithm, Encoding, KeyEncoding, KeyFormat, Scheme};
use crate::secret::{NamedSecret, Secret, SecretSet, Validity};
use crate::time::UnixTime;

/// The keys of one endpoint, ready to use.
pub(crate) struct KeyRing {
    keys: Vec<Key>,
}

/// One key, with its schedule done.
pub(crate) struct Key {
    pub(crate) name: String,
    valid: Validity,
    mac: Mac,
    bytes: Zeroizing<Vec<u8>>,
    encoding: Encoding,
}

impl KeyRing {
    pub(crate) fn new(scheme: &Scheme, secrets: &SecretSet) -> Result<Self, ConfigError> {
        let keys = secrets.iter().map(|secret| Key::new(scheme, secret)).collect::<Result<_, _>>()?;
        Ok(Self { keys })
    }

    /// The keys in use at `now`, with their positions.
    pub(crate) fn active(&self, now: UnixTime) -> impl Iterator<Item = (usize, &Key)> {
        self.keys.iter().enumerate().filter(move |(_, key)| key.valid.contains(now))
    }

    /// All keys, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Key> {
        self.keys.get(index)
    }
}

impl Key {
    fn new(scheme: &Scheme, named: &NamedSecret) -> Result<Self, ConfigError> {
        let mut bytes = key_bytes(&scheme.key, &named.secret)?;
        if scheme.algorithm == Algorithm::Basic {
            bytes = Zeroizing::new(STANDARD.encode(&*bytes).into_bytes());
        }
        Ok(Self {
            name: named.name.clone(),
            valid: named.valid,
            mac: Mac::keyed(scheme.algorithm, &bytes)?,
            bytes,
            encoding: scheme.signature.encoding,
        })
    }

    /// A fresh computation under this key: a copy of the keyed state.
    pub(crate) fn start(&self) -> Mac {
        self.mac.clone()
    }

    /// The signature over pieces that are all at hand.
    #[inline]
    pub(crate) fn sign(&self, pieces: &[&[u8]]) -> Expected<'_> {
        self.mac.sign(pieces, &self.bytes, self.encoding)
    }

    /// The signature that ends a computation.
    pub(crate) fn expected(&self, mac: Mac) -> Expected<'_> {
        mac.finish(&self.bytes, self.encoding)
    }

    /// The key bytes, for schemes that hash them with the content.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| &key.name)).finish()
    }
}

fn key_bytes(format: &KeyFormat, secret: &Secret) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let text = secret.expose_secret();
    let (rest, encoding) = match text.strip_prefix(&*format.prefix) {
        Some(rest) => (rest, format.encoding),
        None => (text, format.unprefixed.unwrap_or(format.encoding)),
    };
    if rest.is_empty() {
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
    Ok(bytes)
}

fn not_hex() -> ConfigError {
    ConfigError::new("secret", "is not hexadecimal, and this provider's secrets are")
}

/// As the reference libraries read a secret: padding optional, spare bits ignored.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &::base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(format: &KeyFormat, text: &str) -> Result<Vec<u8>, ConfigError> {
        key_bytes(format, &Secret::new(text).unwrap()).map(|bytes| bytes.to_vec())
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
    fn a_prefix_with_nothing_behind_it_is_an_empty_secret() {
        for format in [KeyFormat::base64("whsec_"), KeyFormat { prefix: "whsec_".into(), ..KeyFormat::UTF8 }]
        {
            assert_eq!(bytes(&format, "whsec_").unwrap_err().code(), "empty_secret");
        }
        assert_eq!(bytes(&KeyFormat::base64("whsec_"), "whsec_=").unwrap_err().field(), "secret");
    }

    #[test]
    fn a_text_key_keeps_its_prefix_unless_declared_otherwise() {
        assert_eq!(bytes(&KeyFormat::UTF8, "whsec_abc").unwrap(), b"whsec_abc");
        let oauth = KeyFormat { append: "&".into(), ..KeyFormat::UTF8 };
        assert_eq!(bytes(&oauth, "abc").unwrap(), b"abc&");
    }
}
