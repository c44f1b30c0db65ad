//! Attempts in inline mode.

use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{FailureKind, InlineAttempt, InlineFilter, Page, StoredInlineAttempt};
use rusqlite::{Row, ToSql};

use super::errors;
use crate::convert::{millis, outcome, time};
use crate::sql::SQL;
use crate::writer::Session;

/// Adds the rows of attempts that ended so long ago, and counts the failures among them by their kind.
pub(super) fn add(
    session: &mut Session<'_>,
    source: &str,
    attempts: &[(Duration, InlineAttempt)],
) -> rusqlite::Result<()> {
    let now = session.now();
    for (ago, attempt) in attempts {
        let ended_at = now.saturating_sub(millis(*ago));
        let InlineAttempt { provider, tenant, external_id, event_type, code, error, worker, .. } = attempt;
        let fence = attempt.fence.map(|fence| i64::try_from(fence).unwrap_or(i64::MAX));
        let (took, outcome) = (millis(attempt.took), attempt.outcome.as_str());
        let failure = attempt.failure.map(FailureKind::as_str);
        let values: [&dyn ToSql; 13] = [
            &source,
            provider,
            tenant,
            external_id,
            event_type,
            &fence,
            &ended_at,
            &took,
            &outcome,
            &failure,
            code,
            error,
            worker,
        ];
        session.execute(SQL.inline_attempts_add, &values)?;
        if attempt.has_failed() {
            errors::count_inline(session, source, attempt, ended_at)?;
        }
    }
    Ok(())
}

pub(crate) fn read(
    session: &mut Session<'_>,
    filter: &InlineFilter,
    page: Page,
) -> rusqlite::Result<Vec<StoredInlineAttempt>> {
    let (after, limit) = (page.after.unwrap_or(i64::MAX), i64::try_from(page.limit).unwrap_or(i64::MAX));
    let sql = match (&filter.source, filter.has_failed) {
        (None, false) => SQL.inline_attempts,
        (None, true) => SQL.inline_attempts_failed,
        (Some(_), false) => SQL.inline_attempts_of,
        (Some(_), true) => SQL.inline_attempts_failed_of,
    };
    session.all(sql, &[&filter.source, &after, &limit], stored)
}

/// Deletes up to so many older rows.
pub(crate) fn sweep(session: &mut Session<'_>, old: i64, limit: i64) -> rusqlite::Result<usize> {
    session.execute(SQL.inline_attempt_sweep, &[&old, &limit])
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredInlineAttempt> {
    let failure: Option<String> = row.get(10)?;
    let attempt = InlineAttempt {
        provider: row.get(2)?,
        tenant: row.get(3)?,
        external_id: row.get(4)?,
        event_type: row.get(5)?,
        fence: row.get::<_, Option<i64>>(6)?.map(i64::unsigned_abs),
        took: Duration::from_millis(row.get::<_, i64>(8)?.unsigned_abs()),
        outcome: outcome(row, 9)?,
        failure: failure.as_deref().and_then(FailureKind::from_name),
        code: row.get(11)?,
        error: row.get(12)?,
        worker: row.get(13)?,
    };
    let ended_at: UnixTime = time(row, 7)?;
    Ok(StoredInlineAttempt { id: row.get(0)?, source: row.get(1)?, ended_at, attempt })
}
