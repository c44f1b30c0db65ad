use std::io::{self, BufRead, IsTerminal};

use countersign_inbox::Counted;

use super::plan::Plan;
use crate::error::CliError;
use crate::output::stderr;

/// Returns whether this number of events may be changed. A single event and a dry run need no confirmation. A
/// script has confirmed with a filter or with `--all`, because it cannot be asked.
pub(super) fn is_given(plan: &Plan, meant: Counted) -> Result<bool, CliError> {
    let stdin = io::stdin();
    let most = plan.first.map_or(u64::MAX, |first| first as u64);
    if plan.yes || plan.is_dry || meant.number.min(most) <= 1 && meant.is_all || !stdin.is_terminal() {
        return Ok(true);
    }
    let first = plan.first.map(|first| first as u64);
    stderr!("{} {}? [y/N]", plan.action, number(first, plan.after.is_some(), meant));
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer).map_err(CliError::io("cannot read the answer"))?;
    Ok(is_yes(&answer))
}

/// Says how many events may be changed.
fn number(first: Option<u64>, is_after: bool, meant: Counted) -> String {
    let Counted { number, is_all } = meant;
    match first {
        Some(first) if number >= first => format!("{first} events"),
        Some(first) if !is_all => format!("at most {first} events"),
        // Those before the id are counted, too.
        _ if is_after && is_all => format!("at most {number} events"),
        _ if is_after => "an unknown number of events".to_owned(),
        _ if is_all => format!("{number} events"),
        _ => format!("at least {number} events"),
    }
}

/// Returns whether the answer is yes. Anything else is a no, including the end of the input.
fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_says_what_is_known_of_the_number() {
        let all = |number, is_all| Counted { number, is_all };
        assert_eq!(number(None, false, all(7, true)), "7 events");
        assert_eq!(number(None, false, all(7, false)), "at least 7 events");
        assert_eq!(number(None, true, all(7, true)), "at most 7 events");
        assert_eq!(number(None, true, all(7, false)), "an unknown number of events");
        assert_eq!(number(Some(5), false, all(7, false)), "5 events");
        assert_eq!(number(Some(5), false, all(3, true)), "3 events");
        assert_eq!(number(Some(5), true, all(3, false)), "at most 5 events");
    }

    #[test]
    fn only_a_yes_is_one() {
        assert!(["y", "Y\n", "yes\r\n", " YES "].into_iter().all(is_yes));
        assert!(!["", "\n", "n", "no", "yess", "j", "0"].into_iter().any(is_yes));
    }
}
