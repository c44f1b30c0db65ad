//! A simulated provider, and bodies with controlled arrival.

#![allow(dead_code, unreachable_pub, reason = "each combination of features uses a part")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use countersign::providers::preflix::PROVIDER;
use countersign::receiver::Receiver;
use countersign::{Secret, Signer, SigningRequest, UnixTime, Verifier};
use http::{HeaderMap, Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use tokio::time::Sleep;

pub const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
pub const SECRET: &str = "preflix-test-secret";
pub const BODY: &str = r#"{"id":"evt_7b2","type":"audit.started","created_at":"2023-11-14T22:13:20Z","data":{"bill_id":"bill_8f4"}}"#;

/// Returns a receiver of the provider, with a fixed clock.
pub fn receiver() -> Receiver {
    let verifier = Verifier::new(&PROVIDER, Secret::new(SECRET).unwrap()).unwrap();
    Receiver::builder(verifier).with_clock(NOW).build().unwrap()
}

/// Returns the provider's headers for this body.
pub fn headers(body: &[u8]) -> HeaderMap {
    let signer = Signer::new(&PROVIDER, Secret::new(SECRET).unwrap()).unwrap();
    signer.sign(&SigningRequest::new(Bytes::copy_from_slice(body), NOW)).unwrap()
}

/// Returns a genuine request for `body`, whose transferred body is `sent`.
pub fn signed<B>(body: impl AsRef<[u8]>, sent: B) -> Request<B> {
    let mut request = Request::post("/webhooks/preflix?tenant=acme").body(sent).unwrap();
    *request.headers_mut() = headers(body.as_ref());
    request
}

/// Returns a genuine request with a complete body.
pub fn genuine(body: impl AsRef<[u8]>) -> Request<Full<Bytes>> {
    let bytes = Bytes::copy_from_slice(body.as_ref());
    signed(body, Full::new(bytes))
}

/// An inner service that responds with the body it received.
pub async fn echo<B: Body<Error: std::fmt::Debug>>(
    request: Request<B>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::new(request.into_body().collect().await.unwrap().to_bytes())))
}

/// An inner service that must not be reached.
pub async fn unreachable<B>(_: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    panic!("the request was not rejected")
}

/// Returns the whole body of a response.
pub async fn text<B: Body<Error: std::fmt::Debug>>(response: Response<B>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

/// A body that arrives step by step.
pub struct Script(VecDeque<Step>);

pub enum Step {
    Data(Bytes),
    Trailers,
    /// Pauses, on tokio's paused clock.
    Wait(Pin<Box<Sleep>>),
    /// Nothing for ever.
    Stall,
    /// The connection breaks.
    Break,
}

impl Script {
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self(steps.into_iter().collect())
    }

    /// Splits `body` into pieces of `size` bytes.
    pub fn pieces(body: impl AsRef<[u8]>, size: usize) -> Self {
        Self::new(body.as_ref().chunks(size).map(|piece| Step::Data(Bytes::copy_from_slice(piece))))
    }

    /// Sends one byte per interval, without end.
    pub fn drip(every: Duration) -> Self {
        Self::new((1..100).flat_map(|n| {
            [Step::Wait(Box::pin(tokio::time::sleep(every * n))), Step::Data(Bytes::from_static(b" "))]
        }))
    }
}

impl From<Bytes> for Script {
    fn from(bytes: Bytes) -> Self {
        Self::new([Step::Data(bytes)])
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        loop {
            let frame = match self.0.front_mut() {
                None => return Poll::Ready(None),
                Some(Step::Stall) => return Poll::Pending,
                Some(Step::Wait(sleep)) => match sleep.as_mut().poll(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(()) => None,
                },
                Some(Step::Data(bytes)) => Some(Ok(Frame::data(bytes.clone()))),
                Some(Step::Trailers) => Some(Ok(Frame::trailers(HeaderMap::new()))),
                Some(Step::Break) => Some(Err("connection reset")),
            };
            self.0.pop_front();
            if frame.is_some() {
                return Poll::Ready(frame);
            }
        }
    }
}
