//! Tests of maintenance: partitions are created and dropped, and old data is deleted.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use std::str::FromStr;
use std::time::Duration;

use countersign_inbox::{
    Accepted, Action, AttemptNote, AttemptOutcome, Change, Claim, ClaimDue, DedupeStore, EventId, EventState,
    Fenced, Filter, Finish, InboxStore, Increment, InlineAttempt, Leased, OpsStore, StoreError,
};
use countersign_postgres::{PostgresStore, PostgresStoreBuilder};
use countersign_test_logs::Logs;
use countersign_test_servers::{fresh_database, fresh_namespace};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{query, query_scalar};
use tracing::Level;

use self::common::{Machines, TTL, acquired, event, request, wait};

#[test]
fn bodies_are_in_the_partition_of_their_day() {
    let machines = Machines::new();
    accept(&machines, "today");
    assert_eq!(machines.number("SELECT count(*) FROM countersign.body_default"), 0);
    machines.step(DAY);
    accept(&machines, "tomorrow");
    assert_eq!(machines.number("SELECT count(*) FROM countersign.body_default"), 0);
    assert_eq!(machines.number("SELECT count(DISTINCT tableoid) FROM countersign.body"), 2);
}

#[test]
fn an_event_is_stored_when_its_partition_is_missing_and_moves_there_later() {
    let machines = Machines::new();
    machines.step(30 * DAY);
    // A connection that does not create partitions.
    machines.execute("BEGIN; SELECT 1; COMMIT");
    let id = accept(&machines, "early");
    let leased = claim(&machines);
    assert_eq!((leased.event.id, &leased.event.body[..]), (id, &b"the body of early"[..]));
    // Accepting has started to create them; this waits for the result.
    wait(machines.first().tend_partitions()).unwrap();
    assert_eq!(machines.number("SELECT count(*) FROM countersign.body_default"), 0);
    assert_eq!(machines.number("SELECT count(*) FROM countersign.body"), 1);
    assert_eq!(&wait(machines.first().show(id)).unwrap().unwrap().body.unwrap()[..], b"the body of early");
}

/// Whether or not the partition is dropped.
#[test]
fn bodies_of_what_waits_runs_or_is_dead_outlive_their_day() {
    let machines = Machines::new();
    let [done, dead, running] = ["done", "dead", "running"].map(|id| {
        let accepted = accept(&machines, id);
        (accepted, claim(&machines))
    });
    let ready = accept(&machines, "ready");
    finish(&machines, &done.1, Finish::Done);
    finish(&machines, &dead.1, Finish::Dead { error: "no".to_owned() });
    assert_eq!(partitions(&machines), 3);
    machines.step(9 * DAY);
    wait(machines.first().tend_partitions()).unwrap();
    // The partitions of today and of days before its creation are dropped; those of today and the next days exist.
    assert_eq!(machines.number("SELECT count(*) FROM countersign.body"), 3);
    let body = |id: EventId| wait(machines.first().show(id)).unwrap().unwrap().body;
    assert_eq!(body(done.0), None);
    for kept in [dead.0, running.0, ready] {
        assert!(body(kept).is_some(), "{kept}");
    }
    // Without its body an event cannot be replayed; with it, it can.
    let mut filter = Filter::ids([done.0]);
    filter.state = Some(EventState::Done);
    assert_eq!(wait(machines.first().change(&Change::new(Action::Replay, filter, "me"))).unwrap().ids, []);
    let replay = Change::new(Action::Replay, Filter::ids([dead.0]), "me");
    assert_eq!(wait(machines.first().change(&replay)).unwrap().ids, [dead.0]);
    let claimed = wait(machines.first().claim_due(&ClaimDue::new("orders", "w", 10, TTL))).unwrap();
    assert_eq!(claimed.len(), 3);
    for leased in &claimed {
        finish(&machines, leased, Finish::Done);
    }
    // The key is remembered for longer than the body.
    assert!(matches!(wait(machines.first().accept(event("done"))).unwrap(), Accepted::Duplicate { .. }));
}

