use countersign::{SecretSet, UnixTime};

use crate::error::FetchError;

/// Published keys.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    pub(super) keys: SecretSet,
    pub(super) from: UnixTime,
    pub(super) until: UnixTime,
}

impl Published {
    pub(super) fn from_jwks(text: &str, until: UnixTime) -> Result<Self, FetchError> {
        let keys = SecretSet::from_jwks(text).map_err(|error| FetchError::unusable(error.to_string()))?;
        Ok(Self { keys, from: UnixTime::from_millis(i64::MIN), until })
    }

    /// Returns the keys of this name, or all keys. `None` if none of them is valid now.
    pub(crate) fn select(&self, name: Option<&str>, now: UnixTime) -> Option<SecretSet> {
        if now < self.from || self.until < now {
            return None;
        }
        match name {
            Some(name) => self.keys.only(name),
            None => Some(self.keys.clone()),
        }
    }
}
