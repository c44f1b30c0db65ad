//! Waits for the end of all work, for tests of handlers.

use std::time::Duration;

use tokio::time::sleep;

use super::inbox::Inbox;
use crate::ops::SourceStats;
use crate::store::StoreError;
use crate::worker::HandledSources;

impl Inbox {
    /// Waits until no event is ready or running at an endpoint that this process handles; delayed retries are waited for,
    /// and events that are ready at a paused endpoint are not.
    /// Under the paused time of tokio, with a store on that clock, delays take no time.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store does not [count](crate::InboxStore::counts) events.
    pub async fn run_until_idle(&self) -> Result<(), StoreError> {
        loop {
            let stats = self.shared.health.counts().await?;
            let stats =
                stats.ok_or_else(|| StoreError::Unavailable("the store does not count events".into()))?;
            let is_busy = |of: &SourceStats| {
                let ready = if stats.pause(&of.source).is_some() { 0 } else { of.ready };
                ready + of.running > 0 && HandledSources::has(&of.source)
            };
            if !stats.sources.iter().any(is_busy) {
                return Ok(());
            }
            sleep(PAUSE).await;
        }
    }
}

const PAUSE: Duration = Duration::from_millis(10);
