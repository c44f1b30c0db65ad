//! Checks what an inbox counts, and when it adds that to the store.

mod inline;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use countersign::Event;
use countersign_inbox::inline::{Admission, Deduplicator};
use countersign_inbox::{
    Context, DeliveryCounts, Durability, EndpointStatistics, Handler, Inbox, InlineFilter, MemoryStore,
    Occurrences, OpsStore, Outcome, Page, Window,
};
use http::StatusCode;
use tokio::time::Instant;

use crate::support::{Audited, InjectedError, Store, builder, completed, nothing, pass, source, verified};

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
    store.next("add_statistics", [InjectedError::Error, InjectedError::Hang, InjectedError::Error]);
    for nth in 0..20 {
        accept(&inbox, &nth.to_string()).await;
        pass(1_000).await;
    }
    assert_eq!(counted(&store).await, EndpointStatistics::default());
    pass(90_000).await;
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

/// It took what was counted before the shutdown began, and the store does not answer it.
#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_for_the_addition_that_is_under_way() {
    let store = Store::new();
    let inbox = start(&store, nothing);
    accept(&inbox, "1").await;
    store.next("add_statistics", [InjectedError::Hang]);
    pass(5_100).await;
    let _: countersign_inbox::Report = inbox.drain().await;
    assert_eq!(counted(&store).await.counts.accepted, 1);

    let store = Store::new();
    let dedupe = inline(&store);
    handle(&dedupe, "1").await;
    store.next("add_statistics", [InjectedError::Hang]);
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
