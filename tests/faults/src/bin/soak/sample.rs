use std::fs;
use std::time::Duration;

/// The state of the process and its store at one time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// The time since the start.
    pub(crate) at: Duration,
    /// The resident memory in bytes.
    pub(crate) memory: u64,
    /// The size of the store's files in bytes.
    pub(crate) size: u64,
    /// The number of unfinished events.
    pub(crate) backlog: u64,
    /// All events in the store.
    pub(crate) kept: u64,
    /// Deliveries that were left out, because too many were under way: the machine is too slow for them.
    pub(crate) left_out: u64,
    /// The time that the machine takes for a little work and a sync, in milliseconds: its own speed at that time.
    pub(crate) machine: f64,
    /// The latency from the request to its response.
    pub(crate) accept: Latencies,
    /// The latency from the response to the end of the handler.
    pub(crate) handle: Latencies,
}

/// A distribution, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Latencies {
    pub(crate) median: f64,
    pub(crate) p99: f64,
}

impl Latencies {
    pub(crate) fn of(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        let at = |share: f64| {
            let place = (all.len() as f64 * share) as usize;
            let value = all.get(place.min(all.len().saturating_sub(1)));
            value.map_or(0.0, |value| value.as_secs_f64() * 1000.0)
        };
        Self { median: at(0.5), p99: at(0.99) }
    }
}

impl Sample {
    /// The median accept in units of the machine's own speed.
    pub(crate) fn relative_accept(&self) -> f64 {
        self.accept.median / self.machine.max(0.001)
    }

    /// The median time until an event is handled, in units of the machine's own speed.
    pub(crate) fn relative_handle(&self) -> f64 {
        self.handle.median / self.machine.max(0.001)
    }
}

/// Returns the resident memory of this process, in bytes.
pub(crate) fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    kib * 1024
}
