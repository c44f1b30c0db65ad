//! Signs JWTs for every declaration that has them.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign::{
    Delivery, Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, VerifyError, providers,
};
use http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const NOW: i64 = 1_700_000_000;

pub(crate) const URL: &str = "https://hooks.example.com/in?x=1";

pub(crate) const BODY: &str = r#"{"id":"7","type":"a.b","data":{"x":1}}"#;

pub(crate) const JWKS: &str = include_str!("../data/jwts/jwks.json");

pub(crate) const SECRET: &str = "It's a Secret to Everybody";

/// Returns the declarations with JWTs. Those with certificates are tested in `signed_payloads`.
pub(crate) fn providers_with_jwts() -> impl Iterator<Item = &'static Provider> {
    let brings_none =
        |provider: &&Provider| provider.scheme.jwt.as_ref().is_some_and(|rules| rules.certificates.is_none());
    providers::all().filter(brings_none)
}

/// A request signed by a provider.
pub(crate) struct Fixture {
    pub(crate) provider: Provider,
    pub(crate) secret: Secret,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Fixture {
    pub(crate) fn new(declared: &Provider) -> Self {
        Self::of(declared, BODY)
    }

    pub(crate) fn of(declared: &Provider, body: &str) -> Self {
        let provider = filled(&declared.slug, &parameters());
        let first = provider.scheme.jwt.as_ref().unwrap().algorithms.split('|').next().unwrap().to_owned();
        let (public, private) = match first.get(..2).unwrap() {
            "RS" => (key("rsa2048.spki.pem"), key("rsa2048.pkcs8.pem")),
            "ES" if first == "ES512" => (key("p521.spki.pem"), key("p521.pkcs8.pem")),
            "ES" => (key("ec.spki.pem"), key("ec.pkcs8.pem")),
            _ => (SECRET.to_owned(), SECRET.to_owned()),
        };
        let signer = Signer::new(provider.clone(), Secret::new(private.trim_end()).unwrap()).unwrap();
        let request =
            SigningRequest::new(body.to_owned(), UnixTime::from_secs(NOW)).with_id("msg_1").with_url(URL);
        let headers = signer.sign(&request).unwrap();
        let body = match signer.is_in_body() {
            true => signer.signature(&request).unwrap().into_bytes(),
            false => body.as_bytes().to_vec(),
        };
        Self { provider, secret: Secret::new(public.trim_end()).unwrap(), headers, body }
    }

    pub(crate) fn takes_text(&self) -> bool {
        self.secret.expose_secret() == SECRET
    }

    pub(crate) fn head(&self) -> Head<'_> {
        Head::new(&self.headers).with_url(URL)
    }

    pub(crate) fn verifier(&self) -> Verifier {
        Verifier::new(self.provider.clone(), self.secret.clone()).unwrap()
    }

    pub(crate) fn verify(&self) -> Result<Delivery, VerifyError> {
        self.verifier().verify(&self.head(), self.body.clone(), UnixTime::from_secs(NOW))
    }

    pub(crate) fn verdict(&self, body: &[u8], now: i64) -> String {
        verdict(self.verifier().verify(&self.head(), body.to_vec(), UnixTime::from_secs(now)))
    }

    /// Returns the header with the JWT.
    pub(crate) fn jwt(&self) -> (HeaderName, String) {
        let (name, jwt) =
            self.headers.iter().find(|(_, value)| value.as_bytes().starts_with(b"eyJ")).unwrap();
        (name.clone(), jwt.to_str().unwrap().to_owned())
    }
}

pub(crate) fn verdict(verdict: Result<Delivery, VerifyError>) -> String {
    match verdict {
        Ok(_) => "valid".to_owned(),
        Err(error) => error.kind().to_string(),
    }
}

pub(crate) fn in_header(provider: &Provider, jwt: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let prefix = match &*provider.slug {
        "atlassian-connect" => "JWT ",
        "event-grid" | "pubsub" | "vonage" => "Bearer ",
        _ => "",
    };
    let at = provider.scheme.signature.at.to_string();
    if let Some(name) = at.strip_prefix("header:") {
        let value = HeaderValue::from_str(&format!("{prefix}{jwt}")).unwrap();
        headers.insert(HeaderName::try_from(name).unwrap(), value);
    }
    headers
}

pub(crate) fn filled(slug: &str, parameters: &BTreeMap<String, String>) -> Provider {
    let provider = providers::find(slug).unwrap().clone();
    parameters.iter().fold(provider, |provider, (name, value)| provider.with_parameter(name, value))
}

pub(crate) fn parameters() -> BTreeMap<String, String> {
    ["audience", "issuer", "email", "app_id", "api_key"]
        .map(|name| (name.to_owned(), format!("my {name}")))
        .into()
}

pub(crate) fn part(jwt: &str, position: usize) -> serde_json::Value {
    let part = jwt.split('.').nth(position).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

pub(crate) fn base64_of(text: &str) -> String {
    STANDARD.encode(text)
}

pub(crate) fn key(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/keys/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap()
}

/// The key of the example in RFC 7515, appendix A.2.
pub(crate) const OTHER_RSA: &str = r#"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#;
