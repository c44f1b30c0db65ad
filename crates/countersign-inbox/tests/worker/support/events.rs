use bytes::Bytes;
use countersign::providers::preflix;
use countersign::{Delivery, EventCatalog, Head, Secret, Signer, SigningRequest, UnixTime, Verifier};
use countersign_inbox::{IdentityPolicy, NewEvent, StoredHead};
use http::HeaderMap;
use serde::Deserialize;

/// The data that the handlers of the tests receive.
#[derive(Debug, Deserialize, EventCatalog)]
#[event("audit.completed")]
pub(crate) struct Audited {
    pub(crate) bill_id: String,
}

/// Returns a completed audit.
pub(crate) fn completed(id: &str) -> NewEvent {
    event(id, "audit.completed", r#"{"bill_id":"bill_8f4"}"#)
}

pub(crate) fn event(id: &str, event_type: &str, data: &str) -> NewEvent {
    deliver(&format!(r#"{{"id":"{id}","type":"{event_type}","data":{data}}}"#), None)
}

/// Returns the stored form of a request with this body.
pub(crate) fn deliver(body: &str, tenant: Option<&str>) -> NewEvent {
    let (delivery, head) = verified(body);
    let mut event = NewEvent::new(&IdentityPolicy::new("audits"), &delivery, head);
    event.tenant = tenant.map(str::to_owned);
    event
}

/// Returns a verified request with this body.
pub(crate) fn verified(body: &str) -> (Delivery, StoredHead) {
    let headers = sign("a", body);
    let delivery = verifier("a").verify(&Head::new(&headers), Bytes::from(body.to_owned()), NOW).unwrap();
    (delivery, StoredHead::new("POST", "/hooks", headers))
}

pub(crate) fn sign(secret: &str, body: &str) -> HeaderMap {
    let signer = Signer::new(&preflix::PROVIDER, Secret::new(secret).unwrap()).unwrap();
    signer.sign(&SigningRequest::new(body.to_owned(), NOW)).unwrap()
}

pub(crate) fn verifier(secret: &str) -> Verifier {
    Verifier::new(&preflix::PROVIDER, Secret::new(secret).unwrap()).unwrap()
}

/// Far in the past, so that verification as of the present time would fail.
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
