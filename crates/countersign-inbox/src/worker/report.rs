/// The result of [`Inbox::drain`](crate::Inbox::drain), and the failures before it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[must_use]
#[non_exhaustive]
pub struct Report {
    /// The number of attempts that ended during the shutdown, including those given back.
    pub drained: u64,
    /// The number of events that were given back.
    pub given_back: u64,
    /// The number of outcomes that could not be stored since the start: those events run again.
    pub unstored: u64,
    /// The number of handlers that did not end, even after being aborted: their events wait for the end of their
    /// leases.
    pub abandoned: u64,
    /// The number of panics of the worker's own tasks since the start, without those of handlers.
    pub panics: u64,
    /// The runtime ended before the worker did, so that nothing is known of its handlers.
    pub is_cut_off: bool,
}

impl Report {
    /// Returns whether no event must wait for the end of its lease.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.unstored == 0 && self.abandoned == 0 && !self.is_cut_off
    }
}
