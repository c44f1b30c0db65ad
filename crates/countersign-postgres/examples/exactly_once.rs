//! Shows an effect that happens exactly once: the handler's write and the end of its attempt share a commit.
//!
//! ```sh
//! POSTGRES_URL=postgres://… cargo run -p countersign-postgres --example exactly_once
//! ```
//!
//! Without `POSTGRES_URL` it starts a server.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "an example stops at the first surprise, and prints"
)]

use std::env;
use std::time::Duration;

use countersign_inbox::{ClaimDue, Fenced, Finish, InboxStore, Leased, TxInbox};
use countersign_postgres::PostgresStore;
use countersign_test_servers::Postgres;
use countersign_testkit::conformance::inbox::sample_event;
use sqlx::{query, query_scalar};

#[tokio::main]
async fn main() {
    let server = env::var("POSTGRES_URL").is_err().then(Postgres::start);
    let url = server.as_ref().map_or_else(|| env::var("POSTGRES_URL").unwrap(), Postgres::url);
    let store = PostgresStore::connect(&url).await.unwrap();
    query("CREATE TABLE IF NOT EXISTS payment (event_id bigint, amount bigint NOT NULL)")
        .execute(store.pool())
        .await
        .unwrap();

    // In a server this event comes from `Acceptor`, which has verified it.
    store.accept(sample_event("payments", "evt_1", r#"{"amount":42}"#)).await.unwrap();

    // A worker on a slow machine: its lease expires, and another one takes over.
    let slow = claim(&store, Duration::ZERO).await;
    let quick = claim(&store, Duration::from_secs(30)).await;
    println!("quick: {}", handle(&store, &quick).await);
    println!("slow: {}", handle(&store, &slow).await);

    let payments: i64 = query_scalar("SELECT count(*) FROM payment WHERE event_id = $1")
        .bind(quick.event.id.get())
        .fetch_one(store.pool())
        .await
        .unwrap();
    assert_eq!(payments, 1);
    println!("paid once");
}

async fn claim(store: &PostgresStore, ttl: Duration) -> Leased {
    let request = ClaimDue::new("payments", "example", 1, ttl);
    store.claim_due(&request).await.unwrap().into_iter().next().unwrap()
}

async fn handle(store: &PostgresStore, leased: &Leased) -> &'static str {
    let mut tx = store.begin().await.unwrap();
    query("INSERT INTO payment (event_id, amount) VALUES ($1, 42)")
        .bind(leased.event.id.get())
        .execute(&mut *tx)
        .await
        .unwrap();
    match store.finish_in(&mut tx, &leased.lease).await.unwrap() {
        Fenced::Ok(()) => tx.commit().await.unwrap(),
        Fenced::Stale => {
            tx.rollback().await.unwrap();
            return "another worker has it, and nothing was written";
        }
    }
    // A worker of this crate does this after the handler. It has no further effect.
    assert_eq!(store.finish(&leased.lease, &Finish::Done).await.unwrap(), Fenced::Ok(()));
    "paid and done, in one commit"
}
