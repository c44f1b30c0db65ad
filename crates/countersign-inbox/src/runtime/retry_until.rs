use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::store::StoreError;

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

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
