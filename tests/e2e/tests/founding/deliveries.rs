//! The events of the founding providers, signed.

use bytes::Bytes;
use countersign::receiver::Receiver;
use countersign::{EventCatalog, Provider, Secret, Signer, SigningRequest, Verifier};
use countersign_tests::{Keys, NOW, Request, rfc3339};
use serde_json::{Map, Value};

use crate::apps::PATH;

const EXAMPLES: &str = include_str!("../../../../crates/countersign/tests/data/founding.json");

/// An event of a provider.
pub(crate) struct Example {
    provider: &'static Provider,
    /// The id of its message, if the id is not in the body.
    id: String,
    pub(crate) event_type: String,
    body: Value,
}

impl Example {
    /// Returns the examples of a provider, dated now.
    pub(crate) fn all(provider: &'static Provider) -> Vec<Self> {
        let text = EXAMPLES.replace("{time}", &rfc3339(NOW));
        let all: Map<String, Value> = serde_json::from_str(&text).unwrap();
        let examples = all[&*provider.slug].as_array().unwrap().iter().cloned().enumerate();
        examples.map(|(number, body)| Self::new(provider, number, body)).collect()
    }

    fn new(provider: &'static Provider, number: usize, body: Value) -> Self {
        let event_type = ["event_name", "type", "event"].iter().find_map(|key| body.get(key)?.as_str());
        Self { provider, id: format!("msg_{number}"), event_type: event_type.unwrap().to_owned(), body }
    }

    /// Returns the data that the handler expects.
    pub(crate) fn data<T: EventCatalog>(&self) -> T {
        let data = if self.provider.event.data.is_some() { &self.body["data"] } else { &self.body };
        T::decode(&self.event_type, data).unwrap()
    }

    /// Signs the event with the secret of the endpoint.
    pub(crate) fn genuine(&self) -> Request {
        self.signed_with(Keys::WHSEC.new)
    }

    /// Signs the event with the secret of another endpoint.
    pub(crate) fn forged(&self) -> Request {
        self.signed_with(Keys::WHSEC.other)
    }

    /// Returns the event with a byte that was inserted after it was signed.
    pub(crate) fn altered(&self) -> Request {
        self.genuine().map_body(|body| body.insert(1, b' '))
    }

    fn signed_with(&self, secret: &str) -> Request {
        let body = Bytes::from(self.body.to_string());
        let signer = Signer::new(self.provider, Secret::new(secret).unwrap()).unwrap();
        let headers = signer.sign(&SigningRequest::new(body.clone(), NOW).with_id(&self.id)).unwrap();
        Request::post(PATH, headers, body)
    }
}

/// Returns the receiver of a provider's endpoint.
pub(crate) fn receiver(provider: &'static Provider) -> Receiver {
    let verifier = Verifier::new(provider, Secret::new(Keys::WHSEC.new).unwrap()).unwrap();
    Receiver::builder(verifier).with_clock(NOW).build().unwrap()
}
