use std::time::Duration;

/// The bounds of a load.
pub(crate) struct Plan {
    /// Events per second.
    pub(crate) rate: f64,
    pub(crate) time: Duration,
    pub(crate) seed: u64,
    pub(crate) concurrency: usize,
}
