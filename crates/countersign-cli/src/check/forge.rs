//! Makes deliveries as the provider does, and forgeries of them.

use std::borrow::Cow;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign::scheme::Location;
use countersign::{
    Clock, Coverage, ErrorKind, Head, Provider, SecretSet, Signer, SigningRequest, SystemClock, UnixTime,
    Verifier,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

use super::layout::Layout;
use super::message::Message;
use super::sample::{Content, Sample, Unsigned};

/// The key that signs a delivery.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Key {
    /// The current secret.
    Current,
    /// The previous secret, which the receiver still accepts.
    Previous,
    /// A secret that the receiver no longer accepts.
    Retired,
    /// A secret that the receiver never had.
    Foreign,
}

/// Makes the deliveries of one run.
pub(super) struct Forge {
    pub(super) provider: Provider,
    pub(super) coverage: Coverage,
    pub(super) sample: Sample,
    pub(super) keys: Vec<(Key, Signer)>,
    /// The secrets that the receiver accepts, the current one first.
    pub(super) secrets: SecretSet,
    /// Verifies as the receiver should. Providers with key pairs have none, unless the public key was given.
    pub(super) reference: Option<Verifier>,
    /// The public URL without path.
    pub(super) origin: String,
    /// Path and query of the endpoint.
    pub(super) target: String,
    /// Further headers of every request.
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    /// The layout of JSON that the receiver accepts.
    pub(super) layout: OnceLock<Layout>,
    run: String,
    count: AtomicU64,
}

/// A delivery before it is signed.
#[derive(Clone)]
#[must_use]
pub(super) struct Draft<'f> {
    forge: &'f Forge,
    id: Option<String>,
    event_type: String,
    at: UnixTime,
    key: Key,
    layout: Layout,
    content: Content,
}

impl Forge {
    pub(super) fn new(
        provider: Provider,
        sample: Sample,
        secrets: &SecretSet,
        keys: Vec<(Key, Signer)>,
        coverage: Coverage,
    ) -> Self {
        let reference = Verifier::new(Cow::Owned(provider.clone()), secrets.clone()).ok();
        let run = Uuid::new_v4().simple().to_string().chars().take(10).collect();
        Self {
            provider,
            coverage,
            sample,
            keys,
            secrets: secrets.clone(),
            reference,
            origin: String::new(),
            target: String::new(),
            headers: Vec::new(),
            layout: OnceLock::new(),
            run,
            count: AtomicU64::new(0),
        }
    }

    /// Starts a genuine delivery with a new id.
    pub(super) fn draft(&self) -> Draft<'_> {
        Draft {
            forge: self,
            id: Some(self.new_id()),
            event_type: self.sample.event_type.clone(),
            at: SystemClock.now(),
            key: Key::Current,
            layout: self.layout.get().copied().unwrap_or_default(),
            content: Content::Sample,
        }
    }

    /// Returns the greatest age in seconds that the declaration accepts, if it bounds the age. A JWT has a limit of its own.
    pub(super) fn max_age(&self) -> Option<u64> {
        let scheme = &self.provider.scheme;
        let past = scheme.timestamp.as_ref()?.tolerance.past()?;
        let of_jwt = scheme.jwt.as_ref().and_then(|rules| rules.max_age_secs);
        Some(past.saturating_add(of_jwt.unwrap_or_default()))
    }

    /// Makes a genuine delivery with a new id.
    pub(super) fn genuine(&self) -> Result<Message, String> {
        self.draft().sign()
    }

    pub(super) fn new_id(&self) -> String {
        format!("evt_{}", self.token())
    }

    /// Returns a text that no other request contains.
    pub(super) fn token(&self) -> String {
        format!("{}{:04}", self.run, self.count.fetch_add(1, Ordering::Relaxed))
    }

    pub(super) fn signer(&self, key: Key) -> Option<&Signer> {
        self.keys.iter().find(|(other, _)| *other == key).map(|(_, signer)| signer)
    }

    /// Returns whether a receiver that follows the declaration accepts the message now. `None` is not known.
    pub(super) fn accepts(&self, message: &Message) -> Option<bool> {
        self.verify(message).map(|verified| verified.is_ok())
    }

    /// Verifies the message as a receiver that follows the declaration, now. `None` is not known.
    pub(super) fn verify(&self, message: &Message) -> Option<Result<(), ErrorKind>> {
        let verifier = self.reference.as_ref()?;
        let mut headers = HeaderMap::new();
        for (name, value) in &message.headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) else {
                return Some(Err(ErrorKind::MalformedHeader));
            };
            headers.append(name, value);
        }
        let url = format!("{}{}", self.origin, message.target);
        let head = Head::new(&headers).with_method(&message.method).with_url(&url);
        let verified = verifier.verify(&head, message.body.clone(), SystemClock.now());
        Some(verified.map(drop).map_err(|error| error.kind()))
    }

    /// Returns the names of the signature headers that the message has.
    pub(super) fn signature_headers(&self, message: &Message) -> Vec<String> {
        let places = self.provider.scheme.signature.at.alternatives().iter();
        let names = places.filter_map(|at| match at {
            Location::Header(names) => Some(names.split(',').map(str::trim)),
            _ => None,
        });
        let names = names.flatten().filter(|name| message.header(name).is_some());
        names.map(str::to_owned).collect()
    }

    /// Returns the signatures in the message as text.
    fn signatures(&self, message: &Message) -> Vec<String> {
        let field = message.get(&self.provider, &self.provider.scheme.signature.at);
        let separators = |character: char| matches!(character, ',' | ';' | ' ' | '"');
        let field = field.unwrap_or_default();
        let parts = field.split(separators).map(|part| {
            let part = part.trim();
            let tag = part.find('=').filter(|at| *at < SHORT_TAG && at + 1 < part.len());
            tag.and_then(|at| part.get(at + 1..)).unwrap_or(part)
        });
        parts.filter(|part| part.len() >= SHORTEST_SIGNATURE).map(str::to_owned).collect()
    }
}

