//! Short descriptions of the facts of a declaration, for tables.

use countersign::scheme::Location;
use countersign::{Placement, Proof, Provider};

use crate::output::span;

pub(crate) const NONE: &str = "none";
pub(crate) const UNKNOWN: &str = "unknown";

/// Returns the part of the request that contains an id or a type.
pub(crate) fn part(at: Placement<'_>) -> &'static str {
    match at {
        Placement::At(at) => part_of(at),
        Placement::None { .. } => NONE,
        _ => UNKNOWN,
    }
}

/// Returns the part of the request that contains a value.
pub(crate) fn part_of(at: &Location) -> &'static str {
    match at.alternatives().first().unwrap_or(at) {
        Location::Header(_) => "header",
        Location::Query(_) => "query",
        Location::Claim(_) => "claim",
        Location::SignatureItem(_) | Location::SignatureIndex(_) => "signature",
        _ => "body",
    }
}

/// Returns the number of attempts, and the time until the last one.
pub(crate) fn retries(provider: &Provider) -> String {
    let Some(retries) = provider.retries.filter(|retries| retries.is_known()) else {
        return UNKNOWN.to_owned();
    };
    match (retries.attempts, retries.window_secs) {
        (Some(1), _) => NONE.to_owned(),
        (Some(attempts), Some(window)) => format!("{} in {}", attempts.saturating_sub(1), span(window)),
        (Some(attempts), None) => attempts.saturating_sub(1).to_string(),
        (None, window) => format!("for {}", span(window.unwrap_or_default())),
    }
}

/// Returns the month of the last check.
pub(crate) fn checked(provider: &Provider) -> &str {
    if provider.checked.is_empty() { "never" } else { &provider.checked }
}

/// The proof of the scheme, in a word.
pub(crate) fn proof(provider: &Provider) -> String {
    provider.proof.map_or_else(|| UNKNOWN.to_owned(), |proof| proof.to_string())
}

/// The proof as it stands in a table of Markdown.
pub(crate) fn badge(provider: &Provider) -> String {
    provider.proof.map_or_else(String::new, |proof| format!("`{proof}`"))
}

/// The meaning of a proof.
pub(crate) const fn meaning(proof: Proof) -> &'static str {
    match proof {
        Proof::Sdk => "an official library verifies what we sign, as we do",
        Proof::Vectors => "test vectors that others made",
        Proof::Page => "read in the provider's code or on its page",
        Proof::Secondary => "read in another receiver's code or on another page",
        _ => "not read: check it before you rely on it",
    }
}
