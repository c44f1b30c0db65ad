//! Tests of metrics and logs: one count per delivery, by outcome, and a log without secrets or bodies.

use std::time::Duration;

use countersign_inbox::{Accepted, EventId, EventState};
use countersign_test_logs::Logs;
use countersign_tests::durable::{Scripted, Stack, Step};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};

use crate::support::{BODY, SECRET, accepting, run, signed};

#[test]
fn each_delivery_is_counted_by_what_became_of_it() {
    for stack in Stack::ALL {
        let recorder = DebuggingRecorder::new();
        metrics::with_local_recorder(&recorder, || play(stack));
        let mut counted: Vec<String> = Vec::new();
        for (key, _, _, value) in recorder.snapshotter().snapshot().into_vec() {
            let labels: Vec<_> =
                key.key().labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            let value = match value {
                DebugValue::Counter(count) => count,
                DebugValue::Histogram(values) => values.len() as u64,
                DebugValue::Gauge(_) => panic!("there is none"),
            };
            counted.push(format!("{} {} {value}", key.key().name(), labels.join(" ")));
        }
        counted.sort();
        assert_eq!(
            counted,
            [
                "webhook.accept.duration source=audits 7",
                "webhook.body.size provider=preflix 8",
                "webhook.deliveries source=audits outcome=accepted 2",
                "webhook.deliveries source=audits outcome=duplicate 2",
                "webhook.deliveries source=audits outcome=rejected 2",
                "webhook.deliveries source=audits outcome=replayed 1",
                "webhook.deliveries source=audits outcome=requeued 1",
                "webhook.deliveries source=audits outcome=store_error 3",
                "webhook.id_body_mismatches source=audits 1",
                "webhook.key.hits provider=preflix key=primary 8",
                "webhook.rejections provider=preflix kind=missing_signature 1",
                "webhook.rejections provider=preflix kind=signature_mismatch 1",
                "webhook.requests provider=preflix outcome=rejected 2",
                "webhook.requests provider=preflix outcome=verified 8",
                "webhook.store.errors operation=accept 1",
                "webhook.verify.duration provider=preflix 10",
            ],
            "{stack:?}"
        );
    }
}

#[test]
fn what_is_wrong_is_logged_without_secrets_and_bodies() {
    for stack in Stack::ALL {
        let logs = Logs::collect();
        play(stack);
        let text = logs.text();
        for line in [
            r#"DEBUG countersign: stored source="audits" event=1"#,
            r#"DEBUG countersign: duplicate source="audits" event=1 state="ready" same_body=true"#,
            r#" INFO countersign: a duplicate has another body than the stored event source="audits" event=1"#,
            r#" INFO countersign: a duplicate has requeued a dead letter source="audits" event=7"#,
            r#" WARN countersign: not stored: its signed bytes are known under another id source="audits""#,
            r#"ERROR countersign: not stored source="audits" cause=the store is not available: connection refused"#,
            r#"ERROR countersign: the store did not answer before the deadline source="audits" deadline_ms=5000"#,
        ] {
            assert!(text.lines().any(|logged| logged == line), "{stack:?}: {line} in {text}");
        }
        let signature = signed(BODY).header("preflixai-signature");
        for never in [SECRET, &signature, "bill_8f4", "evt_1"] {
            assert!(!text.contains(never), "{stack:?}: {never} in {text}");
        }
    }
}

/// Plays one delivery of each outcome.
fn play(stack: Stack) {
    let says = |accepted| Step::Says(accepted);
    let duplicate =
        |same_body| says(Accepted::Duplicate { id: EventId::new(1), state: EventState::Ready, same_body });
    let script = [
        says(Accepted::New { id: EventId::new(1), is_suspect: false }),
        duplicate(true),
        duplicate(false),
        says(Accepted::Requeued { id: EventId::new(7) }),
        says(Accepted::Replayed),
        Step::Fails,
        Step::Takes(Duration::from_secs(9)),
        Step::Panics,
    ];
    run(async {
        let store = Scripted::new(script.clone());
        let accepting = accepting(&store);
        for _ in &script {
            stack.ask(&accepting, signed(BODY)).await;
        }
        stack.ask(&accepting, signed(BODY).with_body("{}")).await;
        stack.ask(&accepting, signed(BODY).without("preflixai-signature")).await;
        tokio::time::sleep(Duration::from_secs(10)).await;
    });
}
