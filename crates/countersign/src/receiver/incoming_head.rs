use super::no_url::NoUrl;
use crate::head::{Head, Headers};
use crate::time::UnixTime;
use crate::verifier::Verifier;

/// The head of a request, with its public URL.
pub(super) struct IncomingHead<'a, H> {
    pub(super) method: &'a str,
    pub(super) target: &'a str,
    pub(super) headers: &'a H,
    pub(super) url: Option<Result<String, NoUrl>>,
    pub(super) now: UnixTime,
}

impl<'a, H: Headers> IncomingHead<'a, H> {
    /// Returns the head in the form that this verifier needs.
    pub(super) fn of(&'a self, verifier: &Verifier) -> Head<'a, H> {
        let head = Head::new(self.headers).with_method(self.method).with_target(self.target);
        match &self.url {
            Some(Ok(url)) if verifier.needs_url() => head.with_url(url),
            _ => head,
        }
    }
}
