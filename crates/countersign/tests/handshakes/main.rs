//! Tests of handshakes with known answers, without a framework.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod digests;
#[path = "../common/fixtures/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod fixtures;
mod issued;
mod oracle;
mod patterns;
#[path = "../common/policies.rs"]
mod policies;
#[path = "../common/receive.rs"]
mod receive;
mod support;
#[path = "../common/vectors.rs"]
mod vectors;

use bytes::Bytes;
use countersign::receiver::{Budget, HandshakePolicy, HandshakeResponder, Receiver};
use countersign::{SecretSet, Verifier, providers};
use http::HeaderMap;
use serde_json::Value;

use receive::{Early, begin};
use support::{NOW, answer, get, headers, receiver, rejected, secret, send, signed};

/// Returns a third-party vector of the provider: input and expected output.
fn known(provider: &str) -> (Value, String) {
    let vector = vectors::handshakes().into_iter().find(|vector| vector["provider"] == provider).unwrap();
    (vector["input"].clone(), vector["output"].as_str().unwrap().to_owned())
}

#[test]
fn the_known_answer_of_braintree() {
    let (input, output) = known("braintree");
    let text = |name: &str| input[name].as_str().unwrap();
    let secret = secret(&format!("{}|{}", text("public_key"), text("private_key")));
    let receiver = Receiver::new(Verifier::new(providers::find("braintree").unwrap(), secret).unwrap());
    let answer = get(&receiver, &format!("/hook?bt_challenge={}", text("bt_challenge")));
    assert_eq!((answer.status().as_u16(), answer.body().as_ref()), (200, output.as_bytes()));
}

