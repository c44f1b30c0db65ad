//! Finds endpoints in the store whose events no worker of the process handles.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use metrics::gauge;
use tokio::time::sleep;
use tracing::warn;

use super::handled_sources::HandledSources;
use super::shared::Shared;
use crate::ops::SourceStats;
use crate::runtime::{Outage, within};
use crate::telemetry;

/// Searches periodically for sources with waiting events that no worker of the process handles: logs each once, and
/// counts its events. Ends if the store cannot count them.
pub(super) async fn find_unhandled(shared: Arc<Shared>) {
    let outage = Outage::of("counts");
    let mut known = Unhandled::default();
    // Other workers of the program may be about to be built.
    let mut pause = FIRST_LOOK;
    loop {
        sleep(pause).await;
        pause = LOOK_EVERY.mul_f64(0.9 + 0.2 * fastrand::f64());
        match within(shared.settings.claim_patience(), shared.inbox.counts()).await {
            Ok(Some(stats)) => {
                outage.over();
                shared.status.set_unhandled(known.see(&stats.sources));
            }
            Ok(None) => return,
            Err(error) => outage.failed(&error),
        }
    }
}

/// The names of the sources found.
#[derive(Default)]
struct Unhandled(BTreeSet<String>);

impl Unhandled {
    /// Returns the names that have waiting events now.
    fn see(&mut self, sources: &[SourceStats]) -> Vec<String> {
        for stats in sources {
            let waiting = stats.ready + stats.running + stats.unverified;
            if waiting > 0 && self.0.len() < MOST && !HandledSources::has(&stats.source) {
                self.add(&stats.source, waiting);
            }
        }
        let mut unhandled = Vec::new();
        for name in &self.0 {
            let stats = sources.iter().find(|stats| stats.source == *name && !HandledSources::has(name));
            let waiting = stats.map_or(0, |stats| stats.ready + stats.running + stats.unverified);
            gauge!(telemetry::UNHANDLED_BACKLOG, "source" => name.clone()).set(waiting as f64);
            if waiting > 0 {
                unhandled.push(name.clone());
            }
        }
        unhandled
    }

    fn add(&mut self, source: &str, waiting: u64) {
        if !self.0.insert(source.to_owned()) {
            return;
        }
        let nearest = HandledSources::nearest(source);
        warn!(
            target: "countersign",
            source,
            waiting,
            nearest,
            "no inbox of this process handles the events of this endpoint: give an `Endpoint` its name, unless another \
             process has one"
        );
    }
}

const FIRST_LOOK: Duration = Duration::from_millis(500);
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// The limit on names that are remembered; each is a label of a metric.
const MOST: usize = 256;
