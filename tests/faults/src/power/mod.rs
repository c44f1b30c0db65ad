//! Power losses, by replaying what a process wrote.
//!
//! strace records every write, truncation, deletion and sync of a [`ledger`](../../src/bin/ledger.rs) under its files, and
//! the lines in which it acknowledges events. A [`Recording`] can be cut off at any of these: what was written before a sync
//! began that has ended is on the disk, and of the rest any part may be, sector by sector and in any order. A new process opens each
//! such state.
//!
//! The names of files are on the disk with the next sync of any file, as with a filesystem that has a journal.

mod disk;
mod record;
mod trace;

pub use disk::{Disk, Lost};
pub use record::Recording;
