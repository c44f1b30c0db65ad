/// The result of a command that ran.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// Exit code 0.
    Fine,
    /// Exit code 1: the delivery is rejected, a row of the demo differs, there is no such event, an endpoint is failing.
    Negative,
}
