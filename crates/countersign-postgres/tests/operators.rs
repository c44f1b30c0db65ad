//! Tests of all queries of operators: each is one transaction, leaves none open, and ends in time.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use std::time::Duration;

use countersign_inbox::{
    Accepted, Action, Change, ControlChange, EventId, EventState, Filter, InboxStore, InlineFilter, OpsStore,
    Page, PauseChange, RateLimit, Reveal, StoreFuture, Window,
};
use countersign_postgres::PostgresStore;
use countersign_test_servers::{Postgres, execute};
use sqlx::{Connection, PgConnection, raw_sql};
use tokio::runtime::Builder;
use tokio::time;

use self::common::{LOCKED, Machines, event, wait, waiting};

/// Each round trip is a wait, and a connection that the deliveries do not have.
#[test]
fn what_a_page_reads_is_one_transaction_with_few_statements() {
    let server = Postgres::with(&[
        ("shared_preload_libraries", "pg_stat_statements"),
        ("autovacuum", "off"),
        ("default_transaction_isolation", "serializable"),
    ]);
    let run = |sql: &str| execute(&server.url(), sql);
    run("CREATE EXTENSION pg_stat_statements");
    let store = wait(PostgresStore::connect(&server.url())).unwrap();
    wait(store.accept(event("evt"))).unwrap();
    let id = wait(store.list(&Filter::default(), Page::first(1))).unwrap().events[0].id;
    // Of a transaction with one statement: its begin, its settings and its end.
    const AROUND: i64 = 3;
    for (name, statements, look) in looks() {
        run("SELECT pg_stat_statements_reset()");
        wait(look(&store, id)).unwrap();
        let calls = |filter: &str| -> i64 {
            let sql = format!(
                "SELECT coalesce(sum(calls), 0)::int8 FROM pg_stat_statements
                 WHERE query NOT LIKE '%pg_stat_statements%' AND {filter}"
            );
            run(&sql).parse().unwrap()
        };
        // Otherwise an event whose rows move meanwhile would be incomplete.
        let begun = calls("query = 'BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY'");
        assert_eq!((begun, calls("query = 'COMMIT'")), (1, 1), "{name}");
        assert_eq!(calls("true"), AROUND + statements, "{name}");
        let open = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'";
        assert_eq!(run(open), "0", "{name}");
    }
}

/// The time passes at once while nothing else is to do. The timeout of the server would end statements later.
#[test]
fn each_query_of_an_operator_ends_in_time_while_its_tables_are_locked() {
    let server = Postgres::start();
    let url = server.url();
    // Statements that were cancelled, and those that the timeout has ended.
    let endings = || {
        let log = server.log();
        ["due to user request", "due to statement timeout"].map(|reason| log.matches(reason).count())
    };
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = PostgresStore::connect(&url).await.unwrap();
        store.accept(event("evt")).await.unwrap();
        let id = store.list(&Filter::default(), Page::first(1)).await.unwrap().events[0].id;
        // What the store does by itself is over.
        waiting(&url, "state = 'active'", |active| active == 0).await;
        let mut owner = PgConnection::connect(&url).await.unwrap();
        let mut lock = owner.begin().await.unwrap();
        raw_sql(LOCK_ALL).execute(&mut *lock).await.unwrap();
        let all = looks().into_iter().map(|(name, _, look)| (name, look)).chain(CHANGES);
        for (name, act) in all {
            let [cancelled, timed_out] = endings();
            let store = store.clone();
            let running = tokio::spawn(async move { act(&store, id).await });
            waiting(&url, LOCKED, |locked| locked == 1).await;
            time::pause();
            let ended = running.await.unwrap();
            time::resume();
            assert!(ended.is_err(), "{name}");
            // It ends in the server, too.
            waiting(&url, LOCKED, |locked| locked == 0).await;
            while endings() == [cancelled, timed_out] {
                tokio::task::yield_now().await;
            }
            // These are as short as those of deliveries, which the timeout ends.
            let is_short = ["controls", "reveal", "set_pause", "set_control"].contains(&name);
            let expected = if is_short { [cancelled, timed_out + 1] } else { [cancelled + 1, timed_out] };
            assert_eq!(endings(), expected, "{name}");
        }
        lock.rollback().await.unwrap();
        assert!(store.stats().await.is_ok());
    });
}

