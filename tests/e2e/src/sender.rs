use countersign::receiver::Receiver;
use countersign::{Provider, UnixTime, Verifier};

use crate::signing::Signing;
use crate::{Expected, Keys, Request};

/// A provider with its deliveries and their expected fields.
pub struct Sender {
    /// Its declaration.
    pub provider: &'static Provider,
    /// The header with the signature; empty if it is in the body.
    pub signature: &'static str,
    /// Other headers that it signs.
    pub headers: &'static [(&'static str, &'static str)],
    /// The secrets of its endpoint.
    pub keys: Keys,
    /// The place and bounds of its timestamp.
    pub dating: Option<Dating>,
    /// The content type of its bodies.
    pub content_type: &'static str,
    /// An event. `{time}` is the time of sending: in the unit of the declaration if the body contains the timestamp,
    /// otherwise in RFC 3339. `{signature}` is the signature, if it is in the body.
    pub event: Event,
    /// Whether the signature covers the id.
    pub id_signed: bool,
    /// The catalogue of its event types, if there is one.
    pub catalog: Option<Catalog>,
}

/// An event as sent, with its expected fields.
#[derive(Clone, Copy)]
pub struct Event {
    /// The body.
    pub body: &'static str,
    /// The id.
    pub id: Option<&'static str>,
    /// The event type.
    pub event_type: Option<&'static str>,
    /// The variant of the catalogue for the type.
    pub variant: Option<&'static str>,
}

/// The timestamp of a provider, and its tolerance in seconds.
#[derive(Debug, PartialEq)]
pub struct Dating {
    /// The place of the timestamp.
    pub at: Dated,
    /// The largest age.
    pub past: i64,
    /// The largest lead.
    pub future: i64,
}

/// The place of a timestamp.
#[derive(Debug, PartialEq)]
pub enum Dated {
    /// In this header.
    InHeader(&'static str),
    /// In the signature, as `t=`.
    InSignature,
    /// In the body, at `{time}` of the event.
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
    /// Returns the event, signed now with the secret of the endpoint.
    pub fn genuine(&self) -> Request {
        self.sends(self.event.body)
    }

    /// Returns the event, if it can be signed.
    pub(crate) fn try_genuine(&self) -> Result<Request, String> {
        self.signs(self.event.body.as_bytes()).try_request()
    }

    /// Returns another body, signed now with the secret of the endpoint.
    pub fn sends(&self, body: impl AsRef<[u8]>) -> Request {
        self.signs(body.as_ref()).request()
    }

    /// Returns the event, signed this many seconds after now.
    pub fn sends_later(&self, secs: i64) -> Request {
        let at = UnixTime::from_secs(NOW.as_secs() + secs);
        Signing { at, ..self.signs(self.event.body.as_bytes()) }.request()
    }

    /// Returns the event, signed now with this secret.
    pub fn signs_with(&self, secret: &str) -> Request {
        Signing { secret, ..self.signs(self.event.body.as_bytes()) }.request()
    }

    /// Returns the event, signed now, for another path and query of another origin.
    pub fn sends_to(&self, origin: &str, target: &str) -> Request {
        Signing { origin, target: target.to_owned(), ..self.signs(self.event.body.as_bytes()) }.request()
    }

    /// Returns the event, with another timestamp instead of now, or without any.
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

    /// Returns a receiver during a key rotation, with a fixed clock.
    pub fn receiver(&self) -> Receiver {
        Receiver::builder(self.verifier()).with_clock(NOW).with_public_url(PUBLIC_URL).build().unwrap()
    }

    /// Returns the verifier of that receiver.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        Verifier::new(self.provider, self.keys.of_endpoint()).unwrap()
    }

    /// Returns the target of its deliveries.
    #[must_use]
    pub fn target(&self) -> String {
        format!("/webhooks/{}?from=table", self.provider.slug)
    }

    /// Returns the expectation that the event reaches the handler.
    #[must_use]
    pub fn handled(&self) -> Expected {
        self.handles(self.event)
    }

    /// Returns the expectation that an event, signed with the secret of the endpoint, reaches the handler.
    #[must_use]
    pub fn handles(&self, Event { id, event_type, variant, .. }: Event) -> Expected {
        Expected::Handled { id, event_type, variant, key: "new" }
    }

    /// Returns the expectation that a body that cannot be parsed reaches the handler: id and type are those of the
    /// headers.
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

    /// Returns the event without a signature, if that belongs into the body.
    pub(crate) fn unsigned(&self) -> Request {
        self.sends(self.event.body.replace("{signature}", ""))
    }

    /// Returns whether a changed body is a different one for the signature.
    pub(crate) fn covers_body(&self) -> bool {
        let content = self.provider.scheme.content.as_str();
        let whole_form = ["{form:sorted}", "{form:sorted-after-url}", "{form:php-serialize}"];
        self.provider.coverage().unwrap().body || whole_form.iter().any(|form| content.contains(form))
    }

    /// Returns the parameters of signing now with the secret of the endpoint.
    fn signs<'s>(&'s self, body: &'s [u8]) -> Signing<'s> {
        let target = self.target();
        Signing { sender: self, body, at: NOW, secret: self.keys.new, origin: PUBLIC_URL, target }
    }
}

/// The time of the table: 2023-11-14T22:13:20Z.
pub const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
/// The public origin of the receivers, for providers that sign the URL.
pub(crate) const PUBLIC_URL: &str = "https://hooks.example.com";
/// The content type of JSON.
pub(crate) const JSON: &str = "application/json";
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
/// The secret of the hand-written providers.
pub(crate) const SECRET: &str = Keys::WHSEC.new;
pub(crate) const OLD_SECRET: &str = Keys::WHSEC.old;
pub(crate) const OTHER_SECRET: &str = Keys::WHSEC.other;
