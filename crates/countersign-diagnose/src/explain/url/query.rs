//! Queries that were parsed and written again.

use super::sentences::{ADDED, CASE, REENCODED};
use crate::explain::Cause;
use crate::explain::body::{arranged, component, escapes, percent, plus};

/// Returns other forms of a query with its question mark.
pub(super) fn others(query: &str) -> Vec<(Cause, String)> {
    let Some(inner) = query.strip_prefix('?') else { return vec![(REENCODED, "?".to_owned())] };
    if inner.is_empty() {
        return vec![(REENCODED, String::new())];
    }
    let pieces: Vec<&str> = inner.split('&').take(MOST_PARAMETERS).collect();
    let mut all = Vec::new();
    let mut by_key = pieces.clone();
    by_key.sort_by_key(|piece| piece.split('=').next().unwrap_or_default());
    let mut whole = pieces.clone();
    whole.sort_unstable();
    let reversed: Vec<_> = pieces.iter().rev().copied().collect();
    all.extend([by_key, whole, reversed].map(|order| (ORDER, order.join("&"))));
    for write in [plus as fn(&str) -> String, percent, component] {
        let pairs = form_urlencoded::parse(inner.as_bytes()).take(MOST_PARAMETERS);
        let pairs = pairs.map(|(key, value)| format!("{}={}", write(&key), write(&value)));
        all.push((REENCODED, pairs.collect::<Vec<_>>().join("&")));
    }
    for (from, to) in
        [("+", "%20"), ("%20", "+"), ("&amp;", "&"), ("%2C", ","), (",", "%2C"), ("%3A", ":"), ("%25", "%")]
    {
        all.push((REENCODED, inner.replace(from, to)));
    }
    for case in [u8::to_ascii_lowercase as fn(&u8) -> u8, u8::to_ascii_uppercase] {
        all.push((REENCODED, String::from_utf8_lossy(&escapes(inner.as_bytes(), case)).into_owned()));
    }
    let without_empty = |piece: &&str| piece.strip_suffix('=').unwrap_or(piece).to_owned();
    let with_empty =
        |piece: &&str| if piece.contains('=') { (*piece).to_owned() } else { format!("{piece}=") };
    all.push((REENCODED, pieces.iter().map(without_empty).collect::<Vec<_>>().join("&")));
    all.push((REENCODED, pieces.iter().map(with_empty).collect::<Vec<_>>().join("&")));
    for case in [str::to_ascii_lowercase as fn(&str) -> String, str::to_ascii_uppercase] {
        all.push((CASE, case(inner)));
        for at in 0..pieces.len() {
            all.push((CASE, with_other_value(&pieces, at, case)));
        }
    }
    for at in 0..pieces.len() {
        let kept = pieces.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, piece)| *piece);
        all.push((ADDED, kept.collect::<Vec<_>>().join("&")));
    }
    all.into_iter()
        .filter(|(_, other)| other != inner && !other.is_empty())
        .map(|(cause, other)| (cause, format!("?{other}")))
        .collect()
}

fn with_other_value(pieces: &[&str], wanted: usize, other: fn(&str) -> String) -> String {
    let value = |(at, piece): (usize, &&str)| match piece.split_once('=') {
        Some((key, value)) if at == wanted => format!("{key}={}", other(value)),
        _ => (*piece).to_owned(),
    };
    pieces.iter().enumerate().map(value).collect::<Vec<_>>().join("&")
}

/// Returns the query with its parameters in every other order, if there are few.
pub(super) fn orders(query: &str) -> impl Iterator<Item = String> + use<> {
    let pieces: Vec<String> =
        query.strip_prefix('?').unwrap_or_default().split('&').map(str::to_owned).collect();
    let count = if pieces.len() <= MOST_ORDERED { (1..=pieces.len()).product() } else { 1 };
    (1..count).map(move |order| format!("?{}", arranged(&pieces, order).join("&")))
}

pub(super) const ORDER: Cause = Cause::new(
    "url_query_order",
    "the parameters of the query were sorted or put in another order on their way, and in the order that was signed the \
     request verifies: hand over path and query as they were received",
);

/// The number of parameters that are changed one at a time.
const MOST_PARAMETERS: usize = 16;
/// The largest number of parameters for which all orders are tried.
const MOST_ORDERED: usize = 6;
