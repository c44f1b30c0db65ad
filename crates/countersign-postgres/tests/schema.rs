//! Tests of creating, upgrading and refusing tables.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use std::time::Duration;

use countersign_inbox::{
    Accepted, Action, AttemptNote, AttemptOutcome, Change, CircuitReport, Claim, ClaimDue, ControlChange,
    DedupeStore, Durability, Fenced, Filter, Finish, InboxStore, Increment, InlineAttempt, InlineFilter,
    OpsStore, Page, PauseChange, RateLimit, RejectionSample, Stats, Window,
};
use countersign_postgres::{OpenError, PostgresStore, PostgresStoreBuilder};
use countersign_test_servers::{Postgres, fresh_database};
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};

use self::common::{event, request, wait};

#[test]
fn of_many_machines_that_start_at_once_one_makes_the_tables() {
    let url = fresh_database();
    wait(async {
        let machines: Vec<_> = (0..8)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move { PostgresStore::connect(&url).await })
            })
            .collect();
        for machine in machines {
            let store = machine.await.unwrap().unwrap();
            assert!(store.accept(event("evt")).await.is_ok());
        }
    });
}

/// Each earlier version, with data.
#[test]
fn older_tables_are_brought_up_to_date_with_what_is_in_them() {
    let url = fresh_database();
    execute(&url, "CREATE SCHEMA countersign;
        CREATE TABLE countersign.version (version int4 NOT NULL, required int4 NOT NULL, probed_at timestamptz);
        INSERT INTO countersign.version (version, required) VALUES (1, 1)");
    execute(&url, &include_str!("../src/schema/v1_claims.sql").replace("{schema}", "countersign"));
    let handled = request("handled");
    let key = common::hex(handled.identity.key().as_bytes());
    let body = common::hex(handled.identity.body().as_bytes());
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
    wait(PostgresStore::builder(&url).unwrap().migrate()).unwrap();
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
        wait(store.claim_due(&ClaimDue::new("orders", "worker", max, common::TTL))).unwrap()
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
        include_str!("../src/schema/v1_claims.sql"),
        include_str!("../src/schema/v2_events.sql"),
        include_str!("../src/schema/v3_ages.sql"),
        include_str!("../src/schema/v4_fences_and_frontiers.sql"),
        include_str!("../src/schema/v5_counts.sql"),
        include_str!("../src/schema/v6_unverified.sql"),
        include_str!("../src/schema/v7_parts.sql"),
        include_str!("../src/schema/v8_listed.sql"),
    ] {
        execute(&url, &step.replace("{schema}", "countersign"));
    }
    let stored = event("evt");
    let key = common::hex(stored.identity.key().as_bytes());
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
    let leased = wait(store.claim_due(&ClaimDue::new("orders", "new", 1, common::TTL))).unwrap();
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

/// While instances are upgraded one after the other.
#[test]
fn newer_tables_are_used_if_they_allow_it_and_refused_with_the_cure_if_not() {
    let url = fresh_database();
    wait(PostgresStore::connect(&url)).unwrap();
    execute(&url, "UPDATE countersign.version SET version = 99");
    let store = wait(PostgresStore::connect(&url)).unwrap();
    assert!(wait(store.accept(event("evt"))).is_ok());
    execute(&url, "UPDATE countersign.version SET required = 99");
    let refused = wait(PostgresStore::connect(&url)).unwrap_err();
    assert!(matches!(refused, OpenError::TooNew { required: 99, .. }), "{refused:?}");
    assert!(refused.to_string().contains("upgrade countersign-postgres"), "{refused}");
}

#[test]
fn a_role_that_may_not_change_tables_uses_those_that_are_there() {
    let url = fresh_database();
    let name = url.rsplit('/').next().unwrap().to_owned();
    let role = format!("service_{name}");
    execute(&url, &format!("CREATE ROLE {role} LOGIN"));
    let builder = || {
        PostgresStore::builder(&url.replace("//postgres@", &format!("//{role}@")))
            .unwrap()
            .without_migrations()
    };
    let refused = wait(builder().connect()).unwrap_err();
    assert!(matches!(refused, OpenError::Outdated { found: 0, .. }), "{refused:?}");
    assert!(refused.to_string().contains("PostgresStoreBuilder::migrate"), "{refused}");
    wait(PostgresStore::builder(&url).unwrap().migrate()).unwrap();
    execute(
        &url,
        &format!(
            "GRANT USAGE ON SCHEMA countersign TO {role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA countersign TO {role};
         GRANT USAGE ON ALL SEQUENCES IN SCHEMA countersign TO {role};
         GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA countersign TO {role}"
        ),
    );
    let store = wait(builder().connect()).unwrap();
    assert!(matches!(wait(store.accept(event("evt"))).unwrap(), Accepted::New { .. }));
    assert!(matches!(wait(store.claim(&request("evt"))).unwrap(), Claim::Acquired { .. }));
    assert_eq!(wait(store.sweep()).unwrap().events, 0);
    wait(store.probe()).unwrap();
    let increment = counted();
    wait(store.add_statistics(&[increment])).unwrap();
    let orders = wait(store.statistics(Window::Hour)).unwrap().sources.remove("orders").unwrap();
    assert_eq!((orders.keys["current"].count, orders.filtered["types"].count), (1, 1));
    let rejections = wait(store.rejections(None, Window::Hour)).unwrap();
    assert_eq!((rejections.counts.len(), rejections.samples.len()), (1, 1));
    assert_pauses(&store);
    assert_inline_attempt(&store);
    assert_controls(&store);
}

/// The tables before statistics, with a role that may use them and not change them.
#[test]
fn a_role_keeps_its_privileges_when_tables_are_added() {
    let url = fresh_database();
    let role = format!("service_{}", url.rsplit('/').next().unwrap());
    wait(PostgresStore::builder(&url).unwrap().migrate()).unwrap();
    execute(
        &url,
        &format!(
            "DROP TABLE countersign.statistic, countersign.key_use, countersign.activity, countersign.rejection,
             countersign.rejection_sample, countersign.pause, countersign.breakdown, countersign.inline_attempt, countersign.control, countersign.circuit;
         ALTER TABLE countersign.event DROP COLUMN is_started;
         {WITHOUT_ORDER};
         {SINGLE_COUNTS};
         UPDATE countersign.version SET version = 10;
         CREATE ROLE {role} LOGIN;
         GRANT USAGE ON SCHEMA countersign TO {role};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA countersign TO {role};
         GRANT USAGE ON ALL SEQUENCES IN SCHEMA countersign TO {role}"
        ),
    );
    wait(PostgresStore::builder(&url).unwrap().migrate()).unwrap();
    let url = url.replace("//postgres@", &format!("//{role}@"));
    let store = wait(PostgresStore::builder(&url).unwrap().without_migrations().connect()).unwrap();
    let Accepted::New { id, .. } = wait(store.accept(event("evt"))).unwrap() else { panic!("it is new") };
    let leased = wait(store.claim_due(&ClaimDue::new("orders", "worker", 1, common::TTL))).unwrap();
    let dead = Finish::Dead { error: "no bank".to_owned() };
    assert_eq!(wait(store.finish(&leased[0].lease, &dead, AttemptNote::NONE)).unwrap(), Fenced::Ok(()));
    assert_eq!(wait(store.errors(None, 10)).unwrap().len(), 1);
    let purge = Change::new(Action::Purge, Filter::default(), "ada");
    assert_eq!(wait(store.change(&purge)).unwrap().ids, [id]);
    assert_eq!(wait(store.errors(None, 10)).unwrap(), []);
    let increment = counted();
    wait(store.add_statistics(&[increment])).unwrap();
    let orders = wait(store.statistics(Window::Hour)).unwrap().sources.remove("orders").unwrap();
    assert_eq!((orders.keys["current"].count, orders.filtered["types"].count), (1, 1));
    let rejections = wait(store.rejections(None, Window::Hour)).unwrap();
    assert_eq!((rejections.counts.len(), rejections.samples.len()), (1, 1));
    assert_pauses(&store);
    assert_inline_attempt(&store);
    assert_controls(&store);
    assert_eq!(wait(store.sweep()).unwrap().events, 0);
}

/// Functions that have the rights of their owner: of new tables, and of those before the rights were taken from everybody.
#[test]
fn functions_with_the_rights_of_their_owner_are_for_roles_of_the_tables() {
    let url = fresh_database();
    let name = url.rsplit('/').next().unwrap().to_owned();
    let [foreign, reader] = ["foreign", "reader"].map(|of| format!("{of}_{name}"));
    wait(PostgresStore::builder(&url).unwrap().migrate()).unwrap();
    execute(
        &url,
        &format!(
            "CREATE ROLE {foreign} LOGIN; CREATE ROLE {reader} LOGIN;
             GRANT USAGE ON SCHEMA countersign TO {foreign}, {reader};
             GRANT SELECT ON ALL TABLES IN SCHEMA countersign TO {reader}"
        ),
    );
    let open = "SELECT coalesce(string_agg(oid::regprocedure::text, ', '), '') FROM pg_proc
                WHERE pronamespace = 'countersign'::regnamespace AND prosecdef
                  AND (has_function_privilege('{role}', oid, 'EXECUTE')
                       OR NOT coalesce(array_to_string(proconfig, ',') LIKE '%search_path=pg_catalog, pg_temp%', false))";
    let open_to = |role: &str| countersign_test_servers::execute(&url, &open.replace("{role}", role));
    assert_eq!(open_to(&foreign), "");
    // As before that migration.
    execute(&url, "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA countersign TO PUBLIC");
    assert!(open_to(&foreign).contains("count_error"));
    execute(&url, &include_str!("../src/schema/v16_rights.sql").replace("{schema}", "countersign"));
    assert_eq!(open_to(&foreign), "");
    let readable = open_to(&reader);
    assert!(readable.contains("event_counts") && readable.contains("error_patterns"), "{readable}");
    assert!(!readable.contains("count_error(") && !readable.contains("forget_errors"), "{readable}");
    let call = "SELECT countersign.count_error('orders', '', '', 'nonsense', 1, now(), 1)";
    let refused = wait(async {
        let url = url.replace("//postgres@", &format!("//{foreign}@"));
        let mut connection = PgConnection::connect(&url).await.unwrap();
        raw_sql(call).execute(&mut connection).await.unwrap_err()
    });
    assert!(refused.to_string().contains("permission denied for function count_error"), "{refused}");
}

#[test]
fn two_schemas_of_one_database_are_two_stores() {
    let url = fresh_database();
    let pool = wait(PgPoolOptions::new().connect(&url)).unwrap();
    let [one, other] = ["one", "user"].map(|schema| {
        wait(PostgresStoreBuilder::from_pool(pool.clone()).with_schema(schema).connect()).unwrap()
    });
    assert!(matches!(wait(one.accept(event("evt"))).unwrap(), Accepted::New { .. }));
    assert!(matches!(wait(other.accept(event("evt"))).unwrap(), Accepted::New { .. }));
    assert!(matches!(wait(one.accept(event("evt"))).unwrap(), Accepted::Duplicate { .. }));
    let refused = wait(PostgresStoreBuilder::from_pool(pool).with_schema("a\"b").connect()).unwrap_err();
    assert!(matches!(refused, OpenError::SchemaName { .. }), "{refused:?}");
}

#[test]
fn the_settings_of_the_server_say_what_survives() {
    let mut server = Postgres::start();
    let level =
        |server: &Postgres| InboxStore::durability(&wait(PostgresStore::connect(&server.url())).unwrap());
    assert_eq!(level(&server), Durability::Fsync);
    server.restart_with(&[("synchronous_commit", "off")]);
    assert_eq!(level(&server), Durability::Relaxed);
    server.restart_with(&[("fsync", "off")]);
    assert_eq!(level(&server), Durability::Relaxed);
}

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
        error: None,
        worker: "worker".to_owned(),
    }
}

