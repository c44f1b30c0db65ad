use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Uri};
use http_body::Frame;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use reqwest::{Body, Client, Url};
use tokio::time::{Instant, timeout};

use super::wire::{PacedBody, Wire};

/// The HTTP client of a simulated provider.
#[derive(Clone, Debug)]
pub struct ProviderClient {
    client: HttpClient,
}

#[derive(Clone, Debug)]
enum HttpClient {
    /// Without TLS: one with TLS cannot be made in a program that has not selected an implementation of it.
    Plain(Arc<legacy::Client<HttpConnector, PacedBody>>),
    Given(Client),
}

/// The result of an attempt.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct ReceivedAnswer {
    /// The status, or the reason for its absence.
    pub outcome: SendOutcome,
    /// The time from the start of the request to the end of the response.
    pub latency: Duration,
    /// The beginning of the response's body, up to 64 KiB.
    pub body: Bytes,
}

impl fmt::Debug for ReceivedAnswer {
    /// Shows the size of the body only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedAnswer")
            .field("outcome", &self.outcome)
            .field("latency", &self.latency)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// The status of a response, or the reason for its absence.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum SendOutcome {
    /// The receiver responded with this status.
    Status(u16),
    /// The receiver did not respond in time.
    TimedOut,
    /// The simulated provider ended the connection within the body.
    Aborted,
    /// There was no response, for example because the connection was refused.
    Failed(String),
}

impl ReceivedAnswer {
    pub(super) const fn without_response(outcome: SendOutcome) -> Self {
        Self { outcome, latency: Duration::ZERO, body: Bytes::new() }
    }
}

impl SendOutcome {
    /// Returns whether the receiver acknowledged the delivery: any status from 200 to 299.
    #[must_use]
    pub const fn is_acknowledged(&self) -> bool {
        matches!(self, Self::Status(200..=299))
    }

    /// Returns the status of the response.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(*status),
            _ => None,
        }
    }
}

impl fmt::Display for SendOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => status.fmt(f),
            Self::TimedOut => f.write_str("no response in time"),
            Self::Aborted => f.write_str("aborted within the body"),
            Self::Failed(reason) => f.write_str(reason),
        }
    }
}

impl ProviderClient {
    /// Creates a transport with a client of its own, for receivers on this machine: HTTP/1.1 without TLS. It follows no
    /// redirect and uses no proxy.
    #[must_use]
    pub fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = legacy::Client::builder(TokioExecutor::new()).build(connector);
        Self { client: HttpClient::Plain(Arc::new(client)) }
    }

    /// Creates a transport that uses this client, for example one with TLS.
    #[must_use]
    pub const fn over(client: Client) -> Self {
        Self { client: HttpClient::Given(client) }
    }

    /// Sends a signed request to `to`, with the query that the signer may have extended, and waits up to `limit` for the
    /// whole response.
    pub async fn send(
        &self,
        to: &Url,
        request: Request<Bytes>,
        wire: Wire,
        limit: Duration,
    ) -> ReceivedAnswer {
        let started = Instant::now();
        let (outcome, body) = match timeout(limit, self.exchange(to, request, wire)).await {
            Ok(Ok((status, body))) => (SendOutcome::Status(status), body),
            Ok(Err(_)) if wire.abort => (SendOutcome::Aborted, Bytes::new()),
            Ok(Err(error)) => (SendOutcome::Failed(last_cause(&*error)), Bytes::new()),
            Err(_) => (SendOutcome::TimedOut, Bytes::new()),
        };
        ReceivedAnswer { outcome, latency: started.elapsed(), body }
    }

    async fn exchange(
        &self,
        to: &Url,
        request: Request<Bytes>,
        wire: Wire,
    ) -> Result<(u16, Bytes), Box<dyn Error + Send + Sync>> {
        let (mut head, body) = request.into_parts();
        let mut url = to.clone();
        if let Some(query) = head.uri.query() {
            url.set_query(Some(query));
        }
        match &self.client {
            HttpClient::Plain(_) if url.scheme() == "https" => Err(NEEDS_TLS.into()),
            HttpClient::Plain(client) => {
                head.uri = url.as_str().parse::<Uri>()?;
                let request = Request::from_parts(head, PacedBody::new(body, wire));
                let mut response = client.request(request).await?;
                let mut start = BytesMut::new();
                while let Some(frame) = next_frame(response.body_mut()).await {
                    keep(&mut start, &frame?.into_data().unwrap_or_default());
                }
                Ok((response.status().as_u16(), start.freeze()))
            }
            HttpClient::Given(client) => {
                let body =
                    if wire.is_plain() { Body::from(body) } else { Body::wrap(PacedBody::new(body, wire)) };
                let sent = client.request(head.method, url).headers(head.headers).body(body).send();
                let mut response = sent.await?;
                let mut start = BytesMut::new();
                while let Some(chunk) = response.chunk().await? {
                    keep(&mut start, &chunk);
                }
                Ok((response.status().as_u16(), start.freeze()))
            }
        }
    }
}

impl Default for ProviderClient {
    fn default() -> Self {
        Self::new()
    }
}

async fn next_frame<B: http_body::Body + Unpin>(body: &mut B) -> Option<Result<Frame<B::Data>, B::Error>> {
    std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await
}

/// Keeps the beginning of a response.
fn keep(start: &mut BytesMut, chunk: &[u8]) {
    let room = RESPONSE_LIMIT.saturating_sub(start.len()).min(chunk.len());
    start.extend_from_slice(chunk.get(..room).unwrap_or_default());
}

/// Returns the innermost cause: `connection refused` instead of `error sending request`.
fn last_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

const NEEDS_TLS: &str =
    "this transport has no TLS: make one of a client that has it, with `ProviderClient::over`";
/// The part of a response that is kept.
const RESPONSE_LIMIT: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_transport_without_tls_says_how_to_get_one() {
        let request = Request::new(Bytes::new());
        let to = Url::parse("https://127.0.0.1:1/").unwrap();
        let answer = ProviderClient::new().send(&to, request, Wire::default(), Duration::from_secs(5)).await;
        assert_eq!(answer.outcome, SendOutcome::Failed(NEEDS_TLS.to_owned()));
    }
}
