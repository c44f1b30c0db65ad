//! Tests of servers that are killed, stopped, paused, full, loading, or no longer the primary.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::time::Duration;

use countersign_inbox::{Claim, DedupeStore, Fenced, StoreError};
use countersign_redis::RedisStore;
use countersign_test_servers::Redis;
use tokio::time::timeout;

use crate::support::{NEVER, acquire, causes, claim, command, event, request, store, unsigned};

#[tokio::test]
async fn what_was_answered_survives_a_kill_and_the_store_comes_back_by_itself() {
    let mut server = Redis::start();
    let store = store(&server).await;
    let done = acquire(&store, event(1)).await;
    assert_eq!(store.complete(&done).await.unwrap(), Fenced::Ok(()));
    let running = acquire(&store, unsigned(2, 9)).await;
    for _ in 0..3 {
        server.kill();
        server.restart();
        // The connection is dead, and the server does not have the script.
        assert_eq!(claim(&store, event(1)).await.unwrap(), Claim::Done { same_body: true });
        assert!(matches!(claim(&store, event(2)).await.unwrap(), Claim::InFlight { .. }));
        assert!(matches!(claim(&store, unsigned(3, 9)).await.unwrap(), Claim::InFlight { .. }));
    }
    server.kill();
    server.restart();
    assert_eq!(store.complete(&running).await.unwrap(), Fenced::Ok(()));
    assert_eq!(claim(&store, unsigned(3, 9)).await.unwrap(), Claim::Replayed);
}

#[tokio::test]
async fn a_server_that_is_down_is_unavailable_at_once_and_used_again_when_it_is_up() {
    let mut server = Redis::start();
    let store = store(&server).await;
    let lease = acquire(&store, event(1)).await;
    server.stop();
    for _ in 0..20 {
        let refused = timeout(NEVER / 4, claim(&store, event(2))).await.unwrap();
        assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    }
    let refused = timeout(NEVER / 4, store.complete(&lease)).await.unwrap();
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    let refused = timeout(NEVER / 4, RedisStore::connect(server.url())).await.unwrap().unwrap_err();
    assert!(causes(&refused).contains("refused"), "{}", causes(&refused));
    server.restart();
    assert_eq!(store.complete(&lease).await.unwrap(), Fenced::Ok(()));
    acquire(&store, event(2)).await;
}

#[tokio::test]
async fn a_reply_that_was_lost_is_given_again_to_the_same_attempt_only() {
    let server = Redis::start();
    let store = impatient(&server).await;
    acquire(&store, event(1)).await;
    server.pause();
    // The server executes it, but the answer is lost.
    let attempt = request(event(2));
    let lost = store.claim(&attempt).await.unwrap_err();
    assert!(causes(&lost).contains("did not answer within 1s"), "{}", causes(&lost));
    server.resume();
    let lease = loop {
        match store.claim(&attempt).await {
            Ok(Claim::Acquired { lease, .. }) => break lease,
            Ok(other) => panic!("{other:?}"),
            Err(_) => {}
        }
    };
    assert!(matches!(claim(&store, event(2)).await.unwrap(), Claim::InFlight { .. }));
    assert_eq!(store.claim(&attempt).await.unwrap(), Claim::Acquired { lease, is_suspect: false });
}

#[tokio::test]
async fn a_connection_that_is_dead_and_was_not_closed_is_replaced() {
    let server = Redis::start();
    let store = impatient(&server).await;
    acquire(&store, event(1)).await;
    let first = clients(&server).await;
    server.pause();
    assert!(claim(&store, event(2)).await.is_err());
    server.resume();
    while claim(&store, event(2)).await.is_err() {}
    let second = clients(&server).await;
    assert!(first.iter().all(|id| !second.contains(id)), "{first:?} {second:?}");
}

#[tokio::test]
async fn a_connection_that_was_cut_while_it_was_idle_costs_no_delivery() {
    let server = Redis::start();
    let store = store(&server).await;
    for id in 0..10 {
        let _: u64 = command(&server, &["CLIENT", "KILL", "TYPE", "normal"]).await;
        let lease = acquire(&store, event(id)).await;
        let _: u64 = command(&server, &["CLIENT", "KILL", "TYPE", "normal"]).await;
        assert_eq!(store.complete(&lease).await.unwrap(), Fenced::Ok(()));
    }
}

