//! Tests of the inner service's view of a genuine delivery.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use bytes::Bytes;
use countersign::Delivery;
use countersign_tower::VerifyWebhookLayer;
use http::{HeaderValue, Request, Response, Version, header};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use tower::limit::ConcurrencyLimit;
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::support::{BODY, NOW, Script, Step, echo, genuine, receiver, signed, text};

#[tokio::test]
async fn the_proof_is_an_extension_and_the_body_is_complete() {
    let inner = service_fn(async |request: Request<Full<Bytes>>| {
        let delivery = request.extensions().get::<Delivery>().unwrap();
        assert_eq!(delivery.id().unwrap().as_str(), "evt_7b2");
        assert_eq!((delivery.key(), delivery.received_at()), ("primary", NOW));
        assert_eq!(delivery.body(), BODY);
        echo(request).await
    });
    let response = VerifyWebhookLayer::new(receiver()).layer(inner).oneshot(genuine(BODY)).await.unwrap();
    assert_eq!((response.status(), text(response).await), (http::StatusCode::OK, BODY.to_owned()));
}

#[tokio::test]
async fn everything_else_of_the_request_is_as_it_was() {
    #[derive(Clone, Debug, PartialEq)]
    struct Mine(u8);

    let mut request = genuine(BODY);
    *request.version_mut() = Version::HTTP_2;
    request.extensions_mut().insert(Mine(7));
    request.headers_mut().append("x-two", HeaderValue::from_static("1"));
    request.headers_mut().append("x-two", HeaderValue::from_static("2"));
    request.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("identity"));
    let mut before = request.headers().clone();

    let inner = service_fn(async |request: Request<Full<Bytes>>| {
        Ok::<_, Infallible>(Response::new(request.into_parts().0))
    });
    // Returns the parts of the request as a body for inspection.
    struct Parts(Option<http::request::Parts>);
    impl From<Bytes> for Parts {
        fn from(_: Bytes) -> Self {
            Self(None)
        }
    }
    let inner = inner.map_response(|response: Response<_>| response.map(|parts| Parts(Some(parts))));
    let response = VerifyWebhookLayer::new(receiver()).layer(inner).oneshot(request).await.unwrap();
    let parts = response.into_body().0.unwrap();

    assert_eq!((parts.method.as_str(), parts.version), ("POST", Version::HTTP_2));
    assert_eq!(parts.uri, "/webhooks/preflix?tenant=acme");
    assert_eq!(parts.extensions.get(), Some(&Mine(7)));
    before.insert(header::CONTENT_LENGTH, HeaderValue::from(BODY.len()));
    assert_eq!(parts.headers, before);
}

#[tokio::test]
async fn a_chunked_body_gets_a_content_length_in_place_of_its_transfer_encoding() {
    let mut request = signed(BODY, Script::pieces(BODY, 10));
    request.headers_mut().insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    let inner = service_fn(async |request: Request<Script>| {
        assert_eq!(request.headers()[header::CONTENT_LENGTH], BODY.len().to_string().as_str());
        assert!(!request.headers().contains_key(header::TRANSFER_ENCODING));
        echo(request).await
    });
    let response = VerifyWebhookLayer::new(receiver()).layer(inner).oneshot(request).await.unwrap();
    assert_eq!(text(response).await, BODY);
}

#[tokio::test]
async fn trailers_are_ignored() {
    let steps = [Step::Data(Bytes::from_static(BODY.as_bytes())), Step::Trailers];
    let service = VerifyWebhookLayer::new(receiver()).layer(service_fn(echo::<Script>));
    let response = service.oneshot(signed(BODY, Script::new(steps))).await.unwrap();
    assert_eq!(text(response).await, BODY);
}

#[tokio::test]
async fn any_bytes_are_a_body() {
    for body in [&b""[..], b"\xff\xfe\0", b"\r\n"] {
        let service = VerifyWebhookLayer::new(receiver()).layer(service_fn(echo::<Full<Bytes>>));
        let response = service.oneshot(genuine(body)).await.unwrap();
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), body);
    }
}

#[tokio::test]
async fn with_full_body_takes_bodies_that_cannot_be_made_from_bytes() {
    struct Opaque(Full<Bytes>);
    impl Body for Opaque {
        type Data = Bytes;
        type Error = Infallible;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
            std::pin::Pin::new(&mut self.0).poll_frame(cx)
        }
    }
    let service = VerifyWebhookLayer::new(receiver()).with_full_body().layer(service_fn(echo::<Full<Bytes>>));
    let response = service.oneshot(genuine(BODY).map(Opaque)).await.unwrap();
    assert_eq!(text(response).await, BODY);
}

/// A service that panics if it is called before it was ready; its clones are not ready.
struct Strict {
    ready: bool,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self { ready: false }
    }
}

impl Service<Request<Full<Bytes>>> for Strict {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        assert!(std::mem::take(&mut self.ready), "called unready");
        ready(Ok(Response::new(Full::default())))
    }
}

#[tokio::test]
async fn the_service_that_is_ready_is_the_one_that_is_called() {
    let mut service = VerifyWebhookLayer::new(receiver()).layer(Strict { ready: false });
    for _ in 0..2 {
        let response = service.ready().await.unwrap().call(genuine(BODY)).await.unwrap();
        assert_eq!(response.status(), 200);
    }
}

#[tokio::test]
async fn a_rejection_gives_back_what_the_service_had_reserved() {
    let inner = ConcurrencyLimit::new(service_fn(echo::<Full<Bytes>>), 1);
    let mut service = VerifyWebhookLayer::new(receiver()).layer(inner);
    for (request, status) in [(Request::new(Full::default()), 400), (genuine(BODY), 200)] {
        let response = service.ready().await.unwrap().call(request).await.unwrap();
        assert_eq!(response.status(), status);
    }
}

#[tokio::test]
async fn errors_and_failures_of_the_service_inside_pass_through() {
    let failing = service_fn(async |_: Request<Full<Bytes>>| Err::<Response<Full<Bytes>>, _>("down"));
    let service = VerifyWebhookLayer::new(receiver()).layer(failing);
    assert_eq!(service.clone().oneshot(genuine(BODY)).await.unwrap_err(), "down");
    // A rejection is a response, not an error.
    assert_eq!(service.oneshot(Request::new(Full::default())).await.unwrap().status(), 400);
}
