//! Tests with PgBouncer between a store and its server.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use countersign_inbox::{Accepted, AttemptNote, ClaimDue, Fenced, Finish, InboxStore};
use countersign_postgres::{OpenError, PostgresStore};
use countersign_test_servers::{PgBouncer, Postgres, execute};

use self::common::{TTL, event, wait};

#[test]
fn a_pooler_that_shares_sessions_is_refused_before_anything_is_stored() {
    let server = Postgres::start();
    let settings: [&[(&str, &str)]; 5] = [
        &[("pool_mode", "transaction")],
        &[("pool_mode", "transaction"), ("server_round_robin", "1")],
        &[("pool_mode", "transaction"), ("default_pool_size", "1")],
        &[("pool_mode", "transaction"), ("default_pool_size", "2")],
        &[("pool_mode", "statement")],
    ];
    for settings in settings {
        let pooler = PgBouncer::before(&server, settings);
        for pool in [1, 10] {
            let builder = PostgresStore::builder(&pooler.url()).with_max_connections(pool);
            let refused = wait(builder.connect());
            assert!(
                matches!(refused, Err(OpenError::Pooled | OpenError::Sql(_))),
                "{settings:?}, {pool}: {refused:?}"
            );
            if settings[0] != ("pool_mode", "statement") {
                let error = refused.unwrap_err();
                let text = format!("{error} {error:?}");
                assert!(
                    text.contains("pool_mode = session"),
                    "{settings:?}, {pool}: {text} {}",
                    pooler.log()
                );
            }
        }
    }
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'countersign'";
    assert_eq!(execute(&server.url(), schemas), "0");
}

#[test]
fn a_pooler_that_keeps_sessions_works() {
    let server = Postgres::start();
    let pooler = PgBouncer::before(&server, &[("pool_mode", "session")]);
    let store = wait(PostgresStore::connect(&pooler.url())).unwrap();
    for id in 0..100 {
        assert!(matches!(wait(store.accept(event(&format!("{id}")))).unwrap(), Accepted::New { .. }));
    }
    let leased = wait(store.claim_due(&ClaimDue::new("orders", "worker", 100, TTL))).unwrap();
    assert_eq!(leased.len(), 100);
    for leased in leased {
        assert_eq!(
            wait(store.finish(&leased.lease, &Finish::Done, AttemptNote::NONE)).unwrap(),
            Fenced::Ok(())
        );
    }
}

/// A single connection says nothing about a pooler.
#[test]
fn without_a_second_connection_a_store_is_refused_with_the_reason() {
    let server = Postgres::start();
    execute(&server.url(), "CREATE ROLE app LOGIN CONNECTION LIMIT 1");
    execute(&server.url(), "GRANT ALL ON DATABASE postgres TO app");
    let limited = server.url().replace("postgres@", "app@");
    let session = PgBouncer::before(&server, &[("pool_mode", "session"), ("default_pool_size", "1")]);
    for url in [limited, session.url()] {
        for pool in [1, 10] {
            let refused = wait(PostgresStore::builder(&url).with_max_connections(pool).connect());
            let error = refused.unwrap_err();
            assert!(matches!(error, OpenError::SecondConnection { .. }), "{url}, {pool}: {error:?}");
            assert!(error.to_string().contains("second connection"), "{error}");
        }
    }
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'countersign'";
    assert_eq!(execute(&server.url(), schemas), "0");
}
