//! Waits for the end of all work, for tests of handlers.

use std::time::Duration;

use tokio::time::sleep;

use super::Inbox;
use crate::ops::SourceStats;
use crate::store::StoreError;
use crate::worker::HandledSources;

impl Inbox {
    /// Waits until no event is ready or running at an endpoint that this process handles; delayed retries are waited for.
    /// Under the paused time of tokio, with a store on that clock, delays take no time.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store does not [count](crate::InboxStore::counts) events.
    pub async fn run_until_idle(&self) -> Result<(), StoreError> {
        let is_busy =
            |stats: &SourceStats| stats.ready + stats.running > 0 && HandledSources::has(&stats.source);
        loop {
            let stats = self.shared.health.counts().await?;
            let stats =
                stats.ok_or_else(|| StoreError::Unavailable("the store does not count events".into()))?;
            if !stats.sources.iter().any(is_busy) {
                return Ok(());
            }
            sleep(PAUSE).await;
        }
    }
}

const PAUSE: Duration = Duration::from_millis(10);
