//! The parts of a request that a template of signed content needs, besides those that its declaration names.

use super::body::Place;

/// A placeholder whose value must be present.
#[derive(Debug, PartialEq)]
pub(super) enum Placeholder {
    Header(&'static str),
    Json(&'static str),
    Form(&'static str),
    /// All fields.
    WholeForm,
    /// A value that is always present, or known to a signer.
    Other(&'static str),
}

impl Placeholder {
    /// Returns its place in the body.
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
        Some(("form", "sorted" | "sorted-after-url" | "php-serialize")) => Placeholder::WholeForm,
        Some(("form", name)) => Placeholder::Form(name),
        _ => Placeholder::Other(name),
    });
    parsed.collect()
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
