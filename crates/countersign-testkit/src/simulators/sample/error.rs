use std::error::Error;
use std::fmt;

/// The reason why there is no sample: a value has no place in the body.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SampleError {
    problem: String,
}

impl SampleError {
    pub(super) fn new(problem: impl Into<String>) -> Self {
        Self { problem: problem.into() }
    }
}

impl fmt::Display for SampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)
    }
}

impl Error for SampleError {}
