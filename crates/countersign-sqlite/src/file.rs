//! Identifies the file of a store independently of its path.

use std::cell::Cell;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::error::OpenError;
use crate::filesystem::beside;
use crate::header::{Header, MOST_CHANGES, MOST_STARTS};
use crate::log_state::{Foreign, LogState};

/// Identifies a file on this machine: its device and inode.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct FileId(u64, u64);

/// Keeps a descriptor of the database file open for as long as this process has connections to it, because closing
/// any descriptor drops the locks that SQLite has on the file (<https://sqlite.org/howtocorrupt.html>, "Posix
/// advisory locks canceled"). There is one per file.
///
/// On Linux, the owner's lock is on it: `flock` is independent of SQLite's locks there, and belongs to the file,
/// whatever path it was opened by.
#[derive(Debug)]
pub(crate) struct Pin {
    id: FileId,
    file: File,
    is_owned: AtomicBool,
    /// The [number](crate::number) that the owner in this process has set; 0 if there is none. The file may have it later.
    number: AtomicU32,
    /// Descriptors of the log and its index, which has locks of SQLite, too.
    kept: Mutex<Vec<(FileId, Arc<File>)>>,
}

/// The owner's lock on the database file.
#[derive(Debug)]
pub(crate) struct FileLock(Arc<Pin>);

impl Pin {
    /// Opens the file, or shares this process's open descriptor of it.
    pub(crate) fn of(path: &Path) -> io::Result<Arc<Self>> {
        // No code panics while holding the lock.
        let mut pins = PINS.lock().unwrap_or_else(PoisonError::into_inner);
        pins.retain(|pin| pin.strong_count() > 0);
        let id = FileId::of(&fs::metadata(path)?);
        if let Some(pin) = id.and_then(|id| pins.iter().filter_map(Weak::upgrade).find(|pin| pin.id == id)) {
            return Ok(pin);
        }
        let file = File::open(path)?;
        let id = FileId::of(&file.metadata()?).unwrap_or(FileId(0, 0));
        let pin = Arc::new(Self::new(id, file));
        pins.push(Arc::downgrade(&pin));
        Ok(pin)
    }

    fn new(id: FileId, file: File) -> Self {
        let (is_owned, number) = (AtomicBool::new(false), AtomicU32::new(0));
        Self { id, file, is_owned, number, kept: Mutex::default() }
    }

    /// Opens a file beside this one for as long as this process has connections to it, or shares the open descriptor.
    pub(crate) fn keep(&self, path: &Path) -> io::Result<Arc<File>> {
        // No code panics while holding the lock.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let id = FileId::of(&fs::metadata(path)?);
        if let Some((_, file)) = kept.iter().find(|(known, _)| Some(*known) == id) {
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(File::open(path)?);
        let id = FileId::of(&file.metadata()?).unwrap_or(FileId(0, 0));
        kept.push((id, Arc::clone(&file)));
        Ok(file)
    }

    /// Takes the owner's lock if it is free.
    pub(crate) fn lock(self: &Arc<Self>) -> io::Result<Option<FileLock>> {
        if self.is_owned.swap(true, Ordering::AcqRel) {
            return Ok(None);
        }
        let lock = FileLock(Arc::clone(self));
        #[cfg(target_os = "linux")]
        match self.file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Ok(None),
            Err(fs::TryLockError::Error(error)) => return Err(error),
        }
        Ok(Some(lock))
    }

    /// Returns whether the path still refers to the file.
    pub(crate) fn is_at(&self, path: &Path) -> bool {
        fs::metadata(path).is_ok_and(|found| FileId::of(&found).is_none_or(|id| id == self.id))
    }

    /// Reads the numbers in the header of the file. `None` if it is no database.
    fn header(&self) -> io::Result<Option<Header>> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileExt;
            let mut bytes = [0; 100];
            // Reading is allowed: only closing a descriptor drops locks.
            self.file.read_exact_at(&mut bytes, 0)?;
            Ok(Header::of(&bytes, self.file.metadata()?.len()))
        }
        #[cfg(not(unix))]
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Returns the [number](crate::number) in the file, if it can be read.
    pub(crate) fn number(&self) -> Option<u32> {
        Some(self.header().ok()??.schema)
    }

    /// Notes the number that the owner is about to set.
    pub(crate) fn expect(&self, number: u32) {
        self.number.store(number, Ordering::Release);
    }

    /// Returns whether the file has no name any more: it is deleted when this process ends.
    pub(crate) fn is_deleted(&self) -> bool {
        self.file.metadata().is_ok_and(|found| links(&found) == 0)
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        #[cfg(target_os = "linux")]
        if let Err(error) = self.0.file.unlock() {
            tracing::warn!(%error, "the file could not be unlocked: it is when this process ends");
        }
        self.0.is_owned.store(false, Ordering::Release);
    }
}

