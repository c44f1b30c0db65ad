use std::time::Duration;

use countersign_inbox::{EventId, EventState, Filter, OpsStore, Page, Summary};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::error::CliError;

/// The state of the events that were replayed first.
#[derive(Debug)]
pub(super) struct Canary {
    pub(super) events: Vec<Summary>,
    /// The number of events that were purged in the meantime.
    gone: usize,
}

/// Waits until they are done, dead or unverified, with a timeout.
pub(super) async fn watch(
    store: &dyn OpsStore,
    ids: &[EventId],
    at_most: Duration,
) -> Result<Canary, CliError> {
    let bar = ProgressBar::new(ids.len() as u64).with_style(style());
    let start = Instant::now();
    let mut looks = interval(BETWEEN_LOOKS);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        let events = rows(store, ids).await?;
        let canary = Canary { gone: ids.len().saturating_sub(events.len()), events };
        bar.set_position((ids.len() - canary.waiting()) as u64);
        if canary.waiting() == 0 || start.elapsed() >= at_most {
            bar.finish_and_clear();
            return Ok(canary);
        }
    }
}

impl Canary {
    pub(super) fn is_ok(&self) -> bool {
        self.dead() == 0 && self.unverified() == 0 && self.waiting() == 0
    }

    pub(super) fn done(&self) -> usize {
        self.gone + self.in_state(|state| state == EventState::Done)
    }

    pub(super) fn dead(&self) -> usize {
        self.in_state(|state| state == EventState::Dead)
    }

    pub(super) fn unverified(&self) -> usize {
        self.in_state(|state| state == EventState::Unverified)
    }

    pub(super) fn waiting(&self) -> usize {
        self.in_state(|state| !matches!(state, EventState::Done | EventState::Dead | EventState::Unverified))
    }

    fn in_state(&self, is_it: impl Fn(EventState) -> bool) -> usize {
        self.events.iter().filter(|event| is_it(event.state)).count()
    }
}

/// Returns these events, the oldest first.
pub(super) async fn rows(store: &dyn OpsStore, ids: &[EventId]) -> Result<Vec<Summary>, CliError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let filter = Filter::ids(ids.iter().copied());
    let rows = store.list(&filter, Page::first(ids.len())).await;
    let mut rows = rows.map_err(CliError::store("cannot list events"))?.events;
    rows.reverse();
    Ok(rows)
}

fn style() -> ProgressStyle {
    let style =
        ProgressStyle::with_template("{bar:30.green} {pos}/{len} done, dead or unverified, for {elapsed}");
    style.unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Short enough for people, and negligible for a store.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