#[test]
fn attempts_at_what_is_done_are_dropped_by_the_day_and_those_at_others_stay() {
    let machines =
        Machines::with(|builder| builder.with_attempt_retention(Duration::from_secs(2 * 24 * 3600)));
    let error = || "down".to_owned();
    let finishes = [
        Finish::Done,
        Finish::Dead { error: error() },
        Finish::Unverified { error: error() },
        Finish::Retry { after: Duration::from_secs(30 * 24 * 3600), error: error() },
    ];
    let ids: Vec<_> = (0..finishes.len()).map(|nth| accept(&machines, &nth.to_string())).collect();
    for finish_as in finishes {
        let leased = claim(&machines);
        finish(&machines, &leased, finish_as);
    }
    let attempts = || -> Vec<_> {
        ids.iter().map(|id| wait(machines.first().show(*id)).unwrap().unwrap().attempts.len()).collect()
    };
    machines.step(2 * DAY);
    wait(machines.first().tend_partitions()).unwrap();
    assert_eq!(attempts(), [1, 1, 1, 1]);
    machines.step(2 * DAY);
    wait(machines.first().tend_partitions()).unwrap();
    assert_eq!(attempts(), [0, 1, 1, 1]);
    assert_eq!(machines.number("SELECT count(*) FROM countersign.attempt_default"), 3);
    // Those that outlived their partition are swept once their event is done.
    wait(machines.first().change(&Change::new(Action::Discard, Filter::default(), "me"))).unwrap();
    wait(machines.first().sweep()).unwrap();
    assert_eq!(attempts(), [0, 0, 0, 0]);
}

#[test]
fn attempts_in_inline_mode_are_kept_as_long_as_others() {
    let machines =
        Machines::with(|builder| builder.with_attempt_retention(Duration::from_secs(2 * 24 * 3600)));
    let attempt = inline_attempt();
    let mut increment = Increment::new("orders");
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    increment.inline_attempts =
        (0..600).map(|nth| (hours(if nth < 550 { 24 } else { 1 }), attempt.clone())).collect();
    wait(machines.first().add_statistics(&[increment])).unwrap();
    let rows = || machines.number("SELECT count(*) FROM countersign.inline_attempt");
    let sweep = || wait(machines.first().sweep()).unwrap().has_more;
    assert_eq!((sweep(), rows()), (false, 600));
    machines.step(DAY + DAY / 2);
    let sweeps = (0..10).take_while(|_| sweep()).count();
    assert_eq!((sweeps, rows()), (1, 50));
    machines.step(DAY);
    sweep();
    assert_eq!((rows(), wait(machines.first().errors(None, 10)).unwrap().len()), (0, 0));
}

/// A process adds all of them again after an error.
#[test]
fn statistics_are_added_as_a_whole_or_not_at_all() {
    let machines = Machines::new();
    let mut increment = Increment::new("orders");
    increment.counts.attempts = 1;
    increment.rejections.counts.insert(("acme".to_owned(), "stale".to_owned()), 1);
    increment.inline_attempts.push((Duration::ZERO, inline_attempt()));
    let add = || wait(machines.first().add_statistics(&[increment.clone()]));
    let rows = || {
        ["statistic", "rejection", "inline_attempt"]
            .map(|table| machines.number(&format!("SELECT count(*) FROM countersign.{table}")))
    };
    machines.execute("ALTER TABLE countersign.statistic ADD CONSTRAINT refused CHECK (attempts = 0)");
    assert!(add().is_err());
    assert_eq!(rows(), [0, 0, 0]);
    machines.execute("ALTER TABLE countersign.statistic DROP CONSTRAINT refused");
    add().unwrap();
    let [_, rejections, attempts] = rows();
    assert!(rejections > 0 && attempts == 1, "{:?}", rows());
}

