use std::fmt;

use countersign::{Provider, providers};
use countersign_inbox::StoredHead;
use serde::Serialize;

use crate::output::{DIM, printable};

/// The request without its body.
#[derive(Debug, Serialize)]
pub(in crate::inbox) struct HeadView {
    method: String,
    /// With lengths in the place of segments that may be tokens, unless everything is shown.
    path: String,
    /// Omitted by default, because it may contain a token.
    query: Option<String>,
    headers: Vec<HeaderView>,
}

#[derive(Debug, Serialize)]
struct HeaderView {
    name: String,
    value: Option<String>,
    redacted: bool,
}

/// The displayed part of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::inbox) enum Shown {
    /// The names of headers.
    Names,
    /// Their values, except credentials and signatures.
    Values,
    /// Everything.
    Everything,
}

impl HeadView {
    pub(in crate::inbox) fn new(head: &StoredHead, slug: &str, shown: Shown) -> Self {
        let provider = providers::all().find(|provider| provider.slug == slug);
        let (path, query) = head.target.split_once('?').unwrap_or((&head.target, ""));
        let (path, query) = match shown {
            Shown::Everything => (path.to_owned(), query),
            _ => (head.masked_path(), REDACTED),
        };
        Self {
            method: head.method.clone(),
            path,
            query: head.target.contains('?').then(|| query.to_owned()),
            headers: head
                .headers
                .iter()
                .map(|(name, value)| {
                    let redacted = is_redacted(name, provider, shown);
                    let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                    HeaderView { name: name.to_string(), value: (!redacted).then_some(value), redacted }
                })
                .collect(),
        }
    }
}

fn is_redacted(name: &http::HeaderName, provider: Option<&Provider>, shown: Shown) -> bool {
    match shown {
        Shown::Names => true,
        Shown::Values => StoredHead::is_confidential(name, provider),
        Shown::Everything => false,
    }
}

impl fmt::Display for HeadView {
    /// Writes the request line, and a line per header.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", printable(&self.method), printable(&self.path))?;
        if let Some(query) = &self.query {
            write!(f, "?{}", printable(query))?;
        }
        writeln!(f)?;
        self.headers.iter().try_for_each(|header| match &header.value {
            Some(value) => writeln!(f, "{}: {}", header.name, printable(value)),
            None => writeln!(f, "{}: {DIM}{REDACTED}{DIM:#}", header.name),
        })
    }
}

const REDACTED: &str = "[redacted]";

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    fn shown(shown: Shown) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("content-type", "application/json\u{7f}"),
            ("x-proxiant-signature", "sha256=5161"),
            ("authorization", "Bearer hunter2"),
        ] {
            let value = HeaderValue::from_bytes(value.replace('\u{7f}', "\u{fc}").as_bytes()).unwrap();
            headers.append(HeaderName::from_static(name), value);
        }
        let head = StoredHead::new("POST", "/hooks/hunter2hunter2hunter2?token=hunter2", headers);
        let view = HeadView::new(&head, "proxiant", shown);
        format!(
            "{}{}",
            anstream::adapter::strip_str(&view.to_string()),
            serde_json::to_string(&view).unwrap()
        )
    }

    #[test]
    fn names_are_shown_and_values_are_not() {
        let names = shown(Shown::Names);
        assert!(
            names.starts_with("POST /hooks/[21 bytes]?[redacted]\ncontent-type: [redacted]\n"),
            "{names}"
        );
        for secret in ["hunter2", "5161", "json"] {
            assert!(!names.contains(secret), "{names}");
        }
    }

    #[test]
    fn what_proves_something_stays_redacted_among_the_values() {
        let values = shown(Shown::Values);
        assert!(values.contains("content-type: application/jsonü\n"), "{values}");
        assert!(values.contains("x-proxiant-signature: [redacted]\nauthorization: [redacted]\n"), "{values}");
        assert!(!values.contains("hunter2") && !values.contains("5161"), "{values}");
    }

    #[test]
    fn everything_is_everything() {
        let everything = shown(Shown::Everything);
        assert!(everything.starts_with("POST /hooks/hunter2hunter2hunter2?token=hunter2\n"), "{everything}");
        assert!(everything.contains("authorization: Bearer hunter2\n"), "{everything}");
        assert!(
            everything.contains(r#"{"name":"x-proxiant-signature","value":"sha256=5161","redacted":false}"#)
        );
    }
}