impl Draft<'_> {
    pub(super) fn with_id(self, id: Option<&str>) -> Self {
        Self { id: id.map(str::to_owned), ..self }
    }

    pub(super) fn with_event_type(self, event_type: &str) -> Self {
        Self { event_type: event_type.to_owned(), ..self }
    }

    /// Moves the timestamp by this many seconds.
    pub(super) fn moved(self, secs: i64) -> Self {
        Self { at: UnixTime::from_secs(self.at.as_secs().saturating_add(secs)), ..self }
    }

    pub(super) fn signed_by(self, key: Key) -> Self {
        Self { key, ..self }
    }

    pub(super) fn in_layout(self, layout: Layout) -> Self {
        Self { layout, ..self }
    }

    pub(super) fn with_content(self, content: Content) -> Self {
        Self { content, ..self }
    }

    /// Returns the body before it is signed.
    pub(super) fn body(&self) -> Result<Vec<u8>, String> {
        Ok(self.unsigned()?.document.into_bytes(self.layout))
    }

    fn unsigned(&self) -> Result<Unsigned, String> {
        let Forge { sample, provider, .. } = self.forge;
        sample.unsigned(provider, &self.content, self.id.as_deref(), &self.event_type, self.at)
    }

    /// Signs the delivery.
    pub(super) fn sign(&self) -> Result<Message, String> {
        self.sign_with(self.forge.signer(self.key).ok_or("there is no such secret")?)
    }

    /// Signs the delivery in another way.
    pub(super) fn sign_with(&self, signer: &Signer) -> Result<Message, String> {
        let forge = self.forge;
        let url = format!("{}{}", forge.origin, forge.target);
        let Unsigned { document, headers, items } = self.unsigned()?;
        let mut request = SigningRequest::new(document.into_bytes(self.layout), self.at).with_url(url);
        if let Some(id) = &self.id {
            request = request.with_id(id);
        }
        request = request.with_event_type(&self.event_type);
        for (name, value) in headers.iter().chain(forge.headers.iter().map(|(name, value)| (name, value))) {
            request = request.with_header(name.clone(), value.clone());
        }
        for (tag, value) in items {
            request = request.with_signature_item(tag, value);
        }
        let signed = signer.sign_request(&request).map_err(|error| format!("cannot be signed: {error}"))?;
        let headers = signed.headers.iter();
        let url = signed.url.unwrap_or_default();
        let mut message = Message {
            method: signed.method,
            target: url.strip_prefix(&forge.origin).unwrap_or(&forge.target).to_owned(),
            headers: headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect(),
            body: signed.body.to_vec(),
            id: self.id.clone().unwrap_or_default(),
            signatures: Vec::new(),
        };
        message.signatures = forge.signatures(&message);
        Ok(message)
    }
}

/// Shorter texts occur in logs by chance.
const SHORTEST_SIGNATURE: usize = 16;
/// The longest tag in front of a signature.
const SHORT_TAG: usize = 16;
