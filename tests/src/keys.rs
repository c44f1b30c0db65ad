//! Secrets, as text of the form that a declaration asks for.

use countersign::scheme::{Algorithm, KeyEncoding, KeyFormat, Scheme};
use countersign::{Secret, SecretSet};

/// The secrets around an endpoint.
#[derive(Clone, Copy, Debug)]
pub struct Keys {
    /// The secret of the endpoint,
    pub new: &'static str,
    /// the one before it, which is still accepted,
    pub old: &'static str,
    /// and somebody else's.
    pub other: &'static str,
    /// What verifies `new` and `old`, where that is another key than what signs.
    pub public: Option<[&'static str; 2]>,
}

/// Keys of a pair, as they are in `keys/`.
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
    /// In a form that the providers written by hand take: text, or Base64 behind `whsec_`.
    pub const WHSEC: Self = Self {
        new: "whsec_bmV3IHNlY3JldCBvZiB0aGUgdGFibGUhIQ==",
        old: "whsec_b2xkIHNlY3JldCBvZiB0aGUgdGFibGUhIQ==",
        other: "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCEh",
        public: None,
    };

    /// In the form that a scheme takes.
    ///
    /// # Errors
    ///
    /// What is not known of its keys here.
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

    /// Those of an endpoint in the middle of a rotation.
    pub(crate) fn of_endpoint(self) -> SecretSet {
        let [new, old] = self.public.unwrap_or([self.new, self.old]);
        SecretSet::named("new", Secret::new(new).unwrap()).with("old", Secret::new(old).unwrap())
    }
}

/// Behind whatever has to stand before a key.
fn in_format(key: &str, KeyFormat { prefix, after, .. }: &KeyFormat) -> String {
    let id = if after.is_empty() { "" } else { "key-1" };
    let prefix = prefix.split('|').next().unwrap_or_default();
    format!("{id}{after}{prefix}{key}")
}
