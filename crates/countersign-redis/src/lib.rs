//! Remembers deliveries for many machines in Redis or Valkey: the [`DedupeStore`](countersign_inbox::DedupeStore) of
//! handlers that run behind a claim.
//!
//! It is not an inbox: Redis answers before its replicas have the data, so that a failover can lose an acknowledged
//! event. A lost entry of this store only causes a delivery to be handled again; a lost event of an inbox would
//! never be handled. See [`NO_INBOX`].
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
//! // Computed by `IdentityPolicy::identify` from a verified delivery.
//! let identity = Identity::new(EventKey::from_bytes([1; 32]), Digest::from_bytes([2; 32]));
//! let ttl = Duration::from_secs(30);
//! let request = || ClaimRequest { identity: identity.clone(), token: AttemptToken::random(), ttl };
//! let Claim::Acquired { lease, .. } = store.claim(&request()).await? else { panic!("it is new") };
//! assert!(matches!(store.claim(&request()).await?, Claim::InFlight { .. }));
//! assert_eq!(store.complete(&lease).await?, Fenced::Ok(()));
//! assert_eq!(store.claim(&request()).await?, Claim::Done { same_body: true });
//!
//! // A server with a lower durability than required is refused.
//! # let mut server = countersign_test_servers::Redis::with(&[("appendfsync", "everysec")]);
//! # let url = server.url();
//! let refused = RedisStore::builder(url).require_durability(Durability::Fsync).connect().await.unwrap_err();
//! assert!(refused.to_string().ends_with("set `appendfsync always`"));
//! # Ok(())
//! # }
//! ```
//!
//! # Server requirements
//!
//! Redis 5 or newer, or Valkey; from 7.0 on, deliveries in progress can be finished even if the server's memory is
//! full. The server must be the primary, addressed directly or by a name that follows it.
//!
//! | Setting | Value | Consequence of another value |
//! |---|---|---|
//! | `maxmemory-policy` | `noeviction` | deliveries are evicted; refused unless [`insecure_allow_eviction`](RedisStoreBuilder::insecure_allow_eviction) |
//! | `appendonly` | `yes` | a restart loses all entries; [`Durability::Relaxed`](countersign_inbox::Durability::Relaxed), with a warning |
//! | `appendfsync` | `always` | a power loss loses the last answers; `Relaxed`, with a warning |
//! | `no-appendfsync-on-rewrite` | `no`, the default | nothing is synced while the log is rewritten; `Relaxed`, with a warning |
//!
//! [`connect`](RedisStoreBuilder::connect) reads them once. Managed servers often refuse `CONFIG GET`: the eviction
//! policy is then read from `INFO`, and the store is `Relaxed`, because its durability is unknown.
//!
//! A handled delivery takes about 270 bytes of the server's memory, or twice that with stored signed bytes: 10
//! deliveries per second for 30 days take 7 GB.
//!
//! A user with restricted rights needs the keys `{wh:<namespace>}:*` and the commands `EVALSHA`, `SCRIPT LOAD`,
//! `TIME`, `HMGET`, `HSET`, `HDEL`, `GET`, `SET`, `DEL`, `PEXPIRE` and `EXISTS`, preferably also `INFO` and `CONFIG
//! GET`.
//!
//! # Clusters
//!
//! A delivery and the guard of its signed bytes are changed in one step, so both must be on one node: all keys of a
//! namespace are in one hash slot, `{wh:<namespace>}`. A namespace is therefore never distributed; give each
//! endpoint its own. The URL may name any node: the connection goes to the node of the slot, and follows the slot
//! when it moves (`MOVED`, `ASK`). Keep the node of the URL in service: it is asked for the new node when the node
//! of the slot is gone.
//!
//! # Outages
//!
//! A claim fails within the [response timeout](RedisStoreBuilder::with_response_timeout), or at once if the
//! connection is refused, and the sender receives a 503. No delivery is handled without a claim. The connection
//! recovers automatically.
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

#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod connection;
mod dedupe;
mod error;
mod namespace;
mod script;
mod server;
mod store;

pub use builder::RedisStoreBuilder;
pub use error::{NO_INBOX, OpenError};
pub use store::RedisStore;
