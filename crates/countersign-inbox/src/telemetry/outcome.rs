/// The outcome of a delivery when it arrives: the outcomes of [`DELIVERIES`](super::DELIVERIES).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum DeliveryOutcome {
    Accepted,
    Duplicate,
    Requeued,
    Replayed,
    Filtered,
    InFlight,
    Rejected,
    StoreError,
}

impl DeliveryOutcome {
    #[cfg(test)]
    pub(super) const ALL: [Self; 8] = [
        Self::Accepted,
        Self::Duplicate,
        Self::Requeued,
        Self::Replayed,
        Self::Filtered,
        Self::InFlight,
        Self::Rejected,
        Self::StoreError,
    ];

    /// Returns the metric label.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Requeued => "requeued",
            Self::Replayed => "replayed",
            Self::Filtered => "filtered",
            Self::InFlight => "inflight",
            Self::Rejected => "rejected",
            Self::StoreError => "store_error",
        }
    }
}
