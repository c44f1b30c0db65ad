use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_test_servers::execute;
use fastrand::Rng;
use serde::{Deserialize, Serialize};

use crate::{Outcome, POINTS, POINTS_OF_STATEMENTS, Round};

/// The choices of a round, which follow from its number and a seed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Choices {
    /// The number of the round. Successive rounds take the points in turns.
    pub number: u64,
    /// The seed, which many rounds share.
    pub seed: u64,
    /// The point at which the inbox is killed.
    pub point: String,
    /// See [`Round::nth`].
    pub nth: usize,
    /// See [`Round::events`].
    pub events: usize,
    /// See [`Round::fail_first`].
    pub fail_first: usize,
    /// See [`Round::handler_ms`].
    pub handler_ms: u64,
    /// See [`Round::waits_for_leases`].
    pub waits_for_leases: bool,
    /// See [`Round::keys`].
    #[serde(default)]
    pub keys: usize,
}

/// A round that failed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Failure {
    /// The invariant that does not hold.
    pub message: String,
    /// The folder with the effects, the log of the inbox and the store, if that is SQLite.
    pub folder: PathBuf,
    /// The schema, if the store is PostgreSQL.
    pub schema: Option<String>,
}

/// Runs rounds one after another.
///
/// Each has its own folder. With PostgreSQL, many have the same schema: creating one takes longer than a round, and a schema
/// that has been in use is what a restart finds.
#[derive(Debug)]
pub struct Runner {
    postgres: Option<String>,
    schema: Option<String>,
    rounds_in_schema: u64,
}

impl Choices {
    /// Returns the choices of a round.
    #[must_use]
    pub fn of(number: u64, seed: u64, is_postgres: bool) -> Self {
        let points = if is_postgres { &POINTS_OF_STATEMENTS[..] } else { &POINTS };
        // Neighbouring seeds have nothing in common.
        let mut random = Rng::with_seed(seed);
        let mut random = Rng::with_seed(random.u64(..).wrapping_add(number));
        Self {
            number,
            seed,
            point: points[number as usize % points.len()].to_owned(),
            nth: random.usize(1..=7),
            events: random.usize(8..=16),
            fail_first: random.usize(..=2),
            handler_ms: [0, 0, 1, 8][random.usize(..4)],
            waits_for_leases: is_postgres && random.u8(..16) == 0,
            keys: [0, 0, 1, 3][random.usize(..4)],
        }
    }
}

impl Runner {
    /// Creates a runner for the database with this URL, or for SQLite.
    #[must_use]
    pub fn new(postgres: Option<&str>) -> Self {
        Self { postgres: postgres.map(str::to_owned), schema: None, rounds_in_schema: 0 }
    }

    /// Runs a round.
    ///
    /// # Errors
    ///
    /// A failure if an invariant does not hold. The folder and the schema of the round are kept.
    pub fn run(&mut self, choices: &Choices) -> Result<Outcome, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let inbox = format!("sqlite:{}", folder.path().join("inbox.db").display());
        let name = format!("{}_{}_{}", choices.number, process::id(), RUNS.fetch_add(1, Ordering::Relaxed));
        let schema = self.schema();
        // Under the name of the schema, the sessions of an inbox are found in the server.
        let url = self.postgres.as_ref().zip(schema.as_ref()).map(|(url, schema)| {
            let separator = if url.contains('?') { '&' } else { '?' };
            format!("{url}{separator}application_name={schema}")
        });
        let round = Round {
            store: url.unwrap_or(inbox),
            schema,
            effects: folder.path().join("effects.jsonl"),
            point: choices.point.clone(),
            nth: choices.nth,
            events: choices.events,
            fail_first: choices.fail_first,
            handler_ms: choices.handler_ms,
            waits_for_leases: choices.waits_for_leases,
            keys: choices.keys,
            name,
        };
        catch_unwind(AssertUnwindSafe(|| round.run())).map_err(|panic| Failure {
            message: message(&*panic),
            folder: folder.keep(),
            schema: self.schema.take(),
        })
    }

    /// Returns the schema of the next round.
    fn schema(&mut self) -> Option<String> {
        self.postgres.as_ref()?;
        if self.rounds_in_schema >= ROUNDS_IN_SCHEMA {
            self.drop_schema();
        }
        self.rounds_in_schema = if self.schema.is_some() { self.rounds_in_schema + 1 } else { 1 };
        let number = || RUNS.fetch_add(1, Ordering::Relaxed);
        Some(self.schema.get_or_insert_with(|| format!("rounds_{}_{}", process::id(), number())).clone())
    }

    fn drop_schema(&mut self) {
        if let (Some(url), Some(schema)) = (&self.postgres, self.schema.take()) {
            execute(
                url,
                &format!("SET client_min_messages = warning; DROP SCHEMA IF EXISTS {schema} CASCADE"),
            );
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.drop_schema();
    }
}

/// Returns the message of a panic.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("see the standard error").to_owned()
}

/// Makes names unique in this process.
static RUNS: AtomicU64 = AtomicU64::new(0);
const ROUNDS_IN_SCHEMA: u64 = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_follow_from_the_number_and_the_seed() {
        assert_eq!(Choices::of(17, 3, true), Choices::of(17, 3, true));
        let differ =
            |a: Choices, b: Choices| (a.nth, a.events, a.fail_first) != (b.nth, b.events, b.fail_first);
        assert!((0..20).any(|number| differ(Choices::of(number, 3, true), Choices::of(number + 8, 3, true))));
        assert!((0..20).any(|number| differ(Choices::of(number, 3, true), Choices::of(number, 4, true))));
        assert!((0..100).all(|number| !Choices::of(number, 0, false).waits_for_leases));
    }
}
