//! The operator's side: changes in parts, and lists that use indexes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use std::time::Duration;

use countersign_inbox::{
    Accepted, Action, Change, EventState, Filter, InboxStore, InlineFilter, OpsStore, Page, Reveal, Window,
};
use countersign_postgres::PostgresStore;
use countersign_testkit::conformance::inbox::sample_event;
use sqlx::{AssertSqlSafe, Connection, PgConnection, query, query_scalar, raw_sql};
use tokio::spawn;
use tokio::task::JoinHandle;

use self::common::{Machines, wait};

/// Events in all states but running, at several endpoints, with errors of few kinds and with numbers in them.
fn filled(events: u32) -> Machines {
    let machines = Machines::new();
    machines.execute(&format!(
        "INSERT INTO countersign.event (key, body_digest, source, provider, external_id, event_type, state, received_at,
                                        stored_at, age_from, due_at, finished_at, day, error)
         SELECT sha256(n::text::bytea), sha256(n::text::bytea), 'source ' || n % 3, 'preflix', 'evt_' || n % 40,
                'type ' || n / 10 % 5, state, now(), now(), now(), now(), CASE WHEN state IN (2, 3) THEN now() END,
                (now() AT TIME ZONE 'UTC')::date,
                CASE n % 5 WHEN 0 THEN 'Timeout after ' || n || ' ms' WHEN 1 THEN 'no such account: ' || md5(n::text)
                           WHEN 2 THEN '' END
         FROM (SELECT n, (ARRAY[0, 2, 3, 4])[n * 7 % 4 + 1] AS state FROM generate_series(1, {events}) n) e;
         INSERT INTO countersign.body (event_id, day, head, body) SELECT id, day, '', '' FROM countersign.event;
         SELECT countersign.fold_event_counts()"
    ));
    machines
}

/// Every combination of a source, a state, a type, an id and an error.
fn filters() -> Vec<Filter> {
    let texts = |texts: &[&str]| -> Vec<Option<String>> {
        std::iter::once(None).chain(texts.iter().map(|text| Some((*text).to_owned()))).collect()
    };
    let mut filters = Vec::new();
    for source in texts(&["source 1", "none"]) {
        for state in [None, Some(EventState::Done), Some(EventState::Dead)] {
            for event_type in texts(&["type 3"]) {
                for external_id in texts(&["evt_12"]) {
                    for error in texts(&["TIMEOUT after 4", "e", "in no error"]) {
                        let mut filter = Filter::default();
                        (filter.source, filter.state) = (source.clone(), state);
                        (filter.event_type, filter.external_id) = (event_type.clone(), external_id.clone());
                        filter.error = error;
                        filters.push(filter);
                    }
                }
            }
        }
    }
    filters
}

#[test]
fn lists_and_changes_find_the_same_as_a_look_at_every_event() {
    let machines = filled(1500);
    let store = machines.first();
    wait(async {
        let mut connection = PgConnection::connect(&machines.url).await.unwrap();
        for filter in filters() {
            let text = |text: &Option<String>| {
                text.as_ref().map_or_else(|| "NULL".to_owned(), |text| format!("'{text}'"))
            };
            let sql = format!(
                "SELECT id FROM countersign.event
                 WHERE source = coalesce({}, source) AND state = coalesce({}, state)
                   AND event_type = coalesce({}, event_type) AND external_id = coalesce({}, external_id)
                   AND ({error} IS NULL OR position(lower({error}) IN lower(error)) > 0) ORDER BY id",
                text(&filter.source),
                filter.state.map_or_else(|| "NULL".to_owned(), |state| state.code().to_string()),
                text(&filter.event_type),
                text(&filter.external_id),
                error = text(&filter.error)
            );
            let mut expected: Vec<i64> =
                query_scalar(AssertSqlSafe(sql.clone())).fetch_all(&mut connection).await.unwrap();
            let mut purge = Change::new(Action::Purge, filter.clone(), "operator");
            (purge.limit, purge.dry_run) = (usize::MAX, true);
            let meant = store.change(&purge).await.unwrap().ids;
            let purgeable: Vec<i64> =
                query_scalar(AssertSqlSafe(sql.replace("ORDER BY", "AND state IN (2, 3) ORDER BY")))
                    .fetch_all(&mut connection)
                    .await
                    .unwrap();
            assert_eq!(meant.iter().map(|id| id.get()).collect::<Vec<_>>(), purgeable, "{filter:?}");
            let listed = store.list(&filter, Page::first(2000)).await.unwrap().events;
            expected.reverse();
            assert_eq!(listed.iter().map(|event| event.id.get()).collect::<Vec<_>>(), expected, "{filter:?}");
        }
    });
}

