#[cfg(feature = "runtime")]
use countersign::{ConfigError, Placement, Provider};
use countersign::{Delivery, Field, SignedContent};

use crate::key::{Digest, EventKey};

/// The rules by which the deliveries to an endpoint are told apart: the name of the endpoint, and the options.
///
/// Ids are unique within one endpoint only: GitHub sends the same id to every hook of a repository. A name converts
/// into a policy with the defaults.
#[derive(Clone, Debug)]
pub struct IdentityPolicy {
    name: String,
    has_topic: bool,
    has_body_as_id: bool,
    unsigned_ids: UnsignedIds,
}

/// The policy for deliveries whose signature does not cover the id: a recorded delivery can be sent again under
/// another id. If the type is part of the key, the same holds for the type.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum UnsignedIds {
    /// Does not store signed bytes. A delivery whose id was removed is then handled once more, and so is one whose type
    /// was removed if the type is part of the key.
    Off,
    /// Handles signed bytes again that were handled under another id, and reports it in the claim. The default,
    /// because some providers send the same bytes for different events.
    #[default]
    Warn,
    /// Rejects signed bytes that were handled under another id.
    Reject,
}

/// The identity of a delivery, for stores.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Identity {
    key: EventKey,
    body: Digest,
    guard: Option<(Digest, UnsignedIds)>,
}

impl<N: Into<String>> From<N> for IdentityPolicy {
    fn from(name: N) -> Self {
        Self::new(name)
    }
}

