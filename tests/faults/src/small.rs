use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use tempfile::TempDir;

use crate::setup::Setup;
use crate::victim::Victim;

/// A disk with little space.
pub enum SmallDisk {
    /// A separate filesystem in memory, with ballast.
    Mounted(TempDir),
    /// A folder in which no file of the victim may grow beyond a limit.
    Limited(TempDir),
}

impl SmallDisk {
    /// Mounts a filesystem if this process may do so, and limits file sizes otherwise.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={}", ROOM + BALLAST), "tmpfs"]).arg(folder.path());
        if !mount.output().is_ok_and(|output| output.status.success()) {
            return Self::Limited(folder);
        }
        let disk = Self::Mounted(folder);
        fs::write(disk.ballast(), vec![1; BALLAST]).unwrap();
        disk
    }

    /// Limits file sizes, independently of the process's permissions.
    #[must_use]
    pub fn limited() -> Self {
        Self::Limited(tempfile::tempdir().unwrap())
    }

    /// Returns the folder of the store.
    #[must_use]
    pub fn path(&self) -> &Path {
        let (Self::Mounted(folder) | Self::Limited(folder)) = self;
        folder.path()
    }

    /// Starts a victim on the disk.
    #[must_use]
    pub fn start(&self, setup: &Setup) -> Victim {
        let Self::Limited(_) = self else { return Victim::start(setup) };
        // A process that ignores this signal receives `EFBIG` at the limit.
        let setup = setup.clone().through(&["/bin/sh", "-c", "trap '' XFSZ; exec \"$0\""]);
        let victim = Victim::start(&setup);
        limit(&victim, Some(ROOM as u64));
        victim
    }

    /// Frees space.
    pub fn make_room(&self, victim: &Victim) {
        match self {
            Self::Mounted(_) => fs::remove_file(self.ballast()).unwrap(),
            Self::Limited(_) => limit(victim, None),
        }
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }
}

impl Default for SmallDisk {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if let Self::Mounted(folder) = self {
            // Lazily, because a dying victim may still use it.
            let _ = Command::new("umount").arg("-l").arg(folder.path()).status();
        }
    }
}

fn limit(victim: &Victim, bytes: Option<u64>) {
    let pid = i32::try_from(victim.pid()).ok().and_then(Pid::from_raw);
    prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
}

const ROOM: usize = 1024 * 1024;
/// Room for the log, which is full, and for what it contains in the file: the log is reused once that is copied.
const BALLAST: usize = 8 * 1024 * 1024;
