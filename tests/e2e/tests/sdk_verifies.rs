//! Tests that official SDKs accept requests signed by the `countersign` command.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::Write;
use std::process::Stdio;

use countersign_tests::programs::{Sdk, binary};
use serde_json::{Value, json};

#[test]
fn svix() {
    accepted_by(&[Sdk::Node("svix"), Sdk::Python("svix")], "svix", JSON, same);
}

#[test]
fn redpin_by_svix() {
    accepted_by(&[Sdk::Node("svix"), Sdk::Python("svix")], "redpin", JSON, same);
}

#[test]
fn standard_webhooks() {
    accepted_by(&[Sdk::Node("standardwebhooks")], "standard-webhooks-v1", JSON, same);
}

#[test]
fn printprice_by_standardwebhooks() {
    accepted_by(&[Sdk::Node("standardwebhooks")], "printprice", JSON, same);
}

#[test]
fn stripe() {
    accepted_by(&[Sdk::Node("stripe"), Sdk::Python("stripe")], "stripe", JSON, same);
}

#[test]
fn preflix_by_stripe() {
    let joined = |headers: Value| {
        let [timestamp, signature] =
            ["preflixai-timestamp", "preflixai-signature"].map(|name| headers[name].as_str().unwrap());
        json!({"stripe-signature": format!("t={timestamp},v1={signature}")})
    };
    accepted_by(&[Sdk::Node("stripe"), Sdk::Python("stripe")], "preflix", JSON, joined);
}

#[test]
fn github() {
    accepted_by(&[Sdk::Node("octokit")], "github-sha256", JSON, same);
}

#[test]
fn proxiant_by_octokit() {
    let renamed = |headers: Value| json!({"x-hub-signature-256": headers["x-proxiant-signature"]});
    accepted_by(&[Sdk::Node("octokit")], "proxiant", JSON, renamed);
}

#[test]
fn twilio() {
    let form = "MessageStatus=delivered&To=%2B15551234567&Body=hello+w%C3%B6rld%21&Empty=&Digits=5&Digits=1&Digits=1";
    accepted_by(&[Sdk::Node("twilio")], "twilio-form", form, same);
}

/// Checks a request that is signed now, because SDKs use the system clock. `dress` renames the headers to those
/// that the SDK expects.
fn accepted_by(sdks: &[Sdk], provider: &str, body: &str, dress: impl FnOnce(Value) -> Value) {
    let headers = dress(sign(provider, body));
    for sdk in sdks {
        let verify = |secret: &str, body: &str| {
            sdk.verify(json!({"secret": secret, "headers": headers, "body": body, "url": URL}))
        };
        assert_eq!(verify(SECRET, body), Ok(()), "{sdk:?}");
        assert!(verify(SECRET, &format!("{body} ")).is_err(), "{sdk:?} accepts a changed body");
        assert!(verify(OTHER_SECRET, body).is_err(), "{sdk:?} accepts another secret");
    }
}

/// Returns the headers that `countersign sign` prints.
fn sign(provider: &str, body: &str) -> Value {
    let mut command = binary("countersign-cli", "countersign");
    command.args(["sign", "--provider", provider, "--secret", SECRET, "--body", "-", "--url", URL, "--json"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(body.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{provider}: {}", output.status);
    let mut signed: Value = serde_json::from_slice(&output.stdout).unwrap();
    signed["headers"].take()
}

fn same(headers: Value) -> Value {
    headers
}

const JSON: &str = r#"{"id":"evt_1","object":"event","type":"invoice.paid","data":{"customer":"Zoë ✓"}}"#;
const URL: &str = "https://hooks.example.com/in?tenant=7";
/// In a form that every provider accepts.
const SECRET: &str = "whsec_bmV3IHNlY3JldCBvZiB0aGUgdGFibGUhIQ==";
const OTHER_SECRET: &str = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCEh";
