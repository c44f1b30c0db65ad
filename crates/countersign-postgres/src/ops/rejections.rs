//! Rejected requests: their numbers, and the latest samples.

use std::collections::BTreeMap;

use countersign::UnixTime;
use countersign_inbox::{
    Increment, RejectionCount, RejectionSample, Rejections, Span, StoreError, StoredSample, Window,
};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use crate::convert::{millis, storable_text};
use crate::error::unavailable;
use crate::inner::StoreInner;
use crate::session::{Prepared, Purpose, prepare};
use crate::sql::Sql;

impl StoreInner {
    /// Returns the statement that adds rejections, if there are some.
    pub(super) fn adding_rejections(&self, increments: &[Increment]) -> Option<Prepared<'static>> {
        let has_some = increments.iter().any(|increment| !increment.rejections.is_empty());
        has_some.then(|| bind(&self.statements.rejections_add, increments))
    }

    pub(super) async fn rejections(
        &self,
        source: Option<&str>,
        window: Window,
    ) -> Result<Rejections, StoreError> {
        let since = |now| Span::Hour.start(window.since(now));
        let read = |now| {
            prepare(&self.statements.rejections)
                .bind(source.map(|source| storable_text(source).into_owned()))
                .bind(since(now).as_millis())
                .bind(KEPT)
        };
        let (now, rows) = self.query_at(Purpose::Look, read).await?;
        let since = since(now);
        let mut rejections = Rejections { since, counts: Vec::new(), samples: Vec::new() };
        for row in rows {
            add_row(&mut rejections, &row).map_err(unavailable)?;
        }
        // Not in the order of the database's language.
        rejections.counts.sort_by(|one, other| {
            (&one.source, &one.provider, &one.kind).cmp(&(&other.source, &other.provider, &other.kind))
        });
        Ok(rejections)
    }

    /// Deletes up to so many old rows of each kind. Returns the larger number.
    pub(crate) async fn sweep_rejections(&self, limit: i64) -> Result<u64, StoreError> {
        let retention = millis(Span::Hour.retention());
        self.delete(|| prepare(&self.statements.rejections_sweep).bind(retention).bind(limit)).await
    }
}

fn bind(sql: &Sql, increments: &[Increment]) -> Prepared<'static> {
    let text = |text: &str| storable_text(text).into_owned();
    let mut counts = BTreeMap::<_, u64>::new();
    let [mut of, mut kinds, mut causes, mut heads] = [const { Vec::new() }; 4];
    for increment in increments {
        for ((provider, kind), count) in &increment.rejections.counts {
            let known = counts.entry((text(&increment.source), text(provider), text(kind))).or_default();
            *known = known.saturating_add(*count);
        }
        for sample in &increment.rejections.samples {
            of.push(text(&increment.source));
            kinds.push(text(&sample.kind));
            causes.push(text(&sample.cause));
            heads.push(text(&sample.head));
        }
    }
    let numbers = counts.values().map(|count| i64::try_from(*count).unwrap_or(i64::MAX)).collect::<Vec<_>>();
    prepare(sql)
        .bind(counts.keys().map(|(source, ..)| source.clone()).collect::<Vec<_>>())
        .bind(counts.keys().map(|(_, provider, _)| provider.clone()).collect::<Vec<_>>())
        .bind(counts.keys().map(|(.., kind)| kind.clone()).collect::<Vec<_>>())
        .bind(numbers)
        .bind(of)
        .bind(kinds)
        .bind(causes)
        .bind(heads)
        .bind(KEPT)
}

fn add_row(rejections: &mut Rejections, row: &PgRow) -> Result<(), Error> {
    let (source, kind) = (row.try_get(1)?, row.try_get(3)?);
    let at = UnixTime::from_millis(row.try_get(5)?);
    if row.try_get(0)? {
        let sample = RejectionSample { kind, cause: row.try_get(6)?, head: row.try_get(7)? };
        rejections.samples.push(StoredSample { source, at, sample });
    } else {
        let count = row.try_get::<i64, _>(4)?.unsigned_abs();
        rejections.counts.push(RejectionCount {
            source,
            provider: row.try_get(2)?,
            kind,
            count,
            last_at: at,
        });
    }
    Ok(())
}

const KEPT: i64 = RejectionSample::KEPT as i64;
