//! Tests of keys whose address or request comes from the sender.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use bytes::Bytes;
use common::{Publisher, certificate, names, set, some};
use countersign::Secret;
use countersign_keys::{HttpKeys, KeySetFormat, Pins};
use http::{Method, Request};

const SNS: &str = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem";

fn sns(publisher: &Publisher) -> HttpKeys {
    publisher.source(HttpKeys::aws_sns())
}

#[tokio::test]
async fn a_certificate_is_fetched_once_from_the_address_that_the_request_names() {
    let publisher = Publisher::new(certificate("sns.amazonaws.com"));
    let keys = sns(&publisher);
    for _ in 0..3 {
        assert_eq!(names(&keys, Some(SNS)).await, some(&["published"]));
    }
    assert_eq!(publisher.count(), 1);
    assert_eq!(publisher.requests()[0].uri(), SNS);
}

#[tokio::test]
async fn hostile_addresses_cost_no_connection() {
    let publisher = Publisher::new(certificate("sns.amazonaws.com"));
    let providers =
        [HttpKeys::aws_sns(), HttpKeys::paypal(), HttpKeys::paypal_sandbox(), HttpKeys::adobe_io()];
    for keys in providers.map(|builder| publisher.source(builder)) {
        for url in [
            "http://sns.eu-west-1.amazonaws.com/a.pem",
            "https://sns.eu-west-1.amazonaws.com.evil.com/a.pem",
            "https://sns.eu-west-1.amazonaws.com@evil.com/a.pem",
            "https://sns.s3-us-west-2.amazonaws.com/a.pem",
            "https://169.254.169.254/a.pem",
            "//evil.com/a.pem",
            "/../evil.pem",
            "",
        ] {
            assert_eq!(names(&keys, Some(url)).await, Ok(None), "{url}");
        }
        assert_eq!(names(&keys, None).await, Ok(None));
    }
    assert_eq!(publisher.count(), 0);
}

#[tokio::test]
async fn a_path_is_fetched_from_the_fixed_host() {
    let publisher = Publisher::new("-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n");
    let keys = publisher.source(HttpKeys::adobe_io());
    assert_eq!(names(&keys, Some("/prod/keys/pub-key-1.pem")).await, some(&["published"]));
    assert_eq!(publisher.requests()[0].uri(), "https://static.adobeioevents.com/prod/keys/pub-key-1.pem");
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    let publisher = Publisher::new(certificate("evil.com"));
    let error = names(&sns(&publisher), Some(SNS)).await.unwrap_err();
    assert!(error.contains("evil.com"), "{error}");
}

#[tokio::test]
async fn a_certificate_is_no_key_once_it_has_expired_though_it_is_kept() {
    let publisher = Publisher::new(certificate("sns.amazonaws.com"));
    let keys = publisher.source(HttpKeys::aws_sns().with_stale_for(std::time::Duration::MAX));
    assert_eq!(names(&keys, Some(SNS)).await, some(&["published"]));
    publisher.advance(50 * 24 * 60 * 60);
    assert_eq!(names(&keys, Some(SNS)).await, some(&["published"]), "the 1st of March");
    publisher.advance(10 * 24 * 60 * 60);
    assert_eq!(names(&keys, Some(SNS)).await, Ok(None));
}

#[tokio::test]
async fn what_is_not_there_is_an_unknown_key_for_a_minute() {
    let publisher = Publisher::new("");
    publisher.answers_status(404);
    let keys = sns(&publisher);
    for _ in 0..10 {
        assert_eq!(names(&keys, Some(SNS)).await, Ok(None));
    }
    assert_eq!(publisher.count(), 1);
    publisher.advance(60);
    publisher.answers_with(certificate("sns.amazonaws.com"));
    assert_eq!(names(&keys, Some(SNS)).await, some(&["published"]));
}

#[tokio::test]
async fn many_addresses_push_out_no_certificate_and_are_not_all_asked_for() {
    let publisher = Publisher::new(certificate("sns.amazonaws.com"));
    let keys = sns(&publisher);
    names(&keys, Some(SNS)).await.unwrap();
    publisher.answers_status(404);
    let mut refused = 0;
    for n in 0..1000 {
        let url = format!("https://sns.eu-west-1.amazonaws.com/{n}.pem");
        refused += usize::from(names(&keys, Some(&url)).await.is_err());
    }
    assert_eq!((publisher.count(), refused), (600, 401));
    assert_eq!(names(&keys, Some(SNS)).await, some(&["published"]));
    assert_eq!(publisher.count(), 600);
}

#[tokio::test]
async fn the_least_recently_used_certificate_leaves() {
    let publisher = Publisher::new(certificate("certs.example.com"));
    let pins = Pins::host("certs.example.com").with_path_suffix(".pem");
    let keys = publisher.source(HttpKeys::certificates(pins).with_capacity(2));
    let url = |n| format!("https://certs.example.com/{n}.pem");
    for n in [1, 2, 1, 3, 1] {
        assert_eq!(names(&keys, Some(&url(n))).await, some(&["published"]));
    }
    assert_eq!(publisher.count(), 3);
    names(&keys, Some(&url(2))).await.unwrap();
    assert_eq!(publisher.count(), 4);
}

