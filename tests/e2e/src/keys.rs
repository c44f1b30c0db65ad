//! Secrets as text, in the form that a declaration requires.

use countersign::scheme::{Algorithm, KeyEncoding, KeyFormat, Scheme};
use countersign::{Secret, SecretSet};

/// The secrets around an endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Keys {
    /// The secret of the endpoint.
    pub new: &'static str,
    /// The previous one, which is still accepted.
    pub old: &'static str,
    /// The secret of another endpoint.
    pub other: &'static str,
    /// The verification keys of `new` and `old`, if they differ from the signing keys.
    pub public: Option<[&'static str; 2]>,
}

/// Includes key pairs of `keys/`.
macro_rules! pairs {
    ($name:literal) => {
        Keys {
            new: include_str!(concat!("../keys/", $name, "-new.pem")),
            old: include_str!(concat!("../keys/", $name, "-old.pem")),
            other: include_str!(concat!("../keys/", $name, "-other.pem")),
            public: Some([
                include_str!(concat!("../keys/", $name, "-new.public.pem")),
                include_str!(concat!("../keys/", $name, "-old.public.pem")),
            ]),
        }
    };
}

impl Keys {
    /// Keys in a form for the hand-written providers: text, or Base64 after `whsec_`.
    pub const WHSEC: Self = Self {
        new: "whsec_bmV3IHNlY3JldCBvZiB0aGUgdGFibGUhIQ==",
        old: "whsec_b2xkIHNlY3JldCBvZiB0aGUgdGFibGUhIQ==",
        other: "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCEh",
        public: None,
    };

    /// Returns keys in the form of a scheme.
    ///
    /// # Errors
    ///
    /// The property of its keys that is not supported here.
    pub fn of(scheme: &Scheme) -> Result<Self, String> {
        let [new, old, other] = match scheme.algorithm {
            Algorithm::HmacMd5
            | Algorithm::HmacSha1
            | Algorithm::HmacSha256
            | Algorithm::HmacSha384
            | Algorithm::HmacSha512
            | Algorithm::Md5
            | Algorithm::Sha1
            | Algorithm::Sha256
            | Algorithm::Sha512
            | Algorithm::Sha1OrSha256
            | Algorithm::Token => match scheme.key.encoding {
                KeyEncoding::Utf8 => ["the-new-secret", "the-old-secret", "no-secret-of-ours"],
                KeyEncoding::Base64 => {
                    ["dGhlLW5ldy1zZWNyZXQ=", "dGhlLW9sZC1zZWNyZXQ=", "bm8tc2VjcmV0LW9mLW91cnM="]
                }
                KeyEncoding::Hex => ["7468652d6e6577", "7468652d6f6c64", "6e6f742d6f757273"],
                encoding => return Err(format!("there are no keys with the encoding {encoding:?}")),
            },
            Algorithm::Basic => {
                ["hooks:the-new-password", "hooks:the-old-password", "hooks:no-password-of-ours"]
            }
            Algorithm::Ed25519 => return Ok(pairs!("ed25519")),
            Algorithm::EcdsaP256Sha256 | Algorithm::EcdsaP256Sha1 => return Ok(pairs!("p256")),
            Algorithm::RsaSha256 | Algorithm::RsaSha512 | Algorithm::RsaSha1 => return Ok(pairs!("rsa")),
            algorithm => return Err(format!("there are no keys for {algorithm:?}")),
        }
        .map(|key| &*in_format(key, &scheme.key).leak());
        Ok(Self { new, old, other, public: None })
    }

    /// Returns the secrets of an endpoint during a rotation.
    pub(crate) fn of_endpoint(self) -> SecretSet {
        let [new, old] = self.public.unwrap_or([self.new, self.old]);
        SecretSet::named("new", Secret::new(new).unwrap()).with("old", Secret::new(old).unwrap())
    }
}

/// Returns the key after its required prefix.
fn in_format(key: &str, KeyFormat { prefix, after, .. }: &KeyFormat) -> String {
    let id = if after.is_empty() { "" } else { "key-1" };
    let prefix = prefix.split('|').next().unwrap_or_default();
    format!("{id}{after}{prefix}{key}")
}
