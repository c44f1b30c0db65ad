use std::path::Path;

use crate::SECRET;

/// How a victim is started.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What [`Victim::start`](crate::Victim::start) hands on as its environment.
    pub variables: Vec<(String, String)>,
    /// A command that becomes the victim, if it is not started as it is.
    pub through: Vec<String>,
}

impl Setup {
    /// With a store and a file of effects.
    #[must_use]
    pub fn new(store: &str, effects: &Path) -> Self {
        let setup = Self { variables: Vec::new(), through: Vec::new() };
        setup.with("STORE", store).with("EFFECTS", &effects.display().to_string()).with("SECRET", SECRET)
    }

    /// With a variable more.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Started by a command that becomes the victim: its last arguments are the program.
    #[must_use]
    pub fn through(mut self, command: &[&str]) -> Self {
        self.through = command.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    /// Killed when this point is reached for the nth time.
    #[must_use]
    pub fn killed_at(self, point: &str, nth: usize) -> Self {
        self.with("KILL_AT", point).with("KILL_NTH", &nth.to_string())
    }
}
