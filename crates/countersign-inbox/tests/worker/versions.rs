use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::providers::preflix;
use countersign::{Event, EventCatalog, Secret, Verifier};
use countersign_inbox::EventState::{Dead, Done, Ready};
use countersign_inbox::{
    Context, Endpoint, FailureKind, Handler, OpsStore, Outcome, UnknownVersions, Window,
};
use serde::Deserialize;

use crate::support::{Counts, Store, builder, deliver, nothing, pass, source};

#[derive(Deserialize, EventCatalog)]
#[event("price.changed", version = 2, earlier(1 = InEuros))]
struct InCents {
    cents: u64,
}

#[derive(Deserialize)]
struct InEuros {
    euros: u64,
}

impl From<InEuros> for InCents {
    fn from(earlier: InEuros) -> Self {
        Self { cents: earlier.euros * 100 }
    }
}

/// The next release of the program.
#[derive(Deserialize, EventCatalog)]
#[event("price.changed", version = 3, earlier(1 = InEuros, 2 = InCents))]
struct Price {
    amount: u64,
}

impl From<InCents> for Price {
    fn from(earlier: InCents) -> Self {
        Self { amount: earlier.cents }
    }
}

fn endpoint<T: EventCatalog + Send + 'static>(handler: impl Handler<Event<T>>) -> Endpoint {
    let provider = preflix::PROVIDER.clone().with_event_version("/version");
    let verifier = Verifier::new(provider, Secret::new("a").unwrap()).unwrap();
    Endpoint::new("audits", verifier).on::<T>(handler)
}

fn stored() -> Arc<Store> {
    let event = |id: u8, version: u8, data: &str| {
        deliver(&format!(r#"{{"id":"{id}","type":"price.changed","version":{version},"data":{data}}}"#), None)
    };
    Store::with([
        event(1, 1, r#"{"euros":7}"#),
        event(2, 2, r#"{"cents":8}"#),
        event(3, 3, r#"{"amount":9}"#),
    ])
}

#[tokio::test(start_paused = true)]
async fn data_of_earlier_versions_is_converted_and_a_newer_version_is_a_dead_letter_that_says_so() {
    let counts = Counts::start();
    let (store, seen) = (stored(), Arc::new(Mutex::new(Vec::new())));
    let see = seen.clone();
    let endpoint = endpoint(move |event: Event<InCents>, _: Context| {
        see.lock().unwrap().push(event.data.cents);
        async {}
    });
    let _worker = builder(&store, endpoint).start_working().unwrap();
    pass(100).await;
    assert_eq!((seen.lock().unwrap().clone(), store.states()), (vec![700, 8], vec![Done, Done, Dead]));
    assert!(
        store.error(3).starts_with("version 3 of `price.changed` is unknown, known are 1, 2"),
        "{}",
        store.error(3)
    );
    assert_eq!(counts.take()["webhook.dead_letters{reason=unknown_version,source=audits}"], 1.0);
}

#[tokio::test(start_paused = true)]
async fn an_event_of_a_newer_version_can_be_kept_until_a_program_that_knows_it_runs() {
    let counts = Counts::start();
    let (store, seen) = (stored(), Arc::new(Mutex::new(Vec::new())));
    let kept =
        endpoint(|_: Event<InCents>, _: Context| async {}).with_unknown_versions(UnknownVersions::Keep);
    let worker = builder(&store, kept).with_max_attempts(3).start_working().unwrap();
    pass(10 * 3_600_000).await;
    assert_eq!(store.states(), [Done, Done, Ready]);
    let attempts = store.event(3).attempts;
    assert!(attempts.len() >= 10);
    assert!(attempts.iter().all(|of| of.attempt == 1 && of.failure == Some(FailureKind::UnknownVersion)));
    let counted = counts.take();
    assert!(counted["webhook.attempts{outcome=keep,source=audits}"] >= 10.0);
    assert!(!counted.contains_key("webhook.attempts{outcome=retry,source=audits}"));
    assert!(worker.drain().await.is_clean());
    let week = store.statistics(Window::Week).await.unwrap();
    assert_eq!(week.sources["audits"].counts.attempts, 2, "the other two");
    // As other events, it has retries: neither the former attempts nor its age count.
    let see = seen.clone();
    let next = endpoint(move |event: Event<Price>, _: Context| {
        let mut seen = see.lock().unwrap();
        seen.push(event.data.amount);
        let outcome = if seen.len() < 3 { Outcome::retry("down") } else { Outcome::Done };
        async move { outcome }
    });
    let next = builder(&store, next).with_max_attempts(3).with_max_age(Duration::from_secs(60));
    let _worker = next.start_working().unwrap();
    pass(3_700_000).await;
    assert_eq!((seen.lock().unwrap().clone(), store.states()), (vec![9; 3], vec![Done; 3]));
}

#[tokio::test]
async fn versions_without_a_place_in_the_declaration_are_refused_with_the_cure() {
    let verifier = Verifier::new(&preflix::PROVIDER, Secret::new("a").unwrap()).unwrap();
    let endpoint = Endpoint::new("audits", verifier).on(|_: Event<Price>, _: Context| async {});
    let error = builder(&Store::with([]), endpoint).start_working().unwrap_err().to_string();
    assert!(error.contains("with_event_version"), "{error}");
}

#[tokio::test]
async fn keeping_unknown_versions_of_types_without_versions_is_refused_with_the_cure() {
    let endpoint = source(nothing).with_unknown_versions(UnknownVersions::Keep);
    let error = builder(&Store::with([]), endpoint).start_working().unwrap_err().to_string();
    assert!(error.contains("`with_unknown_versions(UnknownVersions::Keep)`"), "{error}");
}
