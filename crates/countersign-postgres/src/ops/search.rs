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

/// How the searches of a request find the events of a filter. The entries of an index are counted once for all of them.
pub(super) struct Choice {
    /// Parts of each error.
    parts: Vec<String>,
    /// The largest number of events that all searches look at.
    most_read: usize,
    /// The indexes that fit. None before the first search.
    indexes: Vec<Index>,
    /// The index for searches among a few events.
    first: Option<Chosen>,
    /// The index for all searches.
    last: Option<Chosen>,
}

/// An index, and whether a search may look at all events that it leaves.
#[derive(Clone)]
struct Chosen {
    index: Index,
    is_all: bool,
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

impl Choice {
    /// Decides nothing yet for the events of a filter, of which all searches look at so many at most.
    pub(super) fn new(filter: &Filter, most_read: usize) -> Self {
        Self { parts: parts(filter), most_read, indexes: Vec::new(), first: None, last: None }
    }
}

impl StoreInner {
    /// Runs a search for at most so many events: first among a few events, in which most searches find a page, and then among as many
    /// as it may look at. Returns the rows, and the last number that it has looked at, if it has not found enough and there may be more
    /// behind it.
    pub(super) async fn search(
        &self,
        search: &Search<'_>,
        choice: &mut Choice,
        most: usize,
        make: impl Fn(&Plan) -> Prepared<'static>,
    ) -> Result<(Vec<PgRow>, Option<i64>), StoreError> {
        let mut transaction = self.begin(search.purpose).await?;
        if choice.indexes.is_empty() {
            choice.indexes = self.indexes(&mut transaction, search, &choice.parts).await?;
        }
        let most_read = search.most_read.max(1);
        let mut looked_at = LOOKED_AT_FIRST.min(most_read);
        loop {
            let plan = self.plan(&mut transaction, search, choice, (most, looked_at)).await?;
            let rows = transaction.rows(make(&plan)).await?;
            let edge = plan.edge.filter(|_| rows.len() < most);
            if edge.is_none() || looked_at == most_read {
                transaction.end().await?;
                return Ok((rows, edge));
            }
            looked_at = most_read;
        }
    }

    /// Plans a search that looks at so many events. If the index leaves more of them, the search ends at a number, so that nothing is
    /// left out: the next search begins there.
    async fn plan(
        &self,
        transaction: &mut OperatorTransaction,
        search: &Search<'_>,
        choice: &mut Choice,
        (most, looked_at): (usize, usize),
    ) -> Result<Plan, StoreError> {
        let is_last = looked_at == search.most_read.max(1);
        let known = choice.last.clone().or_else(|| choice.first.clone().filter(|_| !is_last));
        let Chosen { index, is_all } = match known {
            Some(chosen) => chosen,
            None => self.choose(transaction, search, choice, (most, looked_at, is_last)).await?,
        };
        let place = if is_all || is_last { &mut choice.last } else { &mut choice.first };
        *place = Some(Chosen { index: index.clone(), is_all });
        let edge = if is_all { None } else { self.edge(transaction, search, looked_at).await? };
        Ok(Plan { index, edge })
    }

    /// Chooses the first index that leaves few enough events, or the last one. An index that leaves what fits alone ends with the page.
    async fn choose(
        &self,
        transaction: &mut OperatorTransaction,
        search: &Search<'_>,
        choice: &Choice,
        (most, looked_at, is_last): (usize, usize, bool),
    ) -> Result<Chosen, StoreError> {
        let mut indexes: Vec<_> = choice.indexes.iter().collect();
        let mut few = looked_at;
        if is_last {
            few = few.max(choice.most_read);
            // Events of a few states that have a type or a tenant are about as few as those with an error.
            if search.states().is_some() {
                indexes.reverse();
            }
        }
        for index in indexes {
            let is_short = most <= looked_at && index.is_exact(search.filter);
            if is_short || !self.leaves_more(transaction, search, index, few).await? {
                return Ok(Chosen { index: index.clone(), is_all: true });
            }
        }
        let index = choice.indexes.last().cloned().unwrap_or(Index::Few);
        Ok(Chosen { index, is_all: false })
    }

