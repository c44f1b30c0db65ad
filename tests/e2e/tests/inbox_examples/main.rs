//! Tests of the examples of durable mode, with axum and actix, with a file and a database.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod catalogue;
#[path = "../../../../crates/countersign/tests/common/fixtures/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of the core")]
mod fixtures;
mod support;

use countersign_inbox::{Action, Change, EventState, Filter};
use countersign_tests::programs::{Example, ask_to_continue, post};

use support::{EXAMPLES, Setup, each};

#[test]
fn every_type_has_its_effect_once_whatever_is_sent_again() {
    each(|setup| {
        let example = setup.start(&[]);
        for (id, event_type) in [("a", "job.served"), ("b", "webhook.test"), ("c", "a.type.of.tomorrow")] {
            assert_eq!(setup.send(&example, id, event_type, "{}"), 200);
            assert_eq!(setup.send(&example, id, event_type, "{}"), 200);
            assert_eq!(
                setup.effects(1),
                [format!(r#"{{"id":"{id}","event_type":"{event_type}","attempt":1,"replayed":false}}"#)]
            );
            // It was handled in the meantime, and is still remembered.
            assert_eq!(setup.send(&example, id, event_type, "{}"), 200);
            setup.forget_effects();
        }
        assert_eq!(setup.send_unsigned(&example), 401);
        let logged = example.terminate();
        assert!(setup.effects(0).is_empty(), "{logged}");
    });
}

#[test]
fn the_provider_is_one_of_the_catalogue_and_needs_no_id() {
    for name in EXAMPLES {
        let setup = Setup::with_file(name);
        let example = setup.start(&[("PROVIDER", "postmark"), ("POSTMARK_SECRET", "user:password")]);
        let body = br#"{"RecordType":"Bounce","Email":"a@b.example"}"#;
        // user:password, in Base64.
        let headers = [("authorization", "Basic dXNlcjpwYXNzd29yZA==")];
        for _ in 0..2 {
            assert_eq!(post(example.addr(), "/webhooks/postmark", headers, body).0, 200, "{name}");
        }
        assert_eq!(setup.effects(1).len(), 1, "{name}");
        let _ = example.terminate();
        assert_eq!(setup.effects(1).len(), 1, "{name}");
    }
}

#[test]
fn an_attempt_that_fails_is_repeated() {
    each(|setup| {
        let example = setup.start(&[("FAIL_FIRST", "2"), ("BACKOFF_MS", "0")]);
        assert_eq!(setup.send(&example, "a", "job.served", r#"{"job":{"job_number":"FH-1"}}"#), 200);
        let line = r#"{"id":"a","event_type":"job.served","attempt":3,"replayed":false}"#;
        assert_eq!(setup.effects(1), [line]);
        let logged = example.terminate();
        assert!(logged.contains("FH-1"), "the data was decoded: {logged}");
    });
}

#[test]
fn what_was_running_when_the_process_was_killed_is_handled_by_the_next_one() {
    each(|setup| {
        let example = setup.start(&[("HANDLER_MS", "600000"), ("LEASE_MS", "3000")]);
        for id in ["a", "b"] {
            assert_eq!(setup.send(&example, id, "job.served", "{}"), 200);
        }
        setup.wait_for(EventState::Running, 2);
        let _ = example.stop();
        assert!(setup.effects(0).is_empty());
        let example = setup.start(&[]);
        let mut effects = setup.effects(2);
        effects.sort();
        let line =
            |id: &str| format!(r#"{{"id":"{id}","event_type":"job.served","attempt":2,"replayed":false}}"#);
        assert_eq!(effects, [line("a"), line("b")]);
        // The provider's next attempt is a duplicate.
        assert_eq!(setup.send(&example, "a", "job.served", "{}"), 200);
        let _ = example.terminate();
        assert_eq!(setup.effects(2).len(), 2);
    });
}

#[test]
fn what_is_running_when_the_process_is_asked_to_end_is_finished() {
    each(|setup| {
        let example = setup.start(&[("HANDLER_MS", "3000")]);
        assert_eq!(setup.send(&example, "a", "job.served", "{}"), 200);
        setup.wait_for(EventState::Running, 1);
        let _ = example.terminate();
        let line = r#"{"id":"a","event_type":"job.served","attempt":1,"replayed":false}"#;
        assert_eq!(setup.effects(1), [line]);
        setup.wait_for(EventState::Done, 1);
    });
}

#[test]
fn a_dead_letter_is_handled_when_an_operator_replays_it() {
    each(|setup| {
        let example = setup.start(&[("FAIL_FIRST", "2"), ("MAX_ATTEMPTS", "2"), ("BACKOFF_MS", "10")]);
        assert_eq!(setup.send(&example, "a", "job.served", "{}"), 200);
        // Data that does not fit becomes a dead letter at once.
        assert_eq!(setup.send(&example, "b", "job.served", r#"{"job":7}"#), 200);
        setup.wait_for(EventState::Dead, 2);
        assert!(setup.effects(0).is_empty());
        let mut filter = Filter::default();
        filter.error = Some("FAIL_FIRST".to_owned());
        let replayed = setup.change(Change::new(Action::Replay, filter, "an operator"));
        assert_eq!(replayed.ids.len(), 1);
        let line = r#"{"id":"a","event_type":"job.served","attempt":1,"replayed":true}"#;
        assert_eq!(setup.effects(1), [line]);
        let _ = example.terminate();
    });
}

#[test]
fn health_is_there_for_an_orchestrator() {
    each(|setup| {
        let example = setup.start(&[]);
        for path in ["/health/live", "/health/ready"] {
            // Not before the worker has started.
            let healthy = (200, r#"{"ok":true,"reasons":[]"#);
            setup.until(path, || {
                let (status, body) = support::get(example.addr(), path);
                (status, body.get(..healthy.1.len())) == (healthy.0, Some(healthy.1))
            });
        }
        let _ = example.terminate();
    });
}

#[test]
fn a_store_that_would_lose_events_is_refused_with_the_reason() {
    for name in EXAMPLES {
        for (store, said) in [
            (
                "redis://127.0.0.1/",
                "STORE: Redis remembers which deliveries were handled, and keeps no events",
            ),
            (
                "memory",
                "STORE: events are acknowledged when they are stored, and memory ends with the process",
            ),
            ("sqlite:", "STORE: give the path of a file"),
            ("mysql://127.0.0.1/", "STORE: expected sqlite:PATH or postgres://"),
            ("sqlite:/nowhere/inbox.db", "STORE: "),
        ] {
            let refusal =
                refusal(name, &[("PROXIANT_SECRET", "whsec_a"), ("STORE", store), ("EFFECTS", "e")]);
            assert!(refusal.contains(said), "{name}: {store}: {refusal}");
        }
    }
}

#[test]
fn a_variable_that_is_missing_or_wrong_is_named() {
    for name in EXAMPLES {
        let right = [("PROXIANT_SECRET", "whsec_hunter2"), ("STORE", "sqlite:x.db"), ("EFFECTS", "x.jsonl")];
        for (missing, _) in right {
            let others: Vec<_> = right.into_iter().filter(|(variable, _)| *variable != missing).collect();
            let said = refusal(name, &others);
            assert!(said.contains(&format!("{missing} is not set")), "{name}: {said}");
        }
        for variable in ["LEASE_MS", "MAX_ATTEMPTS", "BACKOFF_MS", "HANDLER_MS", "FAIL_FIRST"] {
            let said = refusal(name, &[right[0], right[1], right[2], (variable, "-1")]);
            assert!(said.contains(&format!("{variable}: `-1` is no number")), "{name}: {said}");
            assert!(!said.contains("hunter2"), "{name}: {said}");
        }
        for (variable, value) in [("LEASE_MS", "1"), ("MAX_ATTEMPTS", "0")] {
            let setup = Setup::with_file(name);
            let said = setup.try_start(&[(variable, value)]).err().expect("it cannot work");
            assert!(said.contains(variable), "{name}: {said}");
        }
    }
}

fn refusal(name: &str, variables: &[(&str, &str)]) -> String {
    match Example::start(name, variables) {
        Ok(_) => panic!("{name} starts with {variables:?}"),
        Err(said) => said,
    }
}

#[test]
fn a_sender_is_not_asked_for_the_body_of_a_head_that_is_refused() {
    for name in EXAMPLES {
        let example = Setup::with_file(name).start(&[]);
        let ask = |lines: &str| ask_to_continue(example.addr(), "/webhooks/proxiant", lines);
        let signature = format!("x-proxiant-signature: sha256={}\r\n", "00".repeat(32));
        assert_eq!(ask("content-length: 2\r\n"), 400, "{name}");
        assert_eq!(ask("x-proxiant-signature: none\r\ncontent-length: 2\r\n"), 400, "{name}");
        assert_eq!(ask(&format!("{signature}content-length: 99000000\r\n")), 413, "{name}");
        assert_eq!(ask(&format!("{signature}content-length: 2\r\n")), 100, "{name}");
    }
}

#[test]
fn a_file_has_one_owner() {
    for name in EXAMPLES {
        let setup = Setup::with_file(name);
        let example = setup.start(&[]);
        let said = setup.try_start(&[]).err().expect("a second owner is refused");
        assert!(said.contains("STORE: "), "{name}: {said}");
        let _ = example.terminate();
        let _ = setup.start(&[]).terminate();
    }
}
