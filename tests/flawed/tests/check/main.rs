//! `countersign check` against receivers with one flaw each, in Rust, Python and Node, and against the examples.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod examples;
mod flaws;
mod process;
mod reports;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use countersign_tests::programs::binary;
use serde_json::Value;

/// A report of `countersign check --json`.
pub(crate) struct Report {
    pub(crate) code: Option<i32>,
    pub(crate) json: Value,
}

/// Runs `countersign check --json` with these options.
pub(crate) fn check(options: &[&str]) -> Report {
    let mut command = binary("countersign-cli", "countersign");
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.arg("check").args(options).arg("--json");
    let output = command.output().unwrap();
    let json = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    Report { code: output.status.code(), json }
}

/// Calls a function with each item, several at a time: `countersign check` waits more than it works.
pub(crate) fn for_each<T: Sync>(items: &[T], check: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    check(item);
                }
            });
        }
    });
}

/// Receivers that are checked at a time.
const AT_ONCE: usize = 4;

impl Report {
    /// Returns the verdict on each scenario.
    pub(crate) fn verdicts(&self) -> BTreeMap<&str, &str> {
        let scenarios = self.json["scenarios"].as_array().unwrap();
        scenarios
            .iter()
            .map(|scenario| (scenario["name"].as_str().unwrap(), scenario["verdict"].as_str().unwrap()))
            .collect()
    }

    /// Returns the scenarios with this verdict.
    pub(crate) fn with(&self, verdict: &str) -> Vec<&str> {
        self.verdicts().into_iter().filter(|(_, other)| *other == verdict).map(|(name, _)| name).collect()
    }

    /// Returns one scenario, for messages.
    pub(crate) fn scenario(&self, name: &str) -> &Value {
        self.json["scenarios"].as_array().unwrap().iter().find(|scenario| scenario["name"] == name).unwrap()
    }
}
