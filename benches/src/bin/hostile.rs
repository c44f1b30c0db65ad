//! Measures the cost of hostile requests: for every declaration the most expensive of several hundred, as a
//! multiple of the HMAC-SHA-256 of the same bytes.
//!
//! The requests are those of `crates/countersign/tests/common/hostile`: full heads, and bodies of 1 MiB that the
//! declaration must parse; the most expensive one and one of text also in chunks of one byte. Each declaration has one key,
//! and then as many as its verifier takes; and so have declarations of `tests/common/costly.rs`, which multiply readings of
//! the content, forms of the key and signatures as far as they load. CPU time is measured, which reduces the influence of other programs; the HMAC is
//! measured next to each request. `--quick` measures each request once. Names of declarations select some.
//!
//! Fails if one costs more than 20 times its HMAC.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

#[path = "../../../crates/countersign/tests/common/costly.rs"]
mod costly;
#[path = "../../../crates/countersign/tests/common/fixtures/mod.rs"]
#[allow(dead_code, unreachable_pub, clippy::indexing_slicing, clippy::panic, reason = "a part of it is used")]
mod fixtures;
#[path = "../../../crates/countersign/tests/common/hostile/mod.rs"]
#[allow(dead_code, unreachable_pub, clippy::indexing_slicing, reason = "a part of it is used")]
mod hostile;
#[path = "../../../crates/countersign/tests/common/policies.rs"]
mod policies;
#[path = "../../../crates/countersign/tests/common/receive.rs"]
mod receive;

use std::hint::black_box;
use std::process::ExitCode;

use bytes::Bytes;
use countersign::providers;
use countersign::receiver::Receiver;
use countersign_benches::floor::KeyedHmac;
use countersign_benches::table::Table;
use fixtures::Fixture;
use hostile::{BYTES, Effort, Hostile};
use receive::{Early, begin};
use rustix::time::{ClockId, clock_gettime};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rounds = if arguments.iter().any(|argument| argument == "--quick") { 1 } else { 5 };
    let chosen: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let mut worst = Vec::new();
    let mut fixtures: Vec<Fixture> =
        providers::all().map(|provider| fixtures::of(provider).swap_remove(0)).collect();
    fixtures.extend(costly::own());
    fixtures.retain(|fixture| chosen.is_empty() || chosen.contains(&&fixture.slug));
    for fixture in &fixtures {
        let most_keys = Fixture { verifier: costly::with_most_keys(fixture), ..fixture.clone() };
        for (fixture, keys) in [(fixture, ""), (&most_keys, ", with many keys")] {
            let receiver = receiver(fixture);
            let mut name = |request: &Hostile, how: &str, (times, milliseconds)| {
                worst.push((times, milliseconds, format!("{}{keys}: {}{how}", fixture.slug, request.name)));
            };
            let measured = hostile::requests(fixture, Effort::Thorough)
                .into_iter()
                .filter_map(|request| Some((measure(&receiver, &request, BYTES, rounds)?, request)));
            let Some((cost, most)) = measured.max_by(|((a, _), _), ((b, _), _)| a.total_cmp(b)) else {
                continue;
            };
            name(&most, "", cost);
            let text =
                hostile::requests(fixture, Effort::Short).into_iter().find(|request| request.name == "text");
            for mut request in text.into_iter().chain([most]) {
                // Counting the owners of each chunk is the server's work.
                request.body = Bytes::from_static(request.body.to_vec().leak());
                if let Some(cost) = measure(&receiver, &request, 1, rounds) {
                    name(&request, " in chunks of one byte", cost);
                }
            }
        }
    }
    worst.sort_by(|(a, ..), (b, ..)| b.total_cmp(a));
    let mut table = Table::new("the most expensive hostile request", ["times its HMAC", "ms"]);
    for (times, milliseconds, name) in worst.iter().take(if chosen.is_empty() { 30 } else { usize::MAX }) {
        table.push(name, [format!("{times:.1}"), format!("{milliseconds:.2}")]);
    }
    print!("{table}");
    if worst.first().is_some_and(|(times, ..)| *times > ALLOWED) {
        eprintln!("more than {ALLOWED} times the HMAC");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn receiver(fixture: &Fixture) -> Receiver {
    let builder =
        Receiver::builder(fixture.verifier.clone().with_body_limit(BYTES)).with_clock(fixtures::NOW);
    policies::fitting(builder.with_public_url("https://hooks.example.com"), policies::ANSWERS)
}

/// Returns the fastest of several rounds, as a multiple of the fastest HMAC over 1 MiB, and in milliseconds.
/// Returns `None` for a request that needs the key, because its sender has it.
fn measure(receiver: &Receiver, request: &Hostile, chunk: usize, rounds: usize) -> Option<(f64, f64)> {
    let hmac = KeyedHmac::new(b"a key of ours, as long as most are");
    let body = vec![b'x'; BYTES];
    let (mut floor, mut cost) = (f64::MAX, f64::MAX);
    for _ in 0..rounds {
        floor = floor.min(seconds(|| {
            black_box(hmac.sign(b"", black_box(&body)));
        }));
        let mut is_genuine = false;
        cost = cost.min(seconds(|| is_genuine = receive(receiver, request, chunk)));
        if is_genuine {
            return None;
        }
    }
    Some((cost / floor, cost * 1e3))
}

fn receive(receiver: &Receiver, request: &Hostile, chunk: usize) -> bool {
    let begun = begin(receiver, &request.method, &request.target, &request.headers);
    let Ok(mut begun) = begun else { return false };
    let mut rest = request.body.clone();
    while !rest.is_empty() {
        if begun.push(rest.split_to(chunk.min(rest.len()))).is_err() {
            return false;
        }
    }
    matches!(begun.finish(), Ok(_) | Err(Early::Handshake(_)))
}

/// Returns the CPU time of this thread.
fn seconds(run: impl FnOnce()) -> f64 {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    };
    let start = now();
    run();
    now() - start
}

const ALLOWED: f64 = 20.0;
