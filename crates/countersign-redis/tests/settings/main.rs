//! Tests of the requirements on the server, and of the stored data.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use countersign_inbox::{Claim, DedupeStore, Durability, Fenced};
use countersign_redis::{NO_INBOX, OpenError, RedisStore};
use countersign_test_logs::Logs;
use countersign_test_servers::Redis;
use tracing::Level;

use crate::support::{TTL, acquire, causes, claim, command, event, store, unsigned};

#[tokio::test]
async fn durability_is_what_the_server_says() {
    for (setting, value, cure) in [
        ("appendonly", "no", "set `appendonly yes`"),
        ("appendfsync", "everysec", "set `appendfsync always`"),
        ("appendfsync", "no", "set `appendfsync always`"),
        ("no-appendfsync-on-rewrite", "yes", "set `no-appendfsync-on-rewrite no`"),
    ] {
        let server = Redis::with(&[(setting, value)]);
        let store = RedisStore::connect(server.url()).await.unwrap();
        assert_eq!(store.durability(), Durability::Relaxed, "{setting} {value}");
        let builder = RedisStore::builder(server.url()).require_durability(Durability::Fsync);
        let refused = builder.connect().await.unwrap_err();
        assert!(
            refused.to_string().starts_with("Fsync is required, and the Redis server is Relaxed: "),
            "{refused}"
        );
        assert!(refused.to_string().contains(&format!("`{setting}` is `{value}`")), "{refused}");
        assert!(refused.to_string().contains(cure), "{refused}");
    }
    let server = Redis::start();
    let builder = RedisStore::builder(server.url()).require_durability(Durability::Fsync);
    assert_eq!(builder.connect().await.unwrap().durability(), Durability::Fsync);
    let builder = RedisStore::builder(server.url()).require_durability(Durability::Replicated);
    let refused = builder.connect().await.unwrap_err();
    assert!(refused.to_string().contains("it replicates after it has answered"), "{refused}");
}

#[tokio::test]
async fn an_operator_is_warned_of_a_server_that_forgets_with_the_cure() {
    let logs = Logs::up_to(Level::INFO);
    let server = Redis::start();
    RedisStore::connect(server.url()).await.unwrap();
    assert_eq!(logs.text(), "");
    let server = Redis::with(&[("appendonly", "no")]);
    RedisStore::connect(server.url()).await.unwrap();
    let text = logs.text();
    assert!(text.contains("WARN countersign: the Redis server may forget deliveries"), "{text}");
    assert!(text.contains("`appendonly` is `no`, and a restart forgets; set `appendonly yes`"), "{text}");
}

#[tokio::test]
async fn a_server_that_evicts_is_refused_unless_that_is_accepted() {
    for policy in ["allkeys-lru", "volatile-ttl", "volatile-lru", "allkeys-random"] {
        let server = Redis::with(&[("maxmemory-policy", policy)]);
        let refused = RedisStore::connect(server.url()).await.unwrap_err();
        assert!(
            matches!(&refused, OpenError::Evicts { policy: Some(found) } if found == policy),
            "{refused:?}"
        );
        assert!(refused.to_string().contains("set `noeviction`"), "{refused}");
        let accepted = RedisStore::builder(server.url()).insecure_allow_eviction().connect().await.unwrap();
        assert_eq!(accepted.durability(), Durability::Relaxed);
    }
}

