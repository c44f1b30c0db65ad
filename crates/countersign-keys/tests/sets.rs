//! Tests of sets at one address: names, freshness, failures.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod common;

use std::time::Duration;

use bytes::Bytes;
use common::{Publisher, names, set, some};
use countersign_keys::HttpKeys;
use http::{HeaderValue, Response, header};

const URL: &str = "https://keys.example.com/jwks.json";

fn publisher(keys: &[&str]) -> (Publisher, HttpKeys) {
    let publisher = Publisher::new(set(keys));
    let keys = publisher.source(HttpKeys::jwks(URL));
    (publisher, keys)
}

#[tokio::test]
async fn a_name_selects_one_key_and_none_selects_all() {
    let (publisher, keys) = publisher(&["a", "b"]);
    assert_eq!(names(&keys, Some("b")).await, some(&["b"]));
    assert_eq!(names(&keys, None).await, some(&["a", "b"]));
    assert_eq!(publisher.count(), 1);
    assert_eq!(publisher.requests()[0].uri(), URL);
}

#[tokio::test]
async fn an_unknown_name_is_looked_for_once_a_minute() {
    let (publisher, keys) = publisher(&["a"]);
    assert_eq!(names(&keys, Some("b")).await, Ok(None));
    assert_eq!(publisher.count(), 1, "the set is new: no second look");
    publisher.advance(60);
    publisher.answers_with(set(&["a", "b"]));
    assert_eq!(names(&keys, Some("b")).await, some(&["b"]));
    assert_eq!(publisher.count(), 2);
    for name in 0..100 {
        assert_eq!(names(&keys, Some(&name.to_string())).await, Ok(None));
    }
    assert_eq!(publisher.count(), 2);
    publisher.advance(60);
    for name in 0..100 {
        assert_eq!(names(&keys, Some(&name.to_string())).await, Ok(None));
    }
    assert_eq!(publisher.count(), 3);
}

#[tokio::test]
async fn an_unknown_name_while_the_publisher_is_down_is_an_error_and_a_known_one_is_not() {
    let (publisher, keys) = publisher(&["a"]);
    assert_eq!(names(&keys, Some("a")).await, some(&["a"]));
    publisher.is_down();
    publisher.advance(60);
    assert!(names(&keys, Some("b")).await.is_err());
    assert!(names(&keys, Some("b")).await.is_err());
    assert_eq!(names(&keys, Some("a")).await, some(&["a"]));
    assert_eq!(publisher.count(), 2);
}

#[tokio::test]
async fn of_64_at_once_one_fetches() {
    let (publisher, keys) = publisher(&["a"]);
    publisher.close();
    let asking: Vec<_> = (0..64)
        .map(|_| {
            let keys = keys.clone();
            tokio::spawn(async move { names(&keys, Some("a")).await })
        })
        .collect();
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    publisher.open();
    for asked in asking {
        assert_eq!(asked.await.unwrap(), some(&["a"]));
    }
    assert_eq!(publisher.count(), 1);
}

#[tokio::test]
async fn a_fetch_outlives_the_request_that_started_it() {
    let (publisher, keys) = publisher(&["a"]);
    publisher.close();
    let first = {
        let keys = keys.clone();
        tokio::spawn(async move { names(&keys, None).await })
    };
    while publisher.count() == 0 {
        tokio::task::yield_now().await;
    }
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    publisher.open();
    assert_eq!(names(&keys, None).await, some(&["a"]));
    assert_eq!(publisher.count(), 1);
}

#[tokio::test]
async fn stale_keys_are_served_while_one_refresh_runs() {
    let (publisher, keys) = publisher(&["old"]);
    assert_eq!(names(&keys, None).await, some(&["old"]));
    publisher.answers_with(set(&["new"]));
    publisher.advance(3599);
    assert_eq!(names(&keys, None).await, some(&["old"]));
    publisher.settle().await;
    assert_eq!(publisher.count(), 1, "an hour is fresh");
    publisher.advance(1);
    publisher.close();
    for _ in 0..64 {
        assert_eq!(names(&keys, None).await, some(&["old"]), "no caller waits");
    }
    publisher.open();
    publisher.settle().await;
    assert_eq!(publisher.count(), 2);
    assert_eq!(names(&keys, None).await, some(&["new"]));
}

#[tokio::test]
async fn failures_evict_nothing_for_a_day() {
    let (publisher, keys) = publisher(&["a"]);
    assert_eq!(names(&keys, None).await, some(&["a"]));
    publisher.advance(3600);
    for status in [500, 503, 404, 410, 401, 302] {
        publisher.answers_status(status);
        assert_eq!(names(&keys, None).await, some(&["a"]), "{status}");
        publisher.settle().await;
        publisher.advance(10);
    }
    publisher.answers_with("<html>");
    assert_eq!(names(&keys, None).await, some(&["a"]));
    publisher.settle().await;
    assert_eq!(publisher.count(), 8);
    publisher.advance(24 * 60 * 60);
    assert!(names(&keys, None).await.unwrap_err().contains("cannot be used"));
}

