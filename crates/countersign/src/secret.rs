//! Signing secrets and sets of them.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::ConfigError;
use crate::time::UnixTime;

/// A signing secret, as the provider displays it. Redacted in `Debug`, wiped from memory on drop.
///
/// The text is used unchanged: trimming it silently would make deliveries fail to verify without a visible cause.
/// [`KeyFormat`](crate::scheme::KeyFormat) describes how a provider turns the text into a key.
///
/// For providers that sign with a key pair, a [`Verifier`](crate::Verifier) takes the public key and a
/// [`Signer`](crate::Signer) the private key: PEM, DER in Base64, a JWK for public keys, or the bytes of an Ed25519
/// key in Base64 or hexadecimal, with or without a prefix such as `whpk_`. White space at the end is accepted for
/// PEM only, whose files end with a line break.
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
    /// Creates a secret from its text.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the text is empty or blank, or begins or ends with white space (a PEM text may end with
    /// it).
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

    /// Creates a secret without the checks of [`new`](Self::new), to diagnose one that it would reject.
    #[cfg(feature = "diagnose")]
    pub(crate) fn unchecked(text: String) -> Self {
        Self { text: Zeroizing::new(text) }
    }

    /// Returns the text of the secret.
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

/// The secrets of one endpoint. The first one signs, all of them verify: during a rotation the set holds the new
/// and the old secret.
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
    /// The keys come from a published set, which may contain keys for other purposes.
    pub(crate) published: bool,
}

impl NamedSecret {
    fn new(name: impl Into<String>, secret: Secret, valid: Validity) -> Self {
        Self { name: name.into(), secret, valid, published: false }
    }
}

/// The period in which a key is used: from `not_before` until `not_after`, both inclusive.
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
    /// Creates a set without secrets: nothing verifies under it, and nothing can be signed. For endpoints whose
    /// provider issues the secret, until a [`SecretSink`](crate::receiver::SecretSink) has received it.
    #[must_use]
    pub const fn none() -> Self {
        Self { secrets: Vec::new(), tenant: None }
    }

    /// Creates a set of one secret, named `primary`.
    #[must_use]
    pub fn new(secret: Secret) -> Self {
        Self::named("primary", secret)
    }

    /// Creates a set of one secret with a name. The name appears in logs and in
    /// [`Delivery::key`](crate::Delivery::key).
    #[must_use]
    pub fn named(name: impl Into<String>, secret: Secret) -> Self {
        Self { secrets: vec![NamedSecret::new(name, secret, Validity::default())], tenant: None }
    }

    /// Adds a secret.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, secret: Secret) -> Self {
        self.secrets.push(NamedSecret::new(name, secret, Validity::default()));
        self
    }

    /// Adds a secret that is used only until `not_after`, inclusive: the old one of a rotation.
    #[must_use]
    pub fn with_until(mut self, name: impl Into<String>, secret: Secret, not_after: UnixTime) -> Self {
        let valid = Validity { not_before: None, not_after: Some(not_after) };
        self.secrets.push(NamedSecret::new(name, secret, valid));
        self
    }

    /// Adds a secret that is used only from `not_before`, inclusive: the next one of a rotation.
    #[must_use]
    pub fn with_from(mut self, name: impl Into<String>, secret: Secret, not_before: UnixTime) -> Self {
        let valid = Validity { not_before: Some(not_before), not_after: None };
        self.secrets.push(NamedSecret::new(name, secret, valid));
        self
    }

    /// Sets the id of the tenant that owns these secrets. [`Delivery::tenant`](crate::Delivery::tenant) returns it
    /// for each delivery that one of them verifies, so that the tenant is determined in one place, the resolver of
    /// secrets.
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

    /// Returns the id of the tenant, if one was set.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// Returns the names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(|secret| secret.name.as_str())
    }

    /// Returns the secrets with this name, or `None` if there are none. Selects the key that a request names from a
    /// published set.
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

    /// Creates a set of published keys with their names.
    pub(crate) fn published(keys: Vec<(String, Secret)>) -> Self {
        let named = |(name, secret): (String, Secret)| {
            let secret = NamedSecret::new(name, secret, Validity::default());
            NamedSecret { published: true, ..secret }
        };
        Self { secrets: keys.into_iter().map(named).collect(), tenant: None }
    }

    /// Creates a set of these secrets, unchanged.
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
