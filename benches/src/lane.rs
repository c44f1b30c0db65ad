//! One way to do the work, ready to be repeated.

use std::fmt;
use std::hint::black_box;

/// One way to do the work.
pub struct Lane {
    /// What the tables call it.
    pub name: String,
    /// The lane of ours that does the same work, for peers.
    pub rival: Option<&'static str>,
    run: Box<dyn FnMut(u32)>,
}

impl Lane {
    /// A lane that does `work` once per repetition. The loop is compiled with the work: no call through a pointer
    /// per repetition.
    pub fn new<R>(name: impl Into<String>, mut work: impl FnMut() -> R + 'static) -> Self {
        let run = Box::new(move |times| {
            for _ in 0..times {
                black_box(work());
            }
        });
        Self { name: name.into(), rival: None, run }
    }

    /// The lane of ours to compare with.
    #[must_use]
    pub fn against(self, rival: &'static str) -> Self {
        Self { rival: Some(rival), ..self }
    }

    /// Does the work so many times.
    pub fn run(&mut self, times: u32) {
        (self.run)(times);
    }
}

impl fmt::Debug for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lane").field("name", &self.name).field("rival", &self.rival).finish_non_exhaustive()
    }
}
