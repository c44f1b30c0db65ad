//! Chooses how events are found, and how far a search goes.

use countersign_inbox::{EventState, Filter, Page, StoreError};
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::query::OperatorTransaction;
use super::rows::{all, limit};
use crate::convert::{millis, storable_text};
use crate::error::unavailable;
use crate::inner::StoreInner;
use crate::session::{Prepared, Purpose, prepare};
use crate::sql::Sql;

/// A search for the events of a filter.
pub(super) struct Search<'f> {
    pub(super) filter: &'f Filter,
    pub(super) purpose: Purpose,
    /// The states of the events; all, if there are none.
    pub(super) states: Option<Vec<i16>>,
    /// The number behind which it begins.
    pub(super) after: Option<i64>,
    /// Whether it goes to lower numbers.
    pub(super) is_newest_first: bool,
    /// The largest number of events that it looks at.
    pub(super) most_read: usize,
}

/// The index that a search uses, and its end.
pub(super) struct Plan {
    pub(super) index: Index,
    /// The last number that it looks at. `None` if it looks at all events that the index leaves.
    edge: Option<i64>,
}

/// The indexes of events.
#[derive(Clone, Debug)]
pub(super) enum Index {
    /// That of numbers or of ids, which leads to a few events.
    Few,
    /// By number; only those whose error is in one of the classes, if there are any.
    InOrder(Option<Vec<String>>),
    /// Source by source and state by state.
    ByPlace,
    /// By place and type.
    ByType,
    /// By place and tenant.
    ByTenant,
    /// Class by class of errors, and each of them by place.
    ByError(Vec<String>),
}

impl StoreInner {
    /// Runs a search for at most so many events: first among a few events, in which most searches find a page, and then among as many
    /// as it may look at. Returns the rows, and the last number that it has looked at, if it has not found enough and there may be more
    /// behind it.
    pub(super) async fn search(
        &self,
        search: &Search<'_>,
        most: usize,
        make: impl Fn(&Plan) -> Prepared<'static>,
    ) -> Result<(Vec<PgRow>, Option<i64>), StoreError> {
        let mut transaction = self.begin(search.purpose).await?;
        let indexes = self.indexes(&mut transaction, search).await?;
        let most_read = search.most_read.max(1);
        let mut looked_at = LOOKED_AT_FIRST.min(most_read);
        loop {
            let plan = self.plan(&mut transaction, search, &indexes, most, looked_at).await?;
            let rows = transaction.rows(make(&plan)).await?;
            let edge = plan.edge.filter(|_| rows.len() < most);
            if edge.is_none() || looked_at == most_read {
                transaction.end().await?;
                return Ok((rows, edge));
            }
            looked_at = most_read;
        }
    }

    /// Chooses the index. If it leaves more events than a search may look at, the search ends at a number, so that nothing is left out:
    /// the next search begins there. An index that leaves what fits alone ends with the page.
    async fn plan(
        &self,
        transaction: &mut OperatorTransaction,
        search: &Search<'_>,
        indexes: &[Index],
        most: usize,
        most_read: usize,
    ) -> Result<Plan, StoreError> {
        let (mut index, mut edge) = (&Index::Few, None);
        for next in indexes {
            index = next;
            let is_short = most <= most_read && next.is_exact(search.filter);
            edge = if is_short { None } else { self.edge(transaction, search, next, most_read).await? };
            if edge.is_none() {
                break;
            }
        }
        Ok(Plan { index: index.clone(), edge })
    }

    /// Returns the indexes that fit, the one that leaves the fewest events first.
    async fn indexes(
        &self,
        transaction: &mut OperatorTransaction,
        search: &Search<'_>,
    ) -> Result<Vec<Index>, StoreError> {
        let filter = search.filter;
        if !filter.ids.is_empty() || filter.external_id.is_some() {
            return Ok(vec![Index::Few]);
        }
        let classes = match &filter.error {
            Some(error) => self.error_classes(transaction, error).await?,
            None => None,
        };
        let mut indexes = Vec::new();
        let mut in_order = Index::InOrder(None);
        match classes {
            Some(classes) if classes.len() <= FEW_CLASSES => indexes.push(Index::ByError(classes)),
            Some(classes) => in_order = Index::InOrder(Some(classes)),
            None => {}
        }
        indexes.extend(filter.tenant.is_some().then_some(Index::ByTenant));
        indexes.extend(filter.event_type.is_some().then_some(Index::ByType));
        if indexes.is_empty() {
            let has_place = filter.source.is_some() || filter.state.is_some() || search.states.is_some();
            let is_by_place = has_place && !matches!(in_order, Index::InOrder(Some(_)));
            indexes.push(if is_by_place { Index::ByPlace } else { in_order });
        }
        Ok(indexes)
    }

