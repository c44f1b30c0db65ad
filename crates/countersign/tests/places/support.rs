//! Declarations with event fields, and deliveries of them.

use countersign::{Delivery, Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// Returns a declaration that signs the body, with these event fields.
pub(crate) fn declared(event: &str) -> Provider {
    Provider::from_toml(&format!(
        "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n\
         [scheme]\nalgorithm = 'hmac-sha256'\ncontent = '{{body}}'\n\
         signature = {{ at = 'header:x-signature', encoding = 'hex' }}\n[event]\n{event}"
    ))
    .unwrap()
}

pub(crate) fn secret() -> Secret {
    Secret::new("secret").unwrap()
}

/// Signs the body, adds the headers, and verifies.
pub(crate) fn deliver(
    provider: &Provider,
    body: impl Into<Vec<u8>>,
    headers: &[(&'static str, &str)],
    target: &str,
) -> Delivery {
    let body = body.into();
    let mut signed = Signer::new(provider.clone(), secret())
        .unwrap()
        .sign(&SigningRequest::new(body.clone(), NOW))
        .unwrap();
    for (name, value) in headers {
        signed.insert(*name, value.parse().unwrap());
    }
    let verifier = Verifier::new(provider.clone(), secret()).unwrap();
    verifier.verify(&Head::new(&signed).with_target(target), body, NOW).unwrap()
}

pub(crate) fn id(delivery: &Delivery) -> Option<(&str, bool)> {
    delivery.id().map(|id| (id.as_str(), id.is_signed()))
}

pub(crate) fn event_type(delivery: &Delivery) -> Option<&str> {
    delivery.event_type().map(|event_type| event_type.as_str())
}
