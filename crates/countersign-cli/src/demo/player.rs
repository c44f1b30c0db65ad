//! The sending side: HTTP with one connection per request.

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::response::Parts;
use http::{HeaderMap, Request, header};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, SizeHint};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::answer::Answer;

/// A request to be sent.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Payload,
}

/// A body, or only the announcement of one, which the receiver must reject by its length without waiting for it.
#[derive(Clone)]
pub(super) enum Payload {
    Whole(Full<Bytes>),
    Announced(u64),
}

/// A sender for one receiver.
#[derive(Clone)]
pub(super) struct Player {
    addr: SocketAddr,
}

impl Player {
    pub(super) const fn new(addr: SocketAddr) -> Self {
        Self { addr }
    }

    /// Sends a request, and converts a missing response into an answer.
    pub(super) async fn play(&self, sent: &Sent) -> Answer {
        match self.send(sent).await {
            Ok((head, body)) => Answer::from_reply(head.status.as_u16(), &body),
            Err(why) => Answer::none(why),
        }
    }

    /// Sends a request, and returns the response or the reason for its absence.
    pub(super) async fn send(&self, sent: &Sent) -> Result<(Parts, Bytes), String> {
        match timeout(TIME_LIMIT, self.exchange(sent)).await {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(_) => Err(format!("nothing for {} s", TIME_LIMIT.as_secs())),
        }
    }

    async fn exchange(&self, sent: &Sent) -> Result<(Parts, Bytes), Box<dyn Error + Send + Sync>> {
        let mut request = Request::post(&sent.path).body(sent.body.clone())?;
        *request.headers_mut() = sent.headers.clone();
        request.headers_mut().insert(header::HOST, self.addr.to_string().try_into()?);

        let stream = TcpStream::connect(self.addr).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let (head, body) = sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        connection.abort();
        Ok((head, body))
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(body) => Pin::new(body).poll_frame(context),
            Self::Announced(_) => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_end_stream(),
            Self::Announced(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => body.size_hint(),
            Self::Announced(bytes) => SizeHint::with_exact(*bytes),
        }
    }
}

/// Both servers are local and answer within milliseconds.
const TIME_LIMIT: Duration = Duration::from_secs(20);
