//! Group commit: many operations in one transaction.

use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{mem, thread};

use countersign_inbox::WakeQueue;
use countersign_inbox::telemetry::{FSYNC_DURATION, GROUP_COMMIT_SIZE};
use metrics::histogram;
use rusqlite::{Error, ErrorCode};

use super::queue::Job;
use super::session::Session;
use crate::error::{Failure, is_busy, is_full};
use crate::failpoint::failpoint;

/// The connection must be reopened.
pub(super) struct Broken;

/// Runs all operations in one transaction. After its commit, wakes the sources of new events, and answers the callers. If
/// one of them fails for a reason of its own, each is run alone, so that it does not affect the others.
pub(super) fn commit(
    session: &mut Session<'_>,
    begin: &'static str,
    group: &mut Vec<Job>,
    wake: &WakeQueue,
    check: &dyn Fn() -> Option<Failure>,
) -> Result<(), Broken> {
    let before = session.connection().total_changes();
    let done = transact(session, begin, |session| run(session, group)).or_else(|error| {
        if !is_full(&error) || !group.iter().any(|job| job.is_deletion()) {
            return Err(error);
        }
        // The other operations would take the room.
        let mut others: Vec<_> = group.extract_if(.., |job| !job.is_deletion()).collect();
        answer(&mut others, Some(&Failure::Sqlite(Arc::new(error))));
        transact_deletion(session, begin, &mut |session| run(session, group))
    });
    match done {
        Ok(()) => {
            if session.connection().total_changes() != before {
                histogram!(GROUP_COMMIT_SIZE).record(group.len() as f64);
            }
            session.take_woken().report(wake);
            // Data written to a file that no longer exists is not acknowledged.
            answer(group, check().as_ref());
            Ok(())
        }
        Err(_) if session.is_taken_over() => {
            answer(group, Some(&Failure::TakenOver));
            Ok(())
        }
        Err(error) if group.len() > 1 && is_own_fault(&error) => mem::take(group)
            .into_iter()
            .try_for_each(|job| commit(session, begin, &mut vec![job], wake, check)),
        Err(error) => {
            tracing::error!(%error, operations = group.len(), "a transaction failed: nothing of it was acked");
            let is_broken = is_broken(&error);
            if is_full(&error)
                && let Some((room, connection)) = session.room()
            {
                room.keep_log_small(connection);
            }
            answer(group, Some(&Failure::Sqlite(Arc::new(error))));
            if is_broken { Err(Broken) } else { Ok(()) }
        }
    }
}

fn run(session: &mut Session<'_>, group: &mut [Job]) -> rusqlite::Result<()> {
    group.iter_mut().try_for_each(|job| job.run(session))
}

pub(super) fn answer(group: &mut Vec<Job>, failure: Option<&Failure>) {
    for job in group.drain(..) {
        job.answer(failure);
    }
}

/// Runs the operations in one transaction, all or nothing.
pub(super) fn transact(
    session: &mut Session<'_>,
    begin: &'static str,
    act: impl FnOnce(&mut Session<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    take_turn(session, begin)?;
    let before = session.connection().total_changes();
    let done = session.check_owner().and_then(|()| act(session)).and_then(|()| {
        let start = Instant::now();
        // A group that only reads does not wait for the disk.
        let writes = session.connection().total_changes() != before;
        if writes {
            session.save_counts()?;
            if session.is_clock_old() {
                session.save_clock()?;
            }
            failpoint!("before-commit");
        }
        session.execute("COMMIT", &[])?;
        if writes {
            failpoint!("after-commit");
            histogram!(FSYNC_DURATION).record(start.elapsed());
        }
        Ok(())
    });
    if let Err(error) = done {
        // SQLite rolls back automatically after some errors. Another rollback would fail and hide the cause.
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

/// Runs deletions in one transaction, all or nothing. On a full disk they use the reserve.
pub(super) fn transact_deletion(
    session: &mut Session<'_>,
    begin: &'static str,
    act: &mut dyn FnMut(&mut Session<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    transact(session, begin, &mut *act).or_else(|error| match session.room() {
        Some((room, connection)) if is_full(&error) => {
            room.make(connection);
            transact(session, begin, act)
        }
        _ => Err(error),
    })
}

/// Begins as soon as another process has ended its transaction. SQLite would wait for up to 100 ms between
/// attempts, so that a process that writes constantly would always be first.
fn take_turn(session: &mut Session<'_>, begin: &'static str) -> rusqlite::Result<()> {
    let start = Instant::now();
    loop {
        match session.execute(begin, &[]) {
            Err(error) if is_busy(&error) && start.elapsed() < session.patience() => {
                thread::sleep(LOOK_AGAIN)
            }
            begun => return begun.map(|_| ()),
        }
    }
}

/// Returns whether the operation is the cause, instead of the file or the disk.
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
                | ErrorCode::OperationInterrupted
        ),
    }
}

/// Returns whether the connection is no longer usable.
pub(super) fn is_broken(error: &Error) -> bool {
    !is_own_fault(error)
        && !matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
        )
}

