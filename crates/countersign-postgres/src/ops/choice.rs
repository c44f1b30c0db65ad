//! Chooses the index by which events are found.

use countersign_inbox::{Filter, StoreError};
use sqlx::Row;

use super::query::OperatorTransaction;
use super::rows::all;
use super::search::Search;
use crate::convert::storable_text;
use crate::error::unavailable;
use crate::inner::StoreInner;
use crate::session::prepare;
use crate::sql::Sql;

/// Finds the events of a filter for all searches of a request. The entries of an index are counted once for all of them.
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
pub(super) struct Chosen {
    pub(super) index: Index,
    pub(super) is_all: bool,
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
    /// Returns the index of a search that looks at so many events, which an earlier one of the request may have chosen.
    pub(super) async fn choose(
        &self,
        transaction: &mut OperatorTransaction,
        search: &Search<'_>,
        choice: &mut Choice,
        (most, looked_at): (usize, usize),
    ) -> Result<Chosen, StoreError> {
        let is_last = looked_at == search.most_read.max(1);
        if let Some(known) = choice.last.as_ref().or(choice.first.as_ref().filter(|_| !is_last)) {
            return Ok(known.clone());
        }
        if choice.indexes.is_empty() {
            choice.indexes = self.indexes(transaction, search, &choice.parts).await?;
        }
        let chosen = self.first_with_few(transaction, search, choice, (most, looked_at, is_last)).await?;
        let place = if chosen.is_all || is_last { &mut choice.last } else { &mut choice.first };
        *place = Some(chosen.clone());
        Ok(chosen)
    }

    /// Chooses the first index that leaves few enough events, or the last one. An index that leaves what fits alone ends with the page.
    async fn first_with_few(
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

/// Returns parts of each error of a filter: that of the filter, and the words of its pattern without `#`, which stands for numbers and
/// ids.
fn parts(filter: &Filter) -> Vec<String> {
    let words =
        filter.pattern.iter().flat_map(|pattern| pattern.split(|of: char| of == '#' || of.is_whitespace()));
    let words = words.filter(|word| !word.is_empty());
    filter.error.iter().map(String::as_str).chain(words).map(str::to_owned).collect()
}

/// The largest number of error classes that are searched place by place.
const FEW_CLASSES: usize = 20;
/// The largest number of error classes. Each is a step of an index search.
const MOST_CLASSES: i32 = 1000;
