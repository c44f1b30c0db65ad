use std::error::Error;
use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::Request;
use reqwest::redirect::Policy;
use reqwest::{Body, Client, Url};
use tokio::time::{Instant, timeout};

use super::wire::{PacedBody, Wire};

/// The HTTP client of a simulated provider. It follows no redirect and uses no proxy.
#[derive(Clone, Debug)]
pub struct Transport {
    client: Client,
}

/// The result of an attempt.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// The status, or the reason for its absence.
    pub outcome: Outcome,
    /// The time from the start of the request to the end of the response.
    pub latency: Duration,
    /// The beginning of the response's body, up to 64 KiB.
    pub body: Bytes,
}

impl fmt::Debug for Answer {
    /// Shows the size of the body only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("outcome", &self.outcome)
            .field("latency", &self.latency)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// The status of a response, or the reason for its absence.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Outcome {
    /// The receiver responded with this status.
    Status(u16),
    /// The receiver did not respond in time.
    TimedOut,
    /// The simulated provider ended the connection within the body.
    Aborted,
    /// There was no response, for example because the connection was refused.
    Failed(String),
}

impl Answer {
    pub(super) const fn without_response(outcome: Outcome) -> Self {
        Self { outcome, latency: Duration::ZERO, body: Bytes::new() }
    }
}

impl Outcome {
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

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => status.fmt(f),
            Self::TimedOut => f.write_str("no response in time"),
            Self::Aborted => f.write_str("aborted within the body"),
            Self::Failed(reason) => f.write_str(reason),
        }
    }
}

impl Transport {
    /// Creates a transport with a client of its own, for receivers on this machine.
    ///
    /// # Errors
    ///
    /// The client's error, for example if TLS is enabled without a provider.
    pub fn new() -> Result<Self, reqwest::Error> {
        Client::builder().no_proxy().redirect(Policy::none()).build().map(|client| Self { client })
    }

    /// Creates a transport that uses this client, for example one with TLS.
    #[must_use]
    pub const fn over(client: Client) -> Self {
        Self { client }
    }

    /// Sends a signed request to `to`, with the query that the signer may have extended, and waits up to `limit` for the
    /// whole response.
    pub async fn send(&self, to: &Url, request: Request<Bytes>, wire: Wire, limit: Duration) -> Answer {
        let started = Instant::now();
        let (outcome, body) = match timeout(limit, self.exchange(to, request, wire)).await {
            Ok(Ok((status, body))) => (Outcome::Status(status), body),
            Ok(Err(_)) if wire.abort => (Outcome::Aborted, Bytes::new()),
            Ok(Err(error)) => (Outcome::Failed(last_cause(&error)), Bytes::new()),
            Err(_) => (Outcome::TimedOut, Bytes::new()),
        };
        Answer { outcome, latency: started.elapsed(), body }
    }

    async fn exchange(
        &self,
        to: &Url,
        request: Request<Bytes>,
        wire: Wire,
    ) -> Result<(u16, Bytes), reqwest::Error> {
        let (head, body) = request.into_parts();
        let mut url = to.clone();
        if let Some(query) = head.uri.query() {
            url.set_query(Some(query));
        }
        let body = if wire.is_plain() { Body::from(body) } else { Body::wrap(PacedBody::new(body, wire)) };
        let sent = self.client.request(head.method, url).headers(head.headers).body(body).send();
        let mut response = sent.await?;
        let mut start = BytesMut::new();
        while let Some(chunk) = response.chunk().await? {
            let room = RESPONSE_LIMIT.saturating_sub(start.len()).min(chunk.len());
            start.extend_from_slice(chunk.get(..room).unwrap_or_default());
        }
        Ok((response.status().as_u16(), start.freeze()))
    }
}

/// Returns the innermost cause: `connection refused` instead of `error sending request`.
fn last_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// The part of a response that is kept.
const RESPONSE_LIMIT: usize = 64 << 10;
