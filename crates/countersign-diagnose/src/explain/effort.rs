/// The limit on the cost of one diagnosis.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Effort {
    /// The number of verifications.
    pub guesses: usize,
    /// The bytes of bodies, over all verifications.
    pub bytes: u64,
}

impl Effort {
    /// The effort for interactive use: 16384 guesses, which is all of them for most requests, and 2 GiB, which takes
    /// some seconds.
    pub const PATIENT: Self = Self { guesses: 16384, bytes: 2 << 30 };

    /// The effort for a log line of a server: 512 guesses, which cover single mistakes and some pairs, and 4 MiB.
    /// Together that takes a few milliseconds.
    pub const SHORT: Self = Self { guesses: 512, bytes: 4 << 20 };
}

impl Default for Effort {
    fn default() -> Self {
        Self::PATIENT
    }
}
