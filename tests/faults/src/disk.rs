use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::victim::{Victim, until};

/// A disk that fails, for one file of one victim: strace answers the victim's calls in the place of the kernel. The
/// disk is well again when this is dropped.
pub struct BrokenDisk {
    strace: Child,
    folder: TempDir,
}

impl BrokenDisk {
    /// Whatever the victim calls by this name for the file fails with `EIO` from now on.
    ///
    /// # Panics
    ///
    /// When strace is not installed, or may not do it.
    #[must_use]
    pub fn under(victim: &Victim, file: &Path, call: &str) -> Self {
        Self::with(victim, file, call, "error=EIO")
    }

    /// As [`under`](Self::under), with what strace calls an injection.
    ///
    /// # Panics
    ///
    /// When strace is not installed, or may not do it.
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
        // It says more, and must not wait for a reader.
        thread::spawn(move || said.for_each(drop));
        Self { strace, folder }
    }

    /// How many calls have failed.
    #[must_use]
    pub fn faults(&self) -> usize {
        let log = fs::read(self.folder.path().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).matches("(INJECTED)").count()
    }

    /// The disk is well again. Says how many calls have failed.
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
            // What it holds is let go by the kernel.
            let _ = self.strace.kill();
            let _ = self.strace.wait();
        }
    }
}
