//! Tests attacks that use a handshake to obtain the signature of a delivery.

use actix_web::rt::System;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::receiver::Receiver;
use countersign::{Provider, Secret, Verifier, providers};
use countersign_tests::Request;
use countersign_tests::stacks::ask_all;

use crate::paused;
use crate::support::{NOW, get, post};

/// Returns a receiver with a verifier and no options.
fn receiver(provider: &'static Provider, secret: &str) -> Receiver {
    Receiver::builder(Verifier::new(provider, Secret::new(secret).unwrap()).unwrap())
        .with_clock(NOW)
        .build()
        .unwrap()
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// Requests an answer to `challenge` at all positions, then sends the delivery that `forge` makes of it.
fn attack(receiver: &Receiver, name: &str, challenge: &str, forge: impl Fn(&str) -> Request) {
    System::with_tokio_rt(paused).block_on(async {
        let asked = get(&format!("?{name}={}", encoded(challenge)));
        for (stack, answer, runs) in ask_all(receiver, &asked).await {
            assert_eq!((answer.status, runs), (400, 0), "{stack}: {answer:?}");
            let forged = forge(&String::from_utf8_lossy(&answer.body));
            for (stack, answer, runs) in ask_all(receiver, &forged).await {
                assert_eq!((answer.status / 100, runs), (4, 0), "{stack}: {answer:?}");
            }
        }
    });
}

/// Returns the value of a member, if the answer is JSON.
fn member(answer: &str, name: &str) -> String {
    let answer: serde_json::Value = serde_json::from_str(answer).unwrap_or_default();
    answer.get(name).and_then(serde_json::Value::as_str).unwrap_or("none").to_owned()
}

#[test]
fn the_check_of_x_signs_no_delivery() {
    let receiver = receiver(&providers::X_TWITTER, "the consumer secret");
    for forged in [EVENT, " {}", "[]", r#""text""#] {
        attack(&receiver, "crc_token", forged, |answer| {
            post(forged).with("x-twitter-webhooks-signature", &member(answer, "response_token"))
        });
    }
}

#[test]
fn the_challenge_of_linkedin_signs_no_delivery() {
    let receiver = receiver(&providers::LINKEDIN, "the client secret");
    attack(&receiver, "challengeCode", &format!("hmacsha256={EVENT}"), |answer| {
        post(EVENT).with("x-li-signature", &member(answer, "challengeResponse"))
    });
}

#[test]
fn the_challenge_of_braintree_signs_no_delivery() {
    let receiver = receiver(&providers::BRAINTREE, "public|private");
    let payload = STANDARD.encode("<notification><kind>check</kind></notification>") + "\n";
    attack(&receiver, "bt_challenge", &payload, |answer| {
        post(&format!("bt_signature={}&bt_payload={}", encoded(answer), encoded(&payload)))
            .with("content-type", "application/x-www-form-urlencoded")
    });
}

#[test]
fn what_is_answered_is_refused_as_a_delivery() {
    let x = receiver(&providers::X_TWITTER, "the consumer secret");
    let braintree = receiver(&providers::BRAINTREE, "public|private");
    let token = "20f9f8ed05f77439fe955c977e4c8a53";
    System::with_tokio_rt(paused).block_on(async {
        for (stack, answer, _) in ask_all(&x, &get(&format!("?crc_token={token}"))).await {
            assert_eq!(answer.status, 200, "{stack}");
            let signature = member(&String::from_utf8_lossy(&answer.body), "response_token");
            let forged = post(token).with("x-twitter-webhooks-signature", &signature);
            refused_everywhere(&x, &forged).await;
        }
        for (stack, answer, _) in ask_all(&braintree, &get(&format!("?bt_challenge={token}"))).await {
            assert_eq!(answer.status, 200, "{stack}");
            let signature = encoded(&String::from_utf8_lossy(&answer.body));
            let forged = post(&format!("bt_signature={signature}&bt_payload={token}"))
                .with("content-type", "application/x-www-form-urlencoded");
            refused_everywhere(&braintree, &forged).await;
        }
    });
}

async fn refused_everywhere(receiver: &Receiver, forged: &Request) {
    for (stack, answer, runs) in ask_all(receiver, forged).await {
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!((answer.status, runs), (401, 0), "{stack}: {body}");
        assert!(body.contains("signed_challenge"), "{stack}: {body}");
    }
}

const EVENT: &str = r#"{"for_user_id":"1","tweet_create_events":[{"text":"forged by an attacker"}]}"#;
