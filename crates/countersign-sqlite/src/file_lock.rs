use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::Path;
use std::process;
use std::sync::Arc;

use crate::error::{OpenError, io};
use crate::file::{self, FileLock, Pin};
use crate::filesystem::{beside, private};

/// The locks of an owner, held for as long as the store is open. The system releases them when the process ends in
/// any way. The one on the file itself holds for every path, and the one next to it names the owner.
#[derive(Debug)]
pub(crate) struct Ownership {
    _file: FileLock,
    _lock: NamedLock,
}

/// The lock next to the file. It is unlocked explicitly: a child process that is being started has a copy of the
/// descriptor, which would keep the lock.
#[derive(Debug)]
struct NamedLock(File);

impl Drop for NamedLock {
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "the lock file could not be unlocked: it is when this process ends");
        }
    }
}

impl Ownership {
    /// Takes the locks, and creates the file if it does not exist.
    pub(crate) fn take(path: &Path) -> Result<(Self, Arc<Pin>), OpenError> {
        let named = beside(path, ".lock");
        let mut file = private(OpenOptions::new().read(true).write(true).create(true).truncate(false))
            .open(&named)
            .map_err(io("open the lock file"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::Owned { pid: pid(&mut file), lock: named });
            }
            Err(TryLockError::Error(source)) => {
                return Err(OpenError::Io { what: "lock the lock file", source });
            }
        }
        let lock = NamedLock(file);
        let name = |mut file: &File| {
            file.set_len(0)?;
            file.rewind()?;
            write!(file, "{}", process::id())
        };
        match name(&lock.0) {
            // The number is for a message only, and a full volume has no room for it.
            Err(error) if error.kind() != ErrorKind::StorageFull => {
                return Err(io("write the lock file")(error));
            }
            _ => {}
        }
        create(path)?;
        file::refuse_other_names(path)?;
        let pin = Pin::of(path).map_err(io("open the file"))?;
        match pin.lock().map_err(io("lock the file"))? {
            Some(locked) => Ok((Self { _file: locked, _lock: lock }, pin)),
            None => Err(OpenError::Owned { pid: None, lock: path.to_owned() }),
        }
    }
}

/// Creates the file: an empty file is a valid database. It is created here to set its permissions, which the files
/// next to it inherit.
///
/// An existing file is not opened here: see [`Pin`].
fn create(path: &Path) -> Result<(), OpenError> {
    match private(OpenOptions::new().write(true).create_new(true)).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(io("make the file")(error)),
        _ => Ok(()),
    }
}

/// Returns the process id in the file. On Windows a locked file cannot be read.
fn pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_the_descriptor_does_not_keep_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        let (ownership, pin) = Ownership::take(&path).unwrap();
        assert!(matches!(Ownership::take(&path), Err(OpenError::Owned { .. })));
        // As a child process has it until it runs its program.
        let _copy = ownership._lock.0.try_clone().unwrap();
        drop((ownership, pin));
        assert!(Ownership::take(&path).is_ok());
    }
}
