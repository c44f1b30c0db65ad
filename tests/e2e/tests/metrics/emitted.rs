//! Metrics that are recorded when only verification is in use.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use actix_web::rt::System;
use actix_web::test::TestRequest;
use countersign::providers::preflix;
use countersign::receiver::Receiver;
use countersign::telemetry::{
    BODY_SIZE, HANDSHAKES, KEY_HITS, METRICS, REJECTIONS, REQUESTS, VERIFY_DURATION,
};
use countersign::{ErrorKind, Secret, Verifier};
use countersign_actix::VerifyWebhook;
use countersign_tests::frameworks::{Actix, Axum, Framework, Tower, play};
use countersign_tests::{Case, Expected, cases};
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

/// The metrics of one framework: the sum of the counters, and the number of values of the histograms.
type Counted = BTreeMap<(String, BTreeMap<String, String>), u64>;

#[test]
fn every_framework_counts_the_same_and_nothing_that_is_not_listed() {
    let counted = [counted_by::<Axum>(), counted_by::<Tower>(), counted_by::<Actix>()];
    for counted in &counted {
        for (name, labels) in counted.keys() {
            let metric = METRICS.iter().find(|metric| metric.name == *name);
            let metric = metric.unwrap_or_else(|| panic!("{name} is not listed"));
            assert_eq!(labels.len(), metric.labels.len(), "{name}: {labels:?}");
            for label in metric.labels {
                let value = labels[label.name].as_str();
                assert!(label.values.is_empty() || label.values.contains(&value), "{name}: {labels:?}");
                if label.name == "kind" {
                    assert!(ErrorKind::ALL.iter().any(|kind| kind.as_str() == value), "{value}");
                }
            }
        }
        let total = |name: &str| -> u64 {
            counted.iter().filter(|((of, _), _)| of == name).map(|(_, count)| count).sum()
        };
        let with = |outcome: &str| -> u64 {
            let is_it =
                |labels: &BTreeMap<String, String>| labels.get("outcome").is_some_and(|it| it == outcome);
            counted.iter().filter(|((_, labels), _)| is_it(labels)).map(|(_, count)| count).sum()
        };
        assert!(with("verified") > 100 && with("rejected") > 100, "{counted:?}");
        assert_eq!(total(VERIFY_DURATION), total(REQUESTS));
        assert_eq!((total(KEY_HITS), total(BODY_SIZE)), (with("verified"), with("verified")));
        assert_eq!(total(REJECTIONS), with("rejected") + with("observed"));
        assert_eq!(total(HANDSHAKES), with("handshake"));
    }
    assert_eq!(counted[0], counted[1]);
    assert_eq!(counted[0], counted[2]);
}

/// The body of such a request is never asked for, and the middleware does not see it.
#[test]
fn a_head_that_the_handler_of_expect_refuses_is_counted_and_observed() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let observed = seen.clone();
    let verifier = Verifier::new(&preflix::PROVIDER, Secret::new("the endpoint's secret").unwrap()).unwrap();
    let receiver = Receiver::builder(verifier).with_rejection_observer(move |rejection, head| {
        observed.lock().unwrap().push((rejection.kind(), head().uri().to_string()));
    });
    let receiver = receiver.build().unwrap();
    let recorder = DebuggingRecorder::new();
    metrics::with_local_recorder(&recorder, || {
        let request = TestRequest::post().uri("/hooks/a?b=c").to_request();
        assert!(VerifyWebhook::new(receiver.clone()).refusal(request.head()).is_some());
    });
    let kind = ErrorKind::MissingSignature;
    assert_eq!(*seen.lock().unwrap(), [(kind, "/hooks/a?b=c".to_owned())]);
    assert_eq!(receiver.rejections(), [(kind, 1)]);
    let counted: BTreeMap<_, _> =
        read(&recorder.snapshotter()).into_iter().map(|((name, _), count)| (name, count)).collect();
    assert_eq!(counted, [REJECTIONS, REQUESTS, VERIFY_DURATION].map(|name| (name.to_owned(), 1)).into());
}

/// Plays the cases that a receiver answers, and returns what was counted.
fn counted_by<F: Framework>() -> Counted {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    let is_received = |case: &&Case| !matches!(case.expected, Expected::Routed(_));
    metrics::with_local_recorder(&recorder, || {
        System::with_tokio_rt(paused).block_on(async {
            for case in cases::all().iter().filter(is_received) {
                play::<F>(case).await;
            }
        });
    });
    read(&snapshotter)
}

fn read(snapshotter: &Snapshotter) -> Counted {
    let counted = snapshotter.snapshot().into_vec().into_iter().map(|(key, _, _, value)| {
        let labels = key.key().labels().map(|label| (label.key().to_owned(), label.value().to_owned()));
        let value = match value {
            DebugValue::Counter(count) => count,
            DebugValue::Histogram(values) => values.len() as u64,
            DebugValue::Gauge(_) => panic!("{} is a gauge", key.key().name()),
        };
        ((key.key().name().to_owned(), labels.collect()), value)
    });
    counted.collect()
}

fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}
