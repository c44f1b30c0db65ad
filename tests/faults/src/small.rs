use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use tempfile::TempDir;

use crate::setup::Setup;
use crate::victim::Victim;

/// A place that is soon full.
pub enum SmallDisk {
    /// A filesystem of its own, in memory, with ballast.
    Mounted(TempDir),
    /// A folder where no file of the victim's may grow beyond a limit.
    Limited(TempDir),
}

impl SmallDisk {
    /// A filesystem of its own, where this process may make one.
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

    /// By a limit, whoever this process is.
    #[must_use]
    pub fn limited() -> Self {
        Self::Limited(tempfile::tempdir().unwrap())
    }

    /// Where the store goes.
    #[must_use]
    pub fn path(&self) -> &Path {
        let (Self::Mounted(folder) | Self::Limited(folder)) = self;
        folder.path()
    }

    /// Starts a victim on it.
    #[must_use]
    pub fn start(&self, setup: &Setup) -> Victim {
        let Self::Limited(_) = self else { return Victim::start(setup) };
        // Who ignores this signal hears of the limit by `EFBIG`.
        let setup = setup.clone().through(&["/bin/sh", "-c", "trap '' XFSZ; exec \"$0\""]);
        let victim = Victim::start(&setup);
        limit(&victim, Some(ROOM as u64));
        victim
    }

    /// Somebody deletes something.
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
            // Lazily: a victim that is about to die may still be there.
            let _ = Command::new("umount").arg("-l").arg(folder.path()).status();
        }
    }
}

fn limit(victim: &Victim, bytes: Option<u64>) {
    let pid = i32::try_from(victim.pid()).ok().and_then(Pid::from_raw);
    prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
}

const ROOM: usize = 1024 * 1024;
const BALLAST: usize = 4 * 1024 * 1024;