#[test]
fn a_bulk_change_is_done_in_transactions_of_a_bounded_size() {
    let machines = filled(3000);
    let store = machines.first();
    for (action, changed) in [(Action::Discard, 2250), (Action::Purge, 3000)] {
        let mut change = Change::new(action, Filter::default(), "operator");
        change.limit = usize::MAX;
        machines.execute("CREATE TABLE IF NOT EXISTS log (xid bigint);
            CREATE OR REPLACE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN INSERT INTO log VALUES (txid_current()); RETURN NULL; END';
            CREATE OR REPLACE TRIGGER log AFTER UPDATE OR DELETE ON countersign.event FOR EACH ROW EXECUTE FUNCTION log();
            TRUNCATE log");
        let ids = wait(store.change(&change)).unwrap().ids;
        assert!(ids.len() == changed && ids.is_sorted(), "{action}: {}", ids.len());
        let largest = machines.number("SELECT max(count) FROM (SELECT count(*) FROM log GROUP BY xid) l");
        assert!(largest <= 200, "{action}: {largest}");
        let entry = wait(store.audit(None, Page::first(1))).unwrap().remove(0);
        assert_eq!((entry.action.as_str(), entry.count), (action.as_str(), changed as u64));
    }
}

/// An event that comes again after it was forgotten gets a higher fence, whatever the clock says then.
#[test]
fn a_purge_keeps_the_fences_of_what_it_deletes() {
    let machines = filled(8);
    machines.execute("UPDATE countersign.event SET fence = 9000000000000000000 WHERE id = 3");
    let purge = Change::new(Action::Purge, Filter::default(), "operator");
    assert!(wait(machines.first().change(&purge)).unwrap().ids.iter().any(|id| id.get() == 3));
    assert_eq!(machines.number("SELECT last_value FROM countersign.fence"), 9_000_000_000_000_000_000);
}

/// A transaction has one of many dead letters locked: the others are replayed while it is open.
#[test]
fn a_row_that_others_hold_holds_up_no_other_part_of_a_change() {
    let machines = filled(3000);
    wait(async {
        let mut connection = PgConnection::connect(&machines.url).await.unwrap();
        let mut open = connection.begin().await.unwrap();
        let held: i64 = query_scalar(
            "SELECT id FROM countersign.event WHERE id =
                 (SELECT id FROM countersign.event WHERE state = 3 ORDER BY id LIMIT 1 OFFSET 300) FOR UPDATE",
        )
        .fetch_one(&mut *open)
        .await
        .unwrap();
        let mut filter = Filter::default();
        filter.state = Some(EventState::Dead);
        let mut replay = Change::new(Action::Replay, filter, "operator");
        replay.limit = 700;
        let (store, other) = (machines.first().clone(), machines.second());
        let change = tokio::spawn(async move { store.change(&replay).await });
        let dead = "SELECT count(*) FROM countersign.event WHERE state = 3";
        while query_scalar::<_, i64>(dead).fetch_one(other.pool()).await.unwrap() > 51 {
            assert!(!change.is_finished(), "it waits for the row first");
        }
        query("UPDATE countersign.event SET error = 'held' WHERE id = $1")
            .bind(held)
            .execute(&mut *open)
            .await
            .unwrap();
        open.commit().await.unwrap();
        let changed = change.await.unwrap().unwrap();
        let ids = changed.ids;
        // A busy machine may need more than the second for which the row is waited for.
        assert!(ids.len() + changed.held.len() == 700 && ids.is_sorted(), "{}", ids.len());
        let entry = other.audit(None, Page::first(1)).await.unwrap().remove(0);
        assert_eq!((entry.count, entry.event), (ids.len() as u64, None));
    });
}

/// A session that was left open, or a backup with locks: the operator learns which events are left, and others have the connection for changes.
#[test]
fn rows_that_are_held_for_long_are_left_alone_and_reported() {
    let machines = filled(3000);
    let store = machines.first();
    wait(async {
        let mut connection = PgConnection::connect(&machines.url).await.unwrap();
        let mut open = connection.begin().await.unwrap();
        let held: Vec<i64> = query_scalar(
            "SELECT id FROM countersign.event WHERE state = 3 AND id IN (SELECT id FROM countersign.event WHERE state = 3
                 ORDER BY id LIMIT 700) AND id % 3 = 0 FOR UPDATE",
        )
        .fetch_all(&mut *open)
        .await
        .unwrap();
        assert!(held.len() > 200, "more than one statement: {}", held.len());
        let mut filter = Filter::default();
        filter.state = Some(EventState::Dead);
        let mut replay = Change::new(Action::Replay, filter, "operator");
        replay.limit = 700;
        let changed = store.change(&replay).await.unwrap();
        let mut expected = held.clone();
        expected.sort_unstable();
        assert_eq!(changed.held.iter().map(|id| id.get()).collect::<Vec<_>>(), expected);
        assert_eq!(changed.ids.len(), 700 - held.len());
        assert!(!changed.ids.iter().any(|id| held.contains(&id.get())));
        let entry = store.audit(None, Page::first(1)).await.unwrap().remove(0);
        assert_eq!((entry.count, Some(entry.at)), (changed.ids.len() as u64, changed.at));
        open.commit().await.unwrap();
        replay.filter.ids = changed.held.clone();
        let again = store.change(&replay).await.unwrap();
        assert_eq!((again.ids, again.held), (changed.held, Vec::new()));
    });
}

