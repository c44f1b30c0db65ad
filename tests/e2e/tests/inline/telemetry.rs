//! Tests of metrics and logs: their values, and the absence of secrets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::providers;
use countersign_inbox::inline::{self, Deduplicator};
use countersign_inbox::{MemoryStore, MonotonicClock};
use countersign_test_logs::Logs;
use countersign_tests::inline::{Does, Faulty, Handler, InjectedError, Op, preflix, verified, verified_for};
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use tokio::time::sleep;

use crate::support::{AGAIN, FAILED, HANDLED, LEASE, acquired, admit, dedupe, done, drive, send, succeeds};

#[tokio::test(start_paused = true)]
async fn everything_that_happens_is_counted_and_nothing_by_its_id() {
    let recorder = DebuggingRecorder::new();
    let counted = recorder.snapshotter();
    let logs = Logs::collect();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let (store, handler) = (Faulty::new(100), Handler::new([Does::Answer(500), Does::Panic]));
    let dedupe = dedupe(&store);
    for expected in [FAILED, FAILED, HANDLED, done()] {
        assert_eq!(send(&dedupe, "evt_secret", &handler).await, expected);
    }
    // The same id with another body, during and after the handling.
    let other = verified(&preflix("evt_secret", "other"));
    let of_tenant = verified_for("tenant_secret", &preflix("evt_secret", "other")).await;
    assert!(matches!(dedupe.admit(&of_tenant).await, inline::Admission::Run(_)));
    assert!(matches!(dedupe.admit(&other).await, inline::Admission::Answer(_)));
    store.go_down();
    assert_eq!(send(&dedupe, "evt_down", &handler).await, AGAIN);
    store.heal();
    assert_eq!(
        totals(&counted),
        [
            ("webhook.attempts{outcome=done,source=audits}", 1),
            ("webhook.attempts{outcome=retry,source=audits}", 2),
            ("webhook.deliveries{outcome=accepted,source=audits}", 4),
            ("webhook.deliveries{outcome=duplicate,source=audits}", 2),
            ("webhook.deliveries{outcome=store_error,source=audits}", 1),
            ("webhook.handler.panics{source=audits}", 1),
            ("webhook.id_body_mismatches{source=audits}", 1),
            // One retry, after which the provider is answered.
            ("webhook.store.errors{operation=claim}", 2),
        ]
        .map(|(name, count)| (name.to_owned(), count))
        .into()
    );

    // A lost lease, a stale finish, and a success that is never stored.
    let slow = Handler::new([Does::Wait(200)]);
    store.always(Op::Renew, InjectedError::Fail);
    let run = acquired(admit(&dedupe, "evt_slow").await);
    let running = tokio::spawn({
        let slow = slow.clone();
        async move { drive(run, &slow).await }
    });
    sleep(LEASE + Duration::from_secs(1)).await;
    let another = crate::support::dedupe(&store);
    assert_eq!(send(&another, "evt_slow", &succeeds()).await, HANDLED);
    slow.go_on();
    assert_eq!(running.await.unwrap(), AGAIN);
    store.always(Op::Complete, InjectedError::Fail);
    assert_eq!(send(&dedupe, "evt_commit", &succeeds()).await, HANDLED);
    dedupe.idle().await;
    let counts = totals(&counted);
    for (name, count) in [
        ("webhook.leases_lost{source=audits}", 1),
        ("webhook.stale_finishes{source=audits}", 1),
        ("webhook.commit_after_success_failures{source=audits}", 1),
        ("webhook.attempts{outcome=lost,source=audits}", 1),
    ] {
        assert_eq!(counts.get(name), Some(&count), "{name} in {counts:?}");
    }

    let logs = logs.take();
    for line in [
        "ERROR countersign: the store failed source=\"audits\" operation=\"claim\" cause=the store is not available: connection refused",
        "ERROR countersign: the handler panicked source=\"audits\"",
        "WARN countersign: the lease was lost while the handler ran",
        "ERROR countersign: a delivery was handled, but the outcome could not be stored before the lease ended",
    ] {
        assert!(logs.contains(line), "{line} in {logs}");
    }
    for never in ["evt_", "tenant_", "bill"] {
        assert!(!logs.contains(never), "{never} in {logs}");
        assert!(!totals(&counted).keys().any(|name| name.contains(never)), "{never}");
    }
}

#[test]
fn a_store_that_forgets_soon_is_logged_when_it_is_built() {
    let logs = Logs::collect();
    for (days, is_logged) in [(7, false), (6, true), (3, true)] {
        let clock = Arc::new(MonotonicClock::start());
        let store = Arc::new(MemoryStore::with(100, Duration::from_secs(days * 24 * 3600), clock));
        Deduplicator::builder(store, "payments", &providers::STRIPE).build().unwrap();
        let line = r#"WARN countersign: the retention of ids is short"#;
        assert_eq!(logs.take().contains(line), is_logged, "{days} days");
    }
}

/// Returns all counters since their creation, by name and labels.
fn totals(counted: &Snapshotter) -> BTreeMap<String, u64> {
    static SEEN: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());
    let mut seen = SEEN.lock().unwrap();
    for (key, _, _, value) in counted.snapshot().into_vec() {
        let key = key.key();
        let mut labels: Vec<_> =
            key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        labels.sort();
        let DebugValue::Counter(count) = value else { panic!("{key} is no counter") };
        // A snapshot resets the counters.
        *seen.entry(format!("{}{{{}}}", key.name(), labels.join(","))).or_default() += count;
    }
    seen.retain(|_, count| *count > 0);
    seen.clone()
}
