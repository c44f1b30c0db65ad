//! Compares the headers of a request with those that declarations read.

use countersign::scheme::Location;
use countersign::{Provider, providers};

/// Compares the names of a request's headers with those that the declaration of its provider reads, and with the signature headers of the
/// providers of the catalogue: a sentence for each. The values are not needed, so that it explains a rejected request of which only the
/// names are kept. Names are in lower case.
///
/// ```
/// use countersign::providers;
/// use countersign_diagnose::compare_headers;
///
/// let found = compare_headers(&providers::STRIPE, &["content-type", "x-hub-signature-256"]);
/// assert_eq!(found[0], "signature in header stripe-signature: missing");
/// assert!(found[1].starts_with("the request has the signature header of "));
/// ```
#[must_use]
pub fn compare_headers(provider: &Provider, names: &[&str]) -> Vec<String> {
    let has = |alternatives: &str| alternatives.split(',').any(|name| names.contains(&name.trim()));
    let timestamp = provider.scheme.timestamp.as_ref().map(|timestamp| &timestamp.at);
    let read = [
        ("signature", Some(&provider.scheme.signature.at)),
        ("timestamp", timestamp),
        ("id", provider.event.id.as_ref()),
    ];
    let mut found: Vec<_> = read
        .into_iter()
        .filter_map(|(part, at)| Some((part, of_header(at?)?)))
        .map(|(part, name)| {
            format!("{part} in header {name}: {}", if has(name) { "there" } else { "missing" })
        })
        .collect();
    let is_signed_by = |other: &&Provider| of_header(&other.scheme.signature.at).is_some_and(has);
    if !is_signed_by(&provider) {
        let others: Vec<_> =
            providers::all().filter(is_signed_by).map(|other| &*other.name).take(SHOWN).collect();
        if !others.is_empty() {
            found.push(format!("the request has the signature header of {}", others.join(", ")));
        }
    }
    found
}

/// Returns the names of a header, if the place is one.
fn of_header(at: &Location) -> Option<&str> {
    match at.alternatives() {
        [Location::Header(names)] => Some(names),
        _ => None,
    }
}

/// The number of other providers that are named.
const SHOWN: usize = 3;
