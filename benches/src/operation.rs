//! A measured operation, ready to be repeated.

use std::fmt;
use std::hint::black_box;

/// A measured operation.
pub struct Operation {
    /// The name in tables.
    pub name: String,
    /// The operation of this crate with the same work, for peers.
    pub rival: Option<&'static str>,
    run: Box<dyn FnMut(u32)>,
}

impl Operation {
    /// Creates an operation that runs `work` once per repetition. The loop is compiled with the work, so that a repetition
    /// needs no call through a pointer.
    pub fn new<R>(name: impl Into<String>, mut work: impl FnMut() -> R + 'static) -> Self {
        let run = Box::new(move |times| {
            for _ in 0..times {
                black_box(work());
            }
        });
        Self { name: name.into(), rival: None, run }
    }

    /// Sets the operation of this crate to compare with.
    #[must_use]
    pub fn against(self, rival: &'static str) -> Self {
        Self { rival: Some(rival), ..self }
    }

    /// Runs the work this many times.
    pub fn run(&mut self, times: u32) {
        (self.run)(times);
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("name", &self.name)
            .field("rival", &self.rival)
            .finish_non_exhaustive()
    }
}
