//! The catalogue of providers.

use askama::Template;
use bytes::Bytes;
use countersign::{Provider, providers as catalogue};
use http::{Response, StatusCode};

use crate::problem::Problem;
use crate::text;
use crate::visit::{Frame, Visit, page};

/// Lists the providers of the catalogue: what they sign with, their handshakes, and how the facts were checked.
pub(crate) fn providers(visit: &Visit<'_>) -> Result<Response<Bytes>, Problem> {
    let words = visit.fields.text("q").unwrap_or_default().to_lowercase();
    let is_meant = |provider: &&Provider| {
        let names = [&provider.slug, &provider.name].into_iter().chain(provider.aliases.iter());
        names.into_iter().any(|name| name.to_lowercase().contains(&words))
    };
    let template = Page {
        frame: visit.frame("providers", "Providers"),
        rows: catalogue::all().filter(is_meant).map(Row::new).collect(),
        total: catalogue::all().count(),
        words: text::cut(&words, 100),
    };
    Ok(page(StatusCode::OK, &template))
}

#[derive(Template)]
#[template(path = "providers.html")]
struct Page {
    frame: Frame,
    words: String,
    rows: Vec<Row>,
    total: usize,
}

struct Row {
    name: String,
    slug: String,
    algorithm: String,
    signed: String,
    handshakes: String,
    proof: String,
    checked: String,
    doc: String,
}

impl Row {
    fn new(of: &'static Provider) -> Self {
        let handshakes: Vec<_> = of.handshakes.iter().map(|handshake| &*handshake.name).collect();
        Self {
            name: of.name.to_string(),
            slug: of.slug.to_string(),
            algorithm: word(&of.scheme.algorithm),
            signed: of.scheme.describe_signed(),
            handshakes: handshakes.join(", "),
            proof: of.proof.map(|proof| proof.to_string()).unwrap_or_default(),
            checked: of.checked.to_string(),
            doc: address(&of.doc),
        }
    }
}

/// Returns the first address of a source, which may name a file or other addresses behind it. Empty if it begins with none.
fn address(source: &str) -> String {
    let first = source.split([' ', ';', ',']).next().unwrap_or_default();
    if first.starts_with("https://") { first.to_owned() } else { String::new() }
}

/// Returns the name of a value, as declarations write it.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use http::Uri;

    use super::*;

    #[test]
    fn a_link_is_the_first_address_of_the_source() {
        for (source, expected) in [
            ("https://github.com/acme/sdk src/verify.rs", "https://github.com/acme/sdk"),
            ("https://acme.example/hooks; https://acme.example/sdk", "https://acme.example/hooks"),
            ("memory: https://acme.example", ""),
        ] {
            assert_eq!(address(source), expected);
        }
    }

    #[test]
    fn every_link_of_the_catalogue_is_an_address() {
        for provider in catalogue::all() {
            let Row { doc, slug, .. } = Row::new(provider);
            let host = doc.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
            assert!(doc.is_empty() || host.is_some_and(|host| host.contains('.')), "{slug}: {doc}");
        }
    }
}
