//! Tests with a cluster of three nodes: each namespace is on one of them, and may move to another.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use countersign_inbox::{Claim, DedupeStore, Fenced};
use countersign_redis::RedisStore;
use countersign_test_servers::Redis;

use crate::support::{acquire, claim, command, event, unsigned};

#[tokio::test]
async fn a_namespace_is_found_through_every_node_with_its_guards() {
    let nodes = Redis::cluster();
    let mut homes = [0; 3];
    for namespace in 0..8 {
        let namespace = format!("endpoint-{namespace}");
        homes[home(&nodes, &namespace).await] += 1;
        let mut last = 0;
        for (id, node) in (0..).step_by(2).zip(&nodes) {
            let store = RedisStore::builder(node.url()).with_namespace(&namespace).connect().await.unwrap();
            let lease = acquire(&store, unsigned(id, id)).await;
            assert!(matches!(claim(&store, unsigned(id + 1, id)).await.unwrap(), Claim::InFlight { .. }));
            assert_eq!(store.complete(&lease).await.unwrap(), Fenced::Ok(()));
            assert_eq!(claim(&store, unsigned(id + 1, id)).await.unwrap(), Claim::Replayed);
            let again = acquire(&store, event(200)).await;
            assert!(again.fence() > last, "{} after {last}", again.fence());
            last = again.fence();
            assert_eq!(store.release(&again).await.unwrap(), Fenced::Ok(()));
        }
    }
    assert!(homes.iter().filter(|count| **count > 0).count() > 1, "{homes:?}");
}

/// While a slot migrates, its node answers ASK for keys that it does not have; afterwards it answers MOVED.
#[tokio::test]
async fn a_namespace_that_moves_to_another_node_is_followed() {
    let nodes = Redis::cluster();
    let namespace = "moves";
    let from = home(&nodes, namespace).await;
    let to = (from + 1) % 3;
    let slot: u16 = command(&nodes[from], &["CLUSTER", "KEYSLOT", "{wh:moves}"]).await;
    let slot = slot.to_string();
    let store = RedisStore::builder(nodes[from].url()).with_namespace(namespace).connect().await.unwrap();
    let lease = acquire(&store, event(1)).await;
    let [source, target] = [id(&nodes[from]).await, id(&nodes[to]).await];
    let _: () = command(&nodes[to], &["CLUSTER", "SETSLOT", &slot, "IMPORTING", &source]).await;
    let _: () = command(&nodes[from], &["CLUSTER", "SETSLOT", &slot, "MIGRATING", &target]).await;

    let on_its_way = acquire(&store, event(2)).await;
    assert!(matches!(claim(&store, event(1)).await.unwrap(), Claim::InFlight { .. }), "it is still there");
    let keys: Vec<String> = command(&nodes[from], &["CLUSTER", "GETKEYSINSLOT", &slot, "100"]).await;
    let port = nodes[to].port().to_string();
    for key in &keys {
        let _: String = command(&nodes[from], &["MIGRATE", "127.0.0.1", &port, key, "0", "5000"]).await;
    }
    assert!(matches!(claim(&store, event(1)).await.unwrap(), Claim::InFlight { .. }), "it is there by now");
    for node in [to, from, 3 - from - to] {
        let _: () = command(&nodes[node], &["CLUSTER", "SETSLOT", &slot, "NODE", &target]).await;
    }
    assert_eq!(home(&nodes, namespace).await, to);
    for lease in [lease, on_its_way] {
        assert_eq!(store.complete(&lease).await.unwrap(), Fenced::Ok(()));
    }
    assert_eq!(claim(&store, event(2)).await.unwrap(), Claim::Done { same_body: true });
    let later = acquire(&store, event(3)).await;
    assert!(later.fence() >= on_its_way.fence());
    let stranger = RedisStore::builder(nodes[from].url()).with_namespace(namespace).connect().await.unwrap();
    assert_eq!(claim(&stranger, event(1)).await.unwrap(), Claim::Done { same_body: true });
}

/// Returns the node that answers for the slot of a namespace.
async fn home(nodes: &[Redis], namespace: &str) -> usize {
    let slot: u16 = command(&nodes[0], &["CLUSTER", "KEYSLOT", &format!("{{wh:{namespace}}}")]).await;
    let slots: Vec<_> = shards(&nodes[0]).await;
    let (_, _, (_, port, _)) =
        slots.iter().find(|(first, last, _)| (*first..=*last).contains(&slot)).unwrap();
    nodes.iter().position(|node| node.port() == *port).unwrap()
}

async fn shards(node: &Redis) -> Vec<(u16, u16, (String, u16, String))> {
    let text: String = command(node, &["CLUSTER", "NODES"]).await;
    let mut shards = Vec::new();
    for line in text.lines() {
        let fields: Vec<_> = line.split(' ').collect();
        let (host, rest) = fields[1].split_once(':').unwrap();
        let (port, _) = rest.split_once('@').unwrap();
        for range in fields[8..].iter().filter(|range| !range.starts_with('[')) {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let node = (host.to_owned(), port.parse().unwrap(), fields[0].to_owned());
            shards.push((first.parse().unwrap(), last.parse().unwrap(), node));
        }
    }
    shards
}

async fn id(node: &Redis) -> String {
    command(node, &["CLUSTER", "MYID"]).await
}
