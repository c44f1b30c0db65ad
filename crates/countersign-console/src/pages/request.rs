//! The stored request of an event, as far as it is revealed.

use bytes::Bytes;
use countersign::{Provider, providers};
use countersign_inbox::{Detail, StoredHead};
use sha2::{Digest, Sha256};

use crate::body::{beginning, readable};
use crate::text;

/// The displayed part of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shown {
    /// The names of headers.
    Names,
    /// The body and the values of headers, except credentials and signatures, and except a body that may contain them.
    Values,
    /// Everything.
    Everything,
}

/// The part of a request before its body.
pub(super) struct HeadView {
    pub(super) line: String,
    pub(super) headers: Vec<HeaderView>,
}

pub(super) struct HeaderView {
    pub(super) name: String,
    /// `None` if it is redacted.
    pub(super) value: Option<String>,
}

/// A body: its size, and its digest and content if they are revealed.
pub(super) struct BodyView {
    pub(super) summary: String,
    pub(super) content: Option<String>,
    pub(super) note: String,
}

impl HeadView {
    pub(super) fn new(head: &StoredHead, slug: &str, shown: Shown) -> Self {
        let provider = declared(slug);
        // Path and query may contain a token.
        let target = match (head.target.contains('?'), shown) {
            (_, Shown::Everything) => head.target.clone(),
            (true, _) => format!("{}?{REDACTED}", head.masked_path()),
            (false, _) => head.masked_path(),
        };
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            let is_redacted = match shown {
                Shown::Names => true,
                Shown::Values => StoredHead::is_confidential(name, provider),
                Shown::Everything => false,
            };
            let value = String::from_utf8_lossy(value.as_bytes());
            HeaderView {
                name: text::shown(name.as_str()),
                value: (!is_redacted).then(|| text::shown(&value)),
            }
        };
        Self {
            line: text::shown(&format!("{} {target}", head.method)),
            headers: head.headers.iter().map(header).collect(),
        }
    }
}

impl BodyView {
    /// Returns a view of the body, if it is still stored.
    pub(super) fn new(detail: &Detail, shown: Shown) -> Option<Self> {
        let body = detail.body.as_ref()?;
        let size = text::size(body.len());
        if revealed(detail, shown).is_none() {
            // Without the digest: it would confirm a guess of what is in the body.
            let note = if shown == Shown::Names { "" } else { CONFIDENTIAL };
            return Some(Self { summary: size, content: None, note: note.to_owned() });
        }
        let summary = format!("{size}, SHA-256 {}", const_hex::encode(Sha256::digest(body)));
        let Some(whole) = readable(body) else {
            let note = format!("{} that are not text", text::size(body.len()));
            return Some(Self { summary, content: None, note });
        };
        let beginning = beginning(&whole);
        let note = if beginning.len() < whole.len() {
            format!("the first {} are shown", text::size(beginning.len()))
        } else {
            String::new()
        };
        Some(Self { summary, content: Some(text::block(beginning)), note })
    }
}

/// Returns the body, as far as it is revealed.
pub(super) fn revealed(detail: &Detail, shown: Shown) -> Option<&Bytes> {
    let is_hidden = match shown {
        Shown::Names => true,
        Shown::Values => StoredHead::is_body_confidential(declared(&detail.summary.provider)),
        Shown::Everything => false,
    };
    detail.body.as_ref().filter(|_| !is_hidden)
}

/// Returns the declaration with this slug, if it is one of the catalogue.
pub(super) fn declared(slug: &str) -> Option<&'static Provider> {
    providers::all().find(|provider| provider.slug == slug)
}

const REDACTED: &str = "[redacted]";
pub(super) const CONFIDENTIAL: &str = "not shown: the body may contain a credential or the signature, by the declaration of its provider or because \
                            the catalogue does not have the provider. The role of an operator reveals it, with credentials";
