use countersign_inbox::{
    Action, Attempt, AuditEntry, Change, Changed, Detail, EventId, Filter, Page, Stats, StoreError, Summary,
};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use super::rows;
use crate::core::Core;
use crate::error::unavailable;
use crate::session::{Prepared, prepare};
use crate::sql::Sql;
use crate::text::storable;
use crate::units::millis;

impl Core {
    pub(super) async fn stats(&self) -> Result<Stats, StoreError> {
        let found = self.session.rows_at_leisure(prepare(&self.statements.stats)).await?;
        Ok(Stats { sources: all(&found, rows::source)? })
    }

    pub(super) async fn list(&self, filter: &Filter, page: Page) -> Result<Vec<Summary>, StoreError> {
        let statement = filtered(&self.statements.list, filter).bind(page.after).bind(limit(page.limit));
        all(&self.session.rows_at_leisure(statement).await?, rows::summary)
    }

    pub(super) async fn count_events(&self, filter: &Filter) -> Result<u64, StoreError> {
        let found = self.session.rows_at_leisure(filtered(&self.statements.count, filter)).await?;
        let count: i64 = found.first().map_or(Ok(0), |row| row.try_get(0)).map_err(unavailable)?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    pub(super) async fn show(&self, id: EventId) -> Result<Option<Detail>, StoreError> {
        let show = prepare(&self.statements.show).bind(id.get());
        let found = self.session.rows_at_leisure(show).await?;
        let Some(row) = found.first() else { return Ok(None) };
        let mut attempts = self.attempts(id).await?;
        loop {
            // Some may have been on their way from one partition into another, which the plan did not know yet.
            let again = self.attempts(id).await?;
            if again.len() <= attempts.len() {
                break;
            }
            attempts = again;
        }
        let mut detail = rows::detail(row, attempts).map_err(unavailable)?;
        if detail.head.is_none() {
            // It may have been on its way from one partition into another. It is not any more.
            let body = prepare(&self.statements.body).bind(id.get());
            if let Some(row) = self.session.rows_at_leisure(body).await?.first() {
                rows::add_body(&mut detail, row).map_err(unavailable)?;
            }
        }
        Ok(Some(detail))
    }

    async fn attempts(&self, id: EventId) -> Result<Vec<Attempt>, StoreError> {
        let attempts = prepare(&self.statements.attempts).bind(id.get());
        all(&self.session.rows_at_leisure(attempts).await?, rows::attempt)
    }

    pub(super) async fn audit(
        &self,
        event: Option<EventId>,
        page: Page,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let statement = prepare(&self.statements.audit)
            .bind(event.map(EventId::get))
            .bind(page.after)
            .bind(limit(page.limit));
        all(&self.session.rows_at_leisure(statement).await?, rows::audit_entry)
    }

    /// One statement chooses, changes and writes down.
    pub(super) async fn change(&self, change: &Change) -> Result<Changed, StoreError> {
        let sql = match change.action {
            Action::Replay => &self.statements.change_replay,
            Action::Discard => &self.statements.change_discard,
            Action::Purge => &self.statements.change_purge,
            _ => return Err(unavailable(Error::Encode("this action is not known here".into()))),
        };
        let statement = filtered(sql, &change.filter)
            .bind(change.after.map(EventId::get))
            .bind(limit(change.limit))
            .bind(change.dry_run)
            .bind(storable(&change.actor).into_owned())
            .bind(storable(&change.detail()).into_owned());
        let found = self.session.rows_at_leisure(statement).await?;
        Ok(Changed::new(all(&found, |row| row.try_get(0).map(EventId::new))?))
    }
}

fn filtered(sql: &Sql, filter: &Filter) -> Prepared<'static> {
    let text = |text: &Option<String>| text.as_deref().map(|text| storable(text).into_owned());
    let ids: Vec<_> = filter.ids.iter().map(|id| id.get()).collect();
    prepare(sql)
        .bind((!ids.is_empty()).then_some(ids))
        .bind(text(&filter.source))
        .bind(text(&filter.tenant))
        .bind(filter.state.map(|state| state.code()))
        .bind(text(&filter.event_type))
        .bind(text(&filter.external_id))
        .bind(text(&filter.error))
        .bind(filter.older_than.map(millis))
        .bind(filter.newer_than.map(millis))
}

fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn all<T>(found: &[PgRow], read: impl Fn(&PgRow) -> Result<T, Error>) -> Result<Vec<T>, StoreError> {
    found.iter().map(read).collect::<Result<_, _>>().map_err(unavailable)
}
