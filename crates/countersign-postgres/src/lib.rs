//! The durable store of many machines: PostgreSQL, for inline mode and for the inbox.
//!
//! It runs no handlers and serves no HTTP: that is what countersign-inbox does with it. What a handler does elsewhere can
//! happen twice; what it writes in the same database does not, with [`finish_in`](countersign_inbox::TxInbox::finish_in).
//!
//! # Quick start
//!
//! ```no_run
//! use countersign_inbox::{Fenced, Inbox, Leased, TxInbox};
//! use countersign_postgres::PostgresStore;
//!
//! # async fn example(leased: Leased) -> Result<(), Box<dyn std::error::Error>> {
//! // Makes the tables, in the schema `countersign`, if they are not there.
//! let store = PostgresStore::connect("postgres://user:password@localhost/shop").await?;
//!
//! // In a handler: what it writes and the end of its attempt are one commit.
//! let mut tx = store.pool().begin().await?;
//! sqlx::query("INSERT INTO payment (event) VALUES ($1)").bind(leased.event.id.get()).execute(&mut *tx).await?;
//! match store.finish_in(&mut tx, &leased.lease).await? {
//!     Fenced::Ok(()) => tx.commit().await?,
//!     // Somebody else has the event.
//!     Fenced::Stale => tx.rollback().await?,
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # How it is stored
//!
//! - `event` has a row per event, with its key unique over all days; `body` and `attempt` are partitioned by the day, so
//!   that what is old is dropped and not deleted. `claim` has a row per delivery of inline mode, and knows nothing of
//!   events: a source that changes from one mode to the other starts without a memory.
//! - Events that arrive together are stored by one statement, and so are attempts that end together. Nobody waits for
//!   others to come: what piles up while the last batches are on their way is the next one.
//! - The clock of the server decides about leases and due times. Fences are above the clock in microseconds and above a
//!   sequence, so that they are above all earlier ones of their key after a failover or a restore, which may set the sequence
//!   back, and when a key comes back after it was forgotten.
//! - Triggers count events by source and state: each transaction adds rows of its own to `event_delta`, and the store folds
//!   them into `event_total` every few seconds. `stats` reads as many rows as there are sources, whatever holds a lock or an
//!   old snapshot.
//! - A claim begins where nothing can come any more, and not at the first entry of the index, which an old snapshot keeps.
//! - `countersign.now_()` is the time of all statements. Tests may replace it.
//!
//! # When something fails
//!
//! | What | What happens |
//! |---|---|
//! | A connection breaks, the server restarts | The operation is repeated once with another connection |
//! | The pool is empty | [`StoreError::Unavailable`](countersign_inbox::StoreError) after 2 s |
//! | The server does not answer | The same after 5 s; what waits in a batch that failed, within some more of these |
//! | A statement is given up | The server ends it by `statement_timeout`; its connection keeps its place in the pool until then |
//! | A transaction stays open | The events that it has locked are held up, and nothing else: a batch waits 50 ms for them, and goes on without them |
//! | The standby is gone that commits wait for | The same as for a server that does not answer; commits that no caller waits for any more are ended in the server |
//! | A deadlock, a serialisation failure | The operation is repeated |
//! | A partition is missing | There is a common one; what is in it moves when there is |
//!
//! # Deployment
//!
//! - [`Durability`](countersign_inbox::Durability) is read from the server: `Fsync` with the defaults of PostgreSQL,
//!   `Replicated` where `synchronous_standby_names` is set and `synchronous_commit` is `on` or `remote_apply`, `Relaxed`
//!   where `fsync` or `synchronous_commit` is off. `Replicated` is so of duplicates, too: each is acknowledged when a standby
//!   has what was stored first. After a failover to a standby that is not synchronous, what was
//!   acknowledged last may be missing.
//! - Migrations only add, so that machines are upgraded one after the other while all of them run. Tables that are too new
//!   for an old binary are refused. A role that may not change tables uses
//!   [`without_migrations`](PostgresStoreBuilder::without_migrations).
//! - A pool that is [given](PostgresStore::from_pool) is used as it is. With plans that are kept for long and tables that
//!   grow quickly, `SET enable_seqscan = off` for its connections is what pools of this crate have.
//! - Connections of this crate prepare statements and set `enable_seqscan`, `jit` and `statement_timeout`: a pooler in
//!   between has to give each of them a session of its own (PgBouncer: `pool_mode = session`). One that does not, with
//!   `pool_mode = transaction`, is refused by [`connect`](PostgresStore::connect).
//! - Nothing is sent by `NOTIFY`: it would take a lock that all commits wait for. Workers of other processes look for the
//!   sources that have something due, all of them with one statement, about once a second.
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

mod accept;
mod batch;
mod builder;
mod core;
mod dedupe;
mod error;
mod failpoint;
mod finish;
mod frontier;
mod inbox;
mod ops;
mod pooler;
mod schema;
mod server;
mod session;
mod sql;
mod store;
mod text;
mod tx;
mod units;
mod upkeep;
mod work;

pub use builder::PostgresStoreBuilder;
pub use error::ConnectError;
pub use store::PostgresStore;
