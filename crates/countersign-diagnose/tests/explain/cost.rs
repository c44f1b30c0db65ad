//! Checks that hostile requests cost no more than the effort allows.

use countersign::{Provider, providers};
use countersign_diagnose::{Captured, Diagnoser, Effort, identify};
use http::{HeaderMap, HeaderValue};

use crate::fixtures::NOW;

const SIZE: usize = 64 << 10;

/// Returns bodies with many possible guesses.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let fill = |unit: &str| unit.repeat(SIZE / unit.len() + 1).into_bytes()[..SIZE].to_vec();
    let inside = |open: &str, unit: &str, last: &str, close: &str| {
        let room = SIZE - open.len() - last.len() - close.len();
        format!("{open}{}{last}{close}", unit.repeat(room / unit.len())).into_bytes()
    };
    let (open, close) = ("[".repeat(120), "]".repeat(120));
    vec![
        ("question marks", fill("a?b ")),
        ("question marks in JSON", inside("{\"a\":\"", "a?b ", "", "\"}")),
        ("deep", inside(&open, "1,", "1", &close)),
        ("deep and empty", inside(&open, "[],", "{}", &close)),
        ("numbers", inside("[", "1e5,", "1.0", "]")),
        ("large numbers", inside("[", "1234567890123456800,", "1", "]")),
        ("members", inside("{\"z\":0,", "\"a\":null,", "\"b\":1", "}")),
        ("escapes", inside("[\"", "\\u00e9\\/<", "", "\"]")),
        ("fields", fill("a=b+c%2B&")),
        ("entities", fill("&lt;&quot;")),
        ("bytes", inside("{\"type\":\"Buffer\",\"data\":[", "255,", "1", "]}")),
        ("dictionary", inside("{'a':[", "'b',", "'c'", "]}")),
        ("parentheses", fill("[")),
        ("commas", fill(",")),
        ("line breaks", fill("\r\n")),
    ]
}

fn captured(body: &[u8]) -> Captured {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers
        .insert("x-hub-signature-256", HeaderValue::from_str(&format!("sha256={}", "0".repeat(64))).unwrap());
    headers.insert("x-twilio-signature", HeaderValue::from_static("2jmj7l5rSw0yVb/vlWAYkK/YBwk="));
    for number in 0..60 {
        let value = "a=b,".repeat(60);
        headers.append("stripe-signature", HeaderValue::try_from(format!("{value}t={number}")).unwrap());
    }
    let query: Vec<_> = (0..400).map(|number| format!("k{number}={number}")).collect();
    Captured::new(headers, body.to_vec()).with_url(format!("https://a.b/c?{}", query.join("&")))
}

fn diagnosed(provider: &'static Provider, body: &[u8], effort: Effort) -> u64 {
    let diagnoser = Diagnoser::new(provider).with_stored_secret("s", "a secret of ours").with_effort(effort);
    u64::try_from(diagnoser.diagnose(&captured(body), NOW).tried()).unwrap()
}

#[test]
fn a_hostile_body_costs_no_more_than_the_effort_allows() {
    for (name, body) in hostile() {
        for provider in [&providers::GITHUB, &providers::STRIPE, &providers::TWILIO] {
            let tried = diagnosed(provider, &body, Effort::SHORT);
            // Guesses that are shorter than the body cost less: an empty one costs nothing.
            assert!(tried <= 512, "{name}: {}: {tried}", provider.slug);
        }
        assert!(identify(&captured(&body), None, NOW).len() < 300, "{name}");
    }
}
