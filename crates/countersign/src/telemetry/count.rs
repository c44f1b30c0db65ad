use std::time::{Duration, Instant};

use metrics::{SharedString, counter, histogram};

use super::list::{BODY_SIZE, HANDSHAKES, KEY_HITS, METRICS, REJECTIONS, REQUESTS, VERIFY_DURATION};
use super::metric::Metric;
use crate::delivery::Delivery;
use crate::error::ErrorKind;
use crate::scheme::Text;

/// Registers the descriptions and units of [`METRICS`]. Call it once the recorder is installed.
pub fn describe() {
    METRICS.iter().for_each(Metric::describe);
}

/// Measures the time that the process works on a request.
#[derive(Debug, Default)]
pub(crate) struct Stopwatch {
    spent: Duration,
    running: Option<Instant>,
}

impl Stopwatch {
    pub(crate) fn start(&mut self) {
        self.running = Some(Instant::now());
    }

    pub(crate) fn stop(&mut self) {
        if let Some(started) = self.running.take() {
            self.spent += started.elapsed();
        }
    }
}

/// The result of a request, as it is counted.
pub(crate) enum Outcome<'r> {
    Verified(&'r Delivery),
    Handshake(&'r str),
    Rejected(ErrorKind),
    Observed(ErrorKind),
}

impl Outcome<'_> {
    /// Counts the request. `provider` is the slug of the receiver's declaration.
    pub(crate) fn count(&self, provider: &Text, stopwatch: &Stopwatch) {
        let provider = SharedString::from(provider.clone());
        let outcome = match self {
            Self::Verified(delivery) => {
                let key = delivery.key().to_owned();
                counter!(KEY_HITS, "provider" => provider.clone(), "key" => key).increment(1);
                let bytes = delivery.body().len() as f64;
                histogram!(BODY_SIZE, "provider" => provider.clone()).record(bytes);
                "verified"
            }
            Self::Handshake(name) => {
                let name = (*name).to_owned();
                counter!(HANDSHAKES, "provider" => provider.clone(), "handshake" => name).increment(1);
                "handshake"
            }
            Self::Rejected(kind) => rejected(*kind, &provider, "rejected"),
            Self::Observed(kind) => rejected(*kind, &provider, "observed"),
        };
        histogram!(VERIFY_DURATION, "provider" => provider.clone()).record(stopwatch.spent.as_secs_f64());
        counter!(REQUESTS, "provider" => provider, "outcome" => outcome).increment(1);
    }
}

fn rejected(kind: ErrorKind, provider: &SharedString, outcome: &'static str) -> &'static str {
    counter!(REJECTIONS, "provider" => provider.clone(), "kind" => kind.as_str()).increment(1);
    outcome
}
