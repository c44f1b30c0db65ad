use std::io::{self, BufRead, IsTerminal};

use super::plan::Plan;
use crate::error::CliError;
use crate::output::stderr;

/// Returns whether this number of events may be changed. A single event and a dry run need no confirmation. A
/// script has confirmed with a filter or with `--all`, because it cannot be asked.
pub(super) fn is_given(plan: &Plan, meant: u64) -> Result<bool, CliError> {
    let stdin = io::stdin();
    if plan.yes || plan.is_dry || meant <= 1 || !stdin.is_terminal() {
        return Ok(true);
    }
    let at_most = if plan.after.is_some() { "at most " } else { "" };
    stderr!("{} {at_most}{meant} events? [y/N]", plan.action);
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer).map_err(CliError::io("cannot read the answer"))?;
    Ok(is_yes(&answer))
}

/// Returns whether the answer is yes. Anything else is a no, including the end of the input.
fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_one() {
        assert!(["y", "Y\n", "yes\r\n", " YES "].into_iter().all(is_yes));
        assert!(!["", "\n", "n", "no", "yess", "j", "0"].into_iter().any(is_yes));
    }
}
