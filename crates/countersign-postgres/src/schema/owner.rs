use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, PgConnection, query, query_as};

use super::SchemaName;
use crate::error::OpenError;

/// Gives the tables and functions that migrations have made to the owner of the events. A role that migrates may be another one, such
/// as a superuser, and functions with the rights of their owner use tables of several migrations.
///
/// Objects that the migrating role may not change stay as they are.
pub(super) async fn unify(
    connection: &mut PgConnection,
    schema: &SchemaName,
    migrations: impl Iterator<Item = &str>,
) -> Result<(), OpenError> {
    let names: Vec<_> = migrations.flat_map(names).collect::<BTreeSet<_>>().into_iter().collect();
    let sql = include_str!("foreign.sql").replace("{schema}", &schema.to_string());
    let foreign: Vec<(String, String, String)> =
        query_as(AssertSqlSafe(sql)).bind(names).fetch_all(&mut *connection).await?;
    for (kind, name, owner) in foreign {
        let sql = format!("ALTER {kind} {name} OWNER TO {owner}");
        if let Err(source) = query(AssertSqlSafe(sql)).execute(&mut *connection).await {
            let code = source.as_database_error().and_then(|error| error.code());
            let is_denied = code.as_deref() == Some(INSUFFICIENT_PRIVILEGE);
            return Err(if is_denied { OpenError::Owner { owner, source } } else { OpenError::Sql(source) });
        }
    }
    Ok(())
}

/// Returns the names in the schema that a migration uses. A schema may have tables of the application, too.
fn names(migration: &str) -> impl Iterator<Item = &str> {
    let is_end = |letter: char| !letter.is_ascii_alphanumeric() && letter != '_';
    migration.split("{schema}.").skip(1).filter_map(move |rest| rest.split(is_end).next())
}

const INSUFFICIENT_PRIVILEGE: &str = "42501";
