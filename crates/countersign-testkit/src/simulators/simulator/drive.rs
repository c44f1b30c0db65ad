//! Makes the attempts that the engine asks for.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use countersign::{Clock, Signer, UnixTime};
use tokio::task::JoinSet;

use super::Simulator;
use crate::simulators::clock::rfc3339;
use crate::simulators::engine::Job;
use crate::simulators::{ReceivedAnswer, SendOutcome};

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

    /// Sends until everything is delivered or given up, once `until_idle` is set. Several drivers share the attempts.
    async fn drive(&self, until_idle: &AtomicBool) {
        let shared = &*self.shared;
        let mut changes = shared.changes.subscribe();
        let mut running = JoinSet::new();
        loop {
            changes.mark_unchanged();
            let until_idle = until_idle.load(Ordering::Acquire);
            while let Some(started) = self.start_next() {
                running.spawn(attempt(started));
            }
            let due = {
                let mut engine = self.engine();
                let is_sending = engine.running() > 0;
                if until_idle && !is_sending && engine.next_due().is_none() {
                    engine.flush(shared.clock.now());
                }
                if until_idle && engine.is_idle() {
                    return;
                }
                let due = engine.next_due().filter(|_| engine.running() < shared.concurrency);
                match (due, shared.clock.as_stepping()) {
                    // Jumps only while nothing is being sent, by any driver: the engine is locked.
                    (Some(due), Some(clock)) if !is_sending => {
                        clock.jump_to(due);
                        continue;
                    }
                    (_, Some(_)) => None,
                    (due, None) => due,
                }
            };
            tokio::select! {
                Some(finished) = running.join_next() => match finished {
                    Ok((started, answer)) => self.finish(started, answer),
                    Err(error) => {
                        if let Ok(panic) = error.try_into_panic() {
                            resume_unwind(panic);
                        }
                    }
                },
                () = shared.clock.sleep_until(due.unwrap_or(UnixTime::from_secs(0))), if due.is_some() => {}
                _ = changes.changed() => {}
            }
        }
    }

    /// Starts the next attempt that is due, if there are not too many.
    fn start_next(&self) -> Option<Started> {
        let now = self.shared.clock.now();
        let mut engine = self.engine();
        let job = (engine.running() < self.shared.concurrency).then(|| engine.start(now)).flatten()?;
        Some(Started { simulator: self.clone(), job, is_finished: false })
    }

    fn finish(&self, mut started: Started, answer: ReceivedAnswer) {
        let now = self.shared.clock.now();
        let disabled = self.change(|engine| {
            started.is_finished = true;
            engine.finish(&started.job, answer.outcome, answer.latency, now);
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

/// An attempt that is being made.
struct Started {
    simulator: Simulator,
    job: Job,
    is_finished: bool,
}

impl Drop for Started {
    fn drop(&mut self) {
        if !self.is_finished {
            let now = self.simulator.shared.clock.now();
            self.simulator.change(|engine| engine.abandon(&self.job, now));
        }
    }
}

/// Signs an event and sends it.
async fn attempt(started: Started) -> (Started, ReceivedAnswer) {
    let Started { simulator, job, .. } = &started;
    let shared = &simulator.shared;
    let limit = simulator.engine().policy.ack_limit;
    let now = shared.clock.stamp();
    let signed = |signer: &Arc<Signer>| {
        let request = job.message.sign(signer, &job.signed_url, now).map_err(|error| error.to_string())?;
        request.into_http().map_err(|error| error.to_string())
    };
    let answer = match job.signer.as_ref().map_or_else(|| Ok(job.message.unsigned()), signed) {
        Ok(request) => shared.transport.send(&job.url, request, job.wire, limit).await,
        Err(reason) => {
            ReceivedAnswer::without_response(SendOutcome::Failed(format!("cannot sign: {reason}")))
        }
    };
    (started, answer)
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::{Pin, pin};
    use std::task::Poll;
    use std::time::Duration;

    use axum::Router;
    use countersign::{Secret, providers};
    use http::StatusCode;
    use tokio::net::TcpListener;
    use tokio::sync::Semaphore;

    use super::*;
    use crate::simulators::{Faults, ProviderSubscription, SimulationClock, SimulatorOptions, SteppingClock};

    const START: UnixTime = UnixTime::from_secs(1_700_000_000);
    const HOUR: Duration = Duration::from_secs(3600);

    /// A receiver that answers when the test allows it.
    struct Held {
        simulator: Simulator,
        clock: SteppingClock,
        arrived: Arc<Semaphore>,
        answers: Arc<Semaphore>,
    }

    impl Held {
        /// Starts the receiver, and publishes an event that is due in an hour.
        async fn start() -> Self {
            let (arrived, answers) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
            let (arriving, answering) = (arrived.clone(), answers.clone());
            let router = Router::new().fallback(move || {
                let (arriving, answering) = (arriving.clone(), answering.clone());
                async move {
                    arriving.add_permits(1);
                    answering.acquire().await.unwrap().forget();
                    StatusCode::OK
                }
            });
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}/", listener.local_addr().unwrap());
            tokio::spawn(async move { axum::serve(listener, router).await });
            let clock = SteppingClock::starting_at(START);
            let options = SimulatorOptions::new()
                .with_clock(SimulationClock::stepping(&clock))
                .with_faults(Faults::default().delay(HOUR));
            let simulator = Simulator::new(&providers::GITHUB, options);
            simulator
                .subscribe(ProviderSubscription::new(url, Secret::new("the endpoint's secret").unwrap()))
                .unwrap();
            simulator.publish_sample("push").unwrap();
            Self { simulator, clock, arrived, answers }
        }

        async fn arrived(&self) {
            self.arrived.acquire().await.unwrap().forget();
        }
    }

    async fn is_pending(future: &mut Pin<&mut impl Future<Output = ()>>) -> bool {
        poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_pending())).await
    }

    #[tokio::test]
    async fn a_stepping_clock_stands_still_while_another_driver_sends() {
        let held = Held::start().await;
        let (mut first, second) = (pin!(held.simulator.run()), held.simulator.run());
        tokio::select! {
            () = &mut first => panic!("there is no answer"),
            () = held.arrived() => {}
        }
        assert_eq!(held.clock.now(), START.saturating_add(HOUR));
        held.simulator.publish_sample("push").unwrap();
        let mut second = pin!(second);
        assert!(is_pending(&mut second).await);
        assert_eq!(held.clock.now(), START.saturating_add(HOUR), "the first event is being sent");
        held.answers.add_permits(2);
        tokio::join!(first, second);
        assert_eq!((held.simulator.attempts().len(), held.clock.now()), (2, START.saturating_add(2 * HOUR)));
    }

    #[tokio::test]
    async fn an_attempt_whose_driver_is_dropped_is_made_by_another() {
        let held = Held::start().await;
        tokio::select! {
            () = held.simulator.run() => panic!("there is no answer"),
            () = held.arrived() => {}
        }
        assert_eq!(held.simulator.attempts().len(), 0);
        let (answers, simulator) = (&held.answers, &held.simulator);
        let ((), ()) = tokio::join!(simulator.run(), async {
            held.arrived().await;
            answers.add_permits(2);
        });
        assert_eq!(simulator.attempts().len(), 1);
        assert_eq!(simulator.telemetry().pending, 0);
    }
}
