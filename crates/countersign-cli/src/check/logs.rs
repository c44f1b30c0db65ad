//! The receiver's log.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

/// The log of the receiver, from the start of the run.
#[derive(Clone, Debug)]
pub(super) struct Log {
    path: PathBuf,
    start: u64,
}

impl Log {
    /// Remembers the end of the file.
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let start = File::open(&path)?.metadata()?.len();
        Ok(Self { path, start })
    }

    /// Returns everything that was written since.
    pub(super) fn read(&self) -> io::Result<Vec<u8>> {
        let mut file = File::open(&self.path)?;
        // A file that is shorter was replaced.
        let start = if file.metadata()?.len() < self.start { 0 } else { self.start };
        file.seek(SeekFrom::Start(start))?;
        let mut text = Vec::new();
        file.take(LARGEST).read_to_end(&mut text)?;
        Ok(text)
    }
}

const LARGEST: u64 = 256 << 20;
