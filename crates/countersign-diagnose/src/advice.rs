//! The meaning of each kind of rejection, and its cure.

mod table;

use countersign::providers;
use table::ADVICE;

use crate::compare_headers;

/// The meaning of a kind of rejection for the receiver, and the cure: what `docs/rejections.md` says of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Advice {
    /// The check that failed.
    pub failed: &'static str,
    /// The usual cure.
    pub cure: &'static str,
    /// A command that helps. `SLUG` stands for the slug of the provider, `VAR` for the variable with the secret, `URL` for the
    /// public URL, and `STORE` for the store.
    pub command: &'static str,
}

/// Returns the advice for the word of a kind of rejection: an [`ErrorKind`](countersign::ErrorKind), or a kind of the inbox. `None`
/// for a kind of a later version.
///
/// ```
/// use countersign::ErrorKind;
/// use countersign_diagnose::advice;
///
/// let advice = advice(ErrorKind::TimestampTooNew.as_str()).unwrap();
/// assert_eq!((advice.failed, advice.cure), ("ahead of the clock by more than the tolerance", "synchronise the clock"));
/// ```
#[must_use]
pub fn advice(kind: &str) -> Option<Advice> {
    let (_, failed, cure, command) = ADVICE.iter().find(|(known, ..)| *known == kind)?;
    Some(Advice { failed, cure, command })
}

/// The advice on a rejected request of which only the kind and the names of its headers are kept.
///
/// ```
/// use countersign_diagnose::RejectionAdvice;
///
/// let advice = RejectionAdvice::new("missing_signature", Some("stripe"), &["content-type"]).unwrap();
/// assert_eq!(advice.headers, ["signature in header stripe-signature: missing"]);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct RejectionAdvice {
    /// The check that failed.
    pub failed: &'static str,
    /// The usual cure.
    pub cure: &'static str,
    /// A command that helps, with the slug of the provider, if there is one.
    pub command: String,
    /// The words of [`compare_headers`], if the provider is one of the catalogue.
    pub headers: Vec<String>,
}

impl RejectionAdvice {
    /// Advises on a rejection of this kind. Names of headers are in lower case. `None` for a kind of a later version.
    #[must_use]
    pub fn new(kind: &str, slug: Option<&str>, headers: &[&str]) -> Option<Self> {
        let Advice { failed, cure, command } = advice(kind)?;
        let provider = slug.and_then(|slug| providers::all().find(|provider| provider.slug == slug));
        Some(Self {
            failed,
            cure,
            command: slug.map_or_else(|| command.to_owned(), |slug| command.replace("SLUG", slug)),
            headers: provider.map(|provider| compare_headers(provider, headers)).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use countersign::ErrorKind;

    use super::*;

    #[test]
    fn every_kind_has_advice() {
        let kinds: Vec<_> = ErrorKind::ALL.iter().map(|kind| kind.as_str()).chain(OF_THE_INBOX).collect();
        for kind in &kinds {
            let of = advice(kind).unwrap_or_else(|| panic!("{kind}"));
            assert!(
                !of.failed.is_empty() && !of.cure.is_empty() && of.command.starts_with(['c', 't']),
                "{kind}: {of:?}"
            );
        }
        assert_eq!(ADVICE.map(|(kind, ..)| kind).to_vec(), kinds);
    }

    /// `tests/e2e/tests/docs` compares them with the inbox, which this crate does not depend on.
    const OF_THE_INBOX: [&str; 3] = ["in_flight", "store_unavailable", "handler_failed"];
}
