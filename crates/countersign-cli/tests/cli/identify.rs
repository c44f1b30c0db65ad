//! Tests of `identify`.

use serde_json::Value;

use crate::support::{BODY, FORM, OTHER_SECRET, Ran, SECRET, file, run_with, signed, with_headers};

fn identify(headers: &[String], more: &[&str], body: &[u8]) -> Ran {
    run_with(&with_headers(&[&["identify", "--body", "-"], more].concat(), headers), body)
}

/// Returns slugs and whether they are verified, best first.
fn found(ran: &Ran) -> Vec<(String, bool)> {
    let json = ran.json();
    let one = |one: &Value| {
        let slug = one.get("slug").and_then(Value::as_str).unwrap().to_owned();
        (slug, one.get("verified").and_then(Value::as_bool).unwrap())
    };
    json.as_array().unwrap().iter().map(one).collect()
}

#[test]
fn a_request_is_named_by_its_headers() {
    for slug in ["stripe", "slack", "shopify", "github-sha256", "preflix", "proxiant"] {
        let mut headers = signed(slug, BODY);
        if slug == "github-sha256" {
            // Meta's signature is in the header of the same name.
            headers.push("x-github-event: push".to_owned());
        }
        let ran = identify(&headers, &["--json"], BODY);
        assert_eq!((ran.code, found(&ran).first()), (0, Some(&(slug.to_owned(), false))), "{ran:?}");
    }
}

#[test]
fn with_a_secret_what_verifies_comes_first_whenever_it_was_sent() {
    for slug in ["svix", "standard-webhooks-v1", "stripe"] {
        let headers = signed(slug, BODY);
        let ran = identify(&headers, &["--json", "--secret", OTHER_SECRET, "--secret", SECRET], BODY);
        assert!(found(&ran).contains(&(slug.to_owned(), true)), "{slug}: {ran:?}");
        assert!(found(&ran)[0].1, "{slug}: {ran:?}");
        let ran = identify(&headers, &["--json", "--secret", OTHER_SECRET], BODY);
        assert!(found(&ran).iter().all(|(_, verified)| !verified), "{slug}: {ran:?}");
    }
}

#[test]
fn a_captured_request_is_read_with_the_url_that_it_was_sent_to() {
    let headers = signed("twilio-form", FORM);
    let head = format!("POST /in?tenant=7 HTTP/1.1\nHost: hooks.example.com\n{}\n\n", headers.join("\n"));
    let path = file("identify.http", &[head.as_bytes(), FORM].concat());
    let ran = run_with(&["identify", "--request", &path, "--secret", SECRET, "--json"], b"");
    assert_eq!(found(&ran).first(), Some(&("twilio-form".to_owned(), true)), "{ran:?}");
}

#[test]
fn people_get_a_table_and_an_element_has_four_fields() {
    let ran = identify(&signed("stripe", BODY), &[], BODY);
    let mut lines = ran.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    assert_eq!(lines.next().unwrap(), ["SLUG", "NAME", "SCORE", "VERIFIED"]);
    assert_eq!(lines.next().unwrap()[..2], ["stripe", "Stripe"]);
    let json = identify(&signed("stripe", BODY), &["--json"], BODY).json();
    let fields: Vec<_> = json[0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["name", "score", "slug", "verified"]);
}

#[test]
fn a_request_that_fits_no_provider_exits_with_1() {
    let headers = ["content-type: application/json".to_owned()];
    let ran = identify(&headers, &["--json"], b"{}");
    assert_eq!((ran.code, ran.stdout.as_str()), (1, "[]\n"));
    let ran = identify(&headers, &[], b"{}");
    assert!(ran.code == 1 && ran.stdout.starts_with("no provider of the catalogue matches"), "{ran:?}");
    assert_eq!(identify(&headers, &["--secret", ""], b"{}").code, 2);
}

#[test]
fn a_raw_delivery_of_sns_is_named_with_its_cure() {
    let headers = ["x-amz-sns-rawdelivery: true".to_owned(), "content-type: text/plain".to_owned()];
    let ran = identify(&headers, &[], b"a message");
    assert!(ran.stdout.contains("aws-sns") && ran.stdout.contains("turn it off"), "{ran:?}");
    let json = identify(&headers, &["--json"], b"a message").json();
    assert_eq!(json[0]["slug"], "aws-sns");
    assert!(json[0]["unsigned"].as_str().unwrap().contains("raw message delivery is on"), "{json}");
}
