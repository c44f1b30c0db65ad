use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;
use tracing::{info, warn};

use crate::store::StoreError;
use crate::telemetry::{Causes, store_error};

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
                error = %Causes(error),
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
