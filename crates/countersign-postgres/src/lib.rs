//! The durable store of many machines: PostgreSQL, for inline mode and for the inbox.
//!
//! It runs no handlers and implements no HTTP; countersign-inbox and the adapters do. Effects of a handler on other
//! systems can happen twice; writes in the same database do not, with [`commit_with`](PostgresStore::commit_with).
//!
//! # Quick start
//!
//! ```no_run
//! use std::error::Error;
//!
//! use countersign::providers::preflix;
//! use countersign::{Delivery, SecretSet, Verifier};
//! use countersign_inbox::{CommitError, Context, Endpoint, Inbox};
//! use countersign_postgres::PostgresStore;
//! use sqlx::query;
//!
//! // Its writes and the end of its attempt share a commit.
//! async fn audited(
//!     store: PostgresStore,
//!     delivery: Delivery,
//!     context: Context,
//! ) -> Result<(), CommitError<sqlx::Error>> {
//!     let report = delivery.body().to_vec();
//!     store
//!         .commit_with(&context, async |mut tx| {
//!             query("INSERT INTO audit (report) VALUES ($1)").bind(report).execute(&mut **tx).await?;
//!             Ok(())
//!         })
//!         .await
//! }
//!
//! async fn start(url: &str) -> Result<Inbox, Box<dyn Error>> {
//!     // Creates the tables in the schema `countersign` if they do not exist.
//!     let store = PostgresStore::connect(url).await?;
//!     let verifier = Verifier::new(&preflix::PROVIDER, SecretSet::from_env("PREFLIX_SECRET")?)?;
//!     let endpoint = Endpoint::new("audits", verifier).otherwise_with(store.clone(), audited);
//!     Ok(Inbox::start(store, [endpoint])?)
//! }
//! ```
//!
//! Code that manages its own transaction ends the attempt in it with [`finish_in`](countersign_inbox::TxInbox::finish_in).
//!
//! # Storage
//!
//! - `event` has a row per event, with its key unique over all days; `body` and `attempt` are partitioned by day,
//!   so that old data is dropped instead of deleted. `claim` has a row per delivery of inline mode, and is
//!   independent of events: a source that changes from one mode to the other starts without remembered ids.
//! - Events that arrive together are stored by one statement, and attempts that end together are ended by one. No
//!   operation waits for others: the operations that have accumulated during the last batches form the next one.
//! - The clock of the server decides about leases and due times. Fences are above the clock in microseconds and
//!   above a sequence. They are therefore above all earlier ones of their key after a failover or a restore, which
//!   may set the sequence back, and when a forgotten key comes again.
//! - Triggers count events by source and state: each statement adds a row to `event_delta`, and the store folds
//!   them into `event_total` every few seconds, with a bound before which no event of a source is due in `due_bound`. `stats` reads as many
//!   rows as there are sources, independently of locks and old snapshots. Except: while an old snapshot is held, it reads a block for each
//!   12 to 20 events that were given back, or that waited for an earlier one with their ordering key, since then. Kinds of errors are counted in `error_delta` and `error_pattern`, independently of locks; to read or
//!   fold them takes longer while an old snapshot keeps the rows of `error_delta` that were folded.
//! - A claim starts its search where no event can be added any more, instead of at the first entry of the index,
//!   which an old snapshot keeps. Claims are a function in the schema, with settings under which each connection
//!   keeps one plan of them: planning takes several times as long as a claim that finds nothing.
//! - `replay`, `discard` and `purge` change up to 200 events per transaction, with one entry in the audit log. The search
//!   for the next events takes no lock, and rows that are locked are waited for at the end, for a second. What is locked then is left alone,
//!   and [reported](countersign_inbox::Changed::held).
//! - `countersign.now_()` is the time of all statements. Tests may replace it.
//!
//! # Failures
//!
//! | Failure | Effect |
//! |---|---|
//! | A connection breaks, the server restarts | The operation is repeated once on another connection. A change of a pause, a limit or a circuit is not, if it may have been made: an error says so |
//! | The pool is empty | [`StoreError::Unavailable`](countersign_inbox::StoreError) after 2 s |
//! | The server does not answer | The same after 5 s; operations in a batch that failed, within a multiple of these |
//! | A handler is cancelled in `begin` | The transaction is rolled back. In `pool().begin()` it stays open, and the next statements on its connection are never committed: use [`begin`](PostgresStore::begin) |
//! | A statement times out, its caller is cancelled | The server ends it by `statement_timeout`, or it is cancelled there; its connection occupies the pool until then. The pool has a connection for that, so that the server has no more processes for the store than the pool has connections ([limits](PostgresStoreBuilder::with_max_connections)) |
//! | The process is killed | The server ends its statements within a second (PostgreSQL 14 or later, on Linux or macOS) |
//! | A transaction stays open | Only the events that it has locked are blocked: a batch waits 50 ms for them, and continues without them |
//! | The standby that commits wait for is gone | The same as for a server that does not answer; commits without a waiting caller are ended in the server |
//! | A deadlock, a serialisation failure | The operation is repeated |
//! | A partition is missing | The default partition is used; its rows move once the partition exists |
//!
//! # Deployment
//!
//! - [`Durability`](countersign_inbox::Durability) is read from the server: `Fsync` with the defaults of PostgreSQL,
//!   `Replicated` where `synchronous_standby_names` is set and `synchronous_commit` is `on` or `remote_apply`, `Relaxed`
//!   where `fsync` or `synchronous_commit` is off. `Replicated` is so of duplicates, too: each is acknowledged when a standby
//!   has what was stored first. After a failover to a standby that is not synchronous, what was
//!   acknowledged last may be missing.
//! - `connect` keeps the `synchronous_commit` that it finds: each connection of a pool of this crate sets it, so that a later `ALTER SYSTEM`,
//!   `ALTER DATABASE` or `ALTER ROLE` holds after a restart of the service alone. If the durability becomes lower in spite of that, by `fsync` or
//!   `synchronous_standby_names`, new connections are refused and `probe` fails, with the setting in the error and in the log. Of a
//!   [given](PostgresStore::from_pool) pool, `probe` alone can tell, for `synchronous_commit`, too.
//! - Migrations only add, so that instances are upgraded one after the other while all of them run. An old binary
//!   refuses tables that are too new for it. A role that may not change tables uses
//!   [`without_migrations`](PostgresStoreBuilder::without_migrations). What a migration adds belongs to the owner of `event`, also if a
//!   superuser migrates.
//! - A [given](PostgresStore::from_pool) pool is used unchanged. If its plans are cached for long and the tables
//!   grow quickly, set `SET enable_seqscan = off` on its connections, as pools of this crate do.
//! - Connections of this crate prepare statements and set `enable_seqscan`, `jit`, `synchronous_commit`, `statement_timeout` and `client_connection_check_interval`: a pooler
//!   in between must give each of them a session of its own (PgBouncer: `pool_mode = session`).
//!   [`connect`](PostgresStore::connect) refuses one that does not, such as `pool_mode = transaction`. It takes a second connection to find
//!   out, and fails without one.
//! - `NOTIFY` is not used, because it takes a lock that all commits wait for. Workers of other processes query the
//!   sources with due events, all of them with one statement, about once a second.
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `tls` | TLS to the server, with rustls and ring | no |
//!
//! # Minimum supported Rust version
//!
//! 1.94, that of sqlx.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod batch;
mod builder;
mod convert;
mod dedupe;
mod error;
mod failpoint;
mod frontier;
mod inbox;
mod inner;
mod maintenance;
mod ops;
mod pooler;
mod schema;
mod server;
mod session;
mod sql;
mod store;

pub use builder::PostgresStoreBuilder;
pub use error::OpenError;
pub use inbox::EffectTransaction;
pub use store::PostgresStore;
