//! Checks that alerts say of each condition when it begins and when it ends, once each.

mod statistics;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::Event;
use countersign_inbox::inline::MissingId;
use countersign_inbox::{
    Acceptor, Alert, AlertRules, CircuitBreaker, Context, Durability, Endpoint, Inbox, InboxBuilder, Outcome,
    PauseChange, RefusalKind, Subscription,
};
use countersign_test_logs::Logs;
use serde_json::{Value, json};

use crate::support::{
    Audited, InjectedError, Store, builder, completed, nothing, pass, source, verified, verifier,
};

/// The reports, as JSON.
#[derive(Clone, Default)]
struct Reported(Arc<Mutex<Vec<Value>>>);

impl Reported {
    fn on(&self, builder: InboxBuilder) -> InboxBuilder {
        let reported = self.clone();
        builder.on_alert(move |alert: Alert| {
            let reported = reported.clone();
            async move {
                reported.0.lock().unwrap().push(serde_json::to_value(alert).unwrap());
                Ok::<_, String>(())
            }
        })
    }

    /// Returns and forgets what was reported.
    fn take(&self) -> Vec<Value> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn kinds(alerts: &[Value]) -> Vec<(&str, &str)> {
    alerts.iter().map(|of| (of["state"].as_str().unwrap(), of["kind"].as_str().unwrap())).collect()
}

#[tokio::test(start_paused = true)]
async fn failures_and_dead_letters_are_reported_until_they_are_over() {
    static IS_DOWN: AtomicBool = AtomicBool::new(true);
    let (store, reported) = (Store::with((0..6).map(|id| completed(&id.to_string()))), Reported::default());
    let handler = |_: Event<Audited>, _: Context| async {
        if IS_DOWN.load(Ordering::Relaxed) { Outcome::retry("timeout after 30 s") } else { Outcome::Done }
    };
    let _inbox = reported.on(builder(&store, source(handler)).with_max_attempts(3)).start_working().unwrap();
    pass(20_000).await;
    let dead = json!({"state": "fired", "kind": "dead_letters", "source": "audits", "count": 6});
    assert_eq!(reported.take(), [dead]);
    pass(320_000).await;
    let failures = json!({
        "state": "fired", "kind": "repeated_failures", "source": "audits", "failed": 18, "attempts": 18,
        "pattern": "timeout after # s",
    });
    assert_eq!(reported.take(), [failures]);
    IS_DOWN.store(false, Ordering::Relaxed);
    pass(900_000).await;
    let mut over = reported.take();
    over.sort_by_key(|alert| alert["kind"].to_string());
    assert_eq!(kinds(&over), [("resolved", "dead_letters"), ("resolved", "repeated_failures")]);
    pass(3_600_000).await;
    assert_eq!(reported.take(), [Value::Null; 0]);
}

#[tokio::test(start_paused = true)]
async fn an_old_backlog_is_reported_unless_the_endpoint_is_paused() {
    let (store, reported) = (Store::new(), Reported::default());
    let slow = |_: Event<Audited>, _: Context| async { pass(800_000).await };
    let inbox = reported.on(builder(&store, source(slow).with_concurrency(1))).start_working().unwrap();
    for id in 0..2 {
        store.add(completed(&id.to_string()));
    }
    inbox.set_pause(&PauseChange::pause("audits", "ada")).await.unwrap();
    pass(700_000).await;
    assert_eq!(reported.take(), [Value::Null; 0]);
    inbox.set_pause(&PauseChange::resume("audits", "ada")).await.unwrap();
    pass(330_000).await;
    let alerts = reported.take();
    assert_eq!(kinds(&alerts), [("fired", "backlog_age")]);
    assert!(alerts[0]["oldest_seconds"].as_u64() > Some(1_000), "{alerts:?}");
    pass(900_000).await;
    assert_eq!(kinds(&reported.take()), [("resolved", "backlog_age")]);
}

#[tokio::test(start_paused = true)]
async fn an_open_circuit_is_reported() {
    static IS_DOWN: AtomicBool = AtomicBool::new(true);
    let (store, reported) = (Store::with([completed("1"), completed("2")]), Reported::default());
    let handler = |_: Event<Audited>, _: Context| async {
        if IS_DOWN.load(Ordering::Relaxed) { Outcome::retry("down") } else { Outcome::Done }
    };
    let endpoint = source(handler).with_circuit_breaker(CircuitBreaker::after(2));
    let _inbox = reported.on(builder(&store, endpoint)).start_working().unwrap();
    pass(20_000).await;
    let open = json!({"state": "fired", "kind": "circuit_open", "source": "audits", "pattern": "down"});
    assert_eq!(reported.take(), [open]);
    IS_DOWN.store(false, Ordering::Relaxed);
    pass(330_000).await;
    assert_eq!(kinds(&reported.take()), [("resolved", "circuit_open")]);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_answer_is_reported_and_nothing_waits_for_that() {
    let (store, reported) = (Store::new(), Reported::default());
    let _inbox = reported.on(builder(&store, source(nothing))).start_working().unwrap();
    store.next("counts", [InjectedError::Error]);
    pass(200_000).await;
    assert_eq!(reported.take(), [Value::Null; 0], "a single failure is none");
    store.next("counts", [InjectedError::Down]);
    pass(170_000).await;
    let error = "the store is not available: the disk is on fire";
    assert_eq!(reported.take(), [json!({"state": "fired", "kind": "store_unavailable", "error": error})]);
    store.heal();
    pass(330_000).await;
    assert_eq!(kinds(&reported.take()), [("resolved", "store_unavailable")]);
}

/// Subscriptions store or leave out the same deliveries: they change neither of the numbers.
#[tokio::test(start_paused = true)]
async fn rejections_are_reported_where_deliveries_are_accepted() {
    for subscriptions in [&[][..], &["a"], &["a", "b", "none"]] {
        let (store, reported) = (Store::new(), Reported::default());
        let endpoint = Endpoint::new("audits", verifier("a"))
            .with_missing_id(MissingId::Reject)
            .with_filter("some", "data.amount != 3");
        let endpoint = subscriptions.iter().fold(endpoint, |endpoint, name| {
            let subscription = Subscription::new(*name);
            endpoint.with_subscription(match *name {
                "none" => subscription.with_types(["other"]),
                _ => subscription,
            })
        });
        let inbox = Inbox::builder(store.clone()).with_endpoint(endpoint);
        let inbox = inbox.insecure_allow_durability(Durability::Memory);
        let inbox = reported.on(inbox).start_accepting().unwrap();
        let acceptor = inbox.acceptor("audits").unwrap();
        let receive = async |verified_count: u32, rejected_count: u32| {
            for nth in 0..verified_count {
                assert_eq!(send(&acceptor, &nth.to_string(), nth % 5).await, None);
                pass(1_000).await;
            }
            for _ in 0..rejected_count {
                let (delivery, head) = verified(r#"{"type":"audit.completed","data":{}}"#);
                assert!(acceptor.accept(&delivery, head).await.refusal().is_some());
            }
            pass(330_000).await;
            // Nothing handles the accepted events here.
            let mut alerts = reported.take();
            alerts.retain(|alert| alert["kind"] != "backlog_age");
            alerts
        };
        assert_eq!(receive(51, 5).await, [Value::Null; 0], "{subscriptions:?}: less than a tenth");
        pass(900_000).await;
        let alerts = receive(60, 9).await;
        let rising = json!({
            "state": "fired", "kind": "rising_rejections", "source": "audits", "rejected": 9, "requests": 69,
            "reason": "missing_id",
        });
        assert_eq!(alerts, [rising], "{subscriptions:?}");
        pass(900_000).await;
        assert_eq!(kinds(&reported.take()), [("resolved", "rising_rejections")], "{subscriptions:?}");
    }
}

/// Sends a delivery. Returns the reason of a refusal.
async fn send(acceptor: &Acceptor, id: &str, amount: u32) -> Option<RefusalKind> {
    let data = format!(r#"{{"bill_id":"b","amount":{amount}}}"#);
    let (delivery, head) = verified(&format!(r#"{{"id":"{id}","type":"audit.completed","data":{data}}}"#));
    acceptor.accept(&delivery, head).await.refusal()
}

#[tokio::test(start_paused = true)]
async fn a_notifier_that_fails_panics_or_hangs_is_logged_and_gets_the_next_alert() {
    let (logs, store) = (Logs::collect(), Store::new());
    let calls = Arc::new(Mutex::new(0));
    let counted = calls.clone();
    let notify = move |alert: Alert| {
        let call = {
            *counted.lock().unwrap() += 1;
            *counted.lock().unwrap()
        };
        async move {
            match call {
                1 => Err("no such channel"),
                2 => panic!("a bug in {alert}"),
                3 => std::future::pending().await,
                _ => Ok(()),
            }
        }
    };
    let rules = AlertRules::default().with_interval(Duration::ZERO);
    let inbox = builder(&store, source(nothing)).on_alert(notify).with_alert_rules(rules);
    let _inbox = inbox.start_working().unwrap();
    for _ in 0..2 {
        store.next("counts", [InjectedError::Down]);
        pass(200_000).await;
        store.heal();
        pass(100_000).await;
    }
    assert_eq!(*calls.lock().unwrap(), 4);
    for expected in ["no such channel", "panicked", "it took longer than 30s"] {
        assert_eq!(
            logs.with("the notifier of alerts failed").iter().filter(|line| line.contains(expected)).count(),
            1,
            "{expected}"
        );
    }
}

#[tokio::test]
async fn thresholds_that_cannot_work_are_refused() {
    let rules = AlertRules::default;
    let cases = [
        (rules().with_failures(1.0, 5), "below 1"),
        (rules().with_rejections(f64::NAN, 5), "below 1"),
        (rules().with_rejections(0.1, 0), "1 at least"),
        (rules().with_dead_letters(0), "1 at least"),
        (rules().with_silence(Duration::ZERO), "`Duration::MAX`"),
        (rules().with_silence(Duration::from_secs(6 * 24 * 3600 + 1)), "`Duration::MAX`"),
        (rules().with_dead_letters(2), "`on_alert`"),
        (rules().with_old_keys([""]), "leave it out"),
    ];
    for (rules, expected) in cases {
        let refused =
            builder(&Store::new(), source(nothing)).with_alert_rules(rules).start_working().unwrap_err();
        assert!(refused.to_string().contains(expected), "{refused}");
    }
    for silence in [Duration::from_secs(6 * 24 * 3600), Duration::MAX] {
        let reported = Reported::default();
        let inbox = reported.on(builder(&Store::new(), source(nothing)));
        inbox.with_alert_rules(rules().with_silence(silence)).start_working().unwrap();
    }
}