const LOOK_AGAIN: Duration = Duration::from_micros(500);

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use rusqlite::Connection;

    use super::super::queue::Queue;
    use super::*;

    #[test]
    fn what_fails_alone_is_undone_alone_and_its_neighbours_are_stored() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t(n INTEGER PRIMARY KEY, of INTEGER)").unwrap();
        let mut session = Session::new(&connection, i64::MAX);
        let (sender, receiver) = mpsc::sync_channel(10);
        let queue = Queue::new(sender, usize::MAX);
        // The third operation writes a row before it fails.
        let numbers = [[1, 2], [3, 4], [5, 1], [6, 7]];
        let answers = numbers.map(|numbers| {
            queue.submit(1, move |session| {
                numbers.iter().try_for_each(|number| {
                    session.execute("INSERT INTO t VALUES(?1, ?2)", &[number, &numbers[0]]).map(|_| ())
                })
            })
        });
        let mut group = receiver.try_iter().collect::<Vec<_>>();
        assert!(commit(&mut session, "BEGIN", &mut group, &WakeQueue::default(), &|| None).is_ok());
        let answers = answers.map(|mut answer| now(&mut answer).is_ok());
        assert_eq!(answers, [true, true, false, true]);
        let found = session.all("SELECT n FROM t ORDER BY n", &[], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(found, [1, 2, 3, 4, 6, 7]);
    }

    #[test]
    fn an_operation_that_fails_leaves_the_wake_ups_of_its_neighbours() {
        let connection = Connection::open_in_memory().unwrap();
        let mut session = Session::new(&connection, i64::MAX);
        let (sender, receiver) = mpsc::sync_channel(10);
        let queue = Queue::new(sender, usize::MAX);
        let _answers = ["first", "fails", "last"].map(|source| {
            queue.submit(1, move |session| {
                session.wake(Some(source));
                if source == "fails" { Err(Error::QueryReturnedNoRows) } else { Ok(()) }
            })
        });
        let (mut group, wake) = (receiver.try_iter().collect::<Vec<_>>(), WakeQueue::default());
        assert!(commit(&mut session, "BEGIN", &mut group, &wake, &|| None).is_ok());
        let woken = now(&mut Box::pin(wake.woken_since(0)));
        assert_eq!(woken.sources.unwrap(), ["first", "last"]);
    }

    #[test]
    fn a_queue_that_is_full_says_so_and_has_room_again_afterwards() {
        let (sender, receiver) = mpsc::sync_channel(2);
        let queue = Queue::new(sender, 100);
        let submit = |weight| queue.submit(weight, |_| Ok(()));
        let overloaded = |weight| {
            let error = now(&mut submit(weight)).unwrap_err();
            let cause = std::error::Error::source(&error).unwrap().downcast_ref::<Failure>();
            assert!(matches!(cause, Some(Failure::Overload)), "{weight}: {error:?}");
        };
        let heavy = submit(60);
        overloaded(41);
        let light = submit(40);
        overloaded(0);
        let connection = Connection::open_in_memory().unwrap();
        let mut session = Session::new(&connection, i64::MAX);
        let mut group = receiver.try_iter().collect::<Vec<_>>();
        assert!(commit(&mut session, "BEGIN", &mut group, &WakeQueue::default(), &|| None).is_ok());
        assert!([heavy, light].iter_mut().all(|answer| now(answer).is_ok()));
        drop(submit(100));
        drop(receiver);
        assert!(matches!(now(&mut submit(0)), Err(countersign_inbox::StoreError::Unavailable(_))));
    }

    /// Returns the answer, which must be available.
    fn now<F: Future + ?Sized>(future: &mut std::pin::Pin<Box<F>>) -> F::Output {
        use std::task::{Context, Poll, Waker};
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => answer,
            Poll::Pending => panic!("it was answered"),
        }
    }
}
