use std::fs::{File, OpenOptions};
use std::io::Write;
use std::process;
use std::sync::{Arc, Mutex};

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

/// A running handler. It writes how it ends, also if it is cancelled; only the end of the process prevents that.
pub(crate) struct Attempt {
    effects: Arc<EffectsFile>,
    id: String,
    fence: u64,
    number: u32,
    has_ended: bool,
}

impl Attempt {
    pub(crate) fn begin(effects: Arc<EffectsFile>, id: String, fence: u64, number: u32) -> Self {
        effects.write(&id, Phase::Begin, fence, number);
        Self { effects, id, fence, number, has_ended: false }
    }

    pub(crate) fn end(mut self, phase: Phase) {
        self.has_ended = true;
        self.effects.write(&self.id, phase, self.fence, self.number);
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if !self.has_ended {
            self.effects.write(&self.id, Phase::Cancelled, self.fence, self.number);
        }
    }
}
