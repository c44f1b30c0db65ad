//! Mistakes with the signature field: prefix, encoding, case.

use countersign::scheme::{Encoding, Format, Location};
use http::header::{HeaderName, HeaderValue};

use super::Cause;
use super::case::{Case, Guess, Guesses};
use super::code::{from_base64, from_percent};

pub(super) fn likely(case: &Case) -> Guesses<'_> {
    Box::new(values(case).chain(encodings(case)))
}

/// Tries changes of the value and its encoding.
pub(super) fn rare(case: &Case) -> Guesses<'_> {
    Box::new(values(case).flat_map(|value| {
        let encodings: Vec<_> = encodings(case).collect();
        let value = std::rc::Rc::new(value);
        encodings.into_iter().map(move |encoding| {
            let value = std::rc::Rc::clone(&value);
            let causes = [value.causes.as_slice(), &encoding.causes].concat();
            Guess::several(causes, move |case| *case = encoding.undone(&value.undone(case)))
        })
    }))
}

/// Returns the field in the forms in which it might have been sent.
fn values(case: &Case) -> impl Iterator<Item = Guess<'_>> {
    let found: Vec<_> = fields(case);
    let repeated = (found.len() > 1).then_some(REPEATED);
    found.into_iter().flat_map(move |(name, value)| {
        let alone = repeated.clone().map(|cause| (cause, value.clone()));
        let spellings = spellings(case, &value).into_iter().filter(move |(_, other)| *other != value);
        let values = alone.into_iter().chain(spellings);
        values.filter_map(move |(cause, value)| {
            let (name, value) = (name.clone(), HeaderValue::try_from(value).ok()?);
            Some(Guess::new(cause, move |case| {
                case.headers.insert(name.clone(), value.clone());
            }))
        })
    })
}

fn fields(case: &Case) -> Vec<(HeaderName, String)> {
    let Location::Header(names) = &case.provider.scheme.signature.at else { return Vec::new() };
    let all = names.split(',').map(str::trim).flat_map(|wanted| {
        let is_one = move |name: &HeaderName| match wanted.strip_suffix('*') {
            Some(start) => name.as_str().starts_with(start),
            None => name.as_str().eq_ignore_ascii_case(wanted),
        };
        case.headers.iter().filter(move |(name, _)| is_one(name))
    });
    let texts = all.filter_map(|(name, value)| Some((name.clone(), value.to_str().ok()?.to_owned())));
    texts.take(MOST_FIELDS).collect()
}

fn spellings(case: &Case, value: &str) -> Vec<(Cause, String)> {
    let mut all = Vec::new();
    match &case.provider.scheme.signature.format {
        Format::Value { prefixes, .. } => {
            let prefixes = prefixes.split('|').filter(|prefix| !prefix.is_empty());
            all.extend(prefixes.map(|prefix| (NO_PREFIX, format!("{prefix}{value}"))));
        }
        Format::List { assign, tags, .. } => {
            let tags = tags.split('|').filter(|tag| !tag.is_empty() && *tag != "*");
            all.extend(tags.map(|tag| (NO_PREFIX, format!("{tag}{assign}{value}"))));
        }
        _ => {}
    }
    for separator in ['=', ',', ' ', ':'] {
        let bare =
            value.split_once(separator).filter(|(before, after)| before.len() <= 12 && after.len() >= 16);
        all.extend(bare.map(|(_, after)| (PREFIX, after.trim().to_owned())));
    }
    all.push((CASE, value.to_lowercase()));
    all.push((CASE, value.to_uppercase()));
    all.push((QUOTED, value.trim_matches(['"', '\'', ' ']).to_owned()));
    all.extend(from_percent(value).map(|value| (ENCODED, value)));
    all.push((ENCODED, value.replace(' ', "+")));
    let twice = from_base64(value).and_then(|bytes| String::from_utf8(bytes).ok());
    all.extend(twice.map(|value| (TWICE, value)));
    all
}

fn encodings(case: &Case) -> impl Iterator<Item = Guess<'_>> {
    let declared = case.provider.scheme.signature.encoding;
    let others = ENCODINGS.into_iter().filter(move |(encoding, _)| {
        let is_same = *encoding == declared
            || (*encoding == Encoding::Base64Url && declared == Encoding::Base64UrlUnpadded);
        case.provider.scheme.algorithm.covers_content() && !is_same
    });
    others.map(|(encoding, name)| {
        let sentence =
            format!("the signature is written in {name}: set `encoding` in the declaration to that");
        Guess::new(Cause::owned("signature_encoding", sentence), move |case| {
            case.provider_mut().scheme.signature.encoding = encoding;
        })
    })
}

static ENCODINGS: [(Encoding, &str); 3] =
    [(Encoding::Hex, "hexadecimal"), (Encoding::Base64, "Base64"), (Encoding::Base64Url, "URL-safe Base64")];

const MOST_FIELDS: usize = 4;

const NO_PREFIX: Cause = Cause::new(
    "signature_prefix_missing",
    "the signature lacks the prefix or tag that the scheme has in front of it, and with it the request verifies: \
     hand over the whole value of the header",
);
const PREFIX: Cause = Cause::new(
    "signature_prefix_unexpected",
    "the signature has a prefix that the scheme does not know, and without it the request verifies: \
     declare the prefix in `format`",
);
const CASE: Cause = Cause::new(
    "signature_case",
    "the signature field is in another case than it was sent in: hand over the value of the header as it was received",
);
const QUOTED: Cause = Cause::new(
    "signature_quoted",
    "the signature stands in quotes, and without them the request verifies: hand over the value of the header as it was received",
);
const ENCODED: Cause = Cause::new(
    "signature_percent_encoded",
    "the signature was percent-encoded or decoded as in a URL, and without that the request verifies: \
     hand over the value of the header as it was received",
);
const TWICE: Cause = Cause::new(
    "signature_encoded_twice",
    "the signature is the Base64 of its text, and decoded once the request verifies: hand over the value of the header as it was received",
);
const REPEATED: Cause = Cause::new(
    "signature_repeated",
    "there are several signature headers and one of them alone verifies: let nothing add or join headers",
);
