//! Reserves space for deletions: deleting events writes to the log first, and a full disk has no room for it.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{OpenError, has_no_room};
use crate::filesystem::{beside, free, private, size};

/// A file next to the database that only occupies space. Deletions release the space if the disk is full, and the owner
/// takes it back when there is room.
///
/// The space is enough for everything in the log that the database file must grow by, and for the log of a deletion. On a
/// small volume the reserve and the log are smaller.
#[derive(Clone, Debug)]
pub(crate) struct Reserve {
    path: PathBuf,
    bytes: u64,
    /// Whether the filesystem has refused to allocate space in advance.
    is_unsupported: Arc<AtomicBool>,
}

impl Reserve {
    /// Plans the reserve of a database, according to the size of the volume.
    pub(crate) fn of(database: &Path) -> Self {
        let volume = database.parent().and_then(size).unwrap_or(u64::MAX);
        Self::of_bytes(database, LARGEST.min(volume / SHARE))
    }

    /// Plans a reserve of so many bytes.
    pub(crate) fn of_bytes(database: &Path, bytes: u64) -> Self {
        Self { path: beside(database, ".reserve"), bytes, is_unsupported: Arc::default() }
    }

    /// Returns the number of pages in the log from which it is moved into the file: half of the reserve.
    pub(crate) fn log_pages(&self) -> i64 {
        (self.bytes / 2 / PAGE as u64).max(1) as i64
    }

    /// Returns the size to which the log is truncated after a burst: what is in it must fit into the reserve.
    pub(crate) fn log_bytes(&self) -> i64 {
        (self.bytes / 4 * 3) as i64
    }

    /// Returns the pages of the file that new events leave unused while the reserve is missing, for the handling of stored
    /// events.
    pub(crate) fn spare_pages(&self) -> i64 {
        (self.bytes / 64 / PAGE as u64) as i64
    }

    /// Returns the free space in bytes if the reserve was released and not taken again.
    pub(crate) fn released(&self) -> Option<u64> {
        let is_released = fs::metadata(&self.path).is_ok_and(|found| !self.is_allocated(&found));
        is_released.then(|| free(self.path.parent()?)).flatten()
    }

    /// Returns whether the free space is a few times the reserve at most.
    pub(crate) fn is_needed_soon(&self) -> bool {
        self.path.parent().and_then(free).is_some_and(|free| free < self.bytes.saturating_mul(4))
    }

    /// Takes the space if it is not reserved and there is room. Otherwise returns the free space in bytes, if the reserve was released.
    pub(crate) fn take_again(&self) -> Option<u64> {
        let found = fs::metadata(&self.path).ok();
        if found.as_ref().is_some_and(|found| self.is_allocated(found))
            || self.is_unsupported.load(Ordering::Relaxed)
        {
            return None;
        }
        let free = free(self.path.parent()?)?;
        let has_room = free >= self.bytes.saturating_add(self.bytes / 4);
        match if has_room { self.take() } else { Err(ErrorKind::StorageFull.into()) } {
            Ok(()) => None,
            Err(error) if error.kind() == ErrorKind::StorageFull => found.map(|_| free),
            Err(error) => {
                tracing::warn!(
                    %error,
                    path = %self.path.display(),
                    "no space was reserved for deletions: if the disk is full, make room before you purge"
                );
                self.is_unsupported.store(true, Ordering::Relaxed);
                None
            }
        }
    }

    /// Takes the space when the store is opened.
    pub(crate) fn begin(&self) {
        self.take_again();
        if fs::metadata(&self.path).is_err()
            && !self.is_unsupported.load(Ordering::Relaxed)
            && cfg!(target_os = "linux")
        {
            tracing::warn!(
                bytes = self.bytes,
                "the volume has too little room to reserve some for deletions: make room before the disk is full"
            );
        }
    }

