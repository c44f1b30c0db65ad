//! Tests of each cause: a request is signed, one thing is changed, and the diagnosis must name it.

mod body;
mod head;
mod secret;
mod whole;

use std::io::Write;

use bytes::Bytes;
use countersign::providers::{GITHUB, SHOPIFY, SLACK, STRIPE, SVIX, TWILIO, preflix};
use countersign::scheme::{Algorithm, Encoding, KeyEncoding, KeyFormat, Template, TimestampFormat};
use countersign::{Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderName, HeaderValue};

use super::case::Stored;
use super::*;
use crate::diagnose;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const BODY: &str =
    r#"{"type":"a.b","id":"evt_1","url":"https://x.y/z","data":{"text":"é & <b>","n":1.00,"a":[]}}"#;
const URL: &str = "https://hooks.example.com/in/twilio?tenant=7";

/// A request as it was sent, and the configuration of the receiver.
#[derive(Clone)]
struct Fixture {
    provider: Provider,
    secret: String,
    captured: Captured,
    others: Vec<(&'static str, String)>,
    now: UnixTime,
}

/// Creates a correct request: the provider signs this body with this secret.
fn sent(provider: &Provider, secret: &str, body: impl Into<Bytes>) -> Fixture {
    let body = body.into();
    let secrets = Stored::set([&Stored::new("primary", secret)]);
    let request = SigningRequest::new(body.clone(), NOW)
        .with_id("msg_1")
        .with_event_type("a.b")
        .with_url(URL)
        .with_header(HeaderName::from_static("x-nonce"), HeaderValue::from_static("nonce"));
    let mut headers = Signer::new(provider.clone(), secrets).unwrap().sign(&request).unwrap();
    headers.insert("host", HeaderValue::from_static("hooks.example.com"));
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    if provider.scheme.content.as_str().contains("{form") {
        headers.insert("content-type", HeaderValue::from_static("application/x-www-form-urlencoded"));
    }
    Fixture {
        provider: provider.clone(),
        secret: secret.to_owned(),
        captured: Captured::new(headers, body).with_url(URL),
        others: Vec::new(),
        now: NOW,
    }
}

impl Fixture {
    fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.captured.body = body.into();
        self
    }

    fn secret(self, secret: impl Into<String>) -> Self {
        Self { secret: secret.into(), ..self }
    }

    fn url(mut self, url: &str) -> Self {
        self.captured.url = Some(url.to_owned());
        self
    }

    fn header(mut self, name: &'static str, value: &str) -> Self {
        self.captured.headers.insert(name, HeaderValue::try_from(value).unwrap());
        self
    }

    fn value(&self, name: &str) -> String {
        self.captured.headers[name].to_str().unwrap().to_owned()
    }

    fn change(self, name: &'static str, change: impl Fn(&str) -> String) -> Self {
        let value = change(&self.value(name));
        self.header(name, &value)
    }

    fn rename(mut self, from: &str, to: &'static str) -> Self {
        let value = self.captured.headers.remove(from).unwrap();
        self.captured.headers.insert(to, value);
        self
    }

    fn believed(self, provider: &Provider) -> Self {
        Self { provider: provider.clone(), ..self }
    }

    fn after(self, secs: i64) -> Self {
        Self { now: UnixTime::from_secs(NOW.as_secs() + secs), ..self }
    }

    fn diagnose(&self) -> Diagnosis {
        let mut diagnoser =
            Diagnoser::new(self.provider.clone()).with_stored_secret("primary", &*self.secret);
        for (name, text) in &self.others {
            diagnoser = diagnoser.with_other_secret(*name, text.as_str());
        }
        diagnoser.diagnose(&self.captured, self.now)
    }
}

/// Returns the codes, after checking the messages.
fn codes(name: &str, fixture: &Fixture) -> Vec<&'static str> {
    let diagnosis = fixture.diagnose();
    let said = format!("{diagnosis} {diagnosis:?}");
    for hidden in [SECRET, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "evt_1", fixture.secret.trim()] {
        assert!(hidden.is_empty() || !said.contains(hidden), "{name}: {said}");
    }
    match diagnosis {
        Diagnosis::Explained { causes, tried, .. } => {
            assert!((1..=16384).contains(&tried), "{name}: {tried}");
            causes.iter().map(Cause::code).collect()
        }
        other => panic!("{name}: {other}"),
    }
}

/// Checks rows of a name, the only cause, and the request.
fn check(rows: Vec<(&str, &'static str, Fixture)>) {
    for (name, code, fixture) in rows {
        assert_eq!(codes(name, &fixture), [code], "{name}");
    }
}

fn github() -> Fixture {
    sent(&GITHUB, SECRET, BODY)
}

fn twilio() -> Fixture {
    sent(&TWILIO, SECRET, "Body=hello+world&From=%2B1555")
}

fn with(provider: &Provider, change: impl Fn(&mut Provider)) -> Provider {
    let mut provider = provider.clone();
    change(&mut provider);
    provider
}

fn text(node: &str, from: &str, to: &str) -> String {
    assert!(node.contains(from), "{node} has no {from}");
    node.replace(from, to)
}

fn pretty(indent: &str) -> String {
    let lines = [
        "{",
        "#\"type\": \"a.b\",",
        "#\"id\": \"evt_1\",",
        "#\"url\": \"https://x.y/z\",",
        "#\"data\": {",
        "##\"text\": \"é & <b>\",",
        "##\"n\": 1.00,",
        "##\"a\": []",
        "#}",
        "}",
    ];
    lines.join("\n").replace('#', indent)
}

impl Fixture {
    /// Signs again for another URL, with unchanged configuration of the receiver.
    fn url_signed(self, url: &str) -> Self {
        let secrets = SecretSet::new(Secret::new(&*self.secret).unwrap());
        let request = SigningRequest::new(self.captured.body.clone(), NOW).with_url(url);
        let headers = Signer::new(self.provider.clone(), secrets).unwrap().sign(&request).unwrap();
        let mut fixture = self;
        fixture.captured.headers.extend(headers);
        fixture
    }

    fn without_url(mut self) -> Self {
        self.captured.url = None;
        self
    }
}
