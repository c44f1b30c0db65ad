use std::fmt;

use countersign_diagnose::RejectionAdvice;
use countersign_inbox::{Detail, RejectionSample};
use serde::Serialize;

use crate::output::printable;

/// The check that failed, and the cure, as on the operations page.
#[derive(Debug, Serialize)]
pub(in crate::inbox) struct AdviceView {
    failed: &'static str,
    cure: String,
    command: String,
    headers: Vec<String>,
}

impl AdviceView {
    /// Explains a sample of an endpoint of this provider. `None` for a kind of a later version.
    pub(in crate::inbox) fn of_sample(sample: &RejectionSample, slug: Option<&str>) -> Option<Self> {
        Some(Self::new(RejectionAdvice::new(&sample.kind, slug, &sample.header_names())?, None))
    }

    /// Explains why a stored event waits as unverified.
    pub(in crate::inbox) fn of_event(detail: &Detail) -> Option<Self> {
        let of = &detail.summary;
        let names: Vec<_> =
            detail.head.iter().flat_map(|head| head.headers.keys()).map(|name| name.as_str()).collect();
        let advice = RejectionAdvice::new(of.rejection_kind()?, Some(&of.provider), &names)?;
        Some(Self::new(advice, of.rejection_cure()))
    }

    fn new(advice: RejectionAdvice, cure: Option<&str>) -> Self {
        let cure = cure.unwrap_or(advice.cure).to_owned();
        Self { failed: advice.failed, cure, command: advice.command, headers: advice.headers }
    }
}

impl fmt::Display for AdviceView {
    /// Writes lines that are indented.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  failed: {}", self.failed)?;
        writeln!(f, "  cure: {}", printable(&self.cure))?;
        writeln!(f, "  command: {}", printable(&self.command))?;
        self.headers.iter().try_for_each(|header| writeln!(f, "  {}", printable(header)))
    }
}
