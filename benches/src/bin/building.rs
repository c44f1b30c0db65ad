//! Measures the time to create a [`Verifier`], for every declaration of the catalogue.
//!
//! Fails if one with a shared secret exceeds the limit. Public keys are in a separate table: their time is spent on
//! parsing the key.

#![allow(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use std::process::ExitCode;
use std::time::Duration;

use countersign::{Provider, Verifier, providers};
use countersign_benches::keys::{filled, is_available, secret};
use countersign_benches::operation::Operation;
use countersign_benches::race::{Times, median, race};
use countersign_benches::table::Table;

fn main() -> ExitCode {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let total = Duration::from_millis(if has("--quick") { 500 } else { 20_000 });
    let shown = if has("--all") { usize::MAX } else { 10 };
    let shared = Group::race("shared secrets", false, total);
    let public = Group::race("public keys", true, total / 4);
    for group in [&shared, &public] {
        print!("{}", group.table(shown));
        println!("{}\n", group.summary());
    }
    if shared.slowest() > ALLOWED_NANOSECONDS {
        eprintln!("above {ALLOWED_NANOSECONDS} ns");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Declarations that are compared with each other.
struct Group {
    title: &'static str,
    operations: Vec<Operation>,
    times: Times,
}

impl Group {
    fn race(title: &'static str, asymmetric: bool, total: Duration) -> Self {
        let all = providers::all().filter(|provider| is_available(provider));
        let chosen = all.filter(|provider| provider.scheme.algorithm.is_asymmetric() == asymmetric);
        let mut operations: Vec<Operation> = chosen.map(building).collect();
        let times = if operations.is_empty() { Times::default() } else { race(&mut operations, SLOT, total) };
        Self { title, operations, times }
    }

    fn table(&self, shown: usize) -> Table {
        let mut found: Vec<_> = self.operations.iter().enumerate().collect();
        found.sort_by(|(a, _), (b, _)| self.times.median(*b).total_cmp(&self.times.median(*a)));
        let mut table = Table::new(format!("Verifier::new, {}", self.title), ["median ns", "worst ns"]);
        for (at, operation) in found.into_iter().take(shown) {
            let times = [self.times.median(at), self.times.worst(at)];
            table.push(&operation.name, times.map(|ns| format!("{ns:.0}")));
        }
        table
    }

    fn summary(&self) -> String {
        let typical = median(self.medians());
        format!(
            "{} declarations: median {typical:.0} ns, slowest {:.0} ns",
            self.operations.len(),
            self.slowest()
        )
    }

    fn slowest(&self) -> f64 {
        self.medians().into_iter().fold(0.0, f64::max)
    }

    fn medians(&self) -> Vec<f64> {
        (0..self.operations.len()).map(|at| self.times.median(at)).collect()
    }
}

/// Measures from the secret to the verifier, which is dropped.
fn building(provider: &'static Provider) -> Operation {
    let secret = secret(provider);
    let complete = filled(provider);
    let name = format!("{} ({})", provider.slug, algorithm(provider));
    if complete == *provider {
        return Operation::new(name, move || Verifier::new(provider, secret.clone()).unwrap());
    }
    // A user of such a provider also makes a copy with parameters.
    Operation::new(name, move || Verifier::new(complete.clone(), secret.clone()).unwrap())
}

fn algorithm(provider: &Provider) -> String {
    format!("{:?}", provider.scheme.algorithm)
}

const ALLOWED_NANOSECONDS: f64 = 20_000.0;
const SLOT: Duration = Duration::from_micros(200);
