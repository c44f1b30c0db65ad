use std::fmt;

use crate::error::ConnectError;

/// The name of a schema, as it stands in SQL.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct SchemaName(String);

impl SchemaName {
    /// Lower case only: no two spellings are the same schema. Quoted all the same, because it may be a keyword.
    pub(crate) fn new(name: &str) -> Result<Self, ConnectError> {
        let starts_well = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
        let is_plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_';
        if starts_well && name.len() <= LONGEST && name.bytes().all(is_plain) {
            Ok(Self(format!("\"{name}\"")))
        } else {
            Err(ConnectError::SchemaName { name: name.to_owned() })
        }
    }
}

impl fmt::Display for SchemaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What PostgreSQL cuts names to.
const LONGEST: usize = 63;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_name_is_a_plain_word() {
        for name in ["countersign", "_a1", "user"] {
            assert_eq!(SchemaName::new(name).unwrap().to_string(), format!("\"{name}\""));
        }
        for name in ["", "1a", "A", "a\"b", "a.b", "a-b", "ä", &"a".repeat(64)] {
            assert!(SchemaName::new(name).is_err(), "{name}");
        }
    }
}
