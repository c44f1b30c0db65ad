//! Rejected requests: their numbers, and the latest samples.

use countersign::UnixTime;
use countersign_inbox::{
    RejectionCount, RejectionIncrement, RejectionSample, Rejections, Span, StoredSample, Window,
};

use crate::convert::{millis, time};
use crate::sql::SQL;
use crate::writer::Session;

/// Adds to the rows of this hour, and keeps the latest samples.
pub(super) fn add(
    session: &mut Session<'_>,
    source: &str,
    increment: &RejectionIncrement,
) -> rusqlite::Result<()> {
    let now = session.now();
    let hour = Span::Hour.start(UnixTime::from_millis(now)).as_millis();
    for ((provider, kind), count) in &increment.counts {
        let count = i64::try_from(*count).unwrap_or(i64::MAX);
        session.execute(SQL.rejections_add, &[&hour, &source, provider, kind, &count, &now])?;
    }
    for RejectionSample { kind, cause, head } in &increment.samples {
        session.execute(SQL.rejection_sample_add, &[&source, &now, kind, cause, head])?;
    }
    if !increment.samples.is_empty() {
        session.execute(SQL.rejection_sample_trim, &[&source, &KEPT])?;
    }
    Ok(())
}

pub(super) fn read(
    session: &mut Session<'_>,
    source: Option<&str>,
    window: Window,
) -> rusqlite::Result<Rejections> {
    let since = Span::Hour.start(window.since(UnixTime::from_millis(session.now())));
    let counts = session.all(SQL.rejections, &[&source, &since.as_millis()], |row| {
        Ok(RejectionCount {
            source: row.get(0)?,
            provider: row.get(1)?,
            kind: row.get(2)?,
            count: row.get::<_, i64>(3)?.unsigned_abs(),
            last_at: time(row, 4)?,
        })
    })?;
    let samples = session.all(SQL.rejection_samples, &[&source], |row| {
        let sample = RejectionSample { kind: row.get(2)?, cause: row.get(3)?, head: row.get(4)? };
        Ok(StoredSample { source: row.get(0)?, at: time(row, 1)?, sample })
    })?;
    Ok(Rejections { since, counts, samples })
}

/// Deletes up to so many old rows of each kind. Returns the larger number.
pub(super) fn sweep(session: &mut Session<'_>, limit: i64) -> rusqlite::Result<usize> {
    let before = session.now().saturating_sub(millis(Span::Hour.retention()));
    let counts = session.execute(SQL.rejections_sweep, &[&before, &limit])?;
    let samples = session.execute(SQL.rejection_sample_sweep, &[&before, &limit])?;
    Ok(counts.max(samples))
}

const KEPT: i64 = RejectionSample::KEPT as i64;
