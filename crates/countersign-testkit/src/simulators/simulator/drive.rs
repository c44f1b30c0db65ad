//! Makes the attempts that the engine asks for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};

use countersign::{Clock, Signer, UnixTime};
use tokio::task::JoinSet;

use super::{Shared, Simulator};
use crate::simulators::dates::rfc3339;
use crate::simulators::engine::Job;
use crate::simulators::{Answer, Outcome};

impl Simulator {
    /// Sends what is due, and waits for retries, until each event is delivered or in the operations queue.
    pub async fn run(&self) {
        self.drive(&AtomicBool::new(true)).await;
    }

    /// Sends what is due while `work` publishes events, and afterwards like [`run`](Self::run). Returns the output of `work`.
    pub async fn run_while<T>(&self, work: impl Future<Output = T>) -> T {
        let is_done = AtomicBool::new(false);
        let work = async {
            let output = work.await;
            is_done.store(true, Ordering::Release);
            self.change(|_| ());
            output
        };
        tokio::join!(work, self.drive(&is_done)).0
    }

    /// Sends what is due, for as long as it is polled.
    pub async fn run_forever(&self) {
        self.drive(&AtomicBool::new(false)).await;
    }

    /// Sends until everything is delivered or given up, once `until_idle` is set.
    async fn drive(&self, until_idle: &AtomicBool) {
        let shared = &*self.shared;
        let mut changes = shared.changes.subscribe();
        let mut running = JoinSet::new();
        loop {
            changes.mark_unchanged();
            let until_idle = until_idle.load(Ordering::Acquire);
            while running.len() < shared.concurrency
                && let Some(job) = self.next_job()
            {
                running.spawn(attempt(Arc::clone(&self.shared), job));
            }
            let (due, is_idle) = {
                let mut engine = self.engine();
                if until_idle && running.is_empty() && engine.next_due().is_none() {
                    engine.flush(shared.clock.now());
                }
                (engine.next_due(), engine.is_idle())
            };
            if until_idle && is_idle && running.is_empty() {
                return;
            }
            let has_room = running.len() < shared.concurrency;
            // A stepping clock jumps only while nothing is being sent.
            let waits = has_room && (running.is_empty() || !shared.clock.is_stepping());
            tokio::select! {
                Some(finished) = running.join_next() => {
                    if let Ok((job, answer)) = finished {
                        self.finish(&job, answer);
                    }
                }
                () = shared.clock.sleep_until(due.unwrap_or(UnixTime::from_secs(0))), if due.is_some() && waits => {}
                _ = changes.changed() => {}
            }
        }
    }

    fn next_job(&self) -> Option<Job> {
        self.engine().start(self.shared.clock.now())
    }

    fn finish(&self, job: &Job, answer: Answer) {
        let now = self.shared.clock.now();
        let disabled = self.change(|engine| {
            engine.finish(job, answer.outcome, answer.latency, now);
            engine.take_disabled()
        });
        let Some(report) = self.shared.profile.and_then(|profile| profile.on_disabled) else { return };
        for (endpoint, since, targets) in disabled {
            let step = report(&endpoint, &rfc3339(since));
            if let Ok(messages) = self.messages(|_| vec![step], &[]) {
                for (message, target) in
                    messages.iter().flat_map(|one| targets.iter().map(move |to| (one, to)))
                {
                    self.publish_to(target, message.clone());
                }
            }
        }
    }
}

/// Signs an event and sends it.
async fn attempt(shared: Arc<Shared>, job: Job) -> (Job, Answer) {
    let limit = shared.engine.lock().unwrap_or_else(PoisonError::into_inner).policy.ack_limit;
    let now = shared.clock.stamp();
    let signed = |signer: &Arc<Signer>| {
        let request = job.message.sign(signer, &job.signed_url, now).map_err(|error| error.to_string())?;
        request.into_http().map_err(|error| error.to_string())
    };
    let answer = match job.signer.as_ref().map_or_else(|| Ok(job.message.unsigned()), signed) {
        Ok(request) => shared.transport.send(&job.url, request, job.wire, limit).await,
        Err(reason) => Answer::without_response(Outcome::Failed(format!("cannot sign: {reason}"))),
    };
    (job, answer)
}