#[test]
fn the_known_answer_of_ebay() {
    let (input, output) = known("ebay");
    let text = |name: &str| input[name].as_str().unwrap();
    let receiver = receiver(providers::EBAY_HANDSHAKES, secret("unused"))
        .to_builder()
        .with_public_url("http://www.testendpoint.com")
        .with_handshakes(HandshakePolicy::new().with_verify_token(secret(text("verificationToken"))))
        .build()
        .unwrap();
    let answer = get(&receiver, &format!("/webhook?challenge_code={}", text("challenge_code")));
    assert_eq!(answer.body(), &format!(r#"{{"challengeResponse":"{output}"}}"#));
}

#[test]
fn the_known_answer_of_x() {
    let (input, output) = known("x-twitter");
    let receiver =
        receiver(providers::X_TWITTER_HANDSHAKES, secret(input["consumer_secret"].as_str().unwrap()));
    let answer = get(&receiver, &format!("/hook?crc_token={}", input["crc_token"].as_str().unwrap()));
    assert_eq!(answer.body(), &format!(r#"{{"response_token":"{output}"}}"#));
    assert_eq!(answer.headers()["content-type"], "application/json");
}

#[test]
fn the_known_answer_of_zoom_and_only_after_verification() {
    let (input, output) = known("zoom");
    let token = input["plainToken"].as_str().unwrap();
    assert_eq!(input["secret"], "secret");
    let receiver = receiver(providers::ZOOM_HANDSHAKES, secret("secret"));
    let body = format!(r#"{{"event":"endpoint.url_validation","payload":{{"plainToken":"{token}"}}}}"#);
    let headers = signed(providers::ZOOM_HANDSHAKES, &body);
    let answer = answer(send(&receiver, "POST", "/hook", &headers, body.as_bytes()));
    assert_eq!(answer.body(), &format!(r#"{{"plainToken":"{token}","encryptedToken":"{output}"}}"#));

    let tampered = body.replace(token, "another");
    let rejection = rejected(send(&receiver, "POST", "/hook", &headers, tampered.as_bytes()));
    assert_eq!(rejection.status(), 401);
    let counts = receiver.handshakes();
    assert_eq!((counts[0].answered, counts[0].refused, counts[0].last_answered), (1, 0, Some(NOW)));
}

#[test]
fn the_newest_of_several_secrets_proves_itself() {
    let (_, output) = known("x-twitter");
    let secrets = SecretSet::new(secret("secret")).with("old", secret("another"));
    let answer = get(&receiver(providers::X_TWITTER_HANDSHAKES, secrets), "/hook?crc_token=challenge");
    assert_eq!(answer.body(), &format!(r#"{{"response_token":"{output}"}}"#));
}

#[test]
fn deliveries_pass_where_handshakes_are_looked_for() {
    for handshakes in [
        providers::SLACK_HANDSHAKES,
        providers::NOTION_HANDSHAKES,
        providers::META_HANDSHAKES,
        providers::EVENT_GRID_HANDSHAKES,
    ] {
        let builder = receiver(handshakes, secret("secret")).to_builder();
        let receiver = policies::fitting(builder, &[HandshakePolicy::with_echo]);
        let body = r#"{"type":"event_callback","challenge":"not one"}"#;
        let delivery = send(&receiver, "POST", "/hook", &signed(handshakes, body), body.as_bytes()).unwrap();
        assert_eq!(delivery.body(), body);
    }
}

#[test]
fn a_value_of_an_answer_has_1024_bytes_at_most() {
    let receiver = receiver(providers::DROPBOX_HANDSHAKES, secret("secret"))
        .to_builder()
        .with_handshakes(HandshakePolicy::new().with_echo())
        .build()
        .unwrap();
    let longest = "a".repeat(1024);
    assert_eq!(get(&receiver, &format!("/?challenge={longest}")).body(), &longest);
    let longer = send(&receiver, "GET", &format!("/?challenge={longest}a"), &HeaderMap::new(), b"");
    assert_eq!(rejected(longer).kind().as_str(), "malformed_handshake");
}

#[test]
fn an_escape_hides_no_handshake() {
    let body = r#"{"type":"url\u005fverification","challenge":"c"}"#;
    let receiver = receiver(providers::SLACK_HANDSHAKES, secret("secret"));
    let answer =
        answer(send(&receiver, "POST", "/", &signed(providers::SLACK_HANDSHAKES, body), body.as_bytes()));
    assert_eq!(answer.body(), "c");
}

#[test]
fn interactions_and_events_of_discord_are_told_apart() {
    let receiver = receiver(providers::DISCORD_HANDSHAKES, secret("secret"));
    let post = |body: &str| {
        send(&receiver, "POST", "/", &signed(providers::DISCORD_HANDSHAKES, body), body.as_bytes())
    };
    assert_eq!(answer(post(r#"{"type":1,"version":1}"#)).body(), r#"{"type":1}"#);
    assert_eq!(answer(post(r#"{"version":1,"type":0}"#)).status(), 204);
    assert!(post(r#"{"version":1,"type":1,"event":{"type":"ENTITLEMENT_CREATE"}}"#).is_ok());
    assert!(post(r#"{"type":2,"data":{}}"#).is_ok());
}

#[test]
fn an_unsigned_handshake_is_answered_only_where_it_is_wanted() {
    let form = b"ssl_check=1&token=x";
    let headers = headers([("content-type", "application/x-www-form-urlencoded")]);
    let unsigned = |receiver: &Receiver| send(receiver, "POST", "/", &headers, form);
    let silent = receiver(providers::SLACK_HANDSHAKES, secret("secret"));
    assert_eq!(rejected(unsigned(&silent)).kind().as_str(), "missing_signature");
    let echoing = silent.to_builder().with_handshakes(HandshakePolicy::new().with_echo()).build().unwrap();
    assert_eq!(answer(unsigned(&echoing)).status(), 200);
}

#[test]
fn conditions_of_a_form_hold_in_forms_and_those_of_json_in_nothing_that_is_one() {
    let echo = |handshakes| {
        receiver(handshakes, secret("secret"))
            .to_builder()
            .with_handshakes(HandshakePolicy::new().with_echo())
            .build()
            .unwrap()
    };
    let post = |receiver: &Receiver, content_type: &str, body: &[u8]| {
        let headers = headers([("content-type", content_type), ("validation-token", "t")]);
        match send(receiver, "POST", "/", &headers, body) {
            Err(Early::Handshake(answer)) => Some(answer.name().to_owned()),
            _ => None,
        }
    };
    let form = "application/x-www-form-urlencoded; charset=utf-8";
    for (handshakes, name, body) in [
        (providers::WOOCOMMERCE_HANDSHAKES, "ping", b"webhook_id=7".as_slice()),
        (providers::SLACK_HANDSHAKES, "ssl_check", b"token=x&ssl_check=1"),
        (providers::MANDRILL_HANDSHAKES, "test", b"mandrill_events=%5B%5D"),
    ] {
        assert_eq!(post(&echo(handshakes), form, body).as_deref(), Some(name));
        assert_eq!(post(&echo(handshakes), "application/json", body), None, "{name}");
        assert_eq!(post(&echo(handshakes), "text/plain", body), None, "{name}");
    }
    let monday = echo(providers::MONDAY_HANDSHAKES);
    let json = br#"{"challenge":"c"}"#;
    assert_eq!(post(&monday, "application/json; charset=utf-8", json).as_deref(), Some("challenge"));
    assert_eq!(post(&monday, "application/problem+json", json).as_deref(), Some("challenge"));
    assert_eq!(post(&monday, form, json), None);
    assert_eq!(post(&monday, "multipart/form-data; boundary=x", json), None);
    // Nor does an impossible value count as absent.
    let ringcentral = echo(providers::RINGCENTRAL_HANDSHAKES);
    assert_eq!(post(&ringcentral, "application/json", b"").as_deref(), Some("validation_token"));
    assert_eq!(post(&ringcentral, form, b""), None);
}

#[test]
fn a_signed_ping_is_the_handlers_and_an_unsigned_one_is_answered() {
    let receiver = receiver(providers::BITBUCKET_HANDSHAKES, secret("secret"))
        .to_builder()
        .with_handshakes(HandshakePolicy::new().with_echo())
        .build()
        .unwrap();
    let ping = |mut headers: HeaderMap| {
        headers.insert("x-event-key", "diagnostics:ping".parse().unwrap());
        send(&receiver, "POST", "/", &headers, br#"{"test":true}"#)
    };
    assert!(ping(signed(providers::BITBUCKET_HANDSHAKES, r#"{"test":true}"#)).is_ok());
    assert_eq!(answer(ping(HeaderMap::new())).status(), 200);
    assert_eq!(answer(ping(signed(providers::BITBUCKET_HANDSHAKES, "another body"))).status(), 200);
}

#[test]
fn a_refused_head_keeps_the_bytes_of_its_body_and_no_more_than_the_budget_counts() {
    let budget = Budget::new(1 << 20);
    let receiver = receiver(providers::MONDAY_HANDSHAKES, secret("secret"))
        .to_builder()
        .with_handshakes(HandshakePolicy::new().with_echo())
        .with_budget(budget.clone())
        .build()
        .unwrap();
    // The path, and what a verifier and handshakes may keep of it.
    const HEAD: usize = 4;
    let empty = HeaderMap::new();
    let mut reception = begin(&receiver, "POST", "/", &empty).unwrap();
    for bytes in 1..=60_000 {
        reception.push(Bytes::from_static(b" ")).unwrap();
        assert!(budget.in_use() >= bytes && budget.in_use() <= 2 * bytes + HEAD, "{bytes}");
    }
    drop(reception);
    assert_eq!(budget.in_use(), 0);
    let small = receiver.to_builder().with_budget(Budget::new(100)).build().unwrap();
    let mut reception = begin(&small, "POST", "/", &empty).unwrap();
    assert_eq!(reception.push(Bytes::from_static(&[b' '; 100])).unwrap_err().status(), 503);
}

#[test]
fn a_handshake_that_is_not_configured_is_logged() {
    let receiver = receiver(providers::DROPBOX_HANDSHAKES, secret("secret"));
    let rejection = rejected(send(&receiver, "GET", "/?challenge=c", &HeaderMap::new(), b""));
    assert_eq!(rejection.kind().as_str(), "missing_signature");
    assert_eq!(rejection.unanswered_handshake(), Some("challenge"));
    assert!(receiver.handshakes().iter().all(|count| count.answered == 0 && count.refused == 0));
}

#[test]
fn an_unsigned_body_that_is_no_handshake_is_what_its_head_was() {
    let receiver = receiver(providers::MONDAY_HANDSHAKES, secret("secret"))
        .to_builder()
        .with_handshakes(HandshakePolicy::new().with_echo())
        .with_body_limit(1 << 20)
        .build()
        .unwrap();
    let post = |body: &[u8]| rejected(send(&receiver, "POST", "/", &HeaderMap::new(), body)).kind().as_str();
    assert_eq!(post(b"{}"), "missing_signature");
    let long = format!(r#"{{"pad":"{}","challenge":"c"}}"#, "x".repeat(64 << 10));
    assert_eq!(post(long.as_bytes()), "missing_signature", "no handshake is that long");
    let wide = receiver.clone().to_builder().with_body_limit(8).build().unwrap();
    let too_large =
        rejected(send(&wide, "POST", "/", &signed(providers::MONDAY_HANDSHAKES, "123456789"), b"123456789"));
    assert_eq!(too_large.kind().as_str(), "payload_too_large");
}

#[test]
fn values_are_escaped_where_the_answer_is_json() {
    let policy = HandshakePolicy::new().with_verify_token(secret("t"));
    let receiver = receiver(providers::STRAVA_HANDSHAKES, secret("unused"))
        .to_builder()
        .with_handshakes(policy)
        .build()
        .unwrap();
    let target = "/?hub.mode=subscribe&hub.verify_token=t&hub.challenge=%22%7D%0A%C3%A9+%2B";
    let answer = get(&receiver, target);
    let parsed: Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(parsed, serde_json::json!({"hub.challenge": "\"}\né +"}));
}

#[test]
fn a_responder_answers_what_needs_no_signature() {
    let policy = HandshakePolicy::new().with_echo();
    let responder = HandshakeResponder::new("ms-graph", providers::MS_GRAPH_HANDSHAKES, policy).unwrap();
    let target = "/?validationToken=Validation%3a+Testing+reachability";
    let answer = responder.respond("POST", target, &HeaderMap::new(), NOW).unwrap();
    assert_eq!(answer.body(), "Validation: Testing reachability");
    assert!(responder.respond("POST", "/", &HeaderMap::new(), NOW).is_none());
    assert_eq!(responder.handshakes()[0].answered, 1);
}
