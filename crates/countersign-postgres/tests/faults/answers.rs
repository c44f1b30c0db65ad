//! Connections that break after a commit, before its answer.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use countersign_inbox::{
    ControlChange, OpsStore, PauseChange, Precondition, RateLimit, StoreError, StoreFuture,
};
use countersign_postgres::PostgresStore;
use countersign_test_servers::fresh_database;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::common::{connected, wait};

/// A repetition would find its own change, and report that another operator was first.
#[test]
fn a_change_whose_answer_is_lost_may_have_been_made() {
    let url = fresh_database();
    let (front, database) = url.rsplit_once('/').unwrap();
    let (front, port) = front.rsplit_once(':').unwrap();
    let proxy = wait(Proxy::before(port.parse().unwrap()));
    let store = connected(|| PostgresStore::builder(&format!("{front}:{}/{database}", proxy.port)));
    let lost = |change: StoreFuture<'_, bool>| {
        proxy.loses.store(true, Ordering::Relaxed);
        let Err(error @ StoreError::Unavailable(_)) = wait(change) else { panic!("it is answered") };
        let error = error.source().unwrap().to_string();
        assert!(error.contains("the change may have been made"), "{error}");
        assert!(!proxy.loses.load(Ordering::Relaxed));
    };
    lost(store.set_pause(&PauseChange::pause("orders", ACTOR).with_precondition(Precondition::Absent)));
    let pause = wait(store.stats()).unwrap().pauses.remove(0);
    assert_eq!(pause.actor, ACTOR);
    let resume =
        PauseChange::resume("orders", ACTOR).with_precondition(Precondition::Version(pause.version()));
    lost(store.set_pause(&resume));
    assert!(wait(store.stats()).unwrap().pauses.is_empty());
    // It was not made twice.
    assert!(!wait(store.set_pause(&resume)).unwrap());
    let limit = ControlChange::limit("orders", RateLimit::new(9, Duration::from_secs(1)).unwrap(), ACTOR);
    lost(store.set_control(&limit.with_precondition(Precondition::Absent)));
    let limits = wait(store.controls()).unwrap().limits;
    assert_eq!(limits.len(), 1);
    let unlimit = ControlChange::unlimit("orders", ACTOR);
    lost(store.set_control(&unlimit.with_precondition(Precondition::Version(limits[0].version()))));
    assert!(wait(store.controls()).unwrap().limits.is_empty());
}

/// Passes bytes between clients and the server.
struct Proxy {
    port: u16,
    /// Whether the next answer to a statement of the operator is lost, with its connection.
    loses: Arc<AtomicBool>,
}

impl Proxy {
    async fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self { port: listener.local_addr().unwrap().port(), loses: Arc::default() };
        let loses = Arc::clone(&proxy.loses);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { continue };
                tokio::spawn(pass(client, server, Arc::clone(&loses)));
            }
        });
        proxy
    }
}

async fn pass(mut client: TcpStream, mut server: TcpStream, loses: Arc<AtomicBool>) {
    let (mut sent, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = client.read(&mut sent) => {
                let Ok(read @ 1..) = read else { return };
                let sent = &sent[..read];
                if server.write_all(sent).await.is_err() {
                    return;
                }
                let is_change = sent.windows(ACTOR.len()).any(|text| text == ACTOR.as_bytes());
                if is_change && loses.swap(false, Ordering::Relaxed) {
                    // Until the server is ready for the next statement, outside of a transaction: this one is committed.
                    let mut answer = Vec::new();
                    while !answer.ends_with(b"Z\0\0\0\x05I") {
                        let Ok(read @ 1..) = server.read(&mut answered).await else { return };
                        answer.extend_from_slice(&answered[..read]);
                    }
                    return;
                }
            }
            read = server.read(&mut answered) => {
                let Ok(read @ 1..) = read else { return };
                if client.write_all(&answered[..read]).await.is_err() {
                    return;
                }
            }
        }
    }
}

const ACTOR: &str = "the operator";
