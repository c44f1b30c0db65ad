use std::error::Error;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use metrics::counter;
use tokio::time::Instant;
use tracing::{info, warn};

use crate::store::StoreError;
use crate::telemetry;

/// Whether the store fails to do something. Each outage is logged once when it begins and once when it is over.
#[derive(Debug)]
pub(super) struct Outage {
    operation: &'static str,
    since: Mutex<Option<Instant>>,
}

impl Outage {
    pub(super) const fn of(operation: &'static str) -> Self {
        Self { operation, since: Mutex::new(None) }
    }

    pub(super) fn failed(&self, error: &StoreError) {
        counter!(telemetry::STORE_ERRORS, "operation" => self.operation).increment(1);
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        if since.is_none() {
            *since = Some(Instant::now());
            warn!(
                target: "countersign",
                operation = self.operation,
                error = %Chain(error),
                "the store fails; the worker goes on asking"
            );
        }
    }

    pub(super) fn over(&self) {
        let since = self.since.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(since) = since {
            let seconds = since.elapsed().as_secs_f64();
            info!(target: "countersign", operation = self.operation, seconds, "the store answers again");
        }
    }
}

/// An error and everything behind it, on one line.
pub(super) struct Chain<'e>(pub(super) &'e (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}
