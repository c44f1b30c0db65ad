//! The durable store of one machine: SQLite, with one writer and group commit.
//!
//! It remembers deliveries ([`DedupeStore`](countersign_inbox::DedupeStore)), keeps events until they are handled
//! ([`InboxStore`](countersign_inbox::InboxStore)), and shows both to operators ([`OpsStore`](countersign_inbox::OpsStore)).
//! It is for a single process on one machine. To share the work between machines, use PostgreSQL.
//!
//! # Quick start
//!
//! ```
//! use std::time::Duration;
//!
//! use bytes::Bytes;
//! use countersign::providers::preflix;
//! use countersign::{Head, Secret, Signer, SigningRequest, UnixTime, Verifier};
//! use countersign_inbox::{AttemptNote, Accepted, ClaimDue, IdentityPolicy, EventState, Fenced, Finish, InboxStore, NewEvent, StoredHead};
//! use countersign_sqlite::{OpenError, SqliteStore};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("inbox.db");
//! let store = SqliteStore::open(&path)?;
//!
//! // A second owner would handle every event twice.
//! assert!(matches!(SqliteStore::open(&path), Err(OpenError::Owned { .. })));
//!
//! // A verified delivery is stored before the provider gets its response.
//! # let now = UnixTime::from_secs(1_700_000_000);
//! # let body = Bytes::from_static(br#"{"id":"evt_7b2","type":"audit.completed","data":{}}"#);
//! # let secret = || Secret::new("a signing secret");
//! # let headers = Signer::new(&preflix::PROVIDER, secret()?)?.sign(&SigningRequest::new(body.clone(), now))?;
//! # let delivery = Verifier::new(&preflix::PROVIDER, secret()?)?.verify(&Head::new(&headers), body, now)?;
//! # let head = StoredHead::new("POST", "/webhooks", headers);
//! let event = NewEvent::new(&IdentityPolicy::new("audits"), &delivery, head);
//! let Accepted::New { id, .. } = store.accept(event.clone()).await? else { panic!("it is new") };
//!
//! // A repeated delivery is a duplicate.
//! let again = store.accept(event.clone()).await?;
//! assert_eq!(again, Accepted::Duplicate { id, state: EventState::Ready, same_body: true });
//!
//! // A worker handles it.
//! let leased = store.claim_due(&ClaimDue::new("audits", "worker 1", 10, Duration::from_secs(30))).await?;
//! assert_eq!((leased.len(), &leased[0].event.body), (1, delivery.body()));
//! assert_eq!(store.finish(&leased[0].lease, &Finish::Done, AttemptNote::NONE).await?, Fenced::Ok(()));
//! # Ok(())
//! # }
//! ```
//!
//! # Durability
//!
//! 1. One thread owns the only writing connection. Operations that arrive while it waits for the disk share the
//!    next commit, up to 256 operations or 2 MiB; no operation waits for a batch to fill.
//! 2. The log is written with `synchronous = FULL`, which is verified by reading it back. An answer is given after
//!    the commit; an operation that only reads (a duplicate) does not wait for the disk.
//! 3. A failing operation is undone alone. If the disk is full or broken, no operation of the group reports
//!    success, the file is reopened if that helps, and the store continues when it can.
//! 4. Operations beyond the limits of the queue are refused, with 503: see
//!    [`with_queue`](SqliteStoreBuilder::with_queue).
//! 5. A lock on the file itself excludes a second owner, whatever path it opens the file by; a lock file next to it
//!    names the owner. The system releases both when the process ends. Events that were running are then ready
//!    again at once.
//! 6. A file that has a second name (a hard link), or is a mount point itself, is refused, because it would have
//!    two logs. An owner whose file, log or index of the log was replaced or deleted responds with 503 from the
//!    next commit on, moves the log into the file, and copies a deleted file to `inbox.db.rescued-…`. A file over which a copy is
//!    written (`cp`) is found by numbers in its header: the owner leaves it as it is, and puts the log aside. Each backup and each start
//!    of an owner has a number of its own, which also rises once a minute; a copy that shortens the file is found, too. On Linux, so is
//!    other content of the log or its index (`cp`, `truncate`), by the end of the last commit, before and after each commit: a log that is no longer the one of
//!    the file is put aside as `inbox.db.replaced-…-wal`, and one whose index alone was written over is read again at the next start. An operator answers an error
//!    then, and moves nothing into the file. If locks do
//!    not work at all, a number in the file prevents an owner from writing once there is a later one.
//!
//! # Clocks
//!
//! Events that are due at once have no time, so that no clock delays them. Retries, leases and ages use a time that
//! continues from the latest one in the file, and is not set back with the clock. What the clock may be ahead of the file depends on what
//! is known about the time in between:
//!
//! * On Linux, the file has the time since the machine was started, too. If it was not started again, it is known for how long the
//!   store was closed: a clock that was set by more than an hour since, or while it was open, is wrong, before or now.
//!   A virtual machine that was paused looks the same, because its uptime stands still; so does one without a clock that was set from the
//!   network after the first start: accept the clock then. An open store is not affected before it is opened again.
//! * After a start of the machine, and on other systems, a closed store and a clock that is ahead look alike. A clock that is ahead by up to
//!   7 days (or a quarter of the retention) is followed, but for 10 minutes nothing is deleted, and the file keeps its
//!   time: set the clock and restart within them, and nothing is left of it. A clock that is further ahead is wrong.
//!
//! If the clock is wrong, an error is logged, `webhook.clock_step` shows the difference, the probe fails, and nothing is
//! deleted. Set the clock and restart; or, if the clock is right and the file is not, run `countersign inbox
//! accept-clock` ([`accept_clock`](SqliteOps::accept_clock)). Events are accepted and handled meanwhile. A clock of your own
//! ([`with_clock`](SqliteStoreBuilder::with_clock)) is not compared with the machine.
//!
//! # Deployment
//!
//! Next to `inbox.db` are `inbox.db-wal`, `inbox.db-shm` and `inbox.db.lock`: they belong together, on a local
//! disk. The log grows to 32 MiB before it begins anew, and further during long reads, such as a backup: leave room for
//! it. Threads beside the writer move it into the file, so that commits wait little for that (with an SQLite before
//! 3.51.3 commits move it). On Linux, `inbox.db.reserve` occupies 64 MiB: see [full disks](#full-disks). Copy the files with [`backup_to`](SqliteStore::backup_to), never with `cp` while the store is open. All data
//! is in clear text and readable for its user only. A disk that acknowledges cached writes is not durable for any
//! program: `cargo run --release -p countersign-sqlite --example throughput` reveals it.
//!
//! # Full disks
//!
//! On a full disk accepts are answered with 503, and the probe fails. Deleting needs room, too, because it is written to
//! the log first. On Linux, the file `inbox.db.reserve` keeps that room: 64 MiB, and on volumes below 1 GiB a sixteenth of the
//! volume, with a log of half of that. If a purge, a discard or the retention finds the disk full, it truncates the reserve, moves the log into the file and
//! goes on in smaller parts. Until the reserve is taken again, new events are stored in the pages of the file that were freed,
//! and the log is moved after each commit. The owner takes the space again once a quarter more than it is free.
//! A volume that has no room for it at the start, and a filesystem that does not allocate space in advance (`fallocate`), have no
//! reserve, which the log says. During a backup or another long read the log may outgrow the reserve. With an SQLite before
//! 3.51.3, another process than the owner does not move the log: its purge on a full disk may fail until the owner has.
//!
//! # Backup and restore
//!
//! `countersign inbox backup TO` and [`backup_to`](SqliteStore::backup_to) copy the file while the server runs: the
//! copy is a single file with everything that was acknowledged before it began. To restore it:
//!
//! 1. Stop the server.
//! 2. Run `countersign inbox restore BACKUP --store sqlite:inbox.db`, or call [`restore`](SqliteStore::restore). It fails while
//!    a process has the store open, which a console or `countersign inbox watch` is, too, checks the backup, keeps the old file under another name, and raises the fences above
//!    all earlier ones. On Linux, a restore that is killed leaves the old store or the new one, and perhaps a file
//!    `inbox.db.replaced-…` with the other.
//! 3. Start the server.
//!
//! Events that were accepted since the backup are not in it. Events that were handled since are handled again if
//! they are sent again, or if the backup has them waiting. A backup that is
//! older than 7 days raises a clock alarm, which an operator must accept, unless it was made since the machine was started.
//!
//! # Operators
//!
//! Operators open the same file from another process with [`attach`](SqliteStore::attach).
//!
//! The metrics, including `webhook.group_commit.size` and `webhook.fsync.duration`, are listed in
//! [`telemetry`](countersign_inbox::telemetry).
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `bundled` | SQLite, compiled in | yes |
//!
//! Without it, the SQLite of the system must be 3.37 or newer, and should be 3.51.3 or newer: older ones can
//! corrupt a file that several connections write (<https://sqlite.org/wal.html#walresetbug>). A warning is logged
//! for those.
//!
//! # Minimum supported Rust version
//!
//! 1.89.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod backup;
mod blocks;
mod builder;
mod connection;
mod convert;
mod dedupe;
mod error;
mod failpoint;
mod file;
mod file_lock;
mod filesystem;
mod header;
mod inbox;
mod log_state;
mod maintenance;
mod number;
mod ops;
mod reserve;
mod restore;
mod schema;
mod sql;
mod store;
mod stored_time;
mod timeline;
mod uptime;
mod writer;

pub use backup::BackupError;
pub use builder::SqliteStoreBuilder;
pub use error::OpenError;
pub use ops::SqliteOps;
pub use store::SqliteStore;
