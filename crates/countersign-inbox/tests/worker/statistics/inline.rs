//! Counts and rows of inline mode.

use std::sync::Arc;
use std::task::{self, Poll};
use std::time::Duration;

use bytes::Bytes;
use countersign::ErrorKind;
use countersign::receiver::{Incoming, Received, Receiving};
use countersign_inbox::inline::{Admission, Deduplicator, MissingId};
use countersign_inbox::{
    DeliveryCounts, EndpointStatistics, FailureKind, InlineAttempt, InlineFilter, MemoryStore, OpsStore,
    Page, Window,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tokio::task::yield_now;
use tokio::time::Instant;

use super::{counted, handle, inline, numbers};
use crate::support::{Counts, InjectedError, Store, pass, verified, verifier};

#[tokio::test(start_paused = true)]
async fn inline_mode_counts_the_same_in_the_store_that_it_is_given() {
    let store = Store::new();
    let provider = &countersign::providers::preflix::PROVIDER;
    let dedupe = Deduplicator::builder(Arc::new(MemoryStore::new(100)), "audits", provider);
    let dedupe = dedupe.with_statistics(store.clone()).build().unwrap();
    let handled = [
        ("1", Some(StatusCode::SERVICE_UNAVAILABLE)),
        ("1", Some(StatusCode::OK)),
        ("1", None),
        ("2", Some(StatusCode::OK)),
    ];
    for (id, status) in handled {
        let (delivery, _) = verified(&format!(r#"{{"id":"{id}","type":"audit.completed","data":{{}}}}"#));
        match (dedupe.admit(&delivery).await, status) {
            (Admission::Run(run), Some(status)) => {
                let handler = async {
                    pass(1_500).await;
                    status
                };
                let _ = run.drive(handler, |status| Some(*status)).await;
            }
            (Admission::Answer(answer), None) => assert_eq!(answer.status(), StatusCode::OK),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(counted(&store).await, EndpointStatistics::default());
    dedupe.idle().await;
    let of = counted(&store).await;
    let counts = DeliveryCounts { accepted: 3, duplicates: 1, attempts: 3, done: 2, retries: 1, dead: 0 };
    assert_eq!(of.counts, counts);
    assert_eq!(of.time_to_done.quantile(0.5), Some(Duration::from_millis(1598)));
    assert_eq!(of.keys.values().map(|used| used.count).sum::<u64>(), 4);
    assert_eq!(numbers(&of.codes), [("200", 2), ("503", 1)]);
}

/// With all that is known of it, within the rate for successes, and also after the store has failed.
#[tokio::test(start_paused = true)]
async fn each_attempt_in_inline_mode_has_a_row_and_failures_are_of_a_kind() {
    let store = Store::new();
    let dedupe = Deduplicator::builder(
        Arc::new(MemoryStore::new(100)),
        "audits",
        &countersign::providers::preflix::PROVIDER,
    )
    .with_permanent_statuses([StatusCode::GONE])
    .with_recorded_successes(1)
    .with_name("pod-7")
    .with_statistics(store.clone())
    .build()
    .unwrap();
    let handle = async |id: &str, answer: fn() -> Option<StatusCode>| {
        let (delivery, _) = verified(&format!(r#"{{"id":"{id}","type":"audit.completed","data":{{}}}}"#));
        let Admission::Run(run) = dedupe.admit(&delivery).await else { panic!("{id} is not handled") };
        let handler = async {
            pass(100).await;
            answer()
        };
        let _ = run.drive(handler, |status| *status).await;
    };
    handle("1", || Some(StatusCode::SERVICE_UNAVAILABLE)).await;
    handle("1", || None).await;
    handle("1", || panic!("no bill 17")).await;
    handle("1", || Some(StatusCode::OK)).await;
    handle("2", || Some(StatusCode::OK)).await;
    handle("3", || Some(StatusCode::GONE)).await;
    handle("4", || Some(StatusCode::SERVICE_UNAVAILABLE)).await;
    store.next("add_statistics", [InjectedError::Error]);
    dedupe.idle().await;
    assert_eq!(store.inline_attempts(&InlineFilter::default(), Page::first(10)).await.unwrap(), []);
    dedupe.idle().await;
    let rows = store.inline_attempts(&InlineFilter::default(), Page::first(10)).await.unwrap();
    let shown: Vec<_> = rows
        .iter()
        .rev()
        .map(|of| {
            let InlineAttempt { external_id, outcome, failure, code, error, .. } = &of.attempt;
            (external_id.as_deref().unwrap_or_default(), outcome.as_str(), *failure, *code, error.as_deref())
        })
        .collect();
    let (error, permanent, panic) = (FailureKind::Error, FailureKind::Permanent, FailureKind::Panic);
    let down = Some("the handler responded with 503 Service Unavailable");
    let expected = [
        ("1", "retry", Some(error), Some(503), down),
        ("1", "retry", Some(error), None, Some("the handler returned an error instead of a response")),
        ("1", "retry", Some(panic), None, Some("the handler panicked: no bill 17")),
        ("1", "done", None, Some(200), None),
        ("3", "dead", Some(permanent), Some(410), Some("the handler responded with 410 Gone")),
        ("4", "retry", Some(error), Some(503), down),
    ];
    assert_eq!(shown, expected);
    for of in &rows {
        let InlineAttempt { provider, event_type, fence, took, worker, .. } = &of.attempt;
        assert_eq!((of.source.as_str(), provider.as_str(), worker.as_str()), ("audits", "preflix", "pod-7"));
        assert_eq!((event_type.as_deref(), *took), (Some("audit.completed"), Duration::from_millis(100)));
        assert!(fence.is_some());
    }
    let [last, first] = [rows.first(), rows.last()].map(|of| of.unwrap().ended_at);
    assert_eq!(last.saturating_duration_since(first), Duration::from_millis(600));
    let mut kinds: Vec<_> =
        store.errors(None, 10).await.unwrap().into_iter().map(|of| (of.pattern, of.count)).collect();
    kinds.sort();
    let kind = |text: &str, count| (text.to_owned(), count);
    let expected = [
        kind("the handler panicked: no bill #", 1),
        kind("the handler responded with # Gone", 1),
        kind("the handler responded with # Service Unavailable", 2),
        kind("the handler returned an error instead of a response", 1),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(counted(&store).await.counts.attempts, 7);
}

/// Before the five seconds are over, which is before the latest ones would replace the first.
#[tokio::test(start_paused = true)]
async fn many_failures_at_once_leave_a_row_each() {
    let store = Store::new();
    let dedupe = inline(&store);
    let (delivery, _) = verified(r#"{"id":"1","type":"audit.completed","data":{}}"#);
    for nth in 0..6_000 {
        let Admission::Run(run) = dedupe.admit(&delivery).await else { panic!("{nth} is not handled") };
        let _ = run.drive(async { StatusCode::SERVICE_UNAVAILABLE }, |status| Some(*status)).await;
        // No time passes, and other tasks run.
        yield_now().await;
    }
    dedupe.idle().await;
    let rows = store.inline_attempts(&InlineFilter::default(), Page::first(20_000)).await.unwrap();
    assert_eq!(rows.len(), 6_000);
    assert_eq!(counted(&store).await.counts.attempts, 6_000);
}

/// No worker does it in a process without an inbox.
#[tokio::test(start_paused = true)]
async fn inline_mode_sweeps_the_store_about_every_30_s() {
    let store = Store::new();
    let dedupe = inline(&store);
    let shown = async || {
        let rows = store.inline_attempts(&InlineFilter::default(), Page::first(10)).await.unwrap();
        rows.into_iter().filter_map(|of| of.attempt.external_id).collect::<Vec<_>>()
    };
    handle(&dedupe, "1").await;
    pass(6_000).await;
    assert_eq!(shown().await, ["1"]);
    pass(8 * 24 * 3_600_000).await;
    let began = Instant::now();
    for nth in 0..130 {
        handle(&dedupe, &format!("later {nth}")).await;
        pass(1_000).await;
    }
    assert!(!shown().await.contains(&"1".to_owned()));
    assert_eq!(store.calls("sweep", began).len(), 5);
    pass(3_600_000).await;
    assert_eq!(store.calls("sweep", began).len(), 5, "an idle process sweeps nothing");
    store.leave(4);
    handle(&dedupe, "last").await;
    pass(6_000).await;
    assert_eq!(store.calls("sweep", began).len(), 5 + 5, "it sweeps until nothing is left");
}

/// Those that the receiver rejects, and deliveries without an id.
#[tokio::test(start_paused = true)]
async fn inline_mode_counts_what_is_rejected() {
    let (metrics, store) = (Counts::start(), Store::new());
    let verifier = verifier("a");
    let dedupe = Deduplicator::builder(Arc::new(MemoryStore::new(100)), "audits", verifier.provider())
        .with_missing_id(MissingId::Reject)
        .with_statistics(store.clone())
        .build()
        .unwrap();
    let receiver = dedupe.count_rejections(verifier).unwrap();
    let unsigned =
        HeaderMap::from_iter([(HeaderName::from_static("x-own"), HeaderValue::from_static("hunter2"))]);
    assert!(matches!(Receiving::new(&receiver).run(Unsigned(unsigned)).await, Received::Rejected(_)));
    let (delivery, _) = verified(r#"{"type":"audit.completed","data":{}}"#);
    let Admission::Answer(refused) = dedupe.admit(&delivery).await else { panic!("it has no id") };
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    dedupe.idle().await;
    let rejections = store.rejections(None, Window::Hour).await.unwrap();
    let kinds: Vec<_> = rejections.counts.iter().map(|of| (&*of.kind, of.count)).collect();
    assert_eq!(kinds, [("missing_id", 1), ("missing_signature", 1)]);
    let samples: Vec<_> = rejections.samples.iter().map(|of| (&*of.sample.cause, &*of.sample.head)).collect();
    let verified = ("the delivery is verified and has no id", "");
    let unsigned = "the signature is missing: expected in header preflixai-signature";
    assert_eq!(samples, [verified, (unsigned, "POST /hooks?token=…\nx-own: [7 bytes]")]);
    assert_eq!(metrics.take()["webhook.deliveries{outcome=rejected,source=audits}"], 2.0);
}

/// A request without a body.
struct Unsigned(HeaderMap);

impl Incoming for Unsigned {
    type Headers = HeaderMap;

    fn method(&self) -> &'static str {
        "POST"
    }

    fn target(&self) -> &'static str {
        "/hooks?token=abc"
    }

    fn headers(&self) -> &HeaderMap {
        &self.0
    }

    fn poll_chunk(&mut self, _: &mut task::Context<'_>) -> Poll<Option<Result<Bytes, ErrorKind>>> {
        Poll::Ready(None)
    }
}
