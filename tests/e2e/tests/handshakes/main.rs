//! Tests of handshakes with the middleware in all positions: the same requests, the same responses, and no run of
//! the handler.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod oracle;
mod support;
mod table;

use std::sync::{Arc, Mutex};

use actix_web::rt::System;
use countersign::SecretSet;
use countersign::providers;
use countersign::receiver::{HandshakePolicy, IssuedSecret};
use countersign_tests::stacks::{HANDLED, Runs, ask_all, method_router_route_layer};
use http::Method;

use support::{NOW, get, github, post, provider, receiver, token};
use table::cases;

#[test]
fn every_handshake_is_answered_the_same_everywhere() {
    let failures: Vec<_> = System::with_tokio_rt(paused).block_on(async {
        let mut failures = Vec::new();
        for case in cases() {
            for (stack, answer, runs) in ask_all(&case.receiver, &case.request).await {
                let handled = case.body == HANDLED;
                let header = |name: &str| Some(answer.headers.get(name)?.to_str().unwrap());
                // Servers send no body in response to a HEAD; axum removes it earlier than the others.
                let head = case.request.method == Method::HEAD;
                let right = answer.status == case.status
                    && (head || answer.body == case.body)
                    && runs == usize::from(handled)
                    && case.headers.iter().all(|(name, value)| header(name) == Some(value));
                if !right {
                    failures.push(format!("{stack}: {}: {runs} runs, {answer:?}", case.name));
                }
            }
        }
        failures
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_was_answered_and_refused_is_counted_for_all_clones_of_a_receiver() {
    let receiver =
        github(providers::META_HANDSHAKES).to_builder().with_handshakes(token("t")).build().unwrap();
    System::with_tokio_rt(paused).block_on(async {
        ask_all(&receiver, &get("?hub.mode=subscribe&hub.verify_token=t&hub.challenge=c")).await;
        ask_all(&receiver, &get("?hub.mode=subscribe&hub.verify_token=x&hub.challenge=c")).await;
    });
    let counts = receiver.handshakes();
    let [count] = counts.as_slice() else { panic!("{counts:?}") };
    assert_eq!((&*count.name, count.answered, count.refused), ("subscription", 7, 7));
    assert_eq!(count.last_answered, Some(NOW));
}

#[test]
fn a_secret_is_with_the_sink_before_the_answer() {
    let stored = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&stored);
    let policy = HandshakePolicy::new().with_secret_sink(move |issued: IssuedSecret| {
        let sink = Arc::clone(&sink);
        async move {
            // As a database would.
            tokio::task::yield_now().await;
            sink.lock().unwrap().push(issued.secret().expose_secret().to_owned());
            Ok(())
        }
    });
    for (handshakes, request) in [
        (providers::ASANA_HANDSHAKES, post("{}").with("x-hook-secret", "s3cret")),
        (providers::NOTION_HANDSHAKES, post(r#"{"verification_token":"s3cret"}"#).in_chunks_of(5)),
    ] {
        let receiver = receiver(provider(handshakes), SecretSet::none())
            .to_builder()
            .with_handshakes(policy.clone())
            .build()
            .unwrap();
        System::with_tokio_rt(paused).block_on(async {
            for (at, (stack, answer, runs)) in ask_all(&receiver, &request).await.into_iter().enumerate() {
                // All clones of a receiver together accept one secret.
                let status = if at == 0 { 200 } else { 403 };
                assert_eq!((answer.status, runs), (status, 0), "{stack}");
            }
            receiver.reset_issued_secret();
            let replacing = receiver
                .to_builder()
                .with_handshakes(policy.clone().insecure_secret_replacement())
                .build()
                .unwrap();
            for (stack, answer, runs) in ask_all(&replacing, &request).await {
                assert_eq!((answer.status, runs), (200, 0), "{stack}");
            }
        });
    }
    assert_eq!(*stored.lock().unwrap(), vec!["s3cret"; 2 * (1 + 7)]);
}

#[test]
fn a_layer_inside_the_methods_of_a_route_sees_no_other() {
    let receiver = github(providers::DROPBOX_HANDSHAKES)
        .to_builder()
        .with_handshakes(HandshakePolicy::new().with_echo())
        .build()
        .unwrap();
    let answer = System::with_tokio_rt(paused).block_on(method_router_route_layer(
        receiver,
        get("?challenge=c"),
        Runs::default(),
    ));
    assert_eq!(answer.status, 405, "axum lets it through now: say so in the documentation");
}

/// Creates a runtime on which time passes only when all tasks wait, so that deadlines take no real time.
fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime")
}
