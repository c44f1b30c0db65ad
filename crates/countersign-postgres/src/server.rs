//! Reads and sets properties of the server.

use std::time::Duration;

use countersign_inbox::Durability;
use sqlx::{Error, PgConnection, query_as, query_scalar, raw_sql};

use crate::error::OpenError;

/// Returns the durability according to the settings of the server and of this role. Refuses a read-only server.
pub(crate) async fn durability(connection: &mut PgConnection) -> Result<Durability, OpenError> {
    let (is_standby, is_read_only, fsync, commit, standbys): (bool, bool, bool, String, String) =
        query_as(include_str!("sql/durability.sql")).fetch_one(connection).await?;
    if is_standby || is_read_only {
        return Err(OpenError::ReadOnly);
    }
    Ok(level(fsync, &commit, !standbys.is_empty()))
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
