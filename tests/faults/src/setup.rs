use std::path::{Path, PathBuf};

use crate::SECRET;

/// The parameters for starting a victim.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The environment variables that [`Victim::start`](crate::Victim::start) sets.
    pub variables: Vec<(String, String)>,
    /// A command that executes the victim, if it is not started directly.
    pub through: Vec<String>,
    /// The file that the log of the victim is appended to.
    pub log: Option<PathBuf>,
}

impl Setup {
    /// Creates a setup with a store and a file of effects.
    #[must_use]
    pub fn new(store: &str, effects: &Path) -> Self {
        let setup = Self { variables: Vec::new(), through: Vec::new(), log: None };
        setup.with("STORE", store).with("EFFECTS", &effects.display().to_string()).with("SECRET", SECRET)
    }

    /// Adds a variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts the victim through a command whose last arguments are the program.
    #[must_use]
    pub fn through(mut self, command: &[&str]) -> Self {
        self.through = command.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    /// Appends the log of the victim to a file.
    #[must_use]
    pub fn logged_to(mut self, path: &Path) -> Self {
        self.log = Some(path.to_owned());
        self
    }

    /// Kills the victim when this point is reached for the nth time.
    #[must_use]
    pub fn killed_at(self, point: &str, nth: usize) -> Self {
        self.with("KILL_AT", point).with("KILL_NTH", &nth.to_string())
    }
}
