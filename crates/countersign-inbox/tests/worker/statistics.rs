//! Checks what an inbox counts, and when it adds that to the store.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{self, Poll};
use std::time::Duration;

use bytes::Bytes;
use countersign::receiver::{Incoming, Received, Receiving};
use countersign::{ErrorKind, Event};
use countersign_inbox::inline::{Admission, Deduplicator, MissingId};
use countersign_inbox::{
    Context, DeliveryCounts, Durability, EndpointStatistics, FailureKind, Handler, Inbox, InlineAttempt,
    InlineFilter, MemoryStore, Occurrences, OpsStore, Outcome, Page, Window,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tokio::time::Instant;

use crate::support::{
    Audited, Counts, Fault, Store, builder, completed, nothing, pass, source, verified, verifier,
};

#[tokio::test(start_paused = true)]
async fn deliveries_and_attempts_are_added_to_the_store_after_seconds() {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let store = Store::new();
    let inbox = start(&store, |_: Event<Audited>, _: Context| async move {
        match CALLS.fetch_add(1, Ordering::Relaxed) {
            0 => Outcome::retry("down"),
            1 => {
                pass(1_000).await;
                Outcome::Done
            }
            _ => Outcome::permanent("no such bill"),
        }
    });
    let began = Instant::now();
    accept(&inbox, "1").await;
    accept(&inbox, "1").await;
    pass(4_000).await;
    assert!(store.calls("add_statistics", began).is_empty());
    assert_eq!(counted(&store).await, EndpointStatistics::default());
    pass(1_500).await;
    let of = counted(&store).await;
    let counts = DeliveryCounts { accepted: 1, duplicates: 1, attempts: 2, done: 1, retries: 1, dead: 0 };
    assert_eq!(of.counts, counts);
    assert_eq!(of.keys.values().map(|used| used.count).collect::<Vec<_>>(), [2]);
    let (took, second) = (of.time_to_done.quantile(0.5).unwrap(), Duration::from_secs(1));
    // The pause before the second attempt is random.
    assert!(took >= second && took < second * 3, "{took:?}");
    assert!(of.last_delivery.is_some() && of.last_success == of.last_delivery, "{of:?}");
    accept(&inbox, "2").await;
    pass(6_000).await;
    let of = counted(&store).await;
    assert_eq!((of.counts.accepted, of.counts.attempts, of.counts.dead), (2, 3, 1));
    assert!(of.last_delivery > of.last_success, "{of:?}");
    assert_eq!(store.calls("add_statistics", began).len(), 2);
    pass(3_600_000).await;
    assert_eq!(store.calls("add_statistics", began).len(), 2, "an idle inbox writes nothing");
}

#[tokio::test(start_paused = true)]
async fn a_drain_adds_what_was_counted() {
    let store = Store::new();
    let inbox = start(&store, nothing);
    accept(&inbox, "1").await;
    pass(100).await;
    assert!(inbox.drain().await.is_clean());
    let counts = counted(&store).await.counts;
    assert_eq!((counts.accepted, counts.attempts, counts.done), (1, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_added_is_added_later() {
    let store = Store::new();
    let inbox = start(&store, nothing);
    store.next("add_statistics", [Fault::Error, Fault::Hang, Fault::Error]);
    for nth in 0..20 {
        accept(&inbox, &nth.to_string()).await;
        pass(1_000).await;
    }
    assert_eq!(counted(&store).await, EndpointStatistics::default());
    pass(30_000).await;
    let counts = counted(&store).await.counts;
    assert_eq!((counts.accepted, counts.attempts, counts.done), (20, 20, 20));
}

#[tokio::test(start_paused = true)]
async fn attempts_that_are_given_back_do_not_count_and_lost_ones_do() {
    let store = Store::with([completed("given back"), completed("lost")]);
    let handler = |_: Event<Audited>, _: Context| std::future::pending::<()>();
    let worker = || builder(&store, source(handler)).with_drain(Duration::ZERO).start_working().unwrap();
    let first = worker();
    pass(100).await;
    let _: countersign_inbox::Report = first.drain().await;
    assert_eq!(counted(&store).await.counts, DeliveryCounts::default());
    let _second = worker();
    pass(100).await;
    store.take_over();
    pass(100_000).await;
    let counts = counted(&store).await.counts;
    assert_eq!(counts, DeliveryCounts { attempts: 2, ..DeliveryCounts::default() });
}

#[tokio::test(start_paused = true)]
async fn a_scheduled_addition_does_not_keep_the_store() {
    let store = Store::new();
    let inbox = start(&store, nothing);
    accept(&inbox, "1").await;
    pass(100).await;
    let _: countersign_inbox::Report = inbox.drain().await;
    accept(&inbox, "2").await;
    drop(inbox);
    pass(1).await;
    assert_eq!(Arc::strong_count(&store), 1);
    pass(10_000).await;
}

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
    store.next("add_statistics", [Fault::Error]);
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

/// No worker does it in a process without an inbox.
#[tokio::test(start_paused = true)]
async fn inline_mode_sweeps_the_store_about_once_a_minute() {
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
    assert_eq!(store.calls("sweep", began).len(), 3);
    pass(3_600_000).await;
    assert_eq!(store.calls("sweep", began).len(), 3, "an idle process sweeps nothing");
    store.leave(4);
    handle(&dedupe, "last").await;
    pass(6_000).await;
    assert_eq!(store.calls("sweep", began).len(), 3 + 5, "it sweeps until nothing is left");
}

/// It took what was counted before the shutdown began, and the store does not answer it.
#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_for_the_addition_that_is_under_way() {
    let store = Store::new();
    let inbox = start(&store, nothing);
    accept(&inbox, "1").await;
    store.next("add_statistics", [Fault::Hang]);
    pass(5_100).await;
    let _: countersign_inbox::Report = inbox.drain().await;
    assert_eq!(counted(&store).await.counts.accepted, 1);

    let store = Store::new();
    let dedupe = inline(&store);
    handle(&dedupe, "1").await;
    store.next("add_statistics", [Fault::Hang]);
    pass(5_100).await;
    dedupe.idle().await;
    assert_eq!(counted(&store).await.counts.accepted, 1);
    let rows = store.inline_attempts(&InlineFilter::default(), Page::first(10)).await.unwrap();
    assert_eq!(rows.len(), 1);
}

/// By rule, whatever the number of rules; and the provider is not silent.
#[tokio::test(start_paused = true)]
async fn what_the_rules_leave_out_is_counted_by_rule() {
    let store = Store::new();
    let mut endpoint =
        source(nothing).with_types(["audit.completed"]).with_filter("live", "data.live == true");
    for nth in 0..40 {
        endpoint = endpoint.with_filter(format!("rule {nth:02}"), &format!("data.number != {nth}"));
    }
    let inbox = builder(&store, endpoint).insecure_allow_durability(Durability::Memory);
    let inbox = inbox.start_accepting().unwrap();
    let numbered =
        (0..40).flat_map(|nth| vec![("audit.completed", format!(r#"{{"live":true,"number":{nth}}}"#)); 2]);
    let others = [
        ("audit.started", "{}"),
        ("audit.completed", "{}"),
        ("audit.completed", r#"{"live":true,"number":-1}"#),
    ];
    let others = others.map(|(event_type, data)| (event_type, data.to_owned()));
    for (id, (event_type, data)) in others.into_iter().chain(numbered).enumerate() {
        let (delivery, head) = verified(&format!(r#"{{"id":"{id}","type":"{event_type}","data":{data}}}"#));
        assert_eq!(inbox.acceptor("audits").unwrap().accept(&delivery, head).await.refusal(), None);
    }
    let _: countersign_inbox::Report = inbox.drain().await;
    let of = counted(&store).await;
    assert_eq!((of.counts.accepted, of.deliveries()), (1, 83));
    let filtered = numbers(&of.filtered);
    assert_eq!(filtered.iter().find(|(rule, _)| *rule == "types"), Some(&("types", 1)));
    assert_eq!(filtered.iter().find(|(rule, _)| *rule == "rule 07"), Some(&("rule 07", 2)));
    let others = filtered.iter().find(|(rule, _)| *rule == "others").map(|(_, count)| *count);
    // 32 rules are told apart: those two, and 30 of the 40.
    assert_eq!((filtered.len(), others), (33, Some(20)));
    assert_eq!(numbers(&of.keys).iter().map(|(_, count)| count).sum::<u64>(), 83);
    assert!(of.last_delivery.is_some());
}

#[tokio::test(start_paused = true)]
async fn the_codes_that_handlers_set_are_counted() {
    let store = Store::new();
    let inbox = start(&store, |_: Event<Audited>, context: Context| async move {
        match context.attempt() {
            1 => {
                context.set_response_code(503_u16);
                Outcome::retry("down")
            }
            2 => Outcome::retry("nothing was asked"),
            _ => {
                context.set_response_code(201_u16);
                Outcome::Done
            }
        }
    });
    accept(&inbox, "1").await;
    pass(60_000).await;
    let of = counted(&store).await;
    assert_eq!((numbers(&of.codes), of.counts.attempts), (vec![("201", 1), ("503", 1)], 3));
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
    let heads: Vec<_> = rejections.samples.iter().map(|of| &*of.sample.head).collect();
    assert_eq!(heads, ["POST /hooks?token=…\nx-own: [7 bytes]"]);
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

fn start(store: &Arc<Store>, handler: impl Handler<Event<Audited>>) -> Inbox {
    let inbox = builder(store, source(handler)).insecure_allow_durability(Durability::Memory);
    inbox.start().unwrap()
}

/// Creates inline mode that counts in this store.
fn inline(store: &Arc<Store>) -> Deduplicator {
    let provider = &countersign::providers::preflix::PROVIDER;
    let dedupe = Deduplicator::builder(Arc::new(MemoryStore::new(1_000)), "audits", provider);
    dedupe.with_statistics(store.clone()).build().unwrap()
}

async fn handle(dedupe: &Deduplicator, id: &str) {
    let (delivery, _) = verified(&format!(r#"{{"id":"{id}","type":"audit.completed","data":{{}}}}"#));
    let Admission::Run(run) = dedupe.admit(&delivery).await else { panic!("{id} is not handled") };
    let _ = run.drive(async { StatusCode::OK }, |status| Some(*status)).await;
}

async fn accept(inbox: &Inbox, id: &str) {
    let data = r#"{"bill_id":"bill_8f4"}"#;
    let (delivery, head) = verified(&format!(r#"{{"id":"{id}","type":"audit.completed","data":{data}}}"#));
    let answer = inbox.acceptor("audits").unwrap().accept(&delivery, head).await;
    assert_eq!(answer.refusal(), None);
}

fn numbers(counts: &BTreeMap<String, Occurrences>) -> Vec<(&str, u64)> {
    counts.iter().map(|(name, of)| (name.as_str(), of.count)).collect()
}

async fn counted(store: &Arc<Store>) -> EndpointStatistics {
    store.statistics(Window::Hour).await.unwrap().sources.remove("audits").unwrap_or_default()
}
