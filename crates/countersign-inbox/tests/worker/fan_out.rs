//! Checks that subscriptions of one endpoint have the same deliveries and nothing else in common.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::{Delivery, Event};
use countersign_inbox::EventState::{Dead, Done, Ready, Running};
use countersign_inbox::{
    Acceptor, Backoff, Context, Durability, Endpoint, EventState, Inbox, InboxBuilder, OpsStore, Outcome,
    PauseChange, Subscription, Window,
};
use http::StatusCode;

use crate::support::{
    Audited, Counts, InjectedError, Store, accepting, builder, nothing, pass, verified, verifier,
};

/// The numbers of attempts, by the name of the subscription.
type Calls = Arc<Mutex<BTreeMap<&'static str, u32>>>;

fn endpoint(subscriptions: impl IntoIterator<Item = Subscription>) -> Endpoint {
    subscriptions.into_iter().fold(Endpoint::new("audits", verifier("a")), Endpoint::with_subscription)
}

/// Returns a subscription that counts its attempts, and ends them like this.
fn counting(name: &'static str, calls: &Calls, outcome: fn() -> Outcome) -> Subscription {
    let calls = calls.clone();
    Subscription::new(name).otherwise(move |_: Delivery, _: Context| {
        *calls.lock().unwrap().entry(name).or_default() += 1;
        async move { outcome() }
    })
}

fn calls_of(calls: &Calls) -> Vec<(&'static str, u32)> {
    calls.lock().unwrap().iter().map(|(name, count)| (*name, *count)).collect()
}

fn start(builder: InboxBuilder) -> (Inbox, Acceptor) {
    let inbox = builder.insecure_allow_durability(Durability::Memory).with_max_attempts(3).start().unwrap();
    let acceptor = inbox.acceptor("audits").unwrap();
    (inbox, acceptor)
}

