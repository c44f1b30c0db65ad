//! Notes on ids and types: options without effect, and values that the provider sends and the request lacks.

use countersign::Provider;
use countersign::scheme::Location;
use http::HeaderMap;
use serde_json::Value;

use super::cli::SignArgs;
use crate::output::{DIM, stderr};

/// Warns about options that have no effect, because the value is in no header.
pub(super) fn on_options(args: &SignArgs, provider: &Provider) {
    let slug = &provider.slug;
    for (_, option, given, at) in values(args, provider) {
        if given && !at.is_some_and(is_written) {
            stderr!("{DIM}note:{DIM:#} {slug} sends this in no header: {option} has no effect");
        }
    }
}

/// Warns about values that the provider sends and the signed request lacks.
pub(super) fn on_request(args: &SignArgs, provider: &Provider, request: &Request<'_>) {
    let slug = &provider.slug;
    for (name, option, _, at) in values(args, provider) {
        let Some(at) = at.filter(|at| !request.has(provider, at)) else { continue };
        let (place, cure) =
            (at.describe(), if is_written(at) { format!(": give {option}") } else { String::new() });
        stderr!("{DIM}note:{DIM:#} {slug} sends the {name} in {place}, where the request has none{cure}");
    }
}

fn values<'a>(
    args: &SignArgs,
    provider: &'a Provider,
) -> [(&'static str, &'static str, bool, Option<&'a Location>); 2] {
    let event = &provider.event;
    [
        ("id", "--id", args.id.is_some(), event.id.as_ref()),
        ("type", "--event-type", args.event_type.is_some(), event.event_type.as_ref()),
    ]
}

/// Returns whether the signer writes the value.
fn is_written(at: &Location) -> bool {
    matches!(at.alternatives().first(), Some(Location::Header(_) | Location::Claim(_)))
}

/// A signed request.
pub(super) struct Request<'r> {
    pub(super) headers: &'r HeaderMap,
    pub(super) body: &'r [u8],
    pub(super) url: Option<&'r str>,
}

impl Request<'_> {
    /// Returns whether there is a value at one of the places.
    fn has(&self, provider: &Provider, at: &Location) -> bool {
        at.alternatives().iter().any(|at| match at {
            Location::Header(names) => names
                .split(',')
                .any(|name| self.headers.get(name.trim()).is_some_and(|value| !value.is_empty())),
            Location::Json(pointer) => self
                .documents(provider)
                .iter()
                .any(|document| !matches!(document.pointer(pointer.as_str()), None | Some(Value::Null))),
            Location::Form(name) => field(self.body, name).is_some(),
            Location::Query(name) => {
                let query = self.url.and_then(|url| url.split_once('?'));
                query.is_some_and(|(_, query)| field(query.as_bytes(), name).is_some())
            }
            // These are in the signature.
            _ => true,
        })
    }

    /// Returns the documents in which pointers are looked up: the body, the one in a form, or the items of the body.
    fn documents(&self, provider: &Provider) -> Vec<Value> {
        let payload = provider.event.payload.iter().flat_map(|at| at.alternatives());
        let payload = payload.filter_map(|at| match at {
            Location::Form(name) => field(self.body, name),
            _ => None,
        });
        let parse = |text: &[u8]| serde_json::from_slice::<Value>(text).ok();
        let mut documents: Vec<_> = payload.filter_map(|text| parse(text.as_bytes())).collect();
        documents.extend(parse(self.body));
        if let Some(each) = &provider.scheme.for_each {
            let first = each.as_str().replace('*', "0");
            let items: Vec<_> =
                documents.iter().filter_map(|document| document.pointer(&first).cloned()).collect();
            documents.extend(items);
        }
        documents
    }
}

fn field(form: &[u8], name: &str) -> Option<String> {
    let found = form_urlencoded::parse(form).find(|(other, value)| other == name && !value.is_empty());
    found.map(|(_, value)| value.into_owned())
}
