use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use reqwest::Url;
use tokio::time::{Instant, timeout};

use super::protocol::Protocol;
use super::{Connector, Destination};
use crate::error::CliError;

/// A client that sends what it is given: it adds `Host` (`:authority` in HTTP/2) and `Content-Length`, and leaves query, headers and body as they are.
pub(crate) struct RawClient {
    connector: Connector,
    url: Url,
    limit: Duration,
    protocol: Protocol,
}

/// A request, without the URL of its receiver.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    /// The query, which follows that of the receiver's URL.
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The response of a receiver.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The beginning of the body, up to 16 MiB.
    pub(crate) body: Bytes,
    /// The time from the start of the request to the end of the response.
    pub(crate) latency: Duration,
}

/// The reason for which there is no response.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum SendError {
    /// There is no connection.
    Down(String),
    /// The connection ended before the response.
    Closed(String),
    /// There was no response in time.
    TimedOut(Duration),
    /// The response is not one of the protocol.
    Garbled(String),
    /// The certificate of the receiver is not trusted.
    Untrusted(String),
    /// The request cannot be sent.
    Malformed(String),
}

impl RawClient {
    pub(crate) fn new(destination: &Destination, limit: Duration) -> Result<Self, CliError> {
        let (connector, protocol) = (Connector::new(destination)?, destination.protocol());
        Ok(Self { connector, url: destination.url().clone(), limit, protocol })
    }

    /// Returns the value of `Host`.
    pub(crate) fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Returns the URL of the receiver, as requests have it.
    pub(crate) fn base(&self) -> String {
        let mut origin = self.url.clone();
        origin.set_path("");
        origin.set_query(None);
        origin.set_fragment(None);
        format!("{}{}", origin.as_str().trim_end_matches('/'), self.target(None))
    }

    pub(crate) async fn send(&self, request: Outgoing) -> Result<Answer, SendError> {
        let malformed = |error: &dyn fmt::Display| SendError::Malformed(format!("cannot be sent: {error}"));
        let target = self.target(request.query.as_deref());
        let mut outgoing = Request::new(Full::new(request.body));
        *outgoing.method_mut() = request.method;
        match self.protocol {
            Protocol::Http1 => {
                let host = HeaderValue::try_from(self.host()).map_err(|error| malformed(&error))?;
                outgoing.headers_mut().insert(header::HOST, host);
                *outgoing.uri_mut() = target.parse::<Uri>().map_err(|error| malformed(&error))?;
            }
            Protocol::Http2 => {
                let uri =
                    Uri::builder().scheme(self.url.scheme()).authority(self.host()).path_and_query(target);
                *outgoing.uri_mut() = uri.build().map_err(|error| malformed(&error))?;
            }
        }
        outgoing.headers_mut().extend(request.headers);
        let exchange = timeout(self.limit, self.exchange(outgoing)).await;
        exchange.unwrap_or(Err(SendError::TimedOut(self.limit)))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Answer, SendError> {
        let started = Instant::now();
        let stream = TokioIo::new(self.connector.connect().await.map_err(unconnected)?);
        match self.protocol {
            Protocol::Http1 => {
                let (mut sender, connection) = http1::handshake(stream).await.map_err(unanswered)?;
                answered(started, sender.send_request(request), connection).await
            }
            Protocol::Http2 => {
                let handshake = http2::handshake(TokioExecutor::new(), stream);
                let (mut sender, connection) = handshake.await.map_err(unanswered)?;
                answered(started, sender.send_request(request), connection).await
            }
        }
    }

    /// Returns path and query of a request.
    fn target(&self, query: Option<&str>) -> String {
        let queries = self.url.query().into_iter().chain(query).filter(|query| !query.is_empty());
        let query = queries.collect::<Vec<_>>().join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{query}", self.url.path())
    }
}

/// Waits for a response and its body, while the connection moves the bytes.
async fn answered(
    started: Instant,
    response: impl Future<Output = hyper::Result<Response<Incoming>>>,
    connection: impl Future<Output = hyper::Result<()>>,
) -> Result<Answer, SendError> {
    let response = async {
        let (head, body) = response.await.map_err(unanswered)?.into_parts();
        let body = beginning(body).await;
        Ok(Answer { status: head.status, headers: head.headers, body, latency: started.elapsed() })
    };
    // The response ends the connection.
    let connection = async {
        let _ = connection.await;
        std::future::pending().await
    };
    tokio::select! {
        response = response => response,
        never = connection => never,
    }
}

/// Returns the reason for which there is no response.
fn unanswered(error: hyper::Error) -> SendError {
    if error.is_parse() {
        SendError::Garbled(last_cause(&error))
    } else {
        SendError::Closed(last_cause(&error))
    }
}

/// Reads a body to its limit, and returns the bytes that arrived before the connection broke: the status is known.
async fn beginning(mut body: Incoming) -> Bytes {
    let mut start = BytesMut::new();
    while let Some(Ok(frame)) = body.frame().await {
        let chunk = frame.into_data().unwrap_or_default();
        let room = ANSWER_LIMIT.saturating_sub(start.len());
        start.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
        if start.len() >= ANSWER_LIMIT {
            break;
        }
    }
    start.freeze()
}

/// Returns the reason for which there is no connection. A certificate that is not trusted now is not trusted later.
fn unconnected(error: io::Error) -> SendError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidCertificate(problem)) => SendError::Untrusted(format!("{problem:?}")),
        _ => SendError::Down(last_cause(&error)),
    }
}

/// Returns the innermost cause: `connection refused` instead of `error sending request`.
fn last_cause(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Down(reason) | Self::Closed(reason) | Self::Malformed(reason) => f.write_str(reason),
            Self::Garbled(reason) => write!(
                f,
                "the response is not HTTP/1.1 ({reason}): if the receiver speaks HTTP/2 only, add --http2-prior-knowledge"
            ),
            Self::TimedOut(limit) => write!(f, "no response within {}", humantime::format_duration(*limit)),
            Self::Untrusted(problem) => {
                write!(
                    f,
                    "the certificate is not trusted ({problem}): give that of its authority with --cacert FILE"
                )
            }
        }
    }
}

/// The part of a response that is kept.
const ANSWER_LIMIT: usize = 16 << 20;
