//! Tests of receivers that only observe, and of the counts of rejections.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use countersign::ErrorKind;
use countersign::receiver::{Budget, Incoming, Received, Receiver, Receiving};
use http::HeaderMap;

use crate::receive::begin;
use crate::support::{BODY, receiver, signed};

/// A request whose body arrives in these pieces.
struct Request {
    headers: HeaderMap,
    pieces: std::vec::IntoIter<Result<Bytes, ErrorKind>>,
}

impl Incoming for Request {
    type Headers = HeaderMap;

    fn method(&self) -> &str {
        "POST"
    }

    fn target(&self) -> &str {
        "/"
    }

    fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, ErrorKind>>> {
        Poll::Ready(self.pieces.next().transpose()).map(|piece| piece.transpose())
    }
}

fn run(receiver: &Receiver, headers: &HeaderMap, pieces: Vec<Result<Bytes, ErrorKind>>) -> Received {
    let mut request = Request { headers: headers.clone(), pieces: pieces.into_iter() };
    let received = pin!(Receiving::new(receiver).run(&mut request));
    match received.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(received) => received,
        Poll::Pending => panic!("there is nothing to wait for"),
    }
}

fn pieces(body: &[u8]) -> Vec<Result<Bytes, ErrorKind>> {
    body.chunks(3).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect()
}

/// Returns the kind, and the body that the handler gets if there is one.
fn outcome(received: Received) -> (Option<ErrorKind>, Option<Bytes>) {
    match received {
        Received::Delivery(delivery) => (None, Some(delivery.body().clone())),
        Received::Observed { rejection, body } => (Some(rejection.kind()), Some(body)),
        Received::Rejected(rejection) => (Some(rejection.kind()), None),
        other => panic!("{other:?}"),
    }
}

fn observing(limit: usize, budget: &Budget) -> Receiver {
    let builder = receiver(&[], "secret").to_builder().with_body_limit(limit).with_budget(budget.clone());
    builder.insecure_observe_only().build().unwrap()
}

#[test]
fn what_would_be_rejected_is_passed_on_with_its_whole_body() {
    let budget = Budget::new(1 << 20);
    let (observing, strict) = (observing(1 << 10, &budget), receiver(&[], "secret"));
    assert!(observing.observes_only() && !strict.observes_only());
    let whole = || Some(Bytes::from_static(BODY.as_bytes()));
    for (headers, kind) in [
        (signed("secret", BODY), None),
        (signed("another", BODY), Some(ErrorKind::SignatureMismatch)),
        // Its head is rejected before the body is read.
        (HeaderMap::new(), Some(ErrorKind::MissingSignature)),
    ] {
        assert_eq!(outcome(run(&observing, &headers, pieces(BODY.as_bytes()))), (kind, whole()));
        let whole_at_once = vec![Ok(Bytes::from_static(BODY.as_bytes()))];
        assert_eq!(outcome(run(&observing, &headers, whole_at_once)), (kind, whole()));
        let refused = outcome(run(&strict, &headers, pieces(BODY.as_bytes())));
        assert_eq!(refused, (kind, whole().filter(|_| kind.is_none())));
    }
    assert_eq!(budget.in_use(), 0);
}

#[test]
fn the_limits_on_bodies_hold_for_what_is_only_observed() {
    let budget = Budget::new(1 << 20);
    let observing = observing(10, &budget);
    for headers in [HeaderMap::new(), signed("another", BODY)] {
        let kind = |bytes: usize| outcome(run(&observing, &headers, pieces(&vec![b'x'; bytes])));
        assert_eq!(kind(10).1.map(|body| body.len()), Some(10));
        for bytes in [11, 12, 100] {
            assert_eq!(kind(bytes), (Some(ErrorKind::PayloadTooLarge), None), "{bytes}");
        }
    }
    assert_eq!(budget.in_use(), 0);
}

#[test]
fn what_cannot_be_read_is_not_passed_on() {
    let budget = Budget::new(1 << 20);
    let (roomy, full) = (observing(1 << 10, &budget), observing(1 << 10, &Budget::new(8)));
    for kind in [ErrorKind::BodyTimeout, ErrorKind::BodyUnreadable, ErrorKind::PayloadTooLarge] {
        for headers in [HeaderMap::new(), signed("secret", BODY)] {
            let broken = [Ok(Bytes::from_static(b"{")), Err(kind)].into();
            assert_eq!(outcome(run(&roomy, &headers, broken)), (Some(kind), None));
        }
    }
    let body = [b'x'; 30];
    let spent = (Some(ErrorKind::BudgetSpent), None);
    assert_eq!(outcome(run(&full, &HeaderMap::new(), pieces(&body))), spent);
    assert_eq!(outcome(run(&full, &signed("secret", BODY), pieces(&body))), spent);
    assert_eq!(budget.in_use(), 0);
}

#[test]
fn rejections_are_counted_by_their_kind_and_observers_see_every_request() {
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    for only_observes in [false, true] {
        let counter = Arc::clone(&counter);
        let builder = receiver(&[], "secret").to_builder().with_observer(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let builder = if only_observes { builder.insecure_observe_only() } else { builder };
        let receiver = builder.build().unwrap();
        assert_eq!(receiver.rejections(), []);
        let before = seen.load(Ordering::Relaxed);
        for headers in [signed("secret", BODY), signed("a", BODY), signed("b", BODY), HeaderMap::new()] {
            run(&receiver, &headers, pieces(BODY.as_bytes()));
        }
        let counts = [(ErrorKind::MissingSignature, 1), (ErrorKind::SignatureMismatch, 2)];
        let mut rejections = receiver.rejections();
        rejections.sort_by_key(|(kind, _)| kind.as_str());
        assert_eq!(rejections, counts);
        assert_eq!(seen.load(Ordering::Relaxed) - before, 4);
        // Receivers that are built from this one go on counting.
        drop(begin(&receiver.to_builder().build().unwrap(), "POST", "/", &HeaderMap::new()));
        assert_eq!(
            receiver.rejections().iter().map(|(_, count)| count).sum::<u64>(),
            if only_observes { 3 } else { 4 }
        );
    }
}

#[test]
fn observers_of_rejections_see_each_of_them_with_its_head() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&seen);
    let builder = receiver(&[], "secret").to_builder().with_rejection_observer(move |rejection, head| {
        sink.lock().unwrap().push((rejection.kind(), head().headers().len()));
    });
    let receiver = builder.build().unwrap();
    for headers in [signed("secret", BODY), signed("another", BODY), HeaderMap::new()] {
        run(&receiver, &headers, pieces(BODY.as_bytes()));
    }
    let expected = [(ErrorKind::SignatureMismatch, 1), (ErrorKind::MissingSignature, 0)];
    assert_eq!(*seen.lock().unwrap(), expected);
}
