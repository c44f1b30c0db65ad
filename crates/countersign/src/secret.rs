//! Signing secrets, one or several at once.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::ConfigError;
use crate::time::UnixTime;

/// A signing secret, as the provider shows it. Redacted in `Debug`, wiped from memory on drop.
///
/// It is taken as it is: nothing is trimmed, because a secret that was silently changed is one that silently
/// stops to verify. How it becomes a key is the provider's business, see [`KeyFormat`](crate::scheme::KeyFormat).
///
/// Where the provider signs with a pair of keys, a [`Verifier`](crate::Verifier) takes the text of its public key and a
/// [`Signer`](crate::Signer) that of a private one: PEM, DER in Base64, a JWK for public keys, or the bytes of an
/// Ed25519 key in Base64 or hexadecimal, behind a prefix like `whpk_` or without. PEM ends with a line break, and white
/// space means nothing in it: there alone it may stay at the end.
///
/// ```
/// use countersign::Secret;
///
/// assert!(Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_ok());
/// assert_eq!(Secret::new("").unwrap_err().code(), "empty_secret");
/// assert!(Secret::new("whsec_abc\n").unwrap_err().to_string().contains("ends with a line break"));
/// assert!(Secret::new("-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n").is_ok());
/// ```
#[derive(Clone)]
pub struct Secret {
    text: Zeroizing<String>,
}

impl Secret {
    /// A secret from its text.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when the text is empty, blank, or has white space or a line break at an end that is not the end
    /// of a PEM file.
    pub fn new(text: impl Into<String>) -> Result<Self, ConfigError> {
        let text = Zeroizing::new(text.into());
        let trimmed = text.trim();
        let problem = if text.starts_with("-----BEGIN") {
            return Ok(Self { text });
        } else if text.is_empty() {
            return Err(ConfigError::empty_secret(
                "secret",
                "is empty: everybody can sign with an empty key",
            ));
        } else if trimmed.is_empty() {
            return Err(ConfigError::empty_secret("secret", "is blank: only white space"));
        } else if text.ends_with(['\n', '\r']) {
            "ends with a line break: remove it where the secret is stored, `printf %s` writes none"
        } else if trimmed.len() != text.len() {
            "has white space at an end: remove it where the secret is stored"
        } else {
            return Ok(Self { text });
        };
        Err(ConfigError::new("secret", problem))
    }

    /// A secret that may be one that [`new`](Self::new) refuses: to find out whether that is the mistake.
    #[cfg(feature = "diagnose")]
    pub(crate) fn unchecked(text: String) -> Self {
        Self { text: Zeroizing::new(text) }
    }

    /// The text, for those who have to pass it on.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

/// The secrets of one endpoint. The first signs, all verify: during a rotation both the new and the old one are here.
///
/// ```
/// use countersign::{Secret, SecretSet};
///
/// let set = SecretSet::new(Secret::new("new secret")?).with("old", Secret::new("old secret")?);
/// assert_eq!(set.names().collect::<Vec<_>>(), ["primary", "old"]);
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SecretSet {
    secrets: Vec<NamedSecret>,
    tenant: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct NamedSecret {
    pub(crate) name: String,
    pub(crate) secret: Secret,
    pub(crate) valid: Validity,
    /// From a set of keys that are not all meant for us.
    pub(crate) published: bool,
}

impl NamedSecret {
    fn new(name: impl Into<String>, secret: Secret, valid: Validity) -> Self {
        Self { name: name.into(), secret, valid, published: false }
    }
}

/// When a key is used: from `not_before` on, until `not_after`, both inclusive.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Validity {
    pub(crate) not_before: Option<UnixTime>,
    pub(crate) not_after: Option<UnixTime>,
}

impl Validity {
    pub(crate) fn contains(self, now: UnixTime) -> bool {
        self.not_before.is_none_or(|start| start <= now) && self.not_after.is_none_or(|end| now <= end)
    }
}

impl SecretSet {
    /// No secret yet: nothing is verified under it, and nothing can be signed. For endpoints whose provider issues the
    /// secret, until a [`SecretSink`](crate::receiver::SecretSink) was given it.
    #[must_use]
    pub const fn none() -> Self {
        Self { secrets: Vec::new(), tenant: None }
    }

    /// One secret, under the name `primary`.
    #[must_use]
    pub fn new(secret: Secret) -> Self {
        Self::named("primary", secret)
    }

    /// One secret under a name of your choice. The name shows up in logs and in `Delivery::key`.
    #[must_use]
    pub fn named(name: impl Into<String>, secret: Secret) -> Self {
        Self { secrets: vec![NamedSecret::new(name, secret, Validity::default())], tenant: None }
    }

    /// One secret more.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, secret: Secret) -> Self {
        self.secrets.push(NamedSecret::new(name, secret, Validity::default()));
        self
    }

