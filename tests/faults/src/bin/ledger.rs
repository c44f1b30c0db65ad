//! Stores and handles events, and prints a line for each that is acknowledged; or lists what is stored.
//!
//! ```sh
//! ledger write PATH EVENTS
//! ledger list PATH
//! ```

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a program for tests")]

use std::env;
use std::io::{Write, stdout};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countersign_inbox::{Accepted, AttemptNote, ClaimDue, Filter, Finish, InboxStore, OpsStore, Page};
use countersign_sqlite::SqliteStore;
use countersign_testkit::conformance::inbox::sample_event;
use rusqlite::Connection;
use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", path, events] => write(Path::new(path), events.parse().unwrap()).await,
        ["list", path] => list(Path::new(path)).await,
        _ => panic!("write PATH EVENTS, or list PATH"),
    }
}

/// In groups of different sizes, with a new owner of the file after each third.
async fn write(path: &Path, events: usize) {
    let mut number = 0;
    for third in 1..=3 {
        let store = Arc::new(SqliteStore::open(path).unwrap());
        while number < events * third / 3 {
            let size = (1 + number % 5 * 3).min(events * third / 3 - number);
            accept(&store, number..number + size).await;
            number += size;
            handle(&store, number % 7).await;
        }
    }
}

async fn accept(store: &Arc<SqliteStore>, numbers: std::ops::Range<usize>) {
    let mut accepts = JoinSet::new();
    for number in numbers {
        let store = store.clone();
        accepts.spawn(async move {
            let id = format!("evt_{number}");
            let event = sample_event("orders", &id, "x".repeat(100 + number * 37 % 9000));
            assert!(matches!(store.accept(event).await.unwrap(), Accepted::New { .. }));
            // In one write.
            stdout().lock().write_all(format!("acknowledged {id}\n").as_bytes()).unwrap();
        });
    }
    while let Some(accepted) = accepts.join_next().await {
        accepted.unwrap();
    }
}

async fn handle(store: &SqliteStore, most: usize) {
    let request = ClaimDue::new("orders", "worker", most, Duration::from_secs(60));
    for (nth, leased) in store.claim_due(&request).await.unwrap().iter().enumerate() {
        let finish = match nth % 3 {
            0 => Finish::Retry { after: Duration::from_secs(60), error: "down".to_owned() },
            1 => Finish::Dead { error: "no such account".to_owned() },
            _ => Finish::Done,
        };
        let _ = store.finish(&leased.lease, &finish, AttemptNote::NONE).await.unwrap();
    }
}

/// Prints the id of each event, after a check of the file.
async fn list(path: &Path) {
    let store = SqliteStore::open(path).unwrap();
    let check = "PRAGMA integrity_check";
    let found: String = Connection::open(path).unwrap().query_row(check, [], |row| row.get(0)).unwrap();
    assert_eq!(found, "ok");
    store.probe().await.unwrap();
    let mut page = Page::first(1000);
    loop {
        let events = store.list(&Filter::default(), page).await.unwrap().events;
        let Some(last) = events.last() else { break };
        page = page.after(last.id.get());
        for event in &events {
            let shown = store.show(event.id).await.unwrap().unwrap();
            assert!(shown.body.is_some_and(|body| body.len() >= 100), "{} has no body", event.id);
            println!("{}", event.external_id.as_deref().unwrap_or_default());
        }
    }
}
