use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::task::{Context, Poll};

use bytes::Bytes;
use countersign::__private::NotVerified;
use countersign::receiver::Rejection;
use countersign::{__private, Delivery, ErrorKind};
use countersign_inbox::inline::{Admission, Deduplicator, Finished};
use http::{Request, Response, StatusCode};
use tower_service::Service;
use tracing::Instrument;

use super::DedupeFuture;
use crate::{OuterBody, SameBody};

/// The service of [`DedupeLayer`](super::DedupeLayer).
#[derive(Clone)]
pub struct Dedupe<S, M = SameBody> {
    inner: S,
    dedupe: Deduplicator,
    mode: PhantomData<M>,
}

impl<S, M> Dedupe<S, M> {
    pub(super) fn new(inner: S, dedupe: Deduplicator) -> Self {
        Self { inner, dedupe, mode: PhantomData }
    }
}

impl<S, B, M, ResBody> Service<Request<B>> for Dedupe<S, M>
where
    S: Service<Request<B>, Response = Response<ResBody>> + Clone + Send + 'static,
    S::Error: Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    M: OuterBody<ResBody, Body: From<Bytes> + Send + 'static> + 'static,
    ResBody: Send + 'static,
{
    type Response = Response<M::Body>;
    type Error = S::Error;
    type Future = DedupeFuture<M::Body, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let Some(delivery) = request.extensions().get::<Delivery>().cloned() else {
            if request.extensions().get::<NotVerified>().is_some() {
                let clone = self.inner.clone();
                let ready = mem::replace(&mut self.inner, clone);
                return DedupeFuture::running(tokio::spawn(
                    pass::<_, _, M, _>(ready, request).in_current_span(),
                ));
            }
            __private::not_installed("DedupeLayer", None, NOT_INSTALLED);
            let answer = Rejection::from(ErrorKind::NotInstalled).response();
            return DedupeFuture::answered(answer.map(M::answer));
        };
        // Call the service that is ready, not its clone:
        // https://docs.rs/tower/0.5/tower/trait.Service.html#be-careful-when-cloning-inner-services
        let clone = self.inner.clone();
        let ready = mem::replace(&mut self.inner, clone);
        let run = run::<_, _, M, _>(ready, self.dedupe.clone(), delivery, request);
        // Servers drop the response future when the connection closes, but a claimed delivery must be handled to its
        // end.
        DedupeFuture::running(tokio::spawn(run.in_current_span()))
    }
}

/// Runs the handler of a request that did not verify, at a receiver that only observes.
async fn pass<S, B, M, ResBody>(mut inner: S, request: Request<B>) -> Result<Response<M::Body>, S::Error>
where
    S: Service<Request<B>, Response = Response<ResBody>>,
    M: OuterBody<ResBody>,
{
    inner.call(request).await.map(|response| response.map(M::relay))
}

/// Claims the delivery, runs the handler and stores the outcome.
async fn run<S, B, M, ResBody>(
    mut inner: S,
    dedupe: Deduplicator,
    delivery: Delivery,
    mut request: Request<B>,
) -> Result<Response<M::Body>, S::Error>
where
    S: Service<Request<B>, Response = Response<ResBody>>,
    M: OuterBody<ResBody>,
{
    let run = match dedupe.admit(&delivery).await {
        Admission::Run(run) => run,
        Admission::Answer(answer) => return Ok(answer.map(M::answer)),
    };
    request.extensions_mut().insert(run.context());
    // Called inside the future, so that a panic is caught.
    let handler = async move { inner.call(request).await };
    let status = |answer: &Result<Response<ResBody>, _>| Some(answer.as_ref().ok()?.status());
    match run.drive(handler, status).await {
        Finished::Relay(answer) => answer.map(|response| response.map(M::relay)),
        Finished::Failed(answer) => answer.map(|mut response| {
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response.map(M::relay)
        }),
        Finished::Answer(answer) => Ok(answer.map(M::answer)),
    }
}

impl<S: fmt::Debug, M> fmt::Debug for Dedupe<S, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dedupe")
            .field("inner", &self.inner)
            .field("dedupe", &self.dedupe)
            .finish_non_exhaustive()
    }
}

const NOT_INSTALLED: &str =
    "no verified delivery: is `VerifyWebhookLayer` installed around `DedupeLayer` on this route?";
