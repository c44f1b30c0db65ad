//! The durable store of one machine: SQLite, with one writer and group commit.
//!
//! It remembers deliveries ([`DedupeStore`](countersign_inbox::DedupeStore)), keeps events until they are handled
//! ([`Inbox`](countersign_inbox::Inbox)), and shows both to operators ([`OpsStore`](countersign_inbox::OpsStore)). It is
//! for one process on one machine. Where several share the work, use PostgreSQL.
//!
//! # Quick start
//!
//! ```
//! use std::time::Duration;
//!
//! use bytes::Bytes;
//! use countersign::providers::preflix;
//! use countersign::{Head, Secret, Signer, SigningRequest, UnixTime, Verifier};
//! use countersign_inbox::{Accepted, ClaimDue, Endpoint, EventState, Fenced, Finish, Inbox, NewEvent, StoredHead};
//! use countersign_sqlite::{OpenError, SqliteStore};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("inbox.db");
//! let store = SqliteStore::open(&path)?;
//!
//! // A second owner would run everything twice.
//! assert!(matches!(SqliteStore::open(&path), Err(OpenError::Owned { .. })));
//!
//! // A verified delivery is stored; only then, the provider is told so.
//! # let now = UnixTime::from_secs(1_700_000_000);
//! # let body = Bytes::from_static(br#"{"id":"evt_7b2","type":"audit.completed","data":{}}"#);
//! # let secret = || Secret::new("a signing secret");
//! # let headers = Signer::new(&preflix::PROVIDER, secret()?)?.sign(&SigningRequest::new(body.clone(), now))?;
//! # let delivery = Verifier::new(&preflix::PROVIDER, secret()?)?.verify(&Head::new(&headers), body, now)?;
//! # let head = StoredHead::new("POST", "/webhooks", headers);
//! let event = NewEvent::new(&Endpoint::new("audits"), &delivery, None, head);
//! let Accepted::New { id, .. } = store.accept(event.clone()).await? else { panic!("it is new") };
//!
//! // Sent again, it is known.
//! let again = store.accept(event.clone()).await?;
//! assert_eq!(again, Accepted::Duplicate { id, state: EventState::Ready, same_body: true });
//!
//! // A worker handles it.
//! let leased = store.claim_due(&ClaimDue::new("audits", "worker 1", 10, Duration::from_secs(30))).await?;
//! assert_eq!((leased.len(), &leased[0].event.body), (1, delivery.body()));
//! assert_eq!(store.finish(&leased[0].lease, &Finish::Done).await?, Fenced::Ok(()));
//! # Ok(())
//! # }
//! ```
//!
//! # How it is durable
//!
//! 1. One thread owns the only connection that writes. What is asked of it while it waits for the disk shares the next
//!    commit, up to 256 operations or 2 MiB: nobody waits for a batch to fill.
//! 2. The log is written with `synchronous = FULL`, which is read back. An answer is given after the commit, and what
//!    only looks (a duplicate) does not wait for the disk.
//! 3. An operation that fails is undone alone. When the disk is full or broken, nobody in the group is answered with
//!    success, the file is opened again where that helps, and it goes on when it can.
//! 4. More than may wait is refused, with 503: see [`with_queue`](SqliteStoreBuilder::with_queue).
//! 5. A lock on the file itself keeps a second owner out, whatever path it opens the file by; one beside the file says
//!    who the owner is. The system frees both when the process ends. What was running then is ready again at once.
//! 6. A file that has a second name (a hard link), or is a mount point itself, is refused: it would have two logs. An owner
//!    whose file, log or index of the log was replaced or deleted answers 503 from the next commit on, moves the log into
//!    the file, and copies a file that was deleted to `inbox.db.rescued-…`. Where no lock works, a number in the file keeps
//!    an owner from writing once there is a later one.
//!
//! # Clocks
//!
//! Events that are due at once have no time, so that no clock delays them. Retries, leases and ages go by a time that goes
//! on from the latest in the file: it is not set back with the clock, and not ahead by more than a process may have been
//! stopped (7 days, or a quarter of the retention). Where the clock of the system is further off, an error is logged,
//! `webhook_clock_step_seconds` says by how much, the probe fails, and nothing is deleted. Set the clock and restart; or, if
//! the clock is right and the file is not, run `countersign inbox accept-clock`
//! ([`accept_clock`](SqliteOps::accept_clock)). Events are accepted and handled meanwhile.
//!
//! # Deployment
//!
//! Beside `inbox.db` are `inbox.db-wal`, `inbox.db-shm` and `inbox.db.lock`: they belong together, on a local disk. The
//! log grows to 32 MiB before it is moved into the file, and beyond that while somebody reads for long: leave room. Copy
//! them with [`backup_to`](SqliteStore::backup_to), never with `cp` while the store is open. Everything is in clear
//! text and readable for its user alone. A disk that acknowledges what it has only cached is not durable, whoever writes
//! to it: `cargo run --release --example accept` compares.
//!
//! # Backup and restore
//!
//! `countersign inbox backup TO` copies the file while the server goes on, and so does [`backup_to`](SqliteStore::backup_to):
//! everything that was acknowledged before it began is in the copy, which is one file. To restore it:
//!
//! 1. Stop the server.
//! 2. Move `inbox.db`, `inbox.db-wal` and `inbox.db-shm` away, all three: SQLite would write a log that is left into the
//!    file that is restored.
//! 3. Copy the backup to `inbox.db`, and start the server.
//!
//! What was accepted since the backup is not in it. What was handled since is handled again when it is sent again, or when
//! the backup holds it as waiting. Fences are above all earlier ones. A backup that is older than 7 days is an alarm of the
//! clock, which an operator accepts.
//!
//! # Operators
//!
//! Operators open the same file from another process with [`attach`](SqliteStore::attach).
//!
//! What is counted, `webhook_group_commit_size` and `webhook_fsync_seconds` among it, is in
//! [`telemetry`](countersign_inbox::telemetry).
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `bundled` | SQLite, compiled in | yes |
//!
//! Without it, the SQLite of the system has to be 3.37 or newer, and should be 3.51.3: older ones can corrupt a file that
//! several connections write (<https://sqlite.org/wal.html#walresetbug>). A warning says so.
//!
//! # Minimum supported Rust version
//!
//! 1.89.

mod backup;
mod blocks;
mod builder;
mod connection;
mod dedupe;
mod error;
mod failpoint;
mod file;
mod filesystem;
mod inbox;
mod ops;
mod owner;
mod rows;
mod schema;
mod store;
mod timeline;
mod upkeep;
mod writer;

pub use backup::BackupError;
pub use builder::SqliteStoreBuilder;
pub use error::OpenError;
pub use ops::SqliteOps;
pub use store::SqliteStore;
