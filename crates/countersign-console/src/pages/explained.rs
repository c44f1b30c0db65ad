//! Explains why a request does not verify, from the parts of it that are kept.

use countersign_diagnose::RejectionAdvice;
use countersign_inbox::{Detail, RejectionSample};

use crate::text;

/// The check that failed, and the cure.
pub(super) struct Explained {
    pub(super) failed: &'static str,
    pub(super) cure: String,
    pub(super) command: String,
    /// The headers that the declaration reads, and whether the request had them.
    pub(super) headers: Vec<String>,
}

impl Explained {
    /// Explains a sample of an endpoint of this provider. `None` for a kind of a later version.
    pub(super) fn of_sample(sample: &RejectionSample, slug: Option<&str>) -> Option<Self> {
        Some(Self::new(RejectionAdvice::new(&sample.kind, slug, &sample.header_names())?, None))
    }

    /// Explains why a stored event waits as unverified.
    pub(super) fn of_event(detail: &Detail) -> Option<Self> {
        let of = &detail.summary;
        let names: Vec<_> =
            detail.head.iter().flat_map(|head| head.headers.keys()).map(|name| name.as_str()).collect();
        let advice = RejectionAdvice::new(of.rejection_kind()?, Some(&of.provider), &names)?;
        Some(Self::new(advice, of.rejection_cure()))
    }

    fn new(advice: RejectionAdvice, cure: Option<&str>) -> Self {
        Self {
            failed: advice.failed,
            cure: text::cut(cure.unwrap_or(advice.cure), 1000),
            command: text::shown(&advice.command),
            headers: advice.headers,
        }
    }
}
