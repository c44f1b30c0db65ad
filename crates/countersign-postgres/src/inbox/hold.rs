//! Moves events that wait for an earlier one with their ordering key out of the way of claims.

use sqlx::Row;
use tracing::debug;

use crate::error::unavailable;
use crate::inner::StoreInner;
use crate::session::prepare;

impl StoreInner {
    /// Holds events of sources, each from its start in microseconds, in at most so many parts. If it fails, the next claims read those
    /// events again.
    pub(crate) async fn hold(&self, starts: &[(String, Option<i64>)], parts: usize) {
        if starts.is_empty() {
            return;
        }
        let (sources, starts): (Vec<_>, Vec<_>) = starts.iter().cloned().unzip();
        for _ in 0..parts {
            let rows =
                self.session.rows(|| prepare(&self.statements.hold).bind(&sources).bind(&starts)).await;
            let held = rows.and_then(|rows| {
                rows.first().map_or(Ok(0), |row| row.try_get::<i64, _>(0).map_err(unavailable))
            });
            match held {
                Ok(PART) => {}
                Ok(_) => return,
                Err(error) => {
                    debug!(target: "countersign", %error, "events that wait for an earlier one were not held");
                    return;
                }
            }
        }
    }
}

/// The largest number of events that one statement holds, as in `hold.sql`.
const PART: i64 = 200;

/// The largest number of parts that are held after a claim, which waits for them.
pub(crate) const PARTS: usize = 10;

/// The largest number of parts that are held after a claim that timed out: the next ones would, too.
pub(crate) const PARTS_AFTER_TIMEOUT: usize = 100;