#[tokio::test]
async fn a_refresh_that_failed_is_tried_again_after_a_pause() {
    let (publisher, keys) = publisher(&["a"]);
    names(&keys, None).await.unwrap();
    publisher.is_down();
    publisher.advance(3600);
    for _ in 0..10 {
        assert_eq!(names(&keys, None).await, some(&["a"]));
        publisher.settle().await;
    }
    assert_eq!(publisher.count(), 2);
    publisher.advance(10);
    names(&keys, None).await.unwrap();
    publisher.settle().await;
    assert_eq!(publisher.count(), 3);
}

#[tokio::test]
async fn the_publisher_says_how_long_its_keys_are_fresh() {
    let (publisher, keys) = publisher(&[]);
    publisher.answers(|_| {
        let answer = Response::builder().header(header::CACHE_CONTROL, "public, max-age=600");
        Ok(answer.body(Bytes::from(set(&["a"]))).unwrap())
    });
    names(&keys, None).await.unwrap();
    publisher.advance(599);
    names(&keys, None).await.unwrap();
    publisher.settle().await;
    assert_eq!(publisher.count(), 1);
    publisher.advance(1);
    names(&keys, None).await.unwrap();
    publisher.settle().await;
    assert_eq!(publisher.count(), 2);
}

#[tokio::test]
async fn without_keys_and_without_an_answer_the_sender_has_to_come_back() {
    let (publisher, keys) = publisher(&[]);
    publisher.is_down();
    assert!(names(&keys, None).await.unwrap_err().contains("no answer"));
    publisher.answers_with(set(&["a"]));
    assert!(names(&keys, None).await.is_err(), "left alone for a while");
    assert_eq!(publisher.count(), 1);
    publisher.advance(10);
    assert_eq!(names(&keys, None).await, some(&["a"]));
}

#[tokio::test]
async fn nothing_at_a_fixed_address_is_a_mistake_and_not_an_unknown_key() {
    let (publisher, keys) = publisher(&[]);
    publisher.answers_status(404);
    assert!(names(&keys, Some("a")).await.unwrap_err().contains("404"));
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_refused_whatever_the_transport_does() {
    let publisher = Publisher::new(set(&["a"]));
    let keys = publisher.source(HttpKeys::jwks(URL).with_body_limit(20));
    assert!(names(&keys, None).await.unwrap_err().contains("longer than 20 bytes"));
}

#[tokio::test(start_paused = true)]
async fn a_publisher_that_does_not_answer_costs_five_seconds() {
    let (publisher, keys) = publisher(&["a"]);
    publisher.close();
    let start = tokio::time::Instant::now();
    assert!(names(&keys, None).await.unwrap_err().contains("within 5s"));
    assert_eq!(start.elapsed(), Duration::from_secs(5));
}

#[tokio::test]
async fn a_transport_that_panics_is_an_error_and_blocks_no_other_lookup() {
    let (publisher, keys) = publisher(&[]);
    publisher.answers(|_| panic!("a bug"));
    let error = names(&keys, None).await.unwrap_err();
    assert!(error.contains("interrupted"), "{error}");
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let (_, keys) = publisher(&["a"]);
    let mut asked = Box::pin(names(&keys, None));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(answer) = asked.as_mut().poll(&mut context) else { panic!("it waits") };
    assert!(answer.unwrap_err().contains("tokio runtime"));
}

#[tokio::test]
async fn credentials_are_sent_and_not_shown() {
    let publisher = Publisher::new(set(&["a"]));
    let bearer = HeaderValue::from_static("Bearer hunter2");
    let builder = HttpKeys::jwks(format!("{URL}?key=hunter2")).with_header(header::AUTHORIZATION, bearer);
    let keys = publisher.source(builder);
    names(&keys, None).await.unwrap();
    let request = &publisher.requests()[0];
    assert_eq!(request.uri().query(), Some("key=hunter2"));
    assert_eq!(request.headers()[header::AUTHORIZATION], "Bearer hunter2");
    assert!(!format!("{:?} {keys:?}", request.headers()).contains("hunter2"));
}

#[cfg(feature = "metrics")]
#[tokio::test]
async fn fetches_are_counted_by_host_and_outcome() {
    use metrics_util::debugging::{DebugValue, DebuggingRecorder};

    let recorder = DebuggingRecorder::new();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let (publisher, keys) = publisher(&["a"]);
    assert_eq!(names(&keys, Some("a")).await, some(&["a"]));
    publisher.is_down();
    publisher.advance(60);
    assert!(names(&keys, Some("b")).await.is_err());
    let snapshot = recorder.snapshotter().snapshot().into_vec();
    let counted = snapshot.iter().filter_map(|(key, _, _, value)| {
        let labels: Vec<_> = key.key().labels().map(|label| (label.key(), label.value())).collect();
        match value {
            DebugValue::Counter(count) if key.key().name() == countersign_keys::FETCHES => {
                Some((labels, *count))
            }
            _ => None,
        }
    });
    let mut counted: Vec<_> = counted.collect();
    counted.sort();
    let row = |outcome, count| (vec![("host", "keys.example.com"), ("outcome", outcome)], count);
    assert_eq!(counted, [row("failed", 1), row("fetched", 1)]);
    let is_last = |name: &str| name == countersign_keys::LAST_FETCH;
    assert!(snapshot.iter().any(|(key, ..)| is_last(key.key().name())));
}
