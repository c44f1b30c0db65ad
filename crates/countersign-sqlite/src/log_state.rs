//! Compares the log and its index with what they were before, which says whether other content was written to them in place.

use std::cell::Cell;
use std::fs::File;
use std::io;
use std::sync::Arc;

/// A file with other content than a later one of what it had.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Foreign {
    /// The log, or both.
    Log,
    /// The index alone: the log is whole.
    Index,
}

/// The open log of a store and its index, and what they said last.
#[derive(Debug)]
pub(crate) struct LogState {
    log: Arc<File>,
    index: Arc<File>,
    seen: Cell<Option<Seen>>,
    /// The first finding, which stays.
    lost: Cell<Option<Foreign>>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Seen {
    index: IndexHeader,
    /// The header of the last committed frame.
    frame: [u8; FRAME],
}

/// The header of the index (<https://sqlite.org/walformat.html#the_wal_index_header>): the end of the last commit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct IndexHeader {
    /// Grows with each commit, and starts again only when the index is made from the log.
    changes: u32,
    page: u32,
    /// The committed frames of the log. 0 after it was emptied.
    frames: u32,
    checksum: [u8; 8],
    /// Others each time the log is written from its beginning.
    salts: [u8; 8],
}

impl LogState {
    /// Records what the files say. They must stay open for as long as this process has connections to the database: closing the index drops
    /// the locks of SQLite.
    pub(crate) fn of(log: Arc<File>, index: Arc<File>) -> Self {
        let state = Self { log, index, seen: Cell::new(None), lost: Cell::new(None) };
        state.seen.set(state.look().ok().flatten());
        state
    }

    /// Returns which of the files has other content. Called outside the transactions of this
    /// process; others may write.
    pub(crate) fn foreign(&self) -> Option<Foreign> {
        if self.lost.get().is_none() {
            self.lost.set(self.look_again());
        }
        self.lost.get()
    }

    fn look_again(&self) -> Option<Foreign> {
        let Some(seen) = self.seen.get() else {
            self.seen.set(self.look().ok().flatten());
            return None;
        };
        match self.look() {
            Ok(Some(now)) => {
                let found = self.compare(seen, now);
                if found.is_none() {
                    self.seen.set(Some(now));
                }
                found
            }
            // A process may have been killed while it wrote the header, and SQLite makes it anew.
            Ok(None) => None,
            Err(found) => {
                // The end that was seen says whether the log is whole, unless it was written from its beginning since.
                let is_whole = self.frame(seen.index).is_ok_and(|frame| frame == seen.frame);
                if found == Foreign::Index && !is_whole && seen.index.frames > 0 {
                    Some(Foreign::Log)
                } else {
                    Some(found)
                }
            }
        }
    }

    fn compare(&self, seen: Seen, now: Seen) -> Option<Foreign> {
        if now == seen {
            return None;
        }
        if now.index.salts != seen.index.salts {
            let is_later = now.index.changes.wrapping_sub(seen.index.changes) < 1 << 31;
            return (!is_later).then_some(Foreign::Index);
        }
        // As long as the log goes on, its frames stay.
        let has_frame = seen.index.frames == 0
            || match self.frame(seen.index) {
                Ok(frame) => frame == seen.frame,
                Err(error) => error.kind() != io::ErrorKind::UnexpectedEof,
            };
        if !has_frame {
            // Another process may have written it from its beginning meanwhile.
            let goes_on =
                self.index().is_ok_and(|index| index.is_some_and(|index| index.salts == seen.index.salts));
            return goes_on.then_some(Foreign::Log);
        }
        (now.index.frames < seen.index.frames).then_some(Foreign::Index)
    }

    /// Reads the end of the log, and checks that the log has it. `None` if the index says nothing.
    fn look(&self) -> Result<Option<Seen>, Foreign> {
        for _ in 0..TRIES {
            let Some(index) = self.index()? else { continue };
            let found = self.end(index);
            // Another process may have written both.
            if self.index()? != Some(index) {
                continue;
            }
            return match found {
                Ok(Some(frame)) => Ok(Some(Seen { index, frame })),
                Ok(None) => Err(Foreign::Log),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(Foreign::Log),
                // A file that cannot be read may have any content.
                Err(_) => Ok(None),
            };
        }
        Ok(None)
    }

    /// Returns the header of the last frame. `None` if the log is not the one of the index.
    fn end(&self, index: IndexHeader) -> io::Result<Option<[u8; FRAME]>> {
        if index.frames == 0 {
            return Ok(Some([0; FRAME]));
        }
        let mut header = [0; HEADER];
        read(&self.log, &mut header, 0)?;
        let frame = self.frame(index)?;
        let is_same = header.starts_with(&MAGIC)
            && header.get(16..24) == Some(&index.salts)
            && frame.get(8..16) == Some(&index.salts)
            && frame.get(16..24) == Some(&index.checksum);
        Ok(is_same.then_some(frame))
    }

    fn frame(&self, index: IndexHeader) -> io::Result<[u8; FRAME]> {
        let mut frame = [0; FRAME];
        let before = u64::from(index.frames.saturating_sub(1));
        read(&self.log, &mut frame, HEADER as u64 + before * (u64::from(index.page) + FRAME as u64))?;
        // Its page must be there, too.
        let mut last = [0];
        let end = HEADER as u64 + u64::from(index.frames) * (u64::from(index.page) + FRAME as u64);
        if index.frames > 0 {
            read(&self.log, &mut last, end - 1)?;
        }
        Ok(frame)
    }

    /// Returns the header of the index. `None` while it is being written.
    fn index(&self) -> Result<Option<IndexHeader>, Foreign> {
        let mut bytes = [0; 2 * COPY];
        match read(&self.index, &mut bytes, 0) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(Foreign::Index),
            Err(_) => return Ok(None),
            Ok(()) => {}
        }
        let (one, other) = bytes.split_at(COPY);
        if one != other {
            return Ok(None);
        }
        IndexHeader::of(one).map(Some).ok_or(Foreign::Index)
    }
}

impl IndexHeader {
    /// Reads a header, which has the byte order of the machine, except for the salts.
    fn of(bytes: &[u8]) -> Option<Self> {
        let number = |at: usize| Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let page = u32::from(u16::from_ne_bytes(bytes.get(14..16)?.try_into().ok()?));
        let is_begun = *bytes.get(12)? != 0;
        let mut checksum = [0; 8];
        let (first, second) = checksum.split_at_mut(4);
        first.copy_from_slice(&number(24)?.to_be_bytes());
        second.copy_from_slice(&number(28)?.to_be_bytes());
        let header = Self {
            changes: number(8)?,
            page: if page == 1 { 1 << 16 } else { page },
            frames: number(16)?,
            checksum,
            salts: bytes.get(32..40)?.try_into().ok()?,
        };
        (is_begun && number(0)? == VERSION).then_some(header)
    }
}

#[cfg(unix)]
fn read(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

/// Not available on this system.
#[cfg(not(unix))]
fn read(_: &File, _: &mut [u8], _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The bytes of the header of the log.
const HEADER: usize = 32;
/// The bytes before the page of a frame.
const FRAME: usize = 24;
/// The index has its header twice.
const COPY: usize = 48;
/// The first bytes of a log; the last one of the four says the order of the bytes in checksums.
const MAGIC: [u8; 3] = [0x37, 0x7f, 0x06];
/// The format of the index in all releases of SQLite.
const VERSION: u32 = 3_007_000;
/// The looks at files that others write meanwhile.
const TRIES: usize = 16;

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
