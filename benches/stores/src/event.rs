use countersign::providers::preflix;
use countersign::{Head, Secret, Signer, SigningRequest, UnixTime, Verifier};
use countersign_inbox::{Digest, IdentityPolicy, EventKey, Identity, NewEvent, StoredHead};

/// Returns an event with a body of 1 KiB, as from a verified delivery.
pub(crate) fn template() -> NewEvent {
    let body = format!(
        r#"{{"id":"evt_7b2","type":"audit.completed","created_at":"2026-01-15T19:04:12Z","data":{{"text":"{}"}}}}"#,
        "x".repeat(1024 - 96)
    );
    assert_eq!(body.len(), 1024);
    let (now, secret) =
        (UnixTime::from_secs(1_700_000_000), || Secret::new("a signing secret").expect("one"));
    let signer = Signer::new(&preflix::PROVIDER, secret()).expect("a declaration of ours");
    let headers = signer.sign(&SigningRequest::new(body.clone(), now)).expect("what it can sign");
    let verifier = Verifier::new(&preflix::PROVIDER, secret()).expect("a declaration of ours");
    let delivery = verifier.verify(&Head::new(&headers), body, now).expect("what we have signed");
    NewEvent::new(&IdentityPolicy::new("audits"), &delivery, StoredHead::new("POST", "/hooks", headers))
}

/// Returns the event with a random key.
pub(crate) fn another(template: &NewEvent) -> NewEvent {
    let mut event = template.clone();
    event.identity = Identity::new(EventKey::random(), template.identity.body());
    event
}

/// Returns the event with this number as its key.
pub(crate) fn numbered(template: &NewEvent, number: u64) -> NewEvent {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&number.to_be_bytes());
    let mut event = template.clone();
    event.identity = Identity::new(EventKey::from_bytes(key), Digest::from_bytes([0; 32]));
    event
}
