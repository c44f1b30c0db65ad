//! Rechecks stored requests that do not verify.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tracing::{info, warn};

use super::attempt::verify;
use super::schedule::PollInterval;
use super::shared::{Shared, SourceState};
use crate::event::{EventId, StoredEvent};
use crate::runtime::{Outage, within};
use crate::store::StoreError;

/// Verifies unverified events again at intervals, and makes those that verify ready: at once when the worker
/// starts, because it may have another key, and then at growing intervals, because the key may be added while it
/// runs. Nothing is written for an event that does not verify.
pub(super) async fn recheck(shared: Arc<Shared>, sources: Vec<Arc<SourceState>>) {
    let outage = Outage::of("unverified");
    let mut passes: Vec<_> = sources.iter().map(|source| Pass::new(source.clone())).collect();
    let mut pause = PollInterval::new(FIRST_PAUSE, LONGEST_PAUSE);
    while !shared.stages.stop.is_cancelled() {
        for pass in &mut passes {
            match pass.run(&shared).await {
                Ok(0) => outage.over(),
                Ok(_) => {
                    outage.over();
                    pause.reset();
                }
                Err(error) => outage.failed(&error),
            }
        }
        let pause = sleep(pause.next(fastrand::f64()));
        let _ = shared.stages.stop.run_until_cancelled(pause).await;
    }
}

/// The unverified events of a source.
struct Pass {
    source: Arc<SourceState>,
    /// The id after which the next pass continues, if the last one did not see all of them.
    after: Option<EventId>,
    /// The number of events that waited after the last pass.
    waiting: usize,
}

impl Pass {
    const fn new(source: Arc<SourceState>) -> Self {
        Self { source, after: None, waiting: 0 }
    }

    /// Returns the number of events that continue.
    async fn run(&mut self, shared: &Shared) -> Result<u64, StoreError> {
        let endpoint = &self.source.endpoint;
        let (patience, inbox) = (shared.settings.claim_patience(), &shared.inbox);
        let (mut waiting, mut resumed, mut last_error) = (0, 0, None);
        for _ in 0..MOST_PAGES {
            let limit = (PAGE_BYTES / self.source.event_bytes()).clamp(1, PAGE);
            let page = within(patience, inbox.unverified(endpoint.name(), self.after, limit)).await?;
            self.after = page.last().map(|event| event.id).filter(|_| page.len() >= limit);
            if let Some(largest) = page.iter().map(StoredEvent::held_bytes).max() {
                self.source.learn(largest);
            }
            let mut verified = Vec::new();
            for event in page {
                let id = event.id;
                match verify(&endpoint.receiver, event).await {
                    Ok(_) => verified.push(id),
                    Err(rejection) => {
                        waiting += 1;
                        last_error = Some(rejection.kind());
                    }
                }
            }
            if !verified.is_empty() {
                resumed += within(patience, inbox.resume(&verified)).await?;
                self.source.wake.notify_one();
            }
            if self.after.is_none() {
                break;
            }
        }
        if resumed > 0 {
            info!(target: "countersign", source = endpoint.name(), resumed, "stored requests verify again: their events go on");
        }
        if waiting != self.waiting
            && let Some(kind) = last_error
        {
            warn!(
                target: "countersign",
                source = endpoint.name(),
                waiting,
                kind = %kind,
                "events wait because their stored requests do not verify: add the secret that signed them again, with \
                 `SecretSet::and_env` or `SecretSet::with_until`; `countersign inbox list --state unverified` shows them"
            );
        }
        self.waiting = waiting;
        Ok(resumed)
    }
}

/// The number of requests in memory at once.
const PAGE: usize = 64;
/// Their size in bytes, if they are as large as the others.
const PAGE_BYTES: usize = 8 << 20;
/// The largest number of pages of a pass; the next one continues after them.
const MOST_PAGES: usize = 160;
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
