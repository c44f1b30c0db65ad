use super::secret::Secret;
use super::source::from_env_if_set;
use crate::error::ConfigError;
use crate::time::UnixTime;

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

    /// Reads the secret of an endpoint from an environment variable. It is named `primary`.
    ///
    /// ```no_run
    /// use countersign::SecretSet;
    ///
    /// let set = SecretSet::from_env("GITHUB_SECRET")?.and_env("old", "GITHUB_SECRET_OLD")?;
    /// # Ok::<(), countersign::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError`] of [`Secret::from_env`], which names the variable.
    pub fn from_env(variable: &str) -> Result<Self, ConfigError> {
        Secret::from_env(variable).map(Self::new)
    }

    /// Adds the secret in an environment variable, for the other secret of a rotation. A variable that is not set or
    /// empty adds nothing.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], with the name of the variable as its field, for the reasons of [`Secret::new`].
    pub fn and_env(self, name: impl Into<String>, variable: &str) -> Result<Self, ConfigError> {
        Ok(match from_env_if_set(variable)? {
            Some(secret) => self.with(name, secret),
            None => self,
        })
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

    /// Sets the tenant that owns these secrets, for the deliveries that they verify.
    #[must_use]
    pub(crate) fn with_tenant(self, id: String) -> Self {
        Self { tenant: Some(id), ..self }
    }

    pub(crate) fn tenant(&self) -> Option<&str> {
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
    pub(crate) const fn from_named(secrets: Vec<NamedSecret>) -> Self {
        Self { secrets, tenant: None }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &NamedSecret> {
        self.secrets.iter()
    }
}

impl<N: Into<String>> FromIterator<(N, Secret)> for SecretSet {
    /// Collects secrets with their names. The first one signs.
    fn from_iter<I: IntoIterator<Item = (N, Secret)>>(secrets: I) -> Self {
        secrets.into_iter().fold(Self::none(), |set, (name, secret)| set.with(name, secret))
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
    fn secrets_are_collected_in_their_order() {
        let secrets = ["new", "old"].map(|name| (name, Secret::new(name).unwrap()));
        let set: SecretSet = secrets.into_iter().collect();
        assert_eq!(set.names().collect::<Vec<_>>(), ["new", "old"]);
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