#[tokio::test]
async fn scripts_that_the_server_forgot_are_sent_again() {
    let server = Redis::start();
    let store = store(&server).await;
    let flush = || command::<()>(&server, &["SCRIPT", "FLUSH"]);
    flush().await;
    let lease = acquire(&store, event(1)).await;
    flush().await;
    let Fenced::Ok(lease) = store.renew(&lease, NEVER).await.unwrap() else { panic!("stale") };
    flush().await;
    assert_eq!(store.release(&lease).await.unwrap(), Fenced::Ok(()));
    let lease = acquire(&store, event(1)).await;
    flush().await;
    assert_eq!(store.complete(&lease).await.unwrap(), Fenced::Ok(()));
}

#[tokio::test]
async fn a_full_server_refuses_what_is_new_and_finishes_what_is_in_flight() {
    let server = Redis::start();
    let store = store(&server).await;
    let [done, running, failed] = [1, 2, 3].map(|id| unsigned(id, id));
    let lease = acquire(&store, done.clone()).await;
    assert_eq!(store.complete(&lease).await.unwrap(), Fenced::Ok(()));
    let (running, failed) = (acquire(&store, running).await, acquire(&store, failed).await);
    let _: () = command(&server, &["CONFIG", "SET", "maxmemory", "1"]).await;
    let full = claim(&store, event(4)).await.unwrap_err();
    assert!(causes(&full).contains("out of memory: raise `maxmemory`"), "{}", causes(&full));
    assert_eq!(claim(&store, done).await.unwrap(), Claim::Done { same_body: true });
    let Fenced::Ok(running) = store.renew(&running, NEVER).await.unwrap() else { panic!("stale") };
    assert_eq!(store.complete(&running).await.unwrap(), Fenced::Ok(()));
    assert_eq!(store.release(&failed).await.unwrap(), Fenced::Ok(()));
    let _: () = command(&server, &["CONFIG", "SET", "maxmemory", "0"]).await;
    acquire(&store, event(4)).await;
    acquire(&store, unsigned(3, 3)).await;
}

#[tokio::test]
async fn a_server_that_is_loading_its_data_is_unavailable_until_it_has() {
    let mut server = Redis::start();
    let store = store(&server).await;
    let lease = acquire(&store, event(1)).await;
    assert_eq!(store.complete(&lease).await.unwrap(), Fenced::Ok(()));
    let fill = "for i = 1, 12000 do redis.call('SET', 'other:' .. i, i) end";
    let _: () = command(&server, &["EVAL", fill, "0"]).await;
    // Each key takes a millisecond.
    server.restart_unready_with(&[("key-load-delay", "1000")]);
    let mut failures = Vec::new();
    let answer = loop {
        match claim(&store, event(1)).await {
            Ok(answer) => break answer,
            Err(error) => failures.push(causes(&error)),
        }
    };
    assert_eq!(answer, Claim::Done { same_body: true });
    assert!(failures.iter().any(|causes| causes.contains("loading")), "{:?}", failures.last());
}

#[tokio::test]
async fn a_primary_that_became_a_replica_is_refused_and_used_again_when_it_is_one() {
    let server = Redis::start();
    let store = store(&server).await;
    acquire(&store, event(1)).await;
    let _: () = command(&server, &["REPLICAOF", "127.0.0.1", "1"]).await;
    let first = clients(&server).await;
    let refused = claim(&store, event(2)).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    let refused = RedisStore::connect(server.url()).await.unwrap_err();
    assert_eq!(refused.to_string(), "the Redis server is a replica: connect to the primary");
    let _: () = command(&server, &["REPLICAOF", "NO", "ONE"]).await;
    acquire(&store, event(2)).await;
    // The name may refer to another machine by now.
    let second = clients(&server).await;
    assert!(first.len() == 1 && !second.contains(&first[0]), "{first:?} {second:?}");
}

/// Returns a store with a short timeout.
async fn impatient(server: &Redis) -> RedisStore {
    let builder = RedisStore::builder(server.url()).with_response_timeout(Duration::from_secs(1));
    builder.connect().await.unwrap()
}

/// Returns the connections of stores.
async fn clients(server: &Redis) -> Vec<String> {
    let list: String = command(server, &["CLIENT", "LIST"]).await;
    let own = list.lines().filter(|line| line.contains("cmd=evalsha"));
    own.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}
