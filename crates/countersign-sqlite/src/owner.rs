use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process;

use crate::error::{OpenError, io};

/// A lock beside the file, held for as long as the store is open. The system frees it when the process ends, however
/// it ends.
#[derive(Debug)]
pub(crate) struct Ownership {
    _lock: File,
}

impl Ownership {
    /// Of a file, by its canonical path: another name for it leads to the same lock.
    pub(crate) fn take(path: &Path) -> Result<Self, OpenError> {
        let lock = beside(path, ".lock");
        let mut file = private(OpenOptions::new().read(true).write(true).create(true).truncate(false))
            .open(&lock)
            .map_err(io("open the lock file"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::Owned { pid: pid(&mut file), lock }),
            Err(TryLockError::Error(source)) => {
                return Err(OpenError::Io { what: "lock the lock file", source });
            }
        }
        let name = |mut file: &File| {
            file.set_len(0)?;
            file.rewind()?;
            write!(file, "{}", process::id())
        };
        name(&file).map_err(io("write the lock file"))?;
        Ok(Self { _lock: file })
    }
}

/// A file with a longer name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// What is stored is the business of one user.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// What the owner wrote; on Windows, what is locked cannot be read.
fn pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
