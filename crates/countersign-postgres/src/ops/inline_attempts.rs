//! Attempts in inline mode.

use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{
    AttemptOutcome, FailureKind, Increment, InlineAttempt, InlineFilter, Page, StoreError,
    StoredInlineAttempt, error_pattern,
};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use super::rows::{all, limit};
use crate::convert::{duration, fence, millis, storable_text, stored_fence};
use crate::inner::StoreInner;
use crate::session::{Prepared, Purpose, prepare};
use crate::sql::Sql;

impl StoreInner {
    /// Returns the statement that adds attempts in inline mode, if there are some.
    pub(super) fn adding_inline_attempts(&self, increments: &[Increment]) -> Option<Prepared<'static>> {
        let has_some = increments.iter().any(|increment| !increment.inline_attempts.is_empty());
        has_some.then(|| bind(&self.statements.inline_attempts_add, increments))
    }

    pub(super) async fn inline_attempts(
        &self,
        filter: &InlineFilter,
        page: Page,
    ) -> Result<Vec<StoredInlineAttempt>, StoreError> {
        let read = prepare(&self.statements.inline_attempts)
            .bind(filter.source.as_deref().map(|source| storable_text(source).into_owned()))
            .bind(filter.has_failed)
            .bind(page.after)
            .bind(limit(page.limit));
        all(&self.query(Purpose::Look, read).await?, stored)
    }
}

fn bind(sql: &Sql, increments: &[Increment]) -> Prepared<'static> {
    let rows: Vec<(&str, Duration, &InlineAttempt)> = increments
        .iter()
        .flat_map(|of| of.inline_attempts.iter().map(|(ago, attempt)| (of.source.as_str(), *ago, attempt)))
        .collect();
    let text = |text: &str| storable_text(text).into_owned();
    let texts = |of: fn(&InlineAttempt) -> &str| rows.iter().map(|row| text(of(row.2))).collect::<Vec<_>>();
    let options = |of: fn(&InlineAttempt) -> Option<&str>| {
        rows.iter().map(|row| of(row.2).map(text)).collect::<Vec<_>>()
    };
    let pattern = |of: &InlineAttempt| {
        of.has_failed().then(|| text(&error_pattern(of.error.as_deref().unwrap_or_default())))
    };
    prepare(sql)
        .bind(rows.iter().map(|row| text(row.0)).collect::<Vec<_>>())
        .bind(texts(|of| &of.provider))
        .bind(options(|of| of.tenant.as_deref()))
        .bind(options(|of| of.external_id.as_deref()))
        .bind(options(|of| of.event_type.as_deref()))
        .bind(rows.iter().map(|row| row.2.fence.map(stored_fence)).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| millis(row.1)).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| millis(row.2.took)).collect::<Vec<_>>())
        .bind(texts(|of| of.outcome.as_str()))
        .bind(options(|of| of.failure.map(FailureKind::as_str)))
        .bind(rows.iter().map(|row| row.2.code.map(i32::from)).collect::<Vec<_>>())
        .bind(options(|of| of.error.as_deref()))
        .bind(texts(|of| &of.worker))
        .bind(rows.iter().map(|row| pattern(row.2)).collect::<Vec<_>>())
}

fn stored(row: &PgRow) -> Result<StoredInlineAttempt, Error> {
    let outcome = AttemptOutcome::from_name(row.try_get(9)?)
        .ok_or_else(|| Error::Decode("an attempt has no known outcome".into()))?;
    let attempt = InlineAttempt {
        provider: row.try_get(2)?,
        tenant: row.try_get(3)?,
        external_id: row.try_get(4)?,
        event_type: row.try_get(5)?,
        fence: row.try_get::<Option<i64>, _>(6)?.map(fence).transpose()?,
        took: duration(row.try_get(8)?),
        outcome,
        failure: row.try_get::<Option<&str>, _>(10)?.and_then(FailureKind::from_name),
        code: row.try_get::<Option<i32>, _>(11)?.and_then(|code| u16::try_from(code).ok()),
        error: row.try_get(12)?,
        worker: row.try_get(13)?,
    };
    let ended_at = UnixTime::from_millis(row.try_get(7)?);
    Ok(StoredInlineAttempt { id: row.try_get(0)?, source: row.try_get(1)?, ended_at, attempt })
}