/// Sends a delivery. Returns the status, and the value of `X-Webhook-Duplicate`.
async fn send(acceptor: &Acceptor, id: &str, amount: u32) -> (StatusCode, Option<&'static str>) {
    let data = format!(r#"{{"bill_id":"b","amount":{amount}}}"#);
    let (delivery, head) = verified(&format!(r#"{{"id":"{id}","type":"audit.completed","data":{data}}}"#));
    let answer = acceptor.accept(&delivery, head).await;
    (acceptor.response(answer).status(), answer.duplicate())
}

/// Returns the states of the stored events, by source and id.
fn stored(store: &Store) -> BTreeMap<(String, String), EventState> {
    let numbers = 1..=i64::try_from(store.states().len()).unwrap();
    let event = |number| {
        let summary = store.event(number).summary;
        ((summary.source, summary.external_id.unwrap()), summary.state)
    };
    numbers.map(event).collect()
}

fn rows<const N: usize>(rows: [(&str, &str, EventState); N]) -> BTreeMap<(String, String), EventState> {
    rows.into_iter().map(|(source, id, state)| ((format!("audits/{source}"), id.to_owned()), state)).collect()
}

const NEW: (StatusCode, Option<&str>) = (StatusCode::OK, None);

#[tokio::test(start_paused = true)]
async fn each_subscription_handles_what_it_selects_and_a_failing_one_concerns_no_other() {
    let (counts, calls, store) = (Counts::start(), Calls::default(), Store::new());
    let subscriptions = [
        counting("all", &calls, || Outcome::Done),
        counting("broken", &calls, || Outcome::retry("down")),
        counting("large", &calls, || Outcome::Done).with_filter("large", "data.amount >= 1000"),
    ];
    let (_inbox, acceptor) = start(builder(&store, endpoint(subscriptions)));
    assert_eq!([send(&acceptor, "1", 1000).await, send(&acceptor, "2", 1).await], [NEW, NEW]);
    pass(60_000).await;
    let expected = [
        ("all", "1", Done),
        ("all", "2", Done),
        ("broken", "1", Dead),
        ("broken", "2", Dead),
        ("large", "1", Done),
    ];
    assert_eq!(stored(&store), rows(expected));
    assert_eq!(calls_of(&calls), [("all", 2), ("broken", 6), ("large", 1)]);

    let metrics = counts.take();
    let count = |metric: &str| metrics.get(metric).copied();
    assert_eq!(count("webhook.filtered{rule=large,source=audits/large}"), Some(1.0));
    assert_eq!(count("webhook.deliveries{outcome=accepted,source=audits/all}"), Some(2.0));
    assert_eq!(count("webhook.deliveries{outcome=accepted,source=audits/large}"), Some(1.0));
    assert_eq!(count("webhook.dead_letters{reason=attempts,source=audits/broken}"), Some(2.0));
    assert_eq!(count("webhook.deliveries{outcome=accepted,source=audits}"), None);
    let statistics = store.statistics(Window::Hour).await.unwrap().sources;
    assert_eq!(statistics.keys().collect::<Vec<_>>(), ["audits/all", "audits/broken", "audits/large"]);
    let large = &statistics["audits/large"];
    let filtered: Vec<_> = large.filtered.iter().map(|(rule, of)| (rule.as_str(), of.count)).collect();
    assert_eq!((filtered, large.counts.accepted, large.deliveries()), (vec![("large", 1)], 1, 2));
    assert_eq!((statistics["audits/all"].counts.done, statistics["audits/broken"].counts.dead), (2, 2));

    let number = (1..).find(|number| store.event(*number).summary.source == "audits/large").unwrap();
    store.replay(number);
    pass(60_000).await;
    let expected = [("all", 2), ("broken", 6), ("large", 2)];
    assert_eq!(calls_of(&calls), expected, "a replay is of one subscription");
    // A dead letter that is sent again is handled again, and what is done is not.
    assert_eq!(send(&acceptor, "2", 1).await, (StatusCode::OK, Some("done")));
    pass(60_000).await;
    assert_eq!(calls_of(&calls), [("all", 2), ("broken", 9), ("large", 2)]);
}

/// The inbox has three attempts.
#[tokio::test(start_paused = true)]
async fn each_subscription_has_limits_and_delays_of_its_own() {
    let (calls, store) = (Calls::default(), Store::new());
    let hour = Duration::from_secs(3600);
    let down = || Outcome::retry("down");
    let subscriptions = [
        counting("once", &calls, down).with_max_attempts(1),
        counting("persistent", &calls, down).with_max_attempts(5).with_backoff(Backoff::new(hour / 60, hour)),
        counting("plain", &calls, down),
        counting("young", &calls, || Outcome::retry_after(Duration::from_secs(2), "down"))
            .with_max_attempts(100)
            .with_max_age(Duration::from_secs(3)),
    ];
    let (_inbox, acceptor) = start(builder(&store, endpoint(subscriptions)));
    assert_eq!(send(&acceptor, "1", 1).await, NEW);
    pass(24 * 3_600_000).await;
    assert_eq!(calls_of(&calls), [("once", 1), ("persistent", 5), ("plain", 3), ("young", 3)]);
    let dead = ["once", "persistent", "plain", "young"].map(|name| (name, "1", Dead));
    assert_eq!(stored(&store), rows(dead));
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_the_endpoint_pauses_all_subscriptions_until_it_is_resumed() {
    let (counts, calls, store) = (Counts::start(), Calls::default(), Store::new());
    let done = || Outcome::Done;
    let subscriptions = [counting("archive", &calls, done), counting("billing", &calls, done)];
    let (inbox, acceptor) = start(builder(&store, endpoint(subscriptions)));
    let set = async |change| assert!(inbox.set_pause(&change).await.unwrap());
    let paused = |metrics: &BTreeMap<String, f64>| {
        ["audits", "audits/archive", "audits/billing"]
            .map(|source| metrics.get(&format!("webhook.paused{{source={source}}}")).copied())
    };
    set(PauseChange::pause("audits", "ada")).await;
    set(PauseChange::pause("audits/billing", "ada")).await;
    assert_eq!(send(&acceptor, "1", 1).await, NEW);
    pass(20_000).await;
    assert_eq!(calls_of(&calls), []);
    assert_eq!(paused(&counts.take()), [Some(1.0); 3]);

    set(PauseChange::resume("audits", "ada")).await;
    pass(10).await;
    assert_eq!(calls_of(&calls), [("archive", 1)], "the other one has a pause of its own");
    pass(20_000).await;
    assert_eq!(paused(&counts.take()), [Some(0.0), Some(0.0), Some(1.0)]);
    set(PauseChange::resume("audits/billing", "ada")).await;
    pass(10).await;
    assert_eq!(calls_of(&calls), [("archive", 1), ("billing", 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_hanging_subscription_blocks_no_other() {
    let (calls, store) = (Calls::default(), Store::new());
    let hangs = Subscription::new("hangs")
        .otherwise(|_: Delivery, _: Context| std::future::pending::<()>())
        .with_concurrency(1);
    let (_inbox, acceptor) =
        start(builder(&store, endpoint([hangs, counting("works", &calls, || Outcome::Done)])));
    for id in 0..20 {
        assert_eq!(send(&acceptor, &id.to_string(), 1).await, NEW);
    }
    pass(1_000).await;
    assert_eq!(calls_of(&calls), [("works", 20)]);
    let states: Vec<_> =
        stored(&store).into_iter().filter(|((source, _), _)| source == "audits/hangs").collect();
    assert_eq!(states.iter().filter(|(_, state)| *state == Running).count(), 1);
    assert_eq!(states.iter().filter(|(_, state)| *state == Ready).count(), 19);
}

/// The provider is asked to repeat the delivery unless both accepts are stored, and its repetition
/// completes what is missing.
#[tokio::test(start_paused = true)]
async fn a_delivery_is_acknowledged_when_all_subscriptions_have_it() {
    let faults = [
        InjectedError::None,
        InjectedError::Error,
        InjectedError::LostReply,
        InjectedError::Hang,
        InjectedError::Panic,
    ];
    for (first, second) in faults.iter().flat_map(|first| faults.iter().map(move |second| (*first, *second)))
    {
        let (calls, store) = (Calls::default(), Store::new());
        let (inbox, acceptor) =
            start(builder(&store, endpoint(["a", "b"].map(|name| counting(name, &calls, || Outcome::Done)))));
        store.next("accept", [first, second]);
        let is_stored = (first, second) == (InjectedError::None, InjectedError::None);
        let answer = send(&acceptor, "1", 1).await;
        assert_eq!(answer.0 == StatusCode::OK, is_stored, "{first:?} {second:?}: {answer:?}");
        assert!(is_stored || answer.0 == StatusCode::SERVICE_UNAVAILABLE, "{answer:?}");
        pass(100).await;
        let (status, duplicate) = send(&acceptor, "1", 1).await;
        let is_complete = [first, second]
            .iter()
            .all(|fault| matches!(fault, InjectedError::None | InjectedError::LostReply));
        assert_eq!(
            (status, duplicate),
            (StatusCode::OK, is_complete.then_some("done")),
            "{first:?} {second:?}"
        );
        pass(1_000).await;
        assert_eq!(stored(&store), rows([("a", "1", Done), ("b", "1", Done)]), "{first:?} {second:?}");
        assert_eq!(calls_of(&calls), [("a", 1), ("b", 1)], "{first:?} {second:?}: each handles it once");
        drop(inbox);
    }
}

/// The rules of the endpoint come first, and leave out the same deliveries for all.
#[tokio::test(start_paused = true)]
async fn the_endpoint_selects_for_all_its_subscriptions() {
    let (counts, store) = (Counts::start(), Store::new());
    let subscriptions = ["a", "b"].map(|name| Subscription::new(name).on::<Audited>(nothing));
    let endpoint = endpoint(subscriptions).with_filter("some", "data.amount > 0").with_sampling(0.5);
    let (_inbox, acceptor) = start(builder(&store, endpoint));
    for id in 0..100 {
        assert_eq!(send(&acceptor, &id.to_string(), u32::from(id < 80)).await, NEW);
    }
    let stored = stored(&store);
    let ids = |source: &str| -> Vec<_> {
        stored.keys().filter(|(of, _)| of == source).map(|(_, id)| id.clone()).collect()
    };
    assert_eq!(ids("audits/a"), ids("audits/b"));
    let sampled = ids("audits/a").len();
    assert!((20..60).contains(&sampled), "{sampled}");
    let metrics = counts.take();
    assert_eq!(metrics["webhook.filtered{rule=some,source=audits}"], 20.0);
    assert_eq!(metrics["webhook.filtered{rule=sampling,source=audits}"], (80 - sampled) as f64);
}

/// Providers without an id, too.
#[tokio::test(start_paused = true)]
async fn no_two_subscriptions_have_the_same_key() {
    let store = Store::new();
    let subscriptions = ["a", "b", "c"].map(|name| Subscription::new(name).on::<Audited>(nothing));
    let acceptor = accepting(&store, endpoint(subscriptions).with_body_as_id());
    for body in
        [r#"{"id":"1","type":"audit.completed","data":{}}"#, r#"{"type":"audit.completed","data":{}}"#]
    {
        for expected in [None, Some("ready")] {
            let (delivery, head) = verified(body);
            assert_eq!(acceptor.accept(&delivery, head).await.duplicate(), expected, "{body}");
        }
    }
    assert_eq!(store.states().len(), 6);
}

#[tokio::test]
async fn subscriptions_that_cannot_work_are_refused_with_the_cure() {
    async fn audited(_: Event<Audited>, _: Context) {}
    let subscription = |name: &str| Subscription::new(name).on::<Audited>(audited);
    let cases = [
        (
            "no name",
            endpoint([subscription("")]),
            "`endpoint.audits.subscription`: the name `` of a subscription is empty",
        ),
        ("a slash", endpoint([subscription("a/b")]), "has a `/`"),
        ("two of a name", endpoint([subscription("a"), subscription("a")]), "is that of another one"),
        ("no handler", endpoint([Subscription::new("a")]), "`endpoint.audits/a`: has no handlers"),
        (
            "a handler of the endpoint",
            endpoint([subscription("a")]).on::<Audited>(audited),
            "`endpoint.audits`: has subscriptions, and handlers of its own",
        ),
        (
            "an option of handlers",
            endpoint([subscription("a")]).with_timeout(Duration::MAX),
            "move them into subscriptions",
        ),
        (
            "no place",
            endpoint([subscription("a").with_concurrency(0)]),
            "`endpoint.audits/a`: a concurrency of 0",
        ),
        (
            "a mistake in a filter",
            endpoint([subscription("a").with_filter("large", "amount > ")]),
            "`endpoint.audits/a.filter.large`: column 10: found the end",
        ),
        (
            "a misspelt type",
            endpoint([subscription("a").with_types(["audti.*"])]),
            "`endpoint.audits/a.types`: `audti.*` selects no type",
        ),
        (
            "a misspelt type of the endpoint",
            endpoint([subscription("a"), subscription("b")]).with_types(["audit.*", "audti.*"]),
            "`endpoint.audits.types`: `audti.*` selects no type",
        ),
    ];
    for (name, endpoint, expected) in cases {
        let error = builder(&Store::new(), endpoint).start_working().unwrap_err().to_string();
        assert!(error.contains(expected), "{name}: {error}");
    }
    let other = Subscription::new("b").otherwise(|_: Delivery, _: Context| async {});
    let selected = endpoint([subscription("a"), other]).with_types(["audit.*", "price.*"]);
    assert!(builder(&Store::new(), selected).start_working().is_ok());
    let twice = builder(&Store::new(), endpoint([subscription("a")]))
        .with_endpoint(Endpoint::new("audits/a", verifier("a")).on::<Audited>(audited));
    let error = twice.start_working().unwrap_err().to_string();
    assert!(error.contains("`endpoint.audits/a`: there are two endpoints of this name"), "{error}");
}
