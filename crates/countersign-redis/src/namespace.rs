use std::fmt::Write as _;

use crate::error::OpenError;

/// The prefix of all keys of a store: `{wh:<name>}:`, whose braces put them into one hash slot.
#[derive(Clone)]
pub(crate) struct Namespace {
    prefix: String,
}

impl Namespace {
    pub(crate) fn new(name: &str) -> Result<Self, OpenError> {
        let is_valid =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && !b"{}".contains(&byte));
        if is_valid { Ok(Self { prefix: format!("{{wh:{name}}}:") }) } else { Err(OpenError::Namespace) }
    }

    /// Returns the key of a delivery, or of internal data of the scripts.
    pub(crate) fn key(&self, kind: &str, bytes: &[u8]) -> String {
        let mut key = String::with_capacity(self.prefix.len() + kind.len() + 2 * bytes.len());
        key.push_str(&self.prefix);
        key.push_str(kind);
        for byte in bytes {
            let _ = write!(key, "{byte:02x}");
        }
        key
    }
}