#[test]
fn a_partition_that_somebody_reads_is_dropped_later_and_accepting_goes_on() {
    let machines = Machines::new();
    let leased = {
        accept(&machines, "old");
        claim(&machines)
    };
    finish(&machines, &leased, Finish::Done);
    machines.step(9 * DAY);
    let mut reader = wait(machines.second().pool().begin()).unwrap();
    wait(query("SELECT * FROM countersign.body").fetch_all(&mut *reader)).unwrap();
    let tended = wait(machines.first().tend_partitions());
    assert!(matches!(tended, Err(StoreError::Unavailable(_))), "{tended:?}");
    accept(&machines, "meanwhile");
    assert_eq!(wait(machines.first().sweep()).unwrap().events, 0);
    wait(reader.rollback()).unwrap();
    wait(machines.first().tend_partitions()).unwrap();
    assert_eq!(machines.number("SELECT count(*) FROM countersign.body"), 1);
}

#[test]
fn an_event_whose_body_was_lost_is_a_dead_letter_that_says_so() {
    let machines = Machines::new();
    let id = accept(&machines, "evt");
    machines.execute("DELETE FROM countersign.body");
    assert!(wait(machines.first().claim_due(&ClaimDue::new("orders", "w", 1, TTL))).unwrap().is_empty());
    let shown = wait(machines.first().show(id)).unwrap().unwrap();
    assert_eq!(shown.summary.state, EventState::Dead);
    assert!(shown.summary.error.unwrap().contains("body"));
}

/// In inline mode, and in batches.
#[test]
fn claims_that_ended_are_forgotten_and_those_that_run_are_not() {
    let machines = Machines::with(|builder| builder.with_retention(Duration::from_secs(3600)));
    let store = machines.first();
    let running = acquired(wait(store.claim(&request("running"))).unwrap());
    for (id, is_done) in [("done", true), ("released", false)] {
        let lease = acquired(wait(store.claim(&request(id))).unwrap());
        let ended = wait(if is_done { store.complete(&lease) } else { store.release(&lease) });
        assert_eq!(ended.unwrap(), Fenced::Ok(()));
    }
    machines.execute(
        "INSERT INTO countersign.claim SELECT sha256(n::text::bytea), n, 2, '\\x00', '\\x00', now(), now()
         FROM generate_series(1, 700) n",
    );
    wait(store.sweep()).unwrap();
    assert_eq!(machines.number("SELECT count(*) FROM countersign.claim"), 703);
    machines.step(2 * 3_600_000);
    assert!(matches!(wait(store.renew(&running, TTL)).unwrap(), Fenced::Ok(_)), "its handler still runs");
    wait(store.sweep()).unwrap();
    assert_eq!(machines.number("SELECT count(*) FROM countersign.claim"), 203);
    wait(store.sweep()).unwrap();
    assert_eq!(machines.number("SELECT count(*) FROM countersign.claim"), 1);
    assert_eq!(wait(store.complete(&running)).unwrap(), Fenced::Ok(()));
    // Above all earlier ones.
    let again = acquired(wait(store.claim(&request("done"))).unwrap());
    assert!(again.fence() > running.fence());
    assert!(matches!(wait(store.claim(&request("running"))).unwrap(), Claim::Done { .. }));
}

