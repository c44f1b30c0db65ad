use std::sync::Arc;
use std::time::Duration;

use countersign_diagnose::{Captured, Diagnoser};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::exchange::{Exchange, Verdict};
use crate::explain::Explanation;

/// Explains rejected requests, one at a time: an explanation may take thousands of verifications.
pub(super) struct Explainer {
    diagnoser: Arc<Diagnoser>,
    /// The public origin.
    origin: Option<String>,
    turn: Mutex<()>,
    /// The places of requests whose explanation is not shown yet: their bodies are held.
    places: Arc<Semaphore>,
    /// Whether explanations are given up, because the command ends.
    ended: watch::Sender<bool>,
}

impl Explainer {
    pub(super) fn new(diagnoser: Diagnoser, origin: Option<&str>) -> Self {
        let origin = origin.map(|origin| origin.trim_end_matches('/').to_owned());
        Self {
            diagnoser: Arc::new(diagnoser),
            origin,
            turn: Mutex::new(()),
            places: Arc::new(Semaphore::new(MOST as usize)),
            ended: watch::Sender::new(false),
        }
    }

    /// Returns the place of a request until its explanation is shown. `None` if too many wait.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// Waits until all requests are shown. Explanations that take longer than `limit` are given up.
    pub(super) async fn finish(&self, limit: Duration) {
        if timeout(limit, self.places.acquire_many(MOST)).await.is_err() {
            self.ended.send_replace(true);
            let _ = self.places.acquire_many(MOST).await;
        }
    }

    /// Returns the reason of a rejection. `None` for other requests, for those whose body was not read, and when the
    /// command ends.
    pub(super) async fn explain(&self, exchange: &Exchange) -> Option<Explanation> {
        let mut ended = self.ended.subscribe();
        tokio::select! {
            explanation = self.explain_in_turn(exchange) => explanation,
            _ = ended.wait_for(|ended| *ended) => None,
        }
    }

    async fn explain_in_turn(&self, exchange: &Exchange) -> Option<Explanation> {
        let _turn = self.turn.lock().await;
        let (Verdict::Rejected { .. }, Some(body)) = (&exchange.verdict, &exchange.body) else { return None };
        if body.len() > LONGEST_BODY {
            return None;
        }
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

/// Each guess takes a pass over the body, in bytes.
const LONGEST_BODY: usize = 64 << 10;
/// The number of requests that wait for their explanation.
const MOST: u32 = 16;
