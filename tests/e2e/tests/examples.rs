//! Tests of the start-up of the example programs, and of their errors.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use countersign_tests::now;
use countersign_tests::programs::{Example, ask_to_continue};

#[test]
fn they_start_with_the_four_secrets() {
    for name in EXAMPLES {
        Example::start(name, &SECRETS).unwrap_or_else(|said| panic!("{name}: {said}"));
    }
}

#[test]
fn a_missing_secret_is_named() {
    for name in EXAMPLES {
        for (missing, _) in SECRETS {
            let said = refusal(name, SECRETS.into_iter().filter(|(variable, _)| *variable != missing));
            assert!(said.contains(&format!("{missing} is not set")), "{name}: {said}");
            assert!(said.contains("DEMO=1"), "{name} does not say how to try it: {said}");
        }
    }
}

#[test]
fn a_secret_that_cannot_work_is_named_and_not_shown() {
    let unusable = [
        ("PREFLIX_SECRET", "", "empty"),
        ("PREFLIX_SECRET", "preflix\n", "line break"),
        ("REDPIN_SECRET", "whsec_hunter2%", "base64"),
        // Optional variables must be valid if they are set.
        ("SVIX_SECRET", "whsec_hunter2%", "base64"),
        ("STRIPE_SECRET", "", "empty"),
    ];
    for name in EXAMPLES {
        for (variable, secret, problem) in unusable {
            let others = SECRETS.into_iter().filter(|(other, _)| *other != variable);
            let said = refusal(name, others.chain([(variable, secret)]));
            assert!(said.contains(variable) && said.to_lowercase().contains(problem), "{name}: {said}");
            assert!(!said.contains("hunter2"), "{name}: {said}");
        }
    }
}

#[test]
fn the_body_of_a_head_that_is_refused_is_not_asked_for() {
    for name in EXAMPLES {
        let example = Example::start(name, &SECRETS).unwrap_or_else(|said| panic!("{name}: {said}"));
        let ask = |lines: &str| ask_to_continue(example.addr(), "/webhooks/preflix", lines);
        assert_eq!(ask("content-length: 2\r\n"), 400, "{name}");
        let (at, signature) = (now().as_secs(), "0".repeat(64));
        let signed = format!("preflixai-timestamp: {at}\r\npreflixai-signature: {signature}\r\n");
        assert_eq!(ask(&format!("{signed}content-length: 2\r\n")), 100, "{name}");
        assert_eq!(ask(&format!("{signed}content-length: 99000000\r\n")), 413, "{name}");
    }
}

#[test]
fn mistakes_that_would_cost_the_first_delivery_are_named_at_the_start() {
    for name in EXAMPLES {
        let variables: Vec<_> = SECRETS
            .into_iter()
            .chain([
                ("TWILIO_FORM_SECRET", "an auth token"),
                ("STRIPE_SECRET", "whsec_x"),
                ("STRIPE_VERIFY_TOKEN", "a token"),
            ])
            .collect();
        let example = Example::start(name, &variables).unwrap_or_else(|said| panic!("{name}: {said}"));
        let said = example.stop().logged;
        for variable in ["PUBLIC_URL", "TWILIO_FORM_SECRET", "STRIPE_VERIFY_TOKEN"] {
            assert!(said.contains(variable), "{name} does not name {variable}: {said}");
        }
        let malformed = refusal(name, SECRETS.into_iter().chain([("PUBLIC_URL", "hooks.example.com")]));
        assert!(malformed.contains("PUBLIC_URL"), "{name}: {malformed}");
    }
}

#[test]
fn the_demonstration_brings_its_secrets_and_prints_them() {
    for name in EXAMPLES {
        let example = Example::start(name, &[("DEMO", "1")]).unwrap_or_else(|said| panic!("{name}: {said}"));
        let said = example.stop().logged;
        for (variable, _) in SECRETS {
            assert!(said.contains(&format!("{variable}=")), "{name} does not print {variable}: {said}");
        }
        // Only the value 1 enables the demonstration.
        assert!(refusal(name, [("DEMO", "0")]).contains("PREFLIX_SECRET is not set"), "{name}");
    }
}

fn refusal(name: &str, variables: impl IntoIterator<Item = (&'static str, &'static str)>) -> String {
    let variables: Vec<_> = variables.into_iter().collect();
    match Example::start(name, &variables) {
        Ok(_) => panic!("{name} starts with {variables:?}"),
        Err(said) => said,
    }
}

const EXAMPLES: [&str; 2] = ["example-axum", "example-actix"];

const SECRETS: [(&str, &str); 4] = [
    ("PREFLIX_SECRET", "preflix-secret"),
    ("REDPIN_SECRET", "whsec_cmVkcGluIHNlY3JldCwgMjQgYnl0ZXMhISE="),
    ("PRINTPRICE_SECRET", "whsec_cHJpbnRwcmljZSBzZWNyZXQsIDI0IGJ5dGU="),
    ("PROXIANT_SECRET", "whsec_proxiant-secret"),
];
