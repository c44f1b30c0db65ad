use std::time::Instant;

use countersign_inbox::{
    Attempt, AuditEntry, Counted, Detail, ErrorPattern, EventId, EventState, Filter, Listing, Page, Reveal,
    Stats, StoreError,
};
use sqlx::Row;

use super::choice::{Choice, Index};
use super::find::Plan;
use super::query::OperatorTransaction;
use super::rows::{self, all, limit};
use super::search::Search;
use crate::convert::storable_text;
use crate::error::unavailable;
use crate::inner::StoreInner;
use crate::session::{Prepared, Purpose, prepare};
use crate::sql::Sql;

impl StoreInner {
    pub(super) async fn stats(&self) -> Result<Stats, StoreError> {
        let mut transaction = self.begin(Purpose::Look).await?;
        let found = transaction.rows(self.binding_stats()()).await?;
        let pauses = transaction.rows(prepare(&self.statements.pauses)).await?;
        transaction.end().await?;
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

    /// Lists events, the newest first. The filter has no pattern.
    pub(super) async fn list_selected(
        &self,
        purpose: Purpose,
        filter: &Filter,
        page: Page,
        choice: &mut Choice,
    ) -> Result<Listing, StoreError> {
        let search = Search::newest_first(purpose, filter, page);
        let list = |plan: &Plan| search.bind_plan(self.listing(plan), plan, page.limit);
        let (found, goes_on_after) = self.search(&search, choice, page.limit, list).await?;
        Ok(Listing { events: all(&found, rows::summary)?, goes_on_after })
    }

    fn listing(&self, plan: &Plan) -> &Sql {
        match plan.index {
            Index::Few => &self.statements.list,
            Index::InOrder(_) => &self.statements.list_in_order,
            Index::ByPlace | Index::ByType | Index::ByTenant => &self.statements.list_by_place,
            Index::ByError(_) => &self.statements.list_by_error,
        }
    }

    /// Counts the events of a filter without a pattern: all of them, or those among the newest events that a search may look at.
    pub(super) async fn count_selected(&self, filter: &Filter) -> Result<Counted, StoreError> {
        let mut place = Filter::default();
        (place.source, place.state) = (filter.source.clone(), filter.state);
        let (found, edge) = if *filter == place {
            let source = place.source.as_deref().map(|source| storable_text(source).into_owned());
            let count = prepare(&self.statements.count_by_place).bind(source);
            (self.query(Purpose::Look, count.bind(place.state.map(EventState::code))).await?, None)
        } else {
            let search = Search::newest_first(Purpose::Look, filter, Page::first(usize::MAX));
            let count = |plan: &Plan| search.bind_plan(&self.listing(plan).counting(), plan, usize::MAX);
            let mut choice = Choice::new(filter, search.most_read);
            self.search(&search, &mut choice, usize::MAX, count).await?
        };
        let number: i64 = found.first().map_or(Ok(0), |row| row.try_get(0)).map_err(unavailable)?;
        Ok(Counted { number: u64::try_from(number).unwrap_or(0), is_all: edge.is_none() })
    }

    /// Records that an event is revealed, and reads it.
    pub(super) async fn reveal(&self, reveal: &Reveal) -> Result<Option<Detail>, StoreError> {
        let text = |text: &str| storable_text(text).into_owned();
        let (actor, detail) = (text(&reveal.actor), text(&reveal.detail()));
        let bind = || {
            prepare(&self.statements.reveal).bind(reveal.event.get()).bind(actor.clone()).bind(detail.clone())
        };
        if self.count(bind).await? > 0 { self.show(reveal.event, Purpose::Change).await } else { Ok(None) }
    }

    pub(super) async fn show(&self, id: EventId, purpose: Purpose) -> Result<Option<Detail>, StoreError> {
        let mut transaction = self.begin(purpose).await?;
        let detail = self.detail(&mut transaction, id).await?;
        transaction.end().await?;
        Ok(detail)
    }

    async fn detail(
        &self,
        transaction: &mut OperatorTransaction,
        id: EventId,
    ) -> Result<Option<Detail>, StoreError> {
        let found = transaction.rows(prepare(&self.statements.show).bind(id.get())).await?;
        let Some(row) = found.first() else { return Ok(None) };
        let mut attempts = self.attempts(transaction, id).await?;
        loop {
            // Some rows may have been moving between partitions, unknown to the plan.
            let again = self.attempts(transaction, id).await?;
            if again.1 <= attempts.1 {
                break;
            }
            attempts = again;
        }
        let mut detail = rows::detail(row, attempts).map_err(unavailable)?;
        if detail.head.is_none() {
            // The row may have been moving between partitions, which is over now.
            let body = prepare(&self.statements.body).bind(id.get());
            if let Some(row) = transaction.rows(body).await?.first() {
                rows::add_body(&mut detail, row).map_err(unavailable)?;
            }
        }
        Ok(Some(detail))
    }

    /// Returns the newest attempts, the newest first, and the number of all that were counted.
    async fn attempts(
        &self,
        transaction: &mut OperatorTransaction,
        id: EventId,
    ) -> Result<(Vec<Attempt>, u64), StoreError> {
        let attempts = prepare(&self.statements.attempts)
            .bind(id.get())
            .bind(limit(Detail::MOST_ATTEMPTS))
            .bind(limit(Detail::MOST_COUNTED_ATTEMPTS));
        let found = transaction.rows(attempts).await?;
        let counted: i64 = found.first().map_or(Ok(0), |row| row.try_get(10)).map_err(unavailable)?;
        Ok((all(&found, rows::attempt)?, counted.unsigned_abs()))
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