    /// Returns the number at which the search ends, if the index leaves too many events.
    async fn edge(
        &self,
        transaction: &mut OperatorTransaction,
        search: &Search<'_>,
        index: &Index,
        most_read: usize,
    ) -> Result<Option<i64>, StoreError> {
        let statements = &self.statements;
        let filter = search.filter.clone().bounded();
        let text = |text: &Option<String>| text.as_deref().map(|text| storable_text(text).into_owned());
        let states = search.states.clone().or_else(|| filter.state.map(|state| vec![state.code()]));
        let bind =
            |sql: &Sql| prepare(sql).bind(search.after).bind(search.is_newest_first).bind(limit(most_read));
        let by_place = |sql: &Sql| bind(sql).bind(text(&filter.source)).bind(states.clone());
        let by = |event_type: &Option<String>, tenant: &Option<String>| {
            by_place(&statements.edge_by_place).bind(text(event_type)).bind(text(tenant))
        };
        let statement = match index {
            Index::Few => return Ok(None),
            Index::InOrder(_) => bind(&statements.edge_in_order),
            Index::ByPlace => by(&None, &None),
            Index::ByType => by(&filter.event_type, &None),
            Index::ByTenant => by(&None, &filter.tenant),
            Index::ByError(classes) => by_place(&statements.edge_by_error).bind(classes.clone()),
        };
        let found = transaction.rows(statement).await?;
        found.first().map_or(Ok(None), |row| row.try_get(0)).map_err(unavailable)
    }

    /// Returns the classes of errors that may contain a text, or `None` if there are too many classes.
    async fn error_classes(
        &self,
        transaction: &mut OperatorTransaction,
        error: &str,
    ) -> Result<Option<Vec<String>>, StoreError> {
        let statement = prepare(&self.statements.error_classes)
            .bind(storable_text(error).into_owned())
            .bind(MOST_CLASSES);
        let found = transaction.rows(statement).await?;
        Ok(all::<Option<String>>(&found, |row| row.try_get(0))?.into_iter().collect())
    }
}

impl Index {
    /// Returns whether each event that it leaves fits the filter, but for a few whose texts have the same hash.
    fn is_exact(&self, filter: &Filter) -> bool {
        let mut rest = filter.clone();
        (rest.source, rest.state) = (None, None);
        match self {
            Self::Few => true,
            Self::InOrder(_) => *filter == Filter::default(),
            Self::ByPlace => rest.is_empty(),
            Self::ByType => {
                rest.event_type = None;
                rest.is_empty()
            }
            Self::ByTenant => {
                rest.tenant = None;
                rest.is_empty()
            }
            Self::ByError(_) => false,
        }
    }
}

impl<'f> Search<'f> {
    /// Creates the search of a list.
    pub(super) const fn newest_first(purpose: Purpose, filter: &'f Filter, page: Page) -> Self {
        let (after, most_read) = (page.after, page.most_read);
        Self { filter, purpose, states: None, after, is_newest_first: true, most_read }
    }

    /// Binds the filter, the page of at most so many events, the end of the search, and the index.
    pub(super) fn bind_plan(&self, sql: &Sql, plan: &Plan, most: usize) -> Prepared<'static> {
        let bound = filtered(sql, self.filter).bind(self.after).bind(limit(most));
        // The edge bounds what is read. Events that were stored since it was looked for are read, too: a limit would leave others out.
        let bind = |bound: Prepared<'static>| bound.bind(plan.edge).bind(limit(usize::MAX));
        match &plan.index {
            Index::Few => bound,
            Index::InOrder(classes) => bind(bound).bind(classes.clone()),
            Index::ByError(classes) => bind(bound).bind(classes.clone()),
            Index::ByPlace => bind(bound).bind(false).bind(false),
            Index::ByType => bind(bound).bind(true).bind(false),
            Index::ByTenant => bind(bound).bind(false).bind(true),
        }
    }
}

/// Binds the fields of a filter.
pub(super) fn filtered(sql: &Sql, filter: &Filter) -> Prepared<'static> {
    let filter = filter.clone().bounded();
    let text = |text: &Option<String>| text.as_deref().map(|text| storable_text(text).into_owned());
    let ids: Vec<_> = filter.ids.iter().map(|id| id.get()).collect();
    prepare(sql)
        .bind((!ids.is_empty()).then_some(ids))
        .bind(text(&filter.source))
        .bind(text(&filter.tenant))
        .bind(filter.state.map(EventState::code))
        .bind(text(&filter.event_type))
        .bind(text(&filter.external_id))
        .bind(text(&filter.error))
        .bind(filter.older_than.map(millis))
        .bind(filter.newer_than.map(millis))
        .bind(filter.replays.map(i64::from))
}

/// The number of events that a search looks at before it looks at as many as it may.
const LOOKED_AT_FIRST: usize = 1000;
/// The largest number of error classes that are searched place by place.
const FEW_CLASSES: usize = 20;
/// The largest number of error classes. Each is a step of an index search.
const MOST_CLASSES: i32 = 1000;