#[tokio::test]
async fn plaid_is_asked_for_each_key_with_credentials() {
    let publisher = Publisher::new("");
    publisher.answers(|request| {
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.uri(), "https://production.plaid.com/webhook_verification_key/get");
        let asked: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!((&asked["client_id"], &asked["secret"]), (&"id".into(), &"hunter2".into()));
        let set: serde_json::Value =
            serde_json::from_str(&set(&[asked["key_id"].as_str().unwrap()])).unwrap();
        Ok(http::Response::new(serde_json::json!({ "key": set["keys"][0] }).to_string().into()))
    });
    let secret = Secret::new("hunter2").unwrap();
    let keys = publisher.source(HttpKeys::plaid("https://production.plaid.com", "id", secret));
    assert_eq!(names(&keys, Some("a")).await, some(&["a"]));
    assert_eq!(names(&keys, Some("b")).await, some(&["b"]));
    assert_eq!(names(&keys, Some("a")).await, some(&["a"]));
    assert_eq!(names(&keys, None).await, Ok(None));
    assert!(!format!("{keys:?}").contains("hunter2"));
}

#[tokio::test]
async fn requests_that_users_make_are_https_too() {
    let publisher = Publisher::new(set(&["a"]));
    let keys = publisher.source(HttpKeys::per_key(KeySetFormat::jwks(), |name| {
        (name != "none").then(|| Request::get(format!("http://{name}/")).body(Bytes::new()).ok())?
    }));
    assert!(names(&keys, Some("evil")).await.unwrap_err().contains("https"));
    assert_eq!(names(&keys, Some("none")).await, Ok(None));
    assert_eq!(publisher.count(), 0);
}

#[tokio::test]
async fn keys_within_json_are_found() {
    let pem = "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n";
    let publisher = Publisher::new(serde_json::json!({ "data": { "public_key": pem } }).to_string());
    let keys = publisher.source(HttpKeys::kick());
    assert_eq!(names(&keys, None).await, some(&["published"]));
    assert_eq!(publisher.requests()[0].uri(), "https://api.kick.com/public/v1/public-key");
}

/// Serves only the names that begin with `genuine`.
fn answers_genuine_names(publisher: &Publisher) -> HttpKeys {
    let pem = "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n";
    publisher.answers(move |request| {
        let known = request.uri().path().starts_with("/genuine");
        let status = if known { 200 } else { 404 };
        Ok(http::Response::builder().status(status).body(Bytes::from_static(pem.as_bytes())).unwrap())
    });
    publisher.source(per_key().with_known(["genuine-configured"]))
}

fn per_key() -> countersign_keys::HttpKeysBuilder {
    HttpKeys::per_key(KeySetFormat::pem(), |name| {
        Request::get(format!("https://api.example.com/{name}")).body(Bytes::new()).ok()
    })
}

#[tokio::test]
async fn strangers_who_name_a_key_a_second_do_not_block_genuine_keys() {
    let publisher = Publisher::new("");
    let keys = answers_genuine_names(&publisher);
    let mut refused = 0;
    for minute in 0..60 {
        for n in 0..60 {
            assert_eq!(names(&keys, Some(&format!("bogus-{minute}-{n}"))).await, Ok(None));
        }
        for _ in 0..5 {
            refused += usize::from(names(&keys, Some("genuine")).await != some(&["published"]));
        }
        publisher.advance(60);
    }
    assert_eq!(refused, 0, "of 300");
}

#[tokio::test]
async fn known_names_are_served_in_any_flood() {
    let publisher = Publisher::new("");
    let keys = answers_genuine_names(&publisher);
    assert_eq!(names(&keys, Some("genuine-seen")).await, some(&["published"]));
    let (mut refused, mut flooded) = (0, 0);
    // After two days the cached keys are no longer used.
    for hours in [0, 49] {
        publisher.advance(hours * 60 * 60);
        for n in 0..700 {
            flooded += usize::from(names(&keys, Some(&format!("bogus-{hours}-{n}"))).await.is_err());
        }
        for name in ["genuine-configured", "genuine-seen"] {
            refused += usize::from(names(&keys, Some(name)).await != some(&["published"]));
        }
    }
    assert_eq!(refused, 0);
    assert_eq!(flooded, 2 * 100 + 1, "the first one of `genuine-seen` was not known yet");
}

#[tokio::test]
async fn known_names_are_fetched_before_the_first_delivery() {
    let publisher = Publisher::new("");
    let keys = answers_genuine_names(&publisher);
    keys.prefetch().await.unwrap();
    assert_eq!(publisher.count(), 1);
    assert_eq!(names(&keys, Some("genuine-configured")).await, some(&["published"]));
    assert_eq!(publisher.count(), 1);
    publisher.is_down();
    let other = publisher.source(per_key().with_known(["genuine-other"]));
    assert!(other.prefetch().await.is_err());
    let error = HttpKeys::aws_sns().with_known(["https://evil.com/a.pem"]).build().unwrap_err();
    assert_eq!(error.field(), "known");
}
