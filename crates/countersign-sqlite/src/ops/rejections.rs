//! Rejected requests: their numbers, and the latest samples.

use countersign::UnixTime;
use countersign_inbox::{
    RejectionCount, RejectionIncrement, RejectionSample, Rejections, Span, StoredSample, Window,
};

use crate::convert::{millis, time};
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
        session.execute(ADD, &[&hour, &source, provider, kind, &count, &now])?;
    }
    for RejectionSample { kind, cause, head } in &increment.samples {
        session.execute(ADD_SAMPLE, &[&source, &now, kind, cause, head])?;
    }
    if !increment.samples.is_empty() {
        session.execute(TRIM, &[&source, &KEPT])?;
    }
    Ok(())
}

pub(super) fn read(
    session: &mut Session<'_>,
    source: Option<&str>,
    window: Window,
) -> rusqlite::Result<Rejections> {
    let since = Span::Hour.start(window.since(UnixTime::from_millis(session.now())));
    let counts = session.all(READ, &[&source, &since.as_millis()], |row| {
        Ok(RejectionCount {
            source: row.get(0)?,
            provider: row.get(1)?,
            kind: row.get(2)?,
            count: row.get::<_, i64>(3)?.unsigned_abs(),
            last_at: time(row, 4)?,
        })
    })?;
    let samples = session.all(READ_SAMPLES, &[&source], |row| {
        let sample = RejectionSample { kind: row.get(2)?, cause: row.get(3)?, head: row.get(4)? };
        Ok(StoredSample { source: row.get(0)?, at: time(row, 1)?, sample })
    })?;
    Ok(Rejections { since, counts, samples })
}

/// Deletes up to so many old rows of each kind. Returns the larger number.
pub(super) fn sweep(session: &mut Session<'_>, limit: i64) -> rusqlite::Result<usize> {
    let before = session.now().saturating_sub(millis(Span::Hour.retention()));
    let counts = session.execute(FORGET, &[&before, &limit])?;
    let samples = session.execute(FORGET_SAMPLES, &[&before, &limit])?;
    Ok(counts.max(samples))
}

const KEPT: i64 = RejectionSample::KEPT as i64;
const ADD: &str = "INSERT INTO wh_rejection(at, source, provider, kind, number, last_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6) \
    ON CONFLICT DO UPDATE SET number = number + excluded.number, last_at = excluded.last_at";
const ADD_SAMPLE: &str =
    "INSERT INTO wh_rejection_sample(source, at, kind, cause, head) VALUES(?1, ?2, ?3, ?4, ?5)";
const TRIM: &str = "DELETE FROM wh_rejection_sample WHERE source = ?1 AND id <= \
    (SELECT id FROM wh_rejection_sample WHERE source = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
const READ: &str = "SELECT source, provider, kind, sum(number), max(last_at) FROM wh_rejection \
    WHERE at >= ?2 AND source = coalesce(?1, source) GROUP BY source, provider, kind ORDER BY source, provider, kind";
const READ_SAMPLES: &str = "SELECT source, at, kind, cause, head FROM wh_rejection_sample \
    WHERE source = coalesce(?1, source) ORDER BY id DESC";
const FORGET: &str = "DELETE FROM wh_rejection WHERE (at, source, provider, kind) IN \
    (SELECT at, source, provider, kind FROM wh_rejection WHERE at < ?1 ORDER BY at LIMIT ?2)";
const FORGET_SAMPLES: &str = "DELETE FROM wh_rejection_sample WHERE id IN \
    (SELECT id FROM wh_rejection_sample WHERE at < ?1 ORDER BY at LIMIT ?2)";
