//! The values that the signed content of a declaration takes from a request.

use countersign::Provider;
use countersign::scheme::{Location, Pointer};

/// A value of the request that is signed.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Placeholder<'p> {
    /// A header.
    Header(&'p str),
    /// A place in a JSON body, by its pointer.
    Json(&'p str),
    /// A member of a JSON body, by its name.
    Member(&'p str),
    /// A field of a form.
    Form(&'p str),
    /// All fields of a form.
    WholeForm,
    /// An item of the signature field.
    Item(&'p str),
}

impl Placeholder<'_> {
    /// Returns its place in the body.
    pub(super) fn place(&self) -> Option<Location> {
        match self {
            Self::Json(pointer) => Pointer::try_from((*pointer).to_owned()).ok().map(Location::Json),
            Self::Member(name) => Pointer::try_from(format!("/{name}")).ok().map(Location::Json),
            Self::Form(name) => Some(Location::Form((*name).to_owned().into())),
            Self::Header(_) | Self::WholeForm | Self::Item(_) => None,
        }
    }
}

/// Returns the values in the signed content, in the checks, and among the components of a signed message.
pub(super) fn placeholders(provider: &Provider) -> Vec<Placeholder<'_>> {
    let scheme = &provider.scheme;
    let checks = scheme.checks.iter().map(|check| check.equals.as_str());
    let templates = std::iter::once(scheme.content.as_str()).chain(checks);
    let components = scheme.message_signature.iter().flat_map(|rules| rules.components.split('|'));
    let components = components.filter(|name| !name.starts_with('@') && *name != "content-digest");
    templates.flat_map(parse).chain(components.map(Placeholder::Header)).collect()
}

/// Returns the values of one template. A list of signed headers is no value: the signer writes it.
fn parse(template: &str) -> Vec<Placeholder<'_>> {
    let names = || template.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0));
    let is_list = |tag: &str| names().any(|name| name.strip_prefix("headers:sig:") == Some(tag));
    let mut found = Vec::new();
    for (kind, rest) in names().filter_map(|name| name.split_once(':')) {
        match (kind, rest.split(':').next().unwrap_or(rest)) {
            ("header", name) => found.push(Placeholder::Header(name)),
            ("json", pointer) => found.push(Placeholder::Json(pointer.trim_start_matches(['?', '*']))),
            ("json-lines", names) => {
                let required = names.split(',').filter(|name| !name.ends_with('?'));
                found.extend(required.map(|name| Placeholder::Member(name.trim_end_matches('*'))));
            }
            ("form", "sorted" | "plivo" | "php-serialize" | "pairs" | "pairs-without") => {
                found.push(Placeholder::WholeForm);
            }
            ("form", name) => found.push(Placeholder::Form(name)),
            ("sig", tag) if !is_list(tag) => found.push(Placeholder::Item(tag)),
            _ => {}
        }
    }
    found
}
