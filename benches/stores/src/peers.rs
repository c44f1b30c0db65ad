use std::path::Path;
use std::time::Duration;

use crate::event::{another, template};
use crate::load::{rate, rate_of};

/// Measures a hand-written alternative: a plain insert per event on one connection, committed individually, with
/// WAL and `synchronous=FULL`.
pub(crate) fn plain_insert(folder: &Path, time: Duration) -> f64 {
    let connection = rusqlite::Connection::open(folder.join("plain.db")).expect("a folder to write to");
    connection
        .execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
             CREATE TABLE event(key BLOB PRIMARY KEY, body BLOB NOT NULL)",
        )
        .expect("plain SQL");
    let mut insert =
        connection.prepare("INSERT INTO event VALUES(?1, ?2) ON CONFLICT DO NOTHING").expect("plain SQL");
    let template = template();
    rate_of(time, || {
        let event = another(&template);
        insert.execute((&event.identity.key().as_bytes()[..], &event.body[..])).expect("plain SQL");
    })
}

/// Measures `apalis-sqlite`, one push per event, with a pool as documented, and WAL with `synchronous=FULL`.
pub(crate) async fn apalis(folder: &Path, in_flight: usize, time: Duration) -> f64 {
    use apalis::prelude::TaskSink;
    use apalis_sqlite::{SqliteConnectOptions, SqlitePool, SqliteStorage};

    let url = format!("sqlite://{}?mode=rwc", folder.join("apalis.db").display());
    let options: SqliteConnectOptions = url.parse().expect("a URL");
    let options =
        options.pragma("journal_mode", "WAL").pragma("synchronous", "FULL").pragma("busy_timeout", "30000");
    let pool = SqlitePool::connect_with(options).await.expect("a folder to write to");
    SqliteStorage::setup(&pool).await.expect("its migrations");
    let storage: SqliteStorage<Vec<u8>> = SqliteStorage::new(&pool);
    let body = template().body.to_vec();
    rate(in_flight, time, move || {
        let (mut storage, body) = (storage.clone(), body.clone());
        async move { storage.push(body).await.expect("a queue that works") }
    })
    .await
}
