use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::victim::{Victim, until};

/// A failing disk for one file of one victim: strace answers the victim's calls instead of the kernel. Dropping it
/// restores the disk.
pub struct BrokenDisk {
    strace: Child,
    folder: TempDir,
}

impl BrokenDisk {
    /// Makes all calls of this name by the victim for the file fail with `EIO` from now on.
    ///
    /// # Panics
    ///
    /// If strace is not installed or not permitted.
    #[must_use]
    pub fn under(victim: &Victim, file: &Path, call: &str) -> Self {
        Self::with(victim, file, call, "error=EIO")
    }

    /// Like [`under`](Self::under), with an injection in strace's syntax.
    ///
    /// # Panics
    ///
    /// If strace is not installed or not permitted.
    #[must_use]
    pub fn with(victim: &Victim, file: &Path, call: &str, injection: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut strace = Command::new("strace")
            .args(["-f", "-e", "signal=none", "-e"])
            .arg(format!("trace={call}"))
            .arg("-e")
            .arg(format!("inject={call}:{injection}"))
            .arg("-P")
            .arg(file.canonicalize().unwrap())
            .arg("-o")
            .arg(folder.path().join("log"))
            .args(["-p", &victim.pid().to_string()])
            .stderr(Stdio::piped())
            .spawn()
            .expect(
                "strace is missing: `apt-get install strace`, or run `scripts/test` as root, which does it",
            );
        let mut said = BufReader::new(strace.stderr.take().unwrap()).lines();
        let is_attached = said.by_ref().map_while(Result::ok).any(|line| line.contains("attached"));
        assert!(is_attached, "strace does not attach to the victim: may this user trace processes?");
        // Its further output must be read, so that it does not block.
        thread::spawn(move || said.for_each(drop));
        Self { strace, folder }
    }

    /// Returns the number of failed calls.
    #[must_use]
    pub fn faults(&self) -> usize {
        let log = fs::read(self.folder.path().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).matches("(INJECTED)").count()
    }

    /// Restores the disk, and returns the number of failed calls.
    #[must_use]
    pub fn heal(mut self) -> usize {
        self.detach();
        self.faults()
    }

    fn detach(&mut self) {
        let _ = kill_process(Pid::from_child(&self.strace), Signal::INT);
        until("strace lets go", || self.strace.try_wait().unwrap().is_some());
    }
}

impl Drop for BrokenDisk {
    fn drop(&mut self) {
        if matches!(self.strace.try_wait(), Ok(None)) {
            // The kernel releases the traced process.
            let _ = self.strace.kill();
            let _ = self.strace.wait();
        }
    }
}
