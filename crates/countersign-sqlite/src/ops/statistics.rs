//! Sums of what processes have counted.

use countersign::UnixTime;
use countersign_inbox::{
    Breakdown, DeliveryCounts, Increment, Occurrences, Series, Span, Statistics, Window,
};
use rusqlite::{Row, ToSql};

use super::{inline_attempts, rejections};
use crate::convert::{maybe_time, millis, time};
use crate::sql::SQL;
use crate::writer::Session;

/// Adds increments to the rows of this minute, hour and day.
pub(crate) fn add(session: &mut Session<'_>, increments: &[Increment]) -> rusqlite::Result<()> {
    let now = session.now();
    for increment in increments {
        let Increment { source, counts, keys, rejections, inline_attempts, .. } = increment;
        rejections::add(session, source, rejections)?;
        inline_attempts::add(session, source, inline_attempts)?;
        if increment.is_empty() {
            continue;
        }
        for span in Span::ALL {
            let (code, at) = (span.code(), span.start(UnixTime::from_millis(now)).as_millis());
            let known =
                session.first(SQL.statistics_times, &[&code, &at, source], |row| row.get::<_, Vec<u8>>(0))?;
            let mut times = increment.time_to_done.clone();
            times.add_packed(unpacked(&known.unwrap_or_default()));
            let times: Vec<u8> = times.to_packed().into_iter().flat_map(i64::to_le_bytes).collect();
            let numbers = numbers(counts);
            let mut values: Vec<&dyn ToSql> = vec![&code, &at, source];
            values.extend(numbers.iter().map(|number| number as &dyn ToSql));
            values.push(&times);
            session.execute(SQL.statistics_add, &values)?;
            for (key, number) in keys {
                session.execute(SQL.key_use_add, &[&code, &at, source, key, &stored(*number), &now])?;
            }
            for (by, name, number) in increment.breakdown() {
                let values: [&dyn ToSql; 7] = [&code, &at, source, &by.code(), &name, &stored(number), &now];
                session.execute(SQL.breakdown_add, &values)?;
            }
        }
        let delivered = (increment.deliveries() > 0).then_some(now);
        let done = (counts.done > 0).then_some(now);
        session.execute(SQL.activity_add, &[source, &delivered, &done])?;
    }
    Ok(())
}

pub(super) fn read(session: &mut Session<'_>, window: Window) -> rusqlite::Result<Statistics> {
    let now = UnixTime::from_millis(session.now());
    let mut statistics = Statistics::new(window, now);
    session.all(SQL.activity, &[], |row| {
        let (delivered, done) = (maybe_time(row, 1)?, maybe_time(row, 2)?);
        statistics.add(text(row, 0)?, |of| (of.last_delivery, of.last_success) = (delivered, done));
        Ok(())
    })?;
    for range in window.ranges(now) {
        let (code, from, until) = (range.span.code(), range.from.as_millis(), range.until.as_millis());
        let range: [&dyn ToSql; 3] = [&code, &from, &until];
        session.all(SQL.statistics, &range, |row| {
            let (counts, times) = (counts(row)?, unpacked(row.get_ref(7)?.as_blob()?));
            statistics.add(text(row, 0)?, |of| {
                of.counts.merge(&counts);
                of.time_to_done.add_packed(times);
            });
            Ok(())
        })?;
        session.all(SQL.key_uses, &range, |row| {
            let (key, used) = (text(row, 1)?, occurrences(row, 2)?);
            statistics.add(text(row, 0)?, |of| of.add_key(key, used));
            Ok(())
        })?;
        session.all(SQL.breakdowns, &range, |row| {
            let (by, name, counted) =
                (Breakdown::from_code(row.get(1)?), text(row, 2)?, occurrences(row, 3)?);
            if let Some(by) = by {
                statistics.add(text(row, 0)?, |of| of.add_breakdown(by, name, counted));
            }
            Ok(())
        })?;
    }
    Ok(statistics)
}

pub(super) fn series(session: &mut Session<'_>, window: Window) -> rusqlite::Result<Series> {
    let mut series = Series::new(window, UnixTime::from_millis(session.now()));
    let (code, from, until) = (series.span().code(), series.since().as_millis(), i64::MAX);
    let rows = session.all(SQL.statistics, &[&code, &from, &until], |row| {
        Ok((row.get::<_, String>(0)?, counts(row)?, time(row, 8)?))
    })?;
    for (source, counts, at) in rows {
        series.add(source, at, &counts);
    }
    Ok(series)
}

/// Deletes up to so many rows of each kind that no window has any more. Returns the largest number of one kind.
pub(crate) fn sweep(session: &mut Session<'_>, limit: i64) -> rusqlite::Result<usize> {
    let (now, mut most) = (session.now(), 0);
    for span in Span::ALL {
        let before = now.saturating_sub(millis(span.retention()));
        for sql in [SQL.statistics_sweep, SQL.key_use_sweep, SQL.breakdown_sweep] {
            most = most.max(session.execute(sql, &[&span.code(), &before, &limit])?);
        }
    }
    Ok(most.max(rejections::sweep(session, limit)?))
}

fn numbers(counts: &DeliveryCounts) -> [i64; 6] {
    let DeliveryCounts { accepted, duplicates, attempts, done, retries, dead } = *counts;
    [accepted, duplicates, attempts, done, retries, dead].map(stored)
}

fn counts(row: &Row<'_>) -> rusqlite::Result<DeliveryCounts> {
    let number = |at| row.get::<_, i64>(at).map(i64::unsigned_abs);
    Ok(DeliveryCounts {
        accepted: number(1)?,
        duplicates: number(2)?,
        attempts: number(3)?,
        done: number(4)?,
        retries: number(5)?,
        dead: number(6)?,
    })
}

/// Returns the text in this column, without a copy.
fn text<'r>(row: &'r Row<'_>, at: usize) -> rusqlite::Result<&'r str> {
    Ok(row.get_ref(at)?.as_str()?)
}

/// Returns the number in this column, and the time in the next one.
fn occurrences(row: &Row<'_>, at: usize) -> rusqlite::Result<Occurrences> {
    Ok(Occurrences { count: row.get::<_, i64>(at)?.unsigned_abs(), last_at: time(row, at + 1)? })
}

fn unpacked(times: &[u8]) -> impl Iterator<Item = i64> {
    let (numbers, _) = times.as_chunks();
    numbers.iter().map(|bytes| i64::from_le_bytes(*bytes))
}

fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