impl IdentityPolicy {
    /// Creates a policy with the defaults. The name of the endpoint must stay the same for as long as ids are remembered.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            has_topic: false,
            has_body_as_id: false,
            unsigned_ids: UnsignedIds::default(),
        }
    }

    /// Includes the event type in the key, for providers that give one id to several events (Shopify's event id). Not
    /// needed where the declaration sets [`id_is_per_type`](countersign::EventFields::id_is_per_type). If the signature does not cover
    /// the type, the id counts as unsigned, too.
    #[must_use]
    pub fn with_topic(mut self) -> Self {
        self.has_topic = true;
        self
    }

    /// Uses the digest of the body as the id of deliveries without one. Two events with the same body are then one:
    /// a repeated ping is ignored. If form fields are signed in sorted order, their order in the body does not
    /// matter. If the signature does not cover the whole body, the id counts as unsigned.
    ///
    /// Providers whose declarations have no id need this, or an id set with
    /// [`Provider::with_id`](countersign::Provider::with_id).
    #[must_use]
    pub fn with_body_as_id(mut self) -> Self {
        self.has_body_as_id = true;
        self
    }

    /// Sets the policy for ids that the signature does not cover. The default is [`UnsignedIds::Warn`].
    #[must_use]
    pub fn with_unsigned_ids(mut self, policy: UnsignedIds) -> Self {
        self.unsigned_ids = policy;
        self
    }

    /// Replaces the name of the endpoint.
    #[cfg(feature = "runtime")]
    pub(crate) fn with_name(self, name: String) -> Self {
        Self { name, ..self }
    }

    /// Returns the name of the endpoint.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the identity of a delivery, or `None` if nothing identifies it and it must be handled as new.
    ///
    /// A request whose id was removed is identified by the digest of its signed bytes, whatever the policy for
    /// unsigned ids. A request whose type was removed is one of its own with [`UnsignedIds::Off`] only.
    #[must_use]
    pub fn identify(&self, delivery: &Delivery) -> Option<Identity> {
        let body = Digest::of_body(delivery.body());
        let place = [
            delivery.tenant().map(str::as_bytes),
            Some(self.name.as_bytes()),
            Some(delivery.endpoint_slug().as_bytes()),
        ];
        let KeyFields { id, topic, lost_id, lost_topic } = self.key_fields(delivery);
        let signed = match self.unsigned_ids {
            UnsignedIds::Off if !lost_id => None,
            // Through the fallback the same request could come again with another id.
            _ if self.has_signed_key(delivery) => {
                let content = delivery.signed_content_in_fallback().filter(|_| id.is_some());
                content.map(|content| signed_digest(place, &content, delivery, body))
            }
            _ if !(id.is_some() || lost_id || self.has_body_as_id) => None,
            _ => delivery.signed_content().map(|content| signed_digest(place, &content, delivery, body)),
        };
        let distinctive = match (id, signed) {
            (Some(_), _) => None,
            (None, _) if self.has_body_as_id => Some(Digest::of_body(&delivery.distinctive_body())),
            (None, signed) => Some(signed?),
        };
        // An id is never equal to a digest, even if it has the same bytes.
        let (kind, value): (&[u8], _) = match (id, &distinctive) {
            (Some(id), _) => (b"id", Some(id.value().as_bytes())),
            (None, digest) if self.has_body_as_id => (b"body", digest.as_ref().map(Digest::slice)),
            (None, digest) => (b"signed", digest.as_ref().map(Digest::slice)),
        };
        let topic = topic.map(|topic| topic.value().as_bytes());
        let [tenant, endpoint, provider] = place;
        let key = EventKey::of(&[tenant, endpoint, provider, topic, Some(kind), value]);
        // A genuine delivery always has its id and its type, so there is nothing to warn about.
        let policy = if lost_id || lost_topic { UnsignedIds::Reject } else { self.unsigned_ids };
        Some(Identity { key, body, guard: signed.map(|digest| (digest, policy)) })
    }

    /// Returns whether the signature covers the fields of the key: no sender without a secret can then make a delivery with this key.
    pub(crate) fn has_signed_key(&self, delivery: &Delivery) -> bool {
        let KeyFields { id, topic, lost_id, lost_topic } = self.key_fields(delivery);
        let has_signed_topic = topic.is_none_or(Field::is_signed) && !lost_topic;
        let has_signed_id = id.map_or_else(|| delivery.is_body_signed(), Field::is_signed) && !lost_id;
        has_signed_id && has_signed_topic
    }

    fn key_fields<'d>(&self, delivery: &'d Delivery) -> KeyFields<'d> {
        let id = Self::id(delivery);
        let has_topic = self.has_topic || delivery.provider().event.id_is_per_type;
        let topic = delivery.event_type().filter(|_| has_topic);
        // A sender who can change the id or the type, or leave it out, makes another key.
        let lost_id = id.is_none() && delivery.can_lose_id();
        let lost_topic = has_topic && topic.is_none() && delivery.can_lose_type();
        KeyFields { id, topic, lost_id, lost_topic }
    }

    /// Returns the identity of a delivery. One that nothing identifies gets a random key.
    pub(crate) fn identify_or_random(&self, delivery: &Delivery) -> Identity {
        let random = || Identity::new(EventKey::random(), Digest::of_body(delivery.body()));
        self.identify(delivery).unwrap_or_else(random)
    }

    /// Returns whether a delivery has an id, or its body serves as one.
    #[cfg(feature = "runtime")]
    pub(crate) fn has_id(&self, delivery: &Delivery) -> bool {
        self.has_body_as_id || Self::id(delivery).is_some()
    }

    /// Checks that deliveries of a provider can be told apart.
    #[cfg(feature = "runtime")]
    pub(crate) fn check(&self, provider: &Provider) -> Result<(), ConfigError> {
        if provider.event.id.is_some() || self.has_body_as_id {
            return Ok(());
        }
        let slug = &provider.slug;
        let body = "use `with_body_as_id` to make the digest of the body the id";
        let every = "`with_missing_id(MissingId::NewEveryTime)`";
        let place = "`Provider::with_id(Location::json(\"/id\"))`";
        let problem = match provider.event.id_placement() {
            Placement::None { source } => format!(
                "`{slug}` sends no id ({source}), so that no delivery is known when it comes again: {body}, or allow \
                 it with {every}; {place} is for an id that your own account adds"
            ),
            _ => format!(
                "the declaration of `{slug}` does not know where the id is, so that no delivery is known when it comes \
                 again: look for one in a delivery and name its place with {place}, {body}, or allow it with {every}"
            ),
        };
        Err(ConfigError::new("event.id", problem))
    }

    /// Returns the id of a delivery. An empty id identifies nothing and counts as absent.
    pub(crate) fn id(delivery: &Delivery) -> Option<Field<&str>> {
        delivery.id().filter(|id| !id.as_str().is_empty())
    }
}

