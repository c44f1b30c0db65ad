//! Tables of earlier versions, with data.

use countersign_inbox::{
    Accepted, AttemptNote, Claim, ClaimDue, DedupeStore, Fenced, Finish, InboxStore, OpsStore, Stats,
};
use countersign_postgres::PostgresStore;
use countersign_test_servers::fresh_database;

use crate::common::{event, request, wait};
use crate::support::{SINGLE_COUNTS, WITHOUT_ORDER, execute};

/// Each earlier version, with data.
#[test]
fn older_tables_are_brought_up_to_date_with_what_is_in_them() {
    let url = fresh_database();
    execute(&url, "CREATE SCHEMA countersign;
        CREATE TABLE countersign.version (version int4 NOT NULL, required int4 NOT NULL, probed_at timestamptz);
        INSERT INTO countersign.version (version, required) VALUES (1, 1)");
    execute(&url, &include_str!("../../src/schema/v1_claims.sql").replace("{schema}", "countersign"));
    let handled = request("handled");
    let key = crate::common::hex(handled.identity.key().as_bytes());
    let body = crate::common::hex(handled.identity.body().as_bytes());
    execute(
        &url,
        &format!(
            "INSERT INTO countersign.claim (key, fence, state, token, body_digest, expires_at, ended_at)
         VALUES ('\\x{key}', nextval('countersign.fence'), 2, '\\x00', '\\x{body}', now(), now())"
        ),
    );
    let store = wait(PostgresStore::connect(&url)).unwrap();
    assert_eq!(wait(store.claim(&handled)).unwrap(), Claim::Done { same_body: true });
    assert!(matches!(wait(store.accept(event("evt"))).unwrap(), Accepted::New { .. }));
    // Repeated: nothing happens.
    wait(PostgresStore::builder(&url).migrate()).unwrap();
    assert_eq!(wait(store.claim(&handled)).unwrap(), Claim::Done { same_body: true });
}

/// Numbers of events that were not folded into totals, one row per source and state.
#[test]
fn counts_of_earlier_versions_are_kept() {
    let url = fresh_database();
    let store = wait(PostgresStore::connect(&url)).unwrap();
    for id in ["1", "2", "3"] {
        wait(store.accept(event(id))).unwrap();
    }
    let counted = wait(store.stats()).unwrap();
    execute(
        &url,
        &format!(
            "{WITHOUT_ORDER}; {SINGLE_COUNTS}; DROP TABLE countersign.breakdown, countersign.inline_attempt, countersign.control, countersign.circuit; UPDATE countersign.version SET version = 14"
        ),
    );
    let store = wait(PostgresStore::connect(&url)).unwrap();
    let kept = wait(store.stats()).unwrap();
    let numbers =
        |stats: &Stats| stats.sources.iter().map(|of| (of.source.clone(), of.ready)).collect::<Vec<_>>();
    assert_eq!(numbers(&kept), [("orders".to_owned(), 3)]);
    assert_eq!(numbers(&kept), numbers(&counted));
    wait(store.accept(event("4"))).unwrap();
    assert_eq!(numbers(&wait(store.stats()).unwrap()), [("orders".to_owned(), 4)]);
}

/// Events from before there were keys, of which some run and some wait.
#[test]
fn events_of_earlier_versions_have_no_ordering_key() {
    let url = fresh_database();
    let store = wait(PostgresStore::connect(&url)).unwrap();
    for id in ["1", "2", "3"] {
        wait(store.accept(event(id))).unwrap();
    }
    let claim = |store: &PostgresStore, max| {
        wait(store.claim_due(&ClaimDue::new("orders", "worker", max, crate::common::TTL))).unwrap()
    };
    let running = claim(&store, 1);
    execute(
        &url,
        &format!(
            "{WITHOUT_ORDER}; DROP TABLE countersign.inline_attempt, countersign.control, countersign.circuit; UPDATE countersign.version SET version = 17"
        ),
    );
    let store = wait(PostgresStore::connect(&url)).unwrap();
    let done = wait(store.finish(&running[0].lease, &Finish::Done, AttemptNote::NONE)).unwrap();
    assert_eq!(done, Fenced::Ok(()));
    let leased = claim(&store, 10);
    assert_eq!(leased.len(), 2);
    assert!(leased.iter().all(|leased| leased.event.ordering_key.is_none()), "{leased:?}");
    for id in ["4", "5"] {
        let mut event = event(id);
        event.ordering_key = Some("job".to_owned());
        wait(store.accept(event)).unwrap();
    }
    let first = claim(&store, 10);
    assert_eq!(first.len(), 1);
    assert_eq!(claim(&store, 10).len(), 0);
    let done = wait(store.finish(&first[0].lease, &Finish::Done, AttemptNote::NONE)).unwrap();
    assert_eq!(done, Fenced::Ok(()));
    assert_eq!(claim(&store, 10).len(), 1);
}

/// The tables before attempts had a start and a worker, with rows in a daily partition.
#[test]
fn attempts_of_earlier_versions_are_kept_and_new_ones_have_more() {
    let url = fresh_database();
    execute(&url, "CREATE SCHEMA countersign;
        CREATE TABLE countersign.version (version int4 NOT NULL, required int4 NOT NULL, probed_at timestamptz);
        INSERT INTO countersign.version (version, required) VALUES (8, 1)");
    for step in [
        include_str!("../../src/schema/v1_claims.sql"),
        include_str!("../../src/schema/v2_events.sql"),
        include_str!("../../src/schema/v3_ages.sql"),
        include_str!("../../src/schema/v4_fences_and_frontiers.sql"),
        include_str!("../../src/schema/v5_counts.sql"),
        include_str!("../../src/schema/v6_unverified.sql"),
        include_str!("../../src/schema/v7_parts.sql"),
        include_str!("../../src/schema/v8_listed.sql"),
    ] {
        execute(&url, &step.replace("{schema}", "countersign"));
    }
    let stored = event("evt");
    let key = crate::common::hex(stored.identity.key().as_bytes());
    execute(
        &url,
        &format!(
            "CREATE TABLE countersign.attempt_20011231 PARTITION OF countersign.attempt
             FOR VALUES FROM ('2001-12-31') TO ('2002-01-01');
         INSERT INTO countersign.event (key, body_digest, source, provider, state, attempt, fence, worker, received_at,
                                        stored_at, age_from, due_at, day)
         VALUES ('\\x{key}', '', 'orders', 'preflix', 1, 2, 2, 'old', now(), now(), now(), now(), '2001-12-31');
         INSERT INTO countersign.body (event_id, day, head, body) VALUES (1, '2001-12-31', 'POST /\n', '');
         INSERT INTO countersign.attempt (event_id, attempt, fence, ended_at, outcome, error, day)
         VALUES (1, 1, 1, now(), 'retry', 'timeout', '2001-12-31')"
        ),
    );
    let store = wait(PostgresStore::connect(&url)).unwrap();
    let leased = wait(store.claim_due(&ClaimDue::new("orders", "new", 1, crate::common::TTL))).unwrap();
    let note = AttemptNote::NONE.with_code(200);
    assert_eq!(wait(store.finish(&leased[0].lease, &Finish::Done, note)).unwrap(), Fenced::Ok(()));
    let attempts = wait(store.show(leased[0].event.id)).unwrap().unwrap().attempts;
    let shown: Vec<_> = attempts
        .iter()
        .map(|of| (of.attempt, of.outcome.as_str(), of.error.as_deref(), of.worker.as_deref(), of.code))
        .collect();
    let expected = [
        (1, "retry", Some("timeout"), None, None),
        (2, "lost", None, Some("old"), None),
        (3, "done", None, Some("new"), Some(200)),
    ];
    assert_eq!(shown, expected);
    let starts: Vec<_> = attempts.iter().map(|of| of.started_at.is_some()).collect();
    assert_eq!(starts, [false, false, true]);
}
