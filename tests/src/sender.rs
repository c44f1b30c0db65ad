use bytes::Bytes;
use countersign::receiver::Receiver;
use countersign::{Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier};
use http::HeaderValue;
use http::header::CONTENT_TYPE;

use crate::clock::rfc3339;
use crate::{Expected, Request};

/// A provider, what it sends, and what has to be found in it.
pub struct Sender {
    /// Its declaration.
    pub provider: &'static Provider,
    /// The header with the signature.
    pub signature: &'static str,
    /// How it dates what it sends.
    pub dating: Option<Dating>,
    /// What its bodies are.
    pub content_type: &'static str,
    /// An event. `{time}` is the time when it is sent, in RFC 3339.
    pub event: Event,
    /// Whether the signature covers the id.
    pub id_signed: bool,
    /// The types of its events, where there is a catalogue.
    pub catalog: Option<Catalog>,
}

/// An event, as it is sent, and as it has to be understood.
#[derive(Clone, Copy)]
pub struct Event {
    /// What is sent.
    pub body: &'static str,
    /// Its id,
    pub id: Option<&'static str>,
    /// its type,
    pub event_type: Option<&'static str>,
    /// and the variant of the catalogue that the type has.
    pub variant: Option<&'static str>,
}

/// How a provider dates what it sends, and how far from now that may be, in seconds.
pub struct Dating {
    /// Where the timestamp is.
    pub at: Dated,
    /// How old it may be.
    pub past: i64,
    /// How far in the future it may be.
    pub future: i64,
}

/// Where a timestamp is.
pub enum Dated {
    /// In this header.
    InHeader(&'static str),
    /// In the signature, as `t=`.
    InSignature,
    /// In the body, where the event says `{time}`.
    InBody,
}

/// A catalogue of typed events.
#[derive(Clone, Copy)]
pub enum Catalog {
    /// That of Preflix.
    Preflix,
    /// That of Redpin.
    Redpin,
    /// That of PrintPrice.
    PrintPrice,
    /// That of Proxiant.
    Proxiant,
}

impl Sender {
    /// The event, signed now with the secret of the endpoint.
    pub fn genuine(&self) -> Request {
        self.sends(self.event.body)
    }

    /// Another body, signed now with the secret of the endpoint.
    pub fn sends(&self, body: impl AsRef<[u8]>) -> Request {
        self.signs(body, NOW, SECRET)
    }

    /// The event, signed so many seconds after now.
    pub fn sends_later(&self, secs: i64) -> Request {
        self.signs(self.event.body, UnixTime::from_secs(NOW.as_secs() + secs), SECRET)
    }

    /// The event, signed now with this secret.
    pub fn signs_with(&self, secret: &str) -> Request {
        self.signs(self.event.body, NOW, secret)
    }

    /// The event, with another timestamp instead of now, or without any.
    pub fn stamps(&self, stamp: Option<&str>) -> Request {
        match self.dating.as_ref().map(|dating| &dating.at) {
            Some(Dated::InHeader(name)) => match stamp {
                Some(stamp) => self.genuine().with(name, stamp),
                None => self.genuine().without(name),
            },
            Some(Dated::InSignature) => {
                let item = stamp.map(|stamp| format!("t={stamp},")).unwrap_or_default();
                let now = format!("t={},", NOW.as_secs());
                self.genuine().map(self.signature, |field| field.replace(&now, &item))
            }
            Some(Dated::InBody) => self.sends(match stamp {
                Some(stamp) => self.event.body.replace("{time}", stamp),
                None => self.event.body.replace(r#""created_at":"{time}","#, ""),
            }),
            None => panic!("{} dates nothing", self.provider.slug),
        }
    }

    /// A receiver in the middle of a rotation, at a clock that stands still.
    pub fn receiver(&self) -> Receiver {
        Receiver::new(self.verifier()).with_clock(NOW).with_public_url(PUBLIC_URL)
    }

    /// The verifier of that receiver.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        Verifier::new(self.provider, secrets()).unwrap()
    }

    /// Where its deliveries go.
    #[must_use]
    pub fn target(&self) -> String {
        format!("/webhooks/{}?from=table", self.provider.slug)
    }

    /// That the event reaches the handler.
    #[must_use]
    pub fn handled(&self) -> Expected {
        self.handles(self.event)
    }

    /// That an event reaches the handler, signed with the secret of the endpoint.
    #[must_use]
    pub fn handles(&self, Event { id, event_type, variant, .. }: Event) -> Expected {
        Expected::Handled { id, event_type, variant, key: "new" }
    }

    /// That a body in which nothing can be read reaches the handler: id and type are those of the headers.
    #[must_use]
    pub fn handles_opaque(&self) -> Expected {
        let Event { id, event_type, .. } = self.event;
        let fields = &self.provider.event;
        self.handles(Event {
            body: "",
            id: id.filter(|_| fields.id.as_ref().is_some_and(|at| !at.is_in_body())),
            event_type: event_type.filter(|_| fields.event_type.as_ref().is_some_and(|at| !at.is_in_body())),
            variant: None,
        })
    }

    fn signs(&self, body: impl AsRef<[u8]>, at: UnixTime, secret: &str) -> Request {
        let body = match std::str::from_utf8(body.as_ref()) {
            Ok(text) => Bytes::from(text.replace("{time}", &rfc3339(at))),
            Err(_) => Bytes::copy_from_slice(body.as_ref()),
        };
        let target = self.target();
        let mut signing = SigningRequest::new(body.clone(), at).with_url(format!("{PUBLIC_URL}{target}"));
        if let Some(id) = self.event.id {
            signing = signing.with_id(id);
        }
        if let Some(event_type) = self.event.event_type {
            signing = signing.with_event_type(event_type);
        }
        let signer = Signer::new(self.provider, Secret::new(secret).unwrap()).unwrap();
        let mut headers = signer.sign(&signing).unwrap();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        Request::post(target, headers, body)
    }
}

fn secrets() -> SecretSet {
    SecretSet::named("new", Secret::new(SECRET).unwrap()).with("old", Secret::new(OLD_SECRET).unwrap())
}

/// The time of the table: 2023-11-14T22:13:20Z.
pub const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
/// The public origin of the receivers, for providers that sign the URL.
pub(crate) const PUBLIC_URL: &str = "https://hooks.example.com";
/// Secrets in a form that every provider takes: that of the endpoint, the one before it, and somebody else's.
pub(crate) const SECRET: &str = "whsec_bmV3IHNlY3JldCBvZiB0aGUgdGFibGUhIQ==";
pub(crate) const OLD_SECRET: &str = "whsec_b2xkIHNlY3JldCBvZiB0aGUgdGFibGUhIQ==";
pub(crate) const OTHER_SECRET: &str = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCEh";
