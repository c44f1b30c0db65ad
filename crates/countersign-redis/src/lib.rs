//! Remembers deliveries for many machines in Redis or Valkey: the [`DedupeStore`](countersign_inbox::DedupeStore) of
//! handlers that run behind a claim.
//!
//! It is not an inbox: Redis answers before its replicas know, so that a failover can lose an event that was
//! acknowledged. What is remembered here can be lost at the price of handling a delivery again; what was accepted and
//! not yet handled cannot. See [`NO_INBOX`].
//!
//! # Quick start
//!
//! ```
//! # use countersign_test_servers::redis_url;
//! use std::time::Duration;
//!
//! use countersign_inbox::{AttemptToken, Claim, ClaimRequest, DedupeStore, Digest, Durability, EventKey, Fenced, Identity};
//! use countersign_redis::RedisStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let url = redis_url();
//! // redis://user:password@host:6379/0
//! let store = RedisStore::builder(url).with_namespace("orders").connect().await?;
//!
//! // By `Endpoint::identify`, from a verified delivery.
//! let identity = Identity::new(EventKey::from_bytes([1; 32]), Digest::from_bytes([2; 32]));
//! let ttl = Duration::from_secs(30);
//! let request = || ClaimRequest { identity: identity.clone(), token: AttemptToken::random(), ttl };
//! let Claim::Acquired { lease, .. } = store.claim(&request()).await? else { panic!("it is new") };
//! assert!(matches!(store.claim(&request()).await?, Claim::InFlight { .. }));
//! assert_eq!(store.complete(&lease).await?, Fenced::Ok(()));
//! assert_eq!(store.claim(&request()).await?, Claim::Done { same_body: true });
//!
//! // A server that could forget is refused where that was asked for.
//! # let mut server = countersign_test_servers::Redis::with(&[("appendfsync", "everysec")]);
//! # let url = server.url();
//! let refused = RedisStore::builder(url).require_durability(Durability::Fsync).connect().await.unwrap_err();
//! assert!(refused.to_string().ends_with("set `appendfsync always`"));
//! # Ok(())
//! # }
//! ```
//!
//! # What the server has to be
//!
//! Redis 5 or newer, or Valkey; from 7.0 on, what is in flight can be finished even when its memory is full. The
//! primary, directly or through a name that follows it.
//!
//! | Setting | Value | Otherwise |
//! |---|---|---|
//! | `maxmemory-policy` | `noeviction` | deliveries are forgotten to make room; refused unless [`insecure_allow_eviction`](RedisStoreBuilder::insecure_allow_eviction) |
//! | `appendonly` | `yes` | a restart forgets; [`Durability::Relaxed`](countersign_inbox::Durability::Relaxed), with a warning |
//! | `appendfsync` | `always` | a loss of power takes the last answers; the same |
//! | `no-appendfsync-on-rewrite` | `no`, the default | nothing is synced while the log is rewritten; the same |
//!
//! They are read once, by [`connect`](RedisStoreBuilder::connect). Managed servers often refuse `CONFIG GET`: then the
//! eviction policy is read from `INFO`, and the store is `Relaxed`, because nobody can tell.
//!
//! A handled delivery takes about 270 bytes of the server's memory, with signed bytes that are kept as well about twice
//! that: 10 deliveries per second and 30 days are 7 GB.
//!
//! A user with restricted rights needs the keys `{wh:<namespace>}:*` and the commands `EVALSHA`, `SCRIPT LOAD`, `TIME`,
//! `HMGET`, `HSET`, `HDEL`, `GET`, `SET`, `DEL`, `PEXPIRE` and `EXISTS`, better also `INFO` and `CONFIG GET`.
//!
//! # Clusters
//!
//! A delivery and what guards its signed bytes are changed in one step, and so have to be on one node: all keys of a
//! namespace are in one hash slot, `{wh:<namespace>}`. One namespace is thus never spread; give each endpoint its own.
//! The URL may name any node: the connection goes to the one that has the slot, and follows it (`MOVED`, `ASK`) when it moves
//! to another. Keep that of the URL in service: where the node of the slot is gone, it is asked for the new one.
//!
//! # When the server is away
//!
//! A claim fails within the [response timeout](RedisStoreBuilder::with_response_timeout), at once where the connection is
//! refused, and the sender gets 503. Nothing is handled unclaimed. The connection comes back by itself.
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `tls` | `rediss://` URLs, with rustls: its crypto provider is that of the process, or aws-lc-rs where none is installed | no |
//!
//! # Minimum supported Rust version
//!
//! 1.88.

mod builder;
mod connection;
mod error;
mod inbox;
mod namespace;
mod script;
mod server;
mod store;
#[cfg(feature = "tls")]
mod tls;

pub use builder::RedisStoreBuilder;
pub use error::ConnectError;
pub use inbox::NO_INBOX;
pub use store::RedisStore;
