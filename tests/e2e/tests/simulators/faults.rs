//! Faults arrive at the receiver as they were asked for.

use std::time::Duration;

use bytes::Bytes;
use countersign::providers::preflix;
use countersign_testkit::simulators::{Faults, Preflix, ProviderClient, SendOutcome, Wire};
use http::{HeaderValue, Request};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::support::{Hook, clock, messages, ok, stepping};

#[tokio::test]
async fn chunked_and_slow_bodies_arrive_whole() {
    let clock = clock();
    let hook = Hook::start(&preflix::PROVIDER, &clock, ok).await;
    for wire in [Wire::default().chunked(), Wire::default().slow(Duration::from_millis(16))] {
        let preflix = Preflix::new(stepping(&clock).with_faults(Faults::default().wire(wire)));
        preflix.subscribe(hook.subscription()).unwrap();
        preflix.play().unwrap();
        preflix.run().await;
        assert_eq!(preflix.telemetry().delivered, 6, "{:?}", preflix.attempts());
    }
}

#[tokio::test]
async fn aborted_attempts_are_retried_until_the_event_arrives() {
    let clock = clock();
    let hook = Hook::start(&preflix::PROVIDER, &clock, ok).await;
    let preflix = Preflix::new(stepping(&clock).with_faults(Faults::default().abort(0.5)));
    preflix.subscribe(hook.subscription()).unwrap();
    preflix.play().unwrap();
    preflix.run().await;
    let aborted = preflix.attempts().iter().filter(|attempt| attempt.outcome == SendOutcome::Aborted).count();
    assert!(aborted > 0);
    assert_eq!((preflix.telemetry().delivered, hook.seen().len()), (6, 6));
}

#[tokio::test]
async fn the_head_and_half_of_the_body_arrive_before_an_abort() {
    let abort = Wire::default().aborted();
    for wire in [abort, abort.chunked(), abort.slow(SLOW), abort.chunked().slow(SLOW)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap()).parse().unwrap();
        let body: String = (0..800).map(|number| format!("{number:03}.")).collect();
        let mut request = Request::post("/hook").body(Bytes::from(body.clone())).unwrap();
        request.headers_mut().insert("x-signature", HeaderValue::from_static("signed"));
        let transport = ProviderClient::new();
        let limit = Duration::from_secs(60);
        let (answer, received) =
            tokio::join!(transport.send(&url, request, wire, limit), read_all(&listener));
        assert_eq!(answer.outcome, SendOutcome::Aborted, "{wire:?}");
        let (head, rest) =
            received.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{wire:?}: {received:?}"));
        assert!(head.starts_with("POST /hook HTTP/1.1\r\n"), "{wire:?}: {head}");
        assert!(head.contains("x-signature: signed"), "{wire:?}: {head}");
        let (framing, expected) = match wire.chunked {
            true => ("transfer-encoding: chunked".to_owned(), chunks(&body[..1600], 400)),
            false => (format!("content-length: {}", body.len()), body[..1600].to_owned()),
        };
        assert!(head.contains(&framing), "{wire:?}: {head}");
        assert_eq!(rest, expected, "{wire:?}");
    }
}

/// Reads a connection until it ends.
async fn read_all(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut received = Vec::new();
    // A reset after the bytes ends it, too.
    let _ = stream.read_to_end(&mut received).await;
    String::from_utf8(received).unwrap()
}

/// Returns chunks of this size, without the last, which is empty.
fn chunks(text: &str, size: usize) -> String {
    let pieces = text.as_bytes().chunks(size);
    pieces.map(|piece| format!("{:X}\r\n{}\r\n", piece.len(), str::from_utf8(piece).unwrap())).collect()
}

#[tokio::test]
async fn duplicates_have_the_same_id_and_the_same_body() {
    let clock = clock();
    let hook = Hook::start(&preflix::PROVIDER, &clock, ok).await;
    let preflix = Preflix::new(stepping(&clock).with_faults(Faults::default().duplicates(1.0)));
    preflix.subscribe(hook.subscription()).unwrap();
    preflix.play().unwrap();
    preflix.run().await;
    let seen = hook.seen();
    assert_eq!((seen.len(), messages(&preflix).len()), (12, 6));
    for one in &seen {
        let same = seen.iter().filter(|other| other.id == one.id && other.body == one.body);
        assert_eq!(same.count(), 2);
    }
}

#[tokio::test]
async fn an_event_arrives_after_the_delay() {
    let clock = clock();
    let hook = Hook::start(&preflix::PROVIDER, &clock, ok).await;
    let delay = Duration::from_secs(90);
    let preflix = Preflix::new(stepping(&clock).with_faults(Faults::default().delay(delay)));
    preflix.subscribe(hook.subscription()).unwrap();
    preflix.play().unwrap();
    preflix.run().await;
    assert!(
        preflix.attempts().iter().all(|attempt| attempt.at == attempt.published_at.saturating_add(delay))
    );
}

const SLOW: Duration = Duration::from_millis(16);
