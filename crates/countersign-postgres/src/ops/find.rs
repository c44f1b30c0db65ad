//! Finds events, and decides how far a search goes.

use countersign_inbox::StoreError;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::choice::{Choice, Chosen, Index};
use super::query::OperatorTransaction;
use super::rows::limit;
use super::search::{Search, filtered};
use crate::error::unavailable;
use crate::inner::StoreInner;
use crate::session::Prepared;
use crate::sql::Sql;

/// The index that a search uses, and its end.
pub(super) struct Plan {
    pub(super) index: Index,
    /// The last number that it looks at. `None` if it looks at all events that the index leaves.
    edge: Option<i64>,
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
        let Chosen { index, is_all } = self.choose(transaction, search, choice, (most, looked_at)).await?;
        let edge = if is_all { None } else { self.edge(transaction, search, looked_at).await? };
        Ok(Plan { index, edge })
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
}

impl Search<'_> {
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

/// The number of events that a search looks at before it looks at as many as it may.
const LOOKED_AT_FIRST: usize = 1000;
