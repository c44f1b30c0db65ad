//! Creates tables, uses those of newer versions, and reads the settings of the server.

use std::error::Error;

use countersign_inbox::{Accepted, Durability, InboxStore};
use countersign_postgres::{OpenError, PostgresStore, PostgresStoreBuilder};
use countersign_test_servers::{Postgres, execute as psql, fresh_database};

use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection, query_scalar};

use crate::common::{event, wait};
use crate::support::execute;

#[test]
fn of_many_machines_that_start_at_once_one_makes_the_tables() {
    for level in ["read committed", "repeatable read", "serializable"] {
        start_at_once(level);
    }
}

fn start_at_once(level: &str) {
    let url = fresh_database();
    execute(
        &url,
        &format!(
            "DO $$ BEGIN
                EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = %L', current_database(), '{level}');
             END $$"
        ),
    );
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

/// Change capture and upgrades by logical replication publish all tables.
#[test]
fn rows_of_each_table_have_a_name_for_publications() {
    let url = fresh_database();
    let store = wait(PostgresStore::connect(&url)).unwrap();
    let nameless = "SELECT coalesce(string_agg(relname, ' '), '') FROM pg_class c
         WHERE relnamespace = 'countersign'::regnamespace AND relkind IN ('r', 'p') AND relreplident <> 'f'
           AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND indisprimary)";
    assert_eq!(psql(&url, nameless), "");
    execute(&url, "CREATE PUBLICATION everything FOR ALL TABLES");
    assert!(wait(store.accept(event("evt"))).is_ok());
    wait(store.probe()).unwrap();
    wait(store.sweep()).unwrap();
    execute(&url, "SELECT countersign.fold_event_counts(), countersign.fold_errors()");
}

#[test]
fn a_database_that_cannot_hold_all_texts_is_refused() {
    let url = fresh_database();
    let name = format!("{}_latin", psql(&url, "SELECT current_database()"));
    execute(
        &url,
        &format!("CREATE DATABASE {name} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"),
    );
    let (before, _) = url.rsplit_once('/').unwrap();
    let refused = wait(PostgresStore::connect(&format!("{before}/{name}"))).unwrap_err();
    assert!(matches!(&refused, OpenError::Encoding { found } if found == "LATIN1"), "{refused:?}");
    assert!(refused.to_string().contains("ENCODING 'UTF8'"), "{refused}");
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

/// Sessions that were there see a reload; others begin with the setting of the database, such as after a restart of the server.
#[test]
fn commits_wait_as_they_did_at_the_start_whatever_the_settings_become() {
    let server = Postgres::start();
    let url = server.url();
    let store = wait(PostgresStore::builder(&url).with_max_connections(3).connect()).unwrap();
    psql(&url, "ALTER DATABASE postgres SET synchronous_commit = off");
    psql(&url, "ALTER SYSTEM SET synchronous_commit = off");
    // Shows when a session has read the file.
    psql(&url, "ALTER SYSTEM SET wal_writer_delay = '9s'");
    psql(&url, "SELECT pg_reload_conf()");
    let setting = async |of: &mut PgConnection, name: &str| {
        let sql = "SELECT current_setting($1)";
        query_scalar::<_, String>(sql).bind(name).fetch_one(of).await.unwrap()
    };
    wait(async {
        let mut known = store.pool().acquire().await.unwrap();
        while setting(&mut known, "wal_writer_delay").await != "9s" {}
        assert_eq!(setting(&mut known, "synchronous_commit").await, "on");
        drop(known);
        store.probe().await.unwrap();
        // As by a failover.
        let ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                     WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
        psql(&url, ended);
        let mut other = PgConnection::connect(&url).await.unwrap();
        assert_eq!(setting(&mut other, "synchronous_commit").await, "off");
        assert!(matches!(store.accept(event("after")).await.unwrap(), Accepted::New { .. }));
        let mut connections = Vec::new();
        for _ in 0..3 {
            let mut of = store.pool().acquire().await.unwrap();
            // Those that were ended leave the pool.
            while of.ping().await.is_err() {
                of = store.pool().acquire().await.unwrap();
            }
            assert_eq!(setting(&mut of, "synchronous_commit").await, "on");
            connections.push(of);
        }
    });
}

#[test]
fn a_lower_durability_than_at_the_start_is_an_error_of_the_probe() {
    let server = Postgres::start();
    let url = server.url();
    let store = wait(PostgresStore::connect(&url)).unwrap();
    let pool = wait(PgPoolOptions::new().max_connections(2).connect(&url)).unwrap();
    let given = wait(PostgresStoreBuilder::from_pool(pool).connect()).unwrap();
    for store in [&store, &given] {
        wait(store.probe()).unwrap();
    }
    let set = |setting: &str| {
        psql(&url, &format!("ALTER SYSTEM SET {setting}"));
        psql(&url, "SELECT pg_reload_conf()");
    };
    // A session reads the file before its next statement, once the signal has come.
    let error = |store: &PostgresStore| (0..1000).find_map(|_| wait(store.probe()).err());
    set("synchronous_commit = off");
    let lower = causes(&error(&given).unwrap());
    assert!(lower.contains("Fsync") && lower.contains("`synchronous_commit = off`"), "{lower}");
    wait(store.probe()).unwrap();
    set("fsync = off");
    let lower = causes(&error(&store).unwrap());
    assert!(lower.contains("`fsync = off`") && lower.contains("restart this service"), "{lower}");
    set("fsync = on");
    assert!((0..1000).any(|_| wait(store.probe()).is_ok()));
}

/// Returns an error with its sources.
fn causes(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", causes(source)),
        None => error.to_string(),
    }
}
