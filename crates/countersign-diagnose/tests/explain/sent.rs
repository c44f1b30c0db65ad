//! Genuine requests of providers, for mistakes to be made on.

use countersign::scheme::{Algorithm, Encoding, Format, Location};
use countersign::{Provider, Secret, Signer, SigningRequest, providers};
use countersign_diagnose::{Captured, Cause, Diagnoser, Diagnosis, Effort};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::fixtures::{self, NOW};

pub(crate) const URL: &str = "https://hooks.example.com/in/hook?b=2&data.id=ab1&type=payment&a=1";

/// Returns a body with the members that timestamps, ids and types are read from, and one with this value.
pub(crate) fn json(value: &str) -> String {
    format!(
        concat!(
            r#"{{"id":"evt_1","type":"a.b","event":"a.b","event_type":"a.b","created_at":"2023-11-14T22:13:20Z","#,
            r#""webhookTimestamp":1700000000000,"value":{}}}"#
        ),
        value
    )
}

#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) provider: Provider,
    pub(crate) secret: String,
    pub(crate) url: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    /// Signs the body. Returns `None` if the provider signs something else, or puts the signature into the body.
    pub(crate) fn new(original: &Provider, body: &[u8]) -> Option<Self> {
        let provider = fixtures::complete(original);
        let (private, public) = fixtures::keys(&provider);
        Self::signed(&provider, private, public.expose_secret(), body)
    }

    pub(crate) fn signed(provider: &Provider, key: Secret, secret: &str, body: &[u8]) -> Option<Self> {
        let signer = Signer::new(provider.clone(), key).ok().filter(|signer| !signer.is_in_body())?;
        let mut request =
            SigningRequest::new(body.to_vec(), NOW).with_id("msg_100").with_event_type("a.b").with_url(URL);
        let content = provider.scheme.content.as_str();
        for name in content.split("{header:").skip(1).filter_map(|rest| rest.split('}').next()) {
            request = request.with_header(name.parse().unwrap(), HeaderValue::from_static("n10-5"));
        }
        let headers = signer.sign(&request).ok()?;
        let mut sent = Self {
            provider: provider.clone(),
            secret: secret.to_owned(),
            url: Some(URL.to_owned()),
            headers,
            body: body.to_vec(),
        };
        sent.headers.insert("host", HeaderValue::from_static("hooks.example.com"));
        let media =
            if content.contains("{form") { "application/x-www-form-urlencoded" } else { "application/json" };
        sent.headers.entry("content-type").or_insert(HeaderValue::from_static(media));
        for at in [&provider.event.id, &provider.event.event_type].into_iter().flatten() {
            if let Location::Header(names) = at {
                let name: HeaderName = names.split(',').next().unwrap().parse().unwrap();
                sent.headers.entry(name).or_insert(HeaderValue::from_static("unsigned-1"));
            }
        }
        Some(sent)
    }

    pub(crate) fn captured(&self) -> Captured {
        let captured = Captured::new(self.headers.clone(), self.body.clone());
        match &self.url {
            Some(url) => captured.with_url(url),
            None => captured,
        }
    }

    pub(crate) fn diagnose(&self) -> Diagnosis {
        let guesses = if self.provider.scheme.algorithm.is_asymmetric() { 512 } else { 16384 };
        let mut effort = Effort::PATIENT;
        effort.guesses = guesses;
        self.diagnose_with(effort)
    }

    pub(crate) fn diagnose_with(&self, effort: Effort) -> Diagnosis {
        Diagnoser::new(self.provider.clone())
            .with_stored_secret("primary", self.secret.as_str())
            .with_effort(effort)
            .diagnose(&self.captured(), NOW)
    }

    pub(crate) fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Returns the first name of the signature header.
    pub(crate) fn signature_header(&self) -> Option<HeaderName> {
        match &self.provider.scheme.signature.at {
            Location::Header(names) => names.split(',').next()?.trim().replace('*', "1").parse().ok(),
            _ => None,
        }
    }

    pub(crate) fn header(&self, name: &HeaderName) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }

    /// Replaces the lines of one header.
    pub(crate) fn with_lines(mut self, name: &HeaderName, lines: &[&str]) -> Self {
        self.headers.remove(name);
        for line in lines {
            self.headers.append(name, HeaderValue::try_from(*line).unwrap());
        }
        self
    }
}

/// Returns the declarations that sign all bytes of the body, verified by a sample request.
pub(crate) fn body_signers() -> Vec<&'static Provider> {
    let body = json("1");
    providers::all()
        .filter(|provider| provider.scheme.content.as_str().contains("{body}"))
        .filter(|provider| {
            Sent::new(provider, body.as_bytes()).is_some_and(|sent| sent.diagnose() == Diagnosis::Accepted)
        })
        .collect()
}

/// Returns one of each group of declarations with the same content and algorithm.
pub(crate) fn distinct(all: Vec<&'static Provider>) -> Vec<&'static Provider> {
    let mut seen = std::collections::HashSet::new();
    let signs = |provider: &Provider| {
        let scheme = &provider.scheme;
        (scheme.algorithm, scheme.content.as_str().to_owned(), format!("{:?}", scheme.signature.encoding))
    };
    all.into_iter().filter(|provider| seen.insert(signs(provider))).collect()
}

/// Returns those with a shared secret. Public keys cost a thousand times as much.
pub(crate) fn shared_body_signers() -> Vec<&'static Provider> {
    let mut all = body_signers();
    all.retain(|provider| is_shared(provider));
    all
}

/// Returns the declarations whose signature is an HMAC in hexadecimal, alone in its header, with the first prefix that it may have.
pub(crate) fn hex_hmacs(
    all: Vec<&'static Provider>,
) -> impl Iterator<Item = (&'static Provider, &'static str)> {
    all.into_iter().filter_map(|provider| {
        let scheme = &provider.scheme;
        let Format::Value { prefixes, .. } = &scheme.signature.format else { return None };
        let is_hmac = !scheme.algorithm.takes_secret_in_content() && scheme.algorithm != Algorithm::Token;
        let is_meant = is_hmac && scheme.signature.encoding == Encoding::Hex;
        is_meant.then(|| (provider, prefixes.split('|').next().unwrap()))
    })
}

pub(crate) fn is_shared(provider: &Provider) -> bool {
    let scheme = &provider.scheme;
    !scheme.algorithm.is_asymmetric() && scheme.jwt.is_none() && scheme.algorithm != Algorithm::Basic
}

/// Asserts that the diagnosis names one of these causes first, in a sentence that does not contain the secret.
pub(crate) fn assert_named(name: &str, sent: &Sent, codes: &[&str]) {
    let diagnosis = sent.diagnose();
    let slug = &sent.provider.slug;
    let said = diagnosis.to_string();
    assert!(sent.secret.len() < 6 || !said.contains(sent.secret.trim()), "{slug}: {name}: {said}");
    assert!(!said.contains("evt_1"), "{slug}: {name}: {said}");
    let code = diagnosis.cause().map(Cause::code);
    assert!(code.is_some_and(|code| codes.contains(&code)), "{slug}: {name}: {code:?}: {said}");
}
