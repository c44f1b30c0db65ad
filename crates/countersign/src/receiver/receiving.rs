use std::task::{Context, Poll, ready};
use std::{fmt, future};

use super::early_response::{EarlyResponse, PendingResponse};
use super::reception::Reception;
use super::share::ObservedBody;
use super::{Incoming, KeysFuture, Received, Receiver, Rejection, RequestHead, ResolveError, Tenant};
use crate::delivery::Delivery;
use crate::error::ErrorKind;
use crate::handshake::View;
#[cfg(feature = "metrics")]
use crate::telemetry::Stopwatch;

/// Drives one request from its head to the result: tenant, checks of the head, body, published keys, verification.
///
/// Adapters for frameworks poll it with the request. The order of the steps cannot be changed, and none can be left out.
///
/// ```
/// use std::convert::Infallible;
/// use std::task::{Context, Poll};
///
/// use bytes::Bytes;
/// use countersign::ErrorKind;
/// use countersign::receiver::{Incoming, Received, Receiver, Receiving};
/// use http::HeaderMap;
///
/// /// A request of a serverless platform, whose body is complete.
/// struct Invocation {
///     headers: HeaderMap,
///     body: Option<Bytes>,
/// }
///
/// impl Incoming for Invocation {
///     type Headers = HeaderMap;
///
///     fn method(&self) -> &str {
///         "POST"
///     }
///
///     fn target(&self) -> &str {
///         "/hooks/github"
///     }
///
///     fn headers(&self) -> &HeaderMap {
///         &self.headers
///     }
///
///     fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, ErrorKind>>> {
///         Poll::Ready(self.body.take().map(Ok))
///     }
/// }
///
/// async fn receive(receiver: &Receiver, invocation: Invocation) -> Received {
///     Receiving::new(receiver).run(invocation).await
/// }
/// ```
#[must_use = "it does nothing until it is polled"]
pub struct Receiving {
    receiver: Receiver,
    has_begun: bool,
    is_complete: bool,
    tenant: Option<KeysFuture>,
    /// Set only while waiting for the body or the keys: most bodies are complete at once, and no move is needed.
    reception: Option<Reception>,
    /// Requested when the body is complete.
    keys: Option<KeysFuture>,
    /// A handshake whose secret is being stored.
    pending: Option<PendingResponse>,
    /// The body so far, if the receiver only observes.
    observed: Option<ObservedBody>,
    /// The reason for which the request would be rejected, while the rest of its body is read.
    passing: Option<Rejection>,
    #[cfg(feature = "metrics")]
    stopwatch: Stopwatch,
}

impl Receiving {
    /// Starts with a request that was not read yet.
    pub fn new(receiver: &Receiver) -> Self {
        Self {
            receiver: receiver.clone(),
            has_begun: false,
            is_complete: false,
            tenant: None,
            reception: None,
            keys: None,
            pending: None,
            observed: receiver.options().observes_only.then(|| ObservedBody::of(receiver)),
            passing: None,
            #[cfg(feature = "metrics")]
            stopwatch: Stopwatch::default(),
        }
    }

    /// Drives a request to its result.
    pub async fn run<I: Incoming>(mut self, mut request: I) -> Received {
        future::poll_fn(|cx| self.poll(cx, &mut request)).await
    }

    /// Continues with the request, which must be the same in all calls.
    pub fn poll<I: Incoming>(&mut self, cx: &mut Context<'_>, request: &mut I) -> Poll<Received> {
        #[cfg(feature = "metrics")]
        self.stopwatch.start();
        let received = self.advance(cx, request);
        #[cfg(feature = "metrics")]
        self.stopwatch.stop();
        received.map(|received| self.end(received, request))
    }

    fn advance<I: Incoming>(&mut self, cx: &mut Context<'_>, request: &mut I) -> Poll<Received> {
        Poll::Ready(if self.passing.is_some() {
            ready!(self.pass(cx, request))
        } else {
            let settled = match &mut self.pending {
                Some(pending) => ready!(pending.as_mut().poll(cx)),
                None => match ready!(self.decide(cx, request)) {
                    Ok(delivery) => return Poll::Ready(Received::Delivery(delivery)),
                    Err(EarlyResponse::Rejected(rejection)) => Err(rejection),
                    Err(EarlyResponse::Handshake(response)) => Ok(response),
                    Err(EarlyResponse::Pending(pending)) => {
                        ready!(self.pending.insert(pending).as_mut().poll(cx))
                    }
                },
            };
            match settled {
                Ok(response) => Received::Handshake(response),
                Err(rejection) if self.observed.is_some() && rejection.can_be_observed() => {
                    self.passing = Some(rejection);
                    ready!(self.pass(cx, request))
                }
                Err(rejection) => Received::Rejected(rejection),
            }
        })
    }

