//! Requests for an SDK and for a verifier.

use bytes::Bytes;
use countersign::scheme::Location;
use countersign::{
    Head, Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier, VerifyError,
};
use countersign_tests::NOW;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::row::Row;

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) url: String,
}

impl Delivery {
    /// Returns a request signed by this crate.
    pub(crate) fn signed(row: &Row, secret: &str, at: UnixTime) -> Self {
        let signer = Signer::new(row.declaration(), Secret::new(secret).unwrap()).unwrap();
        let others = row.headers.iter().map(|&(name, value)| header(name, value));
        let seconds = at.as_secs();
        let body = row.body.replace("{seconds}", &seconds.to_string());
        let mut body = body.replace("{milliseconds}", &(seconds * 1000).to_string());
        let mut request = SigningRequest::new(body.clone(), at).with_url(row.url).with_id(ID);
        request = others.clone().fold(request, |request, (name, value)| request.with_header(name, value));
        let mut headers = signer.sign(&request).unwrap();
        if signer.is_in_body() && body.contains("{signature}") {
            let signature = signer.signature(&request).unwrap();
            let encoded: String = form_urlencoded::byte_serialize(signature.as_bytes()).collect();
            body = body.replace("{signature}", &encoded);
        } else if signer.is_in_body() {
            let signed = signer.sign_request(&request).unwrap();
            body = String::from_utf8(signed.body.to_vec()).unwrap();
        }
        headers.extend(others);
        Self { headers, body, url: row.url.to_owned() }
    }

    /// Returns a request signed by an SDK, from its answer.
    pub(crate) fn of(answer: &Value, url: &str) -> Self {
        let headers = answer["headers"].as_object().unwrap_or_else(|| panic!("{answer}"));
        let headers = headers.iter().map(|(name, value)| header(name, value.as_str().unwrap()));
        Self {
            headers: headers.collect(),
            body: answer["body"].as_str().unwrap().to_owned(),
            url: url.to_owned(),
        }
    }

    /// Changes the body.
    pub(crate) fn with_body_changed(self, [from, to]: [&str; 2]) -> Self {
        assert!(self.body.contains(from), "{} has no {from}", self.body);
        Self { body: self.body.replace(from, to), ..self }
    }

    /// Changes the URL.
    pub(crate) fn with_url_changed(self, [from, to]: [&str; 2]) -> Self {
        assert!(self.url.contains(from), "{} has no {from}", self.url);
        Self { url: self.url.replace(from, to), ..self }
    }

    /// Changes the id, if it is in a header.
    pub(crate) fn with_other_id(mut self, provider: &Provider) -> Option<Self> {
        let Some(Location::Header(names)) = &provider.event.id else { return None };
        let (name, value) = header(names.split(',').next()?, "another-id");
        self.headers.insert(name, value);
        Some(self)
    }

    /// Returns the job for an SDK.
    pub(crate) fn job(&self, secret: &str) -> Value {
        let headers =
            self.headers.iter().map(|(name, value)| (name.to_string(), json!(value.to_str().unwrap())));
        let headers: serde_json::Map<_, _> = headers.collect();
        json!({"action": "verify", "secret": secret, "headers": headers, "body": self.body, "url": self.url})
    }

    /// Returns the result of this crate.
    pub(crate) fn verified(&self, provider: Provider, secret: &str) -> Result<(), VerifyError> {
        let verifier = Verifier::new(provider, SecretSet::from(Secret::new(secret).unwrap())).unwrap();
        let head = Head::new(&self.headers).with_url(&self.url);
        verifier.verify(&head, Bytes::from(self.body.clone()), NOW).map(drop)
    }
}

fn header(name: &str, value: &str) -> (HeaderName, HeaderValue) {
    (name.parse().unwrap(), value.parse().unwrap())
}

/// The id of all requests signed by this crate.
pub(crate) const ID: &str = "msg_1";
