use std::path::PathBuf;
use std::time::Instant;

use countersign_test_servers::execute;
use serde::{Deserialize, Serialize};

use crate::SECRET;
use crate::effects::{Effect, Effects, Phase};
use crate::provider::{Answer, Provider};
use crate::setup::Setup;
use crate::victim::Victim;

/// A run of an inbox that is killed and restarted.
#[derive(Debug)]
pub struct Round {
    /// The store, in the victim's notation.
    pub store: String,
    /// The schema, if the store is PostgreSQL.
    pub schema: Option<String>,
    /// The file of effects.
    pub effects: PathBuf,
    /// The point at which it is killed.
    pub point: String,
    /// The number of times that the point must be reached.
    pub nth: usize,
    /// The number of events.
    pub events: usize,
    /// The number of failures of each event before it succeeds.
    pub fail_first: usize,
    /// The duration of a handler, in milliseconds.
    pub handler_ms: u64,
    /// The number of ordering keys that the events have; 0 for none.
    pub keys: usize,
    /// Whether the leases of the killed process end by themselves on PostgreSQL, which cannot tell that it died. Otherwise
    /// the round moves their ends to the present.
    pub waits_for_leases: bool,
    /// The name, which makes the ids of rounds with the same store different.
    pub name: String,
}

/// The observations of a round.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Outcome {
    /// Whether it was killed at the point; otherwise everything was done before, and it was killed then.
    pub reached: bool,
    /// The number of events that were acknowledged before the kill.
    pub acknowledged: usize,
    /// The number of effects that happened twice, because the process ended in between.
    pub repeated: usize,
    /// The durations of the parts, in milliseconds: the first start, until the kill, the second start, until everything is
    /// done, and the checks.
    pub parts: [u64; 5],
}

impl Round {
    /// Runs the round.
    ///
    /// # Panics
    ///
    /// If an invariant does not hold.
    #[must_use]
    pub fn run(&self) -> Outcome {
        let setup = Setup::new(&self.store, &self.effects)
            .logged_to(&self.effects.with_extension("log"))
            .with("FAIL_FIRST", &self.fail_first.to_string())
            .with("KEYS", &self.keys.to_string())
            .with("HANDLER_MS", &self.handler_ms.to_string())
            // A new connection costs the server more than the events of a round.
            .with("CONNECTIONS", "3")
            // A busy machine must not lose a lease before the kill, because an attempt that is cut off writes no end.
            .with("LEASE_MS", if self.waits_for_leases { "4000" } else { "20000" });
        let setup = self.schema.iter().fold(setup, |setup, schema| setup.with("SCHEMA", schema));
        let provider = Provider::new(SECRET);
        let ids: Vec<_> = (0..self.events).map(|at| format!("evt_{}_{at}", self.name)).collect();

        // The first run, until it is killed.
        let mut laps = Laps::start();
        let mut victim = Victim::start(&setup.clone().killed_at(&self.point, self.nth));
        laps.next();
        let first = provider.send_all(&victim.url(), &ids);
        let reached = victim.dies_or_finishes();
        victim.kill();
        laps.next();
        let acknowledged = provider.acknowledged().len();
        let answered = first.iter().filter(|answer| matches!(answer, Answer::Status(200, None))).count();
        assert_eq!(acknowledged, answered, "{self:?}: {first:?}");

        if let Some(schema) = self.schema.as_ref().filter(|_| !self.waits_for_leases) {
            drop(execute(&self.store, &end_of_leases(schema)));
        }

        // The second run: the provider resends unacknowledged events, and some acknowledged ones.
        let mut victim = Victim::start(&setup);
        laps.next();
        provider.deliver(&victim.url(), &ids);
        victim.finish();
        laps.next();
        let effects = Effects::read(&self.effects);
        let repeated = self.assert_invariants(&effects, &ids);

        // Finished events stay finished.
        for (id, answer) in ids.iter().zip(provider.answers(&victim.url(), &ids)) {
            assert_eq!(answer, Answer::Status(200, Some("done".to_owned())), "{self:?}: {id}");
        }
        victim.finish();
        let before = effects.total();
        assert_eq!(Effects::read(&self.effects).total(), before, "{self:?}: what is done runs again");
        victim.stop();
        laps.next();
        Outcome { reached, acknowledged, repeated, parts: laps.millis }
    }

    fn assert_invariants(&self, effects: &Effects, ids: &[String]) -> usize {
        effects.assert_no_overlap();
        effects.assert_order(self.keys, self.schema.is_none());
        let mut repeated = 0;
        for id in ids {
            let times = effects.times(id);
            assert!(times > 0, "{self:?}: {id} was acknowledged and never handled");
            assert!(times < 3, "{self:?}: {id} was handled {times} times, and the process ended once");
            repeated += times - 1;
            let lines = effects.of(id);
            let early =
                |line: &&Effect| line.phase == Phase::Done && line.attempt as usize <= self.fail_first;
            assert_eq!(lines.iter().find(early), None, "{self:?}: {id} has to fail first: {lines:#?}");
        }
        // An effect and its finish are separate: a kill between them repeats the effect, in each of the handlers.
        assert!(repeated <= CONCURRENCY, "{self:?}: {repeated} effects happened twice");
        repeated
    }
}

/// Returns the statement that ends all leases of a killed process. The server executes the statements that it has received
/// to their end, so that one of them may be a claim.
fn end_of_leases(schema: &str) -> String {
    format!(
        "DO $$ BEGIN
             WHILE EXISTS (SELECT FROM pg_stat_activity
                           WHERE application_name = '{schema}' AND pid <> pg_backend_pid()) LOOP
                 PERFORM pg_sleep(0.005), pg_stat_clear_snapshot();
             END LOOP;
             UPDATE {schema}.event SET due_at = now() WHERE state = 1;
         END $$"
    )
}

/// The durations of the parts of a round.
struct Laps {
    began: Instant,
    number: usize,
    millis: [u64; 5],
}

impl Laps {
    fn start() -> Self {
        Self { began: Instant::now(), number: 0, millis: [0; 5] }
    }

    /// Ends a part, and begins the next one.
    fn next(&mut self) {
        let now = Instant::now();
        self.millis[self.number] = now.duration_since(self.began).as_millis() as u64;
        (self.began, self.number) = (now, self.number + 1);
    }
}

/// The number of concurrent handlers in the victim.
pub const CONCURRENCY: usize = 4;