    /// Decides before anything is stored.
    fn decide<I: Incoming>(
        &mut self,
        cx: &mut Context<'_>,
        request: &mut I,
    ) -> Poll<Result<Delivery, EarlyResponse>> {
        let mut reception = match self.reception.take() {
            Some(reception) => reception,
            None => {
                if !self.has_begun {
                    self.has_begun = true;
                    self.tenant = self.receiver.lookup(request)?;
                }
                let tenant = match &mut self.tenant {
                    Some(lookup) => Some(ready!(lookup.as_mut().poll(cx))),
                    None => None,
                };
                self.receiver.begin(request.method(), request.target(), request.headers(), tenant)?
            }
        };
        while !self.is_complete {
            match request.poll_chunk(cx) {
                Poll::Ready(Some(Ok(chunk))) => {
                    if let Some(observed) = &mut self.observed {
                        observed.push(chunk.clone())?;
                    }
                    reception.push(chunk)?;
                }
                Poll::Ready(Some(Err(kind))) => return Poll::Ready(Err(kind.into())),
                Poll::Ready(None) => {
                    self.is_complete = true;
                    self.keys = reception.lookup_keys();
                }
                Poll::Pending => {
                    self.reception = Some(reception);
                    return Poll::Pending;
                }
            }
        }
        if let Some(lookup) = &mut self.keys {
            let Poll::Ready(keys) = lookup.as_mut().poll(cx) else {
                self.reception = Some(reception);
                return Poll::Pending;
            };
            reception = reception.with_keys(keys)?;
        }
        Poll::Ready(reception.finish())
    }

    /// Reads the rest of a body that is passed on without verification. The limits on bodies hold.
    #[cold]
    fn pass<I: Incoming>(&mut self, cx: &mut Context<'_>, request: &mut I) -> Poll<Received> {
        let mut body = self.observed.take().unwrap_or_else(|| ObservedBody::of(&self.receiver));
        while !self.is_complete {
            match request.poll_chunk(cx) {
                Poll::Ready(Some(Ok(chunk))) => {
                    if let Err(rejection) = body.push(chunk) {
                        return Poll::Ready(Received::Rejected(rejection));
                    }
                }
                Poll::Ready(Some(Err(kind))) => {
                    return Poll::Ready(Received::Rejected(self.receiver.refuse(kind)));
                }
                Poll::Ready(None) => self.is_complete = true,
                Poll::Pending => {
                    self.observed = Some(body);
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(match self.passing.take() {
            Some(rejection) => Received::Observed { rejection, body: body.finish() },
            None => Received::Rejected(ErrorKind::BodyUnreadable.into()),
        })
    }

    fn end<I: Incoming>(&self, received: Received, request: &I) -> Received {
        self.receiver.options().observed(&received, &|| request.to_head());
        #[cfg(feature = "metrics")]
        self.receiver.measure(&received, &self.stopwatch);
        received
    }
}

impl Receiver {
    /// Looks up the tenant, if a resolver is set.
    ///
    /// The resolver is called only after the checks of the head that need no key: the parts that the signature needs
    /// are present and well-formed, the timestamp is within the tolerance, and the announced length within the
    /// limit. For other requests the future resolves at once to no secrets, and `begin` rejects them. Among unsigned
    /// requests, only those trigger a look-up that may be handshakes whose answer is derived from the tenant's
    /// secret, or that issue one; the latter at most 60 times a minute.
    ///
    /// The budget counts the head, and the copy for the resolver, while that runs.
    ///
    /// # Errors
    ///
    /// [`Rejection`] if the budget has no room for them.
    pub(super) fn lookup<I: Incoming>(&self, request: &I) -> Result<Option<KeysFuture>, Rejection> {
        let Some(tenants) = &self.options().tenants else { return Ok(None) };
        let (kept, passing) = self.size_of(request.target(), request.headers());
        let Some(mut held) = self.hold(2 * kept + passing) else {
            return Err(self.refuse(ErrorKind::BudgetSpent));
        };
        let request = request.to_head();
        let needs_secrets = self.needs_secrets(&request);
        held.give_back(passing);
        Ok(Some(match needs_secrets {
            Ok(true) => {
                let tenant = tenants.tenant(request);
                Box::pin(async move {
                    let tenant = tenant.await;
                    drop(held);
                    Ok(tenant?.map(Tenant::into_secrets))
                })
            }
            Ok(false) => Box::pin(future::ready(Ok(None))),
            Err(error) => Box::pin(future::ready(Err(error))),
        }))
    }

    fn needs_secrets(&self, request: &RequestHead) -> Result<bool, ResolveError> {
        let (method, target, headers) = (request.method().as_str(), request.target(), request.headers());
        let head = self.head(method, target, headers);
        if self.is_head_in_order(&head) {
            return Ok(true);
        }
        let Some(answerer) = &self.options().answerer else { return Ok(false) };
        answerer.needs_secrets(&View::new(&answerer.steps, method, target, headers), head.now)
    }
}

impl fmt::Debug for Receiving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiving").field("provider", &self.receiver.provider()).finish_non_exhaustive()
    }
}
