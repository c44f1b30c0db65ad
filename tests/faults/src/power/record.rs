use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use fastrand::Rng;

use super::disk::{Disk, Lost};
use super::trace::{Operation, parse};
use crate::victim::program;

/// Everything that a process did to the files of its store, from their beginning.
pub struct Recording {
    operations: Vec<Operation>,
}

impl Recording {
    /// Records a process that stores and handles so many events, and closes and opens its store several times.
    ///
    /// # Panics
    ///
    /// When strace is not installed, or may not trace.
    #[must_use]
    pub fn of(events: usize) -> Self {
        let (store, log) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (folder, log) = (store.path().canonicalize().unwrap(), log.path().join("log"));
        let mut strace = Command::new("strace");
        strace.args(["-f", "-y", "-xx", "-s", "1000000", "-e", "signal=none", "-e"]);
        strace.arg("trace=pwrite64,write,ftruncate,fsync,fdatasync,unlink,unlinkat").arg("-o").arg(&log);
        strace.arg(program("ledger")).arg("write").arg(folder.join("inbox.db")).arg(events.to_string());
        let ended =
            strace.output().expect("strace is missing: `apt-get install strace`, or run `scripts/test`");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{said}");
        let operations = parse(&fs::read_to_string(log).unwrap(), folder.to_str().unwrap());
        let is_acknowledgement = |operation: &&Operation| matches!(operation, Operation::Acknowledge { .. });
        assert_eq!(operations.iter().filter(is_acknowledgement).count(), events, "{said}");
        Self { operations }
    }

    /// Returns the number of points at which the power can fail.
    #[must_use]
    pub fn points(&self) -> usize {
        self.operations.len() + 1
    }

    /// Simulates a power loss at a point. The same seed loses the same writes.
    #[must_use]
    pub fn lose_power(&self, point: usize, disk: Disk, seed: u64) -> Lost {
        let before = &self.operations[..point];
        let mut lost = Lost::after(before, disk, &mut Rng::with_seed(seed));
        lost.acknowledged = before
            .iter()
            .filter_map(|operation| match operation {
                Operation::Acknowledge { id } => Some(id.clone()),
                _ => None,
            })
            .collect::<BTreeSet<_>>();
        lost
    }
}