/// The fields of a delivery that are part of its key.
struct KeyFields<'d> {
    id: Option<Field<&'d str>>,
    /// The type, if it is part of the key.
    topic: Option<Field<&'d str>>,
    /// Whether the id is missing, and a sender can have removed it.
    lost_id: bool,
    /// Whether the type is missing, and a sender can have removed it.
    lost_topic: bool,
}

/// Returns the digest of all signed bytes. It is the same for every change of the request under which the signature
/// still verifies.
fn signed_digest(
    place: [Option<&[u8]>; 3],
    content: &SignedContent<'_>,
    delivery: &Delivery,
    body: Digest,
) -> Digest {
    let [tenant, endpoint, provider] = place;
    if content.has_more() {
        return Digest::of_content(&place, content.pieces());
    }
    let time = content.timestamp().map(|time| time.as_millis().to_be_bytes());
    let time = time.as_ref().map(<[u8; 8]>::as_slice);
    let is_whole = content.body() == delivery.body();
    let body = if is_whole { body } else { Digest::of_body(content.body()) };
    Digest::of_signed(&[tenant, endpoint, provider, time, Some(body.as_bytes())])
}

impl Identity {
    /// Creates an identity from its parts, without a guard: for events from other sources, and for tests of stores.
    #[must_use]
    pub const fn new(key: EventKey, body: Digest) -> Self {
        Self { key, body, guard: None }
    }

    /// Adds the digest of the signed bytes; [`UnsignedIds::Off`] omits it.
    #[must_use]
    pub fn with_guard(mut self, signed: Digest, policy: UnsignedIds) -> Self {
        self.guard = (policy != UnsignedIds::Off).then_some((signed, policy));
        self
    }

    /// Returns the key.
    #[must_use]
    pub const fn key(&self) -> EventKey {
        self.key
    }

    /// Returns the digest of the body, which shows whether a duplicate has the same bytes.
    #[must_use]
    pub const fn body(&self) -> Digest {
        self.body
    }

    /// Returns the digest of the signed bytes, and the policy for finding it under another id.
    #[must_use]
    pub const fn guard(&self) -> Option<(Digest, UnsignedIds)> {
        self.guard
    }
}

#[cfg(test)]
mod tests {
    use countersign::scheme::{Encoding, Location, Scheme, SignatureField};
    use countersign::{Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};

    use super::*;