impl FileId {
    #[cfg(unix)]
    fn of(found: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self(found.dev(), found.ino()))
    }

    /// Not available on this system.
    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Option<Self> {
        None
    }
}

/// The files of a store at the time it was opened.
#[derive(Debug)]
pub(crate) struct Files {
    all: Vec<(PathBuf, Option<FileId>)>,
    pin: Option<Arc<Pin>>,
    /// The header of the file when it was last looked at.
    seen: Cell<Option<Header>>,
    /// The log and its index, where their content can be compared.
    log: Option<LogState>,
    /// How far the number in the header may rise between two looks.
    most: u32,
}

/// A change to a file of an open store that another program made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Replaced {
    /// The path refers to another file, or to none.
    Elsewhere,
    /// Something else was written to the file itself, as `cp` does.
    Overwritten,
    /// Something else was written to the log itself, or it was truncated.
    Log,
    /// Something else was written to the index of the log. The log is whole.
    Index,
}

impl Files {
    /// Records the database, its log and the index of the log, which must exist.
    pub(crate) fn of(path: &Path, pin: Option<Arc<Pin>>) -> Self {
        let files = [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")];
        let known = |path: PathBuf| {
            let id = fs::metadata(&path).ok().and_then(|found| FileId::of(&found));
            (path, id)
        };
        let seen = Cell::new(pin.as_ref().and_then(|pin| pin.header().ok().flatten()));
        let mut all: Vec<_> = files.into_iter().map(known).collect();
        if cfg!(unix)
            && let Some((pin, (_, id))) = pin.as_ref().zip(all.first_mut())
        {
            // The path may have another file since it was opened.
            *id = Some(pin.id);
        }
        let keep = |pin: &Arc<Pin>| {
            let [log, index] = ["-wal", "-shm"].map(|suffix| pin.keep(&beside(path, suffix)).ok());
            Some(LogState::of(log?, index?))
        };
        let log = pin.as_ref().filter(|_| cfg!(target_os = "linux")).and_then(keep);
        Self { all, pin, seen, log, most: MOST_CHANGES }
    }

    /// Records the files of a store that another process owns, and that it may close and open again.
    pub(crate) fn of_another_owner(path: &Path, pin: Option<Arc<Pin>>) -> Self {
        Self { most: MOST_STARTS, ..Self::of(path, pin) }
    }

    /// Records the files after they were opened again. The content of the database must still be a later one.
    pub(crate) fn reopened(self, path: &Path) -> Self {
        let Self { pin, seen, .. } = self;
        Self { seen, ..Self::of(path, pin) }
    }

    /// Returns the first path that now refers to another file, or to none, or to other content. Other content comes first: the log
    /// must not be moved into it, whatever else happened to the files.
    pub(crate) fn replaced(&self) -> Option<(PathBuf, Replaced)> {
        if self.is_overwritten() {
            let (path, _) = self.all.first()?;
            return Some((path.clone(), Replaced::Overwritten));
        }
        if let Some(found) = self.log.as_ref().and_then(LogState::foreign) {
            let (nth, how) = match found {
                Foreign::Log => (1, Replaced::Log),
                Foreign::Index => (2, Replaced::Index),
            };
            return self.all.get(nth).map(|(path, _)| (path.clone(), how));
        }
        let is_other = |(path, id): &&(PathBuf, Option<FileId>)| {
            id.is_some() && fs::metadata(path).ok().and_then(|found| FileId::of(&found)) != *id
        };
        self.all.iter().find(is_other).map(|(path, _)| (path.clone(), Replaced::Elsewhere))
    }

    /// Returns whether the header is not a later one of the same file. It stays so.
    pub(crate) fn is_overwritten(&self) -> bool {
        let (Some(pin), Some(seen)) = (&self.pin, self.seen.get()) else { return false };
        match pin.header() {
            Ok(Some(header)) if header.follows(seen, pin.number.load(Ordering::Acquire), self.most) => {
                self.seen.set(Some(header));
                false
            }
            Ok(_) => true,
            // A file that cannot be read may have any content. Only one that is truncated has another.
            Err(error) => error.kind() == io::ErrorKind::UnexpectedEof,
        }
    }
}

/// Refuses a file with a second name, under which another process would write a second log.
pub(crate) fn refuse_other_names(path: &Path) -> Result<(), OpenError> {
    for path in [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")] {
        if fs::metadata(&path).is_ok_and(|found| links(&found) > 1) {
            return Err(OpenError::Linked { path });
        }
        if is_mount(&path) {
            return Err(OpenError::Mounted { path });
        }
    }
    Ok(())
}

/// Returns whether the file has more than one name.
pub(crate) fn is_linked(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| links(&found) > 1)
}

