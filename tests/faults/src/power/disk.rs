use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::process::Command;

use fastrand::Rng;

use super::trace::Operation;
use crate::victim::program;

/// How a disk treats a sync.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Disk {
    /// Earlier writes are on the disk.
    Honest,
    /// Nothing is guaranteed: for tests of the test.
    Lying,
}

/// The state of the disk after a power loss.
pub struct Lost {
    files: BTreeMap<String, Vec<u8>>,
    /// Events that were acknowledged before.
    pub acknowledged: BTreeSet<String>,
}

/// The part of the unsynced writes that is on the disk.
#[derive(Clone, Copy)]
enum Rest {
    Nothing,
    Everything,
    Some,
}

impl Lost {
    pub(super) fn after(operations: &[Operation], disk: Disk, random: &mut Rng) -> Self {
        let (mut synced, mut last_sync) = (HashMap::new(), 0);
        if disk == Disk::Honest {
            for operation in operations {
                if let Operation::Sync { file, begun } = operation {
                    let last = synced.entry(file.as_str()).or_default();
                    // Syncs of several threads may end in another order.
                    *last = (*begun).max(*last);
                    last_sync = last_sync.max(*begun);
                }
            }
        }
        let rest = [Rest::Nothing, Rest::Everything, Rest::Some, Rest::Some][random.usize(..4)];
        let mut lost = Self { files: BTreeMap::new(), acknowledged: BTreeSet::new() };
        for (at, operation) in operations.iter().enumerate() {
            let is_synced = |file: &str| synced.get(file).is_some_and(|sync| at < *sync);
            match operation {
                Operation::Write { file, offset, bytes } if is_synced(file) => {
                    lost.write(file, *offset, bytes)
                }
                Operation::Write { file, offset, bytes } => match rest {
                    Rest::Nothing => {}
                    Rest::Everything => lost.write(file, *offset, bytes),
                    Rest::Some => lost.write_some(file, *offset, bytes, random),
                },
                Operation::Truncate { file, length } if is_synced(file) || rest.is_there(random) => {
                    lost.files.entry(file.clone()).or_default().resize(*length, 0);
                }
                Operation::Delete { file } if at < last_sync || rest.is_there(random) => {
                    lost.files.remove(file);
                }
                _ => {}
            }
        }
        lost
    }

    /// Opens the state in a new process, and checks it.
    ///
    /// # Errors
    ///
    /// A sentence: the process fails, SQLite finds damage, or an event that was acknowledged is not there.
    pub fn recover(&self) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in &self.files {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        let ended = Command::new(program("ledger")).arg("list").arg(folder.path().join("inbox.db")).output();
        let ended = ended.unwrap();
        if !ended.status.success() {
            return Err(format!("it is not opened: {}", String::from_utf8_lossy(&ended.stderr)));
        }
        let listed = String::from_utf8(ended.stdout).unwrap();
        let listed: BTreeSet<_> = listed.lines().collect();
        let missing: Vec<_> = self.acknowledged.iter().filter(|id| !listed.contains(id.as_str())).collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("acknowledged and lost: {missing:?}")) }
    }

    fn write(&mut self, file: &str, offset: usize, bytes: &[u8]) {
        let content = self.files.entry(file.to_owned()).or_default();
        let end = offset + bytes.len();
        if content.len() < end {
            content.resize(end, 0);
        }
        content[offset..end].copy_from_slice(bytes);
    }

    /// All of it, nothing, or some of the sectors.
    fn write_some(&mut self, file: &str, offset: usize, bytes: &[u8], random: &mut Rng) {
        match random.usize(..3) {
            0 => {}
            1 => self.write(file, offset, bytes),
            _ => {
                let mut begin = 0;
                while begin < bytes.len() {
                    // Sectors of the disk, not of the write.
                    let end = ((offset + begin) / SECTOR * SECTOR + SECTOR - offset).min(bytes.len());
                    if random.bool() {
                        self.write(file, offset + begin, &bytes[begin..end]);
                    }
                    begin = end;
                }
            }
        }
    }
}

impl Rest {
    fn is_there(self, random: &mut Rng) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Some => random.bool(),
        }
    }
}

const SECTOR: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_synced_is_there_and_of_the_rest_any_part_may_be() {
        let file = || "a".to_owned();
        let write = |byte, offset| Operation::Write { file: file(), offset, bytes: vec![byte; 1024] };
        // The last two are written during the sync and after it.
        let sync = Operation::Sync { file: file(), begun: 1 };
        let operations = [write(1, 0), write(2, 1024), sync, write(3, 0)];
        let mut seen = BTreeSet::new();
        for seed in 0..200 {
            let lost = Lost::after(&operations, Disk::Honest, &mut Rng::with_seed(seed));
            let content = &lost.files["a"];
            assert!(content[..1024].iter().all(|byte| matches!(byte, 1 | 3)));
            seen.insert(content.iter().copied().step_by(512).collect::<Vec<_>>());
        }
        for expected in [&[1, 1][..], &[3, 3], &[3, 3, 2, 2], &[1, 3], &[1, 1, 0, 2]] {
            assert!(seen.contains(expected), "{expected:?}: {seen:?}");
        }
    }
}
