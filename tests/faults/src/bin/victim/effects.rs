use std::fs::{File, OpenOptions};
use std::io::Write;
use std::process;
use std::sync::Mutex;

use countersign_faults::{Effect, Phase};

/// The file of effects: each line is one write, and on disk before the handler continues.
pub(crate) struct EffectsFile(Mutex<File>);

impl EffectsFile {
    pub(crate) fn open(path: &str) -> Self {
        Self(Mutex::new(OpenOptions::new().create(true).append(true).open(path).unwrap()))
    }

    pub(crate) fn write(&self, id: &str, phase: Phase, fence: u64, attempt: u32) {
        let effect = Effect { id: id.to_owned(), phase, fence, attempt, pid: process::id() };
        let mut line = serde_json::to_vec(&effect).unwrap();
        line.push(b'\n');
        let mut file = self.0.lock().unwrap();
        file.write_all(&line).unwrap();
        file.sync_data().unwrap();
    }
}
