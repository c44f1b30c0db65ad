use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::connection::RESET_FIXED;
use crate::error::Failure;
use crate::reserve::{PAGE, Reserve};

/// The room on the volume, as a session that writes finds it.
pub(super) struct Room {
    reserve: Reserve,
    is_owner: bool,
    /// The free space in bytes while the reserve is released.
    free: Option<u64>,
}

/// The state of a volume whose reserve was released.
pub(super) struct LowDisk {
    free: u64,
    /// The pages that new events leave unused.
    spare: i64,
}

impl Room {
    pub(super) fn new(reserve: Reserve, is_owner: bool) -> Self {
        Self { reserve, is_owner, free: None }
    }

    /// Notes whether the reserve was released. The owner takes it again if there is room. Called before each group.
    pub(super) fn check(&mut self) {
        self.free = if self.is_owner { self.reserve.take_again() } else { self.reserve.released() };
    }

    /// Makes room for a deletion on a full disk: releases the reserve, and moves the log into the file, so that the log is
    /// written from its beginning again.
    pub(super) fn make(&mut self, connection: &Connection) {
        tracing::warn!("the disk is full: the reserved space is released for a deletion");
        self.reserve.release();
        self.free = self.free.or(Some(0));
        let start = Instant::now();
        // Another connection that is moving the log may have found no room yet.
        while !self.move_log(connection) && start.elapsed() < PATIENCE {
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// Moves the log into the file after a commit while the reserve is released: neither the log nor what the file has to
    /// grow by for it may use up the released space.
    pub(super) fn keep_log_small(&self, connection: &Connection) {
        if self.free.is_some() {
            self.move_log(connection);
        }
    }

    pub(super) fn low_disk(&self) -> Option<LowDisk> {
        self.free.map(|free| LowDisk { free, spare: self.reserve.spare_pages() })
    }

    /// Returns whether no other connection was moving the log.
    fn move_log(&self, connection: &Connection) -> bool {
        // Two connections that move the log could corrupt the file with an older SQLite.
        if !self.is_owner && rusqlite::version_number() < RESET_FIXED {
            return true;
        }
        match connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get::<_, bool>(0)) {
            Ok(is_busy) => !is_busy,
            Err(error) => {
                tracing::warn!(%error, "the log was not moved into the file");
                true
            }
        }
    }
}

impl LowDisk {
    /// Checks whether an event of this many bytes fits into unused pages of the file.
    pub(super) fn check(&self, unused: i64, bytes: usize) -> Result<(), Failure> {
        let needed = i64::try_from(bytes).unwrap_or(i64::MAX) / PAGE + ROW_PAGES;
        if unused < self.spare.saturating_add(needed) {
            return Err(Failure::LowDisk { free: self.free });
        }
        Ok(())
    }
}

/// The time to wait for another connection that moves the log.
const PATIENCE: Duration = Duration::from_secs(1);
const LOOK_AGAIN: Duration = Duration::from_millis(1);
/// The largest number of pages that a row adds to the tables and indexes, apart from its content.
const ROW_PAGES: i64 = 16;
