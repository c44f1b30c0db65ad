//! Sums of what processes have counted.

use std::collections::BTreeMap;

use countersign::UnixTime;
use countersign_inbox::{
    Breakdown, DeliveryCounts, Increment, Occurrences, Series, Span, Statistics, StoreError, Window,
};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use crate::convert::{millis, storable_text};
use crate::error::unavailable;
use crate::inner::StoreInner;
use crate::session::{Prepared, Purpose, prepare, read_committed};
use crate::sql::Sql;

impl StoreInner {
    /// Adds all of them or none: the caller adds all of them again after an error.
    pub(crate) async fn add_statistics(&self, increments: &[Increment]) -> Result<(), StoreError> {
        let numbers = storable(increments);
        let statements = || {
            let rejections = self.adding_rejections(increments);
            let inline_attempts = self.adding_inline_attempts(increments);
            let numbers = (!numbers.is_empty()).then(|| bind(&self.statements.statistics_add, &numbers));
            [rejections, inline_attempts, numbers].into_iter().flatten()
        };
        if statements().next().is_none() {
            return Ok(());
        }
        let statements = &statements;
        self.session
            .repeat(|which| async move {
                let mut connection = self.session.acquire(which).await?;
                let added = async {
                    let mut tx = read_committed(&mut connection).await?;
                    for statement in statements() {
                        statement.execute(&mut *tx).await?;
                    }
                    tx.commit().await
                }
                .await;
                connection.end(added)
            })
            .await
    }

    pub(super) async fn statistics(&self, window: Window) -> Result<Statistics, StoreError> {
        let read = |now| {
            let [fine, coarse] = window.ranges(now);
            prepare(&self.statements.statistics)
                .bind(fine.span.code())
                .bind(fine.from.as_millis())
                .bind(fine.until.as_millis())
                .bind(coarse.span.code())
                .bind(coarse.from.as_millis())
        };
        let (now, rows) = self.query_at(Purpose::Look, read).await?;
        let mut statistics = Statistics::new(window, now);
        for row in rows {
            add_row(&mut statistics, &row).map_err(unavailable)?;
        }
        Ok(statistics)
    }

    pub(super) async fn series(&self, window: Window) -> Result<Series, StoreError> {
        let read = |now| {
            let series = Series::new(window, now);
            prepare(&self.statements.series).bind(series.span().code()).bind(series.since().as_millis())
        };
        let (now, rows) = self.query_at(Purpose::Look, read).await?;
        let mut series = Series::new(window, now);
        for row in rows {
            add_items(&mut series, &row).map_err(unavailable)?;
        }
        Ok(series)
    }

    /// Deletes up to so many rows of each kind that no window has any more. Returns the largest number of one kind.
    pub(crate) async fn sweep_statistics(&self, limit: i64) -> Result<u64, StoreError> {
        let spans = || Span::ALL.map(Span::code).to_vec();
        let ages = || Span::ALL.map(|span| millis(span.retention())).to_vec();
        let statement = &self.statements.statistics_sweep;
        self.delete(|| prepare(statement).bind(spans()).bind(ages()).bind(limit)).await
    }
}

/// Returns increments with a row of their own each: texts are storable, and each is there once.
fn storable(increments: &[Increment]) -> Vec<Increment> {
    let mut storable = BTreeMap::<String, Increment>::new();
    for increment in increments.iter().filter(|increment| !increment.is_empty()) {
        let source = storable_text(&increment.source).into_owned();
        let known = storable.entry(source.clone()).or_insert_with(|| Increment::new(source));
        known.merge(&Increment {
            counts: increment.counts,
            time_to_done: increment.time_to_done.clone(),
            keys: storable_names(&increment.keys),
            filtered: storable_names(&increment.filtered),
            codes: storable_names(&increment.codes),
            circuits: storable_names(&increment.circuits),
            ..Increment::default()
        });
    }
    storable.into_values().collect()
}

fn storable_names(counts: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let mut storable = BTreeMap::<String, u64>::new();
    for (name, count) in counts {
        let known = storable.entry(storable_text(name).into_owned()).or_default();
        *known = known.saturating_add(*count);
    }
    storable
}

