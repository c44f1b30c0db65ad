//! Finds the sources with due events: woken by the store of this process, or by looking for events of other
//! processes.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::sleep;

use super::shared::{Shared, SourceState};
use crate::runtime::{Outage, within};

/// Wakes the sources that the store of this process names.
pub(super) async fn wake(shared: Arc<Shared>, sources: Vec<Arc<SourceState>>) {
    let by_name = by_name(&sources);
    let mut mark = 0;
    loop {
        let woken = shared.inbox.woken_since(mark).await;
        mark = woken.mark;
        match woken.sources {
            None => sources.iter().for_each(|source| source.wake.notify_one()),
            Some(sources) => wake_named(&by_name, &sources),
        }
        // A store that wakes constantly must not starve other tasks.
        yield_now().await;
    }
}

/// Asks the store for the sources with due events, all of them at once, until it answers that it does not support
/// this.
///
/// Claims then need no polling: a worker with hundreds of sources queries no more often than one with a single
/// source.
pub(super) async fn watch(shared: Arc<Shared>, sources: Vec<Arc<SourceState>>) {
    let by_name = by_name(&sources);
    let names: Vec<_> = sources.iter().map(|source| source.endpoint.name().to_owned()).collect();
    let outage = Outage::of("due_sources");
    loop {
        sleep(LOOK_EVERY.mul_f64(0.9 + 0.2 * fastrand::f64())).await;
        match within(shared.settings.claim_patience(), shared.inbox.due_sources(&names)).await {
            Ok(Some(due)) => {
                outage.over();
                shared.is_watched.store(true, Ordering::Relaxed);
                wake_named(&by_name, &due);
            }
            Ok(None) => return,
            Err(error) => {
                outage.failed(&error);
                shared.is_watched.store(false, Ordering::Relaxed);
                sleep(AFTER_FAILURE).await;
            }
        }
    }
}

fn by_name(sources: &[Arc<SourceState>]) -> HashMap<&str, &Arc<SourceState>> {
    sources.iter().map(|source| (source.endpoint.name(), source)).collect()
}

fn wake_named(sources: &HashMap<&str, &Arc<SourceState>>, names: &[String]) {
    let named = names.iter().filter_map(|name| sources.get(name.as_str()));
    named.for_each(|source| source.wake.notify_one());
}

/// An event of another process is picked up within a second.
const LOOK_EVERY: Duration = Duration::from_millis(750);
const AFTER_FAILURE: Duration = Duration::from_secs(2);
