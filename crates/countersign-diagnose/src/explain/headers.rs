//! Mistakes with headers: a wrong name, unit, content type or method.

use std::collections::BTreeSet;

use countersign::UnixTime;
use countersign::scheme::{Location, TimestampField, TimestampFormat};
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};

use super::case::{Case, Guess, Guesses};
use super::{Cause, decimals, lines, signature};

/// Tries changes of one header.
pub(super) fn likely(case: &Case) -> Guesses<'_> {
    let renamed = renamed(case).into_iter().take(MOST_NAMES);
    Box::new(
        lines::split(case)
            .chain(signature::likely(case))
            .chain(lines::likely(case))
            .chain(timestamps(case))
            .chain(decimals::likely(case))
            .chain(renamed)
            .chain(content_types(case))
            .chain(methods(case)),
    )
}

/// Tries two changes of the signature, or other header names together with another unit.
pub(super) fn rare(case: &Case) -> Guesses<'_> {
    let renamed = renamed(case).into_iter().skip(MOST_NAMES);
    Box::new(signature::rare(case).chain(renamed))
}

/// A value that the scheme reads from the head, and the first of its names.
struct Role {
    what: &'static str,
    name: String,
    fits: Fits,
}

/// Returns whether a header with this name and value may be the wanted one.
type Fits = fn(&str, &str) -> bool;

/// Tries each header of the request in the place of a missing value.
fn renamed(case: &Case) -> Vec<Guess<'_>> {
    let roles = missing(case);
    let mut all = vec![Vec::<(usize, String)>::new()];
    for (position, role) in roles.iter().enumerate() {
        let names = candidates(case, role);
        let with = |chosen: &Vec<(usize, String)>| {
            let (names, chosen) = (names.iter(), chosen.clone());
            names
                .map(move |name| [chosen.clone(), vec![(position, name.clone())]].concat())
                .collect::<Vec<_>>()
        };
        all = all.iter().flat_map(with).take(MOST_RENAMINGS).collect();
    }
    let all = all.into_iter().filter(|chosen| !chosen.is_empty());
    all.map(|chosen| {
        let roles =
            chosen.iter().filter_map(|(position, from)| roles.get(*position).map(|role| (role, from)));
        let said: Vec<_> = roles
            .clone()
            .map(|(Role { what, name, .. }, from)| format!("the {what} is in `{from}`, not in `{name}`"))
            .collect();
        let moves: Vec<_> = roles.map(|(role, from)| (role.name.clone(), from.clone())).collect();
        let sentence = format!("{}: let nothing rename headers, or declare that name", said.join(", "));
        Guess::new(Cause::owned("header_renamed", sentence), move |case| {
            for (to, from) in &moves {
                let value = case.headers.get(from).cloned();
                if let (Some(value), Ok(name)) = (value, HeaderName::try_from(to.as_str())) {
                    case.headers.insert(name, value);
                }
            }
        })
    })
    .collect()
}

/// Returns the roles without a header.
fn missing(case: &Case) -> Vec<Role> {
    let scheme = &case.provider.scheme;
    let id = case.provider.event.id.as_ref().filter(|_| case.signs("{id}"));
    let stamp = scheme.timestamp.as_ref().map(|field| &field.at);
    let roles: [(_, _, Fits); 3] = [
        ("signature", Some(&scheme.signature.at), |name, value| !NEVER.contains(&name) && value.len() >= 16),
        ("timestamp", stamp, |name, value| name != "content-length" && read(value).is_some()),
        ("id", id, |name, value| !NEVER.contains(&name) && !value.is_empty()),
    ];
    let missing = roles.into_iter().filter_map(|(what, at, fits)| match at? {
        Location::Header(names) if names.split(',').all(|name| !case.headers.contains_key(name.trim())) => {
            let name = names.split(',').next().unwrap_or_default().trim().to_owned();
            Some(Role { what, name, fits })
        }
        _ => None,
    });
    missing.collect()
}

/// Returns headers that may contain the value of the role, those with a similar name first.
fn candidates(case: &Case, role: &Role) -> Vec<String> {
    let fits = |(name, value): (&HeaderName, &HeaderValue)| {
        let name = name.as_str();
        value.to_str().is_ok_and(|value| (role.fits)(name, value)).then(|| name.to_owned())
    };
    let names: BTreeSet<_> = case.headers.iter().filter_map(fits).collect();
    let mut names: Vec<_> = names.into_iter().collect();
    let wanted = name_parts(&role.name);
    names.sort_by_key(|name| {
        let own = name_parts(name);
        let shared = own.iter().filter(|word| wanted.contains(word)).count() * 2;
        let same_role = name.contains(role.what) || role.what == "signature" && name.contains("hmac");
        std::cmp::Reverse(shared * 2 + usize::from(own.last() == wanted.last()) + usize::from(same_role))
    });
    names.truncate(MOST_NAMES);
    names
}

