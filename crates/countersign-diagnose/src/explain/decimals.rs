//! Timestamps with decimals: `1700000000.5` for `1700000000`.

use countersign::scheme::{Location, Template};
use http::header::{HeaderName, HeaderValue};

use super::Cause;
use super::case::{Case, Guess, Guesses};

/// Tries the timestamp with the decimals that it was received with, without them, and with zeros as decimals.
pub(super) fn likely(case: &Case) -> Guesses<'_> {
    let found = if case.signs("{timestamp}") { stamps(case) } else { Vec::new() };
    Box::new(found.into_iter().flat_map(|Stamp { name, value, text }| {
        let Some((whole, decimals)) = text.split_once('.') else {
            return ZEROS.iter().map(|end| signed(LOST, format!("{text}{end}"))).collect::<Vec<_>>();
        };
        let next = || Some(whole.parse::<i64>().ok()?.checked_add(1)?.to_string());
        let rounded = decimals.starts_with(['5', '6', '7', '8', '9']).then(next).flatten();
        let others = [Some(whole.to_owned()), rounded].into_iter().flatten();
        let cut = others.filter_map(|other| {
            let value = HeaderValue::try_from(value.replace(&text, &other)).ok()?;
            let name = name.clone();
            Some(Guess::new(ADDED, move |case| {
                case.headers.insert(name.clone(), value.clone());
            }))
        });
        cut.chain([signed(SIGNED, text.clone())]).collect()
    }))
}

/// A header with a timestamp in it.
struct Stamp {
    name: HeaderName,
    value: String,
    /// The part of the value that is the timestamp.
    text: String,
}

/// Returns the number of seconds or milliseconds in the header of the timestamp, with its decimals.
fn stamps(case: &Case) -> Vec<Stamp> {
    let scheme = &case.provider.scheme;
    let at = match scheme.timestamp.as_ref().map(|field| &field.at) {
        Some(Location::SignatureItem(_) | Location::SignatureIndex(_)) => Some(&scheme.signature.at),
        other => other,
    };
    let names = at.into_iter().flat_map(Location::alternatives).filter_map(|at| match at {
        Location::Header(names) => Some(names.split(',')),
        _ => None,
    });
    let stamps = names.flatten().filter_map(|name| {
        let name = HeaderName::try_from(name.trim()).ok()?;
        let value = case.headers.get(&name)?.to_str().ok()?.to_owned();
        let mut runs = value.split(|char: char| !char.is_ascii_digit() && char != '.');
        let is_stamp =
            |run: &&str| matches!(run.split('.').next(), Some(whole) if matches!(whole.len(), 10 | 13));
        let text = runs
            .find(is_stamp)
            .filter(|run| run.matches('.').count() <= 1 && !run.ends_with('.'))?
            .to_owned();
        Some(Stamp { name, value, text })
    });
    stamps.take(MOST_HEADERS).collect()
}

/// Tries this text as the signed timestamp.
fn signed<'g>(cause: Cause, text: String) -> Guess<'g> {
    Guess::new(cause, move |case| {
        let scheme = &mut case.provider_mut().scheme;
        scheme.content = Template::from(scheme.content.as_str().replace("{timestamp}", &text));
        scheme.timestamp = None;
    })
}

static ZEROS: [&str; 3] = [".0", ".000", ".000000"];
const MOST_HEADERS: usize = 4;

const ADDED: Cause = Cause::new(
    "timestamp_decimals",
    "the timestamp was received with decimals and signed without them, so a program has read it as a floating-point number: let nothing \
     on the way change the value of headers",
);
const SIGNED: Cause = Cause::new(
    "timestamp_decimals",
    "the timestamp has decimals, and with them the signature holds, but the declaration takes whole numbers only: let the sender \
     round the time to an integer before it signs, as `int(time.time())` or `Math.floor(Date.now() / 1000)` do",
);
const LOST: Cause = Cause::new(
    "timestamp_decimals",
    "the timestamp was signed with decimals and received without them: let the sender sign the text that it sends, an integer",
);
