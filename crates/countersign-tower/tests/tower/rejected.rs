//! Tests of rejected requests.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use countersign::providers::TWILIO;
use countersign::receiver::{self, Budget, Receiver, RejectionBody, ResolveError, Tenant};
use countersign::{Secret, UnixTime, Verifier};
use countersign_tower::VerifyWebhookLayer;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{Full, Limited};
use tokio::time::Instant;
use tower::{Layer, ServiceExt, service_fn};

use crate::support::{
    BODY, NOW, SECRET, Script, Step, echo, genuine, headers, receiver, signed, text, unreachable,
};

async fn answer(receiver: Receiver, request: Request<Script>) -> Response<Full<Bytes>> {
    let service = VerifyWebhookLayer::new(receiver).with_full_body().layer(service_fn(unreachable));
    service.oneshot(request).await.unwrap()
}

#[tokio::test]
async fn the_sender_receives_a_status_and_one_word() {
    let whole = || signed(BODY, Script::pieces(BODY, 1 << 20));
    let without = |name: &str| {
        let mut request = whole();
        request.headers_mut().remove(name).unwrap();
        request
    };
    let later = |secs| UnixTime::from_secs(NOW.as_secs() + secs);
    let tampered = signed(BODY, Script::pieces(BODY.replace("8f4", "8f5"), 1 << 20));
    let broken = signed(BODY, Script::new([Step::Data(Bytes::from_static(b"{")), Step::Break]));
    let cases = [
        (receiver(), without("preflixai-signature"), 400, "missing_signature"),
        (receiver(), without("preflixai-timestamp"), 400, "missing_timestamp"),
        (receiver().to_builder().with_clock(later(301)).build().unwrap(), whole(), 401, "timestamp_too_old"),
        (receiver().to_builder().with_clock(later(-301)).build().unwrap(), whole(), 401, "timestamp_too_new"),
        (receiver(), tampered, 401, "signature_mismatch"),
        (receiver(), broken, 400, "body_unreadable"),
    ];
    for (receiver, request, status, kind) in cases {
        let response = answer(receiver, request).await;
        assert_eq!(response.status(), status, "{kind}");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json", "{kind}");
        assert_eq!(text(response).await, format!(r#"{{"title":"{kind}","status":{status}}}"#));
    }
}

#[tokio::test]
async fn a_body_that_announces_too_much_is_not_read() {
    let mut request = signed(BODY, Script::new([Step::Stall]));
    request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(1025));
    let response = answer(receiver().to_builder().with_body_limit(1024).build().unwrap(), request).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_body_that_becomes_too_large_is_not_read_to_its_end() {
    let piece = || Step::Data(Bytes::from(vec![b' '; 1000]));
    let request = signed(BODY, Script::new([piece(), piece(), Step::Stall]));
    let response = answer(receiver().to_builder().with_body_limit(1024).build().unwrap(), request).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(response.headers()[header::CONNECTION], "close");
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_accepted() {
    let receiver = receiver().to_builder().with_body_limit(BODY.len()).build().unwrap();
    let service = VerifyWebhookLayer::new(receiver).layer(service_fn(echo::<Full<Bytes>>));
    assert_eq!(service.oneshot(genuine(BODY)).await.unwrap().status(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_ends_runs_into_the_deadline() {
    let start = Instant::now();
    let response = answer(receiver(), signed(BODY, Script::new([Step::Stall]))).await;
    assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(start.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_for_the_whole_body() {
    let start = Instant::now();
    let drip = Script::drip(Duration::from_millis(700));
    let receiver = receiver().to_builder().with_body_deadline(Duration::from_secs(3)).build().unwrap();
    assert_eq!(answer(receiver, signed(BODY, drip)).await.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(start.elapsed().as_secs(), 3);
}

/// A process that does not run notices the end of the time late: the sender was not slow.
#[tokio::test(start_paused = true)]
async fn a_process_that_was_stopped_reads_what_has_arrived_meanwhile() {
    let stopped = Duration::from_secs(13);
    let (first, rest) = BODY.as_bytes().split_at(8);
    let piece = |after, bytes| {
        [Step::Wait(Box::pin(tokio::time::sleep(after))), Step::Data(Bytes::from_static(bytes))]
    };
    // The rest is not there yet when the end of the time is noticed.
    let pieces = [piece(stopped, first), piece(stopped + Duration::from_secs(1), rest)];
    let service = VerifyWebhookLayer::new(receiver()).layer(service_fn(echo::<Script>));
    let answering = service.oneshot(signed(BODY, Script::new(pieces.into_iter().flatten())));
    let (response, ()) = tokio::join!(answering, tokio::time::advance(stopped));
    assert_eq!(response.unwrap().status(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_sender_who_is_slow_after_that_is_given_up() {
    let start = Instant::now();
    let stalling = answer(receiver(), signed(BODY, Script::new([Step::Stall])));
    let (response, ()) = tokio::join!(stalling, tokio::time::advance(Duration::from_secs(13)));
    assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(start.elapsed().as_secs(), 23);
}

#[tokio::test]
async fn a_body_that_is_there_needs_no_timer() {
    // The deadline has passed before the body is polled.
    let receiver = receiver().to_builder().with_body_deadline(Duration::ZERO).build().unwrap();
    let service = VerifyWebhookLayer::new(receiver).layer(service_fn(echo::<Script>));
    let response = service.oneshot(signed(BODY, Script::pieces(BODY, 8))).await.unwrap();
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn a_spent_budget_asks_senders_to_come_back() {
    let service = |budget: &Budget| {
        VerifyWebhookLayer::new(receiver().to_builder().with_budget(budget.clone()).build().unwrap())
            .layer(service_fn(echo::<Script>))
    };
    let slow = || Script::new([Step::Data(Bytes::copy_from_slice(&BODY.as_bytes()[..20])), Step::Stall]);
    // The head counts, too.
    let plenty = Budget::new(usize::MAX);
    let held = {
        let mut slow = pin!(service(&plenty).oneshot(signed(BODY, slow())));
        let waits = poll_fn(|cx| Poll::Ready(slow.as_mut().poll(cx).is_pending())).await;
        assert!(waits, "the slow body is not there yet");
        plenty.in_use()
    };
    assert!(held > 100 && plenty.in_use() == 0, "{held}");

    // While it is checked, a head takes more than afterwards.
    let mut most = held;
    loop {
        let mut slow = pin!(service(&Budget::new(most)).oneshot(signed(BODY, slow())));
        if poll_fn(|cx| Poll::Ready(slow.as_mut().poll(cx).is_pending())).await {
            break;
        }
        most += 64;
    }

    let budget = Budget::new(most + 2 * BODY.len());
    let service = service(&budget);
    {
        let mut slow = pin!(service.clone().oneshot(signed(BODY, slow())));
        let waits = poll_fn(|cx| Poll::Ready(slow.as_mut().poll(cx).is_pending())).await;
        assert!(waits, "the slow body is not there yet");
        assert_eq!(budget.in_use(), held);

        let response = service.clone().oneshot(signed(BODY, Script::pieces(BODY, 8))).await.unwrap();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], "5");
        assert_eq!(budget.in_use(), held);
    }
    assert_eq!(budget.in_use(), 0);
    let response = service.oneshot(signed(BODY, Script::pieces(BODY, 8))).await.unwrap();
    assert_eq!((response.status().as_u16(), budget.in_use()), (200, 0));
}

#[tokio::test]
async fn tenants_have_secrets_of_their_own() {
    async fn tenant(request: receiver::RequestHead) -> Result<Option<Tenant>, ResolveError> {
        assert!(request.headers().contains_key("preflixai-signature"));
        tokio::task::yield_now().await;
        match request.uri().path() {
            "/acme" => Ok(Some(Tenant::new("acme", Secret::new(SECRET).unwrap()))),
            "/other" => Ok(Some(Tenant::new("other", Secret::new("another secret").unwrap()))),
            "/down" => Err(ResolveError::new("the database is down")),
            _ => Ok(None),
        }
    }
    let service = VerifyWebhookLayer::new(receiver().to_builder().with_tenants(tenant).build().unwrap())
        .layer(service_fn(echo::<Full<Bytes>>));
    for (path, status) in [("/acme", 200), ("/other", 401), ("/unknown", 401), ("/down", 503)] {
        let mut request = genuine(BODY);
        *request.uri_mut() = path.parse().unwrap();
        let response = service.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.headers().contains_key(header::RETRY_AFTER), status == 503, "{path}");
    }
}

/// The body error of `tower_http::limit::RequestBodyLimitLayer`, alone and inside axum's.
#[tokio::test]
async fn a_body_that_a_limit_around_the_layer_cuts_off_is_too_large() {
    let layer = VerifyWebhookLayer::new(receiver()).with_full_body();
    let limited = || Limited::new(Script::pieces(BODY, 8), 20);
    let service = layer.layer(service_fn(unreachable::<Full<Bytes>>));
    let response = service.oneshot(signed(BODY, limited())).await.unwrap();
    assert_eq!(response.status(), 413);
    assert_eq!(response.headers()[header::CONNECTION], "close");
    let service = layer.layer(service_fn(unreachable::<Full<Bytes>>));
    let response = service.oneshot(signed(BODY, axum::body::Body::new(limited()))).await.unwrap();
    assert_eq!(response.status(), 413);
    assert_eq!(text(response).await, r#"{"title":"payload_too_large","status":413}"#);
}

#[test]
fn a_mistake_is_refused_when_the_layer_is_built() {
    let twilio = Verifier::new(&TWILIO, Secret::new(SECRET).unwrap()).unwrap();
    let error = VerifyWebhookLayer::try_new(twilio.clone()).unwrap_err();
    assert_eq!(error.field(), "public_url");
    assert!(error.to_string().contains("`ReceiverBuilder::with_public_url`"), "{error}");
    let panic = catch_unwind(AssertUnwindSafe(|| VerifyWebhookLayer::new(twilio.clone()))).unwrap_err();
    assert_eq!(*panic.downcast::<String>().unwrap(), error.to_string());
    let receiver = Receiver::builder(twilio);
    assert!(receiver.clone().with_public_url("hooks.example.com").build().is_err());
    let complete = receiver.with_public_url("https://a.example").build().unwrap();
    assert!(VerifyWebhookLayer::try_new(complete).is_ok());
}

#[tokio::test]
async fn the_receiver_may_answer_otherwise() {
    let receiver = receiver()
        .to_builder()
        .with_rejection_body(|problem| RejectionBody::text(problem.title()))
        .build()
        .unwrap();
    let service = VerifyWebhookLayer::new(receiver).layer(service_fn(unreachable::<Full<Bytes>>));
    let mut request = Request::new(Full::from("something else"));
    *request.headers_mut() = headers(BODY.as_bytes());
    let response = service.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(text(response).await, "signature_mismatch");
}
