use sqlx::{AssertSqlSafe, PgConnection, query, query_as, raw_sql};

use super::{SchemaName, owner};
use crate::error::OpenError;
use crate::session::read_committed;

/// The version of the tables.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Version {
    /// The last migration.
    found: i32,
    /// The oldest version of this crate that may use them.
    required: i32,
}

/// Checks that the tables can be used as they are.
pub(crate) async fn check(connection: &mut PgConnection, schema: &SchemaName) -> Result<(), OpenError> {
    let version = version(connection, schema).await?;
    if version.required > LATEST {
        return Err(OpenError::TooNew { required: version.required, known: LATEST });
    }
    if version.found < LATEST {
        return Err(OpenError::Outdated { found: version.found, needed: LATEST });
    }
    Ok(())
}

/// Upgrades the tables. Of several instances that start at once, one upgrades and the others wait.
pub(crate) async fn migrate(connection: &mut PgConnection, schema: &SchemaName) -> Result<(), OpenError> {
    match check(connection, schema).await {
        Err(OpenError::Outdated { .. }) => {}
        settled => return settled,
    }
    let mut tx = read_committed(connection).await?;
    // A longer wait is reported as an error.
    raw_sql("SET LOCAL lock_timeout = '30s'; SET LOCAL statement_timeout = 0").execute(&mut *tx).await?;
    query("SELECT pg_advisory_xact_lock(hashtext('countersign-postgres'), hashtext($1))")
        .bind(schema.to_string())
        .execute(&mut *tx)
        .await?;
    let from = version(&mut tx, schema).await?;
    if from.required > LATEST {
        return Err(OpenError::TooNew { required: from.required, known: LATEST });
    }
    if from.found == 0 {
        create_schema(&mut tx, schema).await?;
    }
    for (number, migration) in (1..).zip(MIGRATIONS).filter(|(number, _)| *number > from.found) {
        raw_sql(sql(migration.sql, schema)).execute(&mut *tx).await?;
        let set = sql(include_str!("set_version.sql"), schema);
        query(set).bind(number).bind(migration.requires).execute(&mut *tx).await?;
    }
    owner::unify(&mut tx, schema, MIGRATIONS.iter().map(|migration| migration.sql)).await?;
    tx.commit().await?;
    Ok(())
}

async fn create_schema(connection: &mut PgConnection, schema: &SchemaName) -> Result<(), OpenError> {
    // A role that has the schema may not be allowed to create one.
    if !schema.is_there(connection).await? {
        query(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).execute(&mut *connection).await?;
    }
    raw_sql(sql(include_str!("create_version.sql"), schema)).execute(connection).await?;
    Ok(())
}

async fn version(connection: &mut PgConnection, schema: &SchemaName) -> Result<Version, OpenError> {
    if !schema.has_table(connection, "version").await? {
        return Ok(Version { found: 0, required: 1 });
    }
    let read = sql(include_str!("version.sql"), schema);
    let (found, required) = query_as(read).fetch_one(connection).await?;
    Ok(Version { found, required })
}

/// Returns a statement for one schema.
fn sql(text: &str, schema: &SchemaName) -> AssertSqlSafe<String> {
    AssertSqlSafe(text.replace("{schema}", &schema.to_string()))
}

struct Migration {
    sql: &'static str,
    /// The oldest version of this crate that works after it.
    requires: i32,
}

/// The migrations in order. A released one never changes.
const MIGRATIONS: [Migration; 24] = [
    Migration { sql: include_str!("v1_claims.sql"), requires: 1 },
    Migration { sql: include_str!("v2_events.sql"), requires: 1 },
    Migration { sql: include_str!("v3_ages.sql"), requires: 1 },
    Migration { sql: include_str!("v4_fences_and_frontiers.sql"), requires: 1 },
    Migration { sql: include_str!("v5_counts.sql"), requires: 1 },
    Migration { sql: include_str!("v6_unverified.sql"), requires: 1 },
    Migration { sql: include_str!("v7_parts.sql"), requires: 1 },
    Migration { sql: include_str!("v8_listed.sql"), requires: 1 },
    Migration { sql: include_str!("v9_attempts.sql"), requires: 1 },
    Migration { sql: include_str!("v10_errors.sql"), requires: 1 },
    Migration { sql: include_str!("v11_statistics.sql"), requires: 1 },
    Migration { sql: include_str!("v12_rejections.sql"), requires: 1 },
    Migration { sql: include_str!("v13_pauses.sql"), requires: 1 },
    Migration { sql: include_str!("v14_started.sql"), requires: 1 },
    Migration { sql: include_str!("v15_count_rows.sql"), requires: 1 },
    Migration { sql: include_str!("v16_rights.sql"), requires: 1 },
    Migration { sql: include_str!("v17_breakdowns.sql"), requires: 1 },
    Migration { sql: include_str!("v18_order.sql"), requires: 1 },
    Migration { sql: include_str!("v19_inline_attempts.sql"), requires: 1 },
    Migration { sql: include_str!("v20_controls.sql"), requires: 1 },
    Migration { sql: include_str!("v21_kept_plans.sql"), requires: 1 },
    Migration { sql: include_str!("v22_error_deltas.sql"), requires: 1 },
    Migration { sql: include_str!("v23_due_bounds.sql"), requires: 1 },
    Migration { sql: include_str!("v24_replica_identity.sql"), requires: 1 },
];

const LATEST: i32 = MIGRATIONS.len() as i32;