    #[test]
    fn endpoint_topic_and_id_each_make_another_key() {
        let delivery = |id, topic| deliver(&HUB, r#"{"a":1}"#, id, topic);
        let (endpoint, delivered) = (IdentityPolicy::new("orders"), delivery("1", "push"));
        let key = |endpoint: &IdentityPolicy, delivery: &Delivery| endpoint.identify(delivery).unwrap().key();
        let keys = [
            key(&endpoint, &delivered),
            key(&IdentityPolicy::new("refunds"), &delivered),
            key(&endpoint, &delivery("2", "push")),
            key(&endpoint.clone().with_topic(), &delivered),
            key(&endpoint.clone().with_topic(), &delivery("1", "ping")),
        ];
        for (at, key) in keys.iter().enumerate() {
            assert!(!keys[..at].contains(key), "{at}");
        }
        assert_eq!(key(&endpoint, &delivery("1", "ping")), keys[0]);
    }

    #[test]
    fn an_id_of_an_object_is_one_with_the_type() {
        let payment = ANONYMOUS
            .clone()
            .with_id_per_type(Location::json("/payment"))
            .with_event_type(Location::json("/status"));
        let payment: &'static Provider = Box::leak(Box::new(payment));
        let paid = |body| IdentityPolicy::new("e").identify(&deliver(payment, body, "1", "t")).unwrap();
        let first = paid(r#"{"payment":"p1","status":"paid"}"#);
        assert_eq!(first.guard(), None, "both are signed");
        assert_eq!(first.key(), paid(r#"{"payment":"p1","status":"paid","attempt":2}"#).key());
        assert_ne!(first.key(), paid(r#"{"payment":"p1","status":"refunded"}"#).key());
        assert_ne!(first.key(), paid(r#"{"payment":"p2","status":"paid"}"#).key());
    }

    #[test]
    fn a_signed_id_beside_a_type_that_is_not_signed_is_guarded() {
        let mixed = HUB.clone().with_id(Location::json("/id"));
        let mixed: &'static Provider = Box::leak(Box::new(mixed));
        let delivery = |topic| deliver(mixed, r#"{"id":"evt_1"}"#, "1", topic);
        let endpoint = IdentityPolicy::new("e");
        assert_eq!(endpoint.identify(&delivery("push")).unwrap().guard(), None);
        let guard = |topic| endpoint.clone().with_topic().identify(&delivery(topic)).unwrap().guard();
        let (digest, policy) = guard("push").unwrap();
        assert_eq!((guard("ping").unwrap().0, policy), (digest, UnsignedIds::Warn));
        assert_eq!(guard("").unwrap().0, digest, "the type was left out");
    }

    #[test]
    fn a_delivery_without_an_id_has_no_identity_unless_its_body_is_the_id() {
        let ping = deliver(&ANONYMOUS, "{}", "1", "ping");
        let (strict, lenient) = (IdentityPolicy::new("e"), IdentityPolicy::new("e").with_body_as_id());
        assert_eq!(strict.identify(&ping), None);
        let known = lenient.identify(&ping).unwrap();
        assert_eq!(known.guard(), None);
        assert_eq!(lenient.identify(&deliver(&ANONYMOUS, "{}", "2", "ping")).unwrap(), known);
        let other = deliver(&ANONYMOUS, "[]", "1", "ping");
        assert_ne!(lenient.identify(&other).unwrap().key(), known.key());
    }

    #[test]
    fn an_id_without_text_is_none() {
        for body in [r#"{"id":"","type":"t"}"#, r#"{"id":null,"type":"t"}"#, r#"{"id":[],"type":"t"}"#] {
            let delivered = deliver(&providers::preflix::PROVIDER, body, "1", "t");
            assert_eq!(IdentityPolicy::new("e").identify(&delivered), None, "{body}");
            assert!(IdentityPolicy::new("e").with_body_as_id().identify(&delivered).is_some(), "{body}");
        }
    }

    #[test]
    fn signed_bytes_guard_ids_that_are_not_signed_and_no_others() {
        let delivery = |id| deliver(&HUB, r#"{"a":1}"#, id, "push");
        let endpoint = IdentityPolicy::new("e");
        let guard = |endpoint: &IdentityPolicy, id| endpoint.identify(&delivery(id)).unwrap().guard();
        let (digest, policy) = guard(&endpoint, "1").unwrap();
        assert_eq!(policy, UnsignedIds::Warn);
        assert_eq!(guard(&endpoint, "2").unwrap().0, digest);
        assert_ne!(guard(&IdentityPolicy::new("other"), "1").unwrap().0, digest);
        let (off, reject) = (UnsignedIds::Off, UnsignedIds::Reject);
        assert_eq!(guard(&endpoint.clone().with_unsigned_ids(off), "1"), None);
        assert_eq!(guard(&endpoint.clone().with_unsigned_ids(reject), "1"), Some((digest, reject)));
        let signed = deliver(&providers::preflix::PROVIDER, r#"{"id":"evt_1","type":"t"}"#, "1", "t");
        assert_eq!(endpoint.identify(&signed).unwrap().guard(), None);
    }

    fn deliver(provider: &'static Provider, body: &'static str, id: &str, topic: &str) -> Delivery {
        let (now, secret) = (UnixTime::from_secs(1_700_000_000), || Secret::new("a secret of ours").unwrap());
        let request = SigningRequest::new(body, now).with_id(id).with_event_type(topic);
        let mut headers = Signer::new(provider, secret()).unwrap().sign(&request).unwrap();
        for (name, value) in [("x-github-delivery", id), ("x-github-event", topic)] {
            headers.insert(name, value.parse().unwrap());
        }
        Verifier::new(provider, secret()).unwrap().verify(&Head::new(&headers), body, now).unwrap()
    }

    /// A provider that signs only the body, as GitHub does; id and type are in headers.
    static HUB: Provider = Provider::new("hub", "Hub", SCHEME)
        .with_id(Location::header("x-github-delivery"))
        .with_event_type(Location::header("x-github-event"));

    /// The same provider without an id.
    static ANONYMOUS: Provider = Provider::new("hub", "Hub", SCHEME);

    const SCHEME: Scheme = Scheme::hmac_sha256(
        SignatureField::prefixed("x-hub-signature-256", "sha256=", Encoding::Hex),
        "{body}",
    );
}
