use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use countersign::ErrorKind;
use tokio::runtime::Handle;
use tokio::sync::{self, Notify};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::counts::{beginning, count_in, count_name};
use super::sweeper::Sweeper;
use crate::alerts::AlertCounts;
use crate::inbox_store::InboxStore;
use crate::ops::{AttemptOutcome, InlineAttempt};
use crate::runtime::{Outage, within};
use crate::statistics::{Increment, RejectionSample};
use crate::store::StoreError;

/// The counts of a process, which all endpoints of an inbox share. An event costs no write of its own: what was
/// counted since the first event is added to the store after five seconds. A process that ends without a drain loses
/// what it has not added.
pub(crate) struct Recorder {
    store: Arc<dyn InboxStore>,
    pending: Mutex<BTreeMap<String, Increment>>,
    /// Attempts in inline mode with their endpoints and the times at which they ended, the oldest first.
    inline_attempts: Mutex<VecDeque<(String, Instant, InlineAttempt)>>,
    is_scheduled: AtomicBool,
    /// Begins a flush before its time.
    early: Arc<Notify>,
    /// Cancelled when the process is about to end: a flush has less time then.
    ending: CancellationToken,
    /// Held by a flush, so that the last one of a process waits for what the one before has taken.
    flushing: sync::Mutex<()>,
    outage: Outage,
    /// `None` if a worker sweeps the store.
    sweeper: Option<Sweeper>,
    /// Set once, if the inbox has alerts.
    alerts: OnceLock<Arc<AlertCounts>>,
}

impl Recorder {
    /// Creates the recorder of an inbox, whose workers sweep the store.
    pub(crate) fn new(store: Arc<dyn InboxStore>) -> Arc<Self> {
        Self::with(store, None)
    }

    /// Creates a recorder that sweeps the store, because nothing else in this process does.
    pub(crate) fn sweeping(store: Arc<dyn InboxStore>) -> Arc<Self> {
        Self::with(store, Some(Sweeper::default()))
    }

    fn with(store: Arc<dyn InboxStore>, sweeper: Option<Sweeper>) -> Arc<Self> {
        let (pending, inline_attempts, is_scheduled, early, ending, flushing) = Default::default();
        let (outage, alerts) = (Outage::of("statistics"), OnceLock::new());
        Arc::new(Self {
            store,
            pending,
            inline_attempts,
            is_scheduled,
            early,
            ending,
            flushing,
            outage,
            sweeper,
            alerts,
        })
    }

    /// Counts for alerts from now on.
    pub(crate) fn alerts(&self) -> Arc<AlertCounts> {
        Arc::clone(self.alerts.get_or_init(Arc::default))
    }

    /// Records that the circuit of an endpoint was opened by this pattern of failures, or has closed.
    pub(crate) fn circuit(self: &Arc<Self>, source: &str, pattern: Option<String>) {
        if let Some(pattern) = &pattern {
            self.count(source, |increment| count_name(&mut increment.circuits, beginning(pattern)));
        }
        if let Some(alerts) = self.alerts.get() {
            alerts.circuit(source, pattern);
        }
    }

    /// Counts a verified delivery to this endpoint for alerts: once, however many subscriptions store it or leave it out,
    /// because a rejected request is counted once.
    pub(crate) fn verified(&self, endpoint: &str) {
        if let Some(alerts) = self.alerts.get() {
            alerts.verified(endpoint);
        }
    }

    /// Counts a verified delivery that the store has answered.
    pub(crate) fn delivered(self: &Arc<Self>, source: &str, key: &str, is_new: bool) {
        self.count(source, |increment| {
            let counts = &mut increment.counts;
            *(if is_new { &mut counts.accepted } else { &mut counts.duplicates }) += 1;
            count_name(&mut increment.keys, key);
        });
    }

    /// Counts a verified delivery that a rule leaves out. It shows that the provider sends, and which key it uses.
    pub(crate) fn filtered(self: &Arc<Self>, source: &str, key: &str, rule: &str) {
        self.count(source, |increment| {
            count_name(&mut increment.filtered, rule);
            count_name(&mut increment.keys, key);
        });
    }

    /// Counts an attempt that has ended with this response code, this long after the event was accepted or replayed.
    pub(crate) fn attempted(
        self: &Arc<Self>,
        source: &str,
        outcome: AttemptOutcome,
        code: Option<u16>,
        age: Duration,
    ) {
        // These do not count as attempts of the event either.
        if matches!(outcome, AttemptOutcome::GiveBack | AttemptOutcome::Keep | AttemptOutcome::Unverified) {
            return;
        }
        if let Some(alerts) = self.alerts.get() {
            alerts.attempted(source, outcome);
        }
        self.count(source, |increment| {
            let counts = &mut increment.counts;
            counts.attempts += 1;
            match outcome {
                AttemptOutcome::Done | AttemptOutcome::Skip => {
                    counts.done += 1;
                    increment.time_to_done.record(age);
                }
                AttemptOutcome::Retry => counts.retries += 1,
                AttemptOutcome::Dead => counts.dead += 1,
                _ => {}
            }
            if let Some(code) = code {
                count_name(&mut increment.codes, &code.to_string());
            }
        });
    }

    /// Counts an attempt in inline mode, which has ended now, and keeps its row for the store if it is to have one. While the store does
    /// not answer, the latest rows are kept. Many rows are added before their time, so that none is lost.
    pub(crate) fn attempted_inline(
        self: &Arc<Self>,
        source: &str,
        attempt: InlineAttempt,
        is_recorded: bool,
    ) {
        let (outcome, code, took) = (attempt.outcome, attempt.code, attempt.took);
        if is_recorded {
            let mut rows = self.inline_attempts();
            if rows.len() >= MOST_ROWS {
                rows.pop_front();
            }
            rows.push_back((source.to_owned(), Instant::now(), attempt));
            // Once: a store that fails is asked no more often for that.
            if rows.len() == MANY_ROWS {
                self.early.notify_one();
            }
        }
        self.attempted(source, outcome, code, took);
    }

