#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]
//! Provides a signed request of each provider, to change and verify.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use countersign::scheme::{Algorithm, KeyEncoding, Location};
use countersign::{
    Delivery, ErrorKind, Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, VerifyError,
    providers,
};
use http::{HeaderMap, HeaderName, HeaderValue};

pub const NOW: i64 = 1_700_000_000;
pub const SECRET: &str = "It's a Secret to Everybody";
pub const BASE64_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const BODY: &str = concat!(
    r#"{"id":"evt_1","type":"a.b","event":"a.b","event_name":"a.b","created_at":"2023-11-14T22:13:20Z","#,
    r#""event_id":"evt_1","data":{"text":"a body that must not be shown"}}"#
);
const URL: &str = "https://hooks.example.com/in?x=1";

/// Returns the providers that sign a body of any content, and need only a signature.
pub fn usual() -> impl Iterator<Item = &'static Provider> {
    // Excluded because it signs a URL that contains the digest of the body.
    let all = providers::all().filter(|provider| is_available(provider));
    let any_body =
        |content: &str| !content.contains("{body:json-sorted}") && !content.contains("{headers:sig:");
    all.filter(|provider| provider.slug != "twilio-body-sha256").filter(move |provider| {
        let content = provider.scheme.content.as_str();
        let signer = Signer::new(*provider, signing_secret(provider));
        any_body(content)
            && (content.contains("{body") || signs_form(provider))
            && signer.is_ok_and(|signer| signer.sign(&request(BODY.as_bytes())).is_ok())
            && Fixture::new(provider).verify().is_ok()
    })
}

/// Returns whether the fields of a form are signed instead of its bytes.
pub fn signs_form(provider: &Provider) -> bool {
    let content = provider.scheme.content.as_str();
    content.contains("{form:sorted}") || content.contains("{form:sorted-after-url}")
}

fn request(body: &[u8]) -> SigningRequest {
    SigningRequest::new(body.to_vec(), UnixTime::from_secs(NOW))
        .with_id("msg_1")
        .with_event_type("a.b")
        .with_url(URL)
}

#[derive(Clone)]
pub struct Fixture {
    provider: &'static Provider,
    headers: HeaderMap,
    body: Vec<u8>,
    url: Option<&'static str>,
}

impl Fixture {
    pub fn new(provider: &'static Provider) -> Self {
        Self { provider, headers: HeaderMap::new(), body: Vec::new(), url: Some(URL) }
            .with_signed_body(BODY.as_bytes())
    }

    /// Replaces the body and signs it.
    pub fn with_signed_body(mut self, body: &[u8]) -> Self {
        let signer = Signer::new(self.provider, signing_secret(self.provider)).unwrap();
        self.headers = signer.sign(&request(body)).unwrap();
        self.body = body.to_vec();
        self
    }

    /// Replaces the body and signs it, unless it has a timestamp of its own.
    pub fn with_body(self, body: &[u8]) -> Self {
        if self.provider.slug == "proxiant"
            || body.ends_with(b" ") && !body.starts_with("\u{feff}".as_bytes())
        {
            return Self { body: body.to_vec(), ..self };
        }
        self.with_signed_body(body)
    }

    pub fn with_headers(self, headers: HeaderMap) -> Self {
        Self { headers, ..self }
    }

    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(HeaderName::try_from(name).unwrap(), HeaderValue::from_str(value).unwrap());
        self
    }

    pub fn append_header(mut self, name: &str, value: HeaderValue) -> Self {
        self.headers.append(HeaderName::try_from(name).unwrap(), value);
        self
    }

    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    pub fn without_url(self) -> Self {
        Self { url: None, ..self }
    }

    pub fn renamed(&self, from: &str, to: &str) -> Self {
        let renamed = self.headers.iter().map(|(name, value)| {
            (HeaderName::try_from(name.as_str().replacen(from, to, 1)).unwrap(), value.clone())
        });
        Self { headers: renamed.collect(), ..self.clone() }
    }

    pub fn header(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }

    pub fn signature_header(&self) -> String {
        match &self.provider.scheme.signature.at {
            // The first of numbered headers.
            Location::Header(names) => names.split(',').next().unwrap().replace('*', "1"),
            other => panic!("{other}"),
        }
    }

    pub fn body(&self) -> &[u8] {
        &self.body
    }

    pub fn head(&self) -> Head<'_> {
        let head = Head::new(&self.headers);
        match self.url {
            Some(url) => head.with_url(url),
            None => head,
        }
    }

    pub fn verifier(&self) -> Verifier {
        Verifier::new(self.provider, secret(self.provider)).unwrap()
    }

    pub fn verify(&self) -> Result<Delivery, VerifyError> {
        self.verify_at(NOW)
    }

    pub fn verify_at(&self, secs: i64) -> Result<Delivery, VerifyError> {
        self.verifier().verify(&self.head(), self.body.clone(), UnixTime::from_secs(secs))
    }

    pub fn error(&self) -> VerifyError {
        self.verify().unwrap_err()
    }

    pub fn reject(&self) -> ErrorKind {
        self.error().kind()
    }
}