    /// Opens a store. If the volume has no room for the index of the log, the space is given back first.
    pub(crate) fn open_with_room<T>(&self, open: impl Fn() -> Result<T, OpenError>) -> Result<T, OpenError> {
        open().or_else(|error| {
            if !has_no_room(&error) {
                return Err(error);
            }
            tracing::warn!(%error, "the volume is full: the space that is reserved for deletions opens the store, make room");
            self.release();
            open()
        })
    }

    /// Gives the space back to the volume. The empty file remains: it says that the free space is for deletions.
    pub(crate) fn release(&self) {
        match OpenOptions::new().write(true).truncate(true).open(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::error!(%error, path = %self.path.display(), "the reserved space was not released: delete the file");
            }
            _ => {}
        }
    }

    /// Returns whether the file occupies the space: a copy may have its size only.
    #[cfg(target_os = "linux")]
    fn is_allocated(&self, found: &Metadata) -> bool {
        std::os::unix::fs::MetadataExt::blocks(found).saturating_mul(BLOCK) >= self.bytes
    }

    #[cfg(not(target_os = "linux"))]
    fn is_allocated(&self, _: &Metadata) -> bool {
        true
    }

    fn take(&self) -> io::Result<()> {
        let had_one = self.path.exists();
        let file = private(OpenOptions::new().write(true).create(true).truncate(false)).open(&self.path)?;
        allocate(&file, self.bytes).inspect_err(|_| {
            // Some of it may be allocated.
            let _ = if had_one { file.set_len(0) } else { fs::remove_file(&self.path) };
        })
    }
}

#[cfg(target_os = "linux")]
fn allocate(file: &File, bytes: u64) -> io::Result<()> {
    Ok(rustix::fs::fallocate(file, rustix::fs::FallocateFlags::empty(), 0, bytes)?)
}

/// Not available on this system.
#[cfg(not(target_os = "linux"))]
fn allocate(_: &File, _: u64) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// The size of a page in bytes, the default of SQLite and of most filesystems.
pub(crate) const PAGE: i64 = 4096;
/// 64 MiB: twice the log at which it is moved into the file.
const LARGEST: u64 = 64 * 1024 * 1024;
/// The reserve is at most this part of the volume.
const SHARE: u64 = 16;
/// The unit of `st_blocks`, in bytes (stat(3type)).
#[cfg(target_os = "linux")]
const BLOCK: u64 = 512;

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn space_is_taken_once_and_a_sparse_file_is_not_space() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        let reserve = Reserve { bytes: 1024 * 1024, ..Reserve::of(&path) };
        let is_taken = || fs::metadata(&reserve.path).is_ok_and(|found| reserve.is_allocated(&found));
        File::create(&reserve.path).unwrap().set_len(reserve.bytes).unwrap();
        assert!(!is_taken());
        assert!(reserve.released().is_some());
        reserve.begin();
        assert!(is_taken());
        assert_eq!(reserve.released(), None);
        reserve.release();
        reserve.release();
        assert!(reserve.released().is_some());
        assert_eq!(reserve.take_again(), None);
        assert!(is_taken());
    }

    #[test]
    fn without_room_for_a_reserve_there_is_none_and_a_released_one_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let reserve = Reserve { bytes: u64::MAX / 2, ..Reserve::of(&folder.path().join("inbox.db")) };
        assert_eq!((reserve.take_again(), reserve.path.exists()), (None, false));
        File::create(&reserve.path).unwrap();
        assert!(reserve.take_again().is_some());
        assert_eq!(fs::metadata(&reserve.path).unwrap().len(), 0);
    }

    #[test]
    fn the_log_and_a_deletion_fit_into_the_reserve_of_any_volume() {
        for bytes in [0, 4096, 256 * 1024, LARGEST] {
            let reserve = Reserve { bytes, ..Reserve::of(Path::new("/inbox.db")) };
            assert!(reserve.log_pages() >= 1);
            assert!(reserve.log_bytes() <= (bytes / 4 * 3) as i64, "{bytes}");
            assert!(bytes < 8192 || reserve.log_pages() * PAGE <= reserve.log_bytes(), "{bytes}");
        }
    }
}
