//! Reads and sets properties of the server.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use countersign_inbox::Durability;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Error, PgConnection, Row, query_as, query_scalar, raw_sql};

use crate::error::OpenError;

/// The settings on which the durability of a commit depends.
#[derive(Clone, Debug)]
pub(crate) struct Commits {
    fsync: String,
    synchronous_commit: String,
    synchronous_standby_names: String,
}

impl Commits {
    /// Reads those of a session. Prepares nothing: behind a pooler, the next connection finds out that sessions are shared.
    pub(crate) async fn read(connection: &mut PgConnection) -> Result<Self, Error> {
        Self::of(&raw_sql(include_str!("sql/durability.sql")).fetch_one(connection).await?)
    }

    /// Reads the first columns of a row.
    pub(crate) fn of(row: &PgRow) -> Result<Self, Error> {
        Ok(Self {
            fsync: row.try_get_unchecked(0)?,
            synchronous_commit: row.try_get_unchecked(1)?,
            synchronous_standby_names: row.try_get_unchecked(2)?,
        })
    }

    pub(crate) fn durability(&self) -> Durability {
        level(self.fsync == "on", &self.synchronous_commit, !self.synchronous_standby_names.is_empty())
    }

    /// Checks that the durability is not lower than that which the store has promised.
    pub(crate) fn expect(&self, promised: Durability) -> Result<(), LowerDurability> {
        let found = self.durability();
        if found >= promised { Ok(()) } else { Err(LowerDurability { promised, found, by: self.clone() }) }
    }

    /// Returns the settings in the words of the server.
    fn words(&self) -> String {
        let Self { fsync, synchronous_commit, synchronous_standby_names } = self;
        format!(
            "`fsync = {fsync}`, `synchronous_commit = {synchronous_commit}`, `synchronous_standby_names = '{synchronous_standby_names}'`"
        )
    }
}

/// The server would confirm commits that survive less than what the store has promised.
#[derive(Clone, Debug)]
pub(crate) struct LowerDurability {
    promised: Durability,
    found: Durability,
    by: Commits,
}

impl fmt::Display for LowerDurability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { promised, found, by } = self;
        let by = by.words();
        write!(
            f,
            "the durability was {promised:?} when this store was connected, and the server has changed to {found:?} by {by}: change the \
             setting back, or restart this service to go on with a lower durability"
        )
    }
}

impl std::error::Error for LowerDurability {}

/// The settings that the first connection of a pool has found: the others keep them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Promise(Arc<OnceLock<Commits>>);

impl Promise {
    /// Has commits of a connection wait for the same as those of the first one, whatever the defaults have become. Refuses a server on which
    /// they would survive less.
    pub(crate) async fn keep(&self, connection: &mut PgConnection) -> Result<(), Error> {
        let found = Commits::read(connection).await?;
        let promised = self.0.get_or_init(|| found.clone());
        // A setting of the session goes before those of the role, of the database and of the server.
        let set = format!("SET synchronous_commit = '{}'", promised.synchronous_commit);
        raw_sql(AssertSqlSafe(set)).execute(connection).await?;
        let commits = Commits { synchronous_commit: promised.synchronous_commit.clone(), ..found };
        commits.expect(promised.durability()).map_err(|lower| Error::Configuration(lower.into()))
    }
}

/// Refuses a server that takes no writes, and a database that cannot hold all texts.
pub(crate) async fn expect_writable(connection: &mut PgConnection) -> Result<(), OpenError> {
    let (is_standby, is_read_only, encoding): (bool, bool, String) = query_as(
        "SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::bool, current_setting('server_encoding')",
    )
    .fetch_one(connection)
    .await?;
    if is_standby || is_read_only {
        return Err(OpenError::ReadOnly);
    }
    if encoding == "UTF8" { Ok(()) } else { Err(OpenError::Encoding { found: encoding }) }
}

/// Returns whether the server ends statements of this connection within that time.
pub(crate) async fn ends_statements(connection: &mut PgConnection, limit: Duration) -> Result<bool, Error> {
    let sql = "SELECT setting::int8 FROM pg_settings WHERE name = 'statement_timeout'";
    let millis: i64 = query_scalar(sql).fetch_one(connection).await?;
    Ok(millis > 0 && u128::from(millis.unsigned_abs()) <= limit.as_millis())
}

/// Has the server check at intervals that the client is still connected while it runs a statement: statements of a process that
/// was killed end within a second. Servers before version 14 and on systems other than Linux and macOS cannot do this.
pub(crate) async fn notice_disconnection(connection: &mut PgConnection) -> Result<(), Error> {
    match raw_sql("SET client_connection_check_interval = '1s'").execute(connection).await {
        Err(Error::Database(_)) => Ok(()),
        result => result.map(drop),
    }
}

/// `remote_write` and `local` do not wait until another machine has flushed.
fn level(fsync: bool, commit: &str, has_standbys: bool) -> Durability {
    match commit {
        _ if !fsync => Durability::Relaxed,
        "off" => Durability::Relaxed,
        "on" | "remote_apply" if has_standbys => Durability::Replicated,
        _ => Durability::Fsync,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_say_what_survives() {
        let cases = [
            (true, "on", false, Durability::Fsync),
            (true, "on", true, Durability::Replicated),
            (true, "remote_apply", true, Durability::Replicated),
            (true, "remote_write", true, Durability::Fsync),
            (true, "local", true, Durability::Fsync),
            (true, "off", true, Durability::Relaxed),
            (false, "on", false, Durability::Relaxed),
        ];
        for (fsync, commit, has_standbys, expected) in cases {
            assert_eq!(level(fsync, commit, has_standbys), expected, "{fsync} {commit} {has_standbys}");
        }
    }
}
