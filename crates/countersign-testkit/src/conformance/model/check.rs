use std::env;
use std::fmt::Debug;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestError, TestRunner};

/// Runs histories: 64, or the number in `COUNTERSIGN_MODEL_CASES`.
#[expect(clippy::panic, reason = "the end of a test")]
pub(super) fn check<S: Debug>(histories: impl Strategy<Value = Vec<S>>, run: impl Fn(&[S])) {
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
