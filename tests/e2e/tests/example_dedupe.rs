//! Tests of the example program of inline mode: its responses and its effects.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;

use countersign::providers::{self, proxiant};
use countersign::{Secret, Signer, SigningRequest};
use countersign_tests::programs::{Example, ask_to_continue, post};
use countersign_tests::{now, rfc3339};

#[test]
fn an_event_fails_as_often_as_wanted_and_is_then_handled_once() {
    for framework in FRAMEWORKS {
        let effects = file(&format!("effects-{framework}.jsonl"));
        let variables = [
            ("FRAMEWORK", framework),
            ("PROXIANT_SECRET", SECRET),
            ("EFFECTS", effects.to_str().unwrap()),
            ("FAIL_FIRST", "2"),
            ("HANDLER_MS", "1"),
            ("LEASE_MS", "5000"),
            ("MAX_ATTEMPTS", "3"),
        ];
        let example = start(&variables);
        for id in ["evt_1", "evt_2"] {
            let statuses: Vec<_> = (0..5).map(|_| deliver(example.addr(), id)).collect();
            assert_eq!(statuses, [500, 500, 200, 200, 200], "{framework}: {id}");
        }
        let lines = fs::read_to_string(&effects).unwrap();
        let line =
            |id| format!(r#"{{"id":"{id}","event_type":"job.served","attempt":3,"replayed":false}}"#) + "\n";
        assert_eq!(lines, line("evt_1") + &line("evt_2"), "{framework}");
        assert!(example.stop().logged.contains("MAX_ATTEMPTS has no meaning in inline mode"), "{framework}");
    }
}

#[test]
fn a_sender_is_not_asked_for_the_body_of_a_head_that_is_refused() {
    for framework in FRAMEWORKS {
        let effects = file(&format!("asked-{framework}.jsonl"));
        let effects = effects.to_str().unwrap();
        let example = start(&[("FRAMEWORK", framework), ("PROXIANT_SECRET", SECRET), ("EFFECTS", effects)]);
        let ask = |lines: &str| ask_to_continue(example.addr(), "/webhooks/proxiant", lines);
        let signature = format!("x-proxiant-signature: sha256={}\r\n", "00".repeat(32));
        assert_eq!(ask("content-length: 2\r\n"), 400, "{framework}");
        assert_eq!(ask(&format!("{signature}content-length: 2\r\n")), 100, "{framework}");
    }
}

#[test]
fn what_was_handled_is_known_after_the_process_was_killed() {
    for framework in FRAMEWORKS {
        let (effects, store) =
            (file(&format!("known-{framework}.jsonl")), file(&format!("{framework}.sqlite")));
        for suffix in ["-wal", "-shm", "-lock", ".lock"] {
            let _ = fs::remove_file(format!("{}{suffix}", store.display()));
        }
        let store = format!("sqlite:{}", store.display());
        let variables = [
            ("FRAMEWORK", framework),
            ("PROXIANT_SECRET", SECRET),
            ("EFFECTS", effects.to_str().unwrap()),
            ("STORE", &store),
            ("FAIL_FIRST", "1"),
        ];
        for statuses in [[500, 200], [200, 200]] {
            let example = start(&variables);
            assert_eq!([(); 2].map(|()| deliver(example.addr(), "evt_1")), statuses, "{framework}");
            let _ = example.stop();
        }
        assert_eq!(fs::read_to_string(&effects).unwrap().lines().count(), 1, "{framework}");
    }
}

#[test]
fn what_is_running_when_the_process_is_asked_to_end_is_finished() {
    for framework in FRAMEWORKS {
        let effects = file(&format!("ended-{framework}.jsonl"));
        let variables = [
            ("FRAMEWORK", framework),
            ("PROXIANT_SECRET", SECRET),
            ("EFFECTS", effects.to_str().unwrap()),
            ("HANDLER_MS", "3000"),
        ];
        let example = start(&variables);
        let (sender, answers) = mpsc::channel();
        for _ in 0..2 {
            let (sender, addr) = (sender.clone(), example.addr().to_owned());
            thread::spawn(move || sender.send(deliver(&addr, "evt_1")).unwrap());
        }
        // The other one is in flight.
        assert_eq!(answers.recv().unwrap(), 503, "{framework}");
        let logged = example.terminate();
        assert_eq!(answers.recv().unwrap(), 200, "{framework}: {logged}");
        assert_eq!(fs::read_to_string(&effects).unwrap().lines().count(), 1, "{framework}: {logged}");
    }
}

#[test]
fn the_provider_is_one_of_the_catalogue() {
    for framework in FRAMEWORKS {
        let effects = file(&format!("stripe-{framework}.jsonl"));
        let variables = [
            ("FRAMEWORK", framework),
            ("PROVIDER", "stripe"),
            ("STRIPE_SECRET", SECRET),
            ("EFFECTS", effects.to_str().unwrap()),
        ];
        let example = start(&variables);
        let body = r#"{"id":"evt_9","type":"charge.succeeded","data":{}}"#;
        let signer = Signer::new(&providers::STRIPE, Secret::new(SECRET).unwrap()).unwrap();
        let signed = signer.sign(&SigningRequest::new(body, now())).unwrap();
        for status in [200, 200] {
            let headers = signed.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
            assert_eq!(post(example.addr(), "/webhooks/stripe", headers, body.as_bytes()).0, status);
        }
        let lines = fs::read_to_string(&effects).unwrap();
        assert_eq!(lines.lines().count(), 1, "{framework}: {lines}");
        assert!(lines.contains(r#""id":"evt_9","event_type":"charge.succeeded""#), "{lines}");
    }
}

#[test]
fn a_variable_that_cannot_work_is_named_and_no_password_shown() {
    for (variable, value, said) in [
        ("FRAMEWORK", "rocket", "`axum` or `actix`"),
        ("STORE", "mongodb://user:hunter2@host/db", "STORE: it is `memory`"),
        ("LEASE_MS", "soon", "whole number"),
        ("LEASE_MS", "1", "LEASE_MS: `lease`"),
        ("STORE", "sqlite:/nowhere/dedupe.db", "STORE: /nowhere"),
        ("STORE", "redis://:hunter2@127.0.0.1:1/", "STORE: "),
        ("EFFECTS", "/nowhere/effects.jsonl", "EFFECTS"),
        ("PROXIANT_SECRET", "", "PROXIANT_SECRET"),
        ("PROVIDER", "stripe", "STRIPE_SECRET is not set"),
        ("PROVIDER", "unknown", "PROVIDER=unknown"),
        ("PUBLIC_URL", "hooks.example.com", "PUBLIC_URL"),
    ] {
        let variables = [("PROXIANT_SECRET", SECRET), (variable, value)];
        let Err(logged) = Example::start("example-dedupe", &variables) else { panic!("{variable}={value}") };
        assert!(logged.contains(said) && !logged.contains("hunter2"), "{variable}={value}: {logged}");
    }
}

fn start(variables: &[(&str, &str)]) -> Example {
    Example::start("example-dedupe", variables).unwrap_or_else(|said| panic!("{said}"))
}

/// Returns the status of the response.
fn deliver(addr: &str, id: &str) -> u64 {
    let created_at = rfc3339(now());
    let body = format!(r#"{{"id":"{id}","event":"job.served","created_at":"{created_at}","data":{{}}}}"#);
    let signer = Signer::new(&proxiant::PROVIDER, Secret::new(SECRET).unwrap()).unwrap();
    let headers = signer.sign(&SigningRequest::new(body.clone(), now())).unwrap();
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
    post(addr, "/webhooks/proxiant", headers, body.as_bytes()).0
}

/// Returns a file in cargo's folder for tests, without leftovers of earlier runs.
fn file(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    path
}

const FRAMEWORKS: [&str; 2] = ["axum", "actix"];
const SECRET: &str = "whsec_a secret of the subscription";
