//! The parts of a request: what the signature covers, and how.

use countersign::scheme::{Algorithm, Location};
use countersign::{Coverage, Provider};
use serde::Serialize;

use crate::check::forge::Forge;
use crate::check::message::Message;
use crate::check::tamper;
use crate::facts::part_of;

/// A part of a request.
#[derive(Serialize)]
pub(super) struct Part {
    /// Its name, or that of the value in it.
    pub(super) part: String,
    /// Its place in the request.
    pub(super) at: String,
    pub(super) is_signed: bool,
    /// The way in which it is signed, or the reason why it is not.
    pub(super) how: String,
    /// The verdict on a copy of the request in which it is changed.
    pub(super) changed: Option<String>,
    #[serde(skip)]
    pub(super) copies: Vec<Message>,
}

/// Returns the parts of a declaration, with changed copies of a genuine request if there is one.
pub(super) fn parts(provider: &Provider, coverage: Coverage, forge: Option<(&Forge, &Message)>) -> Vec<Part> {
    let signed = Signed::of(provider);
    let mut parts = vec![part("method", "request line", signed.method(), |genuine, _| {
        vec![genuine.clone().with_method(if genuine.method == "PUT" { "POST" } else { "PUT" })]
    })];
    parts.push(part("path", "request line", signed.path(), |genuine, _| {
        let (path, query) = genuine.target.split_once('?').unwrap_or((&genuine.target, ""));
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        vec![genuine.clone().with_target(format!("{path}/changed{query}"))]
    }));
    parts.push(part("query", "request line", signed.query(), |genuine, _| {
        let separator = if genuine.target.contains('?') { '&' } else { '?' };
        vec![genuine.clone().with_target(format!("{}{separator}changed=1", genuine.target))]
    }));
    let values = [
        ("id", provider.event.id.as_ref(), coverage.id),
        ("type", provider.event.event_type.as_ref(), coverage.event_type),
        ("timestamp", provider.scheme.timestamp.as_ref().map(|field| &field.at), coverage.timestamp),
    ];
    for (name, at, is_signed) in values {
        let Some(at) = at else { continue };
        let how = is_signed.then(|| signed.value(name, at, coverage));
        let place_of_value = at.describe();
        let at = at.clone();
        parts.push(part(name, &place_of_value, how, move |genuine, forge| {
            changed_value(genuine, &forge.provider, &at)
        }));
    }
    let is_known = |at: &Location| values.iter().any(|(_, known, _)| *known == Some(at));
    for at in signed.values().into_iter().filter(|at| !is_known(at)) {
        let how = covers(provider, &at).then(|| signed.placeholder(&at));
        let name = at.describe();
        parts.push(part(&name, part_of(&at), how, move |genuine, forge| {
            changed_value(genuine, &forge.provider, &at)
        }));
    }
    parts.push(part("body", "all bytes", signed.body(coverage), |genuine, _| {
        [tamper::with_addition(&genuine.body), tamper::with_other_byte(&genuine.body)]
            .map(|body| genuine.clone().with_body(body))
            .into()
    }));
    parts.into_iter().map(|draft| draft.into_part(provider, forge)).collect()
}

/// Makes copies of a request in which a part is changed.
type Change = Box<dyn Fn(&Message, &Forge) -> Vec<Message>>;

/// A part, and the way to change it.
struct Draft {
    part: String,
    at: String,
    how: Option<String>,
    change: Change,
}

fn part(
    part: &str,
    at: &str,
    how: Option<String>,
    change: impl Fn(&Message, &Forge) -> Vec<Message> + 'static,
) -> Draft {
    Draft { part: part.to_owned(), at: at.to_owned(), how, change: Box::new(change) }
}

impl Draft {
    fn into_part(self, provider: &Provider, forge: Option<(&Forge, &Message)>) -> Part {
        let Self { part, at, how, change } = self;
        let unsigned = || match provider.scheme.algorithm {
            Algorithm::Token | Algorithm::Basic => "nothing is signed: the request carries the secret",
            _ => "an attacker with a delivery can change it",
        };
        Part {
            part,
            at,
            is_signed: how.is_some(),
            how: how.unwrap_or_else(|| unsigned().to_owned()),
            changed: None,
            copies: forge.map(|(forge, genuine)| change(genuine, forge)).unwrap_or_default(),
        }
    }
}

fn changed_value(genuine: &Message, provider: &Provider, at: &Location) -> Vec<Message> {
    let changed = |value: String| genuine.with(provider, at, Some(&other(&value)));
    genuine.get(provider, at).and_then(changed).into_iter().collect()
}

