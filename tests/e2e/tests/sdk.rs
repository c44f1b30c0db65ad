//! Tests with official SDKs that sign and send to the example programs.
//!
//! The SDKs and the programs use the system clock; no other test does.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use countersign_tests::programs::{Example, Sdk, post};
use countersign_tests::{now, rfc3339};
use serde_json::{Value, json};

/// A delivery: its signer, its receiver, and the printed line.
struct Flow {
    sdk: Sdk,
    provider: &'static str,
    secret: &'static str,
    body: String,
    /// The printed values: id, type, key, variant.
    printed: [Option<&'static str>; 4],
    /// Additional parameters of the SDK.
    more: Value,
}

impl Flow {
    /// Runs the flow against both programs: only genuine deliveries are accepted.
    fn play(self) {
        let genuine = self.request(self.secret, None);
        let signed = self.sdk.sign(genuine);
        let headers = || signed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for name in ["example-axum", "example-actix"] {
            let example = Example::start(name, &VARIABLES).unwrap_or_else(|said| panic!("{name}: {said}"));
            let changed = format!("{} ", self.body);
            let answer = post(example.addr(), &self.path(), headers(), changed.as_bytes());
            assert_eq!(answer, mismatch(), "{name}: changed body");
            let answer = self.sdk.send(self.request(OTHER_SECRET, Some(&example)));
            assert_eq!(answer, mismatch(), "{name}: other secret");

            let answer = self.sdk.send(self.request(self.secret, Some(&example)));
            assert_eq!(answer, (200, String::new()), "{name}: genuine");
            assert_eq!(example.printed(), self.line(), "{name}");

            let received = example.stop();
            assert!(received.printed.is_empty(), "{name} prints more: {:?}", received.printed);
            let hidden = headers().filter(|(name, _)| name.contains("signature")).map(|(_, value)| value);
            for hidden in hidden.chain([self.secret, self.body.as_str()]) {
                assert!(!received.logged.contains(hidden), "{name} logs {hidden}: {}", received.logged);
            }
        }
    }

    fn request(&self, secret: &str, to: Option<&Example>) -> Value {
        let path = self.path();
        let mut request = json!({
            "secret": secret,
            "id": "msg_1",
            "timestamp": now().as_secs(),
            "url": to.map(|example| format!("http://{}{path}", example.addr())),
            "signed_url": format!("{PUBLIC_URL}{path}"),
            "body": self.body,
        });
        request.as_object_mut().unwrap().extend(self.more.as_object().cloned().unwrap_or_default());
        request
    }

    fn path(&self) -> String {
        format!("/webhooks/{}", self.provider)
    }

