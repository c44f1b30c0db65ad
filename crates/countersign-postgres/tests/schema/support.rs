//! SQL that makes tables of earlier versions.

use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};

use crate::common::wait;

pub(crate) fn execute(url: &str, sql: &str) {
    wait(async {
        let mut connection = PgConnection::connect(url).await.unwrap();
        raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    });
}

/// Removes what version 18 has added, the functions of version 21, which use it, and what versions 22 and 23 have added.
pub(crate) const WITHOUT_ORDER: &str = "ALTER TABLE countersign.event DROP COLUMN ordering_key, DROP COLUMN held_due;
     DROP FUNCTION countersign.claim_due, countersign.due_sources, countersign.lock_order, countersign.is_next, countersign.is_held, countersign.release_order, countersign.check_snapshots,
         countersign.fold_errors, countersign.due_bounds;
     DROP TABLE countersign.error_delta, countersign.due_bound;
     ALTER TABLE countersign.event_generation DROP COLUMN clock, DROP COLUMN settled, DROP COLUMN looks;
     ALTER TABLE countersign.event_delta DROP COLUMN clock";

/// Stores the numbers of events as versions before 15 do.
pub(crate) const SINGLE_COUNTS: &str =
    "ALTER TABLE countersign.event_delta ADD COLUMN source text, ADD COLUMN state smallint, ADD COLUMN delta bigint;
     UPDATE countersign.event_delta SET source = sources[1], state = states[1], delta = deltas[1];
     ALTER TABLE countersign.event_delta DROP COLUMN sources, DROP COLUMN states, DROP COLUMN deltas";