fn assert_controls(store: &PostgresStore) {
    let limit = RateLimit::new(3, Duration::from_secs(1)).unwrap();
    assert!(wait(store.set_control(&ControlChange::limit("orders", limit, "ada"))).unwrap());
    let report = CircuitReport {
        source: "orders".to_owned(),
        left: Duration::ZERO,
        is_half_open: true,
        pattern: None,
    };
    wait(store.report_circuits("worker", &[report])).unwrap();
    let controls = wait(store.controls()).unwrap();
    assert_eq!((controls.limits.len(), controls.circuits.len()), (1, 1));
}

fn assert_inline_attempt(store: &PostgresStore) {
    let rows = wait(store.inline_attempts(&InlineFilter::default(), Page::first(10))).unwrap();
    assert_eq!(rows.into_iter().map(|of| of.attempt).collect::<Vec<_>>(), [inline_attempt()]);
}

fn assert_pauses(store: &PostgresStore) {
    assert!(wait(store.set_pause(&PauseChange::pause("orders", "ada"))).unwrap());
    assert_eq!(wait(store.stats()).unwrap().pauses.len(), 1);
    assert!(wait(store.claim_due(&ClaimDue::new("orders", "worker", 1, common::TTL))).unwrap().is_empty());
    assert!(wait(store.set_pause(&PauseChange::resume("orders", "ada"))).unwrap());
}

