//! Helpers shared by the tests of outages and settings.

#![allow(dead_code, reason = "each test needs a part of it")]

use std::time::Duration;

use countersign_inbox::{
    AttemptToken, Claim, ClaimRequest, DedupeStore, Digest, EventKey, Identity, Lease, StoreError,
    UnsignedIds,
};
use countersign_redis::RedisStore;
use countersign_test_servers::Redis;
use redis::{Client, FromRedisValue};

pub(crate) const TTL: Duration = Duration::from_secs(30);
/// Longer than any operation takes: a test that needs it fails.
pub(crate) const NEVER: Duration = Duration::from_secs(60);

/// Returns a store with a movable clock.
pub(crate) async fn store(server: &Redis) -> RedisStore {
    RedisStore::builder(server.url()).with_moved_clock().with_response_timeout(NEVER).connect().await.unwrap()
}

pub(crate) fn event(id: u8) -> Identity {
    Identity::new(EventKey::from_bytes([id; 32]), Digest::from_bytes([id; 32]))
}

/// Returns an identity with this unsigned id and these signed bytes.
pub(crate) fn unsigned(id: u8, body: u8) -> Identity {
    event(id).with_guard(Digest::from_bytes([body; 32]), UnsignedIds::Reject)
}

pub(crate) fn request(identity: Identity) -> ClaimRequest {
    ClaimRequest { identity, token: AttemptToken::random(), ttl: TTL }
}

pub(crate) async fn claim(store: &RedisStore, identity: Identity) -> Result<Claim, StoreError> {
    store.claim(&request(identity)).await
}

pub(crate) async fn acquire(store: &RedisStore, identity: Identity) -> Lease {
    match claim(store, identity).await.unwrap() {
        Claim::Acquired { lease, .. } => lease,
        other => panic!("acquired was expected, and it is {other:?}"),
    }
}

/// Runs a command as an operator.
pub(crate) async fn command<T: FromRedisValue>(server: &Redis, command: &[&str]) -> T {
    let mut connection =
        Client::open(server.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let (name, arguments) = command.split_first().unwrap();
    redis::cmd(name).arg(arguments).query_async(&mut connection).await.unwrap()
}

/// Returns the error with all its sources.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", causes(source)),
        None => error.to_string(),
    }
}
