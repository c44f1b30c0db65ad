use std::fmt;

use sqlx::{Error, PgConnection, query_scalar};

use crate::error::OpenError;

/// The name of a schema in SQL.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct SchemaName {
    plain: String,
    quoted: String,
}

impl SchemaName {
    /// Validates a name. Lower case only, so that no two spellings are the same schema. Quoted nevertheless, because
    /// it may be a keyword.
    pub(crate) fn new(name: &str) -> Result<Self, OpenError> {
        let starts_well = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
        let is_plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_';
        if starts_well && name.len() <= LONGEST && name.bytes().all(is_plain) {
            Ok(Self { plain: name.to_owned(), quoted: format!("\"{name}\"") })
        } else {
            Err(OpenError::SchemaName { name: name.to_owned() })
        }
    }

    /// Queries the catalogue instead of `to_regclass`, which answers from a cache that does not show, within a
    /// transaction, tables created since it began.
    pub(crate) async fn has_table(&self, connection: &mut PgConnection, table: &str) -> Result<bool, Error> {
        query_scalar(include_str!("has_table.sql")).bind(&self.plain).bind(table).fetch_one(connection).await
    }

    pub(crate) async fn is_there(&self, connection: &mut PgConnection) -> Result<bool, Error> {
        query_scalar("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)")
            .bind(&self.plain)
            .fetch_one(connection)
            .await
    }
}

impl fmt::Display for SchemaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.quoted)
    }
}

/// The length to which PostgreSQL truncates names.
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