    fn line(&self) -> String {
        let [id, event_type, key, variant] = self.printed.map(|value| json!(value));
        let provider = self.provider;
        format!(
            r#"{{"provider":"{provider}","id":{id},"event_type":{event_type},"key":{key},"variant":{variant}}}"#
        )
    }
}

#[test]
fn svix_of_npm_sends_for_redpin() {
    redpin(Sdk::Node("svix")).play();
}

#[test]
fn svix_of_pypi_sends_for_redpin() {
    redpin(Sdk::Python("svix")).play();
}

#[test]
fn svix_of_npm_sends_for_itself() {
    let printed = [Some("msg_1"), Some("invoice.paid"), Some("primary"), None];
    let body = r#"{"type":"invoice.paid","data":{"customer":"Zoë ✓"}}"#.to_owned();
    let sdk = Sdk::Node("svix");
    Flow { sdk, provider: "svix", secret: SVIX_SECRET, body, printed, more: json!({}) }.play();
}

#[test]
fn standardwebhooks_of_npm_sends_for_printprice() {
    let body = format!(
        r#"{{"event":"pricing.completed","timestamp":"{}","entity_id":"quote_1","environment":"production","data":{{"total":"129.50 €"}}}}"#,
        rfc3339(now())
    );
    let printed = [Some("msg_1"), Some("pricing.completed"), Some("primary"), Some("PricingCompleted")];
    let sdk = Sdk::Node("standardwebhooks");
    Flow { sdk, provider: "printprice", secret: PRINTPRICE_SECRET, body, printed, more: json!({}) }.play();
}

#[test]
fn standardwebhooks_of_npm_sends_for_itself() {
    let body = r#"{"type":"user.created","data":{"id":"user_1"}}"#.to_owned();
    let printed = [Some("msg_1"), Some("user.created"), Some("primary"), None];
    let (sdk, provider) = (Sdk::Node("standardwebhooks"), "standard-webhooks-v1");
    Flow { sdk, provider, secret: STANDARD_SECRET, body, printed, more: json!({}) }.play();
}

#[test]
fn stripe_of_npm_sends_for_itself() {
    stripe(Sdk::Node("stripe"), STRIPE_SECRET, "primary").play();
}

#[test]
fn stripe_of_npm_sends_with_the_secret_before_the_rotation() {
    stripe(Sdk::Node("stripe"), OLD_STRIPE_SECRET, "previous").play();
}

#[test]
fn stripe_of_pypi_sends_for_itself() {
    stripe(Sdk::Python("stripe"), STRIPE_SECRET, "primary").play();
}

#[test]
fn stripe_of_npm_sends_for_preflix() {
    preflix(Sdk::Node("stripe")).play();
}

#[test]
fn stripe_of_pypi_sends_for_preflix() {
    preflix(Sdk::Python("stripe")).play();
}

#[test]
fn octokit_sends_for_github() {
    let body = r#"{"ref":"refs/heads/main","pusher":{"name":"Zoë"}}"#.to_owned();
    let printed = [Some("msg_1"), Some("push"), Some("primary"), None];
    let (sdk, provider) = (Sdk::Node("octokit"), "github-sha256");
    Flow { sdk, provider, secret: GITHUB_SECRET, body, printed, more: json!({}) }.play();
}

#[test]
fn octokit_sends_for_proxiant() {
    let body = format!(
        r#"{{"id":"del_1","event":"job.served","created_at":"{}","data":{{"job":{{"id":"9b1deb4d"}},"attempt":{{"id":"b2c3d4e5","narrative":"Subject answered door – “yes”"}}}}}}"#,
        rfc3339(now())
    );
    let printed = [Some("del_1"), Some("job.served"), Some("primary"), Some("JobServed")];
    let more = json!({"header_map": {"x-hub-signature-256": "x-proxiant-signature"}});
    let sdk = Sdk::Node("octokit");
    Flow { sdk, provider: "proxiant", secret: PROXIANT_SECRET, body, printed, more }.play();
}

#[test]
fn twilio_sends_for_itself() {
    let body = "MessageStatus=delivered&To=%2B15551234567&Body=hello+w%C3%B6rld%21&Empty=&Digits=5&Digits=1&Digits=1";
    let printed = [None, Some("delivered"), Some("primary"), None];
    let (sdk, provider, body) = (Sdk::Node("twilio"), "twilio-form", body.to_owned());
    Flow { sdk, provider, secret: TWILIO_SECRET, body, printed, more: json!({}) }.play();
}

fn redpin(sdk: Sdk) -> Flow {
    let body = r#"{"event_name":"REFERRAL_CREATED","status":"CREATED","referral_id":"ref_1","partner_id":"Zoë & Söhne"}"#;
    let printed = [Some("msg_1"), Some("REFERRAL_CREATED"), Some("primary"), Some("ReferralCreated")];
    Flow { sdk, provider: "redpin", secret: REDPIN_SECRET, body: body.to_owned(), printed, more: json!({}) }
}

fn stripe(sdk: Sdk, secret: &'static str, key: &'static str) -> Flow {
    let body =
        r#"{"id":"evt_1","object":"event","type":"invoice.paid","data":{"object":{"customer":"Zoë"}}}"#;
    let printed = [Some("evt_1"), Some("invoice.paid"), Some(key), None];
    Flow { sdk, provider: "stripe", secret, body: body.to_owned(), printed, more: json!({}) }
}

/// Returns a flow in which the same content is signed and sent with other header names.
fn preflix(sdk: Sdk) -> Flow {
    let body = r#"{"id":"evt_7b2","type":"audit.completed","data":{"bill_id":"bill_8f4","report_id":"report_33","status":"complete"}}"#;
    let printed = [Some("evt_7b2"), Some("audit.completed"), Some("primary"), Some("AuditCompleted")];
    let more = json!({
        "split": true,
        "header_map": {"timestamp": "preflixai-timestamp", "signature": "preflixai-signature"},
    });
    Flow { sdk, provider: "preflix", secret: PREFLIX_SECRET, body: body.to_owned(), printed, more }
}

fn mismatch() -> (u64, String) {
    (401, r#"{"title":"signature_mismatch","status":401}"#.to_owned())
}

/// The environment of the programs.
const VARIABLES: [(&str, &str); 11] = [
    ("PREFLIX_SECRET", PREFLIX_SECRET),
    ("REDPIN_SECRET", REDPIN_SECRET),
    ("PRINTPRICE_SECRET", PRINTPRICE_SECRET),
    ("PROXIANT_SECRET", PROXIANT_SECRET),
    ("GITHUB_SHA256_SECRET", GITHUB_SECRET),
    ("STANDARD_WEBHOOKS_V1_SECRET", STANDARD_SECRET),
    ("STRIPE_SECRET", STRIPE_SECRET),
    ("STRIPE_SECRET_PREVIOUS", OLD_STRIPE_SECRET),
    ("SVIX_SECRET", SVIX_SECRET),
    ("TWILIO_FORM_SECRET", TWILIO_SECRET),
    ("PUBLIC_URL", PUBLIC_URL),
];
const PUBLIC_URL: &str = "https://hooks.example.com";
const PREFLIX_SECRET: &str = "preflix-secret";
const REDPIN_SECRET: &str = "whsec_cmVkcGluIHNlY3JldCwgMjQgYnl0ZXMhISE=";
const PRINTPRICE_SECRET: &str = "whsec_cHJpbnRwcmljZSBzZWNyZXQsIDI0IGJ5dGU=";
const PROXIANT_SECRET: &str = "whsec_proxiant-secret";
const GITHUB_SECRET: &str = "It's-a-secret-to-everybody";
const STANDARD_SECRET: &str = "whsec_c3RhbmRhcmQgc2VjcmV0LCAyNCBieXRlcyE=";
const STRIPE_SECRET: &str = "whsec_new-stripe-secret";
const OLD_STRIPE_SECRET: &str = "whsec_old-stripe-secret";
const SVIX_SECRET: &str = "whsec_c3ZpeCBzZWNyZXQgb2YgMjQgYnl0ZXMhISE=";
const TWILIO_SECRET: &str = "12345678901234567890123456789012";
/// In a form that every SDK accepts.
const OTHER_SECRET: &str = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCEh";