/// Claims of ended processes, entries of the audit log, and bodies outside the daily partitions, for example
/// because the role may not create one.
#[test]
fn what_nothing_else_ends_is_swept_by_its_age() {
    let machines = Machines::new();
    let store = machines.first();
    let _crashed = acquired(wait(store.claim(&request("crashed"))).unwrap());
    for id in ["done", "waiting"] {
        accept(&machines, id);
    }
    let leased = claim(&machines);
    finish(&machines, &leased, Finish::Done);
    machines.execute(
        "INSERT INTO countersign.audit (at, actor, action, events)
         SELECT countersign.now_(), 'alice', 'replay', '{1}' FROM generate_series(1, 700);
         WITH moved AS (DELETE FROM countersign.body RETURNING *)
         INSERT INTO countersign.body SELECT event_id, DATE '2001-01-01', head, body, traceparent FROM moved",
    );
    machines.execute(
        "INSERT INTO countersign.event (key, body_digest, source, provider, state, received_at, stored_at, age_from, due_at,
                                        finished_at, day)
         SELECT sha256(n::text::bytea), '', 'orders', 'p', 2, now(), now(), now(), now(), now(), '2001-01-01'
         FROM generate_series(1, 1200) n;
         INSERT INTO countersign.body (event_id, day, head, body)
         SELECT id, day, '', '' FROM countersign.event WHERE provider = 'p'",
    );
    let count = |table| machines.number(&format!("SELECT count(*) FROM countersign.{table}"));
    assert_eq!((count("body_default"), count("audit"), count("claim")), (1202, 700, 1));
    let mut sweeps = 0;
    while wait(store.sweep()).unwrap().has_more {
        sweeps += 1;
    }
    assert_eq!((count("body"), sweeps), (1, 2), "the body of what waits stays");
    assert_eq!((count("audit"), count("claim")), (700, 1), "they are young");
    machines.step(366 * DAY);
    while wait(store.sweep()).unwrap().has_more {}
    assert_eq!((count("audit"), count("claim")), (0, 0));
}