    /// Returns the indexes that fit, the one that leaves the fewest events first.
    async fn indexes(
        &self,
        transaction: &mut OperatorTransaction,
        search: &Search<'_>,
        parts: &[String],
    ) -> Result<Vec<Index>, StoreError> {
        let filter = search.filter;
        if !filter.ids.is_empty() || filter.external_id.is_some() {
            return Ok(vec![Index::Few]);
        }
        let classes = if parts.is_empty() { None } else { self.error_classes(transaction, parts).await? };
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

    /// Returns whether an index leaves more than so many events.
    async fn leaves_more(
        &self,
        transaction: &mut OperatorTransaction,
        search: &Search<'_>,
        index: &Index,
        few: usize,
    ) -> Result<bool, StoreError> {
        let statements = &self.statements;
        let filter = search.filter.clone().bounded();
        let text = |text: &Option<String>| text.as_deref().map(|text| storable_text(text).into_owned());
        let bind = |sql: &Sql| search.bind_bounds(sql, few).bind(text(&filter.source)).bind(search.states());
        let by = |event_type: &Option<String>, tenant: &Option<String>| {
            bind(&statements.exceeds_by_place).bind(text(event_type)).bind(text(tenant))
        };
        let statement = match index {
            Index::Few => return Ok(false),
            Index::InOrder(_) => return Ok(true),
            Index::ByPlace => by(&None, &None),
            Index::ByType => by(&filter.event_type, &None),
            Index::ByTenant => by(&None, &filter.tenant),
            Index::ByError(classes) => bind(&statements.exceeds_by_error).bind(classes.clone()),
        };
        let found = transaction.rows(statement).await?;
        found.first().map_or(Ok(false), |row| row.try_get(0)).map_err(unavailable)
    }

    /// Returns the number at which a search ends that looks at so many events. `None` if there are fewer.
    async fn edge(
        &self,
        transaction: &mut OperatorTransaction,
        search: &Search<'_>,
        most_read: usize,
    ) -> Result<Option<i64>, StoreError> {
        let found = transaction.rows(search.bind_bounds(&self.statements.edge, most_read)).await?;
        found.first().map_or(Ok(None), |row| row.try_get(0)).map_err(unavailable)
    }

    /// Returns the classes of errors that may contain all of the texts, or `None` if there are too many classes.
    async fn error_classes(
        &self,
        transaction: &mut OperatorTransaction,
        parts: &[String],
    ) -> Result<Option<Vec<String>>, StoreError> {
        let parts: Vec<_> = parts.iter().map(|part| storable_text(part).into_owned()).collect();
        let statement = prepare(&self.statements.error_classes).bind(parts).bind(MOST_CLASSES);
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

    /// Returns the states of the events; all, if there are none.
    fn states(&self) -> Option<Vec<i16>> {
        self.states.clone().or_else(|| self.filter.state.map(|state| vec![state.code()]))
    }

    /// Binds the number behind which the search begins, its direction, and so many events at most.
    fn bind_bounds(&self, sql: &Sql, most: usize) -> Prepared<'static> {
        prepare(sql).bind(self.after).bind(self.is_newest_first).bind(limit(most))
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

/// Returns parts of each error of a filter: that of the filter, and the words of its pattern without `#`, which stands for numbers and
/// ids.
fn parts(filter: &Filter) -> Vec<String> {
    let words =
        filter.pattern.iter().flat_map(|pattern| pattern.split(|of: char| of == '#' || of.is_whitespace()));
    let words = words.filter(|word| !word.is_empty());
    filter.error.iter().map(String::as_str).chain(words).map(str::to_owned).collect()
}

/// The number of events that a search looks at before it looks at as many as it may.
const LOOKED_AT_FIRST: usize = 1000;
/// The largest number of error classes that are searched place by place.
const FEW_CLASSES: usize = 20;
/// The largest number of error classes. Each is a step of an index search.
const MOST_CLASSES: i32 = 1000;
