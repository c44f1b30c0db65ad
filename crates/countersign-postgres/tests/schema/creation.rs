//! Creates tables, uses those of newer versions, and reads the settings of the server.

use countersign_inbox::{Accepted, Durability, InboxStore};
use countersign_postgres::{OpenError, PostgresStore, PostgresStoreBuilder};
use countersign_test_servers::{Postgres, fresh_database};

use sqlx::postgres::PgPoolOptions;

use crate::common::{event, wait};
use crate::support::execute;

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