/// A role that may not drop partitions, and one row of an event that waits.
#[test]
fn rows_of_partitions_that_cannot_be_dropped_are_deleted_and_the_log_has_the_cure() {
    let machines = Machines::new();
    let done: Vec<_> = (0..1200).map(|nth| event(&format!("{nth}"))).collect();
    let first = machines.first();
    wait(async {
        let tasks: Vec<_> = done
            .into_iter()
            .map(|event| {
                let store = first.clone();
                tokio::spawn(async move { store.accept(event).await.unwrap() })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    machines.execute("UPDATE countersign.event SET state = 2, finished_at = countersign.now_()");
    accept(&machines, "waiting");
    let role = fresh_namespace();
    machines.execute(&format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'secret';
         GRANT USAGE ON SCHEMA countersign TO {role};
         GRANT ALL ON ALL TABLES IN SCHEMA countersign TO {role};
         GRANT ALL ON ALL SEQUENCES IN SCHEMA countersign TO {role};
         GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA countersign TO {role}"
    ));
    let options = PgConnectOptions::from_str(&machines.url).unwrap().username(&role).password("secret");
    let pool = wait(PgPoolOptions::new().connect_with(options)).unwrap();
    let store = wait(PostgresStoreBuilder::from_pool(pool).without_migrations().connect()).unwrap();
    let bodies = || machines.number("SELECT count(*) FROM countersign.body");
    assert!(!wait(machines.first().sweep()).unwrap().has_more);
    assert_eq!(bodies(), 1201, "they are young");
    machines.step(9 * DAY);
    let before = partitions(&machines);
    let logs = Logs::up_to(Level::WARN);
    let mut sweeps = 0;
    while wait(store.sweep()).unwrap().has_more {
        sweeps += 1;
    }
    assert_eq!((bodies(), sweeps), (1, 2), "the body of what waits stays");
    assert_eq!(partitions(&machines), before);
    let text = logs.text();
    assert!(text.contains("must be owner of table body"), "{text}");
    assert!(text.contains("make the role of this process the owner of the tables"), "{text}");
    assert!(wait(store.tend_partitions()).is_err());
    wait(store.pool().close());
    wait(machines.first().tend_partitions()).unwrap();
    assert_eq!(
        machines.number("SELECT count(*) FROM countersign.body_default"),
        1,
        "the old partition is gone"
    );
    machines.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

/// The clock of the server changes during operations.
#[test]
fn a_clock_that_steps_loses_nothing() {
    for step in [-365 * DAY, -DAY / 24, DAY / 24, 365 * DAY] {
        let machines = Machines::new();
        accept(&machines, "retried");
        let retried = claim(&machines);
        finish(&machines, &retried, Finish::Retry { after: TTL, error: "later".to_owned() });
        let ready = accept(&machines, "ready");
        let done = accept(&machines, "done");
        machines.execute(&format!(
            "UPDATE countersign.event SET state = 2, finished_at = countersign.now_() WHERE id = {done}"
        ));
        machines.step(step);
        // Waiting events are never forgotten, and finished ones only if their retention is over by the new clock.
        let forgotten = wait(machines.first().sweep()).unwrap().events;
        assert_eq!(forgotten, u64::from(step == 365 * DAY), "{step}");
        let id = accept(&machines, "after");
        machines.step(TTL.as_millis() as i64 + 8 * DAY);
        let mut found = Vec::new();
        // A year back: events that were due then are due beyond the horizon, so at once.
        loop {
            let claimed = wait(machines.first().claim_due(&ClaimDue::new("orders", "w", 10, TTL))).unwrap();
            if claimed.is_empty() {
                break;
            }
            for leased in claimed {
                finish(&machines, &leased, Finish::Done);
                found.push(leased.event.id);
            }
        }
        found.sort_unstable();
        assert_eq!(found, [retried.event.id, ready, id], "{step}");
    }
}

/// While the tables were tiny, full scans were the best plan.
#[test]
fn a_burst_does_not_read_whole_tables() {
    let url = fresh_database();
    let pool = wait(PgPoolOptions::new().connect(&url)).unwrap();
    let foreign = wait(PostgresStore::from_pool(pool)).unwrap();
    let own = wait(PostgresStore::connect(&url)).unwrap();
    let setting: String = wait(query_scalar("SHOW enable_seqscan").fetch_one(own.pool())).unwrap();
    assert_eq!(setting, "off");
    wait(async {
        for id in 0..20 {
            foreign.accept(event(&format!("early {id}"))).await.unwrap();
        }
        query("VACUUM ANALYZE countersign.event").execute(foreign.pool()).await.unwrap();
        let tasks: Vec<_> = (0..1000)
            .map(|id| {
                let store = foreign.clone();
                tokio::spawn(async move { store.accept(event(&format!("{id}"))).await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        // The server was asked to analyse, in a task.
        let counted = "SELECT reltuples > 500 FROM pg_class WHERE oid = 'countersign.event'::regclass";
        while !query_scalar::<_, bool>(counted).fetch_one(foreign.pool()).await.unwrap() {}
    });
}

fn accept(machines: &Machines, id: &str) -> EventId {
    match wait(machines.first().accept(event(id))).unwrap() {
        Accepted::New { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

fn claim(machines: &Machines) -> Leased {
    let claimed = wait(machines.first().claim_due(&ClaimDue::new("orders", "w", 1, TTL))).unwrap();
    claimed.into_iter().next().unwrap()
}

fn finish(machines: &Machines, leased: &Leased, finish: Finish) {
    assert_eq!(
        wait(machines.first().finish(&leased.lease, &finish, AttemptNote::NONE)).unwrap(),
        Fenced::Ok(())
    );
}

fn partitions(machines: &Machines) -> i64 {
    machines.number("SELECT count(*) - 1 FROM pg_inherits WHERE inhparent = 'countersign.body'::regclass")
}

const DAY: i64 = 24 * 3600 * 1000;

fn inline_attempt() -> InlineAttempt {
    InlineAttempt {
        provider: "acme".to_owned(),
        tenant: None,
        external_id: None,
        event_type: None,
        fence: None,
        took: Duration::ZERO,
        outcome: AttemptOutcome::Retry,
        failure: None,
        code: None,
        error: Some("down".to_owned()),
        worker: "worker".to_owned(),
    }
}