fn name_parts(name: &str) -> Vec<&str> {
    name.split(['-', '_']).filter(|word| !matches!(*word, "x" | "http")).collect()
}

/// Tries the timestamp in another unit, either in the signed content or as received.
fn timestamps(case: &Case) -> impl Iterator<Item = Guess<'_>> {
    let field = case.provider.scheme.timestamp.as_ref();
    let declared = field.into_iter().flat_map(|field| {
        UNITS.into_iter().filter(move |unit| *unit != field.format).map(|unit| {
            let sentence = "the timestamp is signed in another unit than the declaration has, \
                            milliseconds for seconds or the like: set `format` in the declaration";
            Guess::new(Cause::new("timestamp_unit", sentence), move |case| {
                if let Some(field) = &mut case.provider_mut().scheme.timestamp {
                    field.format = unit;
                }
            })
        })
    });
    let received = field.and_then(|field| stamp(case, field)).map(|(name, value, text)| {
        UNITS.into_iter().filter_map(move |unit| {
            let other = unit.render(read(&text)?);
            let value = HeaderValue::try_from(value.replace(&text, &other)).ok().filter(|_| other != text)?;
            let name = name.clone();
            let sentence = "the timestamp was signed in another unit than it was received in, \
                            milliseconds for seconds or the like: sign and verify its text as it is sent";
            Some(Guess::new(Cause::new("timestamp_unit", sentence), move |case| {
                case.headers.insert(name.clone(), value.clone());
                if let Some(field) = &mut case.provider_mut().scheme.timestamp {
                    field.format = unit;
                }
            }))
        })
    });
    declared.chain(received.into_iter().flatten())
}

/// Returns the header with the timestamp: its name, its value, and the part of it that is the timestamp.
fn stamp(case: &Case, field: &TimestampField) -> Option<(HeaderName, String, String)> {
    let at = match &field.at {
        Location::SignatureItem(_) | Location::SignatureIndex(_) => &case.provider.scheme.signature.at,
        other => other,
    };
    let Location::Header(names) = at else { return None };
    names.split(',').find_map(|name| {
        let value = case.headers.get(name.trim())?.to_str().ok()?.to_owned();
        let name = HeaderName::try_from(name.trim()).ok()?;
        let whole = matches!(field.at, Location::Header(_)).then(|| value.clone());
        let digits =
            || value.split(|char: char| !char.is_ascii_digit()).find(|run| matches!(run.len(), 10 | 13));
        let text = whole.or_else(|| digits().map(str::to_owned))?;
        Some((name, value, text))
    })
}

/// Returns the time in the header of the timestamp.
pub(super) fn stamp_time(case: &Case, field: &TimestampField) -> Option<UnixTime> {
    stamp(case, field).and_then(|(_, _, text)| read(&text))
}

/// Parses a timestamp in any unit.
fn read(text: &str) -> Option<UnixTime> {
    UNITS.into_iter().filter(|_| text.len() >= 10).find_map(|unit| unit.parse(text.as_bytes()).ok())
}

fn content_types(case: &Case) -> impl Iterator<Item = Guess<'_>> {
    let sentence = "the scheme signs form fields and the content type is another: \
                    let the provider send forms, and let nothing change the header";
    let cause = Cause::new("content_type", sentence);
    case.signs("{form")
        .then(|| {
            Guess::new(cause, |case| {
                let form = HeaderValue::from_static("application/x-www-form-urlencoded");
                case.headers.insert(CONTENT_TYPE, form);
            })
        })
        .into_iter()
}

fn methods(case: &Case) -> impl Iterator<Item = Guess<'_>> {
    let lower = case.method.to_ascii_lowercase();
    let methods = case.signs("{method}").then(|| METHODS.map(str::to_owned).into_iter().chain([lower]));
    methods.into_iter().flatten().filter(|method| *method != case.method).map(|method| {
        let sentence =
            format!("the provider signs the method as {method}: hand over the method as it was received");
        Guess::new(Cause::owned("method", sentence), move |case| case.method.clone_from(&method))
    })
}

static METHODS: [&str; 5] = ["POST", "GET", "PUT", "PATCH", "DELETE"];
static UNITS: [TimestampFormat; 4] = [
    TimestampFormat::Seconds,
    TimestampFormat::Milliseconds,
    TimestampFormat::Rfc3339,
    TimestampFormat::Rfc3339Utc,
];

/// Headers of every request, which are neither signature nor id.
static NEVER: [&str; 12] = [
    "host",
    "user-agent",
    "accept",
    "accept-encoding",
    "content-type",
    "content-length",
    "connection",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "forwarded",
];

/// The number of headers that are tried for one role.
const MOST_NAMES: usize = 24;
const MOST_RENAMINGS: usize = 256;
