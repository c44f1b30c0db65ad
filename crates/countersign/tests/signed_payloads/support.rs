//! Reads the deliveries and keys of providers.

use countersign::{Delivery, Head, Secret, UnixTime, Verifier, VerifyError, providers};
use http::{HeaderMap, HeaderName, HeaderValue};

macro_rules! data {
    ($name:literal) => {
        include_str!(concat!("../data/", $name))
    };
}

pub(crate) use data;

pub(crate) fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&str, &str)| {
        (HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap())
    };
    pairs.iter().map(pair).collect()
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text.trim_end()).unwrap()
}

/// 2021-11-29T11:42:55Z.
pub(crate) const TRUELAYER_SENT: UnixTime = UnixTime::from_secs(1_638_186_175);

pub(crate) const TRUELAYER_BODY: &str =
    r#"{"event_type":"example","event_id":"18b2842b-a57b-4887-a0a6-d3c7c36f1020"}"#;

pub(crate) fn truelayer(
    changes: &[(&str, &str)],
    url: &str,
    method: &str,
    body: &str,
) -> Result<Delivery, VerifyError> {
    let mut sent = headers(&[
        ("tl-signature", data!("jwts/truelayer/webhook-signature.txt")),
        ("x-tl-webhook-timestamp", "2021-11-29T11:42:55Z"),
        ("content-type", "application/json"),
    ]);
    for (name, value) in changes {
        sent.insert(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
    }
    let keys = secret(data!("jwts/truelayer/jwks.json"));
    let verifier = Verifier::new(&providers::TRUELAYER, keys).unwrap();
    verifier.verify(&Head::new(&sent).with_url(url).with_method(method), body.to_owned(), TRUELAYER_SENT)
}
