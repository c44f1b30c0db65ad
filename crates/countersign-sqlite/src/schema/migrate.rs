use rusqlite::Connection;

use crate::error::{OpenError, sqlite};

/// Upgrades a file to the newest version, each step in a separate transaction.
pub(crate) fn migrate(connection: &Connection) -> Result<(), OpenError> {
    while let Some((version, sql)) = next(connection)? {
        let application = APPLICATION_ID;
        let step = format!(
            "BEGIN IMMEDIATE;\n{sql}\nPRAGMA application_id = {application};\nPRAGMA user_version = {version};\nCOMMIT;"
        );
        if let Err(error) = connection.execute_batch(&step) {
            if !connection.is_autocommit() {
                // The cause is the error above.
                let _ = connection.execute_batch("ROLLBACK");
            }
            return Err(sqlite("create its tables")(error));
        }
    }
    Ok(())
}

/// Refuses foreign files, and files of newer releases.
pub(crate) fn check(connection: &Connection) -> Result<i64, OpenError> {
    let read =
        |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(sqlite("read its version"));
    let version = read("PRAGMA user_version")?;
    let is_empty = read("SELECT count(*) FROM sqlite_schema")? == 0;
    if !is_empty && read("PRAGMA application_id")? != APPLICATION_ID {
        return Err(OpenError::NotOurs);
    }
    if version > VERSION {
        return Err(OpenError::TooNew { required: version, known: VERSION });
    }
    Ok(version)
}

/// The newest version.
pub(crate) const VERSION: i64 = MIGRATIONS.len() as i64;

fn next(connection: &Connection) -> Result<Option<(i64, &'static str)>, OpenError> {
    let version = check(connection)?;
    let sql = usize::try_from(version).ok().and_then(|version| MIGRATIONS.get(version));
    Ok(sql.map(|sql| (version + 1, *sql)))
}

/// The steps from each version to the next. A released step never changes.
const MIGRATIONS: &[&str] = &[
    include_str!("v1_claims_and_events.sql"),
    include_str!("v2_swept_rows.sql"),
    include_str!("v3_due_at_once.sql"),
    include_str!("v4_owners_and_clock.sql"),
    include_str!("v5_error_patterns.sql"),
    include_str!("v6_unverified.sql"),
    include_str!("v7_counts.sql"),
    include_str!("v8_attempts.sql"),
    include_str!("v9_errors.sql"),
    include_str!("v10_statistics.sql"),
    include_str!("v11_rejections.sql"),
    include_str!("v12_pauses.sql"),
    include_str!("v13_started.sql"),
    include_str!("v14_breakdowns.sql"),
    include_str!("v15_order.sql"),
    include_str!("v16_block_filters.sql"),
    include_str!("v17_inline_attempts.sql"),
    include_str!("v18_controls.sql"),
    include_str!("v19_dead_letter_types.sql"),
    include_str!("v20_machine_time.sql"),
];

/// Creates all tables, for tests.
#[cfg(test)]
pub(crate) fn create(connection: &Connection) {
    MIGRATIONS.iter().for_each(|sql| connection.execute_batch(sql).unwrap());
}

/// "CSgn".
const APPLICATION_ID: i64 = 0x4353_676e;
