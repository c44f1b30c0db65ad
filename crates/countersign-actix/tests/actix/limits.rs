use std::time::Duration;

use actix_web::dev::Service;
use actix_web::error::PayloadError;
use actix_web::http::header::RETRY_AFTER;
use actix_web::test::init_service;
use actix_web::{App, HttpResponse, web};
use countersign::receiver::{Budget, Receiver};
use countersign_actix::VerifyWebhook;
use futures_util::{StreamExt as _, future, stream};
use tokio::time::Instant;

use crate::support::{BODY, SECRET, chunks, problem, receiver, send, signed, signed_head, with_stream};

/// Creates an app whose requests have this stream as their body.
macro_rules! app {
    ($receiver:expr, $stream:expr) => {
        init_service(
            App::new()
                .wrap(VerifyWebhook::new($receiver))
                .wrap_fn(move |req, service| service.call(with_stream(req, $stream)))
                .route("/hook", web::post().to(async |body: web::Bytes| body)),
        )
        .await
    };
}

fn small() -> Receiver {
    receiver().to_builder().with_body_limit(BODY.len()).build().unwrap()
}

#[actix_web::test]
async fn content_length_is_checked_before_the_body_is_looked_at() {
    let app = app!(small(), stream::poll_fn(|_| panic!("looked at the body")));
    let length = BODY.len() + 1;
    for length in [length.to_string(), u64::MAX.to_string()] {
        let request = signed_head(SECRET, &BODY.into()).insert_header(("content-length", length));
        assert_eq!(send(&app, request).await, problem("payload_too_large", 413));
    }
}

#[actix_web::test]
async fn stale_requests_are_answered_without_a_look_at_the_body() {
    let app = app!(small(), stream::poll_fn(|_| panic!("looked at the body")));
    let request = signed_head(SECRET, &BODY.into()).insert_header(("preflixai-timestamp", "1"));
    assert_eq!(send(&app, request).await, problem("timestamp_too_old", 401));
}

#[actix_web::test]
async fn streamed_bytes_are_counted() {
    let fits = app!(small(), chunks(&[BODY]));
    assert_eq!(send(&fits, signed_head(SECRET, &BODY.into())).await, (200, BODY.to_owned()));

    let without_end = stream::repeat_with(|| Ok(web::Bytes::from_static(b"0123456789")));
    let app = app!(small(), without_end.clone());
    let request = signed_head(SECRET, &BODY.into()).to_request();
    let response = app.call(request).await.unwrap();
    assert_eq!(response.status(), 413);
    assert!(!response.response().keep_alive(), "the rest of the body is still to come");
}

#[actix_web::test]
async fn a_body_that_does_not_come_is_given_up_at_the_deadline() {
    tokio::time::pause();
    for (deadline, receiver) in [
        (10, receiver()),
        (3, receiver().to_builder().with_body_deadline(Duration::from_secs(3)).build().unwrap()),
    ] {
        let app = app!(receiver, chunks(&["{"]).chain(stream::pending()));
        let start = Instant::now();
        let response = app.call(signed_head(SECRET, &BODY.into()).to_request()).await.unwrap();
        assert_eq!(response.status(), 408);
        assert!(!response.response().keep_alive());
        assert_eq!(start.elapsed().as_secs(), deadline);
    }
}

#[actix_web::test]
async fn a_sender_who_drips_is_given_up_at_the_deadline() {
    tokio::time::pause();
    let drip = || {
        stream::repeat(()).then(|()| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(web::Bytes::from_static(b"x"))
        })
    };
    let app = app!(receiver(), drip());
    let start = Instant::now();
    assert_eq!(send(&app, signed_head(SECRET, &BODY.into())).await, problem("body_timeout", 408));
    assert_eq!(start.elapsed().as_secs(), 10);
}

/// A process that does not run notices the end of the time late: the sender was not slow.
#[actix_web::test]
async fn a_process_that_was_stopped_reads_what_has_arrived_meanwhile() {
    tokio::time::pause();
    let stopped = Duration::from_secs(13);
    let late = move || {
        stream::once(async move {
            tokio::time::sleep(stopped).await;
            Ok(web::Bytes::from_static(BODY.as_bytes()))
        })
    };
    let app = app!(receiver(), late());
    let stop = async {
        // The body is waited for by then.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        tokio::time::advance(stopped).await;
    };
    let (answer, ()) = future::join(send(&app, signed_head(SECRET, &BODY.into())), stop).await;
    assert_eq!(answer, (200, BODY.to_owned()));
}

#[actix_web::test]
async fn a_slow_body_in_time_is_accepted() {
    tokio::time::pause();
    let slow = || {
        stream::iter(BODY.as_bytes().chunks(8)).then(|chunk| async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok(web::Bytes::from_static(chunk))
        })
    };
    let app = app!(receiver(), slow());
    assert_eq!(send(&app, signed_head(SECRET, &BODY.into())).await, (200, BODY.to_owned()));
}

#[actix_web::test]
async fn a_body_that_breaks_off_is_malformed() {
    let broken = || chunks(&["{"]).chain(stream::once(future::ready(Err(PayloadError::Incomplete(None)))));
    let app = app!(receiver(), broken());
    assert_eq!(send(&app, signed_head(SECRET, &BODY.into())).await, problem("body_unreadable", 400));
}

#[actix_web::test]
async fn the_budget_is_shared_and_given_back() {
    tokio::time::pause();
    let slow_app = |budget: &Budget| {
        let receiver = receiver().to_builder().with_budget(budget.clone()).build().unwrap();
        async move { app!(receiver, chunks(&["01234567890"]).chain(stream::pending())) }
    };
    // The head counts, too.
    let plenty = Budget::new(usize::MAX);
    let measured = slow_app(&plenty).await;
    let held = {
        let mut slow = std::pin::pin!(measured.call(signed_head(SECRET, &BODY.into()).to_request()));
        assert!(futures_util::poll!(&mut slow).is_pending());
        plenty.in_use()
    };
    assert!(held > 100 && plenty.in_use() == 0, "{held}");

    let other = |budget: &Budget| {
        let receiver = receiver().to_builder().with_budget(budget.clone()).build().unwrap();
        init_service(
            App::new().wrap(VerifyWebhook::new(receiver)).route("/hook", web::post().to(HttpResponse::Ok)),
        )
    };
    // The least budget for one request: while it is checked, a head takes more than afterwards.
    let mut least = held;
    while send(&other(&Budget::new(least)).await, signed(BODY)).await.0 != 200 {
        least += 64;
    }

    let budget = Budget::new(least);
    let waiting = slow_app(&budget).await;
    let other = other(&budget).await;
    let mut slow = std::pin::pin!(waiting.call(signed_head(SECRET, &BODY.into()).to_request()));
    assert!(futures_util::poll!(&mut slow).is_pending());
    assert_eq!(budget.in_use(), held);
    let busy = other.call(signed(BODY).to_request()).await.unwrap();
    assert_eq!(
        (busy.status().as_u16(), busy.headers().get(RETRY_AFTER).unwrap().as_bytes()),
        (503, &b"5"[..])
    );

    assert_eq!(slow.await.unwrap().status(), 408);
    assert_eq!(budget.in_use(), 0);
    assert_eq!(send(&other, signed(BODY)).await.0, 200);
    assert_eq!(budget.in_use(), 0);
}
