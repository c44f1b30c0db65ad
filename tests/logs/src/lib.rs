//! Collects the logs of one thread, beside tests that run on other threads of the process.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io;
use std::mem;
use std::sync::{Arc, LazyLock, Mutex};

use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing::{Dispatch, Level};
use tracing_subscriber::fmt::MakeWriter;

/// The log of this thread, from its creation until it is dropped.
#[derive(Debug)]
pub struct Logs {
    lines: Lines,
    _guard: DefaultGuard,
}

impl Logs {
    /// Collects all levels.
    #[must_use]
    pub fn collect() -> Self {
        Self::up_to(Level::TRACE)
    }

    /// Collects this level and the more severe ones.
    #[must_use]
    pub fn up_to(level: Level) -> Self {
        let lines = Lines::default();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_max_level(level)
            .with_writer(lines.clone())
            .without_time()
            .finish();
        Self { lines, _guard: set_default(subscriber) }
    }

    /// Returns the log.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8(self.lines.0.lock().unwrap().clone()).expect("a log is text")
    }

    /// Returns the log since the last call.
    #[must_use]
    pub fn take(&self) -> String {
        String::from_utf8(mem::take(&mut *self.lines.0.lock().unwrap())).expect("a log is text")
    }

    /// Returns the lines that contain this text.
    #[must_use]
    pub fn with(&self, text: &str) -> Vec<String> {
        self.text().lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
    }
}

/// Sets the subscriber of this thread until the guard is dropped, whatever other threads log meanwhile.
///
/// `tracing` caches for the whole process whether an event is of interest to any subscriber. While there is a single
/// subscriber, the thread that logs an event first asks its own one (`Rebuilder::JustOne` in `tracing-core` 0.1.36,
/// `callsite.rs`). If that is a thread without subscriber, the event is disabled on all threads. For this reason a
/// second subscriber exists from the first call on: then all are asked.
#[must_use]
pub fn set_default(subscriber: impl Into<Dispatch>) -> DefaultGuard {
    static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));
    LazyLock::force(&SECOND);
    tracing::dispatcher::set_default(&subscriber.into())
}

#[derive(Clone, Debug, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
