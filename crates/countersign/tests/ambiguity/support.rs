//! Signs requests with keys of providers and of attackers.

use countersign::scheme::Template;
use countersign::{Delivery, Provider, Secret, Signer, SigningRequest, UnixTime, VerifyError};
use http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

pub(crate) const YEAR: UnixTime = UnixTime::from_secs(1_700_000_000 + 365 * 86_400);

pub(crate) const EVIL: &str = "arn:aws:sns:us-east-1:666666666666:evil";

pub(crate) const GOOD: &str = "arn:aws:sns:eu-west-1:123456789012:orders";

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/keys/", $name))
    };
}

pub(crate) use key;

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

pub(crate) fn set(headers: &mut HeaderMap, name: &str, value: &str) {
    headers.insert(HeaderName::try_from(name).unwrap(), HeaderValue::from_str(value).unwrap());
}

pub(crate) fn signed(provider: &'static Provider, request: &SigningRequest) -> HeaderMap {
    Signer::new(provider, secret("s")).unwrap().sign(request).unwrap()
}

/// Returns the provider's signature over this text, independent of its content template.
pub(crate) fn signed_text(provider: &Provider, text: &str) -> HeaderMap {
    let mut plain = provider.clone();
    plain.scheme.content = Template::new("{body}");
    plain.scheme.timestamp = None;
    Signer::new(plain, secret("s")).unwrap().sign(&SigningRequest::new(text.to_owned(), NOW)).unwrap()
}

/// Returns whether the delivery is rejected, or does not report its body as signed.
pub(crate) fn is_harmless(result: Result<Delivery, VerifyError>) -> bool {
    result.is_err() || result.is_ok_and(|delivery| !delivery.is_body_signed())
}
