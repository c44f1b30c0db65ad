use std::task::{Context, Poll};

use bytes::Bytes;

use super::forwarded::NoUrl;
use super::{Receiver, RequestHead};
use crate::error::ErrorKind;
use crate::head::{Head, Headers};
use crate::time::UnixTime;
use crate::verifier::Verifier;

/// A request of a framework, as [`Receiving`](super::Receiving) reads it.
pub trait Incoming {
    /// The headers of the framework.
    type Headers: Headers;

    /// Returns the method, in upper case.
    fn method(&self) -> &str;

    /// Returns path and query as they were received.
    fn target(&self) -> &str;

    /// Returns the headers.
    fn headers(&self) -> &Self::Headers;

    /// Copies the head, for resolvers of tenants.
    fn to_head(&self) -> RequestHead {
        RequestHead::of(self.method(), self.target(), self.headers())
    }

    /// Polls the next bytes of the body; `None` at its end. An error is a body that broke off
    /// ([`BodyUnreadable`](ErrorKind::BodyUnreadable)), that a limit outside cut off
    /// ([`PayloadTooLarge`](ErrorKind::PayloadTooLarge)), or that exceeds
    /// [`Receiver::body_deadline`] ([`BodyTimeout`](ErrorKind::BodyTimeout)): the framework has the timer.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, ErrorKind>>>;
}

impl<I: Incoming> Incoming for &mut I {
    type Headers = I::Headers;

    fn method(&self) -> &str {
        (**self).method()
    }

    fn target(&self) -> &str {
        (**self).target()
    }

    fn headers(&self) -> &I::Headers {
        (**self).headers()
    }

    fn to_head(&self) -> RequestHead {
        (**self).to_head()
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, ErrorKind>>> {
        (**self).poll_chunk(cx)
    }
}

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

impl Receiver {
    pub(super) fn head<'a, H: Headers>(
        &self,
        method: &'a str,
        target: &'a str,
        headers: &'a H,
    ) -> IncomingHead<'a, H> {
        let options = self.options();
        let url = options.public_url.as_ref().filter(|_| options.answerer.is_some() || self.needs_url());
        IncomingHead {
            method,
            target,
            headers,
            url: url.map(|public_url| public_url.of(target, headers)),
            now: options.clock.now(),
        }
    }

    /// Returns whether one of the declarations signs the URL.
    pub(super) fn needs_url(&self) -> bool {
        let options = self.options();
        options.verifier.needs_url() || options.fallback.as_ref().is_some_and(Verifier::needs_url)
    }
}
