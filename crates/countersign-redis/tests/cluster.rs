//! A cluster of two: each namespace is on one of them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod support;

use countersign_inbox::{Claim, DedupeStore, Fenced};
use countersign_redis::{ConnectError, RedisStore};
use countersign_test_servers::Redis;

use crate::support::{acquire, claim, command, unsigned};

#[tokio::test]
async fn a_namespace_is_on_one_node_with_its_guards_and_the_other_node_names_it() {
    let nodes = [Redis::with(&CLUSTER), Redis::with(&CLUSTER)];
    let [one, other] = &nodes;
    let _: () = command(one, &["CLUSTER", "ADDSLOTSRANGE", "0", "8191"]).await;
    let _: () = command(other, &["CLUSTER", "ADDSLOTSRANGE", "8192", "16383"]).await;
    let port = other.port().to_string();
    let _: () = command(one, &["CLUSTER", "MEET", "127.0.0.1", &port]).await;
    for node in &nodes {
        while !command::<String>(node, &["CLUSTER", "INFO"]).await.contains("cluster_state:ok") {
            tokio::task::yield_now().await;
        }
    }
    let mut homes = [0; 2];
    for namespace in 0..8 {
        let namespace = format!("endpoint-{namespace}");
        let slot: u16 = command(one, &["CLUSTER", "KEYSLOT", &format!("{{wh:{namespace}}}")]).await;
        let home = usize::from(slot > 8191);
        homes[home] += 1;
        let stranger = RedisStore::builder(nodes[1 - home].url()).with_namespace(&namespace).connect().await;
        let node = format!("127.0.0.1:{}", nodes[home].port());
        assert!(
            matches!(&stranger, Err(ConnectError::Elsewhere { node: found }) if *found == node),
            "{stranger:?}"
        );
        let store =
            RedisStore::builder(nodes[home].url()).with_namespace(&namespace).connect().await.unwrap();
        let lease = acquire(&store, unsigned(1, 9)).await;
        assert!(matches!(claim(&store, unsigned(2, 9)).await.unwrap(), Claim::InFlight { .. }));
        assert_eq!(store.complete(&lease).await.unwrap(), Fenced::Ok(()));
        assert_eq!(claim(&store, unsigned(2, 9)).await.unwrap(), Claim::Replayed);
    }
    assert!(homes.iter().all(|count| *count > 0), "{homes:?}");
}

const CLUSTER: [(&str, &str); 1] = [("cluster-enabled", "yes")];
