use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign_diagnose::{Captured, Diagnoser};
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::spawn_blocking;

use super::exchange::{Exchange, Verdict};
use crate::explain::Explanation;

/// Explains rejected requests, one at a time: an explanation may take thousands of verifications.
pub(super) struct Explainer {
    diagnoser: Arc<Diagnoser>,
    /// The public origin.
    origin: Option<String>,
    turn: Mutex<()>,
    /// The number of requests whose explanation is not shown yet.
    pub(super) waiting: AtomicUsize,
}

impl Explainer {
    pub(super) fn new(diagnoser: Diagnoser, origin: Option<&str>) -> Self {
        let origin = origin.map(|origin| origin.trim_end_matches('/').to_owned());
        Self { diagnoser: Arc::new(diagnoser), origin, turn: Mutex::new(()), waiting: AtomicUsize::new(0) }
    }

    /// Waits for the turn of the next explanation.
    pub(super) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Waits until all explanations are shown.
    pub(super) async fn finish(&self) {
        while self.waiting.load(Ordering::Acquire) > 0 {
            drop(self.turn().await);
            tokio::task::yield_now().await;
        }
    }

    /// Returns the reason of a rejection. `None` for other requests, and for those whose body was not read.
    pub(super) async fn explain(&self, exchange: &Exchange) -> Option<Explanation> {
        let (Verdict::Rejected { .. }, Some(body)) = (&exchange.verdict, &exchange.body) else { return None };
        let mut captured =
            Captured::new(exchange.headers.clone(), body.clone()).with_method(exchange.method.as_str());
        if let Some(origin) = &self.origin {
            captured = captured.with_url(format!("{origin}{}", exchange.target));
        }
        let (diagnoser, at) = (Arc::clone(&self.diagnoser), exchange.received_at);
        let diagnosis = spawn_blocking(move || diagnoser.diagnose(&captured, at)).await.ok()?;
        Explanation::of(diagnosis).ok()
    }
}
