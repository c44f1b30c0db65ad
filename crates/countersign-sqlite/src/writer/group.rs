//! Many operations, one commit.

use std::mem;
use std::sync::Arc;
use std::time::Instant;

use metrics::histogram;
use rusqlite::{Error, ErrorCode};

use super::queue::Job;
use super::session::Session;
use crate::error::Failure;
use crate::failpoint::failpoint;

/// The connection has to be opened again.
pub(super) struct Broken;

/// Does all of it in one transaction, and tells the callers after its commit. When one of them fails for a reason of
/// its own, each is done alone: it does not take the others with it.
pub(super) fn commit(
    session: &mut Session<'_>,
    begin: &'static str,
    group: &mut Vec<Job>,
) -> Result<(), Broken> {
    let before = session.connection().total_changes();
    match transact(session, begin, |session| group.iter_mut().try_for_each(|job| job.run(session))) {
        Ok(()) => {
            if session.connection().total_changes() != before {
                histogram!("webhook_group_commit_size").record(group.len() as f64);
            }
            answer(group, None);
            Ok(())
        }
        Err(error) if group.len() > 1 && is_own_fault(&error) => {
            mem::take(group).into_iter().try_for_each(|job| commit(session, begin, &mut vec![job]))
        }
        Err(error) => {
            tracing::error!(%error, operations = group.len(), "a transaction failed: nothing of it was acked");
            let is_broken = is_broken(&error);
            answer(group, Some(&Failure::Sqlite(Arc::new(error))));
            if is_broken { Err(Broken) } else { Ok(()) }
        }
    }
}

pub(super) fn answer(group: &mut Vec<Job>, failure: Option<&Failure>) {
    for job in group.drain(..) {
        job.answer(failure);
    }
}

/// All or nothing.
pub(super) fn transact(
    session: &mut Session<'_>,
    begin: &'static str,
    act: impl FnOnce(&mut Session<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    session.execute(begin, &[])?;
    let before = session.connection().total_changes();
    let done = act(session).and_then(|()| {
        let start = Instant::now();
        // What only looks does not wait for the disk.
        let writes = session.connection().total_changes() != before;
        if writes {
            failpoint!("before-commit");
        }
        session.execute("COMMIT", &[])?;
        if writes {
            failpoint!("after-commit");
            histogram!("webhook_fsync_seconds").record(start.elapsed());
        }
        Ok(())
    });
    if let Err(error) = done {
        // After some errors SQLite has rolled back by itself. Another rollback would fail then, and hide the cause.
        if !session.connection().is_autocommit()
            && let Err(error) = session.execute("ROLLBACK", &[])
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
        session.rolled_back();
        return Err(error);
    }
    Ok(())
}

/// Whether the operation is the reason, and not the file or the disk.
fn is_own_fault(error: &Error) -> bool {
    match error.sqlite_error_code() {
        None => true,
        Some(code) => matches!(
            code,
            ErrorCode::ConstraintViolation
                | ErrorCode::TypeMismatch
                | ErrorCode::TooBig
                | ErrorCode::ParameterOutOfRange
                | ErrorCode::Unknown
                | ErrorCode::ApiMisuse
        ),
    }
}

/// Whether the connection cannot be trusted any more.
pub(super) fn is_broken(error: &Error) -> bool {
    !is_own_fault(error)
        && !matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
        )
}
