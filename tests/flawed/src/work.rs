use std::collections::HashMap;
use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// The work on deliveries: a line in a file for each. It fails while another file exists.
pub(crate) struct Work {
    files: Files,
    ids: Mutex<HashMap<String, IdState>>,
}

/// The file of the effects, and the one while which exists all work fails.
#[derive(Clone)]
struct Files {
    effects: PathBuf,
    failing: PathBuf,
}

/// The state of an id.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum IdState {
    InFlight,
    Done,
}

impl Work {
    pub(crate) fn from_env() -> Result<Self, String> {
        let path = |name| env::var_os(name).map(PathBuf::from).ok_or_else(|| format!("{name} is not set"));
        let files = Files { effects: path("EFFECTS")?, failing: path("FAILING")? };
        Ok(Self { files, ids: Mutex::default() })
    }

    /// Claims an id. Returns the claim of another delivery, if there is one.
    pub(crate) fn claim(&self, id: &str) -> Option<IdState> {
        let mut ids = self.ids();
        let earlier = ids.get(id).copied();
        ids.entry(id.to_owned()).or_insert(IdState::InFlight);
        earlier
    }

    pub(crate) fn finish(&self, id: &str) {
        self.ids().insert(id.to_owned(), IdState::Done);
    }

    pub(crate) fn release(&self, id: &str) {
        self.ids().remove(id);
    }

    pub(crate) fn run(&self, id: &str) -> io::Result<()> {
        self.files.run(id)
    }

    /// Does the work a little later, until it succeeds. A crash before ends it.
    pub(crate) fn run_later(&self, id: &str) {
        let (files, id) = (self.files.clone(), id.to_owned());
        thread::spawn(move || {
            loop {
                thread::sleep(LATER);
                if files.run(&id).is_ok() {
                    return;
                }
            }
        });
    }

    /// Returns how often an id was handled.
    pub(crate) fn count(&self, id: &str) -> usize {
        let lines = fs::read_to_string(&self.files.effects).unwrap_or_default();
        lines.lines().filter(|line| *line == id).count()
    }

    fn ids(&self) -> MutexGuard<'_, HashMap<String, IdState>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Files {
    fn run(&self, id: &str) -> io::Result<()> {
        if self.failing.exists() {
            return Err(io::Error::other("the work fails"));
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&self.effects)?;
        file.write_all(format!("{id}\n").as_bytes())
    }
}

/// Longer than a crash takes to come after an answer.
const LATER: Duration = Duration::from_millis(250);