/// A dry run is a page, such as the confirmation of another operator.
#[test]
fn a_change_that_waits_delays_no_dry_run() {
    let machines = filled(10);
    let store = machines.first();
    wait(async {
        let mut connection = PgConnection::connect(&machines.url).await.unwrap();
        let mut open = connection.begin().await.unwrap();
        raw_sql("LOCK TABLE countersign.audit IN ACCESS EXCLUSIVE MODE").execute(&mut *open).await.unwrap();
        let mut discard = Change::new(Action::Discard, Filter::default(), "operator");
        let (other, made) = (store.clone(), discard.clone());
        let making = spawn(async move { other.change(&made).await });
        let waiting =
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'countersign.audit'::regclass";
        let mut watch = PgConnection::connect(&machines.url).await.unwrap();
        while query_scalar::<_, i64>(waiting).fetch_one(&mut watch).await.unwrap() == 0 {}
        discard.dry_run = true;
        let meant = store.change(&discard).await.unwrap().ids;
        assert!(!making.is_finished(), "it has the connection for changes");
        open.rollback().await.unwrap();
        assert_eq!(making.await.unwrap().unwrap().ids, meant);
    });
}

#[test]
fn slow_queries_of_operators_leave_connections_to_deliveries_and_changes() {
    // Patient, because the machine may be busy.
    let patience = Duration::from_secs(30);
    let machines = Machines::with(|builder| {
        builder.with_max_connections(8).with_acquire_timeout(patience).with_operation_timeout(patience)
    });
    let store = machines.first();
    wait(async {
        let accepted = store.accept(sample_event("orders", "evt_first", "{}".to_owned())).await.unwrap();
        let Accepted::New { id, .. } = accepted else { panic!("{accepted:?}") };
        let mut lock = PgConnection::connect(&machines.url).await.unwrap();
        let mut lock = lock.begin().await.unwrap();
        // One table of each query that pages make, except those that deliveries and changes need, too.
        raw_sql(
            "LOCK TABLE countersign.error_pattern, countersign.pause, countersign.statistic,
                 countersign.rejection, countersign.inline_attempt IN ACCESS EXCLUSIVE MODE",
        )
        .execute(&mut *lock)
        .await
        .unwrap();
        let mut watch = PgConnection::connect(&machines.url).await.unwrap();
        let mut waiting = async || {
            let sql = "SELECT count(DISTINCT pid) FROM pg_locks
                 WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
            query_scalar::<_, i64>(sql).fetch_one(&mut watch).await.unwrap()
        };
        // A look ends after 10 s: on a slow machine others follow.
        let mut operators = Vec::new();
        while waiting().await == 0 {
            if operators.iter().all(JoinHandle::is_finished) {
                (0..4).for_each(|_| operators.extend(looks(store)));
            }
        }
        for number in 0..10 {
            let event = sample_event("orders", &format!("evt_{number}"), "{}".to_owned());
            store.accept(event).await.unwrap();
        }
        assert!(waiting().await <= 1, "a quarter of 8, of which one is for changes");
        let reveal = Reveal::new(id, "operator");
        assert!(store.reveal(&reveal).await.unwrap().is_some(), "no page delays it");
        let change = Change::new(Action::Discard, Filter::ids([id]), "operator");
        assert_eq!(store.change(&change).await.unwrap().ids, [id], "no page delays it");
        assert!(waiting().await <= 1);
        lock.rollback().await.unwrap();
        for operator in operators {
            // Each has its turn, or ends at its limit of time.
            operator.await.unwrap();
        }
        assert!(store.stats().await.is_ok());
    });
}

/// Starts each query that pages make, except those of tables that deliveries need, too.
fn looks(store: &PostgresStore) -> Vec<JoinHandle<bool>> {
    macro_rules! look {
        ($name:ident($($argument:expr),*)) => {{
            let store = store.clone();
            spawn(async move { store.$name($($argument),*).await.is_ok() })
        }};
    }
    vec![
        look!(stats()),
        look!(errors(None, 10)),
        look!(statistics(Window::Day)),
        look!(series(Window::Day)),
        look!(rejections(None, Window::Day)),
        look!(inline_attempts(&InlineFilter::default(), Page::first(1))),
    ]
}
