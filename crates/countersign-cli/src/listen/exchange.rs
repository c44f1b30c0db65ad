use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use countersign::receiver::Rejection;
use countersign::{Delivery, ErrorKind, UnixTime};
use http::{HeaderMap, Method, StatusCode};

use crate::destination::{Answer, SendError};

/// A request to the endpoint, and its verdict.
pub(super) struct Exchange {
    /// The position among the requests, from 1.
    pub(super) number: u64,
    pub(super) received_at: UnixTime,
    pub(super) peer: IpAddr,
    pub(super) method: Method,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    /// The whole body, unless it was too large, or broke off.
    pub(super) body: Option<Bytes>,
    pub(super) verdict: Verdict,
    /// The file of the request.
    pub(super) recorded: Option<PathBuf>,
}

/// The result of the verification.
pub(super) enum Verdict {
    Accepted(Box<Delivery>),
    Rejected { kind: ErrorKind, cause: Option<String> },
    Handshake(String),
}

/// The result of forwarding a delivery.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Forwarding {
    /// There is no app.
    Off,
    /// The app answered.
    Answered { status: StatusCode, latency: Duration },
    /// No pattern of `--events` matches the type.
    Skipped,
    /// The app is down: the delivery is in the queue.
    Queued { reason: String, waiting: usize },
    /// The app did not answer in time, or the request cannot be sent. The provider gets this status.
    Failed { error: String, status: StatusCode },
    /// The delivery is not forwarded any more.
    Dropped(&'static str),
}

impl Exchange {
    /// Returns about the bytes that it takes in memory.
    pub(super) fn size(&self) -> usize {
        let headers =
            self.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + HEADER_BYTES);
        headers.sum::<usize>() + self.target.len() + self.body.as_ref().map_or(0, Bytes::len)
    }

    /// Returns the delivery, if the request was accepted.
    pub(super) fn delivery(&self) -> Option<&Delivery> {
        match &self.verdict {
            Verdict::Accepted(delivery) => Some(delivery),
            Verdict::Rejected { .. } | Verdict::Handshake(_) => None,
        }
    }

    /// Returns the type of the event, if it is known and verified.
    pub(super) fn event_type(&self) -> Option<&str> {
        Some(self.delivery()?.event_type()?.as_str())
    }
}

/// The bytes of a header beside name and value.
const HEADER_BYTES: usize = 64;

impl Verdict {
    pub(super) fn of(rejection: &Rejection) -> Self {
        let cause = std::error::Error::source(rejection).map(ToString::to_string);
        Self::Rejected { kind: rejection.kind(), cause }
    }
}

impl From<&Answer> for Forwarding {
    fn from(answer: &Answer) -> Self {
        Self::Answered { status: answer.status, latency: answer.latency }
    }
}

impl From<&SendError> for Forwarding {
    fn from(error: &SendError) -> Self {
        let status = match error {
            SendError::TimedOut(_) => StatusCode::GATEWAY_TIMEOUT,
            SendError::Down(_)
            | SendError::Closed(_)
            | SendError::Garbled(_)
            | SendError::Untrusted(_)
            | SendError::Malformed(_) => StatusCode::BAD_GATEWAY,
        };
        Self::Failed { error: error.to_string(), status }
    }
}
