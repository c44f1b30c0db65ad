use std::sync::Arc;

use bytes::Bytes;
use countersign::{Provider, SecretSet};
use http::HeaderMap;

use super::{Captured, Cause};

pub(super) use countersign::__private::inspect::StoredSecret as Stored;

/// The inputs of a verification that a guess can change.
#[derive(Clone)]
pub(super) struct Case {
    pub(super) provider: Arc<Provider>,
    pub(super) secrets: Vec<Stored>,
    pub(super) method: String,
    pub(super) url: Option<String>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// One or several assumed mistakes, and the request without them.
pub(super) struct Guess<'g> {
    pub(super) causes: Vec<Cause>,
    undo: Box<dyn Fn(&mut Case) + 'g>,
}

/// Guesses, each computed when it is tried.
pub(super) type Guesses<'g> = Box<dyn Iterator<Item = Guess<'g>> + 'g>;

/// Bodies that may have been signed, with the causes that changed them.
pub(super) type Bodies<'g> = Box<dyn Iterator<Item = (Vec<Cause>, Vec<u8>)> + 'g>;

impl Case {
    pub(super) fn new(provider: Arc<Provider>, secrets: Vec<Stored>, captured: &Captured) -> Self {
        let Captured { method, url, headers, body } = captured.clone();
        Self { provider, secrets, method, url, headers, body }
    }

    /// Returns whether the signed or checked content has a placeholder with this beginning.
    pub(super) fn signs(&self, placeholder: &str) -> bool {
        let scheme = &self.provider.scheme;
        let mut templates = scheme.checks.iter().map(|check| &check.equals).chain([&scheme.content]);
        templates.any(|template| template.as_str().contains(placeholder))
    }

    pub(super) fn signs_url(&self) -> bool {
        ["{url", "{path", "{query", "{target"].iter().any(|placeholder| self.signs(placeholder))
            || URL_COMPONENTS.iter().any(|component| self.signs_component(component))
    }

    pub(super) fn signs_body(&self) -> bool {
        ["{body", "{form", "{json"].iter().any(|placeholder| self.signs(placeholder))
            || self.signs_component("content-digest")
    }

    /// Returns whether a message signature has to cover this component (RFC 9421, 2).
    fn signs_component(&self, component: &str) -> bool {
        let rules = self.provider.scheme.message_signature.as_ref();
        rules.is_some_and(|rules| rules.components.split('|').any(|name| name.trim() == component))
    }

    /// Returns the request without the secrets.
    pub(super) fn captured(&self) -> Captured {
        let Self { method, url, headers, body, .. } = self.clone();
        Captured { method, url, headers, body }
    }

    pub(super) fn provider_mut(&mut self) -> &mut Provider {
        Arc::make_mut(&mut self.provider)
    }
}

/// The components of a message signature that are parts of the URL (RFC 9421, 2.2).
static URL_COMPONENTS: [&str; 7] =
    ["@target-uri", "@authority", "@scheme", "@path", "@query", "@query-param", "@request-target"];

/// Returns the valid ones among the secrets as a set, if there are any.
pub(super) fn set_of(stored: &[Stored]) -> Option<SecretSet> {
    (!stored.is_empty()).then(|| Stored::set(stored))
}

impl<'g> Guess<'g> {
    pub(super) fn new(cause: Cause, undo: impl Fn(&mut Case) + 'g) -> Self {
        Self::several(vec![cause], undo)
    }

    pub(super) fn several(causes: Vec<Cause>, undo: impl Fn(&mut Case) + 'g) -> Self {
        Self { causes, undo: Box::new(undo) }
    }

    /// Creates a guess with another body.
    pub(super) fn body(causes: Vec<Cause>, body: Vec<u8>) -> Self {
        let body = Bytes::from(body);
        Self::several(causes, move |case| case.body = body.clone())
    }

    /// Combines two guesses.
    pub(super) fn and(self, other: Self) -> Self {
        let (first, second) = (self.undo, other.undo);
        let causes = [self.causes, other.causes].concat();
        Self::several(causes, move |case| {
            first(case);
            second(case);
        })
    }

    pub(super) fn undone(&self, case: &Case) -> Case {
        let mut case = case.clone();
        (self.undo)(&mut case);
        case
    }
}