#[tokio::test]
async fn a_server_that_hides_its_settings_is_relaxed_and_its_eviction_is_known_all_the_same() {
    let server = Redis::start();
    let url = user(&server, &["-config"]).await;
    let store = RedisStore::connect(&url).await.unwrap();
    assert_eq!(store.durability(), Durability::Relaxed);
    acquire(&store, event(1)).await;
    let builder = RedisStore::builder(&url).require_durability(Durability::Fsync);
    let refused = builder.connect().await.unwrap_err();
    assert!(refused.to_string().contains("the server refuses CONFIG GET"), "{refused}");
    let _: () = command(&server, &["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]).await;
    let refused = RedisStore::connect(&url).await.unwrap_err();
    assert!(matches!(refused, OpenError::Evicts { policy: Some(_) }), "{refused:?}");
    let url = user(&server, &["-config", "-info"]).await;
    let refused = RedisStore::connect(&url).await.unwrap_err();
    assert!(matches!(refused, OpenError::Evicts { policy: None }), "{refused:?}");
    let accepted = RedisStore::builder(&url).insecure_allow_eviction().connect().await.unwrap();
    acquire(&accepted, event(2)).await;
}

#[tokio::test]
async fn the_documented_rights_are_enough() {
    let server = Redis::start();
    let rights = [
        "resetkeys",
        "~{wh:orders}:*",
        "-@all",
        "+evalsha",
        "+script|load",
        "+time",
        "+hmget",
        "+hset",
        "+hdel",
        "+get",
        "+set",
        "+del",
        "+pexpire",
        "+exists",
        "+info",
        "+config|get",
    ];
    let url = user(&server, &rights).await;
    let builder = RedisStore::builder(&url).with_namespace("orders").require_durability(Durability::Fsync);
    let store = builder.connect().await.unwrap();
    let lease = acquire(&store, unsigned(1, 1)).await;
    assert!(matches!(claim(&store, unsigned(2, 1)).await.unwrap(), Claim::InFlight { .. }));
    let Fenced::Ok(lease) = store.renew(&lease, TTL).await.unwrap() else { panic!("stale") };
    assert_eq!(store.release(&lease).await.unwrap(), Fenced::Ok(()));
    let lease = acquire(&store, unsigned(2, 1)).await;
    assert_eq!(store.complete(&lease).await.unwrap(), Fenced::Ok(()));
}

#[tokio::test]
async fn keys_have_the_namespace_and_live_for_the_retention_from_their_last_change() {
    let server = Redis::start();
    let retention = Duration::from_secs(7 * 24 * 3600);
    let builder = RedisStore::builder(server.url()).with_namespace("orders").with_retention(retention);
    let store = builder.connect().await.unwrap();
    let key = format!("{{wh:orders}}:{}", "01".repeat(32));
    let guard = format!("{{wh:orders}}:g:{}", "09".repeat(32));
    let lease = acquire(&store, unsigned(1, 9)).await;
    let mut keys: Vec<String> = command(&server, &["KEYS", "*"]).await;
    keys.sort();
    assert_eq!(keys, [key.clone(), guard.clone()]);
    let life = async |key: &str| Duration::from_millis(command(&server, &["PTTL", key]).await);
    let assert_life = async |expected: Duration| {
        for key in [&key, &guard] {
            let found = life(key).await;
            assert!(found <= expected && found > expected - TTL, "{key}: {found:?} of {expected:?}");
        }
    };
    // Running entries outlive their lease, so that a late finish still has a result.
    assert_life(TTL + retention).await;
    let Fenced::Ok(lease) = store.renew(&lease, TTL * 10).await.unwrap() else { panic!("stale") };
    assert_life(TTL * 10 + retention).await;
    assert_eq!(store.complete(&lease).await.unwrap(), Fenced::Ok(()));
    assert_life(retention).await;
    let mut fields: Vec<String> = command(&server, &["HKEYS", &key]).await;
    fields.sort();
    assert_eq!(fields, ["b", "l", "s", "u"]);
    // A released entry leaves its fencing token.
    let lease = acquire(&store, unsigned(2, 8)).await;
    assert_eq!(store.release(&lease).await.unwrap(), Fenced::Ok(()));
    let key = format!("{{wh:orders}}:{}", "02".repeat(32));
    assert!(life(&key).await <= retention);
    let guard = format!("{{wh:orders}}:g:{}", "08".repeat(32));
    assert_eq!(command::<u64>(&server, &["EXISTS", &guard]).await, 0);
}

#[tokio::test]
async fn a_stale_lease_stays_stale_when_the_server_has_lost_everything() {
    let server = Redis::start();
    let (store, other) = (store(&server).await, store(&server).await);
    let lost = acquire(&store, event(1)).await;
    let _: () = command(&server, &["FLUSHALL"]).await;
    store.advance(TTL).await.unwrap();
    let later = acquire(&other, event(1)).await;
    assert!(later.fence() > lost.fence());
    assert_eq!(store.complete(&lost).await.unwrap(), Fenced::Stale);
    assert_eq!(store.release(&lost).await.unwrap(), Fenced::Stale);
    assert_eq!(other.complete(&later).await.unwrap(), Fenced::Ok(()));
}

#[tokio::test]
async fn a_machine_that_was_away_for_too_long_changes_nothing_that_another_one_holds() {
    let server = Redis::start();
    let (slow, quick) = (store(&server).await, store(&server).await);
    let first = acquire(&slow, unsigned(1, 9)).await;
    slow.advance(TTL + TTL).await.unwrap();
    let second = acquire(&quick, unsigned(1, 9)).await;
    assert_eq!(slow.renew(&first, TTL).await.unwrap(), Fenced::Stale);
    assert_eq!(slow.release(&first).await.unwrap(), Fenced::Stale);
    assert!(matches!(claim(&slow, unsigned(2, 9)).await.unwrap(), Claim::InFlight { .. }));
    assert_eq!(quick.complete(&second).await.unwrap(), Fenced::Ok(()));
    assert_eq!(slow.complete(&first).await.unwrap(), Fenced::Stale);
    assert_eq!(claim(&slow, unsigned(2, 9)).await.unwrap(), Claim::Replayed);
}

#[tokio::test]
async fn namespaces_do_not_know_of_each_other() {
    let server = Redis::start();
    for namespace in ["orders", "refunds"] {
        let store = RedisStore::builder(server.url()).with_namespace(namespace).connect().await.unwrap();
        let lease = acquire(&store, unsigned(1, 9)).await;
        assert_eq!(store.complete(&lease).await.unwrap(), Fenced::Ok(()));
    }
}

#[tokio::test]
async fn what_cannot_be_connected_to_is_refused_with_the_cure() {
    for namespace in ["", "a b", "a{b", "a}b", "ä"] {
        let builder = RedisStore::builder("redis://127.0.0.1/").with_namespace(namespace);
        let refused = builder.connect().await.unwrap_err();
        assert!(matches!(refused, OpenError::Namespace), "{namespace}: {refused:?}");
    }
    for url in ["", "postgres://user:hunter2@127.0.0.1/", "not a url hunter2", "http://hunter2/"] {
        let refused = RedisStore::connect(url).await.unwrap_err();
        assert!(matches!(refused, OpenError::Url(_)), "{url}: {refused:?}");
        assert!(refused.to_string().contains("redis://user:password@host:6379/0"), "{refused}");
        assert!(
            !causes(&refused).contains("hunter2") && !format!("{refused:?}").contains("hunter2"),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_password_is_in_no_text() {
    let server = Redis::start();
    let url = user(&server, &[]).await;
    let store = RedisStore::connect(&url).await.unwrap();
    assert!(!format!("{store:?}").contains("hunter2"));
    let refused = RedisStore::connect(url.replace("hunter2", "hunter3")).await.unwrap_err();
    assert!(
        !causes(&refused).contains("hunter3") && !format!("{refused:?}").contains("hunter3"),
        "{refused:?}"
    );
}

#[test]
fn the_refusal_of_an_inbox_names_the_stores_that_can_be_one() {
    assert!(NO_INBOX.contains("sqlite:") && NO_INBOX.contains("postgres://"));
}

/// Creates a user with all rights except these.
async fn user(server: &Redis, rights: &[&str]) -> String {
    let command_line =
        [&["ACL", "SETUSER", "limited", "reset", "on", ">hunter2", "~*", "&*", "+@all"], rights].concat();
    let _: () = command(server, &command_line).await;
    server.url().replace("redis://", "redis://limited:hunter2@")
}
