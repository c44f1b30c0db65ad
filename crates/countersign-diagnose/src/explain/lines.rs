//! Repairs headers that an intermediary has split at commas, joined or folded (RFC 9110, 5.3).

use countersign::scheme::{Format, Location};
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};

use super::Cause;
use super::case::{Case, Guess, Guesses};

/// Tries the signature as one field line.
pub(super) fn split(case: &Case) -> Guesses<'_> {
    signatures(case, |lines| lines.len() > 1, &SPLIT)
}

/// Tries other ways to join the parts of the signature, and single values of other repeated headers.
pub(super) fn likely(case: &Case) -> Guesses<'_> {
    Box::new(signatures(case, |lines| lines.len() == 1, &FOLDED).chain(others(case)))
}

fn signatures<'g>(case: &'g Case, wanted: fn(&[String]) -> bool, cause: &'static Cause) -> Guesses<'g> {
    Box::new(names(&case.provider.scheme.signature.at).into_iter().flat_map(move |name| {
        let lines = values(&case.headers, &name);
        let joined =
            if wanted(&lines) { joined(&case.provider.scheme.signature.format, &lines) } else { Vec::new() };
        let single = lines.first().filter(|_| lines.len() == 1).cloned();
        let new = joined.into_iter().filter(move |value| single.as_ref() != Some(value));
        new.filter_map(move |value| replaced(cause.clone(), &name, &value))
    }))
}

/// Returns the fields that these lines may be the parts of.
fn joined(format: &Format, lines: &[String]) -> Vec<String> {
    let pieces: Vec<&str> = lines
        .iter()
        .flat_map(|line| line.split([',', ';', ' ', '\t']))
        .filter(|piece| !piece.is_empty())
        .take(MOST_PIECES)
        .collect();
    let mut all = vec![
        lines.join(","),
        lines.join(", "),
        lines.join(" "),
        lines.join(";"),
        lines.join("; "),
        lines.concat(),
    ];
    match format {
        Format::List { separator, assign, .. } => {
            let wide = separator.as_ref();
            let narrow = wide.chars().find(|char| *char != ' ').map_or(" ".to_owned(), String::from);
            let pairs: Vec<_> = pieces.chunks(2).map(|pair| pair.join(assign)).collect();
            // A tag is a separate piece if the text after it was split off.
            if matches!(assign.as_ref(), "," | ";" | " ") {
                all.extend([pairs.join(wide), pairs.join(&narrow)]);
            }
            all.extend([pieces.join(&narrow), pieces.join(wide)]);
            let tight = lines
                .join(&narrow)
                .replace(&format!("{assign} "), assign)
                .replace(&format!(" {assign}"), assign);
            all.push(tight);
        }
        Format::Value { .. } => {
            // Each of several lines is one already.
            let alone = pieces.iter().filter(|_| lines.len() == 1);
            all.extend(alone.map(|piece| (*piece).to_owned()));
            // Some prefixes contain a space.
            let whole = lines.iter().filter(|_| lines.len() == 1).flat_map(|line| line.split(','));
            all.extend(whole.map(|piece| piece.trim().to_owned()).take(MOST_PIECES));
            all.push(pieces.concat());
        }
        _ => {}
    }
    all
}

/// Tries timestamps, ids and other signed headers that occur more than once, or were joined.
fn others(case: &Case) -> impl Iterator<Item = Guess<'_>> {
    let (scheme, event) = (&case.provider.scheme, &case.provider.event);
    let stamp = scheme.timestamp.as_ref().map(|field| &field.at);
    let named = event.id.iter().filter(|_| case.signs("{id}")).chain(stamp).flat_map(names);
    let content = scheme.content.as_str().split("{header:").skip(1);
    let signed = content.filter_map(|rest| HeaderName::try_from(rest.split('}').next()?).ok());
    let all: Vec<_> = named.chain(signed).take(MOST_HEADERS).collect();
    all.into_iter().flat_map(|name| {
        let lines = values(&case.headers, &name);
        let pieces: Vec<String> =
            lines.iter().flat_map(|line| line.split(',')).map(|piece| piece.trim().to_owned()).take(MOST_PIECES).collect();
        let pieces = if pieces.len() > 1 { pieces } else { Vec::new() };
        // An HTTP date contains a comma.
        let dates: Vec<String> = pieces.chunks(2).filter(|_| pieces.len() > 2).map(|date| date.join(", ")).collect();
        let joined = (lines.len() > 1).then(|| [lines.join(", "), lines.join(",")]).into_iter().flatten();
        let all = pieces.into_iter().chain(dates).chain(joined);
        all.filter_map(move |value| {
            let sentence = format!(
                "the header `{name}`, which is signed, is there several times or joined from several, and in one line it \
                 verifies: let nothing add, join or split headers"
            );
            replaced(Cause::owned("header_joined", sentence), &name, &value)
        })
    })
}

fn replaced<'g>(cause: Cause, name: &HeaderName, value: &str) -> Option<Guess<'g>> {
    let (name, value) = (name.clone(), HeaderValue::try_from(value).ok()?);
    Some(Guess::new(cause, move |case| {
        case.headers.insert(name.clone(), value.clone());
    }))
}

fn names(at: &Location) -> Vec<HeaderName> {
    let Location::Header(names) = at else { return Vec::new() };
    names.split(',').filter_map(|name| HeaderName::try_from(name.trim().replace('*', "1")).ok()).collect()
}

fn values(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.map(|value| value.trim().to_owned()).take(MOST_PIECES).collect()
}

const MOST_PIECES: usize = 32;
const MOST_HEADERS: usize = 8;

static SPLIT: Cause = Cause::new(
    "signature_split",
    "the signature header was split at its commas into several field lines, and in one line it verifies: \
     let nothing on the way split headers, or join the lines again before they are verified (RFC 9110, 5.3)",
);
static FOLDED: Cause = Cause::new(
    "signature_joined",
    "the parts of the signature header were split and joined with other commas or spaces, and as they were sent it \
     verifies: let nothing on the way change the value of headers",
);
