//! Known answers to handshakes, and what surrounds them, without a framework.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use countersign::handshake::{Handshake, catalogue};
use countersign::receiver::{
    Halt, HandshakePolicy, Handshaken, IssuedSecret, Receiver, Rejection, Request, ResolveError, Responder,
    SinkError,
};
use countersign::{
    Delivery, Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier, providers,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use serde_json::Value;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// GitHub's signature, and the handshakes of another provider.
fn provider(handshakes: &'static [Handshake]) -> Provider {
    Provider { handshakes: Handshake::list(handshakes), ..providers::github::PROVIDER.clone() }
}

fn receiver(handshakes: &'static [Handshake], secrets: impl Into<SecretSet>) -> Receiver {
    Receiver::new(Verifier::new(provider(handshakes), secrets).unwrap()).with_clock(NOW)
}

fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

fn headers<const N: usize>(headers: [(&'static str, &str); N]) -> HeaderMap {
    let parsed = headers.map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
    parsed.into_iter().collect()
}

fn send(
    receiver: &Receiver,
    method: &str,
    target: &str,
    headers: &HeaderMap<HeaderValue>,
    body: &[u8],
) -> Result<Delivery, Halt> {
    let mut reception = receiver.begin(method, target, headers, None)?;
    for chunk in body.chunks(7) {
        reception.push(Bytes::copy_from_slice(chunk))?;
    }
    reception.finish()
}

fn answer(result: Result<Delivery, Halt>) -> Response<Bytes> {
    match result.unwrap_err() {
        Halt::Handshake(handshaken) => handshaken.into_response(),
        other => panic!("{other:?}"),
    }
}

fn get(receiver: &Receiver, target: &str) -> Response<Bytes> {
    answer(send(receiver, "GET", target, &HeaderMap::new(), b""))
}

fn rejected(result: Result<Delivery, Halt>) -> Rejection {
    match result.unwrap_err() {
        Halt::Rejected(rejection) => rejection,
        other => panic!("{other:?}"),
    }
}

fn signed(handshakes: &'static [Handshake], body: &str) -> HeaderMap {
    let signer = Signer::new(provider(handshakes), secret("secret")).unwrap();
    signer.sign(&SigningRequest::new(body.to_owned(), NOW)).unwrap()
}

/// A vector of other people, by its provider: what goes in, and what comes out.
fn known(provider: &str) -> (Value, String) {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("data/handshakes.json")).unwrap();
    let vector = vectors.into_iter().find(|vector| vector["provider"] == provider).unwrap();
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
    let receiver = receiver(catalogue::EBAY, secret("unused"))
        .with_public_url("http://www.testendpoint.com")
        .with_handshakes(HandshakePolicy::new().with_verify_token(secret(text("verificationToken"))));
    let answer = get(&receiver, &format!("/webhook?challenge_code={}", text("challenge_code")));
    assert_eq!(answer.body(), &format!(r#"{{"challengeResponse":"{output}"}}"#));
}

#[test]
fn the_known_answer_of_x() {
    let (input, output) = known("x-twitter");
    let receiver = receiver(catalogue::X_TWITTER, secret(input["consumer_secret"].as_str().unwrap()));
    let answer = get(&receiver, &format!("/hook?crc_token={}", input["crc_token"].as_str().unwrap()));
    assert_eq!(answer.body(), &format!(r#"{{"response_token":"{output}"}}"#));
    assert_eq!(answer.headers()["content-type"], "application/json");
}

#[test]
fn the_known_answer_of_zoom_and_only_after_verification() {
    let (input, output) = known("zoom");
    let token = input["plainToken"].as_str().unwrap();
    assert_eq!(input["secret"], "secret");
    let receiver = receiver(catalogue::ZOOM, secret("secret"));
    let body = format!(r#"{{"event":"endpoint.url_validation","payload":{{"plainToken":"{token}"}}}}"#);
    let headers = signed(catalogue::ZOOM, &body);
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
    let answer = get(&receiver(catalogue::X_TWITTER, secrets), "/hook?crc_token=challenge");
    assert_eq!(answer.body(), &format!(r#"{{"response_token":"{output}"}}"#));
}

#[test]
fn deliveries_pass_where_handshakes_are_looked_for() {
    for handshakes in [catalogue::SLACK, catalogue::NOTION, catalogue::META, catalogue::EVENT_GRID] {
        let policy = HandshakePolicy::new().with_echo();
        let receiver = receiver(handshakes, secret("secret")).with_handshakes(policy);
        let body = r#"{"type":"event_callback","challenge":"not one"}"#;
        let delivery = send(&receiver, "POST", "/hook", &signed(handshakes, body), body.as_bytes()).unwrap();
        assert_eq!(delivery.body(), body);
    }
}

#[test]
fn an_escape_hides_no_handshake() {
    let body = r#"{"type":"url\u005fverification","challenge":"c"}"#;
    let receiver = receiver(catalogue::SLACK, secret("secret"));
    let answer = answer(send(&receiver, "POST", "/", &signed(catalogue::SLACK, body), body.as_bytes()));
    assert_eq!(answer.body(), "c");
}

#[test]
fn interactions_and_events_of_discord_are_told_apart() {
    let receiver = receiver(catalogue::DISCORD, secret("secret"));
    let post = |body: &str| send(&receiver, "POST", "/", &signed(catalogue::DISCORD, body), body.as_bytes());
    assert_eq!(answer(post(r#"{"type":1,"version":1}"#)).body(), r#"{"type":1}"#);
    assert_eq!(answer(post(r#"{"version":1,"type":0}"#)).status(), 204);
    assert!(post(r#"{"version":1,"type":1,"event":{"type":"ENTITLEMENT_CREATE"}}"#).is_ok());
    assert!(post(r#"{"type":2,"data":{}}"#).is_ok());
}

#[test]
fn an_unsigned_handshake_is_answered_only_where_it_is_wanted() {
    let form = b"ssl_check=1&token=x";
    let unsigned = |receiver: &Receiver| send(receiver, "POST", "/", &HeaderMap::new(), form);
    let silent = receiver(catalogue::SLACK, secret("secret"));
    assert_eq!(rejected(unsigned(&silent)).kind().as_str(), "missing_signature");
    let echoing = silent.with_handshakes(HandshakePolicy::new().with_echo());
    assert_eq!(answer(unsigned(&echoing)).status(), 200);
}

#[test]
fn the_operator_hears_of_a_handshake_that_nobody_configured() {
    let receiver = receiver(catalogue::DROPBOX, secret("secret"));
    let rejection = rejected(send(&receiver, "GET", "/?challenge=c", &HeaderMap::new(), b""));
    assert_eq!(rejection.kind().as_str(), "missing_signature");
    assert_eq!(rejection.unanswered_handshake(), Some("challenge"));
    assert!(receiver.handshakes().iter().all(|count| count.answered == 0 && count.refused == 0));
}

#[test]
fn an_unsigned_body_that_is_no_handshake_is_what_its_head_was() {
    let receiver = receiver(catalogue::MONDAY, secret("secret"))
        .with_handshakes(HandshakePolicy::new().with_echo())
        .with_body_limit(1 << 20);
    let post = |body: &[u8]| rejected(send(&receiver, "POST", "/", &HeaderMap::new(), body)).kind().as_str();
    assert_eq!(post(b"{}"), "missing_signature");
    let long = format!(r#"{{"pad":"{}","challenge":"c"}}"#, "x".repeat(64 << 10));
    assert_eq!(post(long.as_bytes()), "missing_signature", "no handshake is that long");
    let wide = receiver.clone().with_body_limit(8);
    let too_large = rejected(send(&wide, "POST", "/", &signed(catalogue::MONDAY, "123456789"), b"123456789"));
    assert_eq!(too_large.kind().as_str(), "payload_too_large");
}

#[test]
fn values_are_escaped_where_the_answer_is_json() {
    let policy = HandshakePolicy::new().with_verify_token(secret("t"));
    let receiver = receiver(catalogue::STRAVA, secret("unused")).with_handshakes(policy);
    let target = "/?hub.mode=subscribe&hub.verify_token=t&hub.challenge=%22%7D%0A%C3%A9+%2B";
    let answer = get(&receiver, target);
    let parsed: Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(parsed, serde_json::json!({"hub.challenge": "\"}\né +"}));
}

#[test]
fn a_secret_is_stored_before_the_answer_and_only_as_long_as_none_is_known() {
    let stored = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&stored);
    let keep = move |issued: IssuedSecret| {
        let place = format!("{} {} {}", issued.provider(), issued.handshake(), issued.request().uri());
        seen.lock().unwrap().push((place, issued.into_secret().expose_secret().to_owned()));
        async { Ok(()) }
    };
    let policy = HandshakePolicy::new().with_secret_sink(keep);
    let new = receiver(catalogue::ASANA, SecretSet::none()).with_handshakes(policy.clone());
    let hook = headers([("x-hook-secret", "s3cret")]);
    let answer = finished(send(&new, "POST", "/hooks/7?a=b", &hook, b"{}")).unwrap().into_response();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["x-hook-secret"]),
        (200, &"s3cret".parse().unwrap())
    );
    let expected = ("github-sha256 x-hook-secret /hooks/7?a=b".to_owned(), "s3cret".to_owned());
    assert_eq!(*stored.lock().unwrap(), [expected]);

    let known = receiver(catalogue::ASANA, secret("known")).with_handshakes(policy.clone());
    let rejection = rejected(send(&known, "POST", "/", &hook, b"{}"));
    assert_eq!((rejection.status().as_u16(), rejection.handshake()), (403, Some("x-hook-secret")));
    assert_eq!(known.handshakes()[0].refused, 1);
    assert_eq!(stored.lock().unwrap().len(), 1);

    let replacing = known.with_handshakes(policy.with_insecure_secret_replacement());
    assert!(finished(send(&replacing, "POST", "/", &hook, b"{}")).is_ok());
    assert_eq!(stored.lock().unwrap().len(), 2);
}

#[test]
fn a_secret_in_the_body_is_stored_too_although_the_request_is_not_signed_with_a_known_one() {
    let policy = HandshakePolicy::new().with_secret_sink(async |issued: IssuedSecret| {
        assert_eq!(issued.secret().expose_secret(), "secret_abc");
        Ok(())
    });
    let body = r#"{"verification_token":"secret_abc"}"#;
    for headers in [HeaderMap::new(), signed(catalogue::NOTION, body)] {
        let receiver = receiver(catalogue::NOTION, SecretSet::none()).with_handshakes(policy.clone());
        let answer = finished(send(&receiver, "POST", "/", &headers, body.as_bytes())).unwrap();
        assert_eq!(answer.name(), "verification_token");
        assert_eq!(receiver.handshakes()[0].answered, 1);
    }
}

#[test]
fn a_secret_that_nobody_keeps_is_not_answered() {
    let receiver = receiver(catalogue::NOTION, SecretSet::none());
    let body = r#"{"verification_token":"secret_abc"}"#;
    let headers = signed(catalogue::NOTION, body);
    let rejection = rejected(send(&receiver, "POST", "/", &headers, body.as_bytes()));
    assert_eq!(rejection.kind().as_str(), "signature_mismatch");
    assert_eq!(rejection.unanswered_handshake(), Some("verification_token"));
}

#[test]
fn a_secret_that_could_not_be_stored_is_asked_for_again() {
    let fail = |_: IssuedSecret| async { Err(SinkError::new("the disk is full")) };
    let policy = HandshakePolicy::new().with_secret_sink(fail);
    let receiver = receiver(catalogue::ASANA, SecretSet::none()).with_handshakes(policy);
    let rejection =
        finished(send(&receiver, "POST", "/", &headers([("x-hook-secret", "s")]), b"")).unwrap_err();
    assert_eq!(rejection.status(), 503);
    assert!(rejection.causes().unwrap().to_string().ends_with("the disk is full"));
    assert_eq!(receiver.handshakes()[0].refused, 1);
}

#[test]
fn nothing_is_issued_to_a_tenant_that_does_not_exist() {
    let sink = |_: IssuedSecret| async { panic!("it is nobody's") };
    let nobody = |_: Request| async { Ok::<_, ResolveError>(None) };
    let receiver = receiver(catalogue::ASANA, SecretSet::none())
        .with_tenants(nobody)
        .with_handshakes(HandshakePolicy::new().with_secret_sink(sink));
    let hook = headers([("x-hook-secret", "s")]);
    let halt = receiver.begin("POST", "/", &hook, Some(Ok(None))).unwrap_err();
    assert_eq!(rejected(Err(halt)).status(), 404);
}

#[test]
fn a_responder_answers_what_needs_no_signature() {
    let policy = HandshakePolicy::new().with_echo();
    let responder = Responder::new("ms-graph", catalogue::MS_GRAPH, policy).unwrap();
    let target = "/?validationToken=Validation%3a+Testing+reachability";
    let answer = responder.respond("POST", target, &HeaderMap::new(), NOW).unwrap();
    assert_eq!(answer.body(), "Validation: Testing reachability");
    assert!(responder.respond("POST", "/", &HeaderMap::new(), NOW).is_none());
    assert_eq!(responder.handshakes()[0].answered, 1);
}

fn finished(result: Result<Delivery, Halt>) -> Result<Handshaken, Rejection> {
    let mut settling = Box::pin(result.unwrap_err().settle());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match settling.as_mut().poll(&mut context) {
        std::task::Poll::Ready(settled) => settled,
        std::task::Poll::Pending => panic!("nothing here has to wait"),
    }
}
