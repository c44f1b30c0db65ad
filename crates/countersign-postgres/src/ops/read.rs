use std::time::Instant;

use countersign_inbox::{
    Attempt, AuditEntry, Detail, ErrorPattern, EventId, EventState, Filter, Page, Stats, StoreError, Summary,
};
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use super::rows;
use crate::convert::{millis, storable_text};
use crate::error::unavailable;
use crate::inner::StoreInner;
use crate::session::{Prepared, Purpose, prepare};
use crate::sql::Sql;

/// The order in which events are searched.
pub(super) enum Plan {
    /// By number; only those whose error is in one of the classes, if there are any.
    InOrder(Option<Vec<String>>),
    /// Source by source and state by state.
    ByPlace,
    /// Class by class of errors, and each of them by place.
    ByError(Vec<String>),
}

impl StoreInner {
    pub(super) async fn stats(&self) -> Result<Stats, StoreError> {
        let found = self.query(Purpose::Look, self.binding_stats()()).await?;
        let pauses = self.query(Purpose::Look, prepare(&self.statements.pauses)).await?;
        Ok(Stats { sources: all(&found, rows::source)?, pauses: all(&pauses, rows::pause)? })
    }

    /// Counts for the metrics of a process, which do not wait for operators.
    pub(crate) async fn counts(&self) -> Result<Stats, StoreError> {
        let found = self.session.rows(self.binding_stats()).await?;
        let pauses = self.session.rows(|| prepare(&self.statements.pauses)).await?;
        Ok(Stats { sources: all(&found, rows::source)?, pauses: all(&pauses, rows::pause)? })
    }

    fn binding_stats(&self) -> impl Fn() -> Prepared<'static> + Send + Sync {
        let (sources, lowest): (Vec<_>, Vec<_>) = self
            .frontier
            .starts(Instant::now())
            .into_iter()
            .map(|(source, start)| (source, start.due_at))
            .unzip();
        let statement = self.statements.stats.clone();
        move || prepare(&statement).bind(sources.clone()).bind(lowest.clone())
    }

    pub(super) async fn list(&self, filter: &Filter, page: Page) -> Result<Vec<Summary>, StoreError> {
        let paged = |sql| filtered(sql, filter).bind(page.after).bind(limit(page.limit));
        let statements = &self.statements;
        let statement = match self.plan(Purpose::Look, filter).await? {
            Plan::InOrder(classes) => paged(&statements.list).bind(classes),
            Plan::ByPlace => paged(&statements.list_by_place),
            Plan::ByError(classes) => paged(&statements.list_by_error).bind(classes),
        };
        all(&self.query(Purpose::Look, statement).await?, rows::summary)
    }

    /// Chooses how events are found.
    pub(super) async fn plan(&self, purpose: Purpose, filter: &Filter) -> Result<Plan, StoreError> {
        let has_few = has_few(filter);
        let has_place = filter.source.is_some() || filter.state.is_some();
        let classes = match &filter.error {
            Some(error) if !has_few => self.error_classes(purpose, error).await?,
            _ => None,
        };
        Ok(match classes {
            Some(classes) if classes.len() <= FEW_CLASSES => Plan::ByError(classes),
            Some(classes) => Plan::InOrder(Some(classes)),
            None if has_few => Plan::InOrder(None),
            None if has_place || filter.tenant.is_some() || filter.event_type.is_some() => Plan::ByPlace,
            None => Plan::InOrder(None),
        })
    }

    /// Returns the classes of errors that may contain a text, or `None` if there are too many classes.
    async fn error_classes(&self, purpose: Purpose, error: &str) -> Result<Option<Vec<String>>, StoreError> {
        let statement = prepare(&self.statements.error_classes)
            .bind(storable_text(error).into_owned())
            .bind(MOST_CLASSES);
        let found = self.query(purpose, statement).await?;
        Ok(all::<Option<String>>(&found, |row| row.try_get(0))?.into_iter().collect())
    }

    pub(super) async fn count_events(&self, filter: &Filter) -> Result<u64, StoreError> {
        let mut place = Filter::default();
        (place.source, place.state) = (filter.source.clone(), filter.state);
        let statement = if *filter == place {
            let source = place.source.as_deref().map(|source| storable_text(source).into_owned());
            prepare(&self.statements.count_by_place).bind(source).bind(place.state.map(EventState::code))
        } else {
            filtered(&self.statements.count, filter)
        };
        let found = self.query(Purpose::Look, statement).await?;
        let count: i64 = found.first().map_or(Ok(0), |row| row.try_get(0)).map_err(unavailable)?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    pub(super) async fn show(&self, id: EventId, purpose: Purpose) -> Result<Option<Detail>, StoreError> {
        let show = prepare(&self.statements.show).bind(id.get());
        let found = self.query(purpose, show).await?;
        let Some(row) = found.first() else { return Ok(None) };
        let mut attempts = self.attempts(id, purpose).await?;
        loop {
            // Some rows may have been moving between partitions, unknown to the plan.
            let again = self.attempts(id, purpose).await?;
            if again.len() <= attempts.len() {
                break;
            }
            attempts = again;
        }
        let mut detail = rows::detail(row, attempts).map_err(unavailable)?;
        if detail.head.is_none() {
            // The row may have been moving between partitions, which is over now.
            let body = prepare(&self.statements.body).bind(id.get());
            if let Some(row) = self.query(purpose, body).await?.first() {
                rows::add_body(&mut detail, row).map_err(unavailable)?;
            }
        }
        Ok(Some(detail))
    }

    async fn attempts(&self, id: EventId, purpose: Purpose) -> Result<Vec<Attempt>, StoreError> {
        let attempts = prepare(&self.statements.attempts).bind(id.get());
        all(&self.query(purpose, attempts).await?, rows::attempt)
    }

    pub(super) async fn errors(
        &self,
        source: Option<&str>,
        most: usize,
    ) -> Result<Vec<ErrorPattern>, StoreError> {
        let source = source.map(|source| storable_text(source).into_owned());
        let errors = prepare(&self.statements.errors).bind(source).bind(limit(most));
        all(&self.query(Purpose::Look, errors).await?, rows::error_pattern)
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
        all(&self.query(Purpose::Look, statement).await?, rows::audit_entry)
    }
}

/// Returns whether an index leads to a few events.
pub(super) fn has_few(filter: &Filter) -> bool {
    !filter.ids.is_empty() || filter.external_id.is_some()
}

pub(super) fn filtered(sql: &Sql, filter: &Filter) -> Prepared<'static> {
    let filter = filter.clone().bounded();
    let text = |text: &Option<String>| text.as_deref().map(|text| storable_text(text).into_owned());
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
        .bind(filter.replays.map(i64::from))
}

pub(super) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

pub(super) fn all<T>(
    found: &[PgRow],
    read: impl Fn(&PgRow) -> Result<T, Error>,
) -> Result<Vec<T>, StoreError> {
    found.iter().map(read).collect::<Result<_, _>>().map_err(unavailable)
}

/// The largest number of error classes that are searched place by place.
const FEW_CLASSES: usize = 20;
/// The largest number of error classes. Each is a step of an index search.
const MOST_CLASSES: i32 = 1000;
