use std::fmt;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::{Error, HttpMessage, rt};
use countersign::__private::{NotVerified, to_actix};
use countersign::receiver::Rejection;
use countersign::{__private, Delivery, ErrorKind};
use countersign_inbox::inline::{Admission, Deduplicator, Finished};
use tracing::Instrument;

use super::DedupeFuture;
use super::future::instead;

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

impl<S: fmt::Debug> fmt::Debug for DedupeMiddleware<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DedupeMiddleware")
            .field("service", &self.service)
            .field("dedupe", &self.dedupe)
            .finish_non_exhaustive()
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

const NOT_INSTALLED: &str = "no verified delivery on this route: is `VerifyWebhook` installed around `Dedupe`? actix runs what was wrapped last first";