/// Includes a key of `data/keys`.
macro_rules! key {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/keys/", $name))
    };
}

/// Returns whether the algorithm is compiled in. Tokens are tested in `tests/jwts`.
pub fn is_available(provider: &Provider) -> bool {
    let compiled_in = cfg!(feature = "asymmetric") || !provider.scheme.algorithm.is_asymmetric();
    compiled_in && provider.scheme.jwt.is_none()
}

/// Returns a secret in the provider's format for its receiver: a public key if there is a pair.
pub fn secret(provider: &Provider) -> Secret {
    let text = match provider.scheme.algorithm {
        Algorithm::Ed25519 => key!("ed.spki.pem").to_owned(),
        Algorithm::EcdsaP256Sha256 | Algorithm::EcdsaP256Sha1 => key!("ec.spki.pem").to_owned(),
        Algorithm::RsaSha256 | Algorithm::RsaSha512 | Algorithm::RsaSha1 => {
            key!("rsa2048.spki.pem").to_owned()
        }
        _ => secret_text(provider, SECRET, BASE64_SECRET.trim_start_matches("whsec_")),
    };
    Secret::new(text).unwrap()
}

/// Returns the secret for the sender.
pub fn signing_secret(provider: &Provider) -> Secret {
    let text = match provider.scheme.algorithm {
        Algorithm::Ed25519 => key!("ed.pkcs8.pem"),
        Algorithm::EcdsaP256Sha256 | Algorithm::EcdsaP256Sha1 => key!("ec.pkcs8.pem"),
        Algorithm::RsaSha256 | Algorithm::RsaSha512 | Algorithm::RsaSha1 => key!("rsa2048.pkcs8.pem"),
        _ => return secret(provider),
    };
    Secret::new(text).unwrap()
}

/// Returns the secret from a text without `|` and `:`, and from Base64 without a prefix.
pub fn secret_text(provider: &Provider, text: &str, base64: &str) -> String {
    let key = &provider.scheme.key;
    let front = |separated: &str| separated.split('|').next().unwrap().to_owned();
    let key_id = if key.after.is_empty() { String::new() } else { format!("key-id{}", key.after) };
    let rest = match key.encoding {
        KeyEncoding::Base64 => front(&key.prefix) + base64,
        KeyEncoding::Hex => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
        _ if provider.scheme.algorithm == Algorithm::Basic => format!("user:{text}"),
        _ => text.to_owned(),
    };
    key_id + &rest
}

/// Returns headers of a Svix message with any id and timestamp, signed through a body that contains them: the
/// signed content is `{id}.{timestamp}.{body}`, so a scheme that signs only the body yields the same signature over
/// all three.
pub fn svix_headers(id: &str, timestamp: &str, body: &str) -> HeaderMap {
    let mut plain = providers::SVIX.clone();
    plain.scheme.content = countersign::scheme::Template::new("{body}");
    plain.scheme.timestamp = None;
    plain.event.id = None;
    let signer = Signer::new(plain, secret(&providers::SVIX)).unwrap();
    let content = format!("{id}.{timestamp}.{body}");
    let mut headers = signer.sign(&SigningRequest::new(content, UnixTime::from_secs(NOW))).unwrap();
    headers.insert("svix-id", HeaderValue::from_str(id).unwrap());
    headers.insert("svix-timestamp", HeaderValue::from_str(timestamp).unwrap());
    headers
}
