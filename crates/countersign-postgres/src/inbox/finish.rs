//! Ends attempts.

use std::sync::Arc;

use countersign_inbox::{
    AttemptNote, AttemptOutcome, FailureKind, Fenced, Finish, Lease, StoreError, error_pattern,
};
use sqlx::{Error, PgConnection, Row};

use crate::batch::Work;
use crate::convert::{millis, storable_text, stored_fence};
use crate::failpoint::failpoint;
use crate::inner::StoreInner;
use crate::session::{LOCK_TIMEOUT, Prepared, prepare};
use crate::sql::Sql;

/// Ends batches of attempts.
pub(crate) struct Finishing {
    pub(crate) inner: Arc<StoreInner>,
}

/// An attempt that ended.
pub(crate) struct Ended {
    key: Vec<u8>,
    fence: i64,
    outcome: AttemptOutcome,
    delay: i64,
    error: Option<String>,
    /// Of the error of a failure.
    pattern: Option<String>,
    note: AttemptNote,
}

impl Ended {
    pub(crate) fn new(lease: &Lease, finish: &Finish, note: AttemptNote) -> Result<Self, Error> {
        let (outcome, delay, error) = match finish {
            Finish::Done => (AttemptOutcome::Done, 0, None),
            Finish::Skip { reason } => (AttemptOutcome::Skip, 0, Some(reason)),
            Finish::Retry { after, error } => (AttemptOutcome::Retry, millis(*after), Some(error)),
            Finish::Keep { after, error } => (AttemptOutcome::Keep, millis(*after), Some(error)),
            Finish::Dead { error } => (AttemptOutcome::Dead, 0, Some(error)),
            Finish::GiveBack => (AttemptOutcome::GiveBack, 0, None),
            Finish::Unverified { error } => (AttemptOutcome::Unverified, 0, Some(error)),
            _ => return Err(Error::Encode("this way to end an attempt is not known here".into())),
        };
        let error = error.map(|error| storable_text(error).into_owned());
        let pattern = error.as_deref().filter(|_| outcome.is_failure()).map(error_pattern);
        let (key, fence) = (lease.key().as_bytes().to_vec(), stored_fence(lease.fence()));
        Ok(Self { key, fence, outcome, delay, error, pattern, note })
    }
}

impl Work for Finishing {
    type Item = Ended;
    type Answer = Fenced<()>;

    fn weight(ended: &Ended) -> usize {
        ended.error.as_ref().map_or(0, String::len) + OVERHEAD
    }

    async fn run(&self, ended: &[Ended]) -> Result<Vec<Option<Fenced<()>>>, StoreError> {
        failpoint!("finish-before-update");
        let statements = &self.inner.statements;
        let sql = if ended.len() == 1 { &statements.finish_waiting } else { &statements.finish };
        let rows = self.inner.session.rows(|| bind(sql, ended, Some(LOCK_TIMEOUT))).await?;
        failpoint!("finish-after-update");
        self.inner.fold_now_and_then();
        answers(&rows, ended.len()).map_err(crate::error::unavailable)
    }
}

/// Ends an attempt in a transaction of the caller.
pub(crate) async fn finish_one(
    inner: &StoreInner,
    connection: &mut PgConnection,
    ended: Ended,
) -> Result<Fenced<()>, Error> {
    let ended = [ended];
    let rows = bind(&inner.statements.finish_waiting, &ended, None).fetch_all(connection).await?;
    Ok(if rows.is_empty() { Fenced::Stale } else { Fenced::Ok(()) })
}

fn bind(sql: &Sql, ended: &[Ended], lock_timeout: Option<&'static str>) -> Prepared<'static> {
    prepare(sql)
        .bind(ended.iter().map(|ended| ended.key.as_slice()).collect::<Vec<_>>())
        .bind(ended.iter().map(|ended| ended.fence).collect::<Vec<_>>())
        .bind(ended.iter().map(|ended| ended.outcome.as_str()).collect::<Vec<_>>())
        .bind(ended.iter().map(|ended| ended.delay).collect::<Vec<_>>())
        .bind(ended.iter().map(|ended| ended.error.as_deref()).collect::<Vec<_>>())
        .bind(lock_timeout)
        .bind(ended.iter().map(|ended| ended.note.code.map(i32::from)).collect::<Vec<_>>())
        .bind(ended.iter().map(|ended| ended.note.failure.map(FailureKind::as_str)).collect::<Vec<_>>())
        .bind(ended.iter().map(|ended| !ended.note.is_unrecorded).collect::<Vec<_>>())
        .bind(ended.iter().map(|ended| ended.pattern.as_deref()).collect::<Vec<_>>())
}

/// Returns one answer for each item, from the rows of those that count; none for an item whose row is locked.
fn answers(rows: &[sqlx::postgres::PgRow], count: usize) -> Result<Vec<Option<Fenced<()>>>, Error> {
    let mut answers = vec![Some(Fenced::Stale); count];
    for row in rows {
        let (place, is_held): (i64, bool) = (row.try_get(0)?, row.try_get(1)?);
        let answer = usize::try_from(place - 1).ok().and_then(|place| answers.get_mut(place));
        if let Some(answer) = answer {
            *answer = (!is_held).then_some(Fenced::Ok(()));
        }
    }
    Ok(answers)
}

/// The approximate size of key, fence and outcome.
const OVERHEAD: usize = 128;
