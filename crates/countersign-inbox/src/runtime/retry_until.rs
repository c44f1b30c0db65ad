use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use countersign::__private::Causes;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tracing::{info, warn};

use crate::store::StoreError;
use crate::telemetry::store_error;

/// Waits for an answer up to a timeout: a store that hangs counts as failed.
pub(crate) async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    match timeout(patience, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(StoreError::Unavailable(format!("no answer within {patience:?}").into())),
    }
}

/// Retries with growing pauses until the deadline, after which it returns `None`.
pub(crate) async fn retry_until<T, F>(
    until: Instant,
    ask: impl FnMut() -> F,
    mut failed: impl FnMut(&StoreError),
) -> Option<T>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let pauses = ExponentialBuilder::new()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_jitter()
        .without_max_times();
    let answer = ask.retry(pauses).sleep(sleep).notify(|error, _| failed(error));
    timeout_at(until, answer).await.ok()?.ok()
}

/// The outage of a store operation. Its start and its end are logged once each.
#[derive(Debug)]
pub(crate) struct Outage {
    operation: &'static str,
    since: Mutex<Option<Instant>>,
}

impl Outage {
    pub(crate) const fn of(operation: &'static str) -> Self {
        Self { operation, since: Mutex::new(None) }
    }

    pub(crate) fn failed(&self, error: &StoreError) {
        store_error(self.operation);
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        if since.is_none() {
            *since = Some(Instant::now());
            warn!(
                target: "countersign",
                operation = self.operation,
                error = %Causes::of(error),
                "the store fails; the operation is retried"
            );
        }
    }

    pub(crate) fn over(&self) {
        let since = self.since.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(since) = since {
            let seconds = since.elapsed().as_secs_f64();
            info!(target: "countersign", operation = self.operation, seconds, "the store answers again");
        }
    }
}

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
