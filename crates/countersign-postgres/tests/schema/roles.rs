//! Roles that may use the tables and not change them.

use std::time::Duration;

use countersign_inbox::{
    Accepted, Action, AttemptNote, Change, CircuitReport, Claim, ClaimDue, ControlChange, DedupeStore,
    Fenced, Filter, Finish, InboxStore, Increment, InlineFilter, OpsStore, Page, PauseChange, RateLimit,
    RejectionSample, Window,
};
use countersign_postgres::{OpenError, PostgresStore};
use countersign_test_servers::fresh_database;
use countersign_testkit::conformance::inbox::sample_inline_attempt;
use sqlx::{Connection, PgConnection, raw_sql};

use crate::common::{event, request, wait};
use crate::support::{SINGLE_COUNTS, WITHOUT_ORDER, execute};

#[test]
fn a_role_that_may_not_change_tables_uses_those_that_are_there() {
    let url = fresh_database();
    let name = url.rsplit('/').next().unwrap().to_owned();
    let role = format!("service_{name}");
    execute(&url, &format!("CREATE ROLE {role} LOGIN"));
    let builder =
        || PostgresStore::builder(&url.replace("//postgres@", &format!("//{role}@"))).without_migrations();
    let refused = wait(builder().connect()).unwrap_err();
    assert!(matches!(refused, OpenError::Outdated { found: 0, .. }), "{refused:?}");
    assert!(refused.to_string().contains("PostgresStoreBuilder::migrate"), "{refused}");
    wait(PostgresStore::builder(&url).migrate()).unwrap();
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
    wait(PostgresStore::builder(&url).migrate()).unwrap();
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
    wait(PostgresStore::builder(&url).migrate()).unwrap();
    let url = url.replace("//postgres@", &format!("//{role}@"));
    let store = wait(PostgresStore::builder(&url).without_migrations().connect()).unwrap();
    let Accepted::New { id, .. } = wait(store.accept(event("evt"))).unwrap() else { panic!("it is new") };
    let leased = wait(store.claim_due(&ClaimDue::new("orders", "worker", 1, crate::common::TTL))).unwrap();
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
    wait(PostgresStore::builder(&url).migrate()).unwrap();
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
    execute(&url, &include_str!("../../src/schema/v16_rights.sql").replace("{schema}", "countersign"));
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
    assert_eq!(rows.into_iter().map(|of| of.attempt).collect::<Vec<_>>(), [sample_inline_attempt()]);
}

fn assert_pauses(store: &PostgresStore) {
    assert!(wait(store.set_pause(&PauseChange::pause("orders", "ada"))).unwrap());
    assert_eq!(wait(store.stats()).unwrap().pauses.len(), 1);
    assert!(
        wait(store.claim_due(&ClaimDue::new("orders", "worker", 1, crate::common::TTL))).unwrap().is_empty()
    );
    assert!(wait(store.set_pause(&PauseChange::resume("orders", "ada"))).unwrap());
}

fn counted() -> Increment {
    let mut increment = Increment::new("orders");
    increment.keys.insert("current".to_owned(), 1);
    increment.filtered.insert("types".to_owned(), 1);
    increment.rejections.counts.insert(("acme".to_owned(), "stale".to_owned()), 1);
    increment.rejections.samples.push(RejectionSample::default());
    increment.inline_attempts.push((Duration::from_secs(1), sample_inline_attempt()));
    increment
}