/// A page, a change and maintenance take one of the two connections that the store uses of three.
#[test]
fn operators_leave_a_connection_of_a_small_pool_to_deliveries() {
    let machines = Machines::with(|builder| {
        let builder = builder.with_max_connections(3).with_operation_timeout(PATIENCE);
        builder.with_acquire_timeout(PATIENCE)
    });
    let store = machines.first();
    let Accepted::New { id, .. } = wait(store.accept(event("evt"))).unwrap() else { panic!("it is new") };
    let discard = Change::new(Action::Discard, Filter::ids([id]), "operator");
    assert_eq!(wait(store.change(&discard)).unwrap().ids, [id]);
    wait(async {
        let mut owner = PgConnection::connect(&machines.url).await.unwrap();
        let mut lock = owner.begin().await.unwrap();
        // Tables that deliveries do not need.
        let tables = "LOCK TABLE countersign.attempt, countersign.error_pattern IN ACCESS EXCLUSIVE MODE";
        raw_sql(tables).execute(&mut *lock).await.unwrap();
        let (changing, looking, sweeping) = (store.clone(), store.clone(), store.clone());
        let purge = Change::new(Action::Purge, Filter::ids([id]), "operator");
        let change = tokio::spawn(async move { changing.change(&purge).await.map(drop) });
        let looks = tokio::spawn(async move {
            for _ in 0..3 {
                drop(looking.errors(None, 9).await);
            }
        });
        let sweep = tokio::spawn(async move { sweeping.sweep().await.map(drop) });
        waiting(&machines.url, LOCKED, |locked| locked > 0).await;
        for id in 0..20 {
            assert!(store.accept(event(&format!("evt {id}"))).await.is_ok());
            waiting(&machines.url, LOCKED, |locked| {
                assert!(locked < 2, "{locked} of operators");
                true
            })
            .await;
        }
        lock.rollback().await.unwrap();
        change.await.unwrap().unwrap();
        looks.await.unwrap();
        sweep.await.unwrap().unwrap();
    });
}

type Act = for<'s> fn(&'s PostgresStore, EventId) -> StoreFuture<'s, ()>;

/// Returns all methods that read, with the number of their statements.
fn looks() -> Vec<(&'static str, i64, Act)> {
    vec![
        ("stats", 2, |store, _| Box::pin(async { store.stats().await.map(drop) })),
        ("list", 1, |store, _| {
            Box::pin(async { store.list(&Filter::default(), Page::first(9)).await.map(drop) })
        }),
        ("list of errors", 3, |store, _| {
            Box::pin(async {
                let mut filter = Filter::default();
                (filter.error, filter.state) = (Some("timeout".to_owned()), Some(EventState::Dead));
                store.list(&filter, Page::first(9)).await.map(drop)
            })
        }),
        ("count", 1, |store, _| Box::pin(async { store.count(&Filter::default()).await.map(drop) })),
        ("show", 3, |store, id| Box::pin(async move { store.show(id).await.map(drop) })),
        ("errors", 1, |store, _| Box::pin(async { store.errors(None, 9).await.map(drop) })),
        ("inline_attempts", 1, |store, _| {
            Box::pin(async {
                store.inline_attempts(&InlineFilter::default(), Page::first(9)).await.map(drop)
            })
        }),
        ("statistics", 1, |store, _| Box::pin(async { store.statistics(Window::Week).await.map(drop) })),
        ("series", 1, |store, _| Box::pin(async { store.series(Window::Week).await.map(drop) })),
        ("rejections", 1, |store, _| {
            Box::pin(async { store.rejections(None, Window::Week).await.map(drop) })
        }),
        ("audit", 1, |store, _| Box::pin(async { store.audit(None, Page::first(9)).await.map(drop) })),
        ("audit of an event", 1, |store, id| {
            Box::pin(async move { store.audit(Some(id), Page::first(9)).await.map(drop) })
        }),
    ]
}

/// All methods that write, and that for which workers do not wait for operators.
const CHANGES: [(&str, Act); 6] = [
    ("controls", |store, _| Box::pin(async { store.controls().await.map(drop) })),
    ("reveal", |store, id| {
        Box::pin(async move { store.reveal(&Reveal::new(id, "operator")).await.map(drop) })
    }),
    ("change", |store, id| {
        Box::pin(async move {
            let change = Change::new(Action::Discard, Filter::ids([id]), "operator");
            store.change(&change).await.map(drop)
        })
    }),
    ("dry run", |store, _| {
        Box::pin(async {
            let mut change = Change::new(Action::Replay, Filter::default(), "operator");
            change.dry_run = true;
            store.change(&change).await.map(drop)
        })
    }),
    ("set_pause", |store, _| {
        Box::pin(async { store.set_pause(&PauseChange::pause("orders", "operator")).await.map(drop) })
    }),
    ("set_control", |store, _| {
        Box::pin(async {
            let limit = RateLimit::new(9, Duration::from_secs(1)).unwrap();
            store.set_control(&ControlChange::limit("orders", limit, "operator")).await.map(drop)
        })
    }),
];

/// A busy machine needs less.
const PATIENCE: Duration = Duration::from_secs(60);
const LOCK_ALL: &str = "DO $$
    BEGIN
        EXECUTE (SELECT 'LOCK TABLE ' || string_agg(oid::regclass::text, ', ') FROM pg_class
                 WHERE relnamespace = 'countersign'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition);
    END
    $$";
