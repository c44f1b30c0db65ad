use std::sync::Arc;

use countersign_diagnose::{Captured, Diagnoser};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::exchange::{Exchange, Verdict};
use crate::explain::Explanation;

/// Explains rejected requests, one at a time: an explanation may take thousands of verifications.
pub(super) struct Explainer {
    diagnoser: Arc<Diagnoser>,
    /// The public origin.
    origin: Option<String>,
    turn: Semaphore,
}

impl Explainer {
    pub(super) fn new(diagnoser: Diagnoser, origin: Option<&str>) -> Self {
        let origin = origin.map(|origin| origin.trim_end_matches('/').to_owned());
        Self { diagnoser: Arc::new(diagnoser), origin, turn: Semaphore::new(1) }
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
        let _turn = self.turn.acquire().await.ok()?;
        let diagnosis = spawn_blocking(move || diagnoser.diagnose(&captured, at)).await.ok()?;
        Explanation::of(diagnosis).ok()
    }
}
