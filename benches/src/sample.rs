//! Signed requests, as their senders make them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use countersign::scheme::{Format, Location};
use countersign::{Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// The scheme of a provider, written independently, so that the lower bound is computed without the crate under
/// test.
#[derive(Clone, Copy, Debug)]
pub struct Sender {
    /// The declaration of the verifier.
    pub provider: &'static Provider,
    /// The signed content before the body, with `{id}` and `{timestamp}`.
    before: &'static str,
    /// Whether the secret is Base64 after `whsec_` instead of the key itself.
    whsec: bool,
}

/// A signed request.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Signature, timestamp and id, among common headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The signed content before the body.
    pub before: String,
    /// The time of signing.
    pub time: UnixTime,
}

impl Sender {
    /// Returns the sender with this slug.
    #[must_use]
    pub fn find(slug: &str) -> Option<Self> {
        SENDERS.iter().find(|sender| sender.provider.slug == slug).copied()
    }

    /// Returns the secret, as the provider displays it.
    #[must_use]
    pub fn secret(&self) -> String {
        if self.whsec { format!("whsec_{}", STANDARD.encode(KEY)) } else { self.plain() }
    }

    /// Returns the key that the secret stands for.
    #[must_use]
    pub fn key(&self) -> Vec<u8> {
        if self.whsec { KEY.to_vec() } else { self.plain().into_bytes() }
    }

    /// Returns a verifier with the defaults of the declaration.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        Verifier::new(self.provider, Secret::new(self.secret()).unwrap()).unwrap()
    }

    /// Signs a request with this body at `time`, with common headers.
    #[must_use]
    pub fn sign(&self, body: Bytes, time: UnixTime) -> Sample {
        let headers = everyday_headers(body.len());
        self.sign_among(headers, body, time)
    }

    /// Signs a request with only the headers of the provider.
    #[must_use]
    pub fn sign_alone(&self, body: Bytes, time: UnixTime) -> Sample {
        self.sign_among(HeaderMap::new(), body, time)
    }

    /// Signs a request with `count` signatures in the provider's list, of which the last is right. The others are
    /// well-formed, so that no verifier can skip them.
    #[must_use]
    pub fn sign_last_of(&self, count: usize, body: Bytes, time: UnixTime) -> Sample {
        let mut sample = self.sign(body, time);
        let (Location::Header(name), Format::List { separator, assign, tags, .. }) =
            (&self.provider.scheme.signature.at, &self.provider.scheme.signature.format)
        else {
            unreachable!("the header is no list")
        };
        let tag = format!("{tags}{assign}");
        let field = sample.headers.get(&**name).unwrap().to_str().unwrap();
        let (before, right) = field.rsplit_once(&tag).unwrap();
        let wrong = (1..count).map(|nth| format!("{tag}{}", rotated(right, nth)));
        let items: Vec<String> = wrong.chain([format!("{tag}{right}")]).collect();
        let field = format!("{before}{}", items.join(separator));
        sample.headers.insert(HeaderName::try_from(&**name).unwrap(), field.try_into().unwrap());
        sample
    }

    fn sign_among(&self, mut headers: HeaderMap, body: Bytes, time: UnixTime) -> Sample {
        let signer = Signer::new(self.provider, Secret::new(self.secret()).unwrap()).unwrap();
        let request = SigningRequest::new(body.clone(), time).with_id(ID).with_event_type("invoice.paid");
        for (name, value) in &signer.sign(&request).unwrap() {
            headers.insert(name, HeaderValue::from_str(value.to_str().unwrap()).unwrap());
        }
        let before = self.before.replace("{id}", ID).replace("{timestamp}", &time.as_secs().to_string());
        Sample { headers, body, before, time }
    }

    fn plain(&self) -> String {
        STANDARD.encode(KEY)
    }
}

/// The senders whose signature is an HMAC in a header.
pub static SENDERS: &[Sender] = &[
    Sender::new(&providers::STANDARD_WEBHOOKS, "{id}.{timestamp}.", true),
    Sender::new(&providers::SVIX, "{id}.{timestamp}.", true),
    Sender::new(&providers::GITHUB, "", false),
    Sender::new(&providers::STRIPE, "{timestamp}.", false),
    Sender::new(&providers::SLACK, "v0:{timestamp}:", false),
    Sender::new(&providers::SHOPIFY, "", false),
    Sender::new(&providers::preflix::PROVIDER, "{timestamp}.", false),
    Sender::new(&providers::redpin::PROVIDER, "{id}.{timestamp}.", true),
    Sender::new(&providers::printprice::PROVIDER, "{id}.{timestamp}.", true),
];

impl Sender {
    const fn new(provider: &'static Provider, before: &'static str, whsec: bool) -> Self {
        Self { provider, before, whsec }
    }
}

/// Returns another signature of the same form, by rotating the start. The last digit of Base64 has fewer bits than
/// the others.
fn rotated(signature: &str, by: usize) -> String {
    let (start, end) = signature.split_at(ROTATED);
    let (front, back) = start.split_at(1 + by % (ROTATED - 1));
    format!("{back}{front}{end}")
}

fn everyday_headers(length: usize) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name: HeaderName, value: &str| {
        headers.insert(name, HeaderValue::from_str(value).unwrap());
    };
    put(header::HOST, "hooks.example.com");
    put(header::USER_AGENT, "Sender-Webhooks/1.0 (+https://sender.example/webhooks)");
    put(header::ACCEPT, "*/*");
    put(header::CONTENT_TYPE, "application/json");
    put(header::CONTENT_LENGTH, &length.to_string());
    headers
}

const KEY: [u8; 24] = *b"an everyday key, 24 byte";
/// The number of rotated digits, fewer than those of SHA-256 in hexadecimal and in Base64.
const ROTATED: usize = 42;
const ID: &str = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W";