    /// One secret more, used only until `not_after`, inclusive: the old one of a rotation.
    #[must_use]
    pub fn with_until(mut self, name: impl Into<String>, secret: Secret, not_after: UnixTime) -> Self {
        let valid = Validity { not_before: None, not_after: Some(not_after) };
        self.secrets.push(NamedSecret::new(name, secret, valid));
        self
    }

    /// One secret more, used only from `not_before` on, inclusive: the next one of a rotation.
    #[must_use]
    pub fn with_from(mut self, name: impl Into<String>, secret: Secret, not_before: UnixTime) -> Self {
        let valid = Validity { not_before: Some(not_before), not_after: None };
        self.secrets.push(NamedSecret::new(name, secret, valid));
        self
    }

    /// The id of the tenant whose secrets these are. [`Delivery::tenant`](crate::Delivery::tenant) returns it for what
    /// one of them verifies, so that a resolver of tenants' secrets is the only place that knows how a tenant is found.
    ///
    /// ```
    /// use countersign::{Secret, SecretSet};
    ///
    /// let set = SecretSet::new(Secret::new("acme's secret")?).with_tenant("acme");
    /// assert_eq!(set.tenant(), Some("acme"));
    /// # Ok::<(), countersign::ConfigError>(())
    /// ```
    #[must_use]
    pub fn with_tenant(self, id: impl Into<String>) -> Self {
        Self { tenant: Some(id.into()), ..self }
    }

    /// The id of the tenant, where one was set.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(|secret| secret.name.as_str())
    }

    /// Those of this name, or `None` where there are none: of all keys that a provider publishes, the one that a
    /// request names.
    ///
    /// ```
    /// use countersign::{Secret, SecretSet};
    ///
    /// let set = SecretSet::named("2025", Secret::new("old secret")?).with("2026", Secret::new("new secret")?);
    /// assert_eq!(set.only("2026").unwrap().names().collect::<Vec<_>>(), ["2026"]);
    /// assert!(set.only("2027").is_none());
    /// # Ok::<(), countersign::ConfigError>(())
    /// ```
    #[must_use]
    pub fn only(&self, name: &str) -> Option<Self> {
        let secrets: Vec<_> = self.secrets.iter().filter(|secret| secret.name == name).cloned().collect();
        (!secrets.is_empty()).then(|| Self { secrets, tenant: self.tenant.clone() })
    }

    /// Keys that somebody publishes, with their names.
    pub(crate) fn published(keys: Vec<(String, Secret)>) -> Self {
        let named = |(name, secret): (String, Secret)| {
            let secret = NamedSecret::new(name, secret, Validity::default());
            NamedSecret { published: true, ..secret }
        };
        Self { secrets: keys.into_iter().map(named).collect(), tenant: None }
    }

    /// These, as they are.
    #[cfg(feature = "diagnose")]
    pub(crate) const fn from_named(secrets: Vec<NamedSecret>) -> Self {
        Self { secrets, tenant: None }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &NamedSecret> {
        self.secrets.iter()
    }
}

impl From<Secret> for SecretSet {
    fn from(secret: Secret) -> Self {
        Self::new(secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_and_blank_secrets_are_refused() {
        for text in ["", " ", "\t\n"] {
            assert_eq!(Secret::new(text).unwrap_err().code(), "empty_secret", "{text:?}");
        }
    }

    #[test]
    fn white_space_at_an_end_is_refused_and_never_trimmed() {
        for text in ["secret\n", "secret\r\n"] {
            let error = Secret::new(text).unwrap_err().to_string();
            assert!(error.contains("ends with a line break"), "{error}");
        }
        assert!(Secret::new(" secret").is_err());
        assert!(Secret::new("secret ").is_err());
        assert_eq!(Secret::new("It's a Secret").unwrap().expose_secret(), "It's a Secret");
    }

    #[test]
    fn pem_may_end_as_files_do() {
        for end in ["", "\n", "\r\n"] {
            assert!(Secret::new(format!("-----BEGIN X-----\nAQID\n-----END X-----{end}")).is_ok(), "{end:?}");
        }
        assert!(Secret::new("\n-----BEGIN X-----").is_err());
    }

    #[test]
    fn debug_shows_no_secret() {
        let set = SecretSet::named("tenant", Secret::new("hunter2").unwrap());
        let shown = format!("{set:?}");
        assert!(!shown.contains("hunter2") && shown.contains("tenant"), "{shown}");
    }

    #[test]
    fn a_key_is_used_within_its_validity_only() {
        let at = UnixTime::from_secs;
        let valid = Validity { not_before: Some(at(10)), not_after: Some(at(20)) };
        assert_eq!([9, 10, 20, 21].map(|s| valid.contains(at(s))), [false, true, true, false]);
    }
}
