use serde::Serialize;

/// An action, its expected result and its actual result.
#[derive(Debug, Serialize)]
pub(in crate::demo) struct Step {
    pub(in crate::demo) sent: &'static str,
    pub(in crate::demo) expected: &'static str,
    pub(in crate::demo) observed: String,
    pub(in crate::demo) ok: bool,
}

impl Step {
    pub(in crate::demo) fn new(sent: &'static str, expected: &'static str, observed: impl ToString) -> Self {
        let observed = observed.to_string();
        let ok = observed == expected;
        Self { sent, expected, observed, ok }
    }
}

/// The number of steps.
pub(in crate::demo) const STEPS: usize = 8;