fn bind(sql: &Sql, increments: &[Increment]) -> Prepared<'static> {
    let numbers = |number: fn(&DeliveryCounts) -> u64| {
        increments.iter().map(|increment| stored(number(&increment.counts))).collect::<Vec<_>>()
    };
    let mut statement = prepare(sql)
        .bind(increments.iter().map(|increment| increment.source.clone()).collect::<Vec<_>>())
        .bind(numbers(|counts| counts.accepted))
        .bind(numbers(|counts| counts.duplicates))
        .bind(numbers(|counts| counts.attempts))
        .bind(numbers(|counts| counts.done))
        .bind(numbers(|counts| counts.retries))
        .bind(numbers(|counts| counts.dead));
    let (mut of, mut times) = (Vec::new(), Vec::new());
    let (mut of_key, mut keys, mut uses) = (Vec::new(), Vec::new(), Vec::new());
    let (mut of_count, mut kinds, mut names, mut counts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (nth, increment) in (1_i64..).zip(increments) {
        let packed = increment.time_to_done.to_packed();
        of.extend(packed.iter().map(|_| nth));
        times.extend(packed);
        for (key, number) in &increment.keys {
            of_key.push(nth);
            keys.push(key.clone());
            uses.push(stored(*number));
        }
        for (by, name, number) in increment.breakdown() {
            of_count.push(nth);
            kinds.push(by.code());
            names.push(name.to_owned());
            counts.push(stored(number));
        }
    }
    let deliveries: Vec<_> = increments.iter().map(|increment| stored(increment.deliveries())).collect();
    statement = statement.bind(of).bind(times);
    statement = statement.bind(of_key).bind(keys).bind(uses);
    statement.bind(of_count).bind(kinds).bind(names).bind(counts).bind(deliveries)
}

fn add_row(statistics: &mut Statistics, row: &PgRow) -> Result<(), Error> {
    let kind: i16 = row.try_get(0)?;
    let source = row.try_get::<&str, _>(1)?;
    let numbers: Vec<Option<i64>> = row.try_get(2)?;
    let number = |at: usize| numbers.get(at).copied().flatten();
    match kind {
        0 => {
            let (counts, times) = (counts(&numbers), row.try_get::<Vec<i64>, _>(3)?);
            statistics.add(source, |of| {
                of.counts.merge(&counts);
                of.time_to_done.add_packed(times);
            });
        }
        1 => {
            let (key, used) = (row.try_get::<&str, _>(4)?, occurrences(row, number(0))?);
            statistics.add(source, |of| of.add_key(key, used));
        }
        3 => {
            let (name, counted) = (row.try_get::<&str, _>(4)?, occurrences(row, number(0))?);
            if let Some(by) = Breakdown::from_code(row.try_get(6)?) {
                statistics.add(source, |of| of.add_breakdown(by, name, counted));
            }
        }
        _ => {
            let times = [0, 1].map(|at| number(at).map(UnixTime::from_millis));
            statistics.add(source, |of| [of.last_delivery, of.last_success] = times);
        }
    }
    Ok(())
}

/// Adds the numbers of all endpoints within one span of time.
fn add_items(series: &mut Series, row: &PgRow) -> Result<(), Error> {
    let at = UnixTime::from_millis(row.try_get(0)?);
    let numbers = (2..8).map(|column| row.try_get::<Vec<i64>, _>(column)).collect::<Result<Vec<_>, _>>()?;
    for (place, source) in row.try_get::<Vec<String>, _>(1)?.into_iter().enumerate() {
        let numbers: Vec<_> = numbers.iter().map(|of| of.get(place).copied()).collect();
        series.add(source, at, &counts(&numbers));
    }
    Ok(())
}

fn counts(numbers: &[Option<i64>]) -> DeliveryCounts {
    let count = |at: usize| numbers.get(at).copied().flatten().unwrap_or(0).unsigned_abs();
    DeliveryCounts {
        accepted: count(0),
        duplicates: count(1),
        attempts: count(2),
        done: count(3),
        retries: count(4),
        dead: count(5),
    }
}

fn occurrences(row: &PgRow, number: Option<i64>) -> Result<Occurrences, Error> {
    let count = number.unwrap_or(0).unsigned_abs();
    Ok(Occurrences { count, last_at: UnixTime::from_millis(row.try_get(5)?) })
}

fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