    /// Counts a rejected request, and keeps it among the latest samples. An attacker can send any number: a sample has a bounded size.
    pub(crate) fn rejected(
        self: &Arc<Self>,
        source: &str,
        provider: &str,
        kind: ErrorKind,
        sample: impl FnOnce() -> RejectionSample,
    ) {
        if let Some(alerts) = self.alerts.get() {
            alerts.rejected(source, kind);
        }
        let sample = sample();
        self.count(source, |increment| {
            let rejections = &mut increment.rejections;
            *rejections.counts.entry((provider.to_owned(), kind.as_str().to_owned())).or_default() += 1;
            rejections.samples.push(sample);
            let surplus = rejections.samples.len().saturating_sub(RejectionSample::KEPT);
            rejections.samples.drain(..surplus);
        });
    }

    /// Adds the last counts of a process. A store that does not answer within seconds costs them, because the end waits.
    pub(crate) async fn flush_at_end(&self) {
        self.ending.cancel();
        let _: bool = self.flush().await;
    }

    /// Adds what was counted to the store. What could not be added is kept for the next time. Returns whether nothing is
    /// left. A flush that is under way is waited for.
    async fn flush(&self) -> bool {
        let _flushing = self.flushing.lock().await;
        let mut pending = mem::take(&mut *self.pending());
        let rows = mem::take(&mut *self.inline_attempts());
        let now = Instant::now();
        for (source, ended, attempt) in &rows {
            let ago = now.saturating_duration_since(*ended);
            count_in(&mut pending, source, |of| of.inline_attempts.push((ago, attempt.clone())));
        }
        let mut increments: Vec<_> = pending.into_values().collect();
        if increments.is_empty() {
            return true;
        }
        let late_end = async {
            self.ending.cancelled().await;
            sleep(PATIENCE_AT_END).await;
        };
        let added = async {
            tokio::select! {
                added = self.store.add_statistics(&increments) => added,
                () = late_end => Err(StoreError::Unavailable("no answer before the end of the process".into())),
            }
        };
        match within(PATIENCE, added).await {
            Ok(()) => {
                self.outage.over();
                true
            }
            Err(error) => {
                self.outage.failed(&error);
                self.keep(rows);
                let mut pending = self.pending();
                for increment in &mut increments {
                    increment.inline_attempts.clear();
                    count_in(&mut pending, &increment.source, |pending| pending.merge(increment));
                }
                false
            }
        }
    }

    /// Keeps rows for the next time, before those that have been added since.
    fn keep(&self, mut rows: VecDeque<(String, Instant, InlineAttempt)>) {
        let mut since = self.inline_attempts();
        rows.append(&mut since);
        let surplus = rows.len().saturating_sub(MOST_ROWS);
        rows.drain(..surplus);
        *since = rows;
    }

    fn count(self: &Arc<Self>, source: &str, count: impl FnOnce(&mut Increment)) {
        count_in(&mut self.pending(), source, count);
        if let Some(scheduled) = self.schedule() {
            // Without a runtime, the next event or the drain adds it.
            if let Ok(runtime) = Handle::try_current() {
                runtime.spawn(scheduled.run());
            }
        }
    }

    /// Returns the task that is to be started, unless there is one.
    fn schedule(self: &Arc<Self>) -> Option<Scheduled> {
        let is_scheduled = self.is_scheduled.swap(true, Ordering::AcqRel);
        (!is_scheduled).then(|| Scheduled(Arc::downgrade(self), self.early.clone()))
    }

    fn inline_attempts(&self) -> MutexGuard<'_, VecDeque<(String, Instant, InlineAttempt)>> {
        self.inline_attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pending(&self) -> MutexGuard<'_, BTreeMap<String, Increment>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The task that adds what was counted. It does not keep the store open. If it ends with its runtime, the next event
/// starts another one.
struct Scheduled(Weak<Recorder>, Arc<Notify>);

impl Scheduled {
    async fn run(self) {
        let mut scheduled = self;
        loop {
            let _ = timeout(FLUSH_EVERY, scheduled.1.notified()).await;
            let Some(recorder) = scheduled.0.upgrade() else { return };
            // Before the flush, so that a later event starts another task.
            drop(scheduled);
            let is_flushed = recorder.flush().await;
            if is_flushed {
                if let Some(sweeper) = &recorder.sweeper {
                    sweeper.sweep_if_due(&*recorder.store).await;
                }
                return;
            }
            let Some(again) = recorder.schedule() else { return };
            scheduled = again;
        }
    }
}

impl Drop for Scheduled {
    fn drop(&mut self) {
        if let Some(recorder) = self.0.upgrade() {
            recorder.is_scheduled.store(false, Ordering::Release);
        }
    }
}

const FLUSH_EVERY: Duration = Duration::from_secs(5);
/// The time that the store has to answer. A store that answers later counts twice, because what it was given is added again.
const PATIENCE: Duration = Duration::from_secs(60);
const PATIENCE_AT_END: Duration = Duration::from_secs(5);
/// The number of attempts whose rows are kept until the store has them.
const MOST_ROWS: usize = 5_000;
/// The number of rows that are not kept until their time.
const MANY_ROWS: usize = MOST_ROWS / 2;
