//! Random histories: a store must answer like the reference after any sequence of operations.
//!
//! A history with another answer is shrunk and printed.

mod dedupe;
mod inbox;
mod manual_clock;

use std::env;
use std::fmt::Debug;
use std::time::Duration;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestError, TestRunner};

pub use self::dedupe::dedupe_model;
pub use self::inbox::inbox_model;

/// Runs histories: 64, or the number in `COUNTERSIGN_MODEL_CASES`.
#[expect(clippy::panic, reason = "the end of a test")]
fn check<S: Debug>(histories: impl Strategy<Value = Vec<S>>, run: impl Fn(&[S])) {
    let cases = env::var("COUNTERSIGN_MODEL_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let held = TestRunner::new(config).run(&histories, |steps| {
        run(&steps);
        Ok(())
    });
    match held {
        Ok(()) => {}
        Err(TestError::Abort(why)) => panic!("{why}"),
        Err(TestError::Fail(why, steps)) => {
            let steps: Vec<_> = steps.iter().map(|step| format!("{step:?}")).collect();
            panic!("{why}\nafter these steps:\n{}", steps.join("\n"));
        }
    }
}

/// Clocks move in whole minutes, and requested durations end halfway between two of them, so that elapsed real time
/// below half a minute does not matter.
const HALF: Duration = Duration::from_secs(30);

const fn minutes(count: u32) -> Duration {
    Duration::from_secs(60 * count as u64)
}

/// Returns the duration in half minutes; the remainder is elapsed real time.
fn halves(duration: Duration) -> u128 {
    duration.as_millis() / HALF.as_millis()
}
