//! Deletion by age, a clock that steps, and plans of queries.

use std::time::Duration;

use countersign_inbox::telemetry::DEAD;
use countersign_inbox::{Claim, ClaimDue, DedupeStore, EventState, Fenced, Finish, InboxStore, OpsStore};
use countersign_postgres::PostgresStore;
use countersign_test_servers::fresh_database;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use sqlx::postgres::PgPoolOptions;
use sqlx::{query, query_scalar};

use crate::common::{Machines, TTL, acquired, event, request, wait};
use crate::support::{DAY, accept, claim, finish};

#[test]
fn an_event_whose_body_was_lost_is_a_dead_letter_that_says_so() {
    let machines = Machines::new();
    let id = accept(&machines, "evt");
    machines.execute("DELETE FROM countersign.body");
    let recorder = DebuggingRecorder::new();
    metrics::with_local_recorder(&recorder, || {
        assert!(wait(machines.first().claim_due(&ClaimDue::new("orders", "w", 1, TTL))).unwrap().is_empty());
    });
    let counted = recorder.snapshotter().snapshot().into_vec();
    let dead = counted.iter().find(|(key, ..)| key.key().name() == DEAD).unwrap();
    let labels: Vec<_> = dead.0.key().labels().map(|label| (label.key(), label.value())).collect();
    assert_eq!(labels, [("source", "orders"), ("reason", "unreadable")]);
    assert_eq!(dead.3, DebugValue::Counter(1));
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
