use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use bytes::Bytes;
use countersign::receiver::{Received, Receiver};
use countersign::{Clock, SystemClock};
use http::uri::Authority;
use http::{Method, StatusCode, Uri, header};

use super::exchange::{Exchange, Forwarding, Verdict};
use super::explain::Explainer;
use super::forward::Forwarder;
use super::incoming;
use super::output::Output;
use super::record::{Recorder, with_host};
use crate::destination::{Answer, end_to_end};

/// The endpoint: verifies, records, forwards and prints.
pub(super) struct Endpoint {
    pub(super) receiver: Receiver,
    /// The path of the endpoint.
    pub(super) path: String,
    pub(super) recorder: Option<Recorder>,
    pub(super) explainer: Option<Explainer>,
    pub(super) forwarder: Option<Forwarder>,
    pub(super) output: Output,
    /// Whether the bodies of rejected requests are read to the end.
    pub(super) keeps_requests: bool,
    /// The number of the last request.
    pub(super) last: AtomicU64,
}

/// Receives a request.
pub(super) async fn receive(
    State(endpoint): State<Arc<Endpoint>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    // Goes on if the provider hangs up.
    let received = tokio::spawn(async move { endpoint.receive(peer, request).await });
    received.await.unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
}

/// Reports a request to another path.
pub(super) async fn elsewhere(State(endpoint): State<Arc<Endpoint>>, method: Method, uri: Uri) -> StatusCode {
    endpoint.output.elsewhere(&method, uri.path(), &endpoint.path);
    StatusCode::NOT_FOUND
}

impl Endpoint {
    async fn receive(self: Arc<Self>, peer: SocketAddr, request: Request) -> Response {
        let (number, received_at) = (self.last.fetch_add(1, Ordering::Relaxed) + 1, SystemClock.now());
        let (parts, body) = request.into_parts();
        let keeps = self.keeps_requests;
        let (received, body) = incoming::read(&self.receiver, &parts, body, keeps).await;
        let (verdict, response) = match received {
            Received::Delivery(delivery) => (Verdict::Accepted(Box::new(delivery)), None),
            Received::Handshake(response) => {
                let name = response.name().to_owned();
                (Verdict::Handshake(name), Some(response.into_response()))
            }
            Received::Rejected(rejection) => {
                (Verdict::of(&rejection), Some(self.receiver.answer(&rejection)))
            }
            _ => return status(StatusCode::INTERNAL_SERVER_ERROR),
        };
        let target = incoming::target(&parts).to_owned();
        let headers = with_host(parts.headers, parts.uri.authority().map(Authority::as_str));
        let peer = peer.ip();
        let method = parts.method;
        let mut exchange =
            Exchange { number, received_at, peer, method, target, headers, body, verdict, recorded: None };
        self.record(&mut exchange);
        match response {
            Some(response) => {
                self.show_refused(exchange);
                response.map(Body::from)
            }
            None => self.deliver(&Arc::new(exchange)).await,
        }
    }

    fn record(&self, exchange: &mut Exchange) {
        let Some(recorder) = &self.recorder else { return };
        match recorder.record(exchange) {
            Ok(path) => exchange.recorded = Some(path),
            Err(error) => self.output.note(&format!("request {} is not recorded: {error}", exchange.number)),
        }
    }

    /// Shows a request that is no delivery. An explanation takes seconds, and the sender does not wait for it.
    fn show_refused(self: &Arc<Self>, exchange: Exchange) {
        self.output.refused(&exchange);
        let Some(explainer) = &self.explainer else { return self.output.explained(&exchange, None) };
        let Some(place) = explainer.place() else {
            let number = exchange.number;
            self.output.note(&format!("request {number} is not explained: too many others are"));
            return self.output.explained(&exchange, None);
        };
        let endpoint = Arc::clone(self);
        tokio::spawn(async move {
            let Some(explainer) = &endpoint.explainer else { return };
            let explanation = explainer.explain(&exchange).await;
            endpoint.output.explained(&exchange, explanation.as_ref());
            drop(place);
        });
    }

    /// Forwards a delivery, and returns the response for the provider.
    async fn deliver(&self, exchange: &Arc<Exchange>) -> Response {
        self.output.arrived(exchange);
        let Some(forwarder) = &self.forwarder else {
            let is_shown = self.output.settled(exchange, &Forwarding::Off);
            return status(if is_shown { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR });
        };
        let (forwarding, answer) = forwarder.forward(exchange).await;
        if let Forwarding::Queued { .. } = forwarding {
            self.output.queued(exchange, &forwarding);
        } else {
            self.output.settled(exchange, &forwarding);
        }
        match (forwarding, answer) {
            (_, Some(answer)) => pass_on(answer),
            (Forwarding::Failed { status: code, .. }, None) => status(code),
            (Forwarding::Dropped(_), None) => {
                let mut response = status(StatusCode::SERVICE_UNAVAILABLE);
                response.headers_mut().insert(header::RETRY_AFTER, http::HeaderValue::from_static("5"));
                response
            }
            _ => status(StatusCode::OK),
        }
    }
}

/// Returns the response of the app for the provider.
fn pass_on(answer: Answer) -> Response {
    if answer.status.is_informational() {
        return status(StatusCode::BAD_GATEWAY);
    }
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = end_to_end(&answer.headers);
    response
}

fn status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::from(Bytes::new()));
    *response.status_mut() = status;
    response
}
