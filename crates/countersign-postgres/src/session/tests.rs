use std::cell::Cell;
use std::error::Error;
use std::fmt;

use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::postgres::PgPoolOptions;

use super::*;

/// Each attempt may take as long as all of them together.
#[tokio::test(start_paused = true)]
async fn an_operation_that_waits_for_a_lock_takes_no_longer_than_its_timeout() {
    let limit = Duration::from_secs(5);
    let pool = PgPoolOptions::new().connect_lazy("postgres://127.0.0.1:1/none").unwrap();
    let session = Session::new(pool, &SchemaName::new("countersign").unwrap(), limit, limit, true);
    for takes in [Duration::ZERO, Duration::from_secs(1), Duration::from_millis(4960)] {
        let (start, attempts) = (Instant::now(), Cell::new(0));
        let answer: Result<(), _> = session
            .until_free(|| async {
                attempts.set(attempts.get() + 1);
                // The last one is slow.
                sleep(if attempts.get() > 1 { limit } else { takes }).await;
                Err(unavailable(sqlx::Error::Database(Box::new(Locked))))
            })
            .await;
        let error = answer.unwrap_err();
        assert!(start.elapsed() <= limit + TICK, "{takes:?}: {:?}, {error}", start.elapsed());
        assert_eq!(attempts.get(), if takes > Duration::from_secs(4) { 1 } else { 2 }, "{takes:?}");
    }
}

/// The resolution of timers.
const TICK: Duration = Duration::from_millis(1);

/// The error of a statement after its `lock_timeout`.
#[derive(Debug)]
struct Locked;

impl fmt::Display for Locked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("canceling statement due to lock timeout")
    }
}

impl Error for Locked {}

impl DatabaseError for Locked {
    fn message(&self) -> &'static str {
        "canceling statement due to lock timeout"
    }

    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some("55P03".into())
    }

    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}