fn counted() -> Increment {
    let mut increment = Increment::new("orders");
    increment.keys.insert("current".to_owned(), 1);
    increment.filtered.insert("types".to_owned(), 1);
    increment.rejections.counts.insert(("acme".to_owned(), "stale".to_owned()), 1);
    increment.rejections.samples.push(RejectionSample::default());
    increment.inline_attempts.push((Duration::from_secs(1), inline_attempt()));
    increment
}

fn execute(url: &str, sql: &str) {
    wait(async {
        let mut connection = PgConnection::connect(url).await.unwrap();
        raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    });
}

/// Removes what version 18 has added.
const WITHOUT_ORDER: &str = "ALTER TABLE countersign.event DROP COLUMN ordering_key, DROP COLUMN held_due;
     DROP FUNCTION countersign.lock_order, countersign.is_next, countersign.is_held, countersign.release_order, countersign.check_snapshots";

/// Stores the numbers of events as versions before 15 do.
const SINGLE_COUNTS: &str =
    "ALTER TABLE countersign.event_delta ADD COLUMN source text, ADD COLUMN state smallint, ADD COLUMN delta bigint;
     UPDATE countersign.event_delta SET source = sources[1], state = states[1], delta = deltas[1];
     ALTER TABLE countersign.event_delta DROP COLUMN sources, DROP COLUMN states, DROP COLUMN deltas";