/// Returns another value of the same form. The letters of a date would make it malformed.
fn other(value: &str) -> String {
    let digit = value.rfind(|character: char| character.is_ascii_digit());
    digit.map_or_else(|| tamper::other(value), |at| tamper::changed_at(value, at))
}

/// The text of a declaration that says what is signed.
struct Signed<'p> {
    content: &'p str,
    components: Vec<&'p str>,
    provider: &'p Provider,
}

impl<'p> Signed<'p> {
    fn of(provider: &'p Provider) -> Self {
        let scheme = &provider.scheme;
        let components = scheme.message_signature.iter().flat_map(|rules| rules.components.split('|'));
        Self { content: scheme.content.as_str(), components: components.collect(), provider }
    }

    /// Returns the first placeholder, or component, that begins with one of these texts.
    fn by(&self, beginnings: &[&str]) -> Option<String> {
        let names = || self.content.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0));
        let has = |name: &&str| beginnings.iter().any(|one| name == one || is_kind(name, one));
        let placeholder = names().find(has).map(|name| format!("{{{name}}} in the signed content"));
        let component = || self.components.iter().find(|name| has(name));
        placeholder.or_else(|| component().map(|name| format!("component {name} of the signature")))
    }

    fn method(&self) -> Option<String> {
        self.by(&["method", "@method"])
    }

    fn path(&self) -> Option<String> {
        self.by(&["url", "url_without_query", "path", "target", "@target-uri", "@request-target", "@path"])
    }

    fn query(&self) -> Option<String> {
        let whole = ["url", "query", "query:canonical", "target", "@target-uri", "@request-target", "@query"];
        self.by(&whole).filter(|how| !how.starts_with("{query:") || how.starts_with("{query:canonical}"))
    }

    fn header(&self, name: &str) -> Option<String> {
        self.by(&[&format!("header:{name}"), name])
    }

    /// Returns the placeholder of a value, or its component.
    fn placeholder(&self, at: &Location) -> String {
        let of_header = match at {
            Location::Header(name) => self.header(name),
            _ => None,
        };
        of_header.or_else(|| self.by(&[&at.to_string()])).unwrap_or_else(|| IN_CONTENT.to_owned())
    }

    /// Returns the places of single values in the signed content, and of signed headers.
    fn values(&self) -> Vec<Location> {
        let places = self.provider.scheme.content.places().unwrap_or_default();
        let components = self.components.iter().filter(|name| !name.starts_with('@'));
        let headers = components.map(|name| format!("header:{}", name.split(';').next().unwrap_or(name)));
        let mut values: Vec<Location> = Vec::new();
        for at in places.into_iter().chain(headers.filter_map(|text| Location::try_from(text).ok())) {
            if !values.contains(&at) {
                values.push(at);
            }
        }
        values
    }

    /// Describes the protection of a value that is covered.
    fn value(&self, name: &str, at: &Location, coverage: Coverage) -> String {
        let first = at.alternatives().first().unwrap_or(at);
        match first {
            Location::Claim(_) => "a claim of the signed JWT".to_owned(),
            Location::Json(_) | Location::Form(_) if coverage.body => "within the signed body".to_owned(),
            Location::Json(_) | Location::Form(_) => "a value that is signed by itself".to_owned(),
            Location::Header(names) => {
                let header = || names.split(',').find_map(|one| self.header(one.trim()));
                self.by(&[name]).or_else(header).unwrap_or_else(|| IN_CONTENT.to_owned())
            }
            _ => self.by(&[name, "url", "query", "target", "sig"]).unwrap_or_else(|| IN_CONTENT.to_owned()),
        }
    }

    fn body(&self, coverage: Coverage) -> Option<String> {
        if !coverage.body {
            return None;
        }
        let checks = self.provider.scheme.checks.iter();
        let mut digests =
            checks.filter(|check| check.digest.is_some() && check.equals.as_str().contains("body"));
        let digest =
            || digests.next().map(|check| format!("its digest in {}, which is signed", check.at.describe()));
        let whole = self.by(&["body", "base64", "form", "content-digest"]);
        Some(whole.or_else(digest).unwrap_or_else(|| "within the signed JWT".to_owned()))
    }
}

/// Returns whether the signature covers the value at a place, as it would for the type of the event.
fn covers(provider: &Provider, at: &Location) -> bool {
    let mut typed = provider.clone();
    typed.event.event_type = Some(at.clone());
    typed.coverage().is_ok_and(|coverage| coverage.event_type)
}

/// Returns whether the placeholder is this one with an argument: `{url:sorted-query}` is `{url}`.
fn is_kind(name: &str, kind: &str) -> bool {
    !kind.contains(':') && name.strip_prefix(kind).is_some_and(|rest| rest.starts_with([':', ';']))
}

const IN_CONTENT: &str = "in the signed content";
