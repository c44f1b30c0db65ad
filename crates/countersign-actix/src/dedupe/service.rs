use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::rt::task::JoinHandle;
use actix_web::{Error, HttpMessage, rt};
use bytes::Bytes;
use countersign::__private::{NotVerified, to_actix};
use countersign::receiver::Rejection;
use countersign::{__private, Delivery, ErrorKind};
use countersign_inbox::RefusalKind;
use countersign_inbox::inline::{Admission, Deduplicator, Finished};
use http::Response;
use tracing::Instrument;

/// The service of [`Dedupe`](crate::Dedupe).
pub struct DedupeMiddleware<S> {
    // Shared with the tasks, which outlive the call. Everything stays on one thread.
    service: Rc<S>,
    dedupe: Deduplicator,
}

impl<S> DedupeMiddleware<S> {
    pub(super) fn new(service: S, dedupe: Deduplicator) -> Self {
        Self { service: Rc::new(service), dedupe }
    }
}

impl<S, B> Service<ServiceRequest> for DedupeMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = DedupeFuture<B>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&self, req: ServiceRequest) -> Self::Future {
        let found = req.extensions().get::<Delivery>().cloned();
        let Some(delivery) = found else {
            if req.extensions().get::<NotVerified>().is_some() {
                return DedupeFuture::running(rt::spawn(
                    pass(Rc::clone(&self.service), req).in_current_span(),
                ));
            }
            __private::not_installed("Dedupe", req.match_pattern().as_deref(), NOT_INSTALLED);
            let response = to_actix(Rejection::from(ErrorKind::NotInstalled).response());
            return DedupeFuture::answered(req.into_response(response).map_into_right_body());
        };
        let run = run(Rc::clone(&self.service), self.dedupe.clone(), delivery, req);
        // actix drops the response future when the connection closes, but a claimed delivery must be handled to its
        // end.
        DedupeFuture::running(rt::spawn(run.in_current_span()))
    }
}

/// Runs the handler of a request that did not verify, at a receiver that only observes.
async fn pass<S, B>(service: Rc<S>, req: ServiceRequest) -> Result<ServiceResponse<EitherBody<B>>, Error>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    service.call(req).await.map(ServiceResponse::map_into_left_body)
}

/// Claims the delivery, runs the handler and stores the outcome.
async fn run<S, B>(
    service: Rc<S>,
    dedupe: Deduplicator,
    delivery: Delivery,
    req: ServiceRequest,
) -> Result<ServiceResponse<EitherBody<B>>, Error>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    let run = match dedupe.admit(&delivery).await {
        Admission::Run(run) => run,
        Admission::Answer(answer) => return Ok(req.into_response(to_actix(answer)).map_into_right_body()),
    };
    req.extensions_mut().insert(run.context());
    // Called inside the future, so that a panic is caught.
    let handler = async move { service.call(req).await };
    match run.drive(handler, status).await {
        Finished::Relay(answer) => answer.map(ServiceResponse::map_into_left_body),
        Finished::Failed(answer) => failed(answer).map(ServiceResponse::map_into_left_body),
        Finished::Answer(answer) => Err(instead(answer)),
    }
}

/// The future of [`DedupeMiddleware`]. Dropping it does not end the handler.
#[must_use = "futures do nothing unless they are polled"]
pub struct DedupeFuture<B> {
    state: State<B>,
}

enum State<B> {
    Running(JoinHandle<Result<ServiceResponse<EitherBody<B>>, Error>>),
    Answered(Option<ServiceResponse<EitherBody<B>>>),
}

impl<B> DedupeFuture<B> {
    fn running(task: JoinHandle<Result<ServiceResponse<EitherBody<B>>, Error>>) -> Self {
        Self { state: State::Running(task) }
    }

    fn answered(response: ServiceResponse<EitherBody<B>>) -> Self {
        Self { state: State::Answered(Some(response)) }
    }
}

/// No field is pinned.
impl<B> Unpin for DedupeFuture<B> {}

impl<B> Future for DedupeFuture<B> {
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let task = match &mut self.state {
            State::Running(task) => task,
            State::Answered(response) => {
                return response.take().map_or(Poll::Pending, |r| Poll::Ready(Ok(r)));
            }
        };
        Poll::Ready(ready!(Pin::new(task).poll(cx)).unwrap_or_else(|error| {
            // Panics of handlers are caught inside: this is the end of the runtime, or a panic in a destructor.
            __private::task_ended(&error);
            Err(instead(RefusalKind::HandlerFailed.response()))
        }))
    }
}

impl<S: fmt::Debug> fmt::Debug for DedupeMiddleware<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DedupeMiddleware")
            .field("service", &self.service)
            .field("dedupe", &self.dedupe)
            .finish_non_exhaustive()
    }
}

impl<B> fmt::Debug for DedupeFuture<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DedupeFuture").finish_non_exhaustive()
    }
}

/// Returns the status of the handler's result. An error of actix is a response, too.
fn status<B>(answer: &Result<ServiceResponse<B>, Error>) -> Option<http::StatusCode> {
    let status = match answer {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    http::StatusCode::from_u16(status.as_u16()).ok()
}

/// Turns the response into a failure.
fn failed<B>(answer: Result<ServiceResponse<B>, Error>) -> Result<ServiceResponse<B>, Error> {
    match answer {
        Ok(mut response) => {
            *response.response_mut().status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            Ok(response)
        }
        Err(error) => {
            let mut response = error.error_response();
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            Err(InternalError::from_response(error, response).into())
        }
    }
}

/// Returns the middleware's own response as an error, for when the request is no longer available.
fn instead(answer: Response<Bytes>) -> Error {
    InternalError::from_response("the handler did not finish", to_actix(answer)).into()
}

const NOT_INSTALLED: &str = "no verified delivery on this route: is `VerifyWebhook` installed around `Dedupe`? actix runs what was wrapped last first";
