//! What a template of signed content needs of a request, besides what its declaration names elsewhere.

use countersign::Provider;
use countersign::scheme::Location;

use super::body::Place;
use super::{SIGNED_VALUE, first_header};

/// A placeholder that stands for something which has to be there.
#[derive(Debug, PartialEq)]
pub(super) enum Placeholder {
    Header(&'static str),
    Json(&'static str),
    Form(&'static str),
    /// All fields.
    WholeForm,
    /// Something that is always there, or that a signer knows.
    Other(&'static str),
}

impl Placeholder {
    /// Where in the body it is.
    pub(super) fn place(&self) -> Option<Place> {
        match self {
            Self::Json(pointer) => Some(Place::pointer(pointer)),
            Self::Form(name) => Some(Place::Form((*name).to_owned())),
            Self::Header(_) | Self::WholeForm | Self::Other(_) => None,
        }
    }
}

pub(super) fn placeholders(template: &'static str) -> Vec<Placeholder> {
    let names = template.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0));
    let parsed = names.map(|name| match name.split_once(':') {
        Some(("header", name)) => Placeholder::Header(name),
        Some(("json", pointer)) => Placeholder::Json(pointer.trim_start_matches('?')),
        Some(("form", "sorted" | "plivo" | "php-serialize")) => Placeholder::WholeForm,
        Some(("form", name)) => Placeholder::Form(name),
        _ => Placeholder::Other(name),
    });
    parsed.collect()
}

/// Headers that are signed, and are neither id nor type nor timestamp.
pub(super) fn other_headers(
    placeholders: &[Placeholder],
    provider: &'static Provider,
) -> Vec<(&'static str, &'static str)> {
    let timestamp = provider.scheme.timestamp.as_ref().map(|field| &field.at);
    let event = &provider.event;
    let is_known = |name: &str| {
        let known: [Option<&'static Location>; 3] = [timestamp, event.id.as_ref(), event.event_type.as_ref()];
        known.into_iter().flatten().any(|at| first_header(at) == Some(name))
    };
    let names = placeholders.iter().filter_map(|placeholder| match placeholder {
        Placeholder::Header(name) => Some(*name),
        _ => None,
    });
    names.filter(|name| !is_known(name)).map(|name| (name, SIGNED_VALUE)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_apart() {
        assert_eq!(
            placeholders("v0:{timestamp}{header:x-nonce}.{json:?/a/b}{form:c}{form:sorted}"),
            [
                Placeholder::Other("timestamp"),
                Placeholder::Header("x-nonce"),
                Placeholder::Json("/a/b"),
                Placeholder::Form("c"),
                Placeholder::WholeForm,
            ]
        );
    }
}
