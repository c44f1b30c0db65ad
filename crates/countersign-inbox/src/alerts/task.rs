use std::sync::Arc;
use std::time::Duration;

use countersign::__private::Causes;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::error;

use super::alert::{Alert, AlertCause, AlertState};
use super::conditions::Conditions;
use super::counts::AlertCounts;
use super::notify::Notifier;
use super::rules::AlertRules;
use super::tracker::Tracker;
use super::watched_endpoint::WatchedEndpoint;
use crate::inbox_store::InboxStore;
use crate::ops::OpsStore;
use crate::runtime::within;
use crate::statistics::Window;
use crate::store::StoreError;

/// Observes the process and the store, and passes changes to the notifier.
pub(crate) struct Alerting {
    pub(crate) rules: AlertRules,
    pub(crate) notifier: Notifier,
    pub(crate) counts: Arc<AlertCounts>,
    pub(crate) store: Arc<dyn InboxStore>,
    /// The endpoints of the inbox.
    pub(crate) endpoints: Vec<WatchedEndpoint>,
    pub(crate) max_backlog_age: Duration,
}

impl Alerting {
    /// Observes every 15 s until the inbox stops. Neither handlers nor deliveries wait for it.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let Self { rules, notifier, counts, store, endpoints, max_backlog_age } = self;
        let (queue, alerts) = mpsc::channel(WAITING);
        tokio::spawn(notifier.send_all(alerts));
        let mut tracker = Tracker::new(rules.interval());
        let mut conditions = Conditions::new(rules, max_backlog_age, endpoints);
        let mut counted_at = None;
        while stop.run_until_cancelled(sleep(EVERY)).await.is_some() {
            conditions.count(counts.totals(), Instant::now());
            let mut answer = observe_backlog(&mut conditions, &*store).await;
            let is_due = counted_at.is_none_or(|at: Instant| at.elapsed() >= STATISTICS_EVERY);
            if let (Ok(()), true, Some(ops)) = (&answer, is_due, store.ops()) {
                answer = observe_statistics(&mut conditions, ops).await;
                counted_at = Some(Instant::now());
            }
            conditions.store(answer.err().map(|error| Causes::of(&error).to_string()));
            for mut alert in tracker.update(conditions.held(), Instant::now()) {
                add_pattern(&mut alert, store.ops()).await;
                if let Err(error) = queue.try_send(alert) {
                    let alert = error.into_inner();
                    error!(target: "countersign", %alert, "the notifier is too slow: an alert is lost");
                }
            }
        }
    }
}

async fn observe_backlog(conditions: &mut Conditions, store: &dyn InboxStore) -> Result<(), StoreError> {
    let stats = within(PATIENCE, store.counts()).await?;
    stats.iter().for_each(|stats| conditions.backlog(stats));
    Ok(())
}

async fn observe_statistics(conditions: &mut Conditions, ops: &dyn OpsStore) -> Result<(), StoreError> {
    let hour = within(PATIENCE, ops.statistics(Window::Hour)).await?;
    let week = within(PATIENCE, ops.statistics(Window::Week)).await?;
    conditions.statistics(&hour, &week);
    Ok(())
}

/// Adds the latest kind of error to failures, if the store names it.
async fn add_pattern(alert: &mut Alert, ops: Option<&dyn OpsStore>) {
    if let (AlertState::Fired, AlertCause::RepeatedFailures { source, pattern, .. }, Some(ops)) =
        (alert.state, &mut alert.cause, ops)
        && let Ok(errors) = within(PATIENCE, ops.errors(Some(source), 1)).await
    {
        *pattern = errors.into_iter().next().map(|error| error.pattern);
    }
}

const EVERY: Duration = Duration::from_secs(15);
/// Statistics have a row for each minute, and cost more than the backlog.
const STATISTICS_EVERY: Duration = Duration::from_secs(300);
/// The time that the store has to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// The number of alerts that may wait for a slow notifier.
const WAITING: usize = 64;