#[cfg(unix)]
fn links(found: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(found)
}

/// Not available on this system.
#[cfg(not(unix))]
fn links(_: &Metadata) -> u64 {
    1
}

/// Returns whether this path is a mount point.
#[cfg(target_os = "linux")]
fn is_mount(path: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    // If it is not available, the lock on the file still protects.
    let Ok(mounts) = fs::read("/proc/self/mountinfo") else { return false };
    let points =
        mounts.split(|byte| *byte == b'\n').filter_map(|line| line.split(|byte| *byte == b' ').nth(4));
    points.into_iter().any(|point| unescaped(point) == path.as_os_str().as_bytes())
}

#[cfg(not(target_os = "linux"))]
fn is_mount(_: &Path) -> bool {
    false
}

/// Decodes the octal escapes for spaces and similar characters: `\040`.
#[cfg(target_os = "linux")]
fn unescaped(point: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(point.len());
    let mut rest = point;
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..3).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 8).ok()).filter(|_| *first == b'\\') {
            Some(byte) => {
                plain.push(byte);
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                plain.push(*first);
                rest = after;
            }
        }
    }
    plain
}

/// The files of this process.
static PINS: Mutex<Vec<Weak<Pin>>> = Mutex::new(Vec::new());

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn mount_points_are_read_as_the_kernel_writes_them() {
        assert_eq!(unescaped(br"/data/my\040inbox\134.db"), br"/data/my inbox\.db");
        assert_eq!(unescaped(br"/a\04"), br"/a\04");
        assert!(is_mount(Path::new("/proc")));
        assert!(!is_mount(Path::new("/proc/self")));
    }

    #[test]
    fn a_header_that_cannot_be_read_is_no_other_content_and_a_truncated_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE t(n)").unwrap();
        let opened = Pin::of(&path).unwrap();
        let known = Files::of(&path, Some(Arc::clone(&opened)));
        assert_eq!(known.replaced(), None);
        // Reading fails, as it does from a broken disk.
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        let unreadable = Arc::new(Pin::new(opened.id, file));
        assert!(unreadable.header().is_err());
        let unreadable = Files {
            pin: Some(unreadable),
            seen: known.seen.clone(),
            all: known.all.clone(),
            log: None,
            most: MOST_CHANGES,
        };
        assert_eq!(unreadable.replaced(), None);
        for content in [&b""[..], &[7; 100]] {
            fs::write(&path, content).unwrap();
            assert_eq!(known.replaced(), Some((path.clone(), Replaced::Overwritten)));
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(known.replaced(), Some((path, Replaced::Overwritten)), "whatever else happened");
    }

    #[test]
    fn a_file_is_locked_once_by_whatever_path_it_is_reached() {
        let folder = tempfile::tempdir().unwrap();
        let [path, other] = ["a.db", "b.db"].map(|name| folder.path().join(name));
        fs::write(&path, "").unwrap();
        fs::hard_link(&path, &other).unwrap();
        let [first, second] = [&path, &other].map(|path| Pin::of(path).unwrap());
        assert!(Arc::ptr_eq(&first, &second));
        let lock = first.lock().unwrap();
        assert!(lock.is_some());
        assert!(second.lock().unwrap().is_none());
        // As another process would.
        assert!(File::open(&other).unwrap().try_lock().is_err());
        drop(lock);
        assert!(second.lock().unwrap().is_some());
        assert!(matches!(refuse_other_names(&path), Err(OpenError::Linked { .. })));
    }
}
