use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use countersign::receiver::{
    self, Halt, HaltFuture, Handshaken, Receiver, Reception, Rejection, ResolveFuture,
};
use countersign::{Delivery, ErrorKind};
use http::request::Parts;
use http::uri::PathAndQuery;
use http_body::Body;
use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};

use crate::unreadable::{BoxError, unreadable};

pin_project! {
    /// The verification of a request.
    #[project = VerificationProjection]
    pub(super) struct Verification<B> {
        #[pin]
        body: B,
        tenant: Option<ResolveFuture>,
        // Set only while waiting for the body: most bodies are complete at once, and no move is needed.
        reception: Option<Reception>,
        // Started when the body is not ready for the first time.
        deadline: Option<Pin<Box<Sleep>>>,
        // Requested when the body is complete.
        keys: Option<ResolveFuture>,
        // A handshake whose secret is being stored.
        later: Option<HaltFuture>,
    }
}

impl<B> Verification<B> {
    pub(super) fn new(receiver: &Receiver, parts: &Parts, body: B) -> Self {
        let request = || {
            let request = receiver::RequestHead::new(parts.uri.clone(), parts.headers.clone());
            request.with_method(parts.method.clone())
        };
        let tenant = receiver.lookup(request);
        Self { body, tenant, reception: None, deadline: None, keys: None, later: None }
    }
}

impl<B: Body<Error: Into<BoxError>>> Verification<B> {
    pub(super) fn poll(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        receiver: &Receiver,
        parts: &Parts,
    ) -> Poll<Result<Delivery, Result<Handshaken, Rejection>>> {
        let mut this = self.project();
        if let Some(later) = this.later {
            return later.as_mut().poll(cx).map(Err);
        }
        match ready!(Self::verdict(&mut this, cx, receiver, parts)) {
            Ok(delivery) => Poll::Ready(Ok(delivery)),
            Err(Halt::Rejected(rejection)) => Poll::Ready(Err(Err(rejection))),
            Err(Halt::Handshake(handshaken)) => Poll::Ready(Err(Ok(handshaken))),
            Err(Halt::Later(later)) => this.later.insert(later).as_mut().poll(cx).map(Err),
        }
    }

    /// Decides before anything is stored.
    fn verdict(
        this: &mut VerificationProjection<'_, B>,
        cx: &mut Context<'_>,
        receiver: &Receiver,
        parts: &Parts,
    ) -> Poll<Result<Delivery, Halt>> {
        let mut reception = match this.reception.take() {
            Some(reception) => reception,
            None => {
                let tenant = match &mut this.tenant {
                    Some(lookup) => Some(ready!(lookup.as_mut().poll(cx))),
                    None => None,
                };
                let target = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
                receiver.begin(parts.method.as_str(), target, &parts.headers, tenant)?
            }
        };
        // Checked before each frame, because a server may know the end of a body before it has closed it.
        while this.keys.is_none() && !this.body.is_end_stream() {
            let Poll::Ready(frame) = this.body.as_mut().poll_frame(cx) else {
                let deadline = this.deadline.get_or_insert_with(|| Box::pin(sleep(receiver.body_deadline())));
                if deadline.as_mut().poll(cx).is_ready() {
                    return Poll::Ready(Err(ErrorKind::BodyTimeout.into()));
                }
                *this.reception = Some(reception);
                return Poll::Pending;
            };
            let frame = match frame.transpose() {
                Ok(Some(frame)) => frame,
                Ok(None) => break,
                Err(error) => return Poll::Ready(Err(unreadable(&*error.into()).into())),
            };
            // Other frames are trailers, which are never signed.
            if let Ok(mut data) = frame.into_data() {
                reception.push(data.copy_to_bytes(data.remaining()))?;
            }
        }
        if this.keys.is_none() {
            *this.keys = reception.lookup_keys();
        }
        if let Some(lookup) = &mut this.keys {
            let Poll::Ready(keys) = lookup.as_mut().poll(cx) else {
                *this.reception = Some(reception);
                return Poll::Pending;
            };
            reception = reception.with_keys(keys)?;
        }
        Poll::Ready(reception.finish())
    }
}
